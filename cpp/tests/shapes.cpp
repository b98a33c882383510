// Compares every result of gated with that of gated::plain: sizes, options, and random cases.

#include "compare.hpp"
#include "sections.hpp"

namespace tests {
namespace {

constexpr Kind kinds[] = {Kind::rnn_tanh, Kind::rnn_relu, Kind::lstm, Kind::gru_after,
                          Kind::gru_before};
constexpr int thread_counts[] = {1, 2, 3, 5};

long tried = 0;
std::uint64_t seeds = 0;

// If rounding could change the sign of relu's argument, the gradient is not determined.
template <class T>
Case away_from_kink(Case c) {
  const double rounding = 100 * double(std::numeric_limits<T>::epsilon());
  while (c.kind == Kind::rnn_relu && distance_from_kink(c, Inputs<T>(c)) < rounding)
    c.seed += 1000000;
  return c;
}

template <class T>
void compare(const Case& wanted) {
  ++tried;
  const Case c = away_from_kink<T>(wanted);
  const Inputs<T> inputs(c);
  const Results<T> want = run(plain<T>(), c, inputs, {1, false}, Passes::training);
  const Results<T> alone = run(fast<T>(), c, inputs, {1, false}, Passes::inference);
  const std::string name = describe(c) + (sizeof(T) == 4 ? " float" : " double");
  check_close(name + " threads=1 inference", c, alone, want, Part::forward);
  for (const int threads : thread_counts)
    for (const bool recompute : {false, true}) {
      const gated::Plan plan{threads, recompute};
      const std::string what =
          name + " threads=" + std::to_string(threads) + (recompute ? " recompute" : "");
      const Results<T> got = run(fast<T>(), c, inputs, plan, Passes::training);
      check_close(what, c, got, want, Part::all);
      check_same_bits(what + ", against inference on one thread", got, alone, Part::forward);
    }
}

void compare_both(const Case& c) {
  compare<float>(c);
  compare<double>(c);
}

struct Size {
  i64 steps, batch, input, hidden;
};

Case sized(Kind kind, const Size& size) {
  Case c;
  c.kind = kind;
  c.steps = size.steps;
  c.batch = size.batch;
  c.input = size.input;
  c.hidden = size.hidden;
  c.seed = ++seeds;
  return c;
}

// Sequences that end at different steps, in every way that has caused a fault.
std::vector<std::vector<i64>> ways_to_pack() {
  return {
      {1},
      {1, 1, 1, 1},
      {7},
      {5, 5, 5, 5},                  // all of one length
      {9, 1, 1, 1, 1, 1, 1},         // one long
      {6, 5, 4, 3, 2, 1},            // decreasing by one
      {19, 17, 17, 16, 9, 8, 8, 3},  // across the edges of tiles of 4, 6, 8 and 16 rows
      {33, 33, 2},                   // most end together
      {4, 4, 0, 0},                  // no sequence in the last steps
      {0, 0},
  };
}

void compare_packed(Kind kind) {
  for (const auto& batch_sizes : ways_to_pack())
    for (const i64 directions : {1, 2}) {
      Case c = sized(kind, {i64(batch_sizes.size()), batch_sizes[0], 3, 13});
      c.batch_sizes = batch_sizes;
      c.directions = directions;
      c.layers = 1 + static_cast<i64>(c.seed % 2);
      c.arrangement = directions == 1 ? Arrangement::time_first : Arrangement::time_first_with_gaps;
      c.nulls = c.seed % 3 == 0 ? no_h_0 | no_c_0 : 0;
      compare_both(c);
    }
}

void compare_extras(Kind kind) {
  for (const unsigned extras : {1u, 2u, 4u, 8u, 16u, 12u, all_extras})
    for (const i64 directions : {1, 2})
      for (const bool packed : {false, true}) {
        Case c = sized(kind, {6, 7, 4, 18});
        c.extras = extras;
        c.directions = directions;
        c.layers = 2;
        if (packed) c.batch_sizes = {7, 7, 5, 2, 2, 1};
        compare_both(c);
      }
}

void compare_nulls(Kind kind) {
  for (unsigned null = 1; null <= all_nulls; null *= 2)
    for (const unsigned nulls : {null, all_nulls & ~null}) {
      Case c = sized(kind, {4, 3, 5, 9});
      c.nulls = nulls;
      c.layers = 2;
      c.directions = 2;
      if (kind == Kind::lstm) c.projected = 4;
      compare_both(c);
    }
  Case c = sized(kind, {4, 3, 5, 9});
  c.nulls = all_nulls;
  compare_both(c);
}

void compare_arrangements(Kind kind) {
  for (const auto arrangement :
       {Arrangement::time_first, Arrangement::batch_first, Arrangement::time_first_with_gaps,
        Arrangement::batch_first_with_gaps})
    for (const i64 directions : {1, 2})
      for (const bool bias : {true, false}) {
        Case c = sized(kind, {7, 6, 5, 19});
        c.arrangement = arrangement;
        c.directions = directions;
        c.layers = directions;
        c.bias = bias;
        compare_both(c);
      }
}

// Few sequences and many hidden units: the threads share the units of a sequence.
void compare_shared_units() {
  for (const Kind kind : kinds)
    for (const auto& [batch, hidden] :
         std::vector<std::array<i64, 2>>{{1, 300}, {3, 190}, {5, 131}})
      for (const bool packed : {false, true})
        for (const unsigned extras : {0u, all_extras}) {
          Case c = sized(kind, {3, batch, 70, hidden});
          c.layers = 2;
          c.directions = packed ? 2 : 1;
          c.extras = extras;
          if (packed) c.batch_sizes = {batch, batch, 1};
          if (kind == Kind::lstm && packed) c.projected = hidden / 2 + 1;
          batch == 3 ? compare<double>(c) : compare<float>(c);
        }
}

void compare_projections() {
  for (const auto& [hidden, projected] : std::vector<std::array<i64, 2>>{
           {1, 1}, {2, 1}, {16, 8}, {17, 16}, {20, 20}, {37, 5}, {64, 32}, {48, 33}})
    for (const i64 directions : {1, 2})
      for (const unsigned extras : {0u, all_extras}) {
        Case c = sized(Kind::lstm, {5, 9, 6, hidden});
        c.projected = projected;
        c.directions = directions;
        c.layers = 2;
        c.extras = extras;
        compare_both(c);
      }
}

template <class Value>
Value one_of(Random& random, std::initializer_list<Value> values) {
  return values.begin()[random.below(i64(values.size()))];
}

Case random_case(Random& random) {
  Case c = sized(one_of(random, {Kind::rnn_tanh, Kind::rnn_relu, Kind::lstm, Kind::gru_after,
                                 Kind::gru_before}),
                 {1 + random.below(20), random.below(20), random.below(20), 1 + random.below(40)});
  c.layers = 1 + random.below(3);
  c.directions = 1 + random.below(2);
  if (c.kind == Kind::lstm && random.below(3) == 0) c.projected = 1 + random.below(c.hidden);
  const bool packed = random.below(2) == 0;
  for (i64 running = c.batch; packed && i64(c.batch_sizes.size()) < c.steps;) {
    c.batch_sizes.push_back(running);
    if (random.below(3) == 0 && running > 1) running -= random.below(running);
  }
  c.bias = random.below(4) != 0;
  c.arrangement =
      one_of(random, {Arrangement::time_first, Arrangement::batch_first,
                      Arrangement::time_first_with_gaps, Arrangement::batch_first_with_gaps});
  if (random.below(2) == 0) c.extras = static_cast<unsigned>(random.below(all_extras + 1));
  if (random.below(3) == 0)
    c.nulls = static_cast<unsigned>(random.next() & random.next()) & all_nulls;
  c.seed = random.next() >> 40;
  return c;
}

}  // namespace

long compare_sizes() {
  tried = 0;
  for (const Kind kind : kinds) {
    for (const Size& size : std::vector<Size>{{63, 1, 1, 37},
                                              {1, 1, 1, 1},
                                              {2, 3, 0, 1},
                                              {5, 0, 3, 4},
                                              {5, 4, 0, 16},
                                              {6, 33, 3, 48},
                                              {9, 17, 10, 64},
                                              {4, 9, 7, 100},
                                              {2, 2, 70, 24},
                                              {300, 3, 2, 5},
                                              {2, 5, 9, 130},
                                              {3, 1, 2, 300},
                                              {17, 40, 1, 8}})
      compare_both(sized(kind, size));
    for (i64 batch = 1; batch <= 17; ++batch) compare_both(sized(kind, {3, batch, 2, 21}));
    for (const i64 layers : {1, 2, 3})
      for (const i64 directions : {1, 2})
        for (const Size& size :
             {Size{4, 1, 3, 5}, Size{3, 6, 2, 16}, Size{5, 19, 9, 37}, Size{3, 2, 1, 64}}) {
          Case c = sized(kind, size);
          c.layers = layers;
          c.directions = directions;
          compare_both(c);
        }
  }
  Case c = sized(Kind::gru_after, {4000, 2, 1, 3});  // long enough for any chunks of time
  compare_both(c);
  return tried;
}

long compare_options() {
  tried = 0;
  for (const Kind kind : kinds) {
    compare_packed(kind);
    compare_extras(kind);
    compare_nulls(kind);
    compare_arrangements(kind);
  }
  compare_projections();
  compare_shared_units();
  return tried;
}

long compare_random(long count, std::uint64_t seed) {
  tried = 0;
  Random random(seed);
  seeds = seed;
  for (long k = 0; k < count; ++k) {
    const Case c = random_case(random);
    k % 2 == 0 ? compare<float>(c) : compare<double>(c);
  }
  return tried;
}

}  // namespace tests
