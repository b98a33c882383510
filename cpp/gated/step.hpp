// Defines one time step, forward or backward, for one member of a group: the operations of the
// cells in rnn.hpp, lstm.hpp and gru.hpp.
//
// Arrays called "blocks" hold one step or one chunk of steps of the group as [blocks][rows][W]
// (tile.hpp); `stride` is the distance between their blocks, in elements. Row r of a step is the
// r-th sequence of the group.
#pragma once

#include "gated/math.hpp"
#include "gated/pack.hpp"
#include "gated/plan.hpp"
#include "gated/tile.hpp"

namespace gated {
namespace GATED_ISA {

template <class T>
struct Blocks {
  T* data = nullptr;
  i64 stride = 0;

  T* at(i64 block, i64 row) const { return data + block * stride + row * W<T>; }
  Blocks<T> from_row(i64 row) const { return {data + row * W<T>, stride}; }
  explicit operator bool() const { return data != nullptr; }
};

// The values of one step that forward stores for backward: [kept vectors][blocks][rows][W].
template <class T>
struct Kept {
  T* data = nullptr;
  i64 blocks = 0, rows = 0;

  T* at(i64 what, i64 block, i64 row) const {
    return data + ((what * blocks + block) * rows + row) * W<T>;
  }
  explicit operator bool() const { return data != nullptr; }
};

// Rows [rows][size] of the caller, row_stride apart; null where absent.
template <class T>
struct Plain {
  T* data = nullptr;
  i64 row_stride = 0;

  T* at(i64 block, i64 row) const { return data + row * row_stride + block * W<T>; }
  explicit operator bool() const { return data != nullptr; }
};

// Calls, for each tile of up to tile_rows<V> rows and one panel of V vectors (or several panels,
// for a lone row): begin(sums, panel, row, rows), multiply(sums, panel, row, rows, panels),
// end(sums, panel, row, rows); `sums` is [rows][V][W].
template <class T, int V, class Begin, class Multiply, class End>
GATED_INLINE void each_tile(Range panels, i64 rows, Begin begin, Multiply multiply, End end) {
  constexpr i64 most_rows = tile_rows<V> > lone_row_panels ? tile_rows<V> : lone_row_panels;
  alignas(64) T sums[most_rows * V * W<T>];
  if (rows == 1) {
    for (i64 panel = panels.begin, count; panel < panels.end; panel += count) {
      const i64 left = panels.end - panel;
      count = left >= lone_row_panels       ? lone_row_panels
              : left >= lone_row_panels / 2 ? lone_row_panels / 2
                                            : 1;
      for (i64 q = 0; q < count; ++q) begin(sums + q * V * W<T>, panel + q, 0, 1);
      multiply(sums, panel, 0, 1, count);
      for (i64 q = 0; q < count; ++q) end(sums + q * V * W<T>, panel + q, 0, 1);
    }
    return;
  }
  const i64 tiles = divide_up(rows, tile_rows<V>);  // of nearly equal height
  for (i64 panel = panels.begin; panel < panels.end; ++panel) {
    for (i64 tile = 0; tile < tiles; ++tile) {
      const Range part = part_of(rows, tile, tiles);
      begin(sums, panel, part.begin, part.size());
      multiply(sums, panel, part.begin, part.size(), i64(1));
      end(sums, panel, part.begin, part.size());
    }
  }
}

// sums += rows of `a` · panels packed for K columns, all of V vectors.
template <class T, int V>
GATED_INLINE void multiply(T* sums, Blocks<const T> a, i64 row, i64 rows, const T* panels,
                           i64 panel, i64 count, i64 K) {
  const i64 size = K * V * W<T>;
  tile_product<T, V>(rows, count)(sums, a.at(0, row), a.stride, panels + panel * size, size, K);
}

// A product with the panels of a Dim, whose last may be narrower: calls begin(sums, block, row,
// rows, width) and end(sums, block, row, rows, width) around it; `sums` is [rows][width][W].
template <class T, int V, class Begin, class End>
GATED_INLINE void product_of_width(Range panels, i64 first_block, i64 rows, Blocks<const T> a,
                                   const T* packed, i64 K, Begin begin, End end) {
  const T* weights = packed + first_block * K * W<T>;
  each_tile<T, V>(
      {0, panels.size()}, rows,
      [&](T* sums, i64 panel, i64 row, i64 count) {
        begin(sums, first_block + panel * V, row, count, i64(V));
      },
      [&](T* sums, i64 panel, i64 row, i64 count, i64 several) {
        multiply<T, V>(sums, a, row, count, weights, panel, several, K);
      },
      [&](T* sums, i64 panel, i64 row, i64 count) {
        end(sums, first_block + panel * V, row, count, i64(V));
      });
}

template <class T, class Begin, class End>
GATED_INLINE void product(const Dim& dim, Range panels, i64 rows, Blocks<const T> a,
                          const T* packed, i64 K, Begin begin, End end) {
  if (panels.size() <= 0 || rows <= 0) return;
  const bool narrow_end = panels.end == dim.panels() && dim.width(panels.end - 1) < dim.wide;
  const Range whole = {panels.begin, panels.end - (narrow_end ? 1 : 0)};
  const auto run = [&](i64 width, Range part) {
    const i64 block = part.begin * dim.wide;
    if (width == 1) product_of_width<T, 1>(part, block, rows, a, packed, K, begin, end);
    if (width == 2) product_of_width<T, 2>(part, block, rows, a, packed, K, begin, end);
    if (width == 3) product_of_width<T, 3>(part, block, rows, a, packed, K, begin, end);
  };
  if (whole.size() > 0) run(dim.wide, whole);
  if (narrow_end) run(dim.width(panels.end - 1), {panels.end - 1, panels.end});
}

template <class T>
GATED_INLINE Vec<T> sum_at(const T* sums, i64 row, i64 width, i64 v) {
  return load(sums + (row * width + v) * W<T>);
}

// The weights in the layout of forward: for the gated cells a panel is one block of units in all
// gates, for the RNN a panel of the hidden Dim.
template <class T>
struct ForwardPanels {
  const T* ih = nullptr;       // K = I
  const T* hh = nullptr;       // K = P; GRU reset before: the gates r and z only
  const T* hn = nullptr;       // GRU reset before: W_hn, panels of the hidden Dim, K = P; else null
  const T* hr = nullptr;       // panels of the projected Dim, K = H; null without projection
  const T* bias = nullptr;     // [unit blocks][gates][W]; b_ih + b_hh, of the GRU's n only b_in
  const T* bias_hn = nullptr;  // GRU: [unit blocks][W]; else null
};

template <class T>
struct ForwardStep {
  const LayerDims<T>& dims;
  const ForwardPanels<T>& panels;
  detail::Barrier& barrier;

