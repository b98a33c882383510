// Compares the steps of a stack of residual blocks with the equations of gated/gated.hpp, written
// as they read, one type wider.

#include <cmath>
#include <memory>
#include <random>
#include <thread>

#include "array.hpp"
#include "check.hpp"
#include "plain.hpp"
#include "sections.hpp"

namespace tests {
namespace {

using gated::BlockShape;
using gated::Kind;

template <class T>
using Wide = std::conditional_t<sizeof(T) == 4, double, long double>;

template <class T>
using Stack = std::unique_ptr<gated::PreparedBlocks<T>, void (*)(gated::PreparedBlocks<T>*)>;

// The arrays of a block, in the order of their use.
enum Which {
  norm_weight,
  norm_bias,
  weight_ih,
  weight_hh,
  bias_ih,
  bias_hh,
  inner_weight,
  inner_bias,
  first_weight,
  first_bias,
  last_weight,
  last_bias,
  arrays
};

template <class T>
struct Problem {
  BlockShape shape;
  i64 count;
  std::vector<std::vector<Array<T>>> blocks;
  Array<T> norm[2], x, h;

  Problem(const BlockShape& of, i64 steps, std::uint64_t seed) : shape(of), count(steps) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    const auto drawn = [&](i64 size, double scale, double mean) {
      Array<T> array(size);
      array.fill([&] { return static_cast<T>(mean + scale * normal(random)); });
      return array;
    };
    const i64 H = shape.hidden, F = shape.inner, G = shape.kind <= Kind::rnn_relu ? 1 : 3;
    const double near = 1 / std::sqrt(double(H)), far = 1 / std::sqrt(double(F));
    for (i64 index = 0; index < shape.blocks; ++index) {
      std::vector<Array<T>> block(arrays);
      for (const Which which : {norm_weight, inner_weight}) block[which] = drawn(H, 0.3, 1);
      for (const Which which : {norm_bias, inner_bias, last_bias}) block[which] = drawn(H, 0.3, 0);
      for (const Which which : {weight_ih, weight_hh}) block[which] = drawn(G * H * H, near, 0);
      for (const Which which : {bias_ih, bias_hh}) block[which] = drawn(G * H, near, 0);
      block[first_weight] = drawn(F * H, near, 0);
      block[first_bias] = drawn(F, near, 0);
      block[last_weight] = drawn(H * F, far, 0);
      blocks.push_back(std::move(block));
    }
    norm[0] = drawn(H, 0.3, 1);
    norm[1] = drawn(H, 0.3, 0);
    x = drawn(count * H, 1, 0.5);
    h = drawn(shape.blocks * H, 0.5, 0);
  }

  gated::Weights<T> recurrent(i64 index) const {
    const auto& of = blocks[static_cast<std::size_t>(index)];
    gated::Weights<T> weights;
    weights.weight_ih = of[weight_ih].data();
    weights.weight_hh = of[weight_hh].data();
    weights.bias_ih = of[bias_ih].data();
    weights.bias_hh = of[bias_hh].data();
    return weights;
  }

