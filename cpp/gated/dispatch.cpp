// Implements the public functions, which select the instruction set at run time. Compiled once, for
// any machine.
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "gated/gated.hpp"
#include "gated/kernels.hpp"
#include "gated/testing.hpp"

namespace gated {
namespace {

struct Built {
  const char* name;
  bool is_supported;  // by this machine
  const Kernels<float>& (*of_float)();
  const Kernels<double>& (*of_double)();
};

// The instruction sets of this build, best first: cpp/CMakeLists.txt selects them.
const std::vector<Built>& built_kernels() {
  static const std::vector<Built> built = {
#if GATED_HAS_avx512
      {"avx512",
       __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"),
       avx512::kernels<float>, avx512::kernels<double>},
#endif
#if GATED_HAS_avx2
      {"avx2", __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"),
       avx2::kernels<float>, avx2::kernels<double>},
#endif
#if GATED_HAS_baseline
      {"baseline", true, baseline::kernels<float>, baseline::kernels<double>},
#endif
  };
  return built;
}

std::string names_of_built(bool only_supported) {
  std::string names;
  for (const Built& built : built_kernels())
    if (built.is_supported || !only_supported)
      names += std::string(names.empty() ? "" : ",") + built.name;
  return names;
}

// Null: none of this build is supported and has the name in GATED_ISA.
const Built* chosen() {
  static const Built* const found = []() -> const Built* {
    const char* forced = std::getenv("GATED_ISA");
    const bool is_free = forced == nullptr || *forced == '\0';
    for (const Built& built : built_kernels())
      if (built.is_supported && (is_free || std::strcmp(built.name, forced) == 0)) return &built;
    return nullptr;
  }();
  return found;
}

const Built& usable() {
  if (chosen() != nullptr) return *chosen();
  throw std::runtime_error("No kernels: instruction_set() is null.");
}

template <class T>
const Kernels<T>& kernels_of();
template <>
const Kernels<float>& kernels_of<float>() {
  static const Kernels<float>& found = usable().of_float();
  return found;
}
template <>
const Kernels<double>& kernels_of<double>() {
  static const Kernels<double>& found = usable().of_double();
  return found;
}

}  // namespace

const char* built_instruction_sets() {
  static const std::string names = names_of_built(false);
  return names.c_str();
}

const char* instruction_sets() {
  static const std::string names = names_of_built(true);
  return names.c_str();
}

const char* instruction_set() { return chosen() == nullptr ? nullptr : chosen()->name; }

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

template <class T>
void silu(const T* x, std::size_t count, T* y) {
  kernels_of<T>().silu(x, y, count);
}

template <class T>
void layer_norm(const Norm<T>& norm, double epsilon, std::int64_t rows, std::int64_t features,
                const T* x, T* y) {
  kernels_of<T>().layer_norm(norm, epsilon, rows, features, x, y);
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
  template void steps<T>(const PreparedBlocks<T>&, std::int64_t, const T*, const T*, T*, T*);    \
  template void silu<T>(const T*, std::size_t, T*);                                              \
  template void layer_norm<T>(const Norm<T>&, double, std::int64_t, std::int64_t, const T*, T*);
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
