// Whole matrices of derivatives: jacobian and hessian.
//
//   auto polar = []<class N>(const std::array<N, 2>& p) {
//     return std::array<N, 2>{p[0] * cos(p[1]), p[0] * sin(p[1])};
//   };
//   ag::jacobian(polar, std::array{2.0, 0.5})[1][0];      // d(r sin phi)/dr; nothing is allocated
//   ag::hessian(rosenbrock, std::vector{-1.2, 1.0});      // a Tensor of shape (2, 2)
//
// A Jacobian with few columns is computed forwards, by dual numbers that carry the derivatives along many inputs at
// once; one with few rows in reverse (Griewank and Walther 2008, chapter 3). Which of the two a function can do, it
// says by what it accepts: a generic one takes both kinds of number and gets what is cheaper, one of Vars always goes
// in reverse.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

#include <autograd/functional.hpp>

namespace autograd {

/// f(x) and its Jacobian: of numbers in arrays jacobian[i][j] is d f_i / d x_j, of numbers in vectors both are Tensors.
template <class Y, class J>
struct ValueAndJacobian {
  Y value;
  J jacobian;
};

namespace core {

/// Inputs whose derivatives one pass over a long list carries.
inline constexpr std::size_t jacobian_chunk = 16;

// In evaluations of f: a pass with a chunk of derivatives costs about three, a recording twenty, a sweep for a row ten.
constexpr bool forward_is_cheaper(std::size_t inputs, std::size_t results) {
  return 3 * ((inputs + jacobian_chunk - 1) / jacobian_chunk) <= 20 + 10 * results;
}

template <std::size_t n>
using DualAlong = Dual<double, Directions<double, n>>;
template <class F, class X>
inline constexpr bool accepts = std::is_invocable_v<const F&, const X&>;

// The results of f as a list of N.
template <class N, class Y>
std::vector<N> listed(const Y& y) {
  if constexpr (requires { y.begin(); }) return std::vector<N>(y.begin(), y.end());
  else return {N(y)};
}

// A matrix row by row, and what it is the Jacobian of.
struct JacobianRows {
  std::size_t columns;
  std::vector<double> value, entries;

