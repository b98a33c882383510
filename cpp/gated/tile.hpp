// Defines the two inner loops: products of a tile of rows with a panel of columns.
//
// Layouts, for W lanes of a vector:
//   blocks  [ceil(n / W)][rows][W]: the left factor; `stride` is the distance
//           between blocks, in elements. Lanes beyond n are zero or not read.
//   panel   [K][V][W]: V vectors of columns for each k, packed once per call (pack.hpp).
// A tile's sums stay in registers for the whole of K, in the order of k, for any number of rows: so
// a row's result does not depend on its batch.
#pragma once

#include "gated/simd.hpp"

namespace gated {
namespace GATED_ISA {

// The most rows of a tile of V vectors, such that sums, weights and a broadcast fit the registers.
template <int V>
constexpr int tile_rows = many_registers ? (V == 4 ? 6 : 8) : (V == 4 ? 2 : 4);

// With a single row each addition would wait for the previous one, so it uses this many panels.
constexpr int lone_row_panels = 4;

// sums [Q][R][V][W] += a [R rows of blocks] · Q panels, for K columns of a.
template <class T, int R, int V, int Q>
void multiply_tile(T* GATED_RESTRICT sums, const T* GATED_RESTRICT a, i64 a_stride,
                   const T* GATED_RESTRICT panel, i64 panel_stride, i64 K) {
  Vec<T> sum[Q * V][R];
#pragma GCC unroll 16
  for (int c = 0; c < Q * V; ++c)
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) sum[c][r] = load(sums + ((c / V * R + r) * V + c % V) * W<T>);

  for (i64 left = K; left > 0; left -= W<T>, a += a_stride) {
    const int lanes = static_cast<int>(least(left, W<T>));
    for (int lane = 0; lane < lanes; ++lane, panel += V * W<T>) {
      Vec<T> weight[Q * V];
#pragma GCC unroll 16
      for (int c = 0; c < Q * V; ++c)
        weight[c] = load(panel + (c / V) * panel_stride + (c % V) * W<T>);
#pragma GCC unroll 8
      for (int r = 0; r < R; ++r) {
        const Vec<T> value = broadcast<T>(a[r * W<T> + lane]);
#pragma GCC unroll 16
        for (int c = 0; c < Q * V; ++c) sum[c][r] += value * weight[c];
      }
    }
  }

#pragma GCC unroll 16
  for (int c = 0; c < Q * V; ++c)
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) store(sums + ((c / V * R + r) * V + c % V) * W<T>, sum[c][r]);
}

template <class T>
using TileProduct = void (*)(T*, const T*, i64, const T*, i64, i64);

// The function for `rows` rows; `panels` is 1, or with one row also lone_row_panels or half of it.
template <class T, int V>
TileProduct<T> tile_product(i64 rows, i64 panels) {
  if (panels == lone_row_panels) return multiply_tile<T, 1, V, lone_row_panels>;
  if (panels == lone_row_panels / 2) return multiply_tile<T, 1, V, lone_row_panels / 2>;
  static constexpr TileProduct<T> by_rows[] = {
      multiply_tile<T, 1, V, 1>,
      multiply_tile<T, 2, V, 1>,
      multiply_tile<T, least(3, tile_rows<V>), V, 1>,
      multiply_tile<T, least(4, tile_rows<V>), V, 1>,
      multiply_tile<T, least(5, tile_rows<V>), V, 1>,
      multiply_tile<T, least(6, tile_rows<V>), V, 1>,
      multiply_tile<T, least(7, tile_rows<V>), V, 1>,
      multiply_tile<T, least(8, tile_rows<V>), V, 1>,
  };
  return by_rows[rows - 1];
}

// sums [R][V][W], rows `sums_stride` apart, += aᵀ · b over `rows` rows of blocks: a gives R lanes
// of one block, b gives V blocks, b_stride apart.
template <class T, int R, int V>
void outer_tile(T* GATED_RESTRICT sums, i64 sums_stride, const T* GATED_RESTRICT a,
                const T* GATED_RESTRICT b, i64 b_stride, i64 rows) {
  Vec<T> sum[R][V];
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) sum[r][v] = load(sums + r * sums_stride + v * W<T>);
  for (i64 row = 0; row < rows; ++row, a += W<T>, b += W<T>) {
    Vec<T> columns[V];
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) columns[v] = load(b + v * b_stride);
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
      const Vec<T> value = broadcast<T>(a[r]);
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) sum[r][v] += value * columns[v];
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) store(sums + r * sums_stride + v * W<T>, sum[r][v]);
}

}  // namespace GATED_ISA
}  // namespace gated
