// Declares the recurrences of gated/gated.hpp, implemented as their equations read. The tests
// compare the fast ones with them.
//
// The functions have the names, arguments and conventions of gated/gated.hpp. All arithmetic is
// done one type wider than T (double for float, long double for double), and only results are
// rounded to T, so that a difference from a fast result is the error of the fast one.
// Nothing is stored between forward and backward: backward runs the recurrence again.
#pragma once

#include "gated/gated.hpp"

namespace gated {
namespace plain {

template <class T>
std::size_t reserve_size(const Shape& shape, const Plan& plan);  // zero
template <class T>
void forward(const Shape& shape, const Plan& plan, const Forward<T>& call);
template <class T>
void backward(const Shape& shape, const Plan& plan, const Backward<T>& call);

template <class T>
class Prepared;
template <class T>
Prepared<T>* prepare(const Shape& shape, const Weights<T>* weights);
template <class T>
void release(Prepared<T>* prepared);
template <class T>
void step(const Prepared<T>& prepared, std::int64_t batch, const T* x, const T* h, const T* c,
          T* h_next, T* c_next);

// The smallest distance of relu's argument from the kink at zero, over all steps; infinite for the
// other kinds. Within rounding, the gradient is not determined. Exactly zero does not count: such
// an argument has only zero terms in any implementation.
template <class T>
double distance_from_kink(const Shape& shape, const Forward<T>& call);

}  // namespace plain
}  // namespace gated
