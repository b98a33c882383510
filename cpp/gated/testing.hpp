// Gives cpp/tests/test_math.cpp access to the vector functions of the kernels.
#pragma once

#include <cstddef>

namespace gated {

// y[i] = f(x[i]) for i < n, by the instruction set in use; y may be x.
void math_exp(const float* x, float* y, std::size_t n);
void math_exp(const double* x, double* y, std::size_t n);
void math_sigmoid(const float* x, float* y, std::size_t n);
void math_sigmoid(const double* x, double* y, std::size_t n);
void math_tanh(const float* x, float* y, std::size_t n);
void math_tanh(const double* x, double* y, std::size_t n);

}  // namespace gated
