// A stack of residual blocks over arrays of NumPy, for streams: single precision, no autograd.
#pragma once

#include <nanobind/ndarray.h>

#include <memory>
#include <vector>

#include "call.hpp"

namespace gated {
namespace python {

// The arrays of a block in a tuple, in this order.
enum BlockPlace : std::size_t {
  block_recurrent_norm = 0,  // weight and bias, as all but those of the recurrence
  block_weight_ih = 2,
  block_weight_hh,
  block_bias_ih,
  block_bias_hh,
  block_inner_norm,
  block_first = 8,
  block_last = 10,
  arrays_of_a_block = 12
};

class BlockStream {
 public:
  using In = nb::ndarray<const float, nb::c_contig, nb::device::cpu>;
  using Out = nb::ndarray<float, nb::c_contig, nb::device::cpu>;

  template <class A>
  static auto data(const A& array, std::int64_t rows, std::int64_t columns) {
    if (static_cast<std::int64_t>(array.size()) != rows * columns)
      throw nb::value_error(("An array has " + std::to_string(array.size()) +
                             " elements. Expected " + std::to_string(rows) + " times " +
                             std::to_string(columns) + ".")
                                .c_str());
    return array.data();
  }

  // `norm` is weight and bias of the last one; everything is copied.
  BlockStream(int kind, const std::vector<std::vector<In>>& blocks, const std::vector<In>& norm,
              double epsilon) {
    shape_.kind = kind_of(kind);
    if (shape_.kind == Kind::lstm) throw nb::value_error("A block has no cell state.");
    if (blocks.empty() || norm.size() != 2) throw nb::value_error("Expected blocks and a norm.");
    for (const auto& block : blocks)
      if (block.size() != arrays_of_a_block) throw nb::value_error("Expected whole blocks.");
    shape_.blocks = static_cast<std::int64_t>(blocks.size());
    shape_.hidden = static_cast<std::int64_t>(norm[0].size());
    shape_.inner = static_cast<std::int64_t>(blocks[0][block_first + 1].size());
    shape_.epsilon = epsilon;
    if (shape_.hidden < 1 || shape_.inner < 1) throw nb::value_error("A block has no feature.");
    std::vector<Block<float>> all;
    for (const auto& block : blocks) all.push_back(pointers_of(block));
    prepared_.reset(prepare(shape_, all.data(), norm_at(norm, 0)));
  }

  // Some steps: x [T, H], h [L, H] → y [T, H], h_next [L, H], which overlap neither.
  void steps(const In& x, const In& h, const Out& y, const Out& h_next) const {
    const std::int64_t L = shape_.blocks, H = shape_.hidden;
    const auto count = static_cast<std::int64_t>(x.size()) / H;
    const float *const from_x = data(x, count, H), *const from_h = data(h, L, H);
    float *const to_y = data(y, count, H), *const to_h = data(h_next, L, H);
    nb::gil_scoped_release others_may_run;
    gated::steps<float>(*prepared_, count, from_x, from_h, to_y, to_h);
  }

 private:
  struct Release {
    void operator()(PreparedBlocks<float>* prepared) const { release(prepared); }
  };

  Norm<float> norm_at(const std::vector<In>& arrays, std::size_t place) const {
    const std::int64_t H = shape_.hidden;
    return {data(arrays[place], 1, H), data(arrays[place + 1], 1, H)};
  }

  Block<float> pointers_of(const std::vector<In>& arrays) const {
    const std::int64_t H = shape_.hidden, F = shape_.inner, rows = gates_of(shape_.kind) * H;
    Block<float> to;
    to.recurrent_norm = norm_at(arrays, block_recurrent_norm);
    to.recurrent.weight_ih = data(arrays[block_weight_ih], rows, H);
    to.recurrent.weight_hh = data(arrays[block_weight_hh], rows, H);
    to.recurrent.bias_ih = data(arrays[block_bias_ih], 1, rows);
    to.recurrent.bias_hh = data(arrays[block_bias_hh], 1, rows);
    to.inner_norm = norm_at(arrays, block_inner_norm);
    to.first = {data(arrays[block_first], F, H), data(arrays[block_first + 1], 1, F)};
    to.last = {data(arrays[block_last], H, F), data(arrays[block_last + 1], 1, H)};
    return to;
  }

  BlockShape shape_;
  std::unique_ptr<PreparedBlocks<float>, Release> prepared_;
};

}  // namespace python
}  // namespace gated
