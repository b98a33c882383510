// Declares the services of the machine: a team of threads, a barrier, workspace.
#pragma once

#include <cstddef>

namespace gated {
namespace detail {

// Calls work(context, index) for index 0 … size-1, each on a separate thread, all at once.
// Returns false, without a call, if so many threads are not available: inside another parallel
// region, in a forked child.
bool run_team(int size, void (*work)(void* context, int index), void* context);

// Memory of the calling thread, aligned to 64 bytes, valid until its next call.
void* workspace(std::size_t bytes);

// Requests large pages for memory before it is first written, if the system has them: for hundreds
// of megabytes, the faults of small pages take as long as the arithmetic. Null data: does nothing.
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
