// Computes the layer normalisation of rows, and SiLU of numbers.
#pragma once

#include "gated/gated.hpp"
#include "gated/math.hpp"

namespace gated {
namespace GATED_ISA {

template <class T>
void silu_of_all(const T* x, std::size_t count, T* y) {
  for (std::size_t i = 0; i < count; i += W<T>) {
    const i64 valid = static_cast<i64>(count - i);
    store_first(y + i, silu<T>(load_first(x + i, valid)), valid);
  }
}

template <class T>
GATED_INLINE T sum_of_lanes(Vec<T> values) {
  T sum = 0;
  for (int lane = 0; lane < W<T>; ++lane) sum += values[lane];
  return sum;
}

template <class T>
void layer_norm(const Norm<T>& norm, double epsilon, i64 rows, i64 features, const T* x, T* y) {
  const T count = static_cast<T>(features);
  for (i64 row = 0; row < rows; ++row, x += features, y += features) {
    Vec<T> sums = {}, squares = {};
    for (i64 at = 0; at < features; at += W<T>) sums += load_first(x + at, features - at);
    const T mean = sum_of_lanes<T>(sums) / count;
    for (i64 at = 0; at < features; at += W<T>) {
      const i64 left = features - at;
      const Vec<T> centred = first_of<T>(load_first(x + at, left) - mean, left);
      squares += centred * centred;
    }
    const double variance = static_cast<double>(sum_of_lanes<T>(squares) / count);
    const T scale = static_cast<T>(1 / __builtin_sqrt(variance + epsilon));
    for (i64 at = 0; at < features; at += W<T>) {
      const i64 left = features - at;
      const Vec<T> normed = (load_first(x + at, left) - mean) * scale;
      const Vec<T> weight = load_first(norm.weight + at, left);
      store_first(y + at, normed * weight + load_first(norm.bias + at, left), left);
    }
  }
}

}  // namespace GATED_ISA
}  // namespace gated
