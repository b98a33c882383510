// Computes all steps of one layer in one direction, forward, for one group of sequences.
#pragma once

#include "gated/cell.hpp"
#include "gated/weights.hpp"

namespace gated {
namespace GATED_ISA {

// One thread's share of a group.
struct Member {
  i64 index, count;
  detail::Barrier& barrier;

  template <class T>
  Range units(const LayerDims<T>& d) const {
    return part_of(d.hidden.panels(), index, count);
  }
  template <class T>
  Range columns(const LayerDims<T>& d) const {
    return part_of(d.projected.panels(), index, count);
  }
  template <class T>
  Range inputs(const LayerDims<T>& d) const {
    return part_of(d.input.panels(), index, count);
  }
};

// The arrays of the caller that one layer in one direction reads and writes. Those of states are
// of the whole batch; a null pointer means zero for an input, not needed for an output.
template <class T>
struct Direction {
  bool reverse = false;
  Rows<const T> x;
  const T* x_factor = nullptr;  // [N, I]
  const T *h_0 = nullptr, *c_0 = nullptr;
  const std::uint8_t* resets = nullptr;  // [N]
  const T* mask = nullptr;               // [B, P]
  const T *zoneout_h = nullptr, *zoneout_c = nullptr;
  Rows<T> output;
  T *h_n = nullptr, *c_n = nullptr;

  i64 time(i64 step, i64 steps) const { return reverse ? steps - 1 - step : step; }
};

// Kept from forward: the vectors of each row, or cell states at the beginning of each segment,
// from which backward computes a segment again.
template <class T>
struct Memory {
  T* kept = nullptr;         // null: not needed
  T* checkpoints = nullptr;  // null: not needed
  i64 segment = 0;           // steps between checkpoints
};

// The number of steps that backward computes again at once.
inline i64 segment_steps(const Steps& steps) {
  return most(16, least(steps.count, 4096 / most(1, steps.batch)));
}

constexpr i64 rows_of_a_chunk = 64;     // of the input's product, so that it stays in the cache
constexpr i64 rows_without_chunk = 16;  // from this number of rows, each step computes its product

template <class T>
struct ForwardBuffers {
  T *h[2] = {}, *h_in[2] = {};        // [P blocks][batch][W], shared by the group
  T *c = nullptr, *scratch[3] = {};   // [H blocks][batch][W], shared by the group
  T *x = nullptr, *from_x = nullptr;  // of each member
  i64 x_rows = 0;
};

template <class T>
ForwardBuffers<T> take_forward_buffers(Arena& arena, const LayerDims<T>& d, const Steps& steps,
                                       bool masked, i64 members, ForwardBuffers<T>* of_members) {
  ForwardBuffers<T> b = {};
  const i64 batch = steps.batch, states = d.projected.padded() * batch;
  const i64 units = d.hidden.padded() * batch;
  for (int i = 0; i < 2; ++i) b.h[i] = b.h_in[i] = arena.take<T>(states);
  for (int i = 0; i < 2 && masked; ++i) b.h_in[i] = arena.take<T>(states);
  if (d.kind == Kind::lstm) b.c = arena.take<T>(units);
  const int scratches = d.kind == Kind::gru_before ? 3 : d.has_projection ? 1 : 0;
  for (int i = 0; i < scratches; ++i) b.scratch[i] = arena.take<T>(units);
  b.x_rows = batch >= rows_without_chunk ? batch : rows_of_a_chunk + batch;
  for (i64 m = 0; m < members; ++m) {
    b.x = arena.take<T>(d.input.padded() * b.x_rows);
    b.from_x =
        arena.take<T>(batch >= rows_without_chunk ? 0 : d.gates() * d.hidden.padded() * b.x_rows);
    if (of_members != nullptr) of_members[m] = b;
  }
  return b;
}

template <class T>
class ForwardRun {
 public:
  ForwardRun(const Cell<T>& cell, const LayerDims<T>& dims, const ForwardPanels<T>& panels,
             const Direction<T>& call, const Steps& steps, const ForwardBuffers<T>& buffers,
             const Member& member)
      : cell_(cell),
        dims_(dims),
        panels_(panels),
        call_(call),
        steps_(steps),
        b_(buffers),
        member_(member),
        units_(member.units(dims)),
        columns_(member.columns(dims)),
        stride_(steps.batch * W<T>) {}

