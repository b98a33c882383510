// Makes one call of the kernels from Python's arguments. It checks every size against the others,
// since the kernels receive only pointers.
#pragma once

#include <nanobind/stl/optional.h>

#include <optional>
#include <stdexcept>

#include "gated/gated.hpp"
#include "tensor.hpp"

namespace gated {
namespace python {

using Sizes = Array<std::int64_t>;  // number of sequences at each step [T]

// The index of each weight of a layer in a flat tuple.
enum Place : std::size_t { weight_ih, weight_hh, bias_ih, bias_hh, weight_hr, weights_of_a_layer };
constexpr const char* weight_names[] = {"weight_ih", "weight_hh", "bias_ih", "bias_hh",
                                        "weight_hr"};

inline std::int64_t gates_of(Kind kind) {
  return kind == Kind::lstm ? 4 : kind == Kind::gru_after || kind == Kind::gru_before ? 3 : 1;
}

// The names of the kinds, with which Python looks up their numbers.
struct NamedKind {
  const char* name;
  Kind kind;
};
constexpr NamedKind named_kinds[] = {{"rnn_tanh", Kind::rnn_tanh},
                                     {"rnn_relu", Kind::rnn_relu},
                                     {"lstm", Kind::lstm},
                                     {"gru_after", Kind::gru_after},
                                     {"gru_before", Kind::gru_before}};

inline Kind kind_of(int number) {
  for (const NamedKind& one : named_kinds)
    if (static_cast<int>(one.kind) == number) return one.kind;
  throw nb::value_error("kind is unknown. Expected a number of KINDS.");
}

inline int directions_of(int number) {
  if (number != 1 && number != 2) throw nb::value_error("directions is neither 1 nor 2.");
  return number;
}

// Raises TypeError unless `item` is None or a tensor of T on the CPU; false for None.
template <class T>
bool read(nb::handle item, const char* name, Array<T>& array) {
  if (item.is_none()) return false;
  if (!array.read(item.ptr()))
    throw nb::type_error(
        (std::string(name) + " is no tensor of the type of x on the CPU.").c_str());
  return true;
}

// The tensors of a stack's weights, or of their gradients: a flat tuple, None where there is none.
template <class T>
class WeightTensors {
 public:
  explicit WeightTensors(const nb::tuple& flat) : arrays_(flat.size()), given_(flat.size()) {
    if (flat.size() == 0 || flat.size() % weights_of_a_layer != 0)
      throw nb::value_error("The weights are no multiple of five, None included.");
    for (std::size_t i = 0; i < flat.size(); ++i) given_[i] = read(flat[i], name(i), arrays_[i]);
  }

  std::int64_t count() const { return arrays_.size() / weights_of_a_layer; }  // L·D
  bool has(std::int64_t layer, Place which) const { return given_[at(layer, which)]; }
  const Array<T>& array(std::int64_t layer, Place which) const {
    if (!has(layer, which))
      throw nb::value_error((std::string(name(which)) + " is missing.").c_str());
    return arrays_[at(layer, which)];
  }
  // Null if absent. Raises RuntimeError, as torch does, unless it has these sizes: the same number
  // of elements in another shape is an error.
  T* pointer(std::int64_t layer, int directions, Place which,
             std::initializer_list<std::int64_t> sizes) const {
    if (!has(layer, which)) return nullptr;
    const Array<T>& array = arrays_[at(layer, which)];
    if (array.has_sizes(sizes) && array.is_contiguous()) return array.data;
    const std::vector<std::int64_t> found(array.size.end() - array.axes, array.size.end());
    const std::string message = std::string(name(which)) + "_l" +
                                std::to_string(layer / directions) +
                                (layer % directions == 1 ? "_reverse" : "") + " has shape " +
                                list_of(found) + (array.is_contiguous() ? "" : ", scattered") +
                                ". Expected contiguous " + list_of(sizes) + ".";
    throw std::runtime_error(message);
  }

 private:
  static std::size_t at(std::int64_t layer, Place which) {
    return static_cast<std::size_t>(layer) * weights_of_a_layer + which;
  }
  static const char* name(std::size_t index) { return weight_names[index % weights_of_a_layer]; }

