// Declares the parts of test_recurrences. Each returns its number of cases and prints its failures.
#pragma once

#include <cstdint>

namespace tests {

long compare_sizes();  // shapes.cpp: every result against the plain one
long compare_options();
long compare_random(long count, std::uint64_t seed);

long keep_promises(bool brief);      // promises.cpp: equal bits, rows apart; brief: float only
long stream();                       // streaming.cpp: prepare, step, release
long step_blocks();                  // residual.cpp: stacks of residual blocks
long share_the_process(bool brief);  // process.cpp: threads, fork, memory

}  // namespace tests
