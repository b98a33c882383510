// Computes single steps of a stack of residual blocks (gated.hpp) for one sequence.
//
// A vector of n features lies in memory as its `padded` blocks of one row (tile.hpp), with zeros
// after the n-th, so that sums over it and products with it need no special end.
#pragma once

#include "gated/stream.hpp"

namespace gated {
namespace GATED_ISA {

template <class T>
struct PackedNorm {
  T *weight = nullptr, *bias = nullptr;  // [padded], zeros at the end
};

template <class T>
struct PackedAffine {
  Dim rows;
  i64 columns = 0;
  T *weight = nullptr, *bias = nullptr;  // panels of `rows`, K = columns; [padded]
};

template <class T>
struct PackedBlock {
  PackedNorm<T> recurrent_norm, inner_norm;
  PackedAffine<T> first, last;
  void* recurrent = nullptr;  // the memory of `prepare` for the one layer
};

// The memory of a stack of blocks begins with this.
template <class T>
struct PackedStack {
  PackedBlock<T>* blocks = nullptr;
  PackedNorm<T> norm;
};

inline Shape shape_of_a_layer(const BlockShape& shape) {
  Shape layer;
  layer.kind = shape.kind;
  layer.batch = 1;
  layer.input = layer.hidden = layer.projected = shape.hidden;
  return layer;
}

template <class T>
PackedNorm<T> take_norm(Arena& arena, const Dim& features) {
  PackedNorm<T> norm;
  norm.weight = arena.take<T>(features.padded());
  norm.bias = arena.take<T>(features.padded());
  return norm;
}

template <class T>
PackedAffine<T> take_affine(Arena& arena, const Dim& rows, i64 columns) {
  PackedAffine<T> affine;
  affine.rows = rows;
  affine.columns = columns;
  affine.weight = arena.take<T>(rows.padded() * columns);
  affine.bias = arena.take<T>(rows.padded());
  return affine;
}

// Divides the memory of a stack; with a null base only its size counts.
template <class T>
PackedStack<T>* take_stack(Arena& arena, const BlockShape& shape) {
  const Dim hidden = dim_of<T>(shape.hidden, 1), inner = dim_of<T>(shape.inner, 1);
  const auto layer = static_cast<i64>(prepared_size<T>(shape_of_a_layer(shape), false));
  PackedStack<T>* stack = arena.take<PackedStack<T>>(1);
  PackedBlock<T>* blocks = arena.take<PackedBlock<T>>(shape.blocks);
  PackedNorm<T> norm = take_norm<T>(arena, hidden);
  for (i64 index = 0; index < shape.blocks; ++index) {
    PackedBlock<T> block;
    block.recurrent_norm = take_norm<T>(arena, hidden);
    block.inner_norm = take_norm<T>(arena, hidden);
    block.first = take_affine<T>(arena, inner, shape.hidden);
    block.last = take_affine<T>(arena, hidden, shape.inner);
    block.recurrent = arena.take<char>(layer);
    if (blocks != nullptr) blocks[index] = block;
  }
  if (stack != nullptr) *stack = {blocks, norm};
  return stack;
}

template <class T>
std::size_t stack_size(const BlockShape& shape) {
  Arena arena;
  take_stack<T>(arena, shape);
  return arena.used;
}

template <class T>
void pack_vector(T* to, const T* from, i64 size) {
  const Dim dim = dim_of<T>(size, 1);
  row_to_blocks(to, W<T>, from, size, 0, dim.blocks);
}

template <class T>
void pack_norm(const PackedNorm<T>& to, const Norm<T>& from, i64 features) {
  pack_vector(to.weight, from.weight, features);
  pack_vector(to.bias, from.bias, features);
}

template <class T>
void pack_affine(const PackedAffine<T>& to, const Affine<T>& from) {
  pack_dim(to.weight, from.weight, to.columns, to.rows, {0, to.rows.panels()});
  pack_vector(to.bias, from.bias, to.rows.size);
}

template <class T>
void prepare_stack(const BlockShape& shape, const Block<T>* blocks, const Norm<T>& norm,
                   void* memory) {
  Arena arena;
  arena.base = static_cast<char*>(memory);
  const PackedStack<T>* stack = take_stack<T>(arena, shape);
  pack_norm(stack->norm, norm, shape.hidden);
  for (i64 index = 0; index < shape.blocks; ++index) {
    const PackedBlock<T>& to = stack->blocks[index];
    pack_norm(to.recurrent_norm, blocks[index].recurrent_norm, shape.hidden);
    pack_norm(to.inner_norm, blocks[index].inner_norm, shape.hidden);
    pack_affine(to.first, blocks[index].first);
    pack_affine(to.last, blocks[index].last);
    prepare(shape_of_a_layer(shape), &blocks[index].recurrent, to.recurrent);
  }
}

// The sum of all lanes of all blocks.
template <class T>
GATED_INLINE T total(const T* x, i64 blocks) {
  Vec<T> sums = {};
  for (i64 block = 0; block < blocks; ++block) sums += load(x + block * W<T>);
  return sum_of_lanes<T>(sums);
}

// y = (x − mean) / √(variance + ε) ⊙ weight + bias; y may be x.
template <class T>
void normalise(const PackedNorm<T>& norm, T epsilon, const Dim& dim, const T* x, T* y) {
  const T mean = total(x, dim.blocks) / static_cast<T>(dim.size);
  Vec<T> squares = {};
  for (i64 block = 0; block < dim.blocks; ++block) {
    const Vec<T> centred = first_of<T>(load(x + block * W<T>) - mean, dim.valid(block));
    squares += centred * centred;
    store(y + block * W<T>, centred);
  }
  const T variance = sum_of_lanes<T>(squares);
  const T scale = T(1) / static_cast<T>(__builtin_sqrt(
                             static_cast<double>(variance / static_cast<T>(dim.size) + epsilon)));
  for (i64 block = 0; block < dim.blocks; ++block) {
    const i64 at = block * W<T>;
    store(y + at, load(y + at) * scale * load(norm.weight + at) + load(norm.bias + at));
  }
}

// Calls end(sum, block) with W x + b for each block of rows.
template <class T, class End>
GATED_INLINE void apply(const PackedAffine<T>& affine, const T* x, End end) {
  const Blocks<const T> row = {x, W<T>};
  product<T>(
      affine.rows, {0, affine.rows.panels()}, 1, row, affine.weight, affine.columns,
      [&](T* sums, i64 block, i64, i64, i64 width) {
        for (i64 v = 0; v < width; ++v)
          store(sums + v * W<T>, load(affine.bias + (block + v) * W<T>));
      },
      [&](T* sums, i64 block, i64, i64, i64 width) {
        for (i64 v = 0; v < width; ++v) end(load(sums + v * W<T>), block + v);
      });
}

// The vectors of a run over steps: features, their norm, the inner features, and the states.
template <class T>
struct StackScratch {
  T *features = nullptr, *normed = nullptr, *inner = nullptr;
  T* states[2] = {nullptr, nullptr};  // [blocks, H] each, before and after a step
};

template <class T>
StackScratch<T> take_scratch(Arena& arena, const BlockShape& shape) {
  const i64 hidden = dim_of<T>(shape.hidden, 1).padded();
  StackScratch<T> scratch;
  scratch.features = arena.take<T>(hidden);
  scratch.normed = arena.take<T>(hidden);
  scratch.inner = arena.take<T>(dim_of<T>(shape.inner, 1).padded());
  for (T*& states : scratch.states) states = arena.take<T>(shape.blocks * shape.hidden);
  return scratch;
}

template <class T>
std::size_t stack_scratch_size(const BlockShape& shape) {
  Arena arena;
  take_scratch<T>(arena, shape);
  return arena.used;
}

// One step of a block, in place of `features`.
template <class T>
void block_step(const PackedBlock<T>& block, const BlockShape& shape, const StackScratch<T>& at,
                const T* h, T* h_next) {
  const T epsilon = static_cast<T>(shape.epsilon);
  const Dim hidden = dim_of<T>(shape.hidden, 1);
  normalise(block.recurrent_norm, epsilon, hidden, at.features, at.normed);
  step<T>(block.recurrent, shape_of_a_layer(shape), false, at.normed, h, nullptr, h_next, nullptr);
  for (i64 index = 0; index < hidden.blocks; ++index) {
    const i64 from = index * W<T>;
    store(at.features + from,
          load(at.features + from) + load_first(h_next + from, hidden.valid(index)));
  }
  normalise(block.inner_norm, epsilon, hidden, at.features, at.normed);
  apply(block.first, at.normed,
        [&](Vec<T> sum, i64 index) { store(at.inner + index * W<T>, silu<T>(sum)); });
  apply(block.last, at.inner, [&](Vec<T> sum, i64 index) {
    T* to = at.features + index * W<T>;
    store(to, load(to) + sum);
  });
}

template <class T>
void stack_steps(const void* memory, const BlockShape& shape, void* scratch, i64 steps, const T* x,
                 const T* h, T* y, T* h_next) {
  const PackedStack<T>& stack = *static_cast<const PackedStack<T>*>(memory);
  const Dim hidden = dim_of<T>(shape.hidden, 1);
  const i64 H = shape.hidden, states = shape.blocks * H;
  Arena arena;
  arena.base = static_cast<char*>(scratch);
  StackScratch<T> at = take_scratch<T>(arena, shape);
  T *before = at.states[0], *after = at.states[1];
  for (i64 i = 0; i < states; ++i) before[i] = h[i];
  for (i64 t = 0; t < steps; ++t) {
    pack_vector(at.features, x + t * H, H);
    for (i64 index = 0; index < shape.blocks; ++index)
      block_step(stack.blocks[index], shape, at, before + index * H, after + index * H);
    normalise(stack.norm, static_cast<T>(shape.epsilon), hidden, at.features, at.normed);
    for (i64 index = 0; index < hidden.blocks; ++index)
      store_first(y + t * H + index * W<T>, load(at.normed + index * W<T>), hidden.valid(index));
    T* const swapped = before;
    before = after;
    after = swapped;
  }
  for (i64 i = 0; i < states; ++i) h_next[i] = before[i];
}

}  // namespace GATED_ISA
}  // namespace gated