  Range units;                // panels of the hidden Dim that this member computes
  Range columns;              // and of the projected Dim
  i64 rows = 0;               // number of sequences at this step
  Blocks<const T> x;          // this step's input, or null data: from_x holds its product
  const T* from_x = nullptr;  // [unit blocks][from_x_rows][gates][W]
  i64 from_x_rows = 0;
  Blocks<T> h, h_next;        // state before and after; after resets and zoneout
  Blocks<T> h_in, h_in_next;  // the same times recurrent_mask; the same arrays without a mask
  Blocks<T> c;                // LSTM: the cell state, before and after in one
  Blocks<T> scratch[3];       // of the hidden Dim, for values between the parts of the step
  Kept<T> kept;               // null without a later backward
  Plain<T> output;            // null data: not needed
  Plain<const T> mask, zoneout_h, zoneout_c;  // null data: none

  ForwardStep(const LayerDims<T>& dims, const ForwardPanels<T>& panels, detail::Barrier& barrier)
      : dims(dims), panels(panels), barrier(barrier) {}

  // Stores the new state of a block of the projected Dim, given before zoneout.
  GATED_INLINE void emit(Vec<T> value, i64 block, i64 row) const {
    const i64 valid = dims.projected.valid(block);
    if (zoneout_h) {
      const Vec<T> share = load_first(zoneout_h.at(block, row), valid);
      value = share * load(h.at(block, row)) + (T(1) - share) * value;
    }
    store(h_next.at(block, row), value);
    if (mask) store(h_in_next.at(block, row), value * load_first(mask.at(block, row), valid));
    if (output) store_first(output.at(block, row), value, valid);
  }
};

// The vector of `da` with the gradient of each gate's argument.
struct GateGradients {
  i64 count = 0;                   // vectors of da per unit
  i64 first_hh = 0, first_ih = 0;  // weight_hh and weight_ih are multiplied by G of them from here
  i64 hh[4] = {}, ih[4] = {};      // by gate, in the order of the weights
};

// One vector for each gate, in the order of the weights, for both products.
constexpr GateGradients one_for_each_gate(i64 gates) {
  GateGradients gradients;
  gradients.count = gates;
  for (i64 gate = 0; gate < gates; ++gate) gradients.hh[gate] = gradients.ih[gate] = gate;
  return gradients;
}

// The weights in the layout of backward, panels of columns; K counts padded units, gate by gate.
template <class T>
struct BackwardPanels {
  // Panels of the projected Dim; gates in the order of da, of the GRU reset before r and z only.
  const T* hh = nullptr;
  const T* hn = nullptr;  // GRU reset before: W_hn, panels of the projected Dim; else null
  const T* ih = nullptr;  // panels of the input Dim; gates in the order of da
  const T* hr = nullptr;  // panels of the hidden Dim, K = P; null without projection
};

template <class T>
struct BackwardStep {
  const LayerDims<T>& dims;
  const BackwardPanels<T>& panels;
  detail::Barrier& barrier;

