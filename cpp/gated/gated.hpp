// The recurrences on a CPU: RNN, LSTM and GRU over batches of sequences, forward and backward.
//
// The interface has only raw pointers; no Python, no torch. docs/reference/equations.md has the
// equations, gate orders and backward passes, docs/results/performance.md the design.
//
// Conventions, for every pointer of this file unless its own line says otherwise:
//   - T is float or double; matrices are row-major and contiguous;
//   - the last axis of a sequence is contiguous, its other axes have the strides of `Rows`;
//   - "null" in a comment means that the pointer may be null; all others must not be null, unless
//     their array has no element;
//   - outputs are written, never read, and must not overlap any other argument;
//   - inputs are not changed and may overlap each other;
//   - no alignment is required.
// Every field has a default, its lowest value or null. Every function may be called from several
// threads at once. Exceptions: std::bad_alloc; std::runtime_error if instruction_set() is null.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gated {

// The numbers must not change: programs saved by torch.export contain them.
enum class Kind : int { rnn_tanh = 0, rnn_relu = 1, lstm = 2, gru_after = 3, gru_before = 4 };

// A stack of layers over one batch of sequences.
// N is the number of rows of a sequence: steps·batch, or the sum of batch_sizes; D is directions.
struct Shape {
  Kind kind = Kind::rnn_tanh;
  std::int64_t layers = 1;      // ≥ 1
  std::int64_t directions = 1;  // 1, or 2 for bidirectional: the second runs backward in time
  std::int64_t steps = 1;       // T ≥ 1
  std::int64_t batch = 0;       // B ≥ 0
  std::int64_t input = 0;       // I ≥ 0: features of x; layers above the first read D·P of them
  std::int64_t hidden = 1;      // H ≥ 1
  std::int64_t projected = 1;   // P: features of h; P = H unless an LSTM has weight_hr
  // [T] number of sequences at each step, non-increasing, batch_sizes[0] = B; null: all have
  // T steps.
  const std::int64_t* batch_sizes = nullptr;
};

// G gates: 1 (RNN), 3 (GRU: r, z, n), 4 (LSTM: i, f, g, o).
template <class T>
struct Weights {                 // of one layer in one direction
  const T* weight_ih = nullptr;  // [G·H, I of this layer]
  const T* weight_hh = nullptr;  // [G·H, P]
  const T* bias_ih = nullptr;    // [G·H], null: zero; both biases or neither
  const T* bias_hh = nullptr;    // [G·H], null
  const T* weight_hr = nullptr;  // [P, H], null: no projection
};

template <class T>
struct Gradients {  // ∂L/∂ of each of the above; null if not needed or the weight is null
  T* weight_ih = nullptr;
  T* weight_hh = nullptr;
  T* bias_ih = nullptr;
  T* bias_hh = nullptr;
  T* weight_hr = nullptr;
};

// A sequence. Row (t, b) begins at data + t·step_stride + b·row_stride; with batch_sizes, rows
// follow each other: at data + (batch_sizes[0] + … + batch_sizes[t-1] + b)·row_stride.
template <class T>
struct Rows {
  T* data = nullptr;
  std::int64_t step_stride = 0;  // in elements; not read with batch_sizes
  std::int64_t row_stride = 0;   // in elements
};

// The extras that act on the state inside the recurrence; null if absent. One for each layer and
// direction, in the order of the layers.
template <class T>
struct Extras {
  const std::uint8_t* resets = nullptr;  // [L·D, N]; 1: the state is cleared before this row's step
  const T* recurrent_mask = nullptr;     // [L·D, B, P]; factor of h_{t-1} at the input of
                                         // the product with weight_hh (variational dropout)
  const T* zoneout_h = nullptr;          // [L·D, N, P]; the weight of h_{t-1} in h_t
  const T* zoneout_c = nullptr;          // [L·D, N, H]; of the LSTM: the weight of c_{t-1} in c_t
  const T* layer_dropout = nullptr;      // [L-1, N, D·P]; factor of a layer's output
};

// The options of a run.
struct Plan {              // the same for reserve_size, forward and backward of one call
  int threads = 1;         // the largest number of threads, ≥ 1
  bool recompute = false;  // backward computes the gates again instead of keeping them from forward
};

// The number of elements of T that forward stores for backward (`reserve`).
template <class T>
std::size_t reserve_size(const Shape& shape, const Plan& plan);

// All layers, directions and steps.
template <class T>
struct Forward {
  const Weights<T>* weights = nullptr;  // [L·D], layers outermost
  Rows<const T> x;                      // [T, B, I]
  const T* h_0 = nullptr;               // [L·D, B, P], null: zero
  const T* c_0 = nullptr;               // [L·D, B, H], null: zero; LSTM only
  Extras<T> extras;
  Rows<T> output;        // [T, B, D·P]
  T* h_n = nullptr;      // [L·D, B, P]
  T* c_n = nullptr;      // [L·D, B, H]; LSTM only, else null
  T* reserve = nullptr;  // [reserve_size], null: backward will not be called
};

