// What the kernels need of the machine: a team of threads, a barrier, memory to work in.
#pragma once

#include <cstddef>

namespace gated {
namespace detail {

// Calls work(context, index) for index 0 … size-1, each on a thread of its own, all at once.
// Returns false, with nothing called, where so many cannot be had: inside another parallel region,
// in a forked child.
bool run_team(int size, void (*work)(void* context, int index), void* context);

// Memory of the calling thread, aligned to 64 bytes, valid until it asks again.
void* workspace(std::size_t bytes);

// Asks the system to back memory that is about to be written for the first time by large pages,
// where it has them: of hundreds of megabytes, the faults of small ones take as long as the
// arithmetic. Null data: nothing.
void prefer_large_pages(void* data, std::size_t bytes);

// All `size` threads of a team wait here for the last of them.
struct Barrier {
  int size = 1;
  int arrived = 0;
  alignas(64) int round = 0;

  void wait();
};

}  // namespace detail
}  // namespace gated
