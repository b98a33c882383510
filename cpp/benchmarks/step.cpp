// Microseconds of one streaming step inside C++, without any Python: `make native-benchmark`.
//
// H 64, I 8, batch 1, float32, one thread, as the streams of `python -m benchmarks recurrences`.
// Each step reads the state of the previous step. The result is the median of several rounds.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "gated/gated.hpp"

namespace {

constexpr std::int64_t input = 8, hidden = 64;
constexpr int rounds = 21, steps = 20000;

struct Cell {
  const char* name;
  gated::Kind kind;
  std::int64_t gates;
  bool has_cell_state;
};

constexpr Cell cells[] = {{"RNN", gated::Kind::rnn_tanh, 1, false},
                          {"LSTM", gated::Kind::lstm, 4, true},
                          {"GRU", gated::Kind::gru_after, 3, false}};

// Small, different numbers, so that no gate is saturated.
std::vector<float> numbers(std::int64_t count) {
  std::vector<float> all(static_cast<std::size_t>(count));
  std::uint32_t state = 1;
  for (float& one : all) {
    state = state * 1664525u + 1013904223u;
    one = (static_cast<float>(state >> 8) / static_cast<float>(1 << 24) - 0.5f) * 0.25f;
  }
  return all;
}

double microseconds_of_a_step(const Cell& cell) {
  const std::int64_t rows = cell.gates * hidden;
  const auto weight_ih = numbers(rows * input), weight_hh = numbers(rows * hidden);
  const auto bias = numbers(rows), x = numbers(input);
  gated::Weights<float> weights;
  weights.weight_ih = weight_ih.data();
  weights.weight_hh = weight_hh.data();
  weights.bias_ih = weights.bias_hh = bias.data();
  gated::Shape shape;
  shape.kind = cell.kind;
  shape.batch = 1;
  shape.input = input;
  shape.hidden = shape.projected = hidden;
  gated::Prepared<float>* prepared = gated::prepare(shape, &weights);
  std::vector<float> h[2], c[2];
  for (int i = 0; i < 2; ++i) {
    h[i].assign(hidden, 0.0f);
    c[i].assign(hidden, 0.0f);
  }
  std::vector<double> taken;
  for (int round = 0; round < rounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    for (int step = 0; step < steps; ++step) {
      const int now = step % 2;
      gated::step(*prepared, 1, x.data(), h[now].data(),
                  cell.has_cell_state ? c[now].data() : nullptr, h[1 - now].data(),
                  cell.has_cell_state ? c[1 - now].data() : nullptr);
    }
    const std::chrono::duration<double, std::micro> all = std::chrono::steady_clock::now() - begin;
    taken.push_back(all.count() / steps);
  }
  gated::release(prepared);
  std::nth_element(taken.begin(), taken.begin() + rounds / 2, taken.end());
  return taken[rounds / 2];
}

}  // namespace

int main() {
  if (gated::instruction_set() == nullptr) {
    std::fprintf(stderr, "GATED_ISA names none of %s\n", gated::instruction_sets());
    return 1;
  }
  std::printf("One step inside C++, H 64, I 8, batch 1, %s:\n", gated::instruction_set());
  for (const Cell& cell : cells)
    std::printf("  %-4s %5.2f us\n", cell.name, microseconds_of_a_step(cell));
  return 0;
}
