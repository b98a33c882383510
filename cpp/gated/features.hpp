// Computes the layer normalisation of rows.
#pragma once

#include "gated/gated.hpp"
#include "gated/simd.hpp"

namespace gated {
namespace GATED_ISA {

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