template <class T>
void forward(const Shape& shape, const Plan& plan, const Forward<T>& call);

// The values of every step that forward kept for backward, copied out of its reserve: of one layer
// in one direction, without batch_sizes and without recompute. GRU: r, z, n, and W_hn h + b_hn
// where reset is after; LSTM: i, f, g, o and c_{t-1}; RNN: h before zoneout.
constexpr std::int64_t values_kept(Kind kind) {
  if (kind == Kind::lstm) return 5;
  return kind == Kind::gru_after ? 4 : kind == Kind::gru_before ? 3 : 1;
}

template <class T>
void gates(const Shape& shape, const Plan& plan, const T* reserve,
           T* gates);  // [values_kept, T·B, H]

// The gradient of a loss L in every argument of the forward call.
template <class T>
struct Backward {
  const Weights<T>* weights = nullptr;  // all fields up to `reserve` as in the forward call
  Rows<const T> x;
  const T* h_0 = nullptr;
  const T* c_0 = nullptr;
  Extras<T> extras;
  Rows<const T> output;
  const T* reserve = nullptr;
  Rows<const T> d_output;                   // ∂L/∂output; data null: zero
  const T* d_h_n = nullptr;                 // ∂L/∂h_n, null: zero
  const T* d_c_n = nullptr;                 // ∂L/∂c_n, null: zero
  Rows<T> d_x;                              // data null: not needed
  T* d_h_0 = nullptr;                       // [L·D, B, P], null: not needed
  T* d_c_0 = nullptr;                       // [L·D, B, H], null: not needed
  const Gradients<T>* d_weights = nullptr;  // [L·D]
};

template <class T>
void backward(const Shape& shape, const Plan& plan, const Backward<T>& call);

// The weights of a stack in the layout of `step`, packed once for a stream.
template <class T>
class Prepared;

template <class T>
Prepared<T>* prepare(const Shape& shape, const Weights<T>* weights);  // copies; steps is not read
template <class T>
void release(Prepared<T>* prepared);  // null: does nothing

// One time step of a whole stack; directions must be 1. Single-threaded.
template <class T>
void step(const Prepared<T>& prepared, std::int64_t batch,
          const T* x,  // [B, I]
          const T* h,  // [L, B, P]
          const T* c,  // [L, B, H], LSTM only, else null
          T* h_next,   // [L, B, P]; the last layer's is the output
          T* c_next);  // [L, B, H], LSTM only, else null

// A stack of residual blocks, as of gated.nn.RecurrentBlock. A step of features e [H] becomes
//   m = e + h_t,  h_t the state of a recurrence without cell state that reads norm(e);
//   e' = m + W_last silu(W_first norm(m) + b_first) + b_last
// in each block, and norm(e) after the last block. norm is layer normalisation.
template <class T>
struct Norm {
  const T* weight = nullptr;  // [H]
  const T* bias = nullptr;    // [H]
};

template <class T>
struct Affine {
  const T* weight = nullptr;  // [rows, columns]
  const T* bias = nullptr;    // [rows]
};

template <class T>
struct Block {
  Norm<T> recurrent_norm;
  Weights<T> recurrent;  // one layer, H features in and out, without projection
  Norm<T> inner_norm;
  Affine<T> first;  // [F, H]
  Affine<T> last;   // [H, F]
};

struct BlockShape {
  Kind kind = Kind::gru_after;  // any but the LSTM
  std::int64_t blocks = 1;      // L ≥ 1
  std::int64_t hidden = 1;      // H ≥ 1
  std::int64_t inner = 1;       // F ≥ 1
  double epsilon = 0;           // of every norm
};

// The weights of a stack of blocks in the layout of `steps`.
template <class T>
class PreparedBlocks;

template <class T>
PreparedBlocks<T>* prepare(const BlockShape& shape, const Block<T>* blocks,
                           const Norm<T>& norm);  // copies
template <class T>
void release(PreparedBlocks<T>* prepared);  // null: does nothing

// Some time steps of one sequence. Single-threaded.
template <class T>
void steps(const PreparedBlocks<T>& prepared, std::int64_t count,
           const T* x,  // [count, H]
           const T* h,  // [L, H]
           T* y,        // [count, H]
           T* h_next);  // [L, H]

// y[i] = x[i]·σ(x[i]) for i < count; y may be x. Single-threaded, as the next one.
template <class T>
void silu(const T* x, std::size_t count, T* y);

// Layer normalisation of each row, as of torch.nn.LayerNorm; y may be x.
template <class T>
void layer_norm(const Norm<T>& norm, double epsilon, std::int64_t rows,
                std::int64_t features,  // of a row
                const T* x,             // [rows, features]
                T* y);                  // [rows, features]

// The instruction sets of this build, best first, comma-separated.
const char* built_instruction_sets();
// Those of them that the machine supports, maybe none: "".
const char* instruction_sets();
// The selected one: the best, or the one that the environment variable GATED_ISA names. Null:
// instruction_sets() is empty, or does not contain that one.
const char* instruction_set();

}  // namespace gated
