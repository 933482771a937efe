// Reductions of arrays: sums here, what picks or multiplies elements in reduce_axis.hpp.
#pragma once

#include <autograd/core/array.hpp>

namespace autograd::core {

/// The sum (or mean) over `axes`, in an order that depends on the shape alone, float32 summed in blocks in float64.
/// The sum of integers is int64, of booleans their count; a mean is floating. Throws ShapeError for a bad axis.
Array sum(const Array& x, const Axes& axes, bool keepdims, bool mean);

}  // namespace autograd::core
