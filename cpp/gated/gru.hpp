// The gated recurrent unit, gate order r, z, n. docs/reference/equations.md.
//
//   r_t = σ(W_xr x_t + b_xr + W_hr h_{t-1} + b_hr)
//   z_t = σ(W_xz x_t + b_xz + W_hz h_{t-1} + b_hz)
//   n_t = tanh(W_xn x_t + b_xn + r_t ⊙ (W_hn h_{t-1} + b_hn))    reset after, or
//   n_t = tanh(W_xn x_t + b_xn + W_hn (r_t ⊙ h_{t-1}) + b_hn)    reset before
//   h_t = z_t ⊙ h_{t-1} + (1 − z_t) ⊙ n_t
#pragma once

#include "gated/step.hpp"

namespace gated {
namespace GATED_ISA {

// The common part of both forms: a tile of one unit block in three gates, with the input's side.
template <class T>
struct GruTile {
  const ForwardStep<T>& s;

  // sums [rows][3][W] = the input's side of r, z, n, or its biases if x is added later.
  GATED_INLINE void begin(T* sums, i64 unit, i64 row, i64 count) const {
    if (s.from_x != nullptr) {
      const T* from = s.from_x + (unit * s.from_x_rows + row) * 3 * W<T>;
      for (i64 i = 0; i < count * 3; ++i) store(sums + i * W<T>, load(from + i * W<T>));
      return;
    }
    const T* bias = s.panels.bias + unit * 3 * W<T>;
    for (i64 r = 0; r < count; ++r)
      for (i64 gate = 0; gate < 3; ++gate)
        store(sums + (r * 3 + gate) * W<T>, load(bias + gate * W<T>));
  }

  GATED_INLINE void add_x(T* sums, i64 unit, i64 row, i64 count, i64 several) const {
    if (s.x) multiply<T, 3>(sums, s.x, row, count, s.panels.ih, unit, several, s.dims.input.size);
  }
};

// Backward writes dn, dr, dz, dn ⊙ r; the input's side reads the first three, the recurrent side
// the last three.
constexpr GateGradients gradients_of_gru_after() {
  enum Gate { r, z, n };
  enum Vector { dn, dr, dz, dn_r, count };
  GateGradients gradients;
  gradients.count = count;
  gradients.first_ih = dn;
  gradients.ih[r] = dr;
  gradients.ih[z] = dz;
  gradients.ih[n] = dn;
  gradients.first_hh = dr;
  gradients.hh[r] = dr;
  gradients.hh[z] = dz;
  gradients.hh[n] = dn_r;
  return gradients;
}

template <class T>
struct GruAfter {
  enum { reset, update, candidate, recurrent_term, kept };  // r, z, n, a_n = W_hn h + b_hn
  static constexpr GateGradients gradients = gradients_of_gru_after();

  static void forward(const ForwardStep<T>& s) {
    const GruTile<T> tile = {s};
    alignas(64) T x_n[(tile_rows<3> > lone_row_panels ? tile_rows<3> : lone_row_panels) * W<T>];
    each_tile<T, 3>(
        s.dims.hidden.blocks_of(s.units), s.rows,
        [&](T* sums, i64 unit, i64 row, i64 count) { tile.begin(sums, unit, row, count); },
        [&](T* sums, i64 unit, i64 row, i64 count, i64 several) {
          tile.add_x(sums, unit, row, count, several);
          for (i64 i = 0; i < count * several; ++i) {  // the third sum becomes a_n
            T* third = sums + (i * 3 + 2) * W<T>;
            store(x_n + i * W<T>, load(third));
            const i64 of_unit = unit + (several > 1 ? i : 0);
            store(third, load(s.panels.bias_hn + of_unit * W<T>));
          }
          multiply<T, 3>(sums, {s.h_in.data, s.h_in.stride}, row, count, s.panels.hh, unit, several,
                         s.dims.projected.size);
          for (i64 q = 0; q < several; ++q)
            finish(s, sums + q * 3 * W<T>, x_n + q * W<T>, unit + q, row, count);
        },
        [](T*, i64, i64, i64) {});
  }

