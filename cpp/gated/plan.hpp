// Divides one call into blocks of units, panels of blocks, groups of sequences and members of a
// group, with their memory.
//
// The batch is split into groups that never wait for each other. If the batch is too small to give
// every thread a group, the members of a group share its hidden units, with barriers between the
// parts of a step.
#pragma once

#include "gated/gated.hpp"
#include "gated/machine.hpp"
#include "gated/simd.hpp"

namespace gated {
namespace GATED_ISA {

struct Range {
  i64 begin = 0, end = 0;
  i64 size() const { return end - begin; }
};

// The part of `index` out of `parts` nearly equal ones.
inline Range part_of(i64 total, i64 index, i64 parts) {
  return {total * index / parts, total * (index + 1) / parts};
}

// A number of features in blocks of W, and these in panels of at most `wide` blocks.
struct Dim {
  i64 size = 0, lanes = 1, blocks = 0, wide = 1;
  i64 padded() const { return blocks * lanes; }
  i64 panels() const { return divide_up(blocks, wide); }
  i64 width(i64 panel) const { return least(wide, blocks - panel * wide); }
  i64 valid(i64 block) const { return least(lanes, size - block * lanes); }
  Range blocks_of(Range panels) const {
    return {panels.begin * wide, least(panels.end * wide, blocks)};
  }
};

// Three blocks fill the registers best; four blocks are faster as 2 + 2 than as 3 + 1; and the
// members of a group should have equal shares.
template <class T>
Dim dim_of(i64 size, i64 members) {
  const i64 blocks = divide_up(size, W<T>);
  i64 wide = blocks == 4 ? 2 : 3;
  if (members > 1) {
    const i64 best = divide_up(blocks, members);
    while (wide > 1 && divide_up(divide_up(blocks, wide), members) * wide > best) --wide;
  }
  return {size, W<T>, blocks, wide};
}

// The sequences of a group: their number at each step, and the first row of each step.
struct Steps {
  i64 count = 0;   // T
  i64 batch = 0;   // sequences of the group
  i64 offset = 0;  // the first of them in the whole batch
  i64 whole_batch = 0;
  const i64* sizes = nullptr;        // [T] sequences of the whole batch at each step, or null: all
  const i64* first = nullptr;        // [T+1] row of the whole batch where step t begins, or null
  const i64* group_first = nullptr;  // [T+1] likewise, counting the group's rows only, or null

  i64 rows(i64 t) const {
    return sizes == nullptr ? batch : most(0, least(sizes[t] - offset, batch));
  }
  // The element where the group's rows of step t begin.
  template <class R>
  auto at(const R& rows, i64 t) const {
    if (sizes != nullptr) return rows.data + (first[t] + offset) * rows.row_stride;
    return rows.data + t * rows.step_stride + offset * rows.row_stride;
  }
  // The row of an array [N, ·] of the whole batch where the group's rows of step t begin.
  i64 row(i64 t) const { return (first == nullptr ? t * whole_batch : first[t]) + offset; }
  // The group's rows before step t.
  i64 rows_before(i64 t) const { return group_first == nullptr ? t * batch : group_first[t]; }
  i64 all_rows() const { return rows_before(count); }
};

// Allocates memory; with a null base it only counts, so that one function measures and allocates.
struct Arena {
  char* base = nullptr;
  std::size_t used = 0;

  template <class U>
  U* take(i64 count) {
    U* at = reinterpret_cast<U*>(base + used);
    used += (static_cast<std::size_t>(count) * sizeof(U) + 63) / 64 * 64;
    return base == nullptr ? nullptr : at;
  }
};

constexpr i64 gates_of(Kind kind) {
  return kind == Kind::lstm ? 4 : kind == Kind::gru_after || kind == Kind::gru_before ? 3 : 1;
}

// One layer in one direction: its sizes and its weights' panels are the same for both directions.
template <class T>
struct LayerDims {
  Kind kind = Kind::rnn_tanh;
  Dim input, hidden, projected;
  bool has_projection = false;

  i64 gates() const { return gates_of(kind); }
};

template <class T>
LayerDims<T> layer_dims(const Shape& shape, i64 layer, i64 members, bool has_projection) {
  LayerDims<T> dims;
  dims.kind = shape.kind;
  dims.input = dim_of<T>(layer == 0 ? shape.input : shape.directions * shape.projected, members);
  dims.hidden = dim_of<T>(shape.hidden, members);
  dims.projected = dim_of<T>(shape.projected, members);
  dims.has_projection = has_projection;
  return dims;
}

struct Split {
  i64 groups, members;
};

// Below this number of multiplications in a step, a barrier takes more time than a second thread
// saves.
constexpr double least_work_of_a_step = 60e3;
// Below this number in the whole call, one thread ends before a second one has started.
constexpr double least_work_of_a_call = 300e3;

// This number of weights fits the second-level cache. With more, each group reads them from a
// slower cache in every step, and fewer groups with more rows are faster.
constexpr double most_cached_weights = 200e3;

inline Split split_of(const Shape& shape, int threads) {
  const double work_of_a_row = static_cast<double>(gates_of(shape.kind)) * shape.hidden *
                               (shape.projected + (shape.layers == 1 ? shape.input : shape.hidden));
  const double work_of_a_step = work_of_a_row * shape.batch;
  if (threads <= 1 || shape.batch == 0 ||
      work_of_a_step * shape.steps * shape.layers * shape.directions < least_work_of_a_call)
    return {1, 1};
  const i64 rows = work_of_a_row > most_cached_weights ? 8 : 4;
  const i64 groups = most(1, least(threads, shape.batch / rows));
  i64 members = threads / groups;
  if (work_of_a_step / groups < least_work_of_a_step) members = 1;
  return {groups, most(1, members)};
}

}  // namespace GATED_ISA
}  // namespace gated
