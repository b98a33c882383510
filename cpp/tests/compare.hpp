// Compares fast results with plain ones.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>

#include "check.hpp"
#include "problem.hpp"

namespace tests {

// The largest error, as a share of the tolerance.
struct Worst {
  double forward = 0, backward = 0;
};
inline Worst& worst() {
  static Worst seen;
  return seen;
}

template <class T>
std::string digits(T value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.*g", std::numeric_limits<T>::max_digits10, double(value));
  return text;
}

template <class T>
double largest(const Array<T>& array) {
  double size = 0;
  for (i64 k = 0; k < array.size(); ++k)
    if (array.used(k) && std::isfinite(array[k])) size = std::max(size, std::abs(double(array[k])));
  return size;
}

// The tolerance of a fast result.
//
// A value is a sum of n rounded products, and its rounding error grows like sqrt(n)·ε times the
// size of the terms. That size is taken from the largest element of the array, and from its
// neighbours if the array is so small that its terms may have cancelled. The factor of 16 covers
// the errors of the previous steps: with the weights of the cases an error shrinks by a factor of
// at most 0.9 in each step, so the sum over all steps is about ten.
template <class T>
struct Limits {
  Limits(const Case& c, const Results<T>& want) {
    const gated::Shape s = shape_of(c);
    const double inputs = double(std::max(s.input, s.layers > 1 ? s.directions * s.projected : 0));
    const double epsilon = std::numeric_limits<T>::epsilon();
    const double products = double(gate_count(c.kind) * s.hidden + s.projected) + inputs;
    per_row = 16 * epsilon * std::sqrt(products);
    per_weight = 16 * epsilon * std::sqrt(products + double(Geometry(c).rows));
    row_size = std::max({0.3, largest(want.d_x), largest(want.d_h_0), largest(want.d_c_0)}) / 3;
    for (const auto& d : want.d_weight)
      for (const auto& array : d) weight_size = std::max(weight_size, largest(array) / 3);
  }

  double of(const std::string& name, const Array<T>& want) const {
    if (name.compare(0, 2, "d_") != 0) return per_row * std::max(0.1, largest(want));
    if (name.compare(0, 9, "d_weights") != 0) return per_row * std::max(row_size, largest(want));
    return per_weight * std::max(weight_size, largest(want));
  }

  double per_row, per_weight, row_size, weight_size = 0;
};

// True where all used elements of `got` are within `limit` of `want`, or NaN or infinite with it.
template <class T>
bool close(const std::string& what, const std::string& name, const Array<T>& got,
           const Array<T>& want, double limit, double& share) {
  for (i64 k = 0; k < want.size(); ++k) {
    if (!want.used(k) || same_bits(got[k], want[k])) continue;
    const double off = std::abs(double(got[k]) - double(want[k]));
    const bool both_nan = std::isnan(got[k]) && std::isnan(want[k]);
    if (!both_nan && !(off <= limit && std::isfinite(want[k]))) {
      check(false, what + ": " + name + "[" + std::to_string(k) + "] is " + digits(got[k]) +
                       ", expected " + digits(want[k]) + " ± " + digits(limit));
      return false;
    }
    if (!both_nan) share = std::max(share, off / limit);
  }
  return true;
}

// Calls visit(name, array of a, array of b) for all arrays of two results of the same case.
template <class T, class Visit>
void each_pair(const Results<T>& a, const Results<T>& b, Visit visit) {
  std::vector<const Array<T>*> seconds;
  b.each([&](const std::string&, const Array<T>& array) { seconds.push_back(&array); });
  std::size_t k = 0;
  a.each(
      [&](const std::string& name, const Array<T>& array) { visit(name, array, *seconds[k++]); });
}

enum class Part { forward, all };

inline bool belongs(const std::string& name, Part part) {
  return part == Part::all || name.compare(0, 2, "d_") != 0;
}

template <class T>
void check_close(const std::string& what, const Case& c, const Results<T>& got,
                 const Results<T>& want, Part part) {
  const Limits<T> limits(c, want);
  each_pair(got, want, [&](const std::string& name, const Array<T>& mine, const Array<T>& theirs) {
    double& share = belongs(name, Part::forward) ? worst().forward : worst().backward;
    if (belongs(name, part)) close(what, name, mine, theirs, limits.of(name, theirs), share);
  });
}

template <class T>
void check_same_bits(const std::string& what, const Results<T>& got, const Results<T>& want,
                     Part part) {
  each_pair(got, want, [&](const std::string& name, const Array<T>& mine, const Array<T>& theirs) {
    if (!belongs(name, part)) return;
    for (i64 k = 0; k < theirs.size(); ++k)
      if (!same_bits(mine[k], theirs[k]))
        return check(false, what + ": " + name + "[" + std::to_string(k) + "] is " +
                                digits(mine[k]) + ", expected exactly " + digits(theirs[k]));
  });
}

}  // namespace tests
