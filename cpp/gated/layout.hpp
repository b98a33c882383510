// Divides a whole call into groups, layers and threads, and defines the layout of its reserve.
//
// The reserve, which forward stores for backward, contains the outputs of all layers but the last
// [N, D·P], then for each layer, direction and group the stored values of its cell for every row
// (or checkpoints).
#pragma once

#include "gated/backward.hpp"

namespace gated {
namespace GATED_ISA {

// The groups and the layers of a call, the same for forward and backward.
template <class T>
class Layout {
 public:
  Layout(const Shape& shape, const Plan& plan, bool has_projection)
      : shape_(shape),
        plan_(plan),
        has_projection_(has_projection),
        cell_(cell_of<T>(shape.kind)),
        split_(split_of(shape, plan.threads)) {}

  const Shape& shape() const { return shape_; }
  const Cell<T>& cell() const { return cell_; }
  i64 groups() const { return split_.groups; }
  i64 members() const { return split_.members; }
  i64 directions() const { return shape_.layers * shape_.directions; }

  LayerDims<T> dims(i64 layer) const {
    return layer_dims<T>(shape_, layer, split_.members, has_projection_);
  }

  // The index arrays of packed sequences; must come first in every arena.
  void take(Arena& arena) {
    const i64 count = shape_.batch_sizes == nullptr ? 0 : shape_.steps + 1;
    first_ = arena.take<i64>(count);
    group_first_ = arena.take<i64>(count * groups());
    if (first_ == nullptr || count == 0) return;
    first_[0] = 0;
    for (i64 t = 0; t < shape_.steps; ++t) first_[t + 1] = first_[t] + shape_.batch_sizes[t];
    for (i64 g = 0; g < groups(); ++g) {
      i64* of_group = group_first_ + g * count;
      const Steps steps = this->steps(g);
      of_group[0] = 0;
      for (i64 t = 0; t < shape_.steps; ++t) of_group[t + 1] = of_group[t] + steps.rows(t);
    }
  }

  i64 all_rows() const {  // N
    if (shape_.batch_sizes == nullptr) return shape_.steps * shape_.batch;
    i64 rows = 0;
    for (i64 t = 0; t < shape_.steps; ++t) rows += shape_.batch_sizes[t];
    return rows;
  }

  Steps steps(i64 group) const {
    const Range part = {boundary(group), boundary(group + 1)};
    Steps steps;
    steps.count = shape_.steps;
    steps.batch = part.size();
    steps.offset = part.begin;
    steps.whole_batch = shape_.batch;
    if (shape_.batch_sizes == nullptr) return steps;
    steps.sizes = shape_.batch_sizes;
    steps.first = first_;
    steps.group_first = group_first_ + group * (shape_.steps + 1);
    return steps;
  }

  // Elements of the reserve: outputs between layers, then the memories.
  i64 reserve_size() const { return between_layers() + directions() * memory_of_a_direction(); }
  i64 between_layers() const {
    return (shape_.layers - 1) * all_rows() * shape_.directions * shape_.projected;
  }
  i64 memory_of_a_direction() const {
    const i64 units = divide_up(shape_.hidden, W<T>) * W<T>;
    if (!plan_.recompute) return all_rows() * cell_.kept * units;
    if (shape_.kind != Kind::lstm) return 0;
    i64 total = 0;
    for (i64 g = 0; g < groups(); ++g) total += checkpoints_of(g, units);
    return total;
  }
  Memory<T> memory(T* reserve, i64 direction, i64 group, const Steps& steps) const {
    if (reserve == nullptr) return {nullptr, nullptr, segment_steps(steps)};
    const i64 units = divide_up(shape_.hidden, W<T>) * W<T>;
    T* at = reserve + between_layers() + direction * memory_of_a_direction();
    for (i64 g = 0; g < group; ++g)
      at += plan_.recompute ? checkpoints_of(g, units) : rows_of(g) * cell_.kept * units;
    const bool cells = shape_.kind == Kind::lstm;
    if (plan_.recompute) return {nullptr, cells ? at : nullptr, segment_steps(steps)};
    return {at, nullptr, steps.count};
  }

  bool recompute() const { return plan_.recompute; }

  // The output of a layer but the last, as rows.
  template <class U>
  Rows<U> between(U* reserve, i64 layer) const {
    const i64 width = shape_.directions * shape_.projected;
    return {reserve + layer * all_rows() * width, shape_.batch * width, width};
  }

 private:
  Shape shape_;
  Plan plan_;
  bool has_projection_;
  const Cell<T>& cell_;
  Split split_;
  i64 *first_ = nullptr, *group_first_ = nullptr;

