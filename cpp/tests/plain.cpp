#include "plain.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "plain_cell.hpp"

namespace gated {
namespace plain {
namespace {

// The row of step t of batch member b in a sequence.
struct Layout {
  explicit Layout(const Shape& shape) : packed(shape.batch_sizes != nullptr) {
    for (i64 t = 0; t < shape.steps; ++t) {
      first.push_back(rows);
      running.push_back(packed ? shape.batch_sizes[t] : shape.batch);
      rows += running.back();
    }
  }

  i64 row(i64 t, i64 b) const { return first[t] + b; }

  i64 length(i64 b) const {
    i64 t = 0;
    while (t < static_cast<i64>(running.size()) && running[t] > b) ++t;
    return t;
  }

  template <class T>
  T* at(const Rows<T>& sequence, i64 t, i64 b) const {
    return sequence.data + (packed ? row(t, b) * sequence.row_stride
                                   : t * sequence.step_stride + b * sequence.row_stride);
  }

  bool packed;
  std::vector<i64> first, running;
  i64 rows = 0;
};

// All inputs and results of the stack.
template <class T>
struct Trace {
  std::vector<std::vector<Step<T>>> steps;       // [L·D][N]
  std::vector<std::vector<Vector<T>>> h_n, c_n;  // [L·D][B]
};

template <class T>
Cell<T> cell_of(const Shape& shape, const Weights<T>* weights, i64 layer, i64 direction) {
  Cell<T> cell;
  cell.kind = shape.kind;
  cell.inputs = layer == 0 ? shape.input : shape.directions * shape.projected;
  cell.hidden = shape.hidden;
  cell.projected = shape.projected;
  cell.weights = weights[layer * shape.directions + direction];
  return cell;
}

template <class T>
Step<T> begin_step(const Shape& shape, const Layout& layout, const Extras<T>& extras, i64 ld,
                   i64 row, i64 b, const Vector<T>& x, const Vector<T>& h, const Vector<T>& c) {
  const i64 H = shape.hidden, P = shape.projected, of_all = ld * layout.rows + row;
  Step<T> s;
  s.reset = extras.resets && extras.resets[of_all];
  s.x = x;
  s.h_before = s.reset ? Vector<T>(h.size(), 0) : h;
  s.c_before = s.reset ? Vector<T>(c.size(), 0) : c;
  const T *mask = extras.recurrent_mask, *keep_h = extras.zoneout_h, *keep_c = extras.zoneout_c;
  s.mask = widened<T>(mask ? mask + (ld * shape.batch + b) * P : nullptr, P, 1);
  if (keep_h) s.keep_h = widened<T>(keep_h + of_all * P, P);
  if (keep_c) s.keep_c = widened<T>(keep_c + of_all * H, H);
  return s;
}

// The input of layer `layer` at a row, from the steps of the layer below.
template <class T>
Vector<T> handed_up(const Shape& shape, const Layout& layout, const Extras<T>& extras,
                    const Trace<T>& trace, i64 layer, i64 row) {
  const i64 D = shape.directions, width = D * shape.projected;
  Vector<T> x;
  for (i64 d = 0; d < D; ++d) {
    const Vector<T>& h = trace.steps[(layer - 1) * D + d][row].h;
    x.insert(x.end(), h.begin(), h.end());
  }
  if (!extras.layer_dropout) return x;
  const T* dropout = extras.layer_dropout + ((layer - 1) * layout.rows + row) * width;
  return product(x, widened<T>(dropout, width));
}

template <class T>
Trace<T> run(const Shape& shape, const Layout& layout, const Weights<T>* weights,
             const Rows<const T>& x, const T* h_0, const T* c_0, const Extras<T>& extras) {
  const i64 D = shape.directions, B = shape.batch, H = shape.hidden, P = shape.projected;
  Trace<T> trace;
  for (i64 ld = 0; ld < shape.layers * D; ++ld) {
    const i64 layer = ld / D, direction = ld % D;
    const Cell<T> cell = cell_of(shape, weights, layer, direction);
    std::vector<Step<T>> steps(layout.rows);
    std::vector<Vector<T>> h_n, c_n;
    for (i64 b = 0; b < B; ++b) {
      Vector<T> h = widened<T>(h_0 ? h_0 + (ld * B + b) * P : nullptr, P);
      Vector<T> c = widened<T>(c_0 ? c_0 + (ld * B + b) * H : nullptr, H);
      const i64 length = layout.length(b);
      for (i64 k = 0; k < length; ++k) {
        const i64 t = direction == 0 ? k : length - 1 - k, row = layout.row(t, b);
        const Vector<T> seen = layer == 0 ? widened<T>(layout.at(x, t, b), cell.inputs)
                                          : handed_up(shape, layout, extras, trace, layer, row);
        Step<T>& s = steps[row];
        s = begin_step(shape, layout, extras, ld, row, b, seen, h, c);
        advance(cell, s);
        h = s.h;
        c = s.c;
      }
      h_n.push_back(h);
      c_n.push_back(c);
    }
    trace.steps.push_back(std::move(steps));
    trace.h_n.push_back(std::move(h_n));
    trace.c_n.push_back(std::move(c_n));
  }
  return trace;
}

template <class T>
void round_to(T* to, const Vector<T>& from) {
  if (to) std::transform(from.begin(), from.end(), to, [](auto v) { return static_cast<T>(v); });
}

template <class T>
WideGradients<T> no_gradients(const Cell<T>& cell) {
  const i64 rows = gate_count(cell.kind) * cell.hidden;
  WideGradients<T> none;
  none.weight_ih.resize(rows * cell.inputs);
  none.weight_hh.resize(rows * cell.projected);
  none.bias_ih.resize(rows);
  none.bias_hh.resize(rows);
  none.weight_hr.resize(cell.projected * cell.hidden);
  return none;
}

template <class T>
void write_gradients(const Gradients<T>& to, const WideGradients<T>& sums) {
  round_to(to.weight_ih, sums.weight_ih);
  round_to(to.weight_hh, sums.weight_hh);
  round_to(to.bias_ih, sums.bias_ih);
  round_to(to.bias_hh, sums.bias_hh);
  round_to(to.weight_hr, sums.weight_hr);
}

// One layer in one direction backward. d_above is ∂L/∂ of the layer's output, by row and with both
// directions side by side; to d_below, likewise of its input, this direction's share is added.
template <class T>
void retreat_layer(const Shape& shape, const Layout& layout, const Backward<T>& call,
                   const std::vector<Step<T>>& steps, i64 ld, const std::vector<Vector<T>>& d_above,
                   std::vector<Vector<T>>& d_below) {
  const i64 D = shape.directions, B = shape.batch, H = shape.hidden, P = shape.projected;
  const i64 direction = ld % D;
  const Cell<T> cell = cell_of(shape, call.weights, ld / D, direction);
  WideGradients<T> sums = no_gradients(cell);
  for (i64 b = 0; b < B; ++b) {
    Vector<T> dh = widened<T>(call.d_h_n ? call.d_h_n + (ld * B + b) * P : nullptr, P);
    Vector<T> dc = widened<T>(call.d_c_n ? call.d_c_n + (ld * B + b) * H : nullptr, H);
    const i64 length = layout.length(b);
    for (i64 k = length - 1; k >= 0; --k) {
      const i64 t = direction == 0 ? k : length - 1 - k, row = layout.row(t, b);
      for (i64 p = 0; p < P; ++p) dh[p] += d_above[row][direction * P + p];
      const Handed<T> before = retreat(cell, steps[row], dh, dc, sums);
      add(d_below[row], before.x);
      dh = before.h;
      dc = before.c;
    }
    if (call.d_h_0) round_to(call.d_h_0 + (ld * B + b) * P, dh);
    if (call.d_c_0) round_to(call.d_c_0 + (ld * B + b) * H, dc);
  }
  write_gradients(call.d_weights[ld], sums);
}

}  // namespace

template <class T>
std::size_t reserve_size(const Shape&, const Plan&) {
  return 0;
}

template <class T>
void forward(const Shape& shape, const Plan&, const Forward<T>& call) {
  const Layout layout(shape);
  const Trace<T> trace = run(shape, layout, call.weights, call.x, call.h_0, call.c_0, call.extras);
  const i64 D = shape.directions, B = shape.batch, H = shape.hidden, P = shape.projected;
  for (i64 b = 0; b < B; ++b) {
    for (i64 t = 0; t < layout.length(b); ++t)
      for (i64 d = 0; d < D; ++d)
        round_to(layout.at(call.output, t, b) + d * P,
                 trace.steps[(shape.layers - 1) * D + d][layout.row(t, b)].h);
    for (i64 ld = 0; ld < shape.layers * D; ++ld) {
      round_to(call.h_n + (ld * B + b) * P, trace.h_n[ld][b]);
      if (shape.kind == Kind::lstm) round_to(call.c_n + (ld * B + b) * H, trace.c_n[ld][b]);
    }
  }
}

template <class T>
void backward(const Shape& shape, const Plan&, const Backward<T>& call) {
  const Layout layout(shape);
  const Trace<T> trace = run(shape, layout, call.weights, call.x, call.h_0, call.c_0, call.extras);
  const i64 D = shape.directions, B = shape.batch, width = D * shape.projected;

  std::vector<Vector<T>> d_above(layout.rows, Vector<T>(width, 0));
  if (call.d_output.data)
    for (i64 b = 0; b < B; ++b)
      for (i64 t = 0; t < layout.length(b); ++t)
        d_above[layout.row(t, b)] = widened<T>(layout.at(call.d_output, t, b), width);

  for (i64 layer = shape.layers - 1; layer >= 0; --layer) {
    const i64 inputs = layer == 0 ? shape.input : width;
    std::vector<Vector<T>> d_below(layout.rows, Vector<T>(inputs, 0));
    for (i64 ld = layer * D; ld < (layer + 1) * D; ++ld)
      retreat_layer(shape, layout, call, trace.steps[ld], ld, d_above, d_below);
    if (layer > 0 && call.extras.layer_dropout)
      for (i64 row = 0; row < layout.rows; ++row) {
        const T* dropout = call.extras.layer_dropout + ((layer - 1) * layout.rows + row) * width;
        d_below[row] = product(d_below[row], widened<T>(dropout, width));
      }
    d_above = std::move(d_below);
  }

  if (call.d_x.data)
    for (i64 b = 0; b < B; ++b)
      for (i64 t = 0; t < layout.length(b); ++t)
        round_to(layout.at(call.d_x, t, b), d_above[layout.row(t, b)]);
}

template <class T>
double distance_from_kink(const Shape& shape, const Forward<T>& call) {
  double nearest = std::numeric_limits<double>::infinity();
  if (shape.kind != Kind::rnn_relu) return nearest;
  const Trace<T> trace =
      run(shape, Layout(shape), call.weights, call.x, call.h_0, call.c_0, call.extras);
  for (const auto& steps : trace.steps)
    for (const Step<T>& s : steps)
      for (const Wide<T> a : s.a)
        if (a != 0) nearest = std::min(nearest, std::abs(static_cast<double>(a)));
  return nearest;
}

// ---- Streaming ----------------------------------------------------------------------------------

template <class T>
class Prepared {
 public:
  Prepared(const Shape& of, const Weights<T>* weights) : shape(of) {
    shape.steps = 1;
    shape.batch_sizes = nullptr;
    kept_.reserve(shape.layers * 5);  // so that the pointers into it stay valid
    const i64 G = gate_count(shape.kind), H = shape.hidden, P = shape.projected;
    for (i64 layer = 0; layer < shape.layers; ++layer) {
      const i64 inputs = cell_of(shape, weights, layer, 0).inputs;
      const Weights<T>& w = weights[layer];
      Weights<T> own;
      own.weight_ih = copy(w.weight_ih, G * H * inputs);
      own.weight_hh = copy(w.weight_hh, G * H * P);
      own.bias_ih = copy(w.bias_ih, G * H);
      own.bias_hh = copy(w.bias_hh, G * H);
      own.weight_hr = copy(w.weight_hr, P * H);
      copies.push_back(own);
    }
  }

