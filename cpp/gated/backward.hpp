// Computes all steps of one layer in one direction, backward, for one group of sequences.
//
// One loop over the steps, last to first, carries dh (and dc) and writes the gradients of the
// gates' arguments, `da`, to a chunk of a few steps that stays in the cache. Products over all rows
// of the chunk add to the weights' gradients and give the input's.
#pragma once

#include "gated/forward.hpp"

namespace gated {
namespace GATED_ISA {

template <class T>
struct DirectionBackward {
  Direction<T> forward;                        // the call whose gradient it is
  Rows<const T> d_output;                      // null data: zero
  const T *d_h_n = nullptr, *d_c_n = nullptr;  // null: zero
  Rows<T> d_x;                                 // null data: not needed
  bool add_to_d_x = false;                     // the other direction has written it
  T *d_h_0 = nullptr, *d_c_0 = nullptr;        // null: not needed
};

// Sums of the weights' gradients over one group; rows [G·padded H], columns padded unless the
// array is the caller's, which is used if there is no padding.
template <class T>
struct Sums {
  T* data = nullptr;  // null: not needed
  i64 row_stride = 0;
};

template <class T>
struct BackwardBuffers {
  T *dh = nullptr, *dc = nullptr;  // [blocks][batch][W]
  T* scratch = nullptr;            // GRU reset before: [P blocks][batch][W]
  i64 chunk_rows = 0;              // of all below: [blocks][chunk_rows][W]
  T *da = nullptr, *h = nullptr, *h_in = nullptr;
  T *x = nullptr, *passed = nullptr, *d_projected = nullptr;
  Sums<T> d_weight_ih, d_weight_hh, d_weight_hr;
  T *d_bias_ih = nullptr, *d_bias_hh = nullptr;  // [G·padded H], null: not wanted
};

inline i64 rows_of_a_backward_chunk(i64 batch, i64 vectors_of_a_row) {
  constexpr i64 vectors = 6 * 1024;  // 384 KiB of 64-byte vectors: da and its factors
  return most(batch, most(32, least(160, vectors / most(1, vectors_of_a_row))) + batch);
}

template <class T>
BackwardBuffers<T> take_backward_buffers(Arena& arena, const LayerDims<T>& d, const Steps& steps,
                                         const GateGradients& gradients, bool masked) {
  BackwardBuffers<T> b = {};
  const i64 batch = steps.batch;
  const bool before = d.kind == Kind::gru_before;
  b.dh = arena.take<T>(d.projected.padded() * batch);
  if (d.kind == Kind::lstm) b.dc = arena.take<T>(d.hidden.padded() * batch);
  if (before) b.scratch = arena.take<T>(d.projected.padded() * batch);
  b.chunk_rows = rows_of_a_backward_chunk(
      batch, gradients.count * d.hidden.blocks + d.projected.blocks + d.input.blocks);
  const i64 rows = b.chunk_rows;
  b.da = arena.take<T>(gradients.count * d.hidden.padded() * rows);
  b.h = b.h_in = arena.take<T>(d.projected.padded() * rows);
  if (masked) b.h_in = arena.take<T>(d.projected.padded() * rows);
  b.x = arena.take<T>(d.input.padded() * rows);
  if (before || d.has_projection) b.passed = arena.take<T>(d.hidden.padded() * rows);
  if (d.has_projection) b.d_projected = arena.take<T>(d.projected.padded() * rows);
  return b;
}

template <class T>
class BackwardRun {
 public:
  BackwardRun(const Cell<T>& cell, const LayerDims<T>& dims, const BackwardPanels<T>& panels,
              const DirectionBackward<T>& call, const Steps& steps,
              const BackwardBuffers<T>& buffers, const Member& member)
      : cell_(cell),
        dims_(dims),
        panels_(panels),
        call_(call),
        steps_(steps),
        b_(buffers),
        member_(member),
        units_(member.units(dims)),
        columns_(member.columns(dims)),
        inputs_(member.inputs(dims)),
        stride_(steps.batch * W<T>),
        chunk_stride_(buffers.chunk_rows * W<T>) {}

