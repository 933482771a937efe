// The softmax family: exponentials over their sum, and the logarithms that classification is computed with.
#pragma once

#include <autograd/core/complex_array.hpp>
#include <autograd/core/softmax.hpp>
#include <autograd/op/arithmetic.hpp>
#include <autograd/op/comparison.hpp>
#include <autograd/op/exponential.hpp>
#include <autograd/op/indexing.hpp>
#include <autograd/op/layout.hpp>
#include <autograd/op/reduction.hpp>
#include <autograd/op/selection.hpp>

namespace autograd {
namespace op {

/// y = exp(x) / sum exp(x): dy = y (dx - sum(y dx)), and the same for the cotangent
struct Softmax {
  static constexpr std::string_view name = "softmax";
  Index axis = -1;
  auto value(const core::Array& x) const { return core::softmax(x, axis, false); }
  auto complex_value(const core::ComplexArray& x) const { return core::softmax(x, axis, false); }
  auto pullback(const auto& g, const auto& y, const auto&) const { return y * (g - sum(y * g, axis, true)); }
  auto pushforward(const auto& y, const auto&, const auto& dx) const { return y * (dx - sum(y * dx, axis, true)); }
};

/// y = x - log sum exp(x): dy = dx - sum(exp(y) dx); for the cotangent dx = g - exp(y) sum(g)
struct LogSoftmax {
  static constexpr std::string_view name = "log_softmax";
  Index axis = -1;
  auto value(const core::Array& x) const { return core::softmax(x, axis, true); }
  auto complex_value(const core::ComplexArray& x) const { return core::softmax(x, axis, true); }
  auto pullback(const auto& g, const auto& y, const auto&) const { return g - exp(y) * sum(g, axis, true); }
  auto pushforward(const auto& y, const auto&, const auto& dx) const { return dx - sum(exp(y) * dx, axis, true); }
};

/// y = log sum exp(x): dy = sum(exp(x - y) dx). Infinite y: 0 if all x are -inf, else an even split among the x = +inf
struct Logsumexp {
  static constexpr std::string_view name = "logsumexp";
  Axes axes;
  bool keepdims = false;
  auto value(const core::Array& x) const { return core::logsumexp(x, axes, keepdims); }
  auto complex_value(const core::ComplexArray& x) const { return core::logsumexp(x, axes, keepdims); }
  auto pullback(const auto& g, const auto& y, const auto& x) const {
    const Shape kept = core::kept_shape(name, x.shape(), axes);
    return reshape(g, kept) * weights(reshape(y, kept), x);
  }
  auto pushforward(const auto& y, const auto& x, const auto& dx) const {
    return sum(weights(reshape(y, core::kept_shape(name, x.shape(), axes)), x) * dx, axes, keepdims);
  }

 private:
  auto weights(const auto& y, const auto& x) const {
    // Only numbers go through exp: unchosen, inf would still make NaN of the derivative of the derivative.
    const auto finite = abs(y) < infinity;
    const auto tied = where(x == y, 1.0, 0.0);
    return where(finite, exp(where(finite, x - y, 0.0)), where(y == -infinity, 0.0, tied / sum(tied, axes, true)));
  }
};

/// z = f (p - chosen) with p = softmax(x) and `chosen` 1 at the labels: the slope of cross_entropy(x) times f.
/// dz = df (p - chosen) + f p (dx - sum(p dx)), where sum(p dx) = dx[label] + sum((p - chosen) dx) keeps the digits of
/// a p beside 1
struct CrossEntropySlope {
  static constexpr std::string_view name = "cross_entropy_slope";
  core::Array labels;  // (n,) int64, for x (n, classes) and f (n, classes) or (n, 1)
  auto value(const core::Array& f, const core::Array& x) const { return core::cross_entropy_slope(f, x, labels); }
  auto pullback(const auto& g, const auto&, const auto& f, const auto& x) const {
    return cotangents([=, this] { return sum_to(evaluate(*this, g, x), f.shape()); },
                      [=, this] {
                        using T = std::remove_cvref_t<decltype(x)>;
                        const T q = g * f * evaluate(Softmax{1}, x), total = sum(q, 1, true);
                        const T chosen = where(T(column()) == T::arange(x.shape()[1], x.dtype()), 1.0, 0.0);
                        return q - chosen * total - evaluate(*this, total, x);
                      });
  }
  auto pushforward(const auto&, const auto& f, const auto& x, const auto& df, const auto& dx) const {
    const auto moved = dx - evaluate(Gather{column(), 1}, dx) - sum(evaluate(*this, dx, x), 1, true);
    return evaluate(*this, df, x) + f * evaluate(Softmax{1}, x) * moved;
  }

 private:
  core::Array column() const { return core::reshape(labels, {-1, 1}); }
};

/// y[i] = -log softmax(x[i])[label[i]]: dy[i] = sum_j (softmax(x[i])[j] - (j == label[i])) dx[i, j]
struct CrossEntropy {
  static constexpr std::string_view name = "cross_entropy";
  core::Array labels;  // (n,) int64, for x (n, classes)
  auto value(const core::Array& x) const { return core::cross_entropy(x, labels); }
  auto complex_value(const core::ComplexArray& x) const { return core::cross_entropy(x, labels); }
  auto pullback(const auto& g, const auto&, const auto& x) const {
    return evaluate(CrossEntropySlope{labels}, reshape(g, {-1, 1}), x);
  }
  auto pushforward(const auto&, const auto& x, const auto& dx) const {
    return sum(evaluate(CrossEntropySlope{labels}, dx, x), 1);
  }
  core::Array value_and_pullback(double g, const core::Array& x, core::Array& dx) const {
    return core::cross_entropy(x, labels, g, dx);
  }
};

}  // namespace op

/// exp(x) / sum exp(x) along an axis (the last by default), of the shape of x. Exact for large and for -inf scores; a
/// slice of -inf alone gives NaN. Throws ShapeError, DtypeError.
template <Differentiable X>
auto softmax(X&& x, Index axis = -1, SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::Softmax{axis}, std::forward<X>(x));
}
/// log(softmax(x)), without its loss of digits. Throws ShapeError, DtypeError.
template <Differentiable X>
auto log_softmax(X&& x, Index axis = -1, SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::LogSoftmax{axis}, std::forward<X>(x));
}
/// -log(softmax(x)) at the label of each row: x (n, classes), labels (n,) int64, result (n,). Throws ShapeError,
/// DtypeError, and DomainError for a label that is no class.
template <Differentiable X>
auto cross_entropy(X&& x, const Indices& labels, SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::CrossEntropy{labels.array()}, std::forward<X>(x));
}
/// log sum exp(x) over `axes` (all by default); -inf of nothing. Throws ShapeError, DtypeError.
template <Differentiable X>
auto logsumexp(X&& x, const Axes& axes = {}, bool keepdims = false, SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::Logsumexp{axes, keepdims}, std::forward<X>(x));
}

}  // namespace autograd
