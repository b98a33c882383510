// Packs the weights of a layer in one direction for the products (tile.hpp), once for each call or
// stream.
#pragma once

#include "gated/step.hpp"

namespace gated {
namespace GATED_ISA {

// A weight [size rows, K] as panels of a Dim over its rows, for products with K columns.
template <class T>
void pack_dim(T* to, const T* weight, i64 K, const Dim& dim, Range panels) {
  for (i64 panel = panels.begin; panel < panels.end; ++panel) {
    const i64 width = dim.width(panel);
    for (i64 v = 0; v < width; ++v) {
      const i64 block = panel * dim.wide + v;
      pack_transposed(to + panel * dim.wide * K * W<T> + v * W<T>, width * W<T>,
                      weight + block * W<T> * K, K, dim.valid(block), K);
    }
  }
}

// Gates [first, first + gates) of a weight [G·H, K] as panels of one unit block in these gates.
template <class T>
void pack_gates(T* to, const T* weight, i64 K, const Dim& hidden, i64 gates, Range units) {
  for (i64 unit = units.begin; unit < units.end; ++unit)
    for (i64 gate = 0; gate < gates; ++gate)
      pack_transposed(to + (unit * K * gates + gate) * W<T>, gates * W<T>,
                      weight + (gate * hidden.size + unit * W<T>)*K, K, hidden.valid(unit), K);
}

// A weight [G·H, n] as panels of a Dim over its columns; K runs over `order`'s gates, H padded.
template <class T>
void pack_back(T* to, const T* weight, i64 gates, const i64* order, const Dim& hidden,
               const Dim& dim, Range panels) {
  const i64 K = gates * hidden.padded();
  for (i64 panel = panels.begin; panel < panels.end; ++panel) {
    const i64 width = dim.width(panel);
    for (i64 v = 0; v < width; ++v) {
      const i64 block = panel * dim.wide + v;
      T* slot = to + panel * dim.wide * K * W<T> + v * W<T>;
      for (i64 gate = 0; gate < gates; ++gate, slot += hidden.padded() * width * W<T>) {
        pack_columns(slot, width * W<T>,
                     weight + order[gate] * hidden.size * dim.size + block * W<T>, dim.size,
                     hidden.size, dim.valid(block));
        for (i64 k = hidden.size; k < hidden.padded(); ++k)
          store(slot + k * width * W<T>, Vec<T>{});
      }
    }
  }
}

template <class T>
struct PackedForward {
  T *ih = nullptr, *hh = nullptr, *hn = nullptr, *hr = nullptr;
  T *bias = nullptr, *bias_hn = nullptr;

  ForwardPanels<T> view() const {
    ForwardPanels<T> panels;
    panels.ih = ih;
    panels.hh = hh;
    panels.hn = hn;
    panels.hr = hr;
    panels.bias = bias;
    panels.bias_hn = bias_hn;
    return panels;
  }
};

template <class T>
PackedForward<T> take_forward(Arena& arena, const LayerDims<T>& d) {
  const i64 gates = d.gates(), units = d.hidden.padded();
  const bool before = d.kind == Kind::gru_before, gru = before || d.kind == Kind::gru_after;
  PackedForward<T> packed = {};
  packed.ih = arena.take<T>(gates * units * d.input.size);
  packed.hh = arena.take<T>((before ? 2 : gates) * units * d.projected.size);
  if (before) packed.hn = arena.take<T>(units * d.projected.size);
  if (d.has_projection) packed.hr = arena.take<T>(d.projected.padded() * d.hidden.size);
  packed.bias = arena.take<T>(gates * units);
  if (gru) packed.bias_hn = arena.take<T>(units);
  return packed;
}

template <class T>
void pack_biases(const PackedForward<T>& to, const Weights<T>& w, const LayerDims<T>& d) {
  const i64 gates = d.gates(), H = d.hidden.size;
  for (i64 unit = 0; unit < d.hidden.blocks; ++unit) {
    const i64 valid = d.hidden.valid(unit);
    const auto of = [&](const T* bias, i64 gate) {
      return bias == nullptr ? Vec<T>{} : load_first(bias + gate * H + unit * W<T>, valid);
    };
    for (i64 gate = 0; gate < gates; ++gate) {
      const bool apart = to.bias_hn != nullptr && gate == 2;  // b_hn goes with the recurrent term
      store(to.bias + (unit * gates + gate) * W<T>,
            apart ? of(w.bias_ih, gate) : of(w.bias_ih, gate) + of(w.bias_hh, gate));
      if (apart) store(to.bias_hn + unit * W<T>, of(w.bias_hh, gate));
    }
  }
}

// The share of `index` out of `parts` of the work.
template <class T>
void pack_forward(const PackedForward<T>& to, const Weights<T>& w, const LayerDims<T>& d, i64 index,
                  i64 parts) {
  const i64 I = d.input.size, P = d.projected.size, H = d.hidden.size;
  const Range units = part_of(d.hidden.blocks, index, parts);
  const Range panels = part_of(d.hidden.panels(), index, parts);
  if (d.gates() == 1) {
    pack_dim(to.ih, w.weight_ih, I, d.hidden, panels);
    pack_dim(to.hh, w.weight_hh, P, d.hidden, panels);
  } else {
    const i64 gates_hh = to.hn == nullptr ? d.gates() : 2;
    pack_gates(to.ih, w.weight_ih, I, d.hidden, d.gates(), units);
    pack_gates(to.hh, w.weight_hh, P, d.hidden, gates_hh, units);
    if (to.hn != nullptr) pack_dim(to.hn, w.weight_hh + 2 * H * P, P, d.hidden, panels);
  }
  if (to.hr != nullptr)
    pack_dim(to.hr, w.weight_hr, H, d.projected, part_of(d.projected.panels(), index, parts));
  if (index == 0) pack_biases(to, w, d);
}

template <class T>
struct PackedBackward {
  T *hh = nullptr, *hn = nullptr, *ih = nullptr, *hr = nullptr;

