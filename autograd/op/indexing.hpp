// Indexing by arrays: elements and slices picked by number or by a mask. Picked twice, an element gets both gradients.
#pragma once

#include <autograd/core/indexing.hpp>
#include <autograd/op/layout.hpp>

namespace autograd {
namespace op {

/// y[.., i, ..] = x[.., indices[i], ..]; the cotangents of equal indices add up
struct Take {
  static constexpr std::string_view name = "take";
  core::Array indices;
  Index axis = 0;
  auto value(const core::Array& x) const { return core::take(x, indices, axis); }
  auto pullback(const auto& g, const auto&, const auto& x) const { return take_add(g, indices, axis, x.shape()); }
  void pullback_into(const core::Array& to, const core::Array& g) const { core::take_add(to, g, indices, axis); }
};

/// The transpose of Take: y = 0, y[.., indices[i], ..] += x[.., i, ..]
struct TakeAdd {
  static constexpr std::string_view name = "take_add";
  core::Array indices;
  Index axis = 0;
  Shape shape;
  auto value(const core::Array& x) const {
    const core::Array y = core::Array::zeros(shape, x.dtype());
    core::take_add(y, x, indices, axis);
    return y;
  }
  auto pullback(const auto& g, const auto&, const auto&) const { return evaluate(Take{indices, axis}, g); }
};

/// y[.., i, ..] = x[.., indices[.., i, ..], ..]; the cotangents of equal indices add up
struct Gather {
  static constexpr std::string_view name = "gather";
  core::Array indices;
  Index axis = 0;
  auto value(const core::Array& x) const { return core::gather(x, indices, axis); }
  auto pullback(const auto& g, const auto&, const auto& x) const { return gather_add(g, indices, axis, x.shape()); }
  void pullback_into(const core::Array& to, const core::Array& g) const { core::gather_add(to, g, indices, axis); }
};

/// The transpose of Gather: y = 0, y[.., indices[.., i, ..], ..] += x[.., i, ..]
struct GatherAdd {
  static constexpr std::string_view name = "gather_add";
  core::Array indices;
  Index axis = 0;
  Shape shape;
  auto value(const core::Array& x) const {
    const core::Array y = core::Array::zeros(shape, x.dtype());
    core::gather_add(y, x, indices, axis);
    return y;
  }
  auto pullback(const auto& g, const auto&, const auto&) const { return evaluate(Gather{indices, axis}, g); }
};

}  // namespace op

/// The slices of x with these numbers along an axis, which gives way to the axes of the indices: x of (n, d)
/// and indices of (a, b) give (a, b, d). Negative indices count from the end. Throws ShapeError for one out
/// of range, DtypeError.
template <Differentiable X>
auto take(X&& x, const Indices& indices, Index axis = 0, SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::Take{indices.array(), axis}, std::forward<X>(x));
}
/// Zeros of a shape with the slices of x added at these numbers along an axis: the transpose of take. Throws
/// ShapeError.
template <Differentiable X>
auto take_add(X&& x, const Indices& indices, Index axis, const Shape& shape,
              SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::TakeAdd{indices.array(), axis, shape}, std::forward<X>(x));
}

/// One element of x along an axis for each index, as NumPy's take_along_axis: x of (n, c) and labels of (n, 1) give (n,
/// 1). Off the axis the shapes broadcast. Throws ShapeError for an index out of range, DtypeError.
template <Differentiable X>
auto gather(X&& x, const Indices& indices, Index axis, SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::Gather{indices.array(), axis}, std::forward<X>(x));
}
/// Zeros of a shape with the elements of x added where gather would pick them. Throws ShapeError.
template <Differentiable X>
auto gather_add(X&& x, const Indices& indices, Index axis, const Shape& shape,
                SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::GatherAdd{indices.array(), axis, shape}, std::forward<X>(x));
}

/// The elements of x where a boolean mask of its shape holds, as a vector; a mask of the leading axes alone
/// picks whole slices. Throws ShapeError when the shapes differ, DtypeError unless the mask is boolean.
template <Differentiable X, class M>
auto masked_select(X&& x, const M& mask, SourceLocation where = SourceLocation::current()) {
  const auto t = core::named(x, where);
  const auto m = core::named(mask, where);
  const core::Array chosen = core::positions("masked_select", m.data());
  return evaluate_at(where, op::Take{chosen, 0}, reshape(t, core::under_mask(t.shape(), m.shape()), where));
}

/// Vectors with 1 at the label and 0 elsewhere, along a new last axis of `classes` elements. The labels are int64: a
/// tensor, an xtensor expression or a list. Throws ShapeError for a label that is negative or too large, DtypeError.
template <class T = Tensor>
T one_hot(const Indices& labels, Index classes, Dtype dtype = float64) {
  return T(core::one_hot(labels.array(), classes, dtype));
}

}  // namespace autograd
