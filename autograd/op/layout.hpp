// Layout: the same elements under another shape or order. Views share memory; a gradient takes the way back.
#pragma once

#include <vector>

#include <autograd/core/layout.hpp>
#include <autograd/op/math.hpp>

namespace autograd {

class Tensor;

namespace core {
/// An argument as a named tensor, for functions that ask for its shape; in autograd/evaluate.hpp.
template <class A>
Tensor named(const A& a, SourceLocation where);
/// The same; a number or a scalar takes the given dtype.
template <class A>
Tensor named_as(Dtype dtype, const A& a, SourceLocation where);

/// `value` everywhere, in the type and dtype of x, as a view of one element.
template <class X>
X filled(const X& x, double value, const Shape& shape) {
  return X(scalar(value, x.dtype()).broadcast_to(shape));
}
}  // namespace core

/// Applies an op of a list of tensors; in autograd/evaluate.hpp.
template <class Op>
Tensor evaluate_list(const Op& op, const std::vector<Tensor>& x, SourceLocation where = {});

namespace op {

/// The same elements, row-major, under another shape
struct Reshape {
  static constexpr std::string_view name = "reshape";
  Shape shape;
  auto value(const core::Array& x) const { return core::reshape(x, shape); }
  auto pullback(const auto& g, const auto&, const auto& x) const { return reshape(g, x.shape()); }
};

/// x repeated to a larger shape; the cotangent is summed over the repeats
struct BroadcastTo {
  static constexpr std::string_view name = "broadcast_to";
  Shape shape;
  auto value(const core::Array& x) const { return x.broadcast_to(shape); }
  auto pullback(const auto& g, const auto&, const auto& x) const { return sum_to(g, x.shape()); }
};

/// y[i, j, k] = x[k, j, i], or the axes in any other order; the cotangent is ordered back
struct Transpose {
  static constexpr std::string_view name = "transpose";
  Axes axes;
  auto value(const core::Array& x) const { return core::permute(x, core::permutation(axes, x.rank())); }
  auto pullback(const auto& g, const auto&, const auto& x) const {
    return transpose(g, Axes(core::inverse(core::permutation(axes, x.rank()))));
  }
};

/// y[i] = x[n - 1 - i] along some axes
struct Flip {
  static constexpr std::string_view name = "flip";
  Axes axes;
  auto value(const core::Array& x) const { return core::flip(x, axes); }
  auto pullback(const auto& g, const auto&, const auto&) const { return flip(g, axes); }
};

/// y[(i + shift) mod n] = x[i] along an axis
struct Roll {
  static constexpr std::string_view name = "roll";
  Index shift, axis;
  auto value(const core::Array& x) const { return core::roll(x, shift, axis); }
  auto pullback(const auto& g, const auto&, const auto&) const { return roll(g, -shift, axis); }
};

/// x in another element type; the cotangent is converted back
struct Cast {
  static constexpr std::string_view name = "cast";
  Dtype dtype;
  auto value(const core::Array& x) const { return x.cast(dtype); }
  auto pullback(const auto& g, const auto&, const auto& x) const { return cast(g, x.dtype()); }
};

}  // namespace op

/// The same elements in another shape; one extent may be -1. A view where strides can express it. Throws
/// ShapeError when the number of elements differs.
template <Differentiable X>
auto reshape(X&& x, const Shape& shape, SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::Reshape{shape}, std::forward<X>(x));
}
/// All elements as a vector, row-major; a view of what is contiguous.
template <Differentiable X>
auto flatten(X&& x, SourceLocation where = SourceLocation::current()) {
  return reshape(std::forward<X>(x), {-1}, where);
}
/// Axes of extent 1 put in, at these places of the result; a view. Throws ShapeError.
template <Differentiable X>
auto expand_dims(X&& x, const Axes& axes, SourceLocation where = SourceLocation::current()) {
  const auto t = core::named(x, where);
  return reshape(t, core::with_unit_axes(t.shape(), axes), where);
}
/// Axes of extent 1 dropped, all of them by default; a view. Throws ShapeError when a named one has another extent.
template <Differentiable X>
auto squeeze(X&& x, const Axes& axes = {}, SourceLocation where = SourceLocation::current()) {
  const auto t = core::named(x, where);
  return reshape(t, core::without_unit_axes(t.shape(), axes), where);
}

/// x repeated along new or unit axes, as NumPy does; a view. Throws ShapeError when it does not fit.
template <Differentiable X>
auto broadcast_to(X&& x, const Shape& shape, SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::BroadcastTo{shape}, std::forward<X>(x));
}
/// x written `times` times along an axis, each element beside its copies: (a, b) twice is (a, a, b, b).
/// Throws ShapeError.
template <Differentiable X>
auto repeat(X&& x, Index times, Index axis, SourceLocation where = SourceLocation::current()) {
  const auto t = core::named(x, where);
  const core::Repeats r = core::repeats(t.shape(), times, axis);
  return reshape(broadcast_to(reshape(t, r.unit, where), r.wide, where), r.result, where);
}
/// x written `times[d]` times along each axis d, one after the other: (a, b) twice is (a, b, a, b). Throws ShapeError.
template <Differentiable X>
auto tile(X&& x, const Shape& times, SourceLocation where = SourceLocation::current()) {
  const auto t = core::named(x, where);
  const core::Repeats r = core::tiles(t.shape(), times);
  return reshape(broadcast_to(reshape(t, r.unit, where), r.wide, where), r.result, where);
}

/// The axes in another order, reversed by default; a view. Throws ShapeError unless each axis is named once.
template <Differentiable X>
auto transpose(X&& x, const Axes& axes = {}, SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::Transpose{axes}, std::forward<X>(x));
}
/// transpose(x, axes) under its other name.
template <Differentiable X>
auto permute(X&& x, const Axes& axes, SourceLocation where = SourceLocation::current()) {
  return transpose(std::forward<X>(x), axes, where);
}
/// Two axes exchanged; a view. Throws ShapeError.
template <Differentiable X>
auto swapaxes(X&& x, Index a, Index b, SourceLocation where = SourceLocation::current()) {
  const auto t = core::named(x, where);
  return transpose(t, Axes(core::swapped(a, b, t.rank())), where);
}
/// The axes `from` moved to the places `to`, the others in their order; a view. Throws ShapeError.
template <Differentiable X>
auto moveaxis(X&& x, const Axes& from, const Axes& to, SourceLocation where = SourceLocation::current()) {
  const auto t = core::named(x, where);
  return transpose(t, Axes(core::moved(from, to, t.rank())), where);
}
/// The order of the elements reversed along some axes, all by default; a view. Throws ShapeError.
template <Differentiable X>
auto flip(X&& x, const Axes& axes = {}, SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::Flip{axes}, std::forward<X>(x));
}
/// Element i of the axis at i + shift, those pushed out return at the other end. Throws ShapeError.
template <Differentiable X>
auto roll(X&& x, Index shift, Index axis, SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::Roll{shift, axis}, std::forward<X>(x));
}

/// The elements in another type; itself when it has that type. Between float32 and float64 gradients pass;
/// integers and truth values are constants.
template <Differentiable X>
auto cast(X&& x, Dtype dtype, SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::Cast{dtype}, std::forward<X>(x));
}

}  // namespace autograd
