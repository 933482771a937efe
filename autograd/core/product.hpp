// Products over axes, and for each element the product of all others.
#pragma once

#include <autograd/core/array.hpp>

namespace autograd::core {

/// The product over axes, formed in float64; 1 of nothing. Throws ShapeError, DtypeError.
Array product_over(const Array& x, const Axes& axes, bool keepdims);

/// y[i] = the product of x[k] for all k but i over axes: exact where factors are 0. Throws ShapeError, DtypeError.
Array product_of_others(const Array& x, const Axes& axes);

}  // namespace autograd::core