  static GATED_INLINE void finish(const ForwardStep<T>& s, const T* sums, const T* x_n, i64 unit,
                                  i64 row, i64 count) {
    for (i64 i = 0; i < count; ++i) {
      const Vec<T> r = sigmoid<T>(sum_at(sums, i, 3, 0)), z = sigmoid<T>(sum_at(sums, i, 3, 1));
      const Vec<T> a_n = sum_at(sums, i, 3, 2);
      const Vec<T> n = tanh<T>(load(x_n + i * W<T>) + r * a_n);
      if (s.kept) {
        store(s.kept.at(reset, unit, row + i), r);
        store(s.kept.at(update, unit, row + i), z);
        store(s.kept.at(candidate, unit, row + i), n);
        store(s.kept.at(recurrent_term, unit, row + i), a_n);
      }
      s.emit(z * load(s.h.at(unit, row + i)) + (T(1) - z) * n, unit, row + i);
    }
  }

  // dn, dz, dr and, for the recurrent side, dn ⊙ r; then dh_{t-1} = dh ⊙ z + [dr, dz, dn ⊙ r] W_h.
  static void backward(const BackwardStep<T>& s) {
    const Range units = s.dims.hidden.blocks_of(s.units);
    for (i64 unit = units.begin; unit < units.end; ++unit)
      for (i64 row = 0; row < s.rows; ++row) {
        const Vec<T> r = load(s.kept.at(reset, unit, row)), z = load(s.kept.at(update, unit, row));
        const Vec<T> n = load(s.kept.at(candidate, unit, row));
        const Vec<T> a_n = load(s.kept.at(recurrent_term, unit, row));
        const Vec<T> h = load(s.h.at(unit, row)), dh = s.take(unit, row);
        const Vec<T> dn = dh * (T(1) - z) * (T(1) - n * n);
        s.put_da(0, unit, row, dn);
        s.put_da(1, unit, row, dn * a_n * r * (T(1) - r));
        s.put_da(2, unit, row, dh * (h - n) * z * (T(1) - z));
        s.put_da(3, unit, row, dn * r);
        T* carried = s.dh.at(unit, row);
        store(carried, load(carried) + dh * z);
      }
    s.barrier.wait();
    s.carry(s.panels.hh, 1, 3, {nullptr, 0});
  }
};

template <class T>
struct GruBefore {
  enum { reset, update, candidate, kept };
  static constexpr GateGradients gradients = one_for_each_gate(3);

