// Diagonals and triangles of matrices.
#pragma once

#include <autograd/op/layout.hpp>

namespace autograd {
namespace op {

/// y[i] = x[i, i + k], or x[i - k, i] for k < 0
struct Diagonal {
  static constexpr std::string_view name = "diagonal";
  Index k = 0;
  auto value(const core::Array& x) const { return core::diagonal(x, k); }
  auto pullback(const auto& g, const auto&, const auto& x) const { return diagonal_matrix(g, x.shape(), k); }
};

/// y[i, i + k] = x[i], zero elsewhere
struct DiagonalMatrix {
  static constexpr std::string_view name = "diagonal_matrix";
  Shape shape;
  Index k = 0;
  auto value(const core::Array& x) const { return core::diagonal_matrix(x, shape, k); }
  auto pullback(const auto& g, const auto&, const auto&) const { return diagonal(g, k); }
};

/// y[i, j] = x[i, j] where j <= i + k, else 0
struct Tril {
  static constexpr std::string_view name = "tril";
  Index k = 0;
  auto value(const core::Array& x) const { return core::triangle(name, x, k, true); }
  auto pullback(const auto& g, const auto&, const auto&) const { return tril(g, k); }
};

/// y[i, j] = x[i, j] where j >= i + k, else 0
struct Triu {
  static constexpr std::string_view name = "triu";
  Index k = 0;
  auto value(const core::Array& x) const { return core::triangle(name, x, k, false); }
  auto pullback(const auto& g, const auto&, const auto&) const { return triu(g, k); }
};

}  // namespace op

/// The k-th diagonal of a matrix as a vector; a view. Throws ShapeError unless x has two axes.
template <Differentiable X>
auto diagonal(X&& x, Index k = 0, SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::Diagonal{k}, std::forward<X>(x));
}
/// A matrix of that shape with the vector x on its k-th diagonal, zero elsewhere. Throws ShapeError unless x fits.
template <Differentiable X>
auto diagonal_matrix(X&& x, const Shape& shape, Index k = 0, SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::DiagonalMatrix{shape, k}, std::forward<X>(x));
}
/// Of a vector, the square matrix with it on the k-th diagonal; of a matrix, its k-th diagonal. Throws ShapeError.
template <Differentiable X>
auto diag(X&& x, Index k = 0, SourceLocation where = SourceLocation::current()) {
  const auto t = core::named(x, where);
  return t.rank() == 1 ? diagonal_matrix(t, core::square_around(t.size(), k), k, where) : diagonal(t, k, where);
}
/// The lower triangle of the last two axes: zero above the k-th diagonal. Throws ShapeError for less than two axes.
template <Differentiable X>
auto tril(X&& x, Index k = 0, SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::Tril{k}, std::forward<X>(x));
}
/// The upper triangle of the last two axes: zero below the k-th diagonal. Throws ShapeError for less than two axes.
template <Differentiable X>
auto triu(X&& x, Index k = 0, SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::Triu{k}, std::forward<X>(x));
}

}  // namespace autograd
