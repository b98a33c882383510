// The recurrences of gated/gated.hpp once more, as their equations read: what the tests hold the
// fast ones against.
//
// The functions have the names, arguments and conventions of gated/gated.hpp. All arithmetic is
// done one type wider than T (double for float, long double for double), and only results are
// rounded to T, so that what differs from a fast result is the fast one's own error.
// Nothing is kept between forward and backward: backward runs the recurrence again.
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

// How near relu's argument comes to the kink at zero, over all steps; infinite for the other
// kinds. Where this is within rounding, the gradient is not determined. Exactly zero does not
// count: an argument is so only where it has no term that is not zero, whoever adds them up.
template <class T>
double distance_from_kink(const Shape& shape, const Forward<T>& call);

}  // namespace plain
}  // namespace gated
