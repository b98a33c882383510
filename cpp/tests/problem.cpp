#include "problem.hpp"

#include <cmath>

#include "check.hpp"
#include "plain.hpp"

namespace tests {

// ---- The case -----------------------------------------------------------------------------------

i64 gate_count(Kind kind) {
  return kind == Kind::lstm ? 4 : kind == Kind::gru_after || kind == Kind::gru_before ? 3 : 1;
}

std::string describe(const Case& c) {
  static const char* const kinds[] = {"rnn_tanh", "rnn_relu", "lstm", "gru_after", "gru_before"};
  static const char* const arrangements[] = {"time_first", "batch_first", "time_first_with_gaps",
                                             "batch_first_with_gaps"};
  const auto number = [](const char* name, i64 value) {
    return " " + std::string(name) + "=" + std::to_string(value);
  };
  std::string text = kinds[static_cast<int>(c.kind)];
  text += number("layers", c.layers) + number("directions", c.directions);
  text += number("T", c.steps) + number("B", c.batch) + number("I", c.input);
  text += number("H", c.hidden);
  if (c.projected) text += number("P", c.projected);
  if (!c.batch_sizes.empty()) {
    text += " batch_sizes=";
    for (std::size_t t = 0; t < c.batch_sizes.size() && t < 12; ++t)
      text += (t ? "," : "") + std::to_string(c.batch_sizes[t]);
    if (c.batch_sizes.size() > 12) text += ",…";
  }
  if (!c.bias) text += " bias=no";
  text += std::string(" ") + arrangements[static_cast<int>(c.arrangement)];
  if (c.extras) text += number("extras", c.extras);
  if (c.nulls) text += number("nulls", c.nulls);
  return text + number("seed", static_cast<i64>(c.seed));
}

gated::Shape shape_of(const Case& c) {
  gated::Shape shape;
  shape.kind = c.kind;
  shape.layers = c.layers;
  shape.directions = c.directions;
  shape.steps = c.steps;
  shape.batch = c.batch;
  shape.input = c.input;
  shape.hidden = c.hidden;
  shape.projected = c.projected ? c.projected : c.hidden;
  if (!c.batch_sizes.empty()) shape.batch_sizes = c.batch_sizes.data();
  return shape;
}

Geometry::Geometry(const Case& of)
    : packed_(!of.batch_sizes.empty()),
      batch_first_(of.arrangement == Arrangement::batch_first ||
                   of.arrangement == Arrangement::batch_first_with_gaps),
      steps_(of.steps),
      batch_(of.batch),
      gap_(of.arrangement == Arrangement::time_first_with_gaps ||
                   of.arrangement == Arrangement::batch_first_with_gaps
               ? 3
               : 0) {
  for (i64 t = 0; t < of.steps; ++t) {
    first.push_back(rows);
    running.push_back(packed_ ? of.batch_sizes[t] : of.batch);
    rows += running.back();
  }
}

i64 Geometry::length(i64 b) const {
  i64 t = 0;
  while (t < steps_ && running[t] > b) ++t;
  return t;
}

i64 Geometry::row(i64 t, i64 b) const { return first[t] + b; }

i64 Geometry::step_stride(i64 features) const {
  if (packed_) return INT64_MIN / 2;  // not to be read
  return batch_first_ ? features + gap_ : batch_ * (features + gap_) + gap_;
}

i64 Geometry::row_stride(i64 features) const {
  return batch_first_ && !packed_ ? steps_ * (features + gap_) + gap_ : features + gap_;
}

i64 Geometry::start(i64 t, i64 b, i64 features) const {
  return packed_ ? row(t, b) * row_stride(features)
                 : t * step_stride(features) + b * row_stride(features);
}

std::uint64_t Random::next() {  // splitmix64 (Steele, Lea and Flood 2014)
  std::uint64_t z = state_ += 0x9e3779b97f4a7c15ull;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

double Random::uniform(double from, double to) {
  return from + (to - from) * (static_cast<double>(next() >> 11) * 0x1p-53);
}

// ---- Inputs -------------------------------------------------------------------------------------

template <class T>
Array<T> sequence_of(const Geometry& geometry, const Case& c, i64 features) {
  std::vector<i64> starts;
  i64 end = 0;
  for (i64 b = 0; b < c.batch; ++b)
    for (i64 t = 0; t < geometry.length(b); ++t) {
      starts.push_back(geometry.start(t, b, features));
      end = std::max(end, starts.back() + features);
    }
  Array<T> sequence(end);
  sequence.use_only(starts, features);
  return sequence;
}

template <class T>
Inputs<T>::Inputs(const Case& c) {
  Random random(c.seed);
  const auto within = [&](double bound) {
    return [&random, bound] { return static_cast<T>(random.uniform(-bound, bound)); };
  };
  const Geometry geometry(c);
  const gated::Shape s = shape_of(c);
  const i64 D = s.directions, LD = s.layers * D, B = s.batch, H = s.hidden, P = s.projected;
  const i64 rows = gate_count(c.kind) * H;
  const bool lstm = c.kind == Kind::lstm;

  weight.resize(LD);
  for (i64 ld = 0; ld < LD; ++ld) {
    const i64 inputs = ld < D ? c.input : D * P;
    auto& w = weight[ld];
    w[0] = Array<T>(rows * inputs);
    w[1] = Array<T>(rows * P);
    if (c.bias) w[2] = Array<T>(rows), w[3] = Array<T>(rows);
    if (c.projected) w[4] = Array<T>(P * H);
    // With weights of this size an error shrinks from step to step.
    for (auto& array : w) array.fill(within(1.2 / std::sqrt(static_cast<double>(H))));
  }

  const auto filled = [&](Array<T> array, double bound) {
    array.fill(within(bound));
    return array;
  };
  x = filled(sequence_of<T>(geometry, c, c.input), 1);
  if (!(c.nulls & no_h_0)) h_0 = filled(Array<T>(LD * B * P), 1);
  if (lstm && !(c.nulls & no_c_0)) c_0 = filled(Array<T>(LD * B * H), 1);
  if (!(c.nulls & no_d_output)) d_output = filled(sequence_of<T>(geometry, c, D * P), 1);
  if (!(c.nulls & no_d_h_n)) d_h_n = filled(Array<T>(LD * B * P), 1);
  if (lstm && !(c.nulls & no_d_c_n)) d_c_n = filled(Array<T>(LD * B * H), 1);

  const auto dropping = [&](double scale) {
    return [&random, scale] { return static_cast<T>(random.below(4) == 0 ? 0 : scale); };
  };
  // Zeros and ones as in training, or the mean as in evaluation.
  const auto keeping = [&] {
    const i64 choice = random.below(3);
    return choice == 0 ? T(0) : choice == 1 ? T(1) : static_cast<T>(random.uniform(0, 1));
  };
  const i64 N = geometry.rows;
  if (c.extras & resets) reset = Array<std::uint8_t>(LD * N);
  reset.fill([&] { return static_cast<std::uint8_t>(random.below(5) == 0); });
  if (c.extras & recurrent_mask) mask = Array<T>(LD * B * P);
  mask.fill(dropping(1.25));
  if (c.extras & zoneout_h) keep_h = Array<T>(LD * N * P);
  keep_h.fill(keeping);
  if (lstm && c.extras & zoneout_c) keep_c = Array<T>(LD * N * H);
  keep_c.fill(keeping);
  if (c.extras & dropout) dropped = Array<T>((s.layers - 1) * N * D * P);
  dropped.fill(dropping(1.5));
}

// The pointers to `arrays`, in the order of weight_names, as gated::Weights or gated::Gradients.
template <class Pointers, class Arrays>
std::vector<Pointers> pointers(Arrays& arrays) {
  std::vector<Pointers> all(arrays.size());
  for (std::size_t ld = 0; ld < arrays.size(); ++ld) {
    all[ld].weight_ih = arrays[ld][0].data();
    all[ld].weight_hh = arrays[ld][1].data();
    all[ld].bias_ih = arrays[ld][2].data();
    all[ld].bias_hh = arrays[ld][3].data();
    all[ld].weight_hr = arrays[ld][4].data();
  }
  return all;
}

template <class T>
std::vector<gated::Weights<T>> Inputs<T>::weights() const {
  return pointers<gated::Weights<T>>(weight);
}

template <class T>
gated::Extras<T> Inputs<T>::extras() const {
  gated::Extras<T> extras;
  extras.resets = reset.data();
  extras.recurrent_mask = mask.data();
  extras.zoneout_h = keep_h.data();
  extras.zoneout_c = keep_c.data();
  extras.layer_dropout = dropped.data();
  return extras;
}

template <class T>
bool Inputs<T>::same_bits_as(const Inputs& other) const {
  for (std::size_t ld = 0; ld < weight.size(); ++ld)
    for (int k = 0; k < 5; ++k)
      if (!weight[ld][k].same_bits_as(other.weight[ld][k])) return false;
  return x.same_bits_as(other.x) && h_0.same_bits_as(other.h_0) && c_0.same_bits_as(other.c_0) &&
         mask.same_bits_as(other.mask) && keep_h.same_bits_as(other.keep_h) &&
         keep_c.same_bits_as(other.keep_c) && dropped.same_bits_as(other.dropped) &&
         d_output.same_bits_as(other.d_output) && d_h_n.same_bits_as(other.d_h_n) &&
         d_c_n.same_bits_as(other.d_c_n) && reset.same_bits_as(other.reset);
}

// ---- Runs ---------------------------------------------------------------------------------------

template <class T>
Implementation<T> fast() {
  return {gated::reserve_size<T>, gated::forward<T>, gated::backward<T>};
}

template <class T>
Implementation<T> plain() {
  return {gated::plain::reserve_size<T>, gated::plain::forward<T>, gated::plain::backward<T>};
}

template <class T>
Results<T> fresh_results(const Case& c) {
  const Geometry geometry(c);
  const gated::Shape s = shape_of(c);
  const i64 LD = s.layers * s.directions, B = s.batch, H = s.hidden, P = s.projected;
  const bool lstm = c.kind == Kind::lstm;
  Results<T> to;
  to.output = sequence_of<T>(geometry, c, s.directions * P);
  to.h_n = Array<T>(LD * B * P);
  if (lstm) to.c_n = Array<T>(LD * B * H);
  if (!(c.nulls & no_d_x)) to.d_x = sequence_of<T>(geometry, c, c.input);
  if (!(c.nulls & no_d_h_0)) to.d_h_0 = Array<T>(LD * B * P);
  if (lstm && !(c.nulls & no_d_c_0)) to.d_c_0 = Array<T>(LD * B * H);

  const unsigned unwanted[] = {no_d_weight_ih, no_d_weight_hh, no_d_biases, no_d_biases,
                               no_d_weight_hr};
  to.d_weight.resize(LD);
  for (i64 ld = 0; ld < LD; ++ld) {
    const i64 inputs = ld < s.directions ? c.input : s.directions * P;
    const i64 G = gate_count(c.kind);
    const i64 sizes[] = {G * H * inputs, G * H * P, c.bias ? G * H : 0, c.bias ? G * H : 0,
                         c.projected ? P * H : 0};
    for (int k = 0; k < 5; ++k)
      if (!(c.nulls & unwanted[k]) || (k + ld) % 2 == 1) to.d_weight[ld][k] = Array<T>(sizes[k]);
  }
  return to;
}

template <class T>
gated::Forward<T> forward_call(const Case& c, const Inputs<T>& inputs,
                               const std::vector<gated::Weights<T>>& weights, Passes passes,
                               Results<T>& to) {
  const Geometry at(c);
  const i64 width = c.directions * shape_of(c).projected;
  gated::Forward<T> call;
  call.weights = weights.data();
  call.x = {inputs.x.data(), at.step_stride(c.input), at.row_stride(c.input)};
  call.h_0 = inputs.h_0.data();
  call.c_0 = inputs.c_0.data();
  call.extras = inputs.extras();
  call.output = {to.output.data(), at.step_stride(width), at.row_stride(width)};
  call.h_n = to.h_n.data();
  call.c_n = to.c_n.data();
  call.reserve = passes == Passes::training ? to.reserve.data() : nullptr;
  return call;
}

template <class T>
void run_forward(const Implementation<T>& implementation, const Case& c, const Inputs<T>& inputs,
                 const gated::Plan& plan, Passes passes, Results<T>& to) {
  const gated::Shape shape = shape_of(c);
  const std::vector<gated::Weights<T>> weights = inputs.weights();
  if (passes == Passes::training)
    to.reserve = Array<T>(static_cast<i64>(implementation.reserve_size(shape, plan)));
  implementation.forward(shape, plan, forward_call(c, inputs, weights, passes, to));
}

template <class T>
void run_backward(const Implementation<T>& implementation, const Case& c, const Inputs<T>& inputs,
                  const gated::Plan& plan, Results<T>& to) {
  const Geometry at(c);
  const gated::Shape shape = shape_of(c);
  const i64 width = c.directions * shape.projected;
  const std::vector<gated::Weights<T>> weights = inputs.weights();
  const std::vector<gated::Gradients<T>> d_weights = pointers<gated::Gradients<T>>(to.d_weight);
  gated::Backward<T> call;
  call.weights = weights.data();
  call.x = {inputs.x.data(), at.step_stride(c.input), at.row_stride(c.input)};
  call.h_0 = inputs.h_0.data();
  call.c_0 = inputs.c_0.data();
  call.extras = inputs.extras();
  call.output = {to.output.data(), at.step_stride(width), at.row_stride(width)};
  call.reserve = to.reserve.data();
  call.d_output = {inputs.d_output.data(), at.step_stride(width), at.row_stride(width)};
  call.d_h_n = inputs.d_h_n.data();
  call.d_c_n = inputs.d_c_n.data();
  call.d_x = {to.d_x.data(), at.step_stride(c.input), at.row_stride(c.input)};
  call.d_h_0 = to.d_h_0.data();
  call.d_c_0 = to.d_c_0.data();
  call.d_weights = d_weights.data();
  implementation.backward(shape, plan, call);
}

template <class T>
void check_written(const std::string& what, const std::string& name, const Array<T>& array,
                   bool everywhere) {
  const i64 outside = array.written_outside();
  check(outside == Array<T>::nowhere, what + ": " + name + "[" + std::to_string(outside) +
                                          "] is outside the array, but was written");
  for (i64 k = 0; everywhere && k < array.size(); ++k)
    if (array.used(k) && same_bits(array[k], untouched<T>()))
      return check(false, what + ": " + name + "[" + std::to_string(k) + "] was not written");
}

// Copies the gates out of the reserve, where that is possible.
template <class T>
void check_gates(const std::string& what, const Case& c, const gated::Plan& plan,
                 const Results<T>& results) {
  const gated::Shape s = shape_of(c);
  if (s.layers * s.directions != 1 || s.batch_sizes != nullptr || plan.recompute) return;
  Array<T> gates(gated::values_kept(s.kind) * s.steps * s.batch * s.hidden);
  gated::gates(s, plan, results.reserve.data(), gates.data());
  check_written(what, "gates", gates, true);
}

template <class T>
Results<T> run(const Implementation<T>& implementation, const Case& c, const Inputs<T>& inputs,
               const gated::Plan& plan, Passes passes) {
  const std::string what = describe(c) + (sizeof(T) == 4 ? " float" : " double") +
                           " threads=" + std::to_string(plan.threads) +
                           (plan.recompute ? " recompute" : "") +
                           (passes == Passes::inference ? " inference" : "");
  const Inputs<T> before = inputs;
  Results<T> results = fresh_results<T>(c);
  run_forward(implementation, c, inputs, plan, passes, results);
  check(inputs.same_bits_as(before), what + ": forward changed an input");
  if (passes == Passes::training) {
    check_written(what, "reserve after forward", results.reserve, false);
    if (implementation.forward == &gated::forward<T>) check_gates(what, c, plan, results);
    const Array<T> reserve = results.reserve, output = results.output;
    run_backward(implementation, c, inputs, plan, results);
    check(inputs.same_bits_as(before), what + ": backward changed an input");
    check(reserve.same_bits_as(results.reserve), what + ": backward changed the reserve");
    check(output.same_bits_as(results.output), what + ": backward changed the output");
  }
  results.each([&](const std::string& name, const Array<T>& array) {
    check_written(what, name, array, passes == Passes::training || name.compare(0, 2, "d_") != 0);
  });
  return results;
}

template <class T>
double distance_from_kink(const Case& c, const Inputs<T>& inputs) {
  Results<T> unused = fresh_results<T>(c);
  const std::vector<gated::Weights<T>> weights = inputs.weights();
  return gated::plain::distance_from_kink(
      shape_of(c), forward_call(c, inputs, weights, Passes::inference, unused));
}

#define GATED_TESTS(T)                                                                   \
  template Array<T> sequence_of<T>(const Geometry&, const Case&, i64);                   \
  template struct Inputs<T>;                                                             \
  template Implementation<T> fast<T>();                                                  \
  template Implementation<T> plain<T>();                                                 \
  template Results<T> fresh_results<T>(const Case&);                                     \
  template void run_forward<T>(const Implementation<T>&, const Case&, const Inputs<T>&,  \
                               const gated::Plan&, Passes, Results<T>&);                 \
  template void run_backward<T>(const Implementation<T>&, const Case&, const Inputs<T>&, \
                                const gated::Plan&, Results<T>&);                        \
  template Results<T> run<T>(const Implementation<T>&, const Case&, const Inputs<T>&,    \
                             const gated::Plan&, Passes);                                \
  template double distance_from_kink<T>(const Case&, const Inputs<T>&);
GATED_TESTS(float)
GATED_TESTS(double)
#undef GATED_TESTS

}  // namespace tests