  // First r and z, whose r ⊙ h every unit's candidate reads; then n and h_t.
  static void forward(const ForwardStep<T>& s) {
    const GruTile<T> tile = {s};
    const i64 P = s.dims.projected.size;
    const Blocks<T> kept_h = s.scratch[0], x_n = s.scratch[1];
    const Blocks<T> update_gate = s.scratch[2];
    alignas(64) T two[(tile_rows<3> > lone_row_panels ? tile_rows<3> : lone_row_panels) * 2 * W<T>];
    each_tile<T, 3>(
        s.dims.hidden.blocks_of(s.units), s.rows,
        [&](T* sums, i64 unit, i64 row, i64 count) { tile.begin(sums, unit, row, count); },
        [&](T* sums, i64 unit, i64 row, i64 count, i64 several) {
          tile.add_x(sums, unit, row, count, several);
          for (i64 i = 0; i < count * several; ++i)
            for (i64 gate = 0; gate < 2; ++gate)
              store(two + (i * 2 + gate) * W<T>, load(sums + (i * 3 + gate) * W<T>));
          multiply<T, 2>(two, {s.h_in.data, s.h_in.stride}, row, count, s.panels.hh, unit, several,
                         P);
          for (i64 i = 0; i < count * several; ++i) {
            const i64 of_unit = unit + (several > 1 ? i : 0), of_row = several > 1 ? row : row + i;
            const Vec<T> r = sigmoid<T>(sum_at(two, i, 2, 0)), z = sigmoid<T>(sum_at(two, i, 2, 1));
            store(kept_h.at(of_unit, of_row), r * load(s.h_in.at(of_unit, of_row)));
            store(update_gate.at(of_unit, of_row), z);
            store(x_n.at(of_unit, of_row),
                  sum_at(sums, i, 3, 2) + load(s.panels.bias_hn + of_unit * W<T>));
            if (s.kept) {
              store(s.kept.at(reset, of_unit, of_row), r);
              store(s.kept.at(update, of_unit, of_row), z);
            }
          }
        },
        [](T*, i64, i64, i64) {});
    s.barrier.wait();
    product<T>(
        s.dims.hidden, s.units, s.rows, {kept_h.data, kept_h.stride}, s.panels.hn, P,
        [&](T* sums, i64 unit, i64 row, i64 count, i64 width) {
          for (i64 i = 0; i < count * width; ++i)
            store(sums + i * W<T>, load(x_n.at(unit + i % width, row + i / width)));
        },
        [&](T* sums, i64 unit, i64 row, i64 count, i64 width) {
          for (i64 i = 0; i < count * width; ++i) {
            const i64 of_unit = unit + i % width, of_row = row + i / width;
            const Vec<T> n = tanh<T>(load(sums + i * W<T>));
            const Vec<T> z = load(update_gate.at(of_unit, of_row));
            if (s.kept) store(s.kept.at(candidate, of_unit, of_row), n);
            s.emit(z * load(s.h.at(of_unit, of_row)) + (T(1) - z) * n, of_unit, of_row);
          }
        });
  }

  // dn and dz; then dr from d(r ⊙ h) = dn W_hn; then dh_{t-1} from all of them.
  static void backward(const BackwardStep<T>& s) {
    const Range units = s.dims.hidden.blocks_of(s.units);
    for (i64 unit = units.begin; unit < units.end; ++unit)
      for (i64 row = 0; row < s.rows; ++row) {
        const Vec<T> r = load(s.kept.at(reset, unit, row)), z = load(s.kept.at(update, unit, row));
        const Vec<T> n = load(s.kept.at(candidate, unit, row));
        const Vec<T> h = load(s.h.at(unit, row)), dh = s.take(unit, row);
        s.put_da(2, unit, row, dh * (T(1) - z) * (T(1) - n * n));
        s.put_da(1, unit, row, dh * (h - n) * z * (T(1) - z));
        store(s.passed.at(unit, row), r * load(s.h_in.at(unit, row)));
        T* carried = s.dh.at(unit, row);
        store(carried, load(carried) + dh * z);
      }
    s.barrier.wait();
    const Blocks<const T> dn = {s.da_at(2, 0, 0), s.da.stride};
    product<T>(
        s.dims.projected, s.columns, s.rows, dn, s.panels.hn, s.dims.hidden.padded(),
        [&](T* sums, i64, i64, i64 count, i64 width) { clear(sums, count * width * W<T>); },
        [&](T* sums, i64 unit, i64 row, i64 count, i64 width) {
          for (i64 i = 0; i < count * width; ++i) {
            const i64 of_unit = unit + i % width, of_row = row + i / width;
            const Vec<T> d = load(sums + i * W<T>), r = load(s.kept.at(reset, of_unit, of_row));
            const Vec<T> h_in = load(s.h_in.at(of_unit, of_row));
            s.put_da(0, of_unit, of_row, d * h_in * r * (T(1) - r));
            store(s.scratch.at(of_unit, of_row), d * r);
          }
        });
    s.barrier.wait();
    s.carry(s.panels.hh, 0, 2, {s.scratch.data, s.scratch.stride});
  }
};

}  // namespace GATED_ISA
}  // namespace gated
