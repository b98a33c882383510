// Declares the kernels of one instruction set for dispatch.cpp.
#pragma once

#include "gated/gated.hpp"

namespace gated {

template <class T>
struct Kernels {
  std::size_t (*reserve_size)(const Shape&, const Plan&) = nullptr;
  void (*forward)(const Shape&, const Plan&, const Forward<T>&) = nullptr;
  void (*backward)(const Shape&, const Plan&, const Backward<T>&) = nullptr;
  void (*gates)(const Shape&, const Plan&, const T* reserve, T* gates) = nullptr;
  std::size_t (*prepared_size)(const Shape&, bool has_projection) = nullptr;
  // Uses memory of that size, 64-aligned.
  void (*prepare)(const Shape&, const Weights<T>*, void* memory) = nullptr;
  void (*step)(const void* memory, const Shape&, bool has_projection, const T* x, const T* h,
               const T* c, T* h_next, T* c_next) = nullptr;
  std::size_t (*stack_size)(const BlockShape&) = nullptr;
  std::size_t (*stack_scratch_size)(const BlockShape&) = nullptr;
  // Both use memory of these sizes, 64-aligned.
  void (*prepare_stack)(const BlockShape&, const Block<T>*, const Norm<T>&, void* memory) = nullptr;
  void (*stack_steps)(const void* memory, const BlockShape&, void* scratch, std::int64_t count,
                      const T* x, const T* h, T* y, T* h_next) = nullptr;
  void (*silu)(const T* x, T* y, std::size_t count) = nullptr;
  void (*layer_norm)(const Norm<T>&, double epsilon, std::int64_t rows, std::int64_t features,
                     const T* x, T* y) = nullptr;
  void (*exponential)(const T* x, T* y, std::size_t count) = nullptr;
  void (*sigmoid)(const T* x, T* y, std::size_t count) = nullptr;
  void (*tanh)(const T* x, T* y, std::size_t count) = nullptr;
};

// Only on a machine that supports the instruction set.
namespace avx512 {
template <class T>
const Kernels<T>& kernels();
}
namespace avx2 {
template <class T>
const Kernels<T>& kernels();
}
namespace baseline {
template <class T>
const Kernels<T>& kernels();
}

}  // namespace gated
