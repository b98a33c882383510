// Implements the public functions, which select the instruction set at run time. Compiled once, for
// any machine.
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "gated/gated.hpp"
#include "gated/kernels.hpp"
#include "gated/testing.hpp"

namespace gated {
namespace {

std::vector<const Kernels*> usable_kernels() {
  std::vector<const Kernels*> usable;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
    usable.push_back(&avx512::kernels());
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    usable.push_back(&avx2::kernels());
#endif
  usable.push_back(&baseline::kernels());
  return usable;
}

const Kernels* chosen_kernels() {
  const auto usable = usable_kernels();
  const char* forced = std::getenv("GATED_ISA");
  if (forced == nullptr || *forced == '\0') return usable.front();
  for (const Kernels* kernels : usable)
    if (std::strcmp(kernels->name, forced) == 0) return kernels;
  return nullptr;
}

const Kernels& kernels() {
  static const Kernels* const chosen = chosen_kernels();
  return chosen != nullptr ? *chosen : baseline::kernels();
}

template <class T>
const KernelsOf<T>& kernels_of();
template <>
const KernelsOf<float>& kernels_of<float>() {
  return kernels().of_float;
}
template <>
const KernelsOf<double>& kernels_of<double>() {
  return kernels().of_double;
}

}  // namespace

const char* instruction_sets() {
  static const std::string names = [] {
    std::string all;
    for (const Kernels* kernels : usable_kernels())
      all += (all.empty() ? "" : ",") + std::string(kernels->name);
    return all;
  }();
  return names.c_str();
}

const char* instruction_set() {
  static const Kernels* const chosen = chosen_kernels();
  return chosen == nullptr ? nullptr : chosen->name;
}

template <class T>
std::size_t reserve_size(const Shape& shape, const Plan& plan) {
  return kernels_of<T>().reserve_size(shape, plan);
}

template <class T>
void forward(const Shape& shape, const Plan& plan, const Forward<T>& call) {
  kernels_of<T>().forward(shape, plan, call);
}

template <class T>
void backward(const Shape& shape, const Plan& plan, const Backward<T>& call) {
  kernels_of<T>().backward(shape, plan, call);
}

template <class T>
void gates(const Shape& shape, const Plan& plan, const T* reserve, T* to) {
  kernels_of<T>().gates(shape, plan, reserve, to);
}

// Memory aligned to 64 bytes.
struct Aligned {
  explicit Aligned(std::size_t size) : data(std::aligned_alloc(64, (size + 63) / 64 * 64)) {
    if (data == nullptr) throw std::bad_alloc();
  }
  ~Aligned() { std::free(data); }
  Aligned(const Aligned&) = delete;
  Aligned& operator=(const Aligned&) = delete;

  void* data;
};

template <class T>
class Prepared {
 public:
  Prepared(const Shape& shape, const Weights<T>* weights)
      : shape_(shape),
        has_projection_(weights[0].weight_hr != nullptr),
        memory_(kernels_of<T>().prepared_size(shape, has_projection_)) {
    kernels_of<T>().prepare(shape, weights, memory_.data);
  }

  void step(std::int64_t batch, const T* x, const T* h, const T* c, T* h_next, T* c_next) const {
    Shape shape = shape_;
    shape.batch = batch;
    kernels_of<T>().step(memory_.data, shape, has_projection_, x, h, c, h_next, c_next);
  }

 private:
  Shape shape_;
  bool has_projection_;
  Aligned memory_;
};

template <class T>
Prepared<T>* prepare(const Shape& shape, const Weights<T>* weights) {
  return new Prepared<T>(shape, weights);
}

template <class T>
void release(Prepared<T>* prepared) {
  delete prepared;
}

template <class T>
void step(const Prepared<T>& prepared, std::int64_t batch, const T* x, const T* h, const T* c,
          T* h_next, T* c_next) {
  prepared.step(batch, x, h, c, h_next, c_next);
}

template <class T>
class PreparedBlocks {
 public:
  PreparedBlocks(const BlockShape& shape, const Block<T>* blocks, const Norm<T>& norm)
      : shape_(shape),
        scratch_(kernels_of<T>().stack_scratch_size(shape)),
        memory_(kernels_of<T>().stack_size(shape)) {
    kernels_of<T>().prepare_stack(shape, blocks, norm, memory_.data);
  }

  void steps(std::int64_t count, const T* x, const T* h, T* y, T* h_next) const {
    const Aligned scratch(scratch_);  // of this call, since threads may share the weights
    kernels_of<T>().stack_steps(memory_.data, shape_, scratch.data, count, x, h, y, h_next);
  }

 private:
  BlockShape shape_;
  std::size_t scratch_;
  Aligned memory_;
};

template <class T>
PreparedBlocks<T>* prepare(const BlockShape& shape, const Block<T>* blocks, const Norm<T>& norm) {
  return new PreparedBlocks<T>(shape, blocks, norm);
}

template <class T>
void release(PreparedBlocks<T>* prepared) {
  delete prepared;
}

template <class T>
void steps(const PreparedBlocks<T>& prepared, std::int64_t count, const T* x, const T* h, T* y,
           T* h_next) {
  prepared.steps(count, x, h, y, h_next);
}

#define GATED_INSTANTIATE(T)                                                                     \
  template std::size_t reserve_size<T>(const Shape&, const Plan&);                               \
  template void forward<T>(const Shape&, const Plan&, const Forward<T>&);                        \
  template void backward<T>(const Shape&, const Plan&, const Backward<T>&);                      \
  template void gates<T>(const Shape&, const Plan&, const T*, T*);                               \
  template Prepared<T>* prepare<T>(const Shape&, const Weights<T>*);                             \
  template void release<T>(Prepared<T>*);                                                        \
  template void step<T>(const Prepared<T>&, std::int64_t, const T*, const T*, const T*, T*, T*); \
  template PreparedBlocks<T>* prepare<T>(const BlockShape&, const Block<T>*, const Norm<T>&);    \
  template void release<T>(PreparedBlocks<T>*);                                                  \
  template void steps<T>(const PreparedBlocks<T>&, std::int64_t, const T*, const T*, T*, T*);
GATED_INSTANTIATE(float)
GATED_INSTANTIATE(double)

void math_exp(const float* x, float* y, std::size_t n) { kernels_of<float>().exponential(x, y, n); }
void math_exp(const double* x, double* y, std::size_t n) {
  kernels_of<double>().exponential(x, y, n);
}
void math_sigmoid(const float* x, float* y, std::size_t n) { kernels_of<float>().sigmoid(x, y, n); }
void math_sigmoid(const double* x, double* y, std::size_t n) {
  kernels_of<double>().sigmoid(x, y, n);
}
void math_tanh(const float* x, float* y, std::size_t n) { kernels_of<float>().tanh(x, y, n); }
void math_tanh(const double* x, double* y, std::size_t n) { kernels_of<double>().tanh(x, y, n); }

}  // namespace gated
