// Inspects a tensor quickly: whether the kernels support it, and whether it needs a gradient.
#pragma once

#include "tensor.hpp"

namespace gated {
namespace python {

// Flags of the result; 0: the kernels do not support the tensor.
constexpr int fits = 1;       // torch.Tensor itself, dense, on the CPU, of type T
constexpr int has_grad = 2;   // it requires a gradient
constexpr int scattered = 4;  // it is not contiguous; for a sequence: its last axis is not

inline int together(int one, int other) { return (one & other & fits) != 0 ? one | other : 0; }

class Torch {
 public:
  // First called by `prepare_for_torch`, when torch is imported: importing it here would release
  // the interpreter's lock, and another thread that waits for this static would cause a deadlock.
  static const Torch& get() {
    static const Torch* torch = new Torch();  // never freed: the interpreter may end first
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
  // Interned names, which Python compares fastest; every call inspects six tensors.
  nb::object requires_grad_ = interned("requires_grad"), is_neg_ = interned("is_neg");
};

template <class T>
int look_at(nb::handle tensor, Array<T>& array, bool is_sequence) {
  const Torch& torch = Torch::get();
  if (!torch.is_own(tensor) || !array.read(tensor.ptr())) return 0;
  if (array.data == nullptr && array.elements() > 0) return 0;  // a wrapper around another tensor
  // A pointer does not show torch's negative bit, a view with the other sign. No parameter has it.
  if (!torch.is_parameter(tensor) && torch.negates(tensor)) return 0;
  const bool lies_well = is_sequence ? array.has_dense_rows() : array.is_contiguous();
  return fits | (torch.wants_gradient(tensor) ? has_grad : 0) | (lies_well ? 0 : scattered);
}

}  // namespace python
}  // namespace gated
