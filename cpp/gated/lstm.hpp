// The long short-term memory, gate order i, f, g, o. docs/reference/equations.md.
//
//   i, f, o = σ(W_x x_t + b_x + W_h h_{t-1} + b_h),  g = tanh(the same)
//   c_t = f ⊙ c_{t-1} + i ⊙ g,  m_t = o ⊙ tanh(c_t),  h_t = m_t or W_hr m_t
#pragma once

#include "gated/step.hpp"

namespace gated {
namespace GATED_ISA {

template <class T>
struct Lstm {
  enum { input, forget, content, output, cell_before, kept };
  static constexpr GateGradients gradients = one_for_each_gate(4);

  static void forward(const ForwardStep<T>& s) {
    const i64 I = s.dims.input.size, P = s.dims.projected.size;
    each_tile<T, 4>(
        s.dims.hidden.blocks_of(s.units), s.rows,
        [&](T* sums, i64 unit, i64 row, i64 count) {
          const T* from = s.from_x == nullptr ? s.panels.bias + unit * 4 * W<T>
                                              : s.from_x + (unit * s.from_x_rows + row) * 4 * W<T>;
          for (i64 i = 0; i < count * 4; ++i)
            store(sums + i * W<T>, load(from + (s.from_x == nullptr ? i % 4 : i) * W<T>));
        },
        [&](T* sums, i64 unit, i64 row, i64 count, i64 several) {
          if (s.x) multiply<T, 4>(sums, s.x, row, count, s.panels.ih, unit, several, I);
          multiply<T, 4>(sums, {s.h_in.data, s.h_in.stride}, row, count, s.panels.hh, unit, several,
                         P);
        },
        [&](T* sums, i64 unit, i64 row, i64 count) { finish(s, sums, unit, row, count); });
    if (!s.dims.has_projection) return;
    s.barrier.wait();
    product<T>(
        s.dims.projected, s.columns, s.rows, {s.scratch[0].data, s.scratch[0].stride}, s.panels.hr,
        s.dims.hidden.size,
        [&](T* sums, i64, i64, i64 count, i64 width) { clear(sums, count * width * W<T>); },
        [&](T* sums, i64 block, i64 row, i64 count, i64 width) {
          for (i64 i = 0; i < count * width; ++i)
            s.emit(load(sums + i * W<T>), block + i % width, row + i / width);
        });
  }

  static GATED_INLINE void finish(const ForwardStep<T>& s, const T* sums, i64 unit, i64 row,
                                  i64 count) {
    for (i64 r = row; r < row + count; ++r, sums += 4 * W<T>) {
      const Vec<T> i = sigmoid<T>(sum_at(sums, 0, 4, 0)), f = sigmoid<T>(sum_at(sums, 0, 4, 1));
      const Vec<T> g = tanh<T>(sum_at(sums, 0, 4, 2)), o = sigmoid<T>(sum_at(sums, 0, 4, 3));
      const Vec<T> before = load(s.c.at(unit, r));
      const Vec<T> cell = f * before + i * g;
      if (s.kept) {
        store(s.kept.at(input, unit, r), i);
        store(s.kept.at(forget, unit, r), f);
        store(s.kept.at(content, unit, r), g);
        store(s.kept.at(output, unit, r), o);
        store(s.kept.at(cell_before, unit, r), before);
      }
      if (s.zoneout_c) {
        const Vec<T> share = load_first(s.zoneout_c.at(unit, r), s.dims.hidden.valid(unit));
        store(s.c.at(unit, r), share * before + (T(1) - share) * cell);
      } else {
        store(s.c.at(unit, r), cell);
      }
      const Vec<T> m = o * tanh<T>(cell);
      if (s.dims.has_projection) {
        store(s.scratch[0].at(unit, r), m);
      } else {
        s.emit(m, unit, r);
      }
    }
  }

  static void backward(const BackwardStep<T>& s) {
    if (s.dims.has_projection) {
      backward_through_projection(s);
    } else {
      const Range units = s.dims.hidden.blocks_of(s.units);
      for (i64 unit = units.begin; unit < units.end; ++unit)
        for (i64 row = 0; row < s.rows; ++row) gate_gradients(s, s.take(unit, row), unit, row);
    }
    s.barrier.wait();
    s.carry(s.panels.hh, 0, 4, {nullptr, 0});
  }

  static void backward_through_projection(const BackwardStep<T>& s) {
    const Range blocks = s.dims.projected.blocks_of(s.columns);
    for (i64 block = blocks.begin; block < blocks.end; ++block)
      for (i64 row = 0; row < s.rows; ++row)
        store(s.d_projected.at(block, row), s.take(block, row));
    s.barrier.wait();
    product<T>(
        s.dims.hidden, s.units, s.rows, {s.d_projected.data, s.d_projected.stride}, s.panels.hr,
        s.dims.projected.size,
        [&](T* sums, i64, i64, i64 count, i64 width) { clear(sums, count * width * W<T>); },
        [&](T* sums, i64 unit, i64 row, i64 count, i64 width) {
          for (i64 i = 0; i < count * width; ++i)
            gate_gradients(s, load(sums + i * W<T>), unit + i % width, row + i / width);
        });
  }

  static GATED_INLINE void gate_gradients(const BackwardStep<T>& s, Vec<T> dm, i64 unit, i64 row) {
    const Vec<T> i = load(s.kept.at(input, unit, row)), f = load(s.kept.at(forget, unit, row));
    const Vec<T> g = load(s.kept.at(content, unit, row)), o = load(s.kept.at(output, unit, row));
    const Vec<T> before = load(s.kept.at(cell_before, unit, row));
    const Vec<T> squashed = tanh<T>(f * before + i * g);
    Vec<T> dc = load(s.dc.at(unit, row)), passed_on = {};
    if (s.zoneout_c) {
      const Vec<T> share = load_first(s.zoneout_c.at(unit, row), s.dims.hidden.valid(unit));
      passed_on = share * dc;
      dc -= passed_on;
    }
    dc += dm * o * (T(1) - squashed * squashed);
    s.put_da(input, unit, row, dc * g * i * (T(1) - i));
    s.put_da(forget, unit, row, dc * before * f * (T(1) - f));
    s.put_da(content, unit, row, dc * i * (T(1) - g * g));
    s.put_da(output, unit, row, dm * squashed * o * (T(1) - o));
    store(s.dc.at(unit, row), passed_on + dc * f);
    if (s.dims.has_projection) store(s.passed.at(unit, row), o * squashed);
  }
};

}  // namespace GATED_ISA
}  // namespace gated
