// Tests calls from several threads at once, after a fork, and over a long run.

#include <atomic>
#include <thread>

#include "compare.hpp"
#include "gated/machine.hpp"
#include "sections.hpp"

#if defined(__unix__) || defined(__APPLE__)
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#define GATED_TESTS_CAN_FORK
#endif

namespace tests {
namespace {

// Without threads, the other tests would pass without testing anything.
long have_threads() {
  std::atomic<int> came{0};
  const auto count = [](void* counter, int) { ++*static_cast<std::atomic<int>*>(counter); };
  check(gated::detail::run_team(3, count, &came) && came == 3,
        "a team of 3 threads: " + std::to_string(came) + " came");
  return 1;
}

std::vector<Case> some_cases() {
  std::vector<Case> cases;
  for (const Kind kind :
       {Kind::rnn_tanh, Kind::rnn_relu, Kind::lstm, Kind::gru_after, Kind::gru_before}) {
    Case c;
    c.kind = kind;
    c.steps = 7;
    c.batch = 21;
    c.input = 5;
    c.hidden = 40;
    c.layers = 2;
    c.directions = 2;
    c.seed = cases.size() + 1;
    cases.push_back(c);
    c.batch = 1;  // too few sequences for all threads: they share the hidden units
    c.hidden = kind < Kind::lstm ? 250 : 150;
    c.steps = 3;
    cases.push_back(c);
  }
  return cases;
}

struct Expected {
  Case c;
  Inputs<float> inputs;
  Results<float> results;
};

Results<float> computed(const Case& c, const Inputs<float>& inputs, int threads) {
  return run(fast<float>(), c, inputs, {threads, threads == 3}, Passes::training);
}

std::vector<Expected> computed_alone(int threads) {
  std::vector<Expected> all;
  for (const Case& c : some_cases()) {
    const Inputs<float> inputs(c);
    all.push_back({c, inputs, computed(c, inputs, threads)});
  }
  return all;
}

void check_again(const Expected& expected, int threads, const std::string& where) {
  check_same_bits(describe(expected.c) + " threads=" + std::to_string(threads) + ", " + where,
                  computed(expected.c, expected.inputs, threads), expected.results, Part::all);
}

long call_from_several_threads(int repeats) {
  std::vector<std::vector<Expected>> expected;  // of 1, 2 and 3 threads
  for (int threads = 1; threads <= 3; ++threads) expected.push_back(computed_alone(threads));
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller)
    callers.emplace_back([&expected, caller, repeats] {
      for (int again = 0; again < repeats; ++again) {
        const int threads = 1 + (caller + again) % 3;
        for (const Expected& one : expected[threads - 1])
          check_again(one, threads, "called from several threads at once");
      }
    });
  for (auto& caller : callers) caller.join();
  return 4 * repeats;
}

#ifdef _OPENMP
// In a caller's parallel region fewer threads are available than requested.
long call_from_a_parallel_region() {
  const std::vector<Expected> expected = computed_alone(1);
#pragma omp parallel num_threads(2)
  for (const Expected& one : expected)
    check_same_bits(describe(one.c) + ", called from a parallel region",
                    computed(one.c, one.inputs, 3), one.results, Part::forward);
  return 1;
}
#endif

#ifdef GATED_TESTS_CAN_FORK
// As in a worker of a DataLoader: the child has no threads of its parent.
long call_from_a_child() {
  constexpr unsigned seconds =
      60;  // far more than needed, unless the child waits for a missing thread
  const std::vector<Expected> expected = computed_alone(3);
  const long failed_before = failures().count();
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    alarm(seconds);
    for (int again = 0; again < 3; ++again)
      for (const Expected& one : expected) check_again(one, 3, "called from a forked child");
    std::fflush(nullptr);
    _exit(failures().count() == failed_before ? 0 : 1);
  }
  int status = 0;
  check(child > 0 && waitpid(child, &status, 0) == child, "fork: no child to wait for");
  check(!(WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM),
        "fork: the child did not come back within a minute");
  check(WIFEXITED(status) && WEXITSTATUS(status) == 0,
        "fork: the child failed, status " + std::to_string(status));
  for (const Expected& one : expected) check_again(one, 3, "called after a fork");
  return 1;
}
#endif

// The pages of this process in memory; 0 if the system does not report them.
long resident_pages() {
  long total = 0, resident = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%ld %ld", &total, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return resident;
}

long call_two_thousand_times() {
  const std::vector<Expected> expected = computed_alone(2);
  Case streamed = some_cases().back();
  streamed.directions = 1;
  const Inputs<float> weights_of_stream(streamed);
  const auto call = [&](int times) {
    for (int k = 0; k < times; ++k) {
      const std::vector<gated::Weights<float>> weights = weights_of_stream.weights();
      gated::release(gated::prepare(shape_of(streamed), weights.data()));
      const Expected& one = expected[static_cast<std::size_t>(k) % expected.size()];
      Results<float> to = fresh_results<float>(one.c);
      const gated::Plan plan{1 + k / 10 % 3, k / 30 % 2 == 0};
      run_forward(fast<float>(), one.c, one.inputs, plan, Passes::training, to);
      run_backward(fast<float>(), one.c, one.inputs, plan, to);
    }
  };
  call(200);  // until all reused buffers are allocated
  const long before = resident_pages();
  call(2000);
  const long grown = resident_pages() - before;
#ifndef GATED_TESTS_ADDRESS_SANITIZER  // which keeps freed memory, and detects leaks itself
  constexpr long allowed = 256;        // pages; a leak of one state a call would take 5,000
  check(grown < allowed, "2,000 calls took " + std::to_string(grown) + " pages of memory");
#else
  (void)grown;
#endif
  return 1;
}

}  // namespace

long share_the_process(bool brief) {
  long tried = have_threads() + call_from_several_threads(brief ? 3 : 15);
#ifdef _OPENMP
  tried += call_from_a_parallel_region();
#endif
#ifdef GATED_TESTS_CAN_FORK
  tried += call_from_a_child();
#endif
  return tried + call_two_thousand_times();
}

}  // namespace tests