  std::vector<Array<T>> arrays_;
  std::vector<char> given_;
};

// The pointers of `tensors`, as Weights or Gradients, after a check that all have the sizes of
// `shape`.
template <class Pointers, class T>
std::vector<Pointers> pointers(const WeightTensors<T>& tensors, const Shape& shape) {
  const std::int64_t rows = gates_of(shape.kind) * shape.hidden, P = shape.projected;
  if (tensors.count() != shape.layers * shape.directions)
    throw nb::value_error("There are not as many gradients as weights.");
  std::vector<Pointers> all(static_cast<std::size_t>(tensors.count()));
  for (std::int64_t i = 0; i < tensors.count(); ++i) {
    const std::int64_t input = i < shape.directions ? shape.input : shape.directions * P;
    const auto of = [&](Place which, std::initializer_list<std::int64_t> sizes) {
      return tensors.pointer(i, static_cast<int>(shape.directions), which, sizes);
    };
    Pointers& own = all[static_cast<std::size_t>(i)];
    own.weight_ih = of(weight_ih, {rows, input});
    own.weight_hh = of(weight_hh, {rows, P});
    own.bias_ih = of(bias_ih, {rows});
    own.bias_hh = of(bias_hh, {rows});
    own.weight_hr = of(weight_hr, {P, shape.hidden});
  }
  return all;
}

// The shape of a stack from its weights; the caller sets steps, batch and input.
template <class T>
Shape shape_of(int kind, int directions, const WeightTensors<T>& weights) {
  Shape shape;
  shape.kind = kind_of(kind);
  shape.directions = directions_of(directions);
  shape.layers = weights.count() / directions;
  const Array<T>& recurrent = weights.array(0, weight_hh);
  shape.hidden = recurrent.size[1] / gates_of(shape.kind);
  shape.projected = recurrent.size[2];
  shape.input = weights.array(0, weight_ih).size[2];
  const bool projects = weights.has(0, weight_hr), has_biases = weights.has(0, bias_ih);
  if (shape.layers * directions != weights.count() || shape.hidden < 1 || shape.projected < 1)
    throw nb::value_error("The weights are not those of whole layers with a hidden unit at least.");
  if (projects && shape.kind != Kind::lstm) throw nb::value_error("weight_hr is for the LSTM.");
  if (!projects && !recurrent.has_sizes({gates_of(shape.kind) * shape.projected, shape.projected}))
    throw std::runtime_error("weight_hh_l0 has " + std::to_string(recurrent.size[1]) + " rows of " +
                             std::to_string(shape.projected) + ". Expected " +
                             std::to_string(gates_of(shape.kind)) + " of them for each column.");
  for (std::int64_t i = 0; i < weights.count(); ++i) {
    weights.array(i, weight_ih), weights.array(i, weight_hh);  // are never null
    if (weights.has(i, bias_ih) != has_biases || weights.has(i, bias_hh) != has_biases ||
        weights.has(i, weight_hr) != projects)
      throw nb::value_error("Some layers have biases or weight_hr, others do not.");
  }
  return shape;
}

template <class T>
struct Call {
  Shape shape;
  Plan plan;
  std::int64_t rows;  // N
  std::vector<Weights<T>> weights;

  Call(int kind, int directions, int threads, bool recompute, const nb::tuple& flat,
       const Array<T>& x, const std::optional<Sizes>& batch_sizes)
      : plan{threads, recompute}, tensors_(flat) {
    shape = shape_of(kind, directions, tensors_);
    shape.input = x.size[2];  // checked by Python; the weight may have the wrong size
    weights = pointers<Weights<T>>(tensors_, shape);
    shape.steps = x.size[0];
    shape.batch = rows = x.size[1];
    if (batch_sizes) pack(*batch_sizes, x);
    rows = batch_sizes ? x.size[1] : shape.steps * shape.batch;
    if (threads < 1 || shape.steps < 1) throw nb::value_error("threads or steps is below 1.");
  }

  // A sequence with the rows of x and this number of features.
  Rows<T> sequence(const Array<T>& array, const char* name, std::int64_t features) const {
    const std::int64_t steps = shape.batch_sizes == nullptr ? shape.steps : 1;
    if (array.size[0] != steps || array.size[1] * steps != rows || array.size[2] != features ||
        !array.has_dense_rows())
      throw nb::value_error((std::string(name) + " does not fit x and the weights.").c_str());
    return {array.data, array.stride[0], array.stride[1]};
  }
  std::int64_t features() const { return shape.directions * shape.projected; }

  T* hidden_state(const std::optional<Array<T>>& h, const char* name) const {
    return h ? contiguous(*h, name, {count(), shape.batch, shape.projected}) : nullptr;
  }
  T* cell_state(const std::optional<Array<T>>& c, const char* name) const {
    if (c && shape.kind != Kind::lstm)
      throw nb::value_error((std::string(name) + " is for the LSTM only.").c_str());
    return c ? contiguous(*c, name, {count(), shape.batch, shape.hidden}) : nullptr;
  }

  // (resets, recurrent_mask, zoneout_h, zoneout_c, layer_dropout), each or all None.
  Extras<T> extras(const nb::object& given) {
    if (given.is_none()) return {};
    const nb::tuple items = nb::cast<nb::tuple>(given);
    if (items.size() != 5) throw nb::value_error("extras has not five items.");
    const std::int64_t P = shape.projected;
    Extras<T> to;
    if (read(items[0], "resets", resets_))
      to.resets =
          reinterpret_cast<const std::uint8_t*>(contiguous(resets_, "resets", {count(), rows}));
    to.recurrent_mask = extra(items[1], 0, "recurrent_mask", {count(), shape.batch, P});
    to.zoneout_h = extra(items[2], 1, "zoneout_h", {count(), rows, P});
    to.zoneout_c = extra(items[3], 2, "zoneout_c", {count(), rows, shape.hidden});
    to.layer_dropout = extra(items[4], 3, "layer_dropout", {shape.layers - 1, rows, features()});
    return to;
  }

  std::int64_t reserve_elements() const {
    return static_cast<std::int64_t>(reserve_size<T>(shape, plan));
  }

 private:
  std::int64_t count() const { return shape.layers * shape.directions; }

  void pack(const Sizes& sizes, const Array<T>& x) {
    shape.steps = sizes.elements();
    shape.batch_sizes = contiguous(sizes, "batch_sizes", {shape.steps});
    std::int64_t total = 0, before = shape.steps > 0 ? shape.batch_sizes[0] : 0;
    shape.batch = before;
    for (std::int64_t t = 0; t < shape.steps; ++t) {
      if (shape.batch_sizes[t] > before || shape.batch_sizes[t] < 0)
        throw nb::value_error("batch_sizes increases or is negative.");
      total += before = shape.batch_sizes[t];
    }
    if (x.axes != 2 || total != x.size[1])
      throw nb::value_error("x has not as many rows as batch_sizes has.");
  }

  T* extra(nb::handle item, int which, const char* name,
           std::initializer_list<std::int64_t> sizes) {
    return read(item, name, extras_[which]) ? contiguous(extras_[which], name, sizes) : nullptr;
  }

  WeightTensors<T> tensors_;
  Array<bool> resets_;
  Array<T> extras_[4];
};

}  // namespace python
}  // namespace gated
