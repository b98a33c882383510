// Copies the gates that forward kept for backward out of the reserve.
#pragma once

#include "gated/layout.hpp"

namespace gated {
namespace GATED_ISA {

// gates [kept, T·B, H] of one layer in one direction.
template <class T>
void copy_gates(const Shape& shape, const Plan& plan, const T* reserve, T* gates) {
  const Layout<T> layout(shape, plan, false);
  const i64 kept_vectors = layout.cell().kept;
  const i64 blocks = divide_up(shape.hidden, W<T>), rows = layout.all_rows();
  for (i64 group = 0; group < layout.groups(); ++group) {
    const Steps steps = layout.steps(group);
    T* at = layout.memory(const_cast<T*>(reserve), 0, group, steps).kept;
    for (i64 t = 0; t < shape.steps; ++t) {
      const Kept<T> kept = {at + steps.rows_before(t) * kept_vectors * blocks * W<T>, blocks,
                            steps.rows(t)};
      for (i64 what = 0; what < kept_vectors; ++what)
        for (i64 row = 0; row < kept.rows; ++row) {
          T* to = gates + (what * rows + steps.row(t) + row) * shape.hidden;
          for (i64 block = 0; block < blocks; ++block)
            store_first(to + block * W<T>, load(kept.at(what, block, row)),
                        shape.hidden - block * W<T>);
        }
    }
  }
}

}  // namespace GATED_ISA
}  // namespace gated
