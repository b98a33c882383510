// Computes a whole call backward: all layers and directions, last to first, and all groups, with a
// team of threads.
//
// An Arena allocates the memory of a call in the calling thread's workspace: weights in panels,
// then the buffers of each group, which all layers and directions use in turn.
#pragma once

#include "gated/layout.hpp"

namespace gated {
namespace GATED_ISA {

template <class T>
class BackwardCall {
 public:
  BackwardCall(const Shape& shape, const Plan& plan, const Backward<T>& call)
      : call_(call), layout_(shape, plan, call.weights[0].weight_hr != nullptr) {}

  void run() {
    take_workspace([&](Arena& arena) { take(arena); });
    prefer_large_pages(call_.d_x.data, layout_.all_rows() * layout_.shape().input);
    run_groups(layout_, barriers_, everyone_, [&](const Part& part) {
      pack(part);
      everyone_.wait();
      run_part(part);
    });
  }

 private:
  const Backward<T>& call_;
  Layout<T> layout_;
  PackedBackward<T>* packed_ = nullptr;           // [L·D]
  PackedForward<T>* packed_forward_ = nullptr;    // [L·D], to compute gates again
  BackwardBuffers<T>* buffers_ = nullptr;         // [L·D, groups]
  ForwardBuffers<T>* forward_buffers_ = nullptr;  // [L·D, groups, members], to compute again
  T** again_ = nullptr;                           // [L·D, groups] gates of a segment
  detail::Barrier* barriers_ = nullptr;           // [groups]
  detail::Barrier everyone_;
  T* d_between_[2] = {nullptr, nullptr};  // gradients of the outputs between layers

  bool wants_x(i64 layer) const { return layer > 0 || call_.d_x.data != nullptr; }

  void take(Arena& arena) {
    const Shape& s = layout_.shape();
    const i64 groups = layout_.groups(), all = layout_.directions();
    layout_.take(arena);
    barriers_ = arena.take<detail::Barrier>(groups);
    for (i64 g = 0; barriers_ != nullptr && g < groups; ++g) barriers_[g] = {};
    packed_ = arena.take<PackedBackward<T>>(all);
    buffers_ = arena.take<BackwardBuffers<T>>(all * groups);
    if (layout_.recompute()) {
      packed_forward_ = arena.take<PackedForward<T>>(all);
      forward_buffers_ = arena.take<ForwardBuffers<T>>(all * groups * layout_.members());
      again_ = arena.take<T*>(all * groups);
    }
    const i64 between = layout_.all_rows() * s.directions * s.projected;
    for (int i = 0; i < 2; ++i)
      if (s.layers > 1 + i) d_between_[i] = arena.take<T>(between);
    for (i64 i = 0; i < all; ++i) {
      const LayerDims<T> dims = layout_.dims(i / s.directions);
      const auto packed = take_backward(arena, dims, wants_x(i / s.directions));
      if (packed_ != nullptr) packed_[i] = packed;
      if (!layout_.recompute()) continue;
      const auto forward = take_forward(arena, dims);
      if (packed_forward_ != nullptr) packed_forward_[i] = forward;
    }
    const std::size_t begin = arena.used;
    std::size_t end = begin;
    for (i64 i = 0; i < all; ++i) {
      arena.used = begin;  // every layer and direction uses the same memory
      for (i64 g = 0; g < groups; ++g) take_group(arena, i, g);
      end = arena.used > end ? arena.used : end;
    }
    arena.used = end;
  }

  void take_group(Arena& arena, i64 index, i64 group) {
    const LayerDims<T> dims = layout_.dims(index / layout_.shape().directions);
    const Steps steps = layout_.steps(group);
    const bool masked = call_.extras.recurrent_mask != nullptr;
    BackwardBuffers<T> b =
        take_backward_buffers(arena, dims, steps, layout_.cell().gradients, masked);
    take_sums(arena, b, dims, call_.d_weights[index], group);
    const i64 at = index * layout_.groups() + group;
    if (buffers_ != nullptr) buffers_[at] = b;
    if (!layout_.recompute()) return;
    const i64 segment = segment_steps(steps) * steps.batch;
    T* again = arena.take<T>(segment * layout_.cell().kept * dims.hidden.padded());
    if (again_ != nullptr) again_[at] = again;
    take_forward_buffers(
        arena, dims, steps, masked, layout_.members(),
        forward_buffers_ == nullptr ? nullptr : forward_buffers_ + at * layout_.members());
  }

