// Compiled once for each instruction set, with GATED_ISA naming it (CMakeLists.txt).
#include "gated/kernels.hpp"

#include "gated/backward_call.hpp"
#include "gated/forward_call.hpp"
#include "gated/residual.hpp"
#include "gated/stream.hpp"
#include "gated/trace.hpp"

#define GATED_TEXT_OF(name) #name
#define GATED_TEXT(name) GATED_TEXT_OF(name)

namespace gated {
namespace GATED_ISA {

template <class T, class Use>
void with_cell(Kind kind, const Use& use) {
  switch (kind) {
    case Kind::rnn_tanh:
      return use(Rnn<T, false>());
    case Kind::rnn_relu:
      return use(Rnn<T, true>());
    case Kind::lstm:
      return use(Lstm<T>());
    case Kind::gru_after:
      return use(GruAfter<T>());
    case Kind::gru_before:
      return use(GruBefore<T>());
  }
}

template <class T>
std::size_t reserve_size(const Shape& shape, const Plan& plan) {
  std::size_t size = 0;
  with_cell<T>(shape.kind, [&](auto cell) {
    const Layout<T> layout(shape, plan, false);
    size = static_cast<std::size_t>(layout.template reserve_size<decltype(cell)>());
  });
  return size;
}

template <class T>
void forward(const Shape& shape, const Plan& plan, const Forward<T>& call) {
  with_cell<T>(shape.kind,
               [&](auto cell) { ForwardCall<T, decltype(cell)>(shape, plan, call).run(); });
}

template <class T>
void backward(const Shape& shape, const Plan& plan, const Backward<T>& call) {
  with_cell<T>(shape.kind,
               [&](auto cell) { BackwardCall<T, decltype(cell)>(shape, plan, call).run(); });
}

template <class T>
void gates(const Shape& shape, const Plan& plan, const T* reserve, T* to) {
  with_cell<T>(shape.kind,
               [&](auto cell) { copy_gates<T, decltype(cell)>(shape, plan, reserve, to); });
}

template <class T>
void step(const void* memory, const Shape& shape, bool has_projection, const T* x, const T* h,
          const T* c, T* h_next, T* c_next) {
  with_cell<T>(shape.kind, [&](auto cell) {
    step_of<T, decltype(cell)>(memory, shape, has_projection, x, h, c, h_next, c_next);
  });
}

template <class T>
void stack_steps(const void* memory, const BlockShape& shape, void* scratch, i64 count, const T* x,
                 const T* h, T* y, T* h_next) {
  run_stack<T>(memory, shape, step<T>, scratch, count, x, h, y, h_next);
}

template <class T, Vec<T> (*function)(Vec<T>)>
void each(const T* x, T* y, std::size_t count) {
  for (std::size_t i = 0; i < count; i += W<T>) {
    const i64 valid = static_cast<i64>(count - i);
    store_first(y + i, function(load_first(x + i, valid)), valid);
  }
}

template <class T>
KernelsOf<T> kernels_of() {
  KernelsOf<T> all = {};
  all.reserve_size = reserve_size<T>;
  all.forward = forward<T>;
  all.backward = backward<T>;
  all.gates = gates<T>;
  all.prepared_size = prepared_size<T>;
  all.prepare = prepare<T>;
  all.step = step<T>;
  all.stack_size = stack_size<T>;
  all.stack_scratch_size = stack_scratch_size<T>;
  all.prepare_stack = prepare_stack<T>;
  all.stack_steps = stack_steps<T>;
  all.exponential = each<T, exponential<T>>;
  all.sigmoid = each<T, sigmoid<T>>;
  all.tanh = each<T, tanh<T>>;
  return all;
}

const Kernels& kernels() {
  static const Kernels all = {GATED_TEXT(GATED_ISA), kernels_of<float>(), kernels_of<double>()};
  return all;
}

}  // namespace GATED_ISA
}  // namespace gated
