// Layout: the same elements under another shape. Views share memory; a gradient takes the way back.
#pragma once

#include <autograd/core/layout.hpp>
#include <autograd/core/reduce.hpp>
#include <autograd/op/math.hpp>

namespace autograd {
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

}  // namespace op

/// The same elements in another shape; one extent may be -1. Throws ShapeError when the number of elements differs.
template <Differentiable X>
auto reshape(X&& x, const Shape& shape, std::source_location where = std::source_location::current()) {
  return evaluate_at(where, op::Reshape{shape}, std::forward<X>(x));
}
/// x repeated along new or unit axes, as NumPy does; a view. Throws ShapeError when it does not fit.
template <Differentiable X>
auto broadcast_to(X&& x, const Shape& shape, std::source_location where = std::source_location::current()) {
  return evaluate_at(where, op::BroadcastTo{shape}, std::forward<X>(x));
}
}  // namespace autograd
