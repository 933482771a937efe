// The product over axes. Its derivative is the product of the other factors: exact where factors are 0, to any order.
#pragma once

#include <autograd/core/complex_array.hpp>
#include <autograd/core/product.hpp>
#include <autograd/op/joining.hpp>

namespace autograd {
namespace op {

/// y[i] = product of x[k] for all k but i: dy[i] = sum of dx[j] (product of all but i and j), and the same for the
/// cotangent
struct ProductOfOthers {
  static constexpr std::string_view name = "product_of_others";
  Axes axes;
  auto value(const core::Array& x) const { return core::product_of_others(x, axes); }
  auto pullback(const auto& g, const auto&, const auto& x) const { return along(x, g); }
  auto pushforward(const auto&, const auto& x, const auto& dx) const { return along(x, dx); }

 private:
  // Products p of ever more elements and their derivatives q, by halves; then back to the single elements, each of
  // which gets what it is not in: o = (o of the whole) * p of the other half.
  template <class X>
  X along(const X& x, const X& dx) const {
    const Shape over = core::normalize_axes(name, axes, x.rank());
    Shape order;
    for (Index d = 0; d < static_cast<Index>(x.rank()); ++d)
      if (!is_in(over, d)) order.push_back(d);
    for (Index d : over) order.push_back(d);
    const X turned = transpose(x, Axes(order));
    const Index rows = core::count(core::reduced(x.shape(), over, false)), n = rows ? x.size() / rows : 0;
    if (x.size() == 0) return dx * 0.0;
    Index size = 1;
    while (size < n) size *= 2;
    const core::Padding widths{{0, 0}, {0, size - n}};
    std::vector<X> p{pad(reshape(turned, {rows, n}), widths, 1)};
    std::vector<X> q{pad(reshape(transpose(dx, Axes(order)), {rows, n}), widths, 0)};
    for (Index half = size / 2; half > 0; half /= 2) {
      const X l = part(p.back(), 0, half), r = part(p.back(), half, half);
      const X dl = part(q.back(), 0, half), dr = part(q.back(), half, half);
      p.push_back(l * r), q.push_back(dl * r + l * dr);
    }
    X o = X::ones({rows, 1}, x.dtype()), d = X::zeros({rows, 1}, x.dtype());
    for (std::size_t level = p.size() - 1; level-- > 0;) {
      const Index half = p[level].shape()[1] / 2;
      const X l = part(p[level], 0, half), r = part(p[level], half, half);
      const X dl = part(q[level], 0, half), dr = part(q[level], half, half);
      d = concatenate(std::vector<X>{d * r + o * dr, d * l + o * dl}, 1);
      o = concatenate(std::vector<X>{o * r, o * l}, 1);
    }
    const Shape back = core::inverse(order);
    return transpose(reshape(part(d, 0, n), turned.shape()), Axes(back));
  }
  template <class X>
  static X part(const X& x, Index start, Index count) {
    return slice(x, all, range(start, start + count));
  }
  static bool is_in(const Shape& list, Index d) {
    for (Index e : list)
      if (e == d) return true;
    return false;
  }
};

/// y = product of x: dy = sum of dx[i] (product of all but i)
struct Prod {
  static constexpr std::string_view name = "prod";
  Axes axes;
  bool keepdims = false;
  auto value(const core::Array& x) const { return core::product_over(x, axes, keepdims); }
  auto complex_value(const core::ComplexArray& x) const { return core::product_over(x, axes, keepdims); }
  auto pullback(const auto& g, const auto&, const auto& x) const {
    return reshape(g, core::kept_shape(name, x.shape(), axes)) * evaluate_at({}, ProductOfOthers{axes}, x);
  }
  auto pushforward(const auto&, const auto& x, const auto& dx) const {
    return sum(evaluate_at({}, ProductOfOthers{axes}, x) * dx, axes, keepdims);
  }
};

}  // namespace op

/// The product over `axes` (all by default), formed in float64; 1 of nothing. Throws ShapeError, and DtypeError unless
/// x is floating.
template <Differentiable X>
auto prod(const X& x, Axes axes = {}, bool keepdims = false, SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::Prod{axes, keepdims}, x);
}

}  // namespace autograd