  Range units, columns;
  i64 rows = 0;
  Blocks<T> dh;          // [P] ∂L/∂h_t from later steps; becomes ∂L/∂h_{t-1}
  Blocks<T> dc;          // [H] likewise, LSTM
  Blocks<const T> h;     // [P] h_{t-1}, after a reset
  Blocks<const T> h_in;  // the same times recurrent_mask
  Kept<const T> kept;
  Plain<const T> d_output;  // null data: zero
  Plain<const T> mask, zoneout_h, zoneout_c;
  Blocks<T> da;           // [count·H] this step's rows of the chunk, see GateGradients
  Blocks<T> passed;       // GRU before: r ⊙ h_in [P]; projected LSTM: m = o ⊙ tanh(c) [H]
  Blocks<T> d_projected;  // projected LSTM: ∂L/∂(W_hr m) [P]
  Blocks<T> scratch;      // GRU before: ∂L/∂(r ⊙ h_in) ⊙ r [P]

  BackwardStep(const LayerDims<T>& dims, const BackwardPanels<T>& panels, detail::Barrier& barrier)
      : dims(dims), panels(panels), barrier(barrier) {}

  T* da_at(i64 gate, i64 unit, i64 row) const {
    return da.at(gate * dims.hidden.blocks + unit, row);
  }

  // Where the hidden units end inside a vector, an infinite input times the zeros that pad its
  // weights gives NaN in the lanes after them. Products read these lanes of da, so they become
  // zero.
  GATED_INLINE void put_da(i64 gate, i64 unit, i64 row, Vec<T> value) const {
    store(da_at(gate, unit, row), first_of<T>(value, dims.hidden.valid(unit)));
  }

  // ∂L/∂(the new state before zoneout); the part that zoneout passes directly is added to dh.
  GATED_INLINE Vec<T> take(i64 block, i64 row) const {
    const i64 valid = dims.projected.valid(block);
    Vec<T> d = load(dh.at(block, row));
    if (d_output) d += load_first(d_output.at(block, row), valid);
    Vec<T> passed_on = {};
    if (zoneout_h) {
      const Vec<T> share = load_first(zoneout_h.at(block, row), valid);
      passed_on = share * d;
      d -= passed_on;
    }
    store(dh.at(block, row), passed_on);
    return d;
  }

  // dh += mask ⊙ (extra + da · weight_hh) for this member's columns; extra null: zero.
  void carry(const T* weights, i64 first_gate, i64 gates, Blocks<const T> extra) const {
    const Blocks<const T> a = {da.at(first_gate * dims.hidden.blocks, 0), da.stride};
    product<T>(
        dims.projected, columns, rows, a, weights, gates * dims.hidden.padded(),
        [&](T* sums, i64 block, i64 row, i64 count, i64 width) {
          for (i64 r = 0; r < count; ++r)
            for (i64 v = 0; v < width; ++v)
              store(sums + (r * width + v) * W<T>,
                    extra ? load(extra.at(block + v, row + r)) : Vec<T>{});
        },
        [&](T* sums, i64 block, i64 row, i64 count, i64 width) {
          for (i64 r = 0; r < count; ++r)
            for (i64 v = 0; v < width; ++v) {
              Vec<T> value = sum_at(sums, r, width, v);
              if (mask)
                value *= load_first(mask.at(block + v, row + r), dims.projected.valid(block + v));
              T* to = dh.at(block + v, row + r);
              store(to, load(to) + value);
            }
        });
  }
};

}  // namespace GATED_ISA
}  // namespace gated