  // Steps [begin, end) in the order of the direction. With `again` (the output and checkpoints of
  // a previous run), only `memory.kept` is written, which then begins at this range.
  void run(i64 begin, i64 end, const Memory<T>& memory, bool again) {
    set_state(begin, memory, again);
    reset(begin, b_.h[0], b_.h_in[0]);
    member_.barrier.wait();
    const i64 last = steps_.count - 1;
    const i64 kept_from = steps_.rows_before(!again ? 0 : call_.reverse ? last - (end - 1) : begin);
    chunk_end_ = begin;
    for (i64 s = begin; s < end; ++s) {
      const i64 t = call_.time(s, steps_.count), rows = steps_.rows(t);
      const i64 next = s == last ? 0 : steps_.rows(call_.time(s + 1, steps_.count));
      const int now = (s - begin) % 2;
      if (!again && memory.checkpoints != nullptr && s % memory.segment == 0)
        checkpoint(memory.checkpoints + s / memory.segment * dims_.hidden.padded() * steps_.batch);
      read_x(s, t, rows, end);
      const ForwardStep<T> step = at(t, rows, now, again, memory, kept_from);
      cell_.forward(step);
      if (!again && next < rows) store_final({next, rows}, now);
      if (s < last) reset(s + 1, b_.h[1 - now], b_.h_in[1 - now]);
      member_.barrier.wait();
    }
  }

 private:
  const Cell<T>& cell_;
  const LayerDims<T>& dims_;
  const ForwardPanels<T>& panels_;
  const Direction<T>& call_;
  const Steps& steps_;
  const ForwardBuffers<T>& b_;
  const Member& member_;
  const Range units_, columns_;
  const i64 stride_;
  i64 chunk_end_ = 0, chunk_row_ = 0;

  ForwardStep<T> at(i64 t, i64 rows, int now, bool again, const Memory<T>& memory,
                    i64 kept_from) const {
    const i64 P = dims_.projected.size, H = dims_.hidden.size, first = steps_.row(t);
    const bool fused = steps_.batch >= rows_without_chunk;
    const i64 kept_at = (steps_.rows_before(t) - kept_from) * cell_.kept * dims_.hidden.padded();
    T* output = again || call_.output.data == nullptr ? nullptr : steps_.at(call_.output, t);
    const auto states = [&](T* data) { return Blocks<T>{data, stride_}; };
    const auto rows_of = [&](const T* data, i64 row, i64 size) {
      return Plain<const T>{data == nullptr ? nullptr : data + row * size, size};
    };
    ForwardStep<T> step(dims_, panels_, member_.barrier);
    step.units = units_;
    step.columns = columns_;
    step.rows = rows;
    step.x = {fused ? b_.x : nullptr, b_.x_rows * W<T>};
    step.from_x = fused ? nullptr : b_.from_x + chunk_row_ * from_x_row();
    step.from_x_rows = b_.x_rows;
    step.h = states(b_.h[now]);
    step.h_next = states(b_.h[1 - now]);
    step.h_in = states(b_.h_in[now]);
    step.h_in_next = states(b_.h_in[1 - now]);
    step.c = states(b_.c);
    for (int i = 0; i < 3; ++i) step.scratch[i] = states(b_.scratch[i]);
    if (memory.kept != nullptr) step.kept = {memory.kept + kept_at, dims_.hidden.blocks, rows};
    step.output = {output, call_.output.row_stride};
    step.mask = rows_of(call_.mask, steps_.offset, P);
    step.zoneout_h = rows_of(call_.zoneout_h, first, P);
    step.zoneout_c = rows_of(call_.zoneout_c, first, H);
    return step;
  }