  // The originals may be freed afterwards.
  Stack<T> open() const {
    std::vector<gated::Block<T>> all;
    for (i64 index = 0; index < shape.blocks; ++index) {
      const auto& of = blocks[static_cast<std::size_t>(index)];
      const auto at = [&](Which which) { return of[which].data(); };
      all.push_back({{at(norm_weight), at(norm_bias)},
                     recurrent(index),
                     {at(inner_weight), at(inner_bias)},
                     {at(first_weight), at(first_bias)},
                     {at(last_weight), at(last_bias)}});
    }
    const gated::Norm<T> last = {norm[0].data(), norm[1].data()};
    return {gated::prepare(shape, all.data(), last), gated::release<T>};
  }
};

template <class T>
using Vector = std::vector<Wide<T>>;

template <class T>
Vector<T> normalised(const Vector<T>& x, const Array<T>& weight, const Array<T>& bias,
                     double epsilon) {
  const std::size_t n = x.size();
  Wide<T> mean = 0, variance = 0;
  for (const Wide<T> value : x) mean += value / n;
  for (const Wide<T> value : x) variance += (value - mean) * (value - mean) / n;
  Vector<T> y(n);
  for (std::size_t k = 0; k < n; ++k)
    y[k] = (x[k] - mean) / std::sqrt(variance + Wide<T>(epsilon)) * weight[k] + bias[k];
  return y;
}

template <class T>
Vector<T> applied(const Vector<T>& x, const Array<T>& weight, const Array<T>& bias) {
  const std::size_t n = x.size();
  Vector<T> y(static_cast<std::size_t>(bias.size()));
  for (std::size_t row = 0; row < y.size(); ++row) {
    y[row] = bias[row];
    for (std::size_t k = 0; k < n; ++k) y[row] += weight[row * n + k] * x[k];
  }
  return y;
}

template <class T>
struct Found {
  std::vector<T> y, h;
};

template <class T>
Found<T> expected(const Problem<T>& problem) {
  const BlockShape& shape = problem.shape;
  const std::size_t H = static_cast<std::size_t>(shape.hidden);
  Found<T> found;
  for (i64 k = 0; k < problem.h.size(); ++k) found.h.push_back(problem.h[k]);
  gated::Shape layer;
  layer.kind = shape.kind;
  layer.batch = 1;
  layer.input = layer.hidden = layer.projected = shape.hidden;
  for (i64 t = 0; t < problem.count; ++t) {
    Vector<T> e(H);
    for (std::size_t k = 0; k < H; ++k) e[k] = problem.x[t * shape.hidden + i64(k)];
    for (i64 index = 0; index < shape.blocks; ++index) {
      const auto& of = problem.blocks[static_cast<std::size_t>(index)];
      const Vector<T> read = normalised(e, of[norm_weight], of[norm_bias], shape.epsilon);
      const std::vector<T> rounded(read.begin(), read.end());
      const gated::Weights<T> weights = problem.recurrent(index);
      const std::unique_ptr<gated::plain::Prepared<T>, void (*)(gated::plain::Prepared<T>*)>
          layer_of(gated::plain::prepare(layer, &weights), gated::plain::release<T>);
      std::vector<T> next(H);
      const T* none = nullptr;
      gated::plain::step(*layer_of, 1, rounded.data(), found.h.data() + index * shape.hidden, none,
                         next.data(), static_cast<T*>(nullptr));
      std::copy(next.begin(), next.end(), found.h.begin() + index * shape.hidden);
      for (std::size_t k = 0; k < H; ++k) e[k] += next[k];
      Vector<T> inner = applied(normalised(e, of[inner_weight], of[inner_bias], shape.epsilon),
                                of[first_weight], of[first_bias]);
      for (Wide<T>& value : inner) value /= 1 + std::exp(-value);
      const Vector<T> last = applied(inner, of[last_weight], of[last_bias]);
      for (std::size_t k = 0; k < H; ++k) e[k] += last[k];
    }
    for (const Wide<T> value : normalised(e, problem.norm[0], problem.norm[1], shape.epsilon))
      found.y.push_back(static_cast<T>(value));
  }
  return found;
}

template <class T>
std::string text_of(const BlockShape& shape, i64 count) {
  return "a stack of " + std::to_string(shape.blocks) + " blocks, " + std::to_string(shape.hidden) +
         " and " + std::to_string(shape.inner) + " features, " + std::to_string(count) + " steps" +
         (sizeof(T) == 4 ? ", float" : ", double");
}

template <class T>
void check_near(const std::string& what, const Array<T>& got, const std::vector<T>& want) {
  const double limit = sizeof(T) == 4 ? 4e-5 : 1e-13;
  check(got.written_outside() == Array<T>::nowhere, what + ": wrote outside");
  check(got.size() == static_cast<i64>(want.size()), what + ": has another size");
  for (i64 k = 0; k < got.size(); ++k)
    check(std::abs(double(got[k]) - double(want[static_cast<std::size_t>(k)])) <= limit,
          what + ": [" + std::to_string(k) + "] is " + std::to_string(got[k]) + ", expected " +
              std::to_string(want[static_cast<std::size_t>(k)]));
}

template <class T>
void compare(const BlockShape& shape, i64 count, std::uint64_t seed) {
  const Problem<T> problem(shape, count, seed);
  const Stack<T> stack = problem.open();
  Array<T> y(count * shape.hidden), h(shape.blocks * shape.hidden);
  gated::steps(*stack, count, problem.x.data(), problem.h.data(), y.data(), h.data());
  const Found<T> want = expected(problem);
  const std::string what = text_of<T>(shape, count);
  check_near(what + ", features", y, want.y);
  check_near(what + ", state", h, want.h);
}

// Threads share the weights, and parts give the bits of the whole.
template <class T>
void share(const BlockShape& shape) {
  const i64 count = 7, H = shape.hidden;
  const Problem<T> problem(shape, count, 3);
  const Stack<T> stack = problem.open();
  const auto run = [&](std::vector<i64> ends) {
    Array<T> y(count * H);
    std::vector<T> h(problem.h.data(), problem.h.data() + problem.h.size()), next(h.size());
    i64 begin = 0;
    for (const i64 end : ends) {
      gated::steps(*stack, end - begin, problem.x.data() + begin * H, h.data(),
                   y.data() + begin * H, next.data());
      std::swap(h, next);
      begin = end;
    }
    return y;
  };
  const Array<T> whole = run({count});
  std::vector<std::thread> threads;
  for (int k = 0; k < 3; ++k)
    threads.emplace_back([&] {
      for (int again = 0; again < 50; ++again)
        check(run({1, 4, count}).same_bits_as(whole),
              text_of<T>(shape, count) + ": parts in a thread give other bits");
    });
  for (auto& thread : threads) thread.join();
}

// Rows of features, with a guard after them; in place, and to another array.
template <class T>
long rows_in() {
  long tried = 0;
  std::mt19937_64 random(0);
  std::normal_distribution<double> normal;
  const auto drawn = [&](i64 size) {
    Array<T> array(size);
    array.fill([&] { return static_cast<T>(0.5 + normal(random)); });
    return array;
  };
  const double most = 100 * double(std::numeric_limits<T>::epsilon());
  for (i64 features = 1; features < 70; ++features)
    for (const i64 rows : {0, 1, 3}) {
      ++tried;
      const Array<T> x = drawn(rows * features), weight = drawn(features), bias = drawn(features);
      std::vector<T> y(x.data(), x.data() + rows * features), other(y.size() + 1, T(-77));
      const gated::Norm<T> norm = {weight.data(), bias.data()};
      gated::layer_norm<T>(norm, 1e-5, rows, features, x.data(), other.data());
      gated::layer_norm<T>(norm, 1e-5, rows, features, y.data(), y.data());
      const std::string name =
          "layer_norm " + std::to_string(rows) + "×" + std::to_string(features);
      check(other.back() == T(-77), name + ": the number after the rows is written");
      for (std::size_t k = 0; k < y.size(); ++k)
        check(y[k] == other[k], name + ": in place differs");
      for (i64 row = 0; row < rows; ++row) {
        const T* from = x.data() + row * features;
        const Vector<T> plain = normalised<T>(Vector<T>(from, from + features), weight, bias, 1e-5);
        for (i64 k = 0; k < features; ++k) {
          const Wide<T> expected = plain[static_cast<std::size_t>(k)];
          const auto error =
              double(std::abs(y[static_cast<std::size_t>(row * features + k)] - expected));
          check(error <= most * (1 + double(std::abs(expected))), name + ": another value");
        }
      }
      std::vector<T> z(static_cast<std::size_t>(features));
      gated::silu(weight.data(), z.size(), z.data());
      for (i64 k = 0; k < features; ++k) {
        const Wide<T> at = weight[static_cast<std::size_t>(k)], expected = at / (1 + std::exp(-at));
        const auto error = double(std::abs(z[static_cast<std::size_t>(k)] - expected));
        check(error <= most, "silu: another value");
      }
    }
  return tried;
}

template <class T>
long stacks_in() {
  long tried = 0;
  for (const Kind kind : {Kind::rnn_tanh, Kind::gru_after, Kind::gru_before})
    for (const i64 hidden : {1, 7, 16, 37, 64, 130})
      for (const i64 blocks : {1, 3}) {
        BlockShape shape;
        shape.kind = kind;
        shape.blocks = blocks;
        shape.hidden = hidden;
        shape.inner = hidden == 7 ? 1 : 2 * hidden - 1;
        shape.epsilon = 1e-5;
        for (const i64 count : {0, 1, 5}) {
          ++tried;
          compare<T>(shape, count, static_cast<std::uint64_t>(100 * hidden + 10 * blocks + count));
        }
        if (hidden == 37 && blocks == 3) share<T>(shape);
      }
  gated::PreparedBlocks<T>* const nothing = nullptr;
  gated::release(nothing);
  return tried;
}

}  // namespace

long step_blocks() {
  return stacks_in<float>() + stacks_in<double>() + rows_in<float>() + rows_in<double>();
}

}  // namespace tests
