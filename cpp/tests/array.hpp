// Defines arrays that detect missing writes and writes outside.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "gated/gated.hpp"

namespace tests {

using i64 = std::int64_t;

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GATED_TESTS_ADDRESS_SANITIZER
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define GATED_TESTS_ADDRESS_SANITIZER
#endif

#ifdef GATED_TESTS_ADDRESS_SANITIZER
constexpr i64 back_guard = 0;  // the sanitizer guards the end, and detects reads as well
#else
constexpr i64 back_guard = 67;  // beyond a few vectors of the widest instruction set
#endif
constexpr i64 front_guard = 5;  // odd, so that the data is aligned to nothing but its own type

// A NaN that no arithmetic gives (or an unlikely byte): an element with its bits was not written.
template <class T>
T untouched();
template <>
inline float untouched<float>() {
  const std::uint32_t bits = 0x7fd1a5e5u;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
template <>
inline double untouched<double>() {
  const std::uint64_t bits = 0x7ffd1a5e5d1a5e5dull;
  double value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
template <>
inline std::uint8_t untouched<std::uint8_t>() {
  return 0xa5;
}

template <class T>
bool same_bits(T a, T b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

// `count` elements between two guards, all of them NaN at first. Absent: a null pointer.
template <class T>
class Array {
 public:
  Array() = default;
  explicit Array(i64 count)
      : storage_(static_cast<std::size_t>(front_guard + count + back_guard), untouched<T>()),
        used_(static_cast<std::size_t>(count), 1) {}

  // Where only the elements of some rows belong to the array, and the gaps between do not.
  void use_only(const std::vector<i64>& row_starts, i64 features) {
    used_.assign(used_.size(), 0);
    for (const i64 start : row_starts)
      for (i64 k = 0; k < features; ++k) used_[start + k] = 1;
  }

  i64 size() const { return static_cast<i64>(used_.size()); }
  bool used(i64 index) const { return used_[index] != 0; }
  T* data() { return used_.empty() ? nullptr : storage_.data() + front_guard; }
  const T* data() const { return used_.empty() ? nullptr : storage_.data() + front_guard; }
  T operator[](i64 index) const { return storage_[front_guard + index]; }

  template <class Draw>
  void fill(Draw draw) {
    for (i64 k = 0; k < size(); ++k)
      if (used(k)) storage_[front_guard + k] = draw();
  }

  // The index of the first element outside the array that was written, negative before it; or
  // `nowhere`.
  i64 written_outside() const {
    for (i64 k = -front_guard; !storage_.empty() && k < size() + back_guard; ++k) {
      const bool inside = k >= 0 && k < size() && used(k);
      if (!inside && !same_bits(storage_[front_guard + k], untouched<T>())) return k;
    }
    return nowhere;
  }

  bool same_bits_as(const Array& other) const {
    return storage_.size() == other.storage_.size() &&
           (storage_.empty() ||
            std::memcmp(storage_.data(), other.storage_.data(), storage_.size() * sizeof(T)) == 0);
  }

  static constexpr i64 nowhere = INT64_MAX;

 private:
  std::vector<T> storage_;
  std::vector<char> used_;
};

}  // namespace tests
