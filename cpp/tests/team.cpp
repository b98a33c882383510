// Implements a small OpenMP runtime with the functions that cpp/gated/machine.cpp looks up, for
// builds that detect data races: the sanitizer supports std::thread, but not a real OpenMP runtime.
#include <thread>
#include <vector>

namespace {

thread_local int index_of_thread = 0;
thread_local int size_of_team = 1;

void work_as(int index, int size, void (*work)(void*), void* context) {
  index_of_thread = index;
  size_of_team = size;
  work(context);
  index_of_thread = 0;
  size_of_team = 1;
}

}  // namespace

#define GATED_TESTS_EXPORT extern "C" __attribute__((visibility("default")))

GATED_TESTS_EXPORT int omp_get_thread_num() { return index_of_thread; }
GATED_TESTS_EXPORT int omp_get_num_threads() { return size_of_team; }

GATED_TESTS_EXPORT void GOMP_parallel(void (*work)(void*), void* context, unsigned wanted,
                                      unsigned) {
  const int size = static_cast<int>(wanted);
  std::vector<std::thread> others;
  for (int index = 1; index < size; ++index)
    others.emplace_back(work_as, index, size, work, context);
  work_as(0, size, work, context);
  for (auto& thread : others) thread.join();
}
