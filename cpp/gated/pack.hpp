// Copies data between the row-major arrays of the caller and the layouts of tile.hpp.
#pragma once

#include "gated/simd.hpp"

namespace gated {
namespace GATED_ISA {

template <int lanes>
struct Interleave;

#define GATED_INTERLEAVE(lanes, low, high)                             \
  template <>                                                          \
  struct Interleave<lanes> {                                           \
    template <class V>                                                 \
    static GATED_INLINE void apply(V& a, V& b) {                       \
      const V first = __builtin_shufflevector(a, b, GATED_UNWRAP low); \
      b = __builtin_shufflevector(a, b, GATED_UNWRAP high);            \
      a = first;                                                       \
    }                                                                  \
  };
#define GATED_UNWRAP(...) __VA_ARGS__
GATED_INTERLEAVE(2, (0, 2), (1, 3))
GATED_INTERLEAVE(4, (0, 4, 1, 5), (2, 6, 3, 7))
GATED_INTERLEAVE(8, (0, 8, 1, 9, 2, 10, 3, 11), (4, 12, 5, 13, 6, 14, 7, 15))
GATED_INTERLEAVE(16, (0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23),
                 (8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31))
#undef GATED_INTERLEAVE
#undef GATED_UNWRAP

// Transposes W vectors as a square matrix. Each of log₂ W rounds interleaves the vectors of the
// first half with those of the second, which moves one bit of the row index into the column index.
template <class T>
GATED_INLINE void transpose(Vec<T> (&square)[W<T>]) {
#pragma GCC unroll 4
  for (int round = 1; round < W<T>; round *= 2) {
    Vec<T> next[W<T>];
#pragma GCC unroll 8
    for (int i = 0; i < W<T> / 2; ++i) {
      Vec<T> a = square[i], b = square[i + W<T> / 2];
      Interleave<W<T>>::apply(a, b);
      next[2 * i] = a;
      next[2 * i + 1] = b;
    }
#pragma GCC unroll 16
    for (int i = 0; i < W<T>; ++i) square[i] = next[i];
  }
}

// to[k · to_step + lane] = from[lane · from_stride + k] for k < K; lanes beyond `rows` are zero.
// This is a block of W rows of a weight as one vector slot of a panel.
template <class T>
void pack_transposed(T* to, i64 to_step, const T* from, i64 from_stride, i64 rows, i64 K) {
  for (i64 k = 0; k < K; k += W<T>) {
    Vec<T> square[W<T>];
    for (int lane = 0; lane < W<T>; ++lane) {
      if (lane < rows) {
        square[lane] = load_first(from + lane * from_stride + k, K - k);
      } else {
        square[lane] = Vec<T>{};
      }
    }
    transpose<T>(square);
    const i64 columns = least(K - k, W<T>);
    for (i64 i = 0; i < columns; ++i) store(to + (k + i) * to_step, square[i]);
  }
}

// to[row · to_step + lane] = from[row · from_stride + lane] for lane < columns, else zero.
// This is a block of W columns of a weight as one vector slot of a panel.
template <class T>
void pack_columns(T* to, i64 to_step, const T* from, i64 from_stride, i64 rows, i64 columns) {
  for (i64 row = 0; row < rows; ++row)
    store(to + row * to_step, load_first(from + row * from_stride, columns));
}

template <class T>
void clear(T* to, i64 count) {
  for (i64 i = 0; i < count; ++i) to[i] = T(0);
}

// The blocks [begin, end) of a row [size] into blocks, at `to` within the first of all; null: zero.
template <class T>
GATED_INLINE void row_to_blocks(T* to, i64 stride, const T* row, i64 size, i64 begin, i64 end) {
  for (i64 block = begin; block < end; ++block) {
    const i64 at = block * W<T>;
    store(to + block * stride, row == nullptr ? Vec<T>{} : load_first(row + at, size - at));
  }
}

// Likewise, multiplied by `factor` [size].
template <class T>
GATED_INLINE void scaled_row_to_blocks(T* to, i64 stride, const T* row, const T* factor, i64 size,
                                       i64 begin, i64 end) {
  for (i64 block = begin; block < end; ++block) {
    const i64 at = block * W<T>, valid = size - at;
    store(to + block * stride,
          row == nullptr ? Vec<T>{} : load_first(row + at, valid) * load_first(factor + at, valid));
  }
}

}  // namespace GATED_ISA
}  // namespace gated
