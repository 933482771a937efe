// Rows: an array whose reduced axes have been moved to the end and packed, so that a reduction is a loop over rows.
#pragma once

#include <autograd/core/array.hpp>

namespace autograd::core {

struct Rows {
  Array values;     // row-major: the axes that stay, then the reduced ones
  Shape order;      // which axis of x stands at each place
  Index rows, length;
  Shape shape;      // of a reduction's result
};

/// The rows of x over the given axes (normalised here, in the name of `where`).
Rows rows_of(std::string_view where, const Array& x, const Axes& axes, bool keepdims);

/// An array laid out like r.values, seen in the order of the original axes.
Array in_original_order(const Rows& r, const Array& packed);

}  // namespace autograd::core
