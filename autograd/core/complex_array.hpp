// Arrays of complex numbers, for the complex step of checks.
#pragma once

#include <autograd/core/array.hpp>

namespace autograd::core {

/// An array with an imaginary part; none (no array at all) where it is zero.
struct ComplexArray {
  Array real, imag;
};

/// The complex versions of softmax.hpp, of extreme and of product_over, for float64.
ComplexArray softmax(const ComplexArray& x, Index axis, bool log);
ComplexArray logsumexp(const ComplexArray& x, const Axes& axes, bool keepdims);
ComplexArray cross_entropy(const ComplexArray& x, const Array& labels);
ComplexArray extreme(const ComplexArray& x, const Axes& axes, bool keepdims, int sign);
ComplexArray product_over(const ComplexArray& x, const Axes& axes, bool keepdims);

}  // namespace autograd::core
