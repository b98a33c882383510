// Tests properties besides the values: identical bits for any number of threads, any batch and
// every run; independence of sequences, including NaN; and infinite inputs.

#include "compare.hpp"
#include "sections.hpp"

namespace tests {
namespace {

long tried = 0;

template <class T>
std::string named(const Case& c) {
  return describe(c) + (sizeof(T) == 4 ? " float" : " double");
}

// ---- The same bits in every run -----------------------------------------------------------------

template <class T>
void repeat(const Case& c) {
  const Inputs<T> inputs(c);
  for (const int threads : {1, 2, 3, 5}) {
    ++tried;
    const gated::Plan plan{threads, threads % 2 == 0};
    const Results<T> first = run(fast<T>(), c, inputs, plan, Passes::training);
    for (int again = 0; again < 4; ++again)
      check_same_bits(named<T>(c) + " threads=" + std::to_string(threads) + ", run again",
                      run(fast<T>(), c, inputs, plan, Passes::training), first, Part::all);
  }
}

// ---- The same bits in any batch -----------------------------------------------------------------

// Batch members `from` … `from + count` of a case as a separate case.
Case part_of(const Case& c, i64 from, i64 count) {
  Case part = c;
  part.batch = count;
  part.batch_sizes.clear();
  for (const i64 running : c.batch_sizes) {
    const i64 left = std::min(count, std::max<i64>(0, running - from));
    if (left > 0) part.batch_sizes.push_back(left);
  }
  if (!c.batch_sizes.empty()) part.steps = static_cast<i64>(part.batch_sizes.size());
  return part;
}

// Copies rows `from` … of each of `blocks` blocks [B, features].
template <class T>
void copy_members(const Array<T>& all, Array<T>& part, i64 blocks, const Case& of, const Case& to,
                  i64 from, i64 features) {
  for (i64 block = 0; block < blocks && part.size() > 0; ++block)
    for (i64 b = 0; b < to.batch; ++b)
      for (i64 k = 0; k < features; ++k)
        part.data()[(block * to.batch + b) * features + k] =
            all[(block * of.batch + from + b) * features + k];
}

// Likewise of blocks [N, features].
template <class T>
void copy_rows(const Array<T>& all, Array<T>& part, i64 blocks, const Case& of, const Case& to,
               i64 from, i64 features) {
  const Geometry source(of), target(to);
  for (i64 block = 0; block < blocks && part.size() > 0; ++block)
    for (i64 b = 0; b < to.batch; ++b)
      for (i64 t = 0; t < target.length(b); ++t)
        for (i64 k = 0; k < features; ++k)
          part.data()[(block * target.rows + target.row(t, b)) * features + k] =
              all[(block * source.rows + source.row(t, from + b)) * features + k];
}

template <class T>
Inputs<T> inputs_of_part(const Case& c, const Inputs<T>& all, const Case& part, i64 from) {
  const gated::Shape s = shape_of(c);
  const i64 LD = s.layers * s.directions, width = s.directions * s.projected;
  Inputs<T> inputs(part);
  inputs.weight = all.weight;
  const Geometry source(c), target(part);
  for (i64 b = 0; b < part.batch; ++b)
    for (i64 t = 0; t < target.length(b); ++t)
      for (i64 k = 0; k < c.input; ++k)
        inputs.x.data()[target.start(t, b, c.input) + k] =
            all.x[source.start(t, from + b, c.input) + k];
  copy_members(all.h_0, inputs.h_0, LD, c, part, from, s.projected);
  copy_members(all.c_0, inputs.c_0, LD, c, part, from, s.hidden);
  copy_members(all.mask, inputs.mask, LD, c, part, from, s.projected);
  copy_rows(all.keep_h, inputs.keep_h, LD, c, part, from, s.projected);
  copy_rows(all.keep_c, inputs.keep_c, LD, c, part, from, s.hidden);
  copy_rows(all.dropped, inputs.dropped, s.layers - 1, c, part, from, width);
  copy_rows(all.reset, inputs.reset, LD, c, part, from, 1);
  return inputs;
}

template <class T>
void check_part(const std::string& what, const Case& c, const Results<T>& all, const Case& part,
                const Results<T>& alone, i64 from) {
  const gated::Shape s = shape_of(c);
  const i64 LD = s.layers * s.directions, width = s.directions * s.projected;
  const Geometry source(c), target(part);
  Results<T> expected = fresh_results<T>(part);
  for (i64 b = 0; b < part.batch; ++b)
    for (i64 t = 0; t < target.length(b); ++t)
      for (i64 k = 0; k < width; ++k)
        expected.output.data()[target.start(t, b, width) + k] =
            all.output[source.start(t, from + b, width) + k];
  copy_members(all.h_n, expected.h_n, LD, c, part, from, s.projected);
  copy_members(all.c_n, expected.c_n, LD, c, part, from, s.hidden);
  check_same_bits(what, alone, expected, Part::forward);
}

template <class T>
void stand_in_any_batch(const Case& c) {
  const Inputs<T> inputs(c);
  const Results<T> all = run(fast<T>(), c, inputs, {2, false}, Passes::training);
  for (const i64 count : {1, 2, 3, 6, 11})
    for (i64 from = 0; from + count <= c.batch; from += count + 1) {
      ++tried;
      const Case part = part_of(c, from, count);
      const Inputs<T> of_part = inputs_of_part(c, inputs, part, from);
      const Passes passes = from % 2 == 0 ? Passes::training : Passes::inference;
      const Results<T> alone = run(fast<T>(), part, of_part, {1, false}, passes);
      check_part(named<T>(c) + ", members from " + std::to_string(from) + " alone in a batch of " +
                     std::to_string(count),
                 c, all, part, alone, from);
    }
}

// ---- Independent sequences ----------------------------------------------------------------------

// Sets one element of x, and of the gradient of the output, of one batch member.
template <class T>
void poison(const Case& c, Inputs<T>& inputs, i64 b, i64 t, T x, T d_output) {
  const Geometry at(c);
  const i64 width = c.directions * shape_of(c).projected;
  inputs.x.data()[at.start(t, b, c.input) + c.input / 2] = x;
  inputs.d_output.data()[at.start(t, b, width) + width / 2] = d_output;
}

// All that belongs to batch members other than `except` has the same bits in both.
template <class T>
void check_others(const std::string& what, const Case& c, const Results<T>& got,
                  const Results<T>& want, i64 except) {
  const gated::Shape s = shape_of(c);
  const Geometry at(c);
  const auto others = [&](const char* name, const Array<T>& mine, const Array<T>& theirs,
                          i64 features, bool sequence) {
    std::vector<char> spared(theirs.size(), 0);
    for (i64 t = 0; sequence && t < at.length(except); ++t)
      for (i64 k = 0; k < features; ++k) spared[at.start(t, except, features) + k] = 1;
    for (i64 k = 0; k < theirs.size(); ++k)
      if (!sequence && k / features % c.batch == except) spared[k] = 1;
    for (i64 k = 0; k < theirs.size(); ++k)
      if (!spared[k] && !same_bits(mine[k], theirs[k]))
        return check(false, what + ": " + name + "[" + std::to_string(k) +
                                "] of another sequence is " + digits(mine[k]) +
                                ", expected exactly " + digits(theirs[k]));
  };
  others("output", got.output, want.output, s.directions * s.projected, true);
  others("h_n", got.h_n, want.h_n, s.projected, false);
  others("c_n", got.c_n, want.c_n, s.hidden, false);
  others("d_x", got.d_x, want.d_x, s.input, true);
  others("d_h_0", got.d_h_0, want.d_h_0, s.projected, false);
  others("d_c_0", got.d_c_0, want.d_c_0, s.hidden, false);
}

template <class T>
void stay_apart(const Case& c) {
  const T nan = std::numeric_limits<T>::quiet_NaN(), inf = std::numeric_limits<T>::infinity();
  const Inputs<T> clean(c);
  for (const int threads : {1, 2}) {
    const gated::Plan plan{threads, threads == 2};
    const Results<T> want = run(fast<T>(), c, clean, plan, Passes::training);
    for (const T value : {nan, inf, -inf})
      for (const i64 b : {i64(0), c.batch / 2, c.batch - 1}) {
        ++tried;
        Inputs<T> inputs = clean;
        const i64 t = Geometry(c).length(b) / 2;
        poison(c, inputs, b, t, value, nan);
        const std::string what = named<T>(c) + " threads=" + std::to_string(threads) + ", " +
                                 digits(value) + " in sequence " + std::to_string(b);
        const Results<T> got = run(fast<T>(), c, inputs, plan, Passes::training);
        check_others(what, c, got, want, b);
        // In the sequence itself, it has the effect given by the equations.
        const Results<T> its_own = run(plain<T>(), c, inputs, plan, Passes::training);
        check_close(what, c, got, its_own, Part::forward);
      }
  }
}

// An infinite input saturates gates and gives NaN only where the equations do, also in gradients:
// in its column of weight_ih.
template <class T>
void bear_infinity(const Case& c) {
  for (const T value : {std::numeric_limits<T>::infinity(), -std::numeric_limits<T>::infinity()})
    for (const bool recompute : {false, true}) {
      ++tried;
      Inputs<T> inputs(c);
      const i64 b = c.batch / 2, t = Geometry(c).length(b) / 2;
      const i64 width = c.directions * shape_of(c).projected;
      poison(c, inputs, b, t, value, inputs.d_output[Geometry(c).start(t, b, width) + width / 2]);
      const Results<T> want = run(plain<T>(), c, inputs, {1, false}, Passes::training);
      check_close(named<T>(c) + ", an input of " + digits(value), c,
                  run(fast<T>(), c, inputs, {2, recompute}, Passes::training), want, Part::all);
    }
}

// A reset clears any state.
template <class T>
void forget(Case c) {
  c.extras |= resets;
  c.directions = 1;
  const i64 b = c.batch / 2, t = 1, cleared = 3;
  Inputs<T> inputs(c);
  inputs.reset.fill([] { return std::uint8_t(0); });
  const Geometry at(c);
  for (i64 layer = 0; layer < c.layers; ++layer)
    inputs.reset.data()[layer * at.rows + at.row(cleared, b)] = 1;
  poison(c, inputs, b, t, std::numeric_limits<T>::quiet_NaN(), T(0));
  ++tried;
  const Results<T> want = run(plain<T>(), c, inputs, {1, false}, Passes::training);
  const i64 width = shape_of(c).projected;
  const T after = want.output[at.start(cleared, b, width)];
  check(std::isfinite(after), named<T>(c) + ": the plain recurrence keeps NaN beyond a reset");
  for (const bool recompute : {false, true})
    check_close(named<T>(c) + ", a reset after NaN", c,
                run(fast<T>(), c, inputs, {2, recompute}, Passes::training), want, Part::forward);
}

// ---- For every kind -----------------------------------------------------------------------------

std::vector<Case> cases_of(Kind kind, i64 seed) {
  const auto make = [&](i64 T, i64 B, i64 I, i64 H, i64 L, i64 D, unsigned extras,
                        std::vector<i64> batch_sizes) {
    Case c;
    c.kind = kind;
    c.steps = T;
    c.batch = B;
    c.input = I;
    c.hidden = H;
    c.layers = L;
    c.directions = D;
    c.extras = extras;
    c.batch_sizes = std::move(batch_sizes);
    c.seed = static_cast<std::uint64_t>(seed++);
    return c;
  };
  std::vector<Case> cases = {
      make(6, 17, 5, 37, 1, 1, 0, {}),
      make(5, 33, 3, 16, 2, 2, 0, {}),
      make(4, 9, 7, 100, 1, 1, 0, {}),
      make(5, 13, 2, 24, 2, 1, all_extras, {}),
      make(7, 19, 6, 21, 2, 2, all_extras, {19, 19, 17, 12, 12, 5, 1}),
      make(6, 8, 1, 7, 1, 2, 0, {8, 8, 8, 8, 8, 8}),
      make(5, 3, 2, 130, 1, 1, 0, {3, 3, 3, 2, 2}),
  };
  cases[1].arrangement = Arrangement::batch_first_with_gaps;
  if (kind == Kind::lstm)
    for (const std::size_t k : {2u, 4u}) {
      cases.push_back(cases[k]);
      cases.back().projected = 11;
    }
  return cases;
}

template <class T>
void keep_promises_in() {
  i64 seed = 1;
  for (const Kind kind :
       {Kind::rnn_tanh, Kind::rnn_relu, Kind::lstm, Kind::gru_after, Kind::gru_before})
    for (const Case& c : cases_of(kind, seed += 100)) {
      repeat<T>(c);
      stand_in_any_batch<T>(c);
      stay_apart<T>(c);
      bear_infinity<T>(c);
      forget<T>(c);
    }
}

}  // namespace

long keep_promises(bool brief) {
  tried = 0;
  keep_promises_in<float>();
  if (!brief) keep_promises_in<double>();
  return tried;
}

}  // namespace tests
