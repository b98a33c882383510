// Implements threads, barriers and memory (machine.hpp) with POSIX and the OpenMP of the process.
#include "gated/machine.hpp"

#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <type_traits>

namespace gated {
namespace {

// The OpenMP runtime that the process has already loaded, such as torch's: the threads of a second
// runtime would compete with it for the cores.
struct OpenMp {
  void (*parallel)(void (*)(void*), void*, unsigned, unsigned) = nullptr;
  int (*thread)() = nullptr;
  int (*threads)() = nullptr;

  OpenMp() {
    const auto find = [](auto& to, const char* name) {
      to = reinterpret_cast<std::remove_reference_t<decltype(to)>>(dlsym(RTLD_DEFAULT, name));
    };
    find(parallel, "GOMP_parallel");
    find(thread, "omp_get_thread_num");
    find(threads, "omp_get_num_threads");
  }
  bool found() const { return parallel != nullptr && thread != nullptr && threads != nullptr; }
};

const OpenMp& open_mp() {
  static const OpenMp found;
  return found;
}

// A forked child has no OpenMP threads, and waiting for them would never end.
std::atomic<bool> forked{false};
const int watch_forks = pthread_atfork(nullptr, nullptr, [] { forked = true; });

struct Team {
  int size;
  void (*work)(void*, int);
  void* context;
  std::atomic<bool> complete{false};
};

void run_in_team(void* at) {
  Team& team = *static_cast<Team*>(at);
  if (open_mp().threads() != team.size) return;
  team.complete.store(true, std::memory_order_relaxed);
  team.work(team.context, open_mp().thread());
}

struct Workspace {
  void* memory = nullptr;
  std::size_t size = 0;

  ~Workspace() { std::free(memory); }
};
thread_local Workspace workspace_of_thread;

}  // namespace

namespace detail {

bool run_team(int size, void (*work)(void*, int), void* context) {
  (void)watch_forks;
  if (forked || !open_mp().found()) return false;
  Team team{size, work, context};
  open_mp().parallel(run_in_team, &team, static_cast<unsigned>(size), 0);
  return team.complete;
}

void* workspace(std::size_t bytes) {
  Workspace& w = workspace_of_thread;
  constexpr std::size_t most_kept = std::size_t(64) << 20;
  if (bytes > w.size || (w.size > most_kept && bytes <= most_kept)) {
    std::free(w.memory);
    w.size = 0;
    w.memory = std::aligned_alloc(64, (bytes + 4095) / 4096 * 4096);
    if (w.memory == nullptr) throw std::bad_alloc();
    w.size = bytes;
  }
  return w.memory;
}

void prefer_large_pages(void* data, std::size_t bytes) {
#if defined(MADV_HUGEPAGE)
  constexpr std::uintptr_t page = std::uintptr_t(2) << 20;
  if (data == nullptr || bytes < 2 * page) return;
  const auto at = reinterpret_cast<std::uintptr_t>(data);
  const std::uintptr_t begin = (at + page - 1) / page * page, end = (at + bytes) / page * page;
  madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);  // advice, which may fail
#else
  (void)data, (void)bytes;
#endif
}

void Barrier::wait() {
  if (size == 1) return;
  const int now = __atomic_load_n(&round, __ATOMIC_ACQUIRE);
  if (__atomic_add_fetch(&arrived, 1, __ATOMIC_ACQ_REL) == size) {
    __atomic_store_n(&arrived, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&round, now + 1, __ATOMIC_RELEASE);
    return;
  }
  for (int tries = 0; __atomic_load_n(&round, __ATOMIC_ACQUIRE) == now; ++tries) {
    if (tries > 4000) {
      sched_yield();  // with more threads than cores, spinning would delay the last thread
    } else {
#if defined(__x86_64__)
      __builtin_ia32_pause();
#endif
    }
  }
}

}  // namespace detail

}  // namespace gated
