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

void yield();  // lets another thread run

// All `size` threads of a team wait here for the last of them.
struct Barrier {
  int size = 1;
  int arrived = 0;
  alignas(64) int round = 0;

  void wait() {
    if (size == 1) return;
    const int now = __atomic_load_n(&round, __ATOMIC_ACQUIRE);
    if (__atomic_add_fetch(&arrived, 1, __ATOMIC_ACQ_REL) == size) {
      __atomic_store_n(&arrived, 0, __ATOMIC_RELAXED);
      __atomic_store_n(&round, now + 1, __ATOMIC_RELEASE);
      return;
    }
    for (int tries = 0; __atomic_load_n(&round, __ATOMIC_ACQUIRE) == now; ++tries) {
      if (tries > 4000) {
        yield();  // more threads than cores: spinning on would keep the last one from coming
      } else {
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#endif
      }
    }
  }
};

}  // namespace detail
}  // namespace gated
