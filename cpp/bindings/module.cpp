// gated.ops._cpu: the functions of gated/gated.hpp over torch tensors or arrays of NumPy.
//
// The outputs are allocated by Python. Tensors are never converted or copied; one of another type
// or device is a TypeError, one of another size or layout a ValueError. The interpreter's lock is
// released while a kernel runs.
#include <nanobind/stl/vector.h>

#include "blocks.hpp"
#include "call.hpp"
#include "look.hpp"
#include "stream.hpp"

namespace gated {
namespace python {
namespace {

using namespace nb::literals;

template <class T>
using Maybe = const std::optional<Array<T>>&;  // None: not given

template <class T>
void run_forward(int kind, int directions, int threads, bool recompute, const nb::tuple& weights,
                 const Array<T>& x, Maybe<std::int64_t> batch_sizes, Maybe<T> h_0, Maybe<T> c_0,
                 const nb::object& extras, const Array<T>& output, const Array<T>& h_n,
                 Maybe<T> c_n, Maybe<T> reserve) {
  Call<T> call(kind, directions, threads, recompute, weights, x, batch_sizes);
  Forward<T> to;
  to.weights = call.weights.data();
  const Rows<T> rows = call.sequence(x, "x", call.shape.input);
  to.x = {rows.data, rows.step_stride, rows.row_stride};
  to.h_0 = call.hidden_state(h_0, "h_0");
  to.c_0 = call.cell_state(c_0, "c_0");
  to.extras = call.extras(extras);
  to.output = call.sequence(output, "output", call.features());
  to.h_n = call.hidden_state(h_n, "h_n");
  to.c_n = call.cell_state(c_n, "c_n");
  if (c_n.has_value() != (call.shape.kind == Kind::lstm))
    throw nb::value_error("The LSTM needs c_n.");
  if (reserve) to.reserve = contiguous(*reserve, "reserve", {call.reserve_elements()});

  nb::gil_scoped_release others_may_run;
  forward(call.shape, call.plan, to);
}

template <class T>
void run_backward(int kind, int directions, int threads, bool recompute, const nb::tuple& weights,
                  const Array<T>& x, Maybe<std::int64_t> batch_sizes, Maybe<T> h_0, Maybe<T> c_0,
                  const nb::object& extras, const Array<T>& output, const Array<T>& reserve,
                  Maybe<T> d_output, Maybe<T> d_h_n, Maybe<T> d_c_n, Maybe<T> d_x, Maybe<T> d_h_0,
                  Maybe<T> d_c_0, const nb::tuple& d_weights) {
  Call<T> call(kind, directions, threads, recompute, weights, x, batch_sizes);
  const auto input = [&](const Array<T>& array, const char* name, std::int64_t features) {
    const Rows<T> rows = call.sequence(array, name, features);
    return Rows<const T>{rows.data, rows.step_stride, rows.row_stride};
  };
  const WeightTensors<T> gradients(d_weights);
  const std::vector<Gradients<T>> to_weights = pointers<Gradients<T>>(gradients, call.shape);
  Backward<T> to;
  to.weights = call.weights.data();
  to.x = input(x, "x", call.shape.input);
  to.h_0 = call.hidden_state(h_0, "h_0");
  to.c_0 = call.cell_state(c_0, "c_0");
  to.extras = call.extras(extras);
  to.output = input(output, "output", call.features());
  to.reserve = contiguous(reserve, "reserve", {call.reserve_elements()});
  if (d_output) to.d_output = input(*d_output, "d_output", call.features());
  to.d_h_n = call.hidden_state(d_h_n, "d_h_n");
  to.d_c_n = call.cell_state(d_c_n, "d_c_n");
  if (d_x) to.d_x = call.sequence(*d_x, "d_x", call.shape.input);
  to.d_h_0 = call.hidden_state(d_h_0, "d_h_0");
  to.d_c_0 = call.cell_state(d_c_0, "d_c_0");
  to.d_weights = to_weights.data();

  nb::gil_scoped_release others_may_run;
  backward(call.shape, call.plan, to);
}

template <class T>
void run_gates(int kind, int threads, std::int64_t steps, std::int64_t input,
               std::int64_t projected, const Array<T>& reserve, const Array<T>& gates) {
  Shape shape;
  shape.kind = kind_of(kind);
  const std::int64_t rows = gates.size[1];
  if (steps < 1 || rows % steps != 0) throw nb::value_error("gates has not T·B rows.");
  shape.steps = steps;
  shape.batch = rows / steps;
  shape.input = input;
  shape.hidden = gates.size[2];
  shape.projected = projected;
  const Plan plan{threads, false};
  const auto elements = static_cast<std::int64_t>(reserve_size<T>(shape, plan));
  const T* from = contiguous(reserve, "reserve", {elements});
  T* to = contiguous(gates, "gates", {values_kept(shape.kind), rows, shape.hidden});

  nb::gil_scoped_release others_may_run;
  gated::gates(shape, plan, from, to);
}

std::int64_t size_of_reserve(int kind, int layers, int directions, std::int64_t steps,
                             std::int64_t batch, std::int64_t input, std::int64_t hidden,
                             std::int64_t projected, Maybe<std::int64_t> batch_sizes, int threads,
                             bool recompute, bool is_double) {
  Shape shape;
  shape.kind = kind_of(kind);
  shape.layers = layers;
  shape.directions = directions_of(directions);
  shape.steps = steps;
  shape.batch = batch;
  shape.input = input;
  shape.hidden = hidden;
  shape.projected = projected;
  if (batch_sizes) shape.batch_sizes = contiguous(*batch_sizes, "batch_sizes", {steps});
  const Plan plan{threads, recompute};
  return static_cast<std::int64_t>(is_double ? reserve_size<double>(shape, plan)
                                             : reserve_size<float>(shape, plan));
}

// The common flags of x and the others, each a tensor or None.
template <class T>
int look_at_all(nb::handle x, const nb::tuple& others) {
  Array<T> array;
  int seen = look_at(x, array, true);
  for (nb::handle item : others)
    if (seen != 0 && !item.is_none()) seen = together(seen, look_at(item, array, false));
  return seen;
}

int look(nb::handle x, const nb::tuple& others) {
  const int as_float = look_at_all<float>(x, others);
  return as_float != 0 ? as_float : look_at_all<double>(x, others);
}

// --- features of many rows -----------------------------------------------------------------------

template <class T>
void run_silu(const Array<T>& x, const Array<T>& y) {
  const std::int64_t count = x.elements();
  const T* from = contiguous(x, "x", {count});
  T* to = contiguous(y, "y", {count});

  nb::gil_scoped_release others_may_run;
  silu(from, static_cast<std::size_t>(count), to);
}

template <class T>
void run_layer_norm(const Array<T>& x, const Array<T>& weight, const Array<T>& bias, double epsilon,
                    const Array<T>& y) {
  const std::int64_t rows = x.size[1], features = x.size[2];
  const T* from = contiguous(x, "x", {rows, features});
  const Norm<T> norm = {contiguous(weight, "weight", {features}),
                        contiguous(bias, "bias", {features})};
  T* to = contiguous(y, "y", {rows, features});

  nb::gil_scoped_release others_may_run;
  layer_norm(norm, epsilon, rows, features, from, to);
}

// --- single steps --------------------------------------------------------------------------------

template <class T>
void bind_stream(nb::module_& module, const char* name) {
  nb::class_<Stream<T>>(module, name,
                        "The weights of a stack laid out for single steps, a copy of them.")
      .def("is_current", &Stream<T>::is_current, "parameters"_a,
           "Whether these are the parameters it was made from, unchanged since.")
      .def("step", &Stream<T>::step, "x"_a, "h"_a, "c"_a.none(), "output"_a, "h_next"_a,
           "c_next"_a.none(),
           "One step of every layer into the last arguments, unless `look` says no to the first.");
}

nb::object stream_of(int kind, const nb::tuple& weights, const nb::dict& parameters) {
  Array<float> probe;
  if (weights.size() > 0 && probe.read(nb::handle(weights[0]).ptr()))
    return nb::cast(new Stream<float>(kind, weights, parameters), nb::rv_policy::take_ownership);
  return nb::cast(new Stream<double>(kind, weights, parameters), nb::rv_policy::take_ownership);
}

void bind_block_stream(nb::module_& module) {
  using Arrays = std::vector<BlockStream::In>;
  nb::class_<BlockStream>(module, "BlockStream",
                          "The weights of a stack of residual blocks for single steps, a copy.")
      .def(nb::init<int, const std::vector<Arrays>&, const Arrays&, double>(), "kind"_a, "blocks"_a,
           "norm"_a, "epsilon"_a)
      .def("steps", &BlockStream::steps, nb::arg("x").noconvert(), nb::arg("h").noconvert(),
           nb::arg("y").noconvert(), nb::arg("h_next").noconvert(),
           "Some steps of one sequence into the last two arguments.");
}

// --- the module ----------------------------------------------------------------------------------

template <class T>
void bind_kernels(nb::module_& module) {
  module.def("forward", &run_forward<T>, "kind"_a, "directions"_a, "threads"_a, "recompute"_a,
             "weights"_a, "x"_a, "batch_sizes"_a.none(), "h_0"_a.none(), "c_0"_a.none(),
             "extras"_a.none(), "output"_a, "h_n"_a, "c_n"_a.none(), "reserve"_a.none(),
             "All layers, directions and steps, into output, h_n, c_n and reserve.");
  module.def("backward", &run_backward<T>, "kind"_a, "directions"_a, "threads"_a, "recompute"_a,
             "weights"_a, "x"_a, "batch_sizes"_a.none(), "h_0"_a.none(), "c_0"_a.none(),
             "extras"_a.none(), "output"_a, "reserve"_a, "d_output"_a.none(), "d_h_n"_a.none(),
             "d_c_n"_a.none(), "d_x"_a.none(), "d_h_0"_a.none(), "d_c_0"_a.none(), "d_weights"_a,
             "The gradient in every argument of forward, into those of the last four not None.");
  module.def("gates", &run_gates<T>, "kind"_a, "threads"_a, "steps"_a, "input"_a, "projected"_a,
             "reserve"_a, "gates"_a,
             "What forward kept of one layer in one direction, into gates [kept, T*B, H].");
  module.def("silu", &run_silu<T>, "x"_a, "y"_a, "x times its sigmoid, into y.");
  module.def("layer_norm", &run_layer_norm<T>, "x"_a, "weight"_a, "bias"_a, "epsilon"_a, "y"_a,
             "The normalised rows of x [rows, features], into y.");
}

// The numbers that Python passes as arguments, by name: Python defines none of them.
void bind_names(nb::module_& module) {
  nb::dict kinds;
  for (const NamedKind& one : named_kinds) kinds[one.name] = static_cast<int>(one.kind);
  module.attr("KINDS") = kinds;
  nb::list weights;
  for (const char* name : weight_names) weights.append(name);
  module.attr("WEIGHTS") = nb::tuple(weights);
  module.attr("FITS") = fits;
  module.attr("HAS_GRAD") = has_grad;
  module.attr("SCATTERED") = scattered;
}

void bind(nb::module_& module) {
  module.def(
      "prepare_for_torch", [] { Torch::get(); },
      "Find torch's classes, before any other thread calls `look`.");
  bind_names(module);
  bind_kernels<float>(module);
  bind_kernels<double>(module);
  module.def("reserve_size", &size_of_reserve, "kind"_a, "layers"_a, "directions"_a, "steps"_a,
             "batch"_a, "input"_a, "hidden"_a, "projected"_a, "batch_sizes"_a.none(), "threads"_a,
             "recompute"_a, "is_double"_a, "The elements that forward keeps for backward.");
  module.def("look", &look, "x"_a, "others"_a,
             "0, or FITS with what of HAS_GRAD and SCATTERED is true of x or another tensor.");
  bind_stream<float>(module, "Stream32");
  bind_stream<double>(module, "Stream64");
  module.def("stream", &stream_of, "kind"_a, "weights"_a, "parameters"_a,
             "Stream32 or Stream64, by the type of the weights.");
  bind_block_stream(module);
  module.def("built_instruction_sets", &built_instruction_sets);
  module.def("instruction_sets", &instruction_sets);
  module.def("instruction_set", &instruction_set, nb::rv_policy::reference);
}

}  // namespace
}  // namespace python
}  // namespace gated

NB_MODULE(_cpu, module) {
  nanobind::set_leak_warnings(false);  // a layer may live longer than the modules
  gated::python::bind(module);
}
