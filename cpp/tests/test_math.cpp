// Compares exp, sigmoid and tanh of the kernels with the C library, one type wider.
//
// Prints a table: the largest error in units in the last place, and the argument where it occurs.
// The environment variable GATED_ISA chooses the instruction set.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "check.hpp"
#include "gated/gated.hpp"
#include "gated/testing.hpp"

namespace {

using tests::check;

template <class T>
struct Traits;
template <>
struct Traits<float> {
  using Wide = double;
  using Bits = std::uint32_t;
  static constexpr const char* name = "float";
  static constexpr double most_ulp = 2.5;
};
template <>
struct Traits<double> {
  using Wide = long double;
  using Bits = std::uint64_t;
  static constexpr const char* name = "double";
  static constexpr double most_ulp = 3;
};
template <class T>
using Wide = typename Traits<T>::Wide;

template <class T>
struct Function {
  const char* name = nullptr;
  void (*fast)(const T*, T*, std::size_t) = nullptr;
  Wide<T> (*exact)(Wide<T>) = nullptr;
  T at_minus_infinity = 0, at_zero = 0, at_infinity = 0;
};

template <class W>
W exact_exp(W x) {
  return std::exp(x);
}
template <class W>
W exact_sigmoid(W x) {
  return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
}
template <class W>
W exact_tanh(W x) {
  return std::tanh(x);
}

template <class T>
std::vector<Function<T>> functions() {
  Function<T> exp, sigmoid, tanh;
  exp.name = "exp";
  exp.fast = gated::math_exp;
  exp.exact = exact_exp<Wide<T>>;
  exp.at_zero = 1;
  exp.at_infinity = std::numeric_limits<T>::infinity();
  sigmoid.name = "sigmoid";
  sigmoid.fast = gated::math_sigmoid;
  sigmoid.exact = exact_sigmoid<Wide<T>>;
  sigmoid.at_zero = T(0.5);
  sigmoid.at_infinity = 1;
  tanh.name = "tanh";
  tanh.fast = gated::math_tanh;
  tanh.exact = exact_tanh<Wide<T>>;
  tanh.at_minus_infinity = -1;
  tanh.at_infinity = 1;
  return {exp, sigmoid, tanh};
}

template <class T>
T from_bits(typename Traits<T>::Bits bits) {
  T value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

template <class T>
typename Traits<T>::Bits bits_of(T value) {
  typename Traits<T>::Bits bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

template <class T>
std::string digits(T value) {
  char text[48];
  std::snprintf(text, sizeof text, "%.*g (%a)", std::numeric_limits<T>::max_digits10, double(value),
                double(value));
  return text;
}

// ---- Errors of many arguments -------------------------------------------------------------------

template <class T>
class Errors {
 public:
  explicit Errors(const Function<T>& of) : of_(of) { x_.reserve(capacity); }

  void add(T x) {
    x_.push_back(x);
    if (x_.size() == capacity) measure();
  }

  void measure() {
    y_.resize(x_.size());
    of_.fast(x_.data(), y_.data(), x_.size());
    for (std::size_t k = 0; k < x_.size(); ++k) measure_one(x_[k], y_[k]);
    x_.clear();
  }

  void print() const {
    std::printf("%-8s %-7s %-9s %12ld arguments, at most %.3f ulp at %s, relative %.3g at %s\n",
                of_.name, Traits<T>::name, gated::instruction_set(), count_, ulp_,
                digits(ulp_at_).c_str(), relative_, digits(relative_at_).c_str());
  }

  double ulp() const { return ulp_; }
  long count() const { return count_; }

 private:
  static constexpr std::size_t capacity = 1 << 14;
  const Function<T>& of_;
  std::vector<T> x_, y_;
  long count_ = 0;
  double ulp_ = 0, relative_ = 0;
  T ulp_at_ = 0, relative_at_ = 0;

  std::string call(T x) const {
    return std::string(of_.name) + " " + Traits<T>::name + ": at " + digits(x);
  }

  void measure_one(T x, T y) {
    ++count_;
    if (std::isnan(x)) {
      if (!std::isnan(y)) check(false, call(x) + " it is " + digits(y) + ", expected NaN");
      return;
    }
    const Wide<T> exact = of_.exact(static_cast<Wide<T>>(x));
    const T rounded = static_cast<T>(exact);
    if (y == rounded && (y == exact || std::isinf(y))) return;
    const T smallest = std::numeric_limits<T>::min();
    if (std::abs(exact) < Wide<T>(smallest)) {  // a subnormal result may be zero
      if (!(std::abs(y) <= smallest && y * exact >= 0))
        check(false,
              call(x) + " it is " + digits(y) + ", expected " + digits(rounded) + " or zero");
      return;
    }
    // The distance of two neighbours of type T where `exact` is; of the largest, where it is
    // beyond.
    const int exponent = std::min(std::ilogb(exact), std::numeric_limits<T>::max_exponent - 1);
    const Wide<T> spacing = std::ldexp(Wide<T>(1), exponent + 1 - std::numeric_limits<T>::digits);
    const Wide<T> off = std::abs(static_cast<Wide<T>>(y) - exact);
    const double ulp =
        std::isnan(y) ? std::numeric_limits<double>::infinity() : double(off / spacing);
    const double relative = double(off / std::abs(exact));
    if (ulp > ulp_) ulp_ = ulp, ulp_at_ = x;
    if (relative > relative_) relative_ = relative, relative_at_ = x;
    if (!(ulp <= Traits<T>::most_ulp))
      check(false, call(x) + " it is " + digits(y) + ", expected " + digits(rounded) + " within " +
                       std::to_string(Traits<T>::most_ulp) + " ulp, off by " + std::to_string(ulp));
  }
};

// ---- The arguments ------------------------------------------------------------------------------

// All floats of a few binades (where a polynomial meets another, or a result its limit), and every
// 97th of all others, NaN and infinities among them; every `every`th of these.
void add_arguments(Errors<float>& errors, std::uint32_t every) {
  for (std::uint64_t bits = 0; bits < (std::uint64_t(1) << 32); bits += 97 * every)
    errors.add(from_bits<float>(static_cast<std::uint32_t>(bits)));
  for (const float from : {0.0625f, 0.25f, 0.5f, 8.0f, 64.0f})
    for (const float sign : {1.0f, -1.0f}) {
      const std::uint32_t begin = bits_of(sign * from), end = bits_of(sign * 2 * from);
      for (std::uint32_t bits = begin; bits < end; bits += every)
        errors.add(from_bits<float>(bits));
    }
}

// Random bits (all binades alike), random values in the curved ranges, and the neighbours of
// every multiple of ln 2 / 2, where the reduction of the argument is at its ends.
void add_arguments(Errors<double>& errors, std::uint32_t every) {
  std::uint64_t state = 1;
  const auto random = [&state] {
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return state ^ (state >> 29);
  };
  for (long k = 0; k < 4000000; k += every) {
    errors.add(from_bits<double>(random() << 13 ^ random()));
    const double unit = double(random() >> 11) * 0x1p-53;
    errors.add((unit - 0.5) * 2);
    errors.add((unit - 0.5) * 40);
    errors.add((unit - 0.5) * 1500);
  }
  for (int k = -2200; k <= 2200; ++k) {
    double x = k * 0.34657359027997264;
    for (int step = 0; step < 8; ++step) x = std::nextafter(x, -1e9);
    for (int step = 0; step < 16; ++step, x = std::nextafter(x, 1e9)) errors.add(x);
  }
}

// The limits of each function's branches, and the limits of the type.
template <class T>
void add_edges(Errors<T>& errors) {
  using Limits = std::numeric_limits<T>;
  const double overflow = std::log(double(Limits::max())),
               underflow = std::log(double(Limits::min()));
  for (const double edge :
       {overflow, underflow, underflow / 2, 0.0, double(Limits::min()),
        double(Limits::denorm_min()), double(Limits::epsilon()), double(Limits::max()),
        double(Limits::max()) / 2, 9.0, 17.0, 19.0, 37.0})
    for (const double sign : {1.0, -1.0}) {
      T above = static_cast<T>(sign * edge), below = above;
      for (int k = 0; k < 2000; ++k) {
        errors.add(above);
        errors.add(below);
        above = std::nextafter(above, Limits::infinity());
        below = std::nextafter(below, -Limits::infinity());
      }
    }
}

// ---- Limits and tails ---------------------------------------------------------------------------

template <class T>
void check_limits(const Function<T>& f) {
  using Limits = std::numeric_limits<T>;
  const T zero = 0;
  const struct {
    T x, y;
  } known[] = {{Limits::infinity(), f.at_infinity},
               {-Limits::infinity(), f.at_minus_infinity},
               {zero, f.at_zero},
               {Limits::max(), f.at_infinity},
               {-Limits::max(), f.at_minus_infinity},
               {Limits::denorm_min() * 0, f.at_zero}};
  for (const auto& [x, expected] : known) {
    T y = Limits::quiet_NaN();
    f.fast(&x, &y, 1);
    check(y == expected, std::string(f.name) + "(" + digits(x) + ") is " + digits(y) +
                             ", expected exactly " + digits(expected));
  }
  const T minus_zero = -zero;
  T y = Limits::quiet_NaN();
  f.fast(&minus_zero, &y, 1);
  check(y == f.at_zero && (f.at_zero != 0 || std::signbit(y)),
        std::string(f.name) + "(-0) is " + digits(y));
}

// Any number of elements, none beyond them, and the same result at any position.
template <class T>
void check_tails(const Function<T>& f) {
  constexpr std::size_t most = 70;
  std::vector<T> x(most), all(most);
  for (std::size_t k = 0; k < most; ++k) x[k] = static_cast<T>(0.3 * double(k) - 9.7);
  f.fast(x.data(), all.data(), most);
  for (std::size_t from = 0; from < 3; ++from)
    for (std::size_t n = 0; from + n <= most; ++n) {
      std::vector<T> y(n + 1, T(-77));
      f.fast(x.data() + from, y.data(), n);
      check(y[n] == T(-77), std::string(f.name) + " of " + std::to_string(n) +
                                " elements wrote the one after them");
      for (std::size_t k = 0; k < n; ++k)
        check(y[k] == all[from + k], std::string(f.name) + " of " + std::to_string(n) +
                                         " elements: [" + std::to_string(k) + "] is " +
                                         digits(y[k]) + ", in a longer array " +
                                         digits(all[from + k]));
      std::vector<T> in_place(x.begin() + from, x.begin() + from + n);
      f.fast(in_place.data(), in_place.data(), n);
      check(std::equal(in_place.begin(), in_place.end(), y.begin()),
            std::string(f.name) + " in place differs");
    }
}

template <class T>
Function<T> silu() {
  Function<T> function;
  function.name = "silu";
  function.fast = [](const T* x, T* y, std::size_t count) { gated::silu(x, count, y); };
  return function;
}

template <class T>
long measure_all(std::uint32_t every) {
  long count = 0;
  check_tails(silu<T>());  // its values: residual.cpp, and tests/ops of Python
  for (const Function<T>& f : functions<T>()) {
    check_limits(f);
    check_tails(f);
    Errors<T> errors(f);
    add_arguments(errors, every);
    add_edges(errors);
    errors.measure();
    errors.print();
    count += errors.count();
  }
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  const char* const chosen = gated::instruction_set();
  if (!chosen) {
    std::printf("test_math: GATED_ISA names none of %s\n", gated::instruction_sets());
    return tests::skipped;
  }
  const bool brief = argc == 2 && std::strcmp(argv[1], "brief") == 0;
  const std::uint32_t every = brief ? 53 : 1;
  const long count = measure_all<float>(every) + measure_all<double>(every);
  return tests::verdict("test_math", chosen, count);
}
