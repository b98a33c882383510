// Computes one step of one sequence in one layer and direction, forward and backward: every line is
// an equation of docs/reference/equations.md, with the same names.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "gated/gated.hpp"

namespace gated {
namespace plain {

using i64 = std::int64_t;

template <class T>
struct WiderThan;
template <>
struct WiderThan<float> {
  using type = double;
};
template <>
struct WiderThan<double> {
  using type = long double;
};
template <class T>
using Wide = typename WiderThan<T>::type;
template <class T>
using Vector = std::vector<Wide<T>>;

inline i64 gate_count(Kind kind) {
  return kind == Kind::lstm ? 4 : kind == Kind::gru_after || kind == Kind::gru_before ? 3 : 1;
}

// ---- Forward ------------------------------------------------------------------------------------

template <class T>
struct Cell {
  Kind kind = Kind::rnn_tanh;
  i64 inputs = 0, hidden = 1, projected = 1;
  Weights<T> weights;
};

// The inputs and results of a step, with the names of docs/reference/equations.md.
template <class T>
struct Step {
  bool reset = false;
  Vector<T> x, h_before, c_before;  // the state after any reset
  Vector<T> mask, keep_h, keep_c;   // recurrent mask, ones if not given; zoneout, empty likewise
  Vector<T> a;                      // the RNN's argument of tanh or relu
  Vector<T> i, f, g, o, m;          // LSTM
  Vector<T> r, z, n, a_n;           // GRU
  Vector<T> h_new, c_new;           // before zoneout
  Vector<T> h, c;                   // after zoneout
};

template <class T>
Vector<T> widened(const T* from, i64 count, Wide<T> otherwise = 0) {
  return from ? Vector<T>(from, from + count) : Vector<T>(count, otherwise);
}

template <class V>
V product(const V& a, const V& b) {
  V y(a.size());
  for (std::size_t k = 0; k < y.size(); ++k) y[k] = a[k] * b[k];
  return y;
}

// W v + b, for the gate-th block of `rows` rows of a matrix [·, v.size()] and a bias, null: zero.
template <class T>
Vector<T> linear(const T* weight, const T* bias, i64 gate, i64 rows, const Vector<T>& v) {
  const i64 columns = static_cast<i64>(v.size());
  Vector<T> y(rows);
  for (i64 j = 0; j < rows; ++j) {
    const i64 row = gate * rows + j;
    y[j] = bias ? bias[row] : T(0);
    for (i64 k = 0; k < columns; ++k) y[j] += Wide<T>(weight[row * columns + k]) * v[k];
  }
  return y;
}

// Wᵀ v, for the gate-th block of rows likewise.
template <class T>
Vector<T> transposed(const T* weight, i64 gate, i64 columns, const Vector<T>& v) {
  const i64 rows = static_cast<i64>(v.size());
  Vector<T> y(columns, 0);
  for (i64 j = 0; j < rows; ++j)
    for (i64 k = 0; k < columns; ++k)
      y[k] += Wide<T>(weight[(gate * rows + j) * columns + k]) * v[j];
  return y;
}

template <class V>
void add(V& sum, const V& more) {
  for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += more[k];
}

template <class V, class Function>
V map(const V& v, Function function) {
  V y(v.size());
  std::transform(v.begin(), v.end(), y.begin(), function);
  return y;
}

template <class V>
V sigmoid(const V& a) {
  return map(a, [](auto v) { return 1 / (1 + std::exp(-v)); });
}

template <class V>
V tanh(const V& a) {
  return map(a, [](auto v) { return std::tanh(v); });
}

// keep ⊙ before + (1 − keep) ⊙ fresh
template <class V>
V mixture(const V& keep, const V& before, const V& fresh) {
  V y(fresh.size());
  for (std::size_t k = 0; k < y.size(); ++k) y[k] = keep[k] * before[k] + (1 - keep[k]) * fresh[k];
  return y;
}

// Without zoneout no mixture with zeros, which would turn an infinite state into NaN.
template <class V>
V zoneout(const V& keep, const V& before, const V& fresh) {
  return keep.empty() ? fresh : mixture(keep, before, fresh);
}

// Splits ∂L/∂ of a state after zoneout into the parts past the step and into the step.
template <class V>
V past(const V& keep, const V& gradient) {
  return keep.empty() ? V(gradient.size(), 0) : product(keep, gradient);
}
template <class V>
V into(const V& keep, const V& gradient) {
  return keep.empty() ? gradient : product(map(keep, [](auto k) { return 1 - k; }), gradient);
}

// The input side plus the recurrent side of a gate's argument.
template <class T>
Vector<T> argument(const Cell<T>& cell, const Step<T>& s, i64 gate, const Vector<T>& recurrent) {
  const Weights<T>& w = cell.weights;
  Vector<T> a = linear(w.weight_ih, w.bias_ih, gate, cell.hidden, s.x);
  add(a, linear(w.weight_hh, w.bias_hh, gate, cell.hidden, recurrent));
  return a;
}

template <class T>
void advance_rnn(const Cell<T>& cell, Step<T>& s) {
  s.a = argument(cell, s, 0, product(s.mask, s.h_before));
  const auto relu = [](auto a) { return a < 0 ? 0 : a; };  // max(a, 0) would turn NaN into zero
  s.h_new = cell.kind == Kind::rnn_tanh ? tanh(s.a) : map(s.a, relu);
}

template <class T>
void advance_lstm(const Cell<T>& cell, Step<T>& s) {
  const Vector<T> seen = product(s.mask, s.h_before);
  s.i = sigmoid(argument(cell, s, 0, seen));
  s.f = sigmoid(argument(cell, s, 1, seen));
  s.g = tanh(argument(cell, s, 2, seen));
  s.o = sigmoid(argument(cell, s, 3, seen));
  s.c_new = product(s.f, s.c_before);
  add(s.c_new, product(s.i, s.g));
  s.m = product(s.o, tanh(s.c_new));
  const T* weight_hr = cell.weights.weight_hr;
  s.h_new = weight_hr ? linear<T>(weight_hr, nullptr, 0, cell.projected, s.m) : s.m;
  s.c = zoneout(s.keep_c, s.c_before, s.c_new);
}

template <class T>
void advance_gru(const Cell<T>& cell, Step<T>& s) {
  const Weights<T>& w = cell.weights;
  const Vector<T> seen = product(s.mask, s.h_before);
  s.r = sigmoid(argument(cell, s, 0, seen));
  s.z = sigmoid(argument(cell, s, 1, seen));
  const bool before = cell.kind == Kind::gru_before;
  s.a_n = linear(w.weight_hh, w.bias_hh, 2, cell.hidden, before ? product(s.r, seen) : seen);
  s.n = linear(w.weight_ih, w.bias_ih, 2, cell.hidden, s.x);
  add(s.n, before ? s.a_n : product(s.r, s.a_n));
  s.n = tanh(s.n);
  s.h_new = mixture(s.z, s.h_before, s.n);
}

// Completes a step from x, the state before and the extras.
template <class T>
void advance(const Cell<T>& cell, Step<T>& s) {
  if (cell.kind == Kind::lstm)
    advance_lstm(cell, s);
  else if (gate_count(cell.kind) == 3)
    advance_gru(cell, s);
  else
    advance_rnn(cell, s);
  s.h = zoneout(s.keep_h, s.h_before, s.h_new);
}

// ---- Backward -----------------------------------------------------------------------------------

template <class T>
struct WideGradients {
  Vector<T> weight_ih, weight_hh, bias_ih, bias_hh, weight_hr;
};

// The gradients from a step backward: of its input and of the previous state.
template <class T>
struct Handed {
  Vector<T> x, h, c;
};

// Passes ∂L/∂ of one gate's argument, on its input and recurrent sides, to its factors; the
// recurrent side was W · recurrent. Returns ∂L/∂recurrent.
template <class T>
Vector<T> retreat_gate(const Cell<T>& cell, const Step<T>& s, i64 gate, const Vector<T>& da_x,
                       const Vector<T>& da_h, const Vector<T>& recurrent, WideGradients<T>& sums,
                       Handed<T>& before) {
  for (i64 j = 0; j < cell.hidden; ++j) {
    const i64 row = gate * cell.hidden + j;
    for (i64 k = 0; k < cell.inputs; ++k) sums.weight_ih[row * cell.inputs + k] += da_x[j] * s.x[k];
    for (i64 k = 0; k < cell.projected; ++k)
      sums.weight_hh[row * cell.projected + k] += da_h[j] * recurrent[k];
    sums.bias_ih[row] += da_x[j];
    sums.bias_hh[row] += da_h[j];
  }
  add(before.x, transposed(cell.weights.weight_ih, gate, cell.inputs, da_x));
  return transposed(cell.weights.weight_hh, gate, cell.projected, da_h);
}

template <class V>
V slope_of_sigmoid(const V& y) {
  return map(y, [](auto v) { return v * (1 - v); });
}

template <class V>
V slope_of_tanh(const V& y) {
  return map(y, [](auto v) { return 1 - v * v; });
}

template <class T>
void retreat_rnn(const Cell<T>& cell, const Step<T>& s, const Vector<T>& dh, WideGradients<T>& sums,
                 Handed<T>& before) {
  const Vector<T> slope = cell.kind == Kind::rnn_tanh
                              ? slope_of_tanh(s.h_new)
                              : map(s.h_new, [](auto y) { return y > 0 ? 1 : 0; });
  const Vector<T> da = product(dh, slope), seen = product(s.mask, s.h_before);
  add(before.h, product(s.mask, retreat_gate(cell, s, 0, da, da, seen, sums, before)));
}

template <class T>
void retreat_lstm(const Cell<T>& cell, const Step<T>& s, const Vector<T>& dh,
                  const Vector<T>& dc_after, WideGradients<T>& sums, Handed<T>& before) {
  const T* weight_hr = cell.weights.weight_hr;
  const Vector<T> dm = weight_hr ? transposed(weight_hr, 0, cell.hidden, dh) : dh;
  if (weight_hr)
    for (i64 p = 0; p < cell.projected; ++p)
      for (i64 j = 0; j < cell.hidden; ++j) sums.weight_hr[p * cell.hidden + j] += dh[p] * s.m[j];

  const Vector<T> squashed = tanh(s.c_new);
  Vector<T> dc = into(s.keep_c, dc_after);
  add(dc, product(product(dm, s.o), slope_of_tanh(squashed)));
  add(before.c, past(s.keep_c, dc_after));
  add(before.c, product(dc, s.f));

  const Vector<T> da[] = {
      product(product(dc, s.g), slope_of_sigmoid(s.i)),
      product(product(dc, s.c_before), slope_of_sigmoid(s.f)),
      product(product(dc, s.i), slope_of_tanh(s.g)),
      product(product(dm, squashed), slope_of_sigmoid(s.o)),
  };
  const Vector<T> seen = product(s.mask, s.h_before);
  for (i64 gate = 0; gate < 4; ++gate)
    add(before.h,
        product(s.mask, retreat_gate(cell, s, gate, da[gate], da[gate], seen, sums, before)));
}

template <class T>
void retreat_gru(const Cell<T>& cell, const Step<T>& s, const Vector<T>& dh, WideGradients<T>& sums,
                 Handed<T>& before) {
  const Vector<T> seen = product(s.mask, s.h_before);
  Vector<T> dn(cell.hidden), dz(cell.hidden);
  for (i64 j = 0; j < cell.hidden; ++j) {
    dn[j] = dh[j] * (1 - s.z[j]) * (1 - s.n[j] * s.n[j]);
    dz[j] = dh[j] * (s.h_before[j] - s.n[j]) * s.z[j] * (1 - s.z[j]);
  }
  add(before.h, product(dh, s.z));

  Vector<T> d_seen(cell.hidden, 0), dr;
  if (cell.kind == Kind::gru_before) {
    const Vector<T> d_kept = retreat_gate(cell, s, 2, dn, dn, product(s.r, seen), sums, before);
    dr = product(product(d_kept, seen), slope_of_sigmoid(s.r));
    add(d_seen, product(d_kept, s.r));
  } else {
    dr = product(product(dn, s.a_n), slope_of_sigmoid(s.r));
    add(d_seen, retreat_gate(cell, s, 2, dn, product(dn, s.r), seen, sums, before));
  }
  add(d_seen, retreat_gate(cell, s, 0, dr, dr, seen, sums, before));
  add(d_seen, retreat_gate(cell, s, 1, dz, dz, seen, sums, before));
  add(before.h, product(s.mask, d_seen));
}

// From ∂L/∂ of the state after the step to that of the state before it and of x; the weights'
// gradients are added to `sums`.
template <class T>
Handed<T> retreat(const Cell<T>& cell, const Step<T>& s, const Vector<T>& dh, const Vector<T>& dc,
                  WideGradients<T>& sums) {
  Handed<T> before{Vector<T>(cell.inputs, 0), past(s.keep_h, dh), Vector<T>(dc.size(), 0)};
  const Vector<T> dh_new = into(s.keep_h, dh);
  if (cell.kind == Kind::lstm)
    retreat_lstm(cell, s, dh_new, dc, sums, before);
  else if (gate_count(cell.kind) == 3)
    retreat_gru(cell, s, dh_new, sums, before);
  else
    retreat_rnn(cell, s, dh_new, sums, before);
  if (s.reset) {
    std::fill(before.h.begin(), before.h.end(), 0);
    std::fill(before.c.begin(), before.c.end(), 0);
  }
  return before;
}

}  // namespace plain
}  // namespace gated
