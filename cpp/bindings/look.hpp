// What can be told of a tensor at a glance: whether the kernels may have it, and what it wants.
#pragma once

#include "tensor.hpp"

namespace gated {
namespace python {

// Bits of an answer; 0: the kernels cannot have it.
constexpr int fits = 1;       // torch's own kind of tensor, dense, on the CPU, of type T
constexpr int has_grad = 2;   // a gradient is wanted of it
constexpr int scattered = 4;  // it is not contiguous; of a sequence: its last axis is not

inline int together(int one, int other) { return (one & other & fits) != 0 ? one | other : 0; }

class Torch {
 public:
  // First called as the module is loaded: importing lets go of the interpreter's lock, for which
  // another thread may wait while this one waits for it here.
  static const Torch& get() {
    static const Torch* torch = new Torch();  // never freed: the interpreter may be gone by then
    return *torch;
  }
  bool is_parameter(nb::handle object) const { return object.type().is(parameter_); }
  bool is_own(nb::handle object) const { return is_parameter(object) || object.type().is(tensor_); }
  bool wants_gradient(nb::handle tensor) const {
    return got(PyObject_GetAttr(tensor.ptr(), requires_grad_.ptr())).is(true_);
  }
  bool negates(nb::handle tensor) const {
    PyObject* self = tensor.ptr();
    return got(PyObject_VectorcallMethod(is_neg_.ptr(), &self, 1, nullptr)).is(true_);
  }
  std::int64_t version(nb::handle tensor) const {
    return nb::cast<std::int64_t>(got(PyObject_GetAttr(tensor.ptr(), version_.ptr())));
  }

 private:
  Torch()
      : tensor_(nb::module_::import_("torch").attr("Tensor")),
        parameter_(nb::module_::import_("torch").attr("nn").attr("Parameter")) {}

  static nb::object got(PyObject* result) {
    if (result == nullptr) throw nb::python_error();
    return nb::steal(result);
  }
  static nb::object interned(const char* name) {
    return nb::steal(PyUnicode_InternFromString(name));
  }

  nb::object tensor_, parameter_;
  nb::object true_ = nb::bool_(true);
  // Names as Python compares them fastest; six tensors are asked in every call.
  nb::object requires_grad_ = interned("requires_grad"), is_neg_ = interned("is_neg"),
             version_ = interned("_version");
};

template <class T>
int look_at(nb::handle tensor, Array<T>& array, bool is_sequence) {
  const Torch& torch = Torch::get();
  if (!torch.is_own(tensor) || !array.read(tensor.ptr())) return 0;
  if (array.data == nullptr && array.elements() > 0) return 0;  // a wrapper around another tensor
  // A view that negates as it is read (torch's negative bit) shows in no pointer. No parameter is.
  if (!torch.is_parameter(tensor) && torch.negates(tensor)) return 0;
  const bool lies_well = is_sequence ? array.has_dense_rows() : array.is_contiguous();
  return fits | (torch.wants_gradient(tensor) ? has_grad : 0) | (lies_well ? 0 : scattered);
}

}  // namespace python
}  // namespace gated
