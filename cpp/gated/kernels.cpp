// Compiled once for each instruction set and each type of numbers, with GATED_ISA and GATED_REAL
// naming them (CMakeLists.txt).
#include "gated/kernels.hpp"

#include "gated/backward_call.hpp"
#include "gated/features.hpp"
#include "gated/forward_call.hpp"
#include "gated/residual.hpp"
#include "gated/stream.hpp"
#include "gated/trace.hpp"

namespace gated {
namespace GATED_ISA {

template <class T>
std::size_t reserve_size(const Shape& shape, const Plan& plan) {
  return static_cast<std::size_t>(Layout<T>(shape, plan, false).reserve_size());
}

template <class T>
void forward(const Shape& shape, const Plan& plan, const Forward<T>& call) {
  ForwardCall<T>(shape, plan, call).run();
}

template <class T>
void backward(const Shape& shape, const Plan& plan, const Backward<T>& call) {
  BackwardCall<T>(shape, plan, call).run();
}

template <class T, Vec<T> (*function)(Vec<T>)>
void each(const T* x, T* y, std::size_t count) {
  for (std::size_t i = 0; i < count; i += W<T>) {
    const i64 valid = static_cast<i64>(count - i);
    store_first(y + i, function(load_first(x + i, valid)), valid);
  }
}

template <class T>
Kernels<T> every_kernel() {
  Kernels<T> all = {};
  all.reserve_size = reserve_size<T>;
  all.forward = forward<T>;
  all.backward = backward<T>;
  all.gates = copy_gates<T>;
  all.prepared_size = prepared_size<T>;
  all.prepare = prepare<T>;
  all.step = step<T>;
  all.stack_size = stack_size<T>;
  all.stack_scratch_size = stack_scratch_size<T>;
  all.prepare_stack = prepare_stack<T>;
  all.stack_steps = stack_steps<T>;
  all.silu = each<T, silu<T>>;
  all.layer_norm = layer_norm<T>;
  all.exponential = each<T, exponential<T>>;
  all.sigmoid = each<T, sigmoid<T>>;
  all.tanh = each<T, tanh<T>>;
  return all;
}

template <class T>
const Kernels<T>& kernels() {
  static const Kernels<T> all = every_kernel<T>();
  return all;
}
template const Kernels<GATED_REAL>& kernels<GATED_REAL>();

}  // namespace GATED_ISA
}  // namespace gated