  // The first group adds to the caller's array, if that is not padded.
  void take_sums(Arena& arena, BackwardBuffers<T>& b, const LayerDims<T>& d, const Gradients<T>& to,
                 i64 group) const {
    const i64 units = d.gates() * d.hidden.padded();
    const auto sums = [&](T* own, i64 rows, bool rows_padded, const Dim& columns) {
      if (own == nullptr) return Sums<T>{nullptr, 0};
      if (group == 0 && !rows_padded && columns.padded() == columns.size)
        return Sums<T>{own, columns.size};
      return Sums<T>{arena.take<T>(rows * columns.padded()), columns.padded()};
    };
    const bool units_padded = d.hidden.padded() != d.hidden.size;
    b.d_weight_ih = sums(to.weight_ih, units, units_padded, d.input);
    b.d_weight_hh = sums(to.weight_hh, units, units_padded, d.projected);
    b.d_weight_hr = sums(to.weight_hr, d.projected.padded(),
                         d.projected.padded() != d.projected.size, d.hidden);
    b.d_bias_ih = to.bias_ih == nullptr ? nullptr : arena.take<T>(units);
    b.d_bias_hh = to.bias_hh == nullptr ? nullptr : arena.take<T>(units);
  }

  void pack(const Part& part) const {
    for (i64 i = 0; i < layout_.directions(); ++i) {
      const LayerDims<T> dims = layout_.dims(i / layout_.shape().directions);
      pack_backward(packed_[i], call_.weights[i], dims, layout_.cell().gradients, part.index,
                    part.parts);
      if (packed_forward_ != nullptr)
        pack_forward(packed_forward_[i], call_.weights[i], dims, part.index, part.parts);
    }
  }

  void run_part(const Part& part) {
    const Shape& s = layout_.shape();
    for (i64 layer = s.layers - 1; layer >= 0; --layer)
      for (i64 direction = 0; direction < s.directions; ++direction) {
        for (i64 group = part.groups.begin; group < part.groups.end; ++group)
          run_direction(layer, direction, group,
                        Member{part.member, part.members, barriers_[group]});
        everyone_.wait();  // all sums are complete
        gather(layer * s.directions + direction, part.index, part.parts);
        everyone_.wait();  // and their memory is free
      }
  }

  void run_direction(i64 layer, i64 direction, i64 group, const Member& member) {
    const Shape& s = layout_.shape();
    const i64 i = layer * s.directions + direction, at = i * layout_.groups() + group;
    const LayerDims<T> dims = layout_.dims(layer);
    const Steps steps = layout_.steps(group);
    const BackwardPanels<T> panels = packed_[i].view();
    const DirectionBackward<T> d = direction_backward(layer, direction);
    const Cell<T>& cell = layout_.cell();
    BackwardRun<T> run(cell, dims, panels, d, steps, buffers_[at], member);
    const Memory<T> memory = layout_.memory(const_cast<T*>(call_.reserve), i, group, steps);
    run.begin();
    if (!layout_.recompute()) {
      run.run(0, s.steps, memory.kept, false);
    } else {
      const ForwardPanels<T> forward_panels = packed_forward_[i].view();
      ForwardRun<T> forward(cell, dims, forward_panels, d.forward, steps,
                            forward_buffers_[at * layout_.members() + member.index], member);
      const Memory<T> again = {again_[at], memory.checkpoints, memory.segment};
      for (i64 end = s.steps; end > 0;) {
        const i64 begin = (end - 1) / memory.segment * memory.segment;
        member.barrier.wait();
        forward.run(begin, end, again, true);
        run.run(begin, end, again.kept, true);
        end = begin;
      }
    }
    run.end();
  }