  i64 checkpoints_of(i64 group, i64 units) const {
    Steps steps;
    steps.count = shape_.steps;
    steps.batch = boundary(group + 1) - boundary(group);
    return divide_up(shape_.steps, segment_steps(steps)) * units * steps.batch;
  }

  i64 rows_of(i64 group) const {
    return rows_below(boundary(group + 1)) - rows_below(boundary(group));
  }

  // The rows of the first `sequences` sequences.
  i64 rows_below(i64 sequences) const {
    if (shape_.batch_sizes == nullptr) return sequences * shape_.steps;
    i64 rows = 0;
    for (i64 t = 0; t < shape_.steps; ++t) rows += least(sequences, shape_.batch_sizes[t]);
    return rows;
  }

  // The first sequence of a group, such that all groups have about the same number of rows.
  i64 boundary(i64 group) const {
    if (shape_.batch_sizes == nullptr || group == 0 || group == groups())
      return shape_.batch * group / groups();
    const i64 wanted = all_rows() * group / groups();
    i64 low = 0, high = shape_.batch;
    while (low < high) {
      const i64 middle = (low + high) / 2;
      if (rows_below(middle) < wanted)
        low = middle + 1;
      else
        high = middle;
    }
    return low;
  }
};

// Calls take(arena) twice: without memory, to count it, and with the thread's workspace.
template <class Take>
void take_workspace(const Take& take) {
  Arena arena;
  take(arena);
  arena.base = static_cast<char*>(detail::workspace(arena.used));
  arena.used = 0;
  take(arena);
}

// For `count` elements that are about to be written (machine.hpp).
template <class T>
void prefer_large_pages(T* data, i64 count) {
  detail::prefer_large_pages(data, static_cast<std::size_t>(count) * sizeof(T));
}

// One thread's part in a call: member `member` of the groups, and thread `index` out of `parts`.
struct Part {
  Range groups;
  i64 member = 0, members = 1;
  i64 index = 0, parts = 1;
};

// Runs work(part) on all members of all groups at once, or, if there is no team, all parts on this
// thread. `everyone` is a barrier of all of them.
template <class T, class Work>
void run_groups(const Layout<T>& layout, detail::Barrier* barriers, detail::Barrier& everyone,
                const Work& work) {
  struct Context {
    const Layout<T>& layout;
    const Work& work;
  } context = {layout, work};
  const i64 team = layout.groups() * layout.members();
  const auto one = [](void* at, int index) {
    const Context& c = *static_cast<Context*>(at);
    Part part;
    part.members = c.layout.members();
    part.member = index % part.members;
    part.index = index;
    part.parts = c.layout.groups() * part.members;
    part.groups.begin = index / part.members;
    part.groups.end = part.groups.begin + 1;
    c.work(part);
  };
  const auto set_barriers = [&](i64 of_group, i64 of_all) {
    for (i64 g = 0; g < layout.groups(); ++g) barriers[g].size = static_cast<int>(of_group);
    everyone.size = static_cast<int>(of_all);
  };
  set_barriers(layout.members(), team);
  if (team > 1 && detail::run_team(static_cast<int>(team), one, &context)) return;
  set_barriers(1, 1);
  Part whole;
  whole.groups.end = layout.groups();
  work(whole);
}

// Selects the extras and states of one layer in one direction from those of the call.
template <class T, class Call>
Direction<T> direction_of(const Layout<T>& layout, const Call& call, i64 layer, i64 direction) {
  const Shape& s = layout.shape();
  const i64 index = layer * s.directions + direction, rows = layout.all_rows();
  const auto nth = [](auto* data, i64 size) { return data == nullptr ? nullptr : data + size; };
  Direction<T> d = {};
  d.reverse = direction == 1;
  d.h_0 = nth(call.h_0, index * s.batch * s.projected);
  d.c_0 = nth(call.c_0, index * s.batch * s.hidden);
  d.resets = nth(call.extras.resets, index * rows);
  d.mask = nth(call.extras.recurrent_mask, index * s.batch * s.projected);
  d.zoneout_h = nth(call.extras.zoneout_h, index * rows * s.projected);
  d.zoneout_c = nth(call.extras.zoneout_c, index * rows * s.hidden);
  if (layer > 0)
    d.x_factor = nth(call.extras.layer_dropout, (layer - 1) * rows * s.directions * s.projected);
  return d;
}

template <class T>
Rows<T> columns_from(Rows<T> rows, i64 column) {
  if (rows.data != nullptr) rows.data += column;
  return rows;
}

}  // namespace GATED_ISA
}  // namespace gated
