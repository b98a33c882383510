// Reads pointer, sizes and strides of a torch tensor or an array of NumPy, without their headers.
//
// nanobind's nb::ndarray calls `__dlpack__()` of every tensor, a method that torch implements in
// Python: some microseconds for each of ten tensors, while a small network takes less than one.
// torch offers the C functions of that method as a table of pointers, `__dlpack_c_exchange_api__`,
// since 2.10 (DLPack 1.2, "dlpack.h"). They are called here; for an older torch nb::ndarray is
// used, as it is for NumPy.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace gated {
namespace python {

namespace nb = nanobind;
using nb::dlpack::dltensor;

// The part of DLPack's table that is used here.
struct ExchangeApi {
  std::uint32_t major, minor;
  ExchangeApi* previous;  // of an older major version, or null
  void* allocate;
  void* managed_from_object;
  void* object_from_managed;
  int (*borrow)(void* object, dltensor* out);  // null: absent; returns 0, or -1 with an error set
  void* current_stream;
};

// The table of a type, or null. All functions of this file need the GIL.
inline const ExchangeApi* exchange_api(PyTypeObject* type) {
  struct Known {
    PyTypeObject* type;
    const ExchangeApi* api;
  };
  static std::vector<Known> known;  // mostly torch.Tensor and torch.nn.Parameter
  for (const Known& entry : known)
    if (entry.type == type) return entry.api;

  const ExchangeApi* api = nullptr;
  nb::object capsule = nb::getattr(nb::handle(reinterpret_cast<PyObject*>(type)),
                                   "__dlpack_c_exchange_api__", nb::none());
  if (PyCapsule_IsValid(capsule.ptr(), "dlpack_exchange_api"))
    api =
        static_cast<const ExchangeApi*>(PyCapsule_GetPointer(capsule.ptr(), "dlpack_exchange_api"));
  while (api != nullptr && api->major != nb::dlpack::major_version) api = api->previous;
  if (api != nullptr && api->borrow == nullptr) api = nullptr;
  Py_INCREF(reinterpret_cast<PyObject*>(type));  // so that no other type can have its address
  known.push_back({type, api});
  return api;
}

// Fills `out` with the description of a tensor; it is valid while the tensor and `keeper` exist.
// Returns false if `object` is not a dense tensor, without an error.
inline bool borrow(PyObject* object, dltensor& out, nb::ndarray<>& keeper) noexcept {
  try {
    if (const ExchangeApi* api = exchange_api(Py_TYPE(object))) {
      if (api->borrow(object, &out) == 0) return true;
      PyErr_Clear();
      return false;
    }
    nb::object plain = nb::borrow(object);
    if (nb::hasattr(plain, "detach"))  // a tensor: __dlpack__ does not support requires_grad
      plain = plain.attr("detach")();
    if (!nb::try_cast(plain, keeper, false)) return false;
    out.data = keeper.data();
    out.device = {keeper.device_type(), keeper.device_id()};
    out.ndim = static_cast<std::int32_t>(keeper.ndim());
    out.dtype = keeper.dtype();
    out.shape = const_cast<std::int64_t*>(keeper.shape_ptr());
    out.strides = const_cast<std::int64_t*>(keeper.stride_ptr());
    out.byte_offset = 0;
    return true;
  } catch (...) {  // an object that is not a tensor
    PyErr_Clear();
    return false;
  }
}

template <class T>
bool holds(const dltensor& tensor) {
  return tensor.device.device_type == nb::device::cpu::value && tensor.dtype == nb::dtype<T>();
}

// A tensor of elements T on the CPU with at most three axes. Fewer than three: sizes of 1 in front.
template <class T>
struct Array {
  T* data = nullptr;
  int axes = 0;
  std::array<std::int64_t, 3> size{1, 1, 1};
  std::array<std::int64_t, 3> stride{0, 0, 0};  // in elements
  nb::ndarray<> keeper;

  bool read(PyObject* object) noexcept {
    dltensor tensor;
    if (!borrow(object, tensor, keeper) || !holds<T>(tensor) || tensor.ndim > 3) return false;
    data = reinterpret_cast<T*>(static_cast<char*>(tensor.data) + tensor.byte_offset);
    axes = tensor.ndim;
    size = {1, 1, 1};
    for (int axis = 0; axis < axes; ++axis) {
      size[3 - axes + axis] = tensor.shape[axis];
      stride[3 - axes + axis] = tensor.strides[axis];
    }
    return true;
  }

  std::int64_t elements() const { return size[0] * size[1] * size[2]; }
  bool has_dense_rows() const { return size[2] <= 1 || stride[2] == 1 || elements() == 0; }
  bool is_contiguous() const {
    std::int64_t expected = 1;
    for (int axis = 2; axis >= 0; --axis) {
      if (size[axis] != 1 && stride[axis] != expected) return elements() == 0;
      expected *= size[axis];
    }
    return true;
  }
  bool has_sizes(std::initializer_list<std::int64_t> sizes) const {
    if (axes != static_cast<int>(sizes.size())) return false;
    int axis = 3 - axes;
    for (std::int64_t wanted : sizes)
      if (size[axis++] != wanted) return false;
    return true;
  }
};

// "[4, 3]"
template <class Range>
std::string list_of(const Range& sizes) {
  std::string text = "[";
  const char* separator = "";
  for (std::int64_t size : sizes) {
    text += separator + std::to_string(size);
    separator = ", ";
  }
  return text + "]";
}

// Raises ValueError unless `array` is contiguous and has as many elements as `sizes`.
template <class T>
T* contiguous(const Array<T>& array, const char* name, std::initializer_list<std::int64_t> sizes) {
  std::int64_t expected = 1;
  for (std::int64_t size : sizes) expected *= size;
  if (array.elements() == expected && array.is_contiguous()) return array.data;
  const std::string message = std::string(name) + " has " + std::to_string(array.elements()) +
                              (array.is_contiguous() ? "" : " scattered") +
                              " elements. Expected contiguous " + list_of(sizes) + ".";
  throw nb::value_error(message.c_str());
}

}  // namespace python
}  // namespace gated

namespace nanobind {
namespace detail {

// As an argument of a bound function: nothing is ever converted or copied.
template <class T>
struct type_caster<gated::python::Array<T>> {
  NB_TYPE_CASTER(gated::python::Array<T>,
                 const_name("torch.Tensor[") + dtype_traits<T>::name + const_name("]"))
  bool from_python(handle source, std::uint32_t, cleanup_list*) noexcept {
    return value.read(source.ptr());
  }
};

}  // namespace detail
}  // namespace nanobind
