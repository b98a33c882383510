// The packed weights of a stack for single steps, and the check that they are those of a layer.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>

#include "call.hpp"
#include "gated/checksum.hpp"
#include "look.hpp"

namespace gated {
namespace python {

// The identity of a layer's parameters at one time: tensors, memory and values.
//
// The values are compared by a checksum, because torch's version counters do not count every change
// (parameter.data, views of NumPy, fused optimisers, other processes that share the memory).
//
// It holds strong references to the tensors and their memory, because a freed address may be used
// again for other values.
class Snapshot {
 public:
  explicit Snapshot(const nb::dict& parameters) {
    for (auto [name, tensor] : parameters) {
      if (tensor.is_none()) continue;
      nb::object memory = tensor.attr("detach")();
      Item item;
      item.tensor = nb::borrow(tensor);
      item.memory = memory;
      item.values = values(memory);
      items_.push_back(std::move(item));
    }
  }

  bool is_current(const nb::dict& parameters) const {
    std::size_t index = 0;
    for (auto [name, tensor] : parameters) {
      if (tensor.is_none()) continue;
      if (index == items_.size()) return false;
      const Item& item = items_[index++];
      if (!tensor.is(item.tensor) || !(values(tensor) == item.values)) return false;
    }
    return index == items_.size();
  }

 private:
  struct Values {
    const char* address = nullptr;  // null: not contiguous memory of the CPU, so never current
    std::uint64_t sum = 0;

    bool operator==(const Values& other) const {
      return address != nullptr && address == other.address && sum == other.sum;
    }
  };
  struct Item {
    nb::object tensor, memory;
    Values values;
  };

  static Values values(nb::handle tensor) {
    dltensor view;
    nb::ndarray<> keeper;
    if (!borrow(tensor.ptr(), view, keeper) || view.device.device_type != nb::device::cpu::value)
      return {};
    std::int64_t elements = 1;
    for (int axis = view.ndim - 1; axis >= 0; --axis) {
      if (view.shape[axis] > 1 && view.strides[axis] != elements) return {};
      elements *= view.shape[axis];
    }
    const auto bytes = static_cast<std::size_t>(elements) * (view.dtype.bits / 8u);
    if (view.data == nullptr) return {};  // a wrapper around another tensor
    const char* address = static_cast<const char*>(view.data) + view.byte_offset;
    return {address, checksum(address, bytes)};
  }

  std::vector<Item> items_;
};

template <class T>
class Stream {
 public:
  Stream(int kind, const nb::tuple& weights, const nb::dict& parameters)
      : snapshot_(parameters), shape_(shape_of(kind, 1, WeightTensors<T>(weights))) {
    const WeightTensors<T> tensors(weights);
    shape_.steps = 1;
    prepared_.reset(prepare(shape_, pointers<Weights<T>>(tensors, shape_).data()));
  }

  bool is_current(const nb::dict& parameters) const { return snapshot_.is_current(parameters); }

  // One step: x [B, I], h [L, B, P], c [L, B, H] → output [B, P], h_next, c_next; or all without
  // B. Returns the flags of x, h and c (look.hpp), and does nothing if they are 0 or
  // `scattered`.
  int step(nb::handle x, nb::handle h, nb::handle c, nb::handle output, nb::handle h_next,
           nb::handle c_next) const {
    const std::int64_t L = shape_.layers, P = shape_.projected, H = shape_.hidden;
    const bool has_c = shape_.kind == Kind::lstm;
    Array<T> x_at, h_at, c_at;
    int seen = together(look_at(x, x_at, false), look_at(h, h_at, false));
    if (has_c) seen = together(seen, look_at(c, c_at, false));
    const std::int64_t B = x_at.size[1];
    const auto is_state = [&](const Array<T>& state, std::int64_t features) {
      const std::array<std::int64_t, 3> batched{L, B, features}, single{1, L, features};
      return state.axes == x_at.axes + 1 && state.size == (x_at.axes == 2 ? batched : single);
    };
    if (seen == 0 || (x_at.axes != 1 && x_at.axes != 2) || x_at.size[2] != shape_.input ||
        !is_state(h_at, P) || (has_c && !is_state(c_at, H)) || c.is_none() == has_c)
      return 0;
    if ((seen & scattered) != 0) return seen;

    Array<T> output_at, h_next_at, c_next_at;
    if (!read(output, "output", output_at) || !read(h_next, "h_next", h_next_at) ||
        read(c_next, "c_next", c_next_at) != has_c)
      throw nb::value_error("output or h_next is None, or c_next is not where c is.");
    T* to_output = contiguous(output_at, "output", {B, P});
    T* to_h = contiguous(h_next_at, "h_next", {L, B, P});
    T* to_c = has_c ? contiguous(c_next_at, "c_next", {L, B, H}) : nullptr;
    {
      nb::gil_scoped_release others_may_run;
      gated::step<T>(*prepared_, B, x_at.data, h_at.data, has_c ? c_at.data : nullptr, to_h, to_c);
      if (B > 0) std::memcpy(to_output, to_h + (L - 1) * B * P, sizeof(T) * B * P);
    }
    return seen;
  }

 private:
  struct Release {
    void operator()(Prepared<T>* prepared) const { release(prepared); }
  };

  Snapshot snapshot_;
  Shape shape_;
  std::unique_ptr<Prepared<T>, Release> prepared_;
};

}  // namespace python
}  // namespace gated
