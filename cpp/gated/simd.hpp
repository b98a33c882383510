// Defines one vector type for every instruction set: GCC's and Clang's vector extensions, as wide
// as the compiler's flags allow (AVX-512: 64 bytes, AVX: 32, else 16, which is SSE2 or NEON).
//
// Everything below namespace gated::GATED_ISA is compiled once per instruction set. It must not
// use inline functions of the standard library: the linker keeps one copy of those for the whole
// program, and it might keep the copy that needs AVX-512.
#pragma once

#include <cstddef>
#include <cstdint>

#ifndef GATED_ISA
#error "GATED_ISA must name the instruction set this source is compiled for"
#endif

#define GATED_INLINE inline __attribute__((always_inline))
#define GATED_RESTRICT __restrict__

namespace gated {
namespace GATED_ISA {

using i64 = std::int64_t;

#if defined(__AVX512F__)
constexpr int vector_bytes = 64;
constexpr bool many_registers = true;  // 32 of them
#elif defined(__AVX__)
constexpr int vector_bytes = 32;
constexpr bool many_registers = false;
#else
constexpr int vector_bytes = 16;
#if defined(__aarch64__)
constexpr bool many_registers = true;
#else
constexpr bool many_registers = false;
#endif
#endif

template <class T>
struct VectorTypes;
template <>
struct VectorTypes<float> {
  typedef float Values __attribute__((vector_size(vector_bytes)));
  typedef std::int32_t Bits __attribute__((vector_size(vector_bytes)));
  typedef float Unaligned __attribute__((vector_size(vector_bytes), aligned(4), may_alias));
};
template <>
struct VectorTypes<double> {
  typedef double Values __attribute__((vector_size(vector_bytes)));
  typedef std::int64_t Bits __attribute__((vector_size(vector_bytes)));
  typedef double Unaligned __attribute__((vector_size(vector_bytes), aligned(8), may_alias));
};

template <class T>
using Vec = typename VectorTypes<T>::Values;
template <class T>
using Bits = typename VectorTypes<T>::Bits;

template <class T>
constexpr int W = vector_bytes / static_cast<int>(sizeof(T));  // lanes of a vector

template <class T>
GATED_INLINE Vec<T> load(const T* from) {
  return *reinterpret_cast<const typename VectorTypes<T>::Unaligned*>(from);
}

template <class T>
GATED_INLINE void store(T* to, Vec<T> values) {
  *reinterpret_cast<typename VectorTypes<T>::Unaligned*>(to) = values;
}

// The first `count` lanes; the others are zero. Memory beyond them is not touched.
template <class T>
GATED_INLINE Vec<T> load_first(const T* from, i64 count) {
  if (count >= W<T>) return load(from);
  Vec<T> values = {};
  for (i64 lane = 0; lane < count; ++lane) values[lane] = from[lane];
  return values;
}

template <class T>
GATED_INLINE void store_first(T* to, Vec<T> values, i64 count) {
  if (count >= W<T>) return store(to, values);
  for (i64 lane = 0; lane < count; ++lane) to[lane] = values[lane];
}

template <class T>
GATED_INLINE Vec<T> broadcast(T value) {
  return value - Vec<T>{};
}

// The same with all lanes from `count` on zero, even those that hold NaN.
template <class T>
GATED_INLINE Vec<T> first_of(Vec<T> values, i64 count) {
  if (count >= W<T>) return values;
  Vec<T> index = {};
#pragma GCC unroll 16
  for (int lane = 0; lane < W<T>; ++lane) index[lane] = T(lane);
  return (Vec<T>)((Bits<T>)values & (index < broadcast<T>(T(count))));
}

template <class T>
GATED_INLINE T sum_of_lanes(Vec<T> values) {
  T sum = 0;
  for (int lane = 0; lane < W<T>; ++lane) sum += values[lane];
  return sum;
}

constexpr i64 least(i64 a, i64 b) { return a < b ? a : b; }
constexpr i64 most(i64 a, i64 b) { return a < b ? b : a; }
constexpr i64 divide_up(i64 a, i64 b) { return (a + b - 1) / b; }

}  // namespace GATED_ISA
}  // namespace gated
