// A checksum of memory, with which a stream notices a change of its weights.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gated {

// Differs after any change of one of the words of 4 bytes. Takes about the time to read the memory.
std::uint64_t checksum(const void* memory, std::size_t bytes);  // memory null: no bytes

}  // namespace gated
