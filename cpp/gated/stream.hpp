// Computes one step at a time for streams, with weights that are packed once.
#pragma once

#include "gated/forward.hpp"

namespace gated {
namespace GATED_ISA {

// The packed weights of all layers in the memory of a Prepared; with a null base, only its size.
template <class T>
std::size_t lay_out_prepared(char* base, const Shape& shape, bool has_projection,
                             PackedForward<T>* layers) {
  Arena arena;
  arena.base = base;
  for (i64 layer = 0; layer < shape.layers; ++layer) {
    const auto packed = take_forward(arena, layer_dims<T>(shape, layer, 1, has_projection));
    if (layers != nullptr) layers[layer] = packed;
  }
  return arena.used;
}

// The memory of a Prepared begins with the pointers to each layer's weights.
template <class T>
std::size_t size_of_table(const Shape& shape) {
  return (sizeof(PackedForward<T>) * static_cast<std::size_t>(shape.layers) + 63) / 64 * 64;
}

template <class T>
std::size_t prepared_size(const Shape& shape, bool has_projection) {
  return size_of_table<T>(shape) + lay_out_prepared<T>(nullptr, shape, has_projection, nullptr);
}

template <class T>
void prepare(const Shape& shape, const Weights<T>* weights, void* memory) {
  const bool has_projection = weights[0].weight_hr != nullptr;
  PackedForward<T>* layers = static_cast<PackedForward<T>*>(memory);
  lay_out_prepared(static_cast<char*>(memory) + size_of_table<T>(shape), shape, has_projection,
                   layers);
  for (i64 layer = 0; layer < shape.layers; ++layer)
    pack_forward(layers[layer], weights[layer], layer_dims<T>(shape, layer, 1, has_projection), 0,
                 1);
}

template <class T>
void step(const void* memory, const Shape& shape, bool has_projection, const T* x, const T* h,
          const T* c, T* h_next, T* c_next) {
  const PackedForward<T>* layers = static_cast<const PackedForward<T>*>(memory);
  const i64 B = shape.batch, P = shape.projected, H = shape.hidden;
  Steps steps;
  steps.count = 1;
  steps.batch = steps.whole_batch = B;
  detail::Barrier alone;
  const Member member = {0, 1, alone};
  for (i64 layer = 0; layer < shape.layers; ++layer) {
    const LayerDims<T> dims = layer_dims<T>(shape, layer, 1, has_projection);
    ForwardBuffers<T> buffers;
    Arena arena;
    take_forward_buffers(arena, dims, steps, false, 1, &buffers);
    arena.base = static_cast<char*>(detail::workspace(arena.used));
    arena.used = 0;
    take_forward_buffers(arena, dims, steps, false, 1, &buffers);
    Direction<T> d = {};
    d.x = layer == 0 ? Rows<const T>{x, 0, shape.input}
                     : Rows<const T>{h_next + (layer - 1) * B * P, 0, P};
    d.h_0 = h + layer * B * P;
    d.c_0 = c == nullptr ? nullptr : c + layer * B * H;
    d.h_n = h_next + layer * B * P;
    d.c_n = c_next == nullptr ? nullptr : c_next + layer * B * H;
    const ForwardPanels<T> panels = layers[layer].view();
    ForwardRun<T>(cell_of<T>(shape.kind), dims, panels, d, steps, buffers, member)
        .run(0, 1, {}, false);
  }
}

}  // namespace GATED_ISA
}  // namespace gated