  void begin() {
    start(b_.dh, call_.d_h_n, dims_.projected, columns_);
    if (b_.dc != nullptr) start(b_.dc, call_.d_c_n, dims_.hidden, units_);
    fresh_ = true;
  }

  // Steps [begin, end) of forward's order, last first; `kept` begins at this range if `again`.
  void run(i64 begin, i64 end, const T* kept, bool again) {
    const i64 kept_from = steps_.rows_before(!again                  ? 0
                                             : call_.forward.reverse ? steps_.count - end
                                                                     : begin);
    while (end > begin) {
      i64 first = end, rows = 0;
      while (first > begin && (rows == 0 || rows + rows_at(first - 1) <= b_.chunk_rows))
        rows += rows_at(--first);
      member_.barrier.wait();  // the previous chunk is complete
      read_chunk(first, end);
      member_.barrier.wait();
      i64 row = 0;
      for (i64 s = end - 1; s >= first; --s) {
        step_back(s, row, kept, kept_from);
        row += rows_at(s);
      }
      member_.barrier.wait();
      add_weight_gradients(rows);
      if (call_.d_x.data != nullptr) write_d_x(end, rows);
      end = first;
    }
  }

  void end() const {
    finish(call_.d_h_0, b_.dh, dims_.projected, columns_);
    if (b_.dc != nullptr) finish(call_.d_c_0, b_.dc, dims_.hidden, units_);
  }

 private:
  const Cell<T>& cell_;
  const LayerDims<T>& dims_;
  const BackwardPanels<T>& panels_;
  const DirectionBackward<T>& call_;
  const Steps& steps_;
  const BackwardBuffers<T>& b_;
  const Member& member_;
  const Range units_, columns_, inputs_;
  const i64 stride_, chunk_stride_;
  bool fresh_ = true;

  i64 time(i64 s) const { return call_.forward.time(s, steps_.count); }
  i64 rows_at(i64 s) const { return steps_.rows(time(s)); }

  void start(T* to, const T* from, const Dim& dim, Range panels) const {
    const Range blocks = dim.blocks_of(panels);
    for (i64 row = 0; row < steps_.batch; ++row)
      row_to_blocks(to + row * W<T>, stride_,
                    from == nullptr ? nullptr : from + (steps_.offset + row) * dim.size, dim.size,
                    blocks.begin, blocks.end);
  }

  void finish(T* to, const T* from, const Dim& dim, Range panels) const {
    if (to == nullptr) return;
    const Range blocks = dim.blocks_of(panels);
    for (i64 row = 0; row < steps_.batch; ++row)
      for (i64 block = blocks.begin; block < blocks.end; ++block)
        store_first(to + (steps_.offset + row) * dim.size + block * W<T>,
                    load(from + block * stride_ + row * W<T>), dim.valid(block));
  }

  // h_{t-1} and x of the chunk's steps, in the order of the loop.
  void read_chunk(i64 first, i64 end) const {
    const Direction<T>& call = call_.forward;
    const i64 P = dims_.projected.size, I = dims_.input.size;
    const Range blocks = dims_.projected.blocks_of(columns_);
    const Range x_blocks = dims_.input.blocks_of(inputs_);
    i64 at = 0;
    for (i64 s = end - 1; s >= first; --s) {
      const i64 t = time(s), rows = rows_at(s), row_of_all = steps_.row(t);
      const T* x = steps_.at(call.x, t);
      for (i64 row = 0; row < rows; ++row, at += W<T>) {
        const bool cleared = call.resets != nullptr && call.resets[row_of_all + row] != 0;
        const T* h = cleared ? nullptr : state_before(s, row);
        row_to_blocks(b_.h + at, chunk_stride_, h, P, blocks.begin, blocks.end);
        if (call.mask != nullptr)
          scaled_row_to_blocks(b_.h_in + at, chunk_stride_, h,
                               call.mask + (steps_.offset + row) * P, P, blocks.begin, blocks.end);
        const T* from = x + row * call.x.row_stride;
        if (call.x_factor == nullptr) {
          row_to_blocks(b_.x + at, chunk_stride_, from, I, x_blocks.begin, x_blocks.end);
        } else {
          scaled_row_to_blocks(b_.x + at, chunk_stride_, from,
                               call.x_factor + (row_of_all + row) * I, I, x_blocks.begin,
                               x_blocks.end);
        }
      }
    }
  }

