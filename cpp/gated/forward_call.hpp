// Computes a whole call forward: all layers and directions and all groups, with a team of threads.
//
// An Arena allocates the memory of a call in the calling thread's workspace: weights in panels,
// then the buffers of each group.
#pragma once

#include "gated/layout.hpp"

namespace gated {
namespace GATED_ISA {

template <class T>
class ForwardCall {
 public:
  ForwardCall(const Shape& shape, const Plan& plan, const Forward<T>& call)
      : call_(call), layout_(shape, plan, call.weights[0].weight_hr != nullptr) {}

  void run() {
    take_workspace([&](Arena& arena) { take(arena); });
    const Shape& s = layout_.shape();
    prefer_large_pages(call_.reserve, layout_.reserve_size());
    prefer_large_pages(call_.output.data, layout_.all_rows() * s.directions * s.projected);
    run_groups(layout_, barriers_, everyone_, [&](const Part& part) {
      pack(part);
      everyone_.wait();
      for (i64 group = part.groups.begin; group < part.groups.end; ++group)
        run_group(group, Member{part.member, part.members, barriers_[group]});
    });
  }

 private:
  const Forward<T>& call_;
  Layout<T> layout_;
  PackedForward<T>* packed_ = nullptr;    // [L·D]
  ForwardBuffers<T>* buffers_ = nullptr;  // [layers, groups, members]
  detail::Barrier* barriers_ = nullptr;   // [groups]
  detail::Barrier everyone_;
  T* between_ = nullptr;  // outputs of layers, without a reserve

  void take(Arena& arena) {
    const Shape& s = layout_.shape();
    layout_.take(arena);
    barriers_ = arena.take<detail::Barrier>(layout_.groups());
    for (i64 g = 0; barriers_ != nullptr && g < layout_.groups(); ++g) barriers_[g] = {};
    packed_ = arena.take<PackedForward<T>>(layout_.directions());
    const i64 threads = layout_.groups() * layout_.members();
    buffers_ = arena.take<ForwardBuffers<T>>(s.layers * threads);
    if (call_.reserve == nullptr) between_ = arena.take<T>(layout_.between_layers());
    for (i64 i = 0; i < layout_.directions(); ++i) {
      const PackedForward<T> packed = take_forward(arena, layout_.dims(i / s.directions));
      if (packed_ != nullptr) packed_[i] = packed;
    }
    for (i64 g = 0; g < layout_.groups(); ++g) {
      const std::size_t begin = arena.used;
      std::size_t end = begin;
      for (i64 layer = 0; layer < s.layers; ++layer) {
        arena.used = begin;  // every layer uses the same memory of its group
        take_forward_buffers(
            arena, layout_.dims(layer), layout_.steps(g), call_.extras.recurrent_mask != nullptr,
            layout_.members(),
            buffers_ == nullptr ? nullptr : buffers_ + layer * threads + g * layout_.members());
        end = arena.used > end ? arena.used : end;
      }
      arena.used = end;
    }
  }

  void pack(const Part& part) const {
    const i64 directions = layout_.shape().directions;
    for (i64 i = 0; i < layout_.directions(); ++i)
      pack_forward(packed_[i], call_.weights[i], layout_.dims(i / directions), part.index,
                   part.parts);
  }

  void run_group(i64 group, const Member& member) const {
    const Shape& s = layout_.shape();
    const Steps steps = layout_.steps(group);
    T* between = call_.reserve == nullptr ? between_ : call_.reserve;
    const i64 threads = layout_.groups() * layout_.members();
    for (i64 layer = 0; layer < s.layers; ++layer)
      for (i64 direction = 0; direction < s.directions; ++direction) {
        const i64 index = layer * s.directions + direction;
        Direction<T> d = direction_of(layout_, call_, layer, direction);
        d.x = call_.x;
        if (layer > 0) {
          const Rows<T> below = layout_.between(between, layer - 1);
          d.x = {below.data, below.step_stride, below.row_stride};
        }
        d.output =
            columns_from(layer + 1 == s.layers ? call_.output : layout_.between(between, layer),
                         direction * s.projected);
        d.h_n = call_.h_n + index * s.batch * s.projected;
        d.c_n = call_.c_n == nullptr ? nullptr : call_.c_n + index * s.batch * s.hidden;
        const LayerDims<T> dims = layout_.dims(layer);
        const ForwardPanels<T> panels = packed_[index].view();
        const ForwardBuffers<T>& buffers =
            buffers_[layer * threads + group * layout_.members() + member.index];
        ForwardRun<T> run(layout_.cell(), dims, panels, d, steps, buffers, member);
        run.run(0, s.steps, layout_.memory(call_.reserve, index, group, steps), false);
        member.barrier.wait();  // the next layer reads what all members have written
      }
  }
};

}  // namespace GATED_ISA
}  // namespace gated
