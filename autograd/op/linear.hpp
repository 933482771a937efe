// Linear algebra that is a product: matmul, dot, outer.
#pragma once

#include <autograd/core/blas.hpp>
#include <autograd/op/arithmetic.hpp>
#include <autograd/op/reduction.hpp>

namespace autograd {
namespace op {

/// y = a b: da = g b', db = a' g, summed over repeated batches. A cotangent lies in memory as its argument does: for
/// y = x W' that of W' is column-major, so that of W is row-major, like W.
struct Matmul {
  static constexpr std::string_view name = "matmul";
  bool column_major = false;
  auto value(const core::Array& a, const core::Array& b) const { return core::matmul(a, b, column_major); }
  auto pullback(const auto& g, const auto&, const auto& a, const auto& b) const {
    // Vectors are rows on the left and columns on the right; seen so, they need no rules of their own.
    const core::ProductShapes s = core::product_shapes(a.shape(), b.shape());
    return cotangents(
        [=] {
          const auto da = evaluate(Matmul{core::is_column_major(a.data())}, reshape(g, s.result),
                                   swapaxes(reshape(b, s.rhs), -1, -2));
          return reshape(sum_to(da, s.lhs), a.shape());
        },
        [=] {
          const auto db = evaluate(Matmul{core::is_column_major(b.data())}, swapaxes(reshape(a, s.lhs), -1, -2),
                                   reshape(g, s.result));
          return reshape(sum_to(db, s.rhs), b.shape());
        });
  }
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