  const T* state_before(i64 s, i64 row) const {
    const Direction<T>& call = call_.forward;
    if (s > 0 && row < rows_at(s - 1))
      return steps_.at(call.output, time(s - 1)) + row * call.output.row_stride;
    return call.h_0 == nullptr ? nullptr : call.h_0 + (steps_.offset + row) * dims_.projected.size;
  }

  void step_back(i64 s, i64 row, const T* kept, i64 kept_from) const {
    const Direction<T>& call = call_.forward;
    const i64 t = time(s), rows = rows_at(s), first = steps_.row(t);
    const i64 P = dims_.projected.size, H = dims_.hidden.size;
    const i64 kept_at = (steps_.rows_before(t) - kept_from) * cell_.kept * dims_.hidden.padded();
    const auto states = [&](T* data) { return Blocks<T>{data, stride_}; };
    const auto chunk = [&](T* data) {
      return Blocks<T>{data == nullptr ? nullptr : data + row * W<T>, chunk_stride_};
    };
    const auto read_only = [](Blocks<T> b) { return Blocks<const T>{b.data, b.stride}; };
    const auto rows_of = [&](const T* data, i64 at, i64 size) {
      return Plain<const T>{data == nullptr ? nullptr : data + at * size, size};
    };
    const T* d_output = call_.d_output.data == nullptr ? nullptr : steps_.at(call_.d_output, t);
    BackwardStep<T> step(dims_, panels_, member_.barrier);
    step.units = units_;
    step.columns = columns_;
    step.rows = rows;
    step.dh = states(b_.dh);
    step.dc = states(b_.dc);
    step.h = read_only(chunk(b_.h));
    step.h_in = read_only(chunk(b_.h_in));
    step.kept = {kept + kept_at, dims_.hidden.blocks, rows};
    step.d_output = {d_output, call_.d_output.row_stride};
    step.mask = rows_of(call.mask, steps_.offset, P);
    step.zoneout_h = rows_of(call.zoneout_h, first, P);
    step.zoneout_c = rows_of(call.zoneout_c, first, H);
    step.da = chunk(b_.da);
    step.passed = chunk(b_.passed);
    step.d_projected = chunk(b_.d_projected);
    step.scratch = states(b_.scratch);
    cell_.backward(step);
    if (call.resets != nullptr)
      for (i64 r = 0; r < rows; ++r)
        if (call.resets[first + r] != 0) forget(r);
  }

  // A cleared state has no gradient.
  void forget(i64 row) const {
    const Range blocks = dims_.projected.blocks_of(columns_),
                units = dims_.hidden.blocks_of(units_);
    row_to_blocks<T>(b_.dh + row * W<T>, stride_, nullptr, 0, blocks.begin, blocks.end);
    if (b_.dc != nullptr)
      row_to_blocks<T>(b_.dc + row * W<T>, stride_, nullptr, 0, units.begin, units.end);
  }

  void add_weight_gradients(i64 rows) {
    const Range units = dims_.hidden.blocks_of(units_);
    const i64 gates = dims_.gates(), blocks = dims_.hidden.blocks;
    const GateGradients& g = cell_.gradients;
    for (i64 gate = 0; gate < gates; ++gate)
      for (i64 unit = units.begin; unit < units.end; ++unit) {
        const T* da_hh = b_.da + (g.hh[gate] * blocks + unit) * chunk_stride_;
        const T* da_ih = b_.da + (g.ih[gate] * blocks + unit) * chunk_stride_;
        const bool gated_h = b_.passed != nullptr && !dims_.has_projection && gate == 2;
        const i64 row = gate * dims_.hidden.padded() + unit * W<T>;
        add_outer(b_.d_weight_hh, row, da_hh, gated_h ? b_.passed : b_.h_in, dims_.projected, rows);
        add_outer(b_.d_weight_ih, row, da_ih, b_.x, dims_.input, rows);
        add_rows(b_.d_bias_hh, row, da_hh, rows);
        add_rows(b_.d_bias_ih, row, da_ih, rows);
      }
    if (dims_.has_projection) {
      const Range columns = dims_.projected.blocks_of(columns_);
      for (i64 block = columns.begin; block < columns.end; ++block)
        add_outer(b_.d_weight_hr, block * W<T>, b_.d_projected + block * chunk_stride_, b_.passed,
                  dims_.hidden, rows);
    }
    fresh_ = false;
  }