  DirectionBackward<T> direction_backward(i64 layer, i64 direction) const {
    const Shape& s = layout_.shape();
    const i64 i = layer * s.directions + direction, width = s.directions * s.projected;
    const auto mutable_rows = [](Rows<const T> r) {  // read only: as Direction's type has them
      return Rows<T>{const_cast<T*>(r.data), r.step_stride, r.row_stride};
    };
    const auto rows_of = [&](T* data) { return Rows<T>{data, s.batch * width, width}; };
    const auto read_only = [](Rows<T> r) {
      return Rows<const T>{r.data, r.step_stride, r.row_stride};
    };
    T* reserve = const_cast<T*>(call_.reserve);
    const bool last = layer + 1 == s.layers;
    DirectionBackward<T> d = {};
    d.forward = direction_of(layout_, call_, layer, direction);
    d.forward.x = layer == 0 ? call_.x : read_only(layout_.between(reserve, layer - 1));
    d.forward.output =
        columns_from(last ? mutable_rows(call_.output) : layout_.between(reserve, layer),
                     direction * s.projected);
    d.d_output = columns_from(last ? call_.d_output : read_only(rows_of(d_between_[layer % 2])),
                              direction * s.projected);
    const auto nth = [](auto* data, i64 size) { return data == nullptr ? nullptr : data + size; };
    d.d_h_n = nth(call_.d_h_n, i * s.batch * s.projected);
    d.d_c_n = nth(call_.d_c_n, i * s.batch * s.hidden);
    d.d_x = layer == 0 ? call_.d_x : rows_of(d_between_[(layer - 1) % 2]);
    d.add_to_d_x = direction == 1;
    d.d_h_0 = nth(call_.d_h_0, i * s.batch * s.projected);
    d.d_c_0 = nth(call_.d_c_0, i * s.batch * s.hidden);
    return d;
  }

  // Adds the sums of the groups to the caller's arrays.
  void gather(i64 i, i64 index, i64 parts) const {
    const LayerDims<T> d = layout_.dims(i / layout_.shape().directions);
    const Gradients<T>& to = call_.d_weights[i];
    const BackwardBuffers<T>* groups = buffers_ + i * layout_.groups();
    const i64 gates = d.gates();
    const auto sums = [&](T* own, auto of_group, i64 repeats, const Dim& rows, const Dim& columns) {
      if (own == nullptr || (layout_.groups() == 1 && of_group(groups[0]).data == own)) return;
      const Range part = part_of(repeats * rows.size, index, parts);
      for (i64 row = part.begin; row < part.end; ++row) {
        const i64 padded = row / rows.size * rows.padded() + row % rows.size;
        for (i64 column = 0; column < columns.size; column += W<T>) {
          T* at = own + row * columns.size + column;
          const i64 valid = columns.size - column;
          Vec<T> total = {};
          for (i64 g = 0; g < layout_.groups(); ++g) {
            const Sums<T> s = of_group(groups[g]);
            total += load_first(s.data + padded * s.row_stride + column, valid);
          }
          store_first(at, total, valid);
        }
      }
    };
    sums(
        to.weight_hh, [](const BackwardBuffers<T>& b) { return b.d_weight_hh; }, gates, d.hidden,
        d.projected);
    sums(
        to.weight_ih, [](const BackwardBuffers<T>& b) { return b.d_weight_ih; }, gates, d.hidden,
        d.input);
    sums(
        to.weight_hr, [](const BackwardBuffers<T>& b) { return b.d_weight_hr; }, 1, d.projected,
        d.hidden);
    gather_bias(
        to.bias_ih, [](const BackwardBuffers<T>& b) { return b.d_bias_ih; }, d, i, index, parts);
    gather_bias(
        to.bias_hh, [](const BackwardBuffers<T>& b) { return b.d_bias_hh; }, d, i, index, parts);
  }

  template <class Of>
  void gather_bias(T* own, Of of_group, const LayerDims<T>& d, i64 i, i64 index, i64 parts) const {
    if (own == nullptr || index + 1 != parts) return;
    const BackwardBuffers<T>* groups = buffers_ + i * layout_.groups();
    for (i64 gate = 0; gate < d.gates(); ++gate)
      for (i64 unit = 0; unit < d.hidden.size; ++unit) {
        T total = 0;
        for (i64 g = 0; g < layout_.groups(); ++g)
          total += of_group(groups[g])[gate * d.hidden.padded() + unit];
        own[gate * d.hidden.size + unit] = total;
      }
  }
};

}  // namespace GATED_ISA
}  // namespace gated
