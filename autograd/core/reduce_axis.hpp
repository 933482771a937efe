// Reductions that choose or accumulate: extremes, where they are, running sums.
#pragma once

#include <autograd/core/array.hpp>

namespace autograd::core {

/// Which of several equal extremes the gradient goes to.
enum class Ties { split, first };

/// The largest (or, with sign -1, the smallest) element over axes; NaN where there is one. Throws ShapeError of
/// nothing.
Array extreme(const Array& x, const Axes& axes, bool keepdims, int sign);

/// d extreme / d x: 1 at the extreme, shared evenly or given to the first at a tie, NaN where the extreme is.
Array extreme_share(const Array& x, const Axes& axes, int sign, Ties ties);

/// The index of the first extreme along an axis, or among all elements flattened for Axes{}; the first NaN wins. int64.
/// Throws ShapeError of nothing and for several axes.
Array extreme_index(const Array& x, const Axes& axes, bool keepdims, int sign);

/// Running sums along an axis, formed in float64; of integers exact. Throws ShapeError.
Array cumsum(const Array& x, Index axis);

/// Powers of two, one for each slice over the axes (kept with extent 1), that bring its largest element near 1; no
/// array at all where squares neither overflow nor vanish anyway. Throws ShapeError, DtypeError.
Array norm_scale(const Array& x, const Axes& axes);

}  // namespace autograd::core
