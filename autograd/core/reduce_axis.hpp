// Reductions that choose or accumulate: extremes, where they are, running sums.
#pragma once

#include <autograd/core/array.hpp>

namespace autograd::core {

/// Which of several equal extremes the gradient goes to.
enum class Ties { split, first };

/// The largest (or, with sign -1, the smallest) element over axes; NaN where there is one. Throws ShapeError of nothing.
Array extreme(const Array& x, const Axes& axes, bool keepdims, int sign);

/// d extreme / d x: 1 at the extreme, shared evenly or given to the first at a tie, NaN where the extreme is.
Array extreme_share(const Array& x, const Axes& axes, int sign, Ties ties);

/// The index of the first extreme along an axis, or among all elements flattened for Axes{}; the first NaN wins. int64.
Array extreme_index(std::string_view where, const Array& x, const Axes& axes, bool keepdims, int sign);

/// Running sums along an axis, formed in float64.
Array cumsum(const Array& x, Index axis);

}  // namespace autograd::core
