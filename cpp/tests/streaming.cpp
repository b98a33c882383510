// Compares prepare, step and release, one step at a time, with the plain recurrence.

#include <memory>
#include <thread>

#include "compare.hpp"
#include "gated/checksum.hpp"
#include "sections.hpp"

namespace tests {
namespace {

long tried = 0;

template <class T>
using Stream = std::unique_ptr<gated::Prepared<T>, void (*)(gated::Prepared<T>*)>;

// The original weights are freed when this returns.
template <class T>
Stream<T> open_stream(const Case& c) {
  const Inputs<T> inputs(c);
  const Inputs<T> before = inputs;
  const std::vector<gated::Weights<T>> weights = inputs.weights();
  Stream<T> stream(gated::prepare(shape_of(c), weights.data()), gated::release<T>);
  check(inputs.same_bits_as(before), describe(c) + ": prepare changed an input");
  return stream;
}

// One step from the state h_0, c_0 of `inputs`, which is that of x's only step.
template <class T>
Results<T> advance(const gated::Prepared<T>& prepared, const Case& c, const Inputs<T>& inputs) {
  Results<T> to = fresh_results<T>(c);
  gated::step(prepared, c.batch, inputs.x.data(), inputs.h_0.data(), inputs.c_0.data(),
              to.h_n.data(), to.c_n.data());
  return to;
}

template <class T>
void check_step(const std::string& what, const Case& c, const Results<T>& got,
                const Results<T>& want) {
  const Limits<T> limits(c, want);
  check(got.h_n.written_outside() == Array<T>::nowhere, what + ": wrote outside h_next");
  check(got.c_n.written_outside() == Array<T>::nowhere, what + ": wrote outside c_next");
  close(what, "h_next", got.h_n, want.h_n, limits.of("h_n", want.h_n), worst().forward);
  close(what, "c_next", got.c_n, want.c_n, limits.of("c_n", want.c_n), worst().forward);
}

template <class T>
void follow(Case c) {
  const Stream<T> stream = open_stream<T>(c);
  for (const i64 batch : {1, 2, 0, 5, 8, 17, 1}) {
    ++tried;
    c.batch = batch;
    Inputs<T> inputs(c);
    for (int t = 0; t < 5; ++t) {
      const std::string what = describe(c) + (sizeof(T) == 4 ? " float" : " double") + ", step " +
                               std::to_string(t) + " of a stream";
      const Inputs<T> before = inputs;
      const Results<T> got = advance(*stream, c, inputs);
      check(inputs.same_bits_as(before), what + ": changed an input");
      const Results<T> want = run(plain<T>(), c, inputs, {1, false}, Passes::inference);
      check_step(what, c, got, want);
      inputs.h_0 = want.h_n;
      inputs.c_0 = want.c_n;
    }
  }
}

// Several threads share the packed weights.
template <class T>
void share(Case c) {
  ++tried;
  const Stream<T> stream = open_stream<T>(c);
  c.batch = 3;
  const Inputs<T> inputs(c);
  const Results<T> want = advance(*stream, c, inputs);
  std::vector<std::thread> threads;
  for (int k = 0; k < 3; ++k)
    threads.emplace_back([&] {
      for (int again = 0; again < 200; ++again)
        check_same_bits(describe(c) + ", a stream shared by threads", advance(*stream, c, inputs),
                        want, Part::forward);
    });
  for (auto& thread : threads) thread.join();
}

template <class T>
void stream_in() {
  std::uint64_t seed = 1;
  for (const Kind kind :
       {Kind::rnn_tanh, Kind::rnn_relu, Kind::lstm, Kind::gru_after, Kind::gru_before})
    for (const i64 hidden : {1, 16, 37, 64, 130})
      for (const i64 layers : {1, 3})
        for (const i64 projected : {i64(0), (hidden + 1) / 2}) {
          if (projected && kind != Kind::lstm) continue;
          Case c;
          c.kind = kind;
          c.hidden = hidden;
          c.layers = layers;
          c.projected = projected;
          c.input = hidden == 16 ? 0 : hidden / 3 + 1;
          c.bias = hidden != 37;
          c.seed = seed++;
          follow<T>(c);
          if (hidden == 37) share<T>(c);
        }
  gated::Prepared<T>* const nothing = nullptr;
  gated::release(nothing);
}

// Each byte of weights of any size counts, and so does its place.
void notice_changes() {
  for (std::size_t size = 0; size <= 200; ++size) {
    ++tried;
    std::vector<char> bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * i + size);
    const std::uint64_t before = gated::checksum(bytes.data(), size);
    for (std::size_t i = 0; i < size; ++i) {
      bytes[i] = static_cast<char>(bytes[i] + 1);
      check(gated::checksum(bytes.data(), size) != before, "a checksum of " + std::to_string(size) +
                                                               " bytes: byte " + std::to_string(i) +
                                                               " changed and was not noticed");
      bytes[i] = static_cast<char>(bytes[i] - 1);
    }
    check(gated::checksum(bytes.data(), size) == before, "a checksum: not the same for the same");
    for (std::size_t i = 4; i + 4 <= size; i += 4) {
      std::vector<char> swapped = bytes;
      for (std::size_t k = 0; k < 4; ++k) std::swap(swapped[i - 4 + k], swapped[i + k]);
      check(swapped == bytes || gated::checksum(swapped.data(), size) != before,
            "a checksum: two words changed places and it was not noticed");
    }
  }
}

}  // namespace

long stream() {
  tried = 0;
  notice_changes();
  stream_in<float>();
  stream_in<double>();
  return tried;
}

}  // namespace tests
