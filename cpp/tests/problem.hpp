// Defines a case: its sizes and options, its random inputs and the outputs of a run.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "array.hpp"
#include "gated/gated.hpp"

namespace tests {

using gated::Kind;

enum class Arrangement { time_first, batch_first, time_first_with_gaps, batch_first_with_gaps };

// Bits of Case::extras.
enum Extra : unsigned {
  resets = 1,
  recurrent_mask = 2,
  zoneout_h = 4,
  zoneout_c = 8,
  dropout = 16
};
constexpr unsigned all_extras = 31;

// Bits of Case::nulls: the arguments left null, though the kind has them.
enum Null : unsigned {
  no_h_0 = 1,
  no_c_0 = 2,
  no_d_output = 4,
  no_d_h_n = 8,
  no_d_c_n = 16,
  no_d_x = 32,
  no_d_h_0 = 64,
  no_d_c_0 = 128,
  no_d_weight_ih = 256,  // and every second of the others, by layer and direction
  no_d_weight_hh = 512,
  no_d_biases = 1024,
  no_d_weight_hr = 2048,
};
constexpr unsigned all_nulls = 4095;

struct Case {
  Kind kind = Kind::gru_after;
  i64 layers = 1, directions = 1, steps = 1, batch = 1, input = 1, hidden = 1;
  i64 projected = 0;                  // 0: no projection
  std::vector<i64> batch_sizes = {};  // none: all run through all steps
  bool bias = true;
  Arrangement arrangement = Arrangement::time_first;
  unsigned extras = 0, nulls = 0;
  std::uint64_t seed = 1;
};

std::string describe(const Case& c);
gated::Shape shape_of(const Case& c);  // points into c
i64 gate_count(Kind kind);

// The positions of the rows of a sequence.
struct Geometry {
  explicit Geometry(const Case& of);

  i64 length(i64 b) const;              // steps of batch member b
  i64 row(i64 t, i64 b) const;          // of [N]
  i64 step_stride(i64 features) const;  // as gated::Rows has them
  i64 row_stride(i64 features) const;
  i64 start(i64 t, i64 b, i64 features) const;  // the row's first element, from the sequence's

  std::vector<i64> running, first;  // [T] sequences at each step, rows before it
  i64 rows = 0;                     // N

 private:
  bool packed_, batch_first_;
  i64 steps_, batch_, gap_;
};

template <class T>
Array<T> sequence_of(const Geometry& geometry, const Case& c, i64 features);

// Random numbers that are the same on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ull + 1) {}
  std::uint64_t next();
  double uniform(double from, double to);
  i64 below(i64 bound) { return static_cast<i64>(next() % static_cast<std::uint64_t>(bound)); }

 private:
  std::uint64_t state_;
};

constexpr const char* weight_names[] = {"weight_ih", "weight_hh", "bias_ih", "bias_hh",
                                        "weight_hr"};
template <class T>
using WeightArrays = std::vector<std::array<Array<T>, 5>>;  // [L·D], in the order of weight_names

template <class T>
struct Inputs {
  explicit Inputs(const Case& c);

  std::vector<gated::Weights<T>> weights() const;
  gated::Extras<T> extras() const;
  bool same_bits_as(const Inputs& other) const;

  WeightArrays<T> weight;
  Array<T> x, h_0, c_0, mask, keep_h, keep_c, dropped, d_output, d_h_n, d_c_n;
  Array<std::uint8_t> reset;
};

template <class T>
struct Results {
  Array<T> output, h_n, c_n, reserve, d_x, d_h_0, d_c_0;
  WeightArrays<T> d_weight;

  // Calls visit(name, array) for all of them, without the reserve.
  template <class Visit>
  void each(Visit visit) const {
    visit(std::string("output"), output);
    visit(std::string("h_n"), h_n);
    visit(std::string("c_n"), c_n);
    visit(std::string("d_x"), d_x);
    visit(std::string("d_h_0"), d_h_0);
    visit(std::string("d_c_0"), d_c_0);
    for (std::size_t ld = 0; ld < d_weight.size(); ++ld)
      for (int k = 0; k < 5; ++k)
        visit("d_weights[" + std::to_string(ld) + "]." + weight_names[k], d_weight[ld][k]);
  }
};

// The implementation that computes.
template <class T>
struct Implementation {
  std::size_t (*reserve_size)(const gated::Shape&, const gated::Plan&);
  void (*forward)(const gated::Shape&, const gated::Plan&, const gated::Forward<T>&);
  void (*backward)(const gated::Shape&, const gated::Plan&, const gated::Backward<T>&);
};
template <class T>
Implementation<T> fast();
template <class T>
Implementation<T> plain();

enum class Passes { inference, training };  // forward without reserve; forward and backward

// One run into fresh arrays. Reports a failure if an input, a guard or a gap was changed, or if
// an element was not written.
template <class T>
Results<T> run(const Implementation<T>& implementation, const Case& c, const Inputs<T>& inputs,
               const gated::Plan& plan, Passes passes);

// The same in two parts without checks, for tests of one part.
template <class T>
Results<T> fresh_results(const Case& c);
template <class T>
void run_forward(const Implementation<T>& implementation, const Case& c, const Inputs<T>& inputs,
                 const gated::Plan& plan, Passes passes, Results<T>& to);
template <class T>
void run_backward(const Implementation<T>& implementation, const Case& c, const Inputs<T>& inputs,
                  const gated::Plan& plan, Results<T>& to);

// The smallest distance of relu's argument from its kink, over all steps of this case.
template <class T>
double distance_from_kink(const Case& c, const Inputs<T>& inputs);

}  // namespace tests