  // to[row + lane, :] += Σ over the chunk's rows of a[lane] · b[:], or = for the first chunk.
  void add_outer(const Sums<T>& to, i64 row, const T* a, const T* b, const Dim& dim,
                 i64 rows) const {
    if (to.data == nullptr) return;
    constexpr int R = least(W<T>, many_registers ? 8 : 4);
    for (i64 lane = 0; lane < W<T>; lane += R)
      for (i64 block = 0, width; block < dim.blocks; block += width) {
        const i64 left = dim.blocks - block;
        width = left == 4 ? 2 : least(left, 3);
        T* sums = to.data + (row + lane) * to.row_stride + block * W<T>;
        const T* columns = b + block * chunk_stride_;
        if (fresh_)
          for (i64 r = 0; r < R; ++r) clear(sums + r * to.row_stride, width * W<T>);
        if (width == 1)
          outer_tile<T, R, 1>(sums, to.row_stride, a + lane, columns, chunk_stride_, rows);
        if (width == 2)
          outer_tile<T, R, 2>(sums, to.row_stride, a + lane, columns, chunk_stride_, rows);
        if (width == 3)
          outer_tile<T, R, 3>(sums, to.row_stride, a + lane, columns, chunk_stride_, rows);
      }
  }

  void add_rows(T* to, i64 at, const T* a, i64 rows) const {
    if (to == nullptr) return;
    Vec<T> sums[4] = {};
    i64 row = 0;
    for (; row + 4 <= rows; row += 4)
      for (int i = 0; i < 4; ++i) sums[i] += load(a + (row + i) * W<T>);
    for (; row < rows; ++row) sums[0] += load(a + row * W<T>);
    const Vec<T> sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    store(to + at, fresh_ ? sum : load(to + at) + sum);
  }

  // ∂L/∂x of the chunk = da · weight_ih, this member's columns of it.
  void write_d_x(i64 end, i64 rows) const {
    const i64 gates = dims_.gates();
    const T* a = b_.da + cell_.gradients.first_ih * dims_.hidden.blocks * chunk_stride_;
    Position position = {end - 1, 0};
    product<T>(
        dims_.input, inputs_, rows, {a, chunk_stride_}, panels_.ih, gates * dims_.hidden.padded(),
        [&](T* sums, i64, i64, i64 count, i64 width) { clear(sums, count * width * W<T>); },
        [&](T* sums, i64 block, i64 row, i64 count, i64 width) {
          for (i64 r = 0; r < count; ++r) {
            seek(position, row + r, end);
            const i64 t = time(position.step), in_step = row + r - position.first;
            T* to = steps_.at(call_.d_x, t) + in_step * call_.d_x.row_stride;
            const i64 row_of_all = steps_.row(t) + in_step;
            for (i64 v = 0; v < width; ++v)
              put_d_x(to, sum_at(sums, r, width, v), block + v, row_of_all);
          }
        });
  }

  // The step that a row of the chunk belongs to, and that step's first row in the chunk.
  struct Position {
    i64 step, first;
  };

  void seek(Position& at, i64 row, i64 end) const {
    if (row < at.first) at = {end - 1, 0};
    while (row >= at.first + rows_at(at.step)) {
      at.first += rows_at(at.step);
      --at.step;
    }
  }

  void put_d_x(T* to, Vec<T> value, i64 block, i64 row_of_all) const {
    const i64 valid = dims_.input.valid(block);
    if (call_.forward.x_factor != nullptr)
      value *=
          load_first(call_.forward.x_factor + row_of_all * dims_.input.size + block * W<T>, valid);
    to += block * W<T>;
    store_first(to, call_.add_to_d_x ? load_first(to, valid) + value : value, valid);
  }
};

}  // namespace GATED_ISA
}  // namespace gated