  i64 from_x_row() const { return dims_.gates() * W<T>; }  // elements between rows of from_x

  void set_state(i64 begin, const Memory<T>& memory, bool again) {
    const Range blocks = dims_.projected.blocks_of(columns_);
    const i64 P = dims_.projected.size;
    for (i64 row = 0; row < steps_.batch; ++row) {
      const T* h = state_before(begin, row, again);
      const T* mask = call_.mask == nullptr ? nullptr : call_.mask + (steps_.offset + row) * P;
      for (int i = 0; i < 2; ++i) {  // both, since a reversed run reads later rows from either
        row_to_blocks(b_.h[i] + row * W<T>, stride_, h, P, blocks.begin, blocks.end);
        if (mask != nullptr)
          scaled_row_to_blocks(b_.h_in[i] + row * W<T>, stride_, h, mask, P, blocks.begin,
                               blocks.end);
      }
    }
    if (b_.c == nullptr) return;
    const Range units = dims_.hidden.blocks_of(units_);
    const i64 H = dims_.hidden.size;
    if (again) {
      const T* from =
          memory.checkpoints + begin / memory.segment * dims_.hidden.padded() * steps_.batch;
      for (i64 i = units.begin * stride_; i < units.end * stride_; i += W<T>)
        store(b_.c + i, load(from + i));
      return;
    }
    for (i64 row = 0; row < steps_.batch; ++row)
      row_to_blocks(b_.c + row * W<T>, stride_,
                    call_.c_0 == nullptr ? nullptr : call_.c_0 + (steps_.offset + row) * H, H,
                    units.begin, units.end);
  }

  // The row of the state that step s reads, before any reset; null: zero.
  const T* state_before(i64 s, i64 row, bool again) const {
    if (again && s > 0) {
      const i64 t = call_.time(s - 1, steps_.count);
      if (row < steps_.rows(t)) return steps_.at(call_.output, t) + row * call_.output.row_stride;
    }
    return call_.h_0 == nullptr ? nullptr
                                : call_.h_0 + (steps_.offset + row) * dims_.projected.size;
  }

  void checkpoint(T* to) const {
    const Range units = dims_.hidden.blocks_of(units_);
    for (i64 i = units.begin * stride_; i < units.end * stride_; i += W<T>)
      store(to + i, load(b_.c + i));
  }

  // Clears the state that step s reads, if there is a reset.
  void reset(i64 s, T* h, T* h_in) const {
    if (call_.resets == nullptr) return;
    const i64 t = call_.time(s, steps_.count), first = steps_.row(t), rows = steps_.rows(t);
    const Range blocks = dims_.projected.blocks_of(columns_);
    const Range units = dims_.hidden.blocks_of(units_);
    for (i64 row = 0; row < rows; ++row) {
      if (call_.resets[first + row] == 0) continue;
      row_to_blocks<T>(h + row * W<T>, stride_, nullptr, 0, blocks.begin, blocks.end);
      row_to_blocks<T>(h_in + row * W<T>, stride_, nullptr, 0, blocks.begin, blocks.end);
      if (b_.c != nullptr)
        row_to_blocks<T>(b_.c + row * W<T>, stride_, nullptr, 0, units.begin, units.end);
    }
  }

  // The input of step s: packed alone, or with the following steps and multiplied at once.
  void read_x(i64 s, i64 t, i64 rows, i64 end) {
    if (steps_.batch >= rows_without_chunk) return pack_x(t, 0, rows);
    if (s < chunk_end_) {
      chunk_row_ += steps_.rows(call_.time(s - 1, steps_.count));
      return;
    }
    i64 packed = 0;
    for (; chunk_end_ < end && packed < rows_of_a_chunk; ++chunk_end_) {
      const i64 time = call_.time(chunk_end_, steps_.count);
      pack_x(time, packed, steps_.rows(time));
      packed += steps_.rows(time);
    }
    chunk_row_ = 0;
    multiply_x(packed);
  }

