// Elman's RNN: h_t = f(W_x x_t + b_x + W_h h_{t-1} + b_h), f = tanh or relu.
// docs/reference/equations.md.
#pragma once

#include "gated/step.hpp"

namespace gated {
namespace GATED_ISA {

template <class T, bool relu>
struct Rnn {
  static constexpr i64 kept = 1;  // the new state before zoneout
  static constexpr GateGradients gradients = one_for_each_gate(1);

  static void forward(const ForwardStep<T>& s) {
    const Dim& hidden = s.dims.hidden;
    const auto by_width = [&](i64 width, Range panels) {
      if (width == 1) forward_width<1>(s, panels);
      if (width == 2) forward_width<2>(s, panels);
      if (width == 3) forward_width<3>(s, panels);
    };
    if (s.units.size() <= 0) return;
    const bool narrow =
        s.units.end == hidden.panels() && hidden.width(s.units.end - 1) < hidden.wide;
    const Range whole = {s.units.begin, s.units.end - (narrow ? 1 : 0)};
    if (whole.size() > 0) by_width(hidden.wide, whole);
    if (narrow) by_width(hidden.width(s.units.end - 1), {s.units.end - 1, s.units.end});
  }

  template <int V>
  static void forward_width(const ForwardStep<T>& s, Range panels) {
    const i64 block = panels.begin * s.dims.hidden.wide;
    const i64 I = s.dims.input.size, P = s.dims.projected.size;
    const T* ih = s.panels.ih + block * I * W<T>;
    const T* hh = s.panels.hh + block * P * W<T>;
    each_tile<T, V>(
        {0, panels.size()}, s.rows,
        [&](T* sums, i64 panel, i64 row, i64 count) {
          for (i64 i = 0; i < count * V; ++i) {
            const i64 unit = block + panel * V + i % V;
            store(
                sums + i * W<T>,
                load(s.from_x == nullptr ? s.panels.bias + unit * W<T>
                                         : s.from_x + (unit * s.from_x_rows + row + i / V) * W<T>));
          }
        },
        [&](T* sums, i64 panel, i64 row, i64 count, i64 several) {
          if (s.x) multiply<T, V>(sums, s.x, row, count, ih, panel, several, I);
          multiply<T, V>(sums, {s.h_in.data, s.h_in.stride}, row, count, hh, panel, several, P);
        },
        [&](T* sums, i64 panel, i64 row, i64 count) {
          for (i64 i = 0; i < count * V; ++i) {
            const i64 unit = block + panel * V + i % V;
            Vec<T> h = load(sums + i * W<T>);
            if constexpr (relu) {
              const Vec<T> none = {};
              h = h < none ? none : h;  // NaN stays NaN
            } else {
              h = tanh<T>(h);
            }
            if (s.kept) store(s.kept.at(0, unit, row + i / V), h);
            s.emit(h, unit, row + i / V);
          }
        });
  }

  static void backward(const BackwardStep<T>& s) {
    const Range units = s.dims.hidden.blocks_of(s.units);
    for (i64 unit = units.begin; unit < units.end; ++unit)
      for (i64 row = 0; row < s.rows; ++row) {
        const Vec<T> dh = s.take(unit, row), h = load(s.kept.at(0, unit, row)), none = {};
        s.put_da(0, unit, row, relu ? (h > none ? dh : none) : dh * (T(1) - h * h));
      }
    s.barrier.wait();
    s.carry(s.panels.hh, 0, 1, {nullptr, 0});
  }
};

}  // namespace GATED_ISA
}  // namespace gated
