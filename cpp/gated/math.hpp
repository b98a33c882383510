// Computes exp, sigmoid and tanh of a vector. Measured errors: docs/results/performance.md, by
// cpp/tests/test_math.cpp.
//
// All use one reduction: y = n·ln 2 + r with |r| ≤ ln 2 / 2, so that eʸ = 2ⁿ (1 + q), where
// q = eʳ − 1 comes from a polynomial, and eʸ − 1 = 2ⁿ q + (2ⁿ − 1) keeps its digits near zero. NaN
// gives NaN; results below the smallest normal number are zero.
#pragma once

#include "gated/simd.hpp"

namespace gated {
namespace GATED_ISA {

template <class T>
struct Exponential;

template <>
struct Exponential<float> {
  static constexpr float round_by = 12582912.0f;  // 1.5·2²³: adding it leaves an integer's bits
  static constexpr float log2_e = 1.44269504f;
  static constexpr float ln2_high = 0.693359375f;  // few bits, so that n·ln2_high is exact
  static constexpr float ln2_low = -2.12194440e-4f;
  static constexpr float least_y =
      -87.3365402f;  // beyond, eʸ is less than the smallest normal number
  static constexpr float most_y = 88.7228317f;  // beyond, eʸ is infinite
  static constexpr int bias = 127, mantissa_bits = 23;
  static constexpr std::int32_t sign_bit = INT32_MIN;

  // (eʳ − 1 − r) / r², minimax on |r| ≤ ln 2 / 2 (Moshier's Cephes, expf).
  static GATED_INLINE Vec<float> tail(Vec<float> r) {
    Vec<float> p = 1.9875691500e-4f * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    return p * r + 5.0000001201e-1f;
  }
};

template <>
struct Exponential<double> {
  static constexpr double round_by = 6755399441055744.0;  // 1.5·2⁵²
  static constexpr double log2_e = 1.4426950408889634;
  static constexpr double ln2_high = 6.93147180369123816490e-01;
  static constexpr double ln2_low = 1.90821492927058770002e-10;
  static constexpr double least_y = -708.39641853226408;
  static constexpr double most_y = 709.78271289338397;
  static constexpr int bias = 1023, mantissa_bits = 52;
  static constexpr std::int64_t sign_bit = INT64_MIN;

  // Taylor's series; the first term left out, r¹²/14!, is below 4·10⁻¹⁷.
  static GATED_INLINE Vec<double> tail(Vec<double> r) {
    Vec<double> p = r * (1 / 6227020800.0) + 1 / 479001600.0;
    p = p * r + 1 / 39916800.0;
    p = p * r + 1 / 3628800.0;
    p = p * r + 1 / 362880.0;
    p = p * r + 1 / 40320.0;
    p = p * r + 1 / 5040.0;
    p = p * r + 1 / 720.0;
    p = p * r + 1 / 120.0;
    p = p * r + 1 / 24.0;
    p = p * r + 1 / 6.0;
    return p * r + 0.5;
  }
};

template <class T>
struct Reduced {
  Bits<T> n;  // plus bits above the exponent's, which a shift drops
  Vec<T> q;   // eʳ − 1
};

// For |y| up to a few hundred (float) or thousand (double), or NaN, whose q is NaN.
template <class T>
GATED_INLINE Reduced<T> reduce(Vec<T> y) {
  using E = Exponential<T>;
  const Vec<T> shifted = y * E::log2_e + E::round_by;
  const Vec<T> n = shifted - E::round_by;
  const Vec<T> r = (y - n * E::ln2_high) - n * E::ln2_low;
  return {(Bits<T>)shifted, E::tail(r) * (r * r) + r};
}

// 2ⁿ, for a normal result.
template <class T>
GATED_INLINE Vec<T> power_of_two(Bits<T> n) {
  return (Vec<T>)((n + Exponential<T>::bias) << Exponential<T>::mantissa_bits);
}

template <class T>
GATED_INLINE Vec<T> negative_magnitude(Vec<T> x) {
  return (Vec<T>)((Bits<T>)x | Exponential<T>::sign_bit);
}

template <class T>
GATED_INLINE Vec<T> exponential(Vec<T> x) {
  using E = Exponential<T>;
  const Vec<T> low = broadcast<T>(E::least_y), high = broadcast<T>(E::most_y);
  Vec<T> y = x < low ? low : x;
  y = y > high ? high : y;
  const Reduced<T> e = reduce<T>(y);
  // At both ends 2ⁿ is not a normal number although eʸ is, so it is multiplied in two parts.
  const Bits<T> n = e.n - (Bits<T>)broadcast<T>(E::round_by);
  const Bits<T> half = n >> 1;
  const Vec<T> value = (e.q + T(1)) * power_of_two<T>(half) * power_of_two<T>(n - half);
  const Vec<T> none = {}, infinite = broadcast<T>(T(__builtin_inf()));
  return x < low ? none : x > high ? infinite : value;
}

// σ(x) = 1 / (1 + e⁻ˣ), from e^−|x|, which never overflows.
template <class T>
GATED_INLINE Vec<T> sigmoid(Vec<T> x) {
  const Vec<T> low = broadcast<T>(Exponential<T>::least_y), none = {};
  const Vec<T> y = negative_magnitude<T>(x);
  const Reduced<T> e = reduce<T>(y < low ? low : y);
  const Vec<T> scale = power_of_two<T>(e.n);
  const Vec<T> power = y < low ? none : scale * e.q + scale;
  return (x < none ? power : broadcast<T>(T(1))) / (power + T(1));
}

// x·σ(x)
template <class T>
GATED_INLINE Vec<T> silu(Vec<T> x) {
  return x * sigmoid<T>(x);
}

// With e = e^−2|x|, tanh|x| = (1 − e) / (1 + e), where 1 − e keeps the digits of a small x, or
// 1 − 2e / (1 + e), where the rounding of the quotient has little effect on a large one.
template <class T>
GATED_INLINE Vec<T> tanh(Vec<T> x) {
  const Vec<T> low = broadcast<T>(T(-80));  // tanh rounds to one long before
  const Vec<T> y = T(2) * negative_magnitude<T>(x);
  const Reduced<T> reduced = reduce<T>(y < low ? low : y);
  const Vec<T> scale = power_of_two<T>(reduced.n);
  const Vec<T> e = scale * reduced.q + scale;
  const Vec<T> less_one = scale * reduced.q + (scale - T(1));  // e − 1
  const Bits<T> small = y > broadcast<T>(T(-1.1));
  const Vec<T> quotient = (small ? -less_one : T(2) * e) / (e + T(1));
  const Vec<T> size = small ? quotient : T(1) - quotient;
  const Bits<T> sign = (Bits<T>)x & Exponential<T>::sign_bit;
  return (Vec<T>)(((Bits<T>)size & ~Exponential<T>::sign_bit) | sign);
}

}  // namespace GATED_ISA
}  // namespace gated
