// Reductions: over all axes, one or several; negative axes count from the end.
#pragma once

#include <autograd/core/reduce.hpp>
#include <autograd/op/layout.hpp>
#include <autograd/op/math.hpp>

namespace autograd {
namespace op {

/// y = sum of x over axes; the cotangent is repeated along them
struct Sum {
  static constexpr std::string_view name = "sum";
  static constexpr bool mean = false;
  Axes axes;
  bool keepdims = false;
  auto value(const core::Array& x) const { return core::sum(x, axes, keepdims, false); }
  auto pullback(const auto& g, const auto&, const auto& x) const {
    return broadcast_to(reshape(g, core::kept_shape(name, x.shape(), axes)), x.shape());
  }
};

/// y = sum of x over axes / number of elements summed
struct Mean {
  static constexpr std::string_view name = "mean";
  static constexpr bool mean = true;
  Axes axes;
  bool keepdims = false;
  auto value(const core::Array& x) const { return core::sum(x, axes, keepdims, true); }
  auto pullback(const auto& g, const auto& y, const auto& x) const {
    const double share = static_cast<double>(y.size()) / static_cast<double>(x.size());
    return Sum{axes, keepdims}.pullback(g * share, y, x);
  }
};

}  // namespace op

/// The sum over `axes` (all by default). An unnamed expression is summed as it is evaluated, and never stored.
template <Differentiable X>
auto sum(X&& x, Axes axes = {}, bool keepdims = false, SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::Sum{axes, keepdims}, std::forward<X>(x));
}
/// The mean over `axes` (all by default); NaN of nothing.
template <Differentiable X>
auto mean(X&& x, Axes axes = {}, bool keepdims = false, SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::Mean{axes, keepdims}, std::forward<X>(x));
}

/// The sum of x over whatever broadcasting repeated, so that it has the shape `to`.
template <Differentiable X>
auto sum_to(const X& x, const Shape& to, SourceLocation where = SourceLocation::current()) {
  if (x.shape() == to) return core::named(x, where);
  return reshape(sum(x, Axes(core::repeated_axes(to, x.shape())), true, where), to, where);
}

}  // namespace autograd
