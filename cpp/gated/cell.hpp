// Lists the cells: what the loops over steps, which are the same for all cells, need from each.
//
// A loop calls a cell through a pointer, once for each step. As templates of the cell, the loops
// would be compiled five times, which takes longer than all else.
#pragma once

#include "gated/gru.hpp"
#include "gated/lstm.hpp"
#include "gated/rnn.hpp"

namespace gated {
namespace GATED_ISA {

template <class T>
struct Cell {
  void (*forward)(const ForwardStep<T>&);
  void (*backward)(const BackwardStep<T>&);
  i64 kept;  // vectors that forward keeps for each unit
  GateGradients gradients;
};

// Of a class such as Lstm<T>.
template <class T, class Parts>
constexpr Cell<T> cell_from = {Parts::forward, Parts::backward, Parts::kept, Parts::gradients};

template <class T>
const Cell<T>& cell_of(Kind kind) {
  switch (kind) {
    case Kind::rnn_tanh:
      return cell_from<T, Rnn<T, false>>;
    case Kind::rnn_relu:
      return cell_from<T, Rnn<T, true>>;
    case Kind::lstm:
      return cell_from<T, Lstm<T>>;
    case Kind::gru_before:
      return cell_from<T, GruBefore<T>>;
    case Kind::gru_after:
      break;
  }
  return cell_from<T, GruAfter<T>>;
}

}  // namespace GATED_ISA
}  // namespace gated
