// Linear algebra that is a product: matmul, dot, outer.
#pragma once

#include <autograd/core/blas.hpp>
#include <autograd/op/arithmetic.hpp>
#include <autograd/op/reduction.hpp>

namespace autograd {
namespace op {

/// y = a b: da = g b', db = a' g, summed over repeated batches; each argument may be read transposed. A cotangent lies
/// in memory as its argument does: for y = x W' that of W' is column-major, so that of W is row-major, like W.
struct Matmul {
  static constexpr std::string_view name = "matmul";
  core::ProductOptions options{};
  auto value(const core::Array& a, const core::Array& b) const { return core::matmul(a, b, options); }
  auto pullback(const auto& g, const auto&, const auto& a, const auto& b) const {
    const bool matrices = a.rank() == 2 && b.rank() == 2;
    const bool ta = options.lhs_transposed && a.rank() > 1, tb = options.rhs_transposed && b.rank() > 1;
    return cotangents(
        [=] {
          const bool like_a = core::is_column_major(a.data());
          if (!matrices) return turned(left(g, turned(a, ta), turned(b, tb), like_a != ta), ta);
          return ta ? evaluate(Matmul{{tb, true, like_a}}, b, g) : evaluate(Matmul{{false, !tb, like_a}}, g, b);
        },
        [=] {
          const bool like_b = core::is_column_major(b.data());
          if (!matrices) return turned(right(g, turned(a, ta), turned(b, tb), like_b != tb), tb);
          return tb ? evaluate(Matmul{{true, ta, like_b}}, g, a) : evaluate(Matmul{{!ta, false, like_b}}, a, g);
        });
  }

 private:
  // Vectors are rows on the left and columns on the right; seen so, they need no rules of their own.
  static auto left(const auto& g, const auto& a, const auto& b, bool column_major) {
    const core::ProductShapes s = core::product_shapes(a.shape(), b.shape());
    const auto da = evaluate(Matmul{{false, true, column_major}}, reshape(g, s.result), reshape(b, s.rhs));
    return reshape(sum_to(da, s.lhs), a.shape());
  }
  static auto right(const auto& g, const auto& a, const auto& b, bool column_major) {
    const core::ProductShapes s = core::product_shapes(a.shape(), b.shape());
    const auto db = evaluate(Matmul{{true, false, column_major}}, reshape(a, s.lhs), reshape(g, s.result));
    return reshape(sum_to(db, s.rhs), b.shape());
  }
  static auto turned(const auto& x, bool transposed) { return transposed ? swapaxes(x, -1, -2) : x; }
};

}  // namespace op

/// The product of matrices (m, k) and (k, n), as NumPy's: a vector is a row on the left and a column on the right, and
/// leaves no axis in the result; axes before the last two are batches and broadcast. Transposed views are not copied.
/// Throws ShapeError, and DtypeError unless both are float32 or both float64.
template <class A, class B>
  requires(Differentiable<A> || Differentiable<B>)
auto matmul(A&& a, B&& b, SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::Matmul{}, std::forward<A>(a), std::forward<B>(b));
}
/// x w' for inputs (..., in) and weights (out, in): a linear layer without its bias, one operation with one rule.
/// Throws as matmul.
template <class X, class W>
  requires(Differentiable<X> || Differentiable<W>)
auto linear(X&& x, W&& w, SourceLocation where = SourceLocation::current()) {
  return evaluate_at(where, op::Matmul{{.rhs_transposed = true}}, std::forward<X>(x), std::forward<W>(w));
}
/// The inner product of two vectors (n,), a number. Throws ShapeError for anything else, DtypeError as matmul.
template <class A, class B>
  requires(Differentiable<A> || Differentiable<B>)
auto dot(const A& a, const B& b, SourceLocation where = SourceLocation::current()) {
  const auto lhs = core::named(a, where);
  const auto rhs = core::named(b, where);
  if (lhs.rank() != 1 || !(lhs.shape() == rhs.shape()))
    throw ShapeError(
        "dot", "needs two vectors of one length, got lhs " + to_string(lhs.shape()) + ", rhs " + to_string(rhs.shape()),
        "For matrices there is matmul.");
  return matmul(lhs, rhs, where);
}
/// All products a[i] * b[j] of two vectors (m,) and (n,), as an unnamed expression of shape (m, n). Throws ShapeError.
template <class A, class B>
  requires(Differentiable<A> || Differentiable<B>)
auto outer(const A& a, const B& b, SourceLocation where = SourceLocation::current()) {
  const auto lhs = core::named(a, where);
  const auto rhs = core::named(b, where);
  if (lhs.rank() != 1 || rhs.rank() != 1)
    throw ShapeError("outer",
                     "needs two vectors, got lhs " + to_string(lhs.shape()) + ", rhs " + to_string(rhs.shape()),
                     "flatten gives a vector.");
  return reshape(lhs, {-1, 1}, where) * rhs;
}

}  // namespace autograd