  void pack_x(i64 t, i64 to_row, i64 rows) const {
    const T* x = steps_.at(call_.x, t);
    const i64 I = dims_.input.size, stride = b_.x_rows * W<T>;
    const T* factor = call_.x_factor == nullptr ? nullptr : call_.x_factor + steps_.row(t) * I;
    for (i64 row = 0; row < rows; ++row) {
      T* to = b_.x + (to_row + row) * W<T>;
      const T* from = x + row * call_.x.row_stride;
      if (factor == nullptr) {
        row_to_blocks(to, stride, from, I, 0, dims_.input.blocks);
      } else {
        scaled_row_to_blocks(to, stride, from, factor + row * I, I, 0, dims_.input.blocks);
      }
    }
  }

  void multiply_x(i64 rows) const {
    if (dims_.gates() == 1) return multiply_x_of_dim(rows);
    if (dims_.gates() == 3) return multiply_x_of_gates<3>(rows);
    multiply_x_of_gates<4>(rows);
  }

  template <int V>
  void multiply_x_of_gates(i64 rows) const {
    const i64 I = dims_.input.size;
    each_tile<T, V>(
        dims_.hidden.blocks_of(units_), rows,
        [&](T* sums, i64 unit, i64, i64 count) {
          for (i64 i = 0; i < count * V; ++i)
            store(sums + i * W<T>, load(panels_.bias + (unit * V + i % V) * W<T>));
        },
        [&](T* sums, i64 unit, i64 row, i64 count, i64 several) {
          multiply<T, V>(sums, {b_.x, b_.x_rows * W<T>}, row, count, panels_.ih, unit, several, I);
        },
        [&](T* sums, i64 unit, i64 row, i64 count) {
          T* to = b_.from_x + (unit * b_.x_rows + row) * V * W<T>;
          for (i64 i = 0; i < count * V; ++i) store(to + i * W<T>, load(sums + i * W<T>));
        });
  }

  void multiply_x_of_dim(i64 rows) const {
    product<T>(
        dims_.hidden, units_, rows, {b_.x, b_.x_rows * W<T>}, panels_.ih, dims_.input.size,
        [&](T* sums, i64 block, i64, i64 count, i64 width) {
          for (i64 i = 0; i < count * width; ++i)
            store(sums + i * W<T>, load(panels_.bias + (block + i % width) * W<T>));
        },
        [&](T* sums, i64 block, i64 row, i64 count, i64 width) {
          for (i64 i = 0; i < count * width; ++i)
            store(b_.from_x + ((block + i % width) * b_.x_rows + row + i / width) * W<T>,
                  load(sums + i * W<T>));
        });
  }

  // The last states of the sequences that end with this step.
  void store_final(Range rows, int now) const {
    const i64 P = dims_.projected.size, H = dims_.hidden.size;
    blocks_to_rows(call_.h_n, b_.h[1 - now], dims_.projected, columns_, rows, P);
    if (b_.c != nullptr) blocks_to_rows(call_.c_n, b_.c, dims_.hidden, units_, rows, H);
  }

  void blocks_to_rows(T* to, const T* from, const Dim& dim, Range panels, Range rows,
                      i64 size) const {
    if (to == nullptr) return;
    const Range blocks = dim.blocks_of(panels);
    for (i64 row = rows.begin; row < rows.end; ++row)
      for (i64 block = blocks.begin; block < blocks.end; ++block)
        store_first(to + (steps_.offset + row) * size + block * W<T>,
                    load(from + block * stride_ + row * W<T>), dim.valid(block));
  }
};

}  // namespace GATED_ISA
}  // namespace gated
