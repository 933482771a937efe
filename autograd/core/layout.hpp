// Layout: the same elements under another shape or order. Views wherever strides can say it, copies elsewhere.
#pragma once

#include <autograd/core/slice.hpp>

namespace autograd::core {

/// The same elements in row-major order under another shape; one extent may be -1. A view where strides can
/// express it, a copy elsewhere. Throws ShapeError when the number of elements differs.
Array reshape(const Array& x, const Shape& shape);

/// The shape with axes of extent 1 put in, at these places of the result. Throws ShapeError.
Shape with_unit_axes(const Shape& shape, const Axes& axes);
/// The shape without these axes (all of extent 1 by default). Throws ShapeError when one has another extent.
Shape without_unit_axes(const Shape& shape, const Axes& axes);

/// What repeats a tensor: a reshape to `unit`, a broadcast to `wide`, a reshape to `result`.
struct Repeats {
  Shape unit, wide, result;
};
/// Each element beside its copies along one axis. Throws ShapeError.
Repeats repeats(const Shape& shape, Index times, Index axis);
/// Whole copies one after the other, times[d] along each axis d; the shorter list is filled with ones in front.
Repeats tiles(const Shape& shape, const Shape& times);

/// The order in which transpose takes the axes: reversed by default. Throws ShapeError unless each is named once.
Shape permutation(const Axes& axes, std::size_t rank);
/// The permutation that undoes `order`.
Shape inverse(const Shape& order);
/// The permutation that exchanges two axes.
Shape swapped(Index a, Index b, std::size_t rank);
/// The permutation that puts the axes `from` to the places `to`, the others in their order. Throws ShapeError.
Shape moved(const Axes& from, const Axes& to, std::size_t rank);
/// The axes in another order, a view.
Array permute(const Array& x, const Shape& order);

/// The axes reversed, a view. Throws ShapeError.
Array flip(const Array& x, const Axes& axes);
/// Element i of the axis goes to i + shift, those pushed out return at the other end; a copy. Throws ShapeError.
Array roll(const Array& x, Index shift, Index axis);

/// The k-th diagonal of a matrix, a view; k > 0 lies above the main one. Throws ShapeError.
Array diagonal(const Array& x, Index k);
/// A matrix of that shape, zero but for its k-th diagonal. Throws ShapeError.
Array diagonal_matrix(const Array& x, const Shape& shape, Index k);
/// The shape of the square matrix whose k-th diagonal has n elements.
Shape square_around(Index n, Index k);
/// A copy, zero above (lower) or below the k-th diagonal of its last two axes. Throws ShapeError.
Array triangle(std::string_view where, const Array& x, Index k, bool lower);

/// The arrays one after the other along an axis. Throws ShapeError, DtypeError, naming the one that does not fit.
Array concatenate(std::span<const Array> x, Index axis);
/// The arrays one after the other along a new axis. Throws ShapeError, DtypeError.
Array stack(std::span<const Array> x, Index axis);

}  // namespace autograd::core