  void resize(std::size_t rows) { value.resize(rows), entries.resize(rows * columns); }
  double& operator()(std::size_t i, std::size_t j) { return entries[i * columns + j]; }
  ValueAndJacobian<Tensor, Tensor> tensors() const {
    const auto m = static_cast<Index>(value.size()), n = static_cast<Index>(columns);
    return {Tensor::of(value, {m}), Tensor::of(entries, {m, n})};
  }
};

// The columns from `first` on that fit in a chunk.
template <class F>
void jacobian_forwards(const F& f, const std::vector<double>& x, std::size_t first, JacobianRows& j) {
  using N = DualAlong<jacobian_chunk>;
  std::vector<N> v(x.begin(), x.end());
  const std::size_t last = std::min(x.size(), first + jacobian_chunk);
  for (std::size_t k = first; k < last; ++k) v[k].tangent = N::Tangent::unit(k - first);
  const auto y = listed<N>(f(std::as_const(v)));
  j.resize(y.size());
  for (std::size_t i = 0; i < y.size(); ++i) {
    j.value[i] = y[i].value;
    for (std::size_t k = first; k < last; ++k) j(i, k) = y[i].tangent[k - first];
  }
}

template <class F>
void jacobian_in_reverse(const F& f, const std::vector<double>& x, JacobianRows& j) {
  Tape tape;
  const auto v = Argument<std::vector<double>>::variable(tape, x);
  const auto y = listed<Var>(f(v));
  j.resize(y.size());
  for (std::size_t i = 0; i < y.size(); ++i) {
    j.value[i] = y[i].value();
    if (!tape.node(y[i])) continue;
    const auto row = Argument<std::vector<double>>::gradient(tape.gradient(y[i]), v);
    std::copy(row.begin(), row.end(), j.entries.begin() + static_cast<std::ptrdiff_t>(i * j.columns));
  }
}

// Element k of as many as `like` has is 1, the others 0.
inline Tensor unit_tensor(Index k, const Tensor& like) {
  std::vector<double> e(static_cast<std::size_t>(like.size()));
  e[static_cast<std::size_t>(k)] = 1;
  return autograd::reshape(Tensor(Tensor::of(e, {like.size()}).data().cast(like.dtype())), like.shape());
}

// The gradients of all elements of a tensor, stacked: of shape y.shape + x.shape.
inline Tensor stacked(const std::vector<Tensor>& rows, const Tensor& y, const Tensor& x) {
  Shape shape = y.shape();
  for (const Index n : x.shape()) shape.push_back(n);
  return rows.empty() ? Tensor::zeros(shape, x.dtype()) : autograd::reshape(autograd::stack(rows), shape);
}

// How many numbers f returns for an X.
template <class F, class X>
inline constexpr std::size_t result_count =
    std::tuple_size_v<std::remove_cvref_t<std::invoke_result_t<const F&, const X&>>>;

template <class F, std::size_t n>
constexpr bool goes_forwards() {
  using Forward = std::array<DualAlong<n>, n>;
  if constexpr (!accepts<F, Forward>) return false;
  else if constexpr (!accepts<F, std::array<Var, n>>) return true;
  else return forward_is_cheaper(n, result_count<F, Forward>);
}

}  // namespace core

/// f(x) and the Jacobian of f, which takes a std::array of numbers and returns one: d f_i / d x_j in row i. Values of
/// fixed size, which need no memory but the stack where the derivatives go forwards.
template <class F, std::size_t n>
auto value_and_jacobian(const F& f, const std::array<double, n>& x) {
  using N = std::conditional_t<core::goes_forwards<F, n>(), core::DualAlong<n>, Var>;
  constexpr std::size_t m = core::result_count<F, std::array<N, n>>;
  ValueAndJacobian<std::array<double, m>, std::array<std::array<double, n>, m>> result;
  std::array<N, n> v;
  if constexpr (std::is_same_v<N, Var>) {
    Tape tape;
    for (std::size_t k = 0; k < n; ++k) v[k] = tape.variable(x[k]);
    const auto named = [](const auto&... e) { return std::array<Var, m>{Var(e)...}; };
    const std::array<Var, m> y = std::apply(named, f(std::as_const(v)));
    for (std::size_t i = 0; i < m; ++i) {
      result.value[i] = y[i].value();
      result.jacobian[i] = {};
      if (!tape.node(y[i])) continue;
      const Gradients g = tape.gradient(y[i]);
      for (std::size_t k = 0; k < n; ++k) result.jacobian[i][k] = core::Argument<double>::gradient(g, v[k]);
    }
  } else {
    for (std::size_t k = 0; k < n; ++k) v[k] = {x[k], N::Tangent::unit(k)};
    const auto y = f(std::as_const(v));
    for (std::size_t i = 0; i < m; ++i) {
      result.value[i] = y[i].value;
      std::copy_n(y[i].tangent.along.begin(), n, result.jacobian[i].begin());
    }
  }
  return result;
}

/// The same for a std::vector of n numbers and a function that returns m in a container: tensors of shapes (m) and
/// (m, n).
template <class F>
ValueAndJacobian<Tensor, Tensor> value_and_jacobian(const F& f, const std::vector<double>& x) {
  core::JacobianRows j{x.size(), {}, {}};
  if constexpr (core::accepts<F, std::vector<core::DualAlong<core::jacobian_chunk>>>) {
    // The first pass says how many results there are.
    core::jacobian_forwards(f, x, 0, j);
    if constexpr (core::accepts<F, std::vector<Var>>)
      if (!core::forward_is_cheaper(x.size(), j.value.size())) {
        core::jacobian_in_reverse(f, x, j);
        return j.tensors();
      }
    for (std::size_t k = core::jacobian_chunk; k < x.size(); k += core::jacobian_chunk)
      core::jacobian_forwards(f, x, k, j);
  } else {
    core::jacobian_in_reverse(f, x, j);
  }
  return j.tensors();
}

/// The same for a function from a tensor to one: the Jacobian has the shape of the result followed by that of x, as in
/// JAX. It is computed in reverse, element by element of the result.
template <class F>
ValueAndJacobian<Tensor, Tensor> value_and_jacobian(const F& f, const Tensor& x) {
  Tape tape;
  const Tensor v = tape.variable(x);
  const Tensor y = core::named_result(f, v), value = tape.primal(y);
  std::vector<Tensor> rows;
  for (Index i = 0; i < y.size(); ++i)
    rows.push_back(tape.node(y) ? tape.gradient(y, core::unit_tensor(i, value))[v]
                                : Tensor::zeros(x.shape(), x.dtype()));
  return {value, core::stacked(rows, value, x)};
}

/// The Jacobian of f alone; see value_and_jacobian.
template <class F, class X>
auto jacobian(const F& f, const X& x) {
  return value_and_jacobian(f, x).jacobian;
}

/// The matrix of second derivatives of f, which returns a scalar, at n numbers: a tensor of shape (n, n). For a generic
/// function a tape of dual numbers goes forward over reverse for a few columns at once; one of Vars goes twice in
/// reverse for each row.
template <class F>
Tensor hessian(const F& f, const std::vector<double>& x) {
  core::JacobianRows h{x.size(), {}, {}};
  h.resize(x.size());
  constexpr std::size_t chunk = 8;
  using N = core::DualAlong<chunk>;
  if constexpr (core::accepts<F, std::vector<BasicVar<N>>>) {
    for (std::size_t first = 0; first < x.size(); first += chunk) {
      BasicTape<N> tape;
      std::vector<BasicVar<N>> v;
      for (std::size_t k = 0; k < x.size(); ++k)
        v.push_back(tape.variable(k - first < chunk ? N(x[k], N::Tangent::unit(k - first)) : N(x[k])));
      const BasicVar<N> y(f(std::as_const(v)));
      if (y.tag() != tape.tag()) break;
      const auto g = tape.gradient(y);
      for (std::size_t i = 0; i < x.size(); ++i)
        for (std::size_t k = first; k < std::min(x.size(), first + chunk); ++k) h(i, k) = g[v[i]].tangent[k - first];
    }
  } else {
    std::vector<double> unit(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      unit[i] = 1;
      const std::vector<double> row = hvp(f, x, unit);
      std::copy(row.begin(), row.end(), h.entries.begin() + static_cast<std::ptrdiff_t>(i * h.columns));
      unit[i] = 0;
    }
  }
  return h.tensors().jacobian;
}

/// The same at a tensor: of the shape of x twice. Each element of x takes two sweeps.
template <class F>
Tensor hessian(const F& f, const Tensor& x) {
  std::vector<Tensor> rows;
  for (Index i = 0; i < x.size(); ++i) rows.push_back(hvp(f, x, core::unit_tensor(i, x)));
  return core::stacked(rows, x, x);
}

}  // namespace autograd