  BackwardPanels<T> view() const {
    BackwardPanels<T> panels;
    panels.hh = hh;
    panels.hn = hn;
    panels.ih = ih;
    panels.hr = hr;
    return panels;
  }
};

template <class T>
PackedBackward<T> take_backward(Arena& arena, const LayerDims<T>& d, bool with_input) {
  const i64 gates = d.gates(), units = d.hidden.padded();
  const bool before = d.kind == Kind::gru_before;
  PackedBackward<T> packed = {};
  packed.hh = arena.take<T>((before ? 2 : gates) * units * d.projected.padded());
  if (before) packed.hn = arena.take<T>(units * d.projected.padded());
  if (with_input) packed.ih = arena.take<T>(gates * units * d.input.padded());
  if (d.has_projection) packed.hr = arena.take<T>(units * d.projected.size);
  return packed;
}

template <class T>
void pack_backward(const PackedBackward<T>& to, const Weights<T>& w, const LayerDims<T>& d,
                   const GateGradients& gradients, i64 index, i64 parts) {
  const i64 gates = d.gates(), H = d.hidden.size, P = d.projected.size;
  const Range columns = part_of(d.projected.panels(), index, parts);
  i64 order_hh[4], order_ih[4];  // the gate of the weight for the k-th vector of da
  for (i64 gate = 0; gate < gates; ++gate) {
    order_hh[gradients.hh[gate] - gradients.first_hh] = gate;
    order_ih[gradients.ih[gate] - gradients.first_ih] = gate;
  }
  const i64 gates_hh = to.hn == nullptr ? gates : 2, first = 0;
  pack_back(to.hh, w.weight_hh, gates_hh, order_hh, d.hidden, d.projected, columns);
  if (to.hn != nullptr)
    pack_back(to.hn, w.weight_hh + 2 * H * P, 1, &first, d.hidden, d.projected, columns);
  if (to.ih != nullptr)
    pack_back(to.ih, w.weight_ih, gates, order_ih, d.hidden, d.input,
              part_of(d.input.panels(), index, parts));
  if (to.hr != nullptr)  // [P, H]: columns are units, K = P
    for (i64 panel = part_of(d.hidden.panels(), index, parts).begin;
         panel < part_of(d.hidden.panels(), index, parts).end; ++panel) {
      const i64 width = d.hidden.width(panel);
      for (i64 v = 0; v < width; ++v) {
        const i64 block = panel * d.hidden.wide + v;
        pack_columns(to.hr + panel * d.hidden.wide * P * W<T> + v * W<T>, width * W<T>,
                     w.weight_hr + block * W<T>, H, P, d.hidden.valid(block));
      }
    }
}

}  // namespace GATED_ISA
}  // namespace gated
