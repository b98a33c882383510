// Compares the recurrences of gated/gated.hpp with the plain ones, and tests their other
// properties.
//
//   test_recurrences                    everything
//   test_recurrences brief              without long lists of sizes and options, for sanitizers
//   test_recurrences random COUNT SEED  only COUNT random cases
//
// The environment variable GATED_ISA chooses the instruction set.

#include <cstdlib>
#include <cstring>

#include "compare.hpp"
#include "sections.hpp"

int main(int argc, char** argv) {
  const char* const chosen = gated::instruction_set();
  if (!chosen) {
    std::printf("test_recurrences: GATED_ISA names none of %s\n", gated::instruction_sets());
    return tests::skipped;
  }
  tests::check(std::strstr(gated::instruction_sets(), chosen) != nullptr,
               std::string(chosen) + " is not among " + gated::instruction_sets());
  long tried = 0;
  const bool brief = argc == 2 && std::strcmp(argv[1], "brief") == 0;
  if (argc == 4 && std::strcmp(argv[1], "random") == 0) {
    tried += tests::compare_random(std::atol(argv[2]), std::strtoull(argv[3], nullptr, 10));
  } else {
    if (!brief) {
      tried += tests::compare_sizes();
      tried += tests::compare_options();
    }
    tried += tests::compare_random(brief ? 150 : 300, 1);
    tried += tests::keep_promises(brief);
    tried += tests::stream();
    tried += tests::step_blocks();
    tried += tests::share_the_process(brief);
  }
  std::printf("largest errors, as a share of what is allowed: forward %.3f, backward %.3f\n",
              tests::worst().forward, tests::worst().backward);
  return tests::verdict("test_recurrences", chosen, tried);
}
