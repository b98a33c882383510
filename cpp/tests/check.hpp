// Counts and prints the failures of a test.
#pragma once

#include <cstdio>
#include <mutex>
#include <string>

namespace tests {

// Failures so far. Only the first few are printed, and for one case (the text before the colon) the
// first two: one fault may fail all arrays of a thousand cases.
class Failures {
 public:
  void add(const std::string& line) {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++count_;
    const std::string of_case = line.substr(0, line.find(": "));
    in_a_row_ = of_case == case_ ? in_a_row_ + 1 : 1;
    case_ = of_case;
    if (in_a_row_ > 2 || printed_ == most_printed) return;
    ++printed_;
    std::fprintf(stderr, "FAIL %s\n", line.c_str());
  }

  long count() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return count_;
  }

 private:
  static constexpr int most_printed = 30;
  std::mutex mutex_;
  long count_ = 0;
  int printed_ = 0, in_a_row_ = 0;
  std::string case_;
};

inline Failures& failures() {
  static Failures all;
  return all;
}

inline void check(bool holds, const std::string& otherwise) {
  if (!holds) failures().add(otherwise);
}

// The result of main, after a last line with the summary.
inline int verdict(const char* test, const char* instruction_set, long checks) {
  const long failed = failures().count();
  std::printf("%s: %s, %ld cases, %ld failures\n", test, instruction_set, checks, failed);
  return failed == 0 ? 0 : 1;
}

// The result of main if the machine does not support the instruction set of GATED_ISA; CMake counts
// such a test as skipped.
constexpr int skipped = 77;

}  // namespace tests
