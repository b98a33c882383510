// Sums the words of memory, each sum times 33 before the next word, so that the places count.
//
// The sums are independent of each other: the processor computes several of them at once, and
// vectors of them. 33 is odd, so the change of a word never leaves the sum.
#include "gated/checksum.hpp"

#include <cstring>

namespace gated {

std::uint64_t checksum(const void* memory, std::size_t bytes) {
  typedef std::uint32_t Words __attribute__((vector_size(16)));
  constexpr std::size_t count = 4, block = count * sizeof(Words);
  Words sums[count] = {};
  const auto add = [&](const char* from) {
#pragma GCC unroll 4
    for (std::size_t i = 0; i < count; ++i) {
      Words words;
      std::memcpy(&words, from + i * sizeof(Words), sizeof(Words));
      sums[i] += (sums[i] << 5) + words;
    }
  };
  const char* at = static_cast<const char*>(memory);
  for (; bytes >= block; at += block, bytes -= block) add(at);
  char rest[block] = {};
  if (bytes > 0) std::memcpy(rest, at, bytes);
  add(rest);
  std::uint64_t whole = 0;
  for (const Words& sum : sums)
    for (std::size_t lane = 0; lane < sizeof(Words) / sizeof(std::uint32_t); ++lane)
      whole = (whole ^ sum[lane]) * 0x9E3779B97F4A7C15u;
  return whole;
}

}  // namespace gated