  Shape shape;
  std::vector<Weights<T>> copies;

 private:
  const T* copy(const T* from, i64 count) {
    if (!from) return nullptr;
    kept_.emplace_back(from, from + count);
    return kept_.back().data();
  }

  std::vector<std::vector<T>> kept_;
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
void step(const Prepared<T>& prepared, i64 batch, const T* x, const T* h, const T* c, T* h_next,
          T* c_next) {
  Shape shape = prepared.shape;
  shape.batch = batch;
  std::vector<T> output(batch * shape.projected);
  Forward<T> call;
  call.weights = prepared.copies.data();
  call.x = {x, batch * shape.input, shape.input};
  call.h_0 = h;
  call.c_0 = c;
  call.output = {output.data(), batch * shape.projected, shape.projected};
  call.h_n = h_next;
  call.c_n = c_next;
  plain::forward(shape, Plan{1, false}, call);
}

#define GATED_PLAIN(T)                                                                  \
  template std::size_t reserve_size<T>(const Shape&, const Plan&);                      \
  template void forward<T>(const Shape&, const Plan&, const Forward<T>&);               \
  template void backward<T>(const Shape&, const Plan&, const Backward<T>&);             \
  template class Prepared<T>;                                                           \
  template Prepared<T>* prepare<T>(const Shape&, const Weights<T>*);                    \
  template void release<T>(Prepared<T>*);                                               \
  template void step<T>(const Prepared<T>&, i64, const T*, const T*, const T*, T*, T*); \
  template double distance_from_kink<T>(const Shape&, const Forward<T>&);
GATED_PLAIN(float)
GATED_PLAIN(double)
#undef GATED_PLAIN

}  // namespace plain
}  // namespace gated
