// What picks elements or accumulates them along an axis: max, min, their positions, running sums; and the statistics
// that are composed of other functions.
#pragma once

#include <autograd/core/branches.hpp>
#include <autograd/core/complex_array.hpp>
#include <autograd/core/reduce_axis.hpp>
#include <autograd/op/arithmetic.hpp>
#include <autograd/op/reduction.hpp>
#include <autograd/op/selection.hpp>
#include <autograd/op/slicing.hpp>

namespace autograd {
namespace op {

/// y = x[i] at the extreme: dy = sum(share dx), where share is 1 there; over one axis the first of equals has it, over
/// all or several axes they split it evenly
template <int sign>
struct Extreme {
  static constexpr std::string_view name = sign > 0 ? "max" : "min";
  Axes axes;
  bool keepdims = false;
  auto value(const core::Array& x) const { return core::extreme(x, axes, keepdims, sign); }
  auto complex_value(const core::ComplexArray& x) const { return core::extreme(x, axes, keepdims, sign); }
  auto pullback(const auto& g, const auto&, const auto& x) const {
    return chosen(share(x), reshape(g, core::kept_shape(name, x.shape(), axes)));
  }
  auto pushforward(const auto&, const auto& x, const auto& dx) const {
    return sum(chosen(share(x), dx), axes, keepdims);
  }
  /// 1 where an element is an extreme of its slice.
  core::Array branch(const core::Array& x) const {
    return core::extreme_share(x, axes, sign, core::Ties::split).cast(boolean);
  }

 private:
  // The choice does not change nearby, so the share is a constant.
  template <class X>
  X share(const X& x) const {
    const bool one_axis = !axes.all() && axes.list().size() == 1;
    return X(core::extreme_share(x.data(), axes, sign, one_axis ? core::Ties::first : core::Ties::split));
  }
  // What was not chosen takes no part, not even with an infinite factor.
  static auto chosen(const auto& share, const auto& factor) { return where(share == 0.0, 0.0, share * factor); }
};
using Max = Extreme<1>;
using Min = Extreme<-1>;

/// y[i] = x[0] + ... + x[i] along an axis; the cotangent is summed from the other end
struct Cumsum {
  static constexpr std::string_view name = "cumsum";
  Index axis = 0;
  auto value(const core::Array& x) const { return core::cumsum(x, axis); }
  auto pullback(const auto& g, const auto&, const auto&) const {
    return flip(evaluate_at({}, Cumsum{axis}, flip(g, Axes(axis))), Axes(axis));
  }
};

}  // namespace op

/// The largest element over `axes` (all by default); NaN if there is one. Over one axis the gradient of a tie goes to
/// the first, over all or several it is split evenly. Throws ShapeError of nothing.
template <Differentiable X>
auto max(const X& x, Axes axes = {}, bool keepdims = false, SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::Max{axes, keepdims}, x);
}
/// The smallest element over `axes`; see max.
template <Differentiable X>
auto min(const X& x, Axes axes = {}, bool keepdims = false, SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::Min{axes, keepdims}, x);
}
/// The position (int64) of the largest element along an axis, or in the flattened tensor; the first of equals, the
/// first NaN if there is one. Throws ShapeError of nothing and for several axes.
template <Differentiable X>
auto argmax(const X& x, Axes axis = {}, bool keepdims = false, SourceLocation where = SourceLocation::current()) {
  const auto t = core::named(x, where);
  const core::Array index = core::extreme_index(t.data(), axis, keepdims, 1);
  if (core::BranchLog* log = core::BranchLog::active()) log->note("argmax", where, core::integers(index));
  return std::remove_const_t<decltype(t)>(index);
}
/// The position (int64) of the smallest element; see argmax.
template <Differentiable X>
auto argmin(const X& x, Axes axis = {}, bool keepdims = false, SourceLocation where = SourceLocation::current()) {
  const auto t = core::named(x, where);
  const core::Array index = core::extreme_index(t.data(), axis, keepdims, -1);
  if (core::BranchLog* log = core::BranchLog::active()) log->note("argmin", where, core::integers(index));
  return std::remove_const_t<decltype(t)>(index);
}
/// Running sums along an axis, added in float64; those of integers and truth values are int64. Throws ShapeError.
template <Differentiable X>
auto cumsum(const X& x, Index axis, SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::Cumsum{axis}, x);
}

namespace core {
/// sqrt(x), of which the slope at 0 counts as 0: a strong zero through `where`.
auto sqrt_flat_at_zero(const auto& x) { return where(x == 0.0, 0.0, sqrt(x)); }
}  // namespace core

/// The variance over `axes`: the sum of the squared distances from the mean, divided by n - ddof.
template <Differentiable X>
auto var(const X& x, Axes axes = {}, bool keepdims = false, double ddof = 0,
         SourceLocation where = SourceLocation::current()) {
  const auto t = core::named(x, where);
  using T = std::remove_const_t<decltype(t)>;
  // The mean of equal numbers may be off in its last digit: added to a first guess it is exact, and a constant has the
  // variance 0. The guess carries no derivative, which the mean of what is left then has in full.
  const T guess(mean(T(t.data()), axes, true).data());
  const T center(guess + mean(t - guess, axes, true, where), where);
  const T total = sum(square(t - center), axes, keepdims, where);
  const double n = static_cast<double>(t.size()) / static_cast<double>(core::count(total.shape()));
  return T(total * (1.0 / (n - ddof)), where);
}
/// The standard deviation, the square root of var; of a constant it is 0 and so is its gradient.
template <Differentiable X>
auto std(const X& x, Axes axes = {}, bool keepdims = false, double ddof = 0,
         SourceLocation where = SourceLocation::current()) {
  const auto v = var(x, axes, keepdims, ddof, where);
  return std::remove_const_t<decltype(v)>(core::sqrt_flat_at_zero(v), where);
}
/// The norm over `axes`, of order 2 (Euclidean, without overflow or underflow; its gradient at 0 is 0), 1 (the sum of
/// absolute values) or infinity (the largest). Throws DomainError for another order.
template <Differentiable X>
auto norm(const X& x, Axes axes = {}, bool keepdims = false, double order = 2,
          SourceLocation where = SourceLocation::current()) {
  const auto t = core::named(x, where);
  using T = std::remove_const_t<decltype(t)>;
  if (order == 1) return T(sum(abs(t), axes, keepdims, where));
  if (order == op::infinity) return T(max(abs(t), axes, keepdims, where));
  if (order != 2) throw DomainError("norm", "order " + std::to_string(order), "Orders are 1, 2 and infinity.");
  const core::Array scale = core::norm_scale(t.data(), axes);
  if (!scale) return T(core::sqrt_flat_at_zero(sum(square(t), axes, keepdims, where)), where);
  const T root(core::sqrt_flat_at_zero(sum(square(t * T(scale)), axes, true, where)), where);
  return T(reshape(root / T(scale), core::reduced(t.shape(), core::normalize_axes("norm", axes, t.rank()), keepdims),
                   where));
}

/// How many elements are not 0 over `axes`, as int64; of a boolean tensor, how many hold.
template <Differentiable X>
auto count_nonzero(const X& x, Axes axes = {}, bool keepdims = false,
                   SourceLocation where = SourceLocation::current()) {
  const auto t = core::named(x, where);
  using T = std::remove_const_t<decltype(t)>;
  return T(core::sum(t.data().cast(boolean), axes, keepdims, false));
}

}  // namespace autograd
