// Derivatives of functions: gradient, value_and_gradient, vjp, jvp, hvp.
//
//   ag::gradient([](ag::Var x) { return x * sin(x); }, 2.0);                        // a double
//   auto [gx, gy] = ag::gradient([](auto x, auto y) { return sum(x * y); }, X, Y);  // two tensors
//   ag::hvp(loss, x, v);                                                            // H v
//
// An argument may be a number, a Var, a std::vector<double> (the function receives Vars) or a Tensor; a function may
// return a number, a Var, a Tensor or an expression, or be an op. They nest: gradient inside gradient gives the second.
#pragma once

#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <autograd/evaluate.hpp>
#include <autograd/op/list.hpp>
#include <autograd/reverse/crossing.hpp>

namespace autograd {

namespace core {

// How each kind of argument becomes a variable, and how its gradient is handed back.
template <class X>
struct Argument {
  static_assert(sizeof(X) == 0, "an argument is a number, an ag::Var, a std::vector of these, or a tensor");
};
template <class X>
  requires std::is_arithmetic_v<X>
struct Argument<X> {
  using Variable = Var;
  static Var variable(Tape& t, const X& x) { return t.variable(Var(static_cast<double>(x))); }
  static double number(const Var& g) {
    if (g.tag())
      throw TapeError("gradient", "the gradient at a plain number depends on a variable of an outer tape",
                      "Give the argument as an ag::Var, so that the gradient is one too.");
    return g.value();
  }
  static double gradient(const Gradients& g, const Var& x) { return number(g[x]); }
  static double zero(const X&) { return 0; }
};
template <>
struct Argument<Var> {
  using Variable = Var;
  static Var variable(Tape& t, const Var& x) { return t.variable(x); }
  static Var gradient(const Gradients& g, const Var& x) { return g[x]; }
  static Var zero(const Var&) { return 0; }
};
template <class X>
struct Argument<std::vector<X>> {
  using Variable = std::vector<Var>;
  using Result = std::vector<decltype(Argument<X>::zero(X{}))>;
  static Variable variable(Tape& t, const std::vector<X>& x) {
    Variable v;
    for (const X& e : x) v.push_back(Argument<X>::variable(t, e));
    return v;
  }
  static Result gradient(const Gradients& g, const Variable& x) {
    Result r;
    for (const Var& e : x) r.push_back(Argument<X>::gradient(g, e));
    return r;
  }
  static Result zero(const std::vector<X>& x) { return Result(x.size()); }
};
template <>
struct Argument<Tensor> {
  using Variable = Tensor;
  static Tensor variable(Tape& t, const Tensor& x) { return t.variable(x); }
  static Tensor gradient(const Gradients& g, const Tensor& x) { return g[x]; }
  static Tensor zero(const Tensor& x) { return Tensor::zeros(x.shape(), x.dtype()); }
};

/// The kind of argument that X is: an xtensor expression or an unnamed expression counts as a Tensor.
template <class X>
using ArgumentType = std::conditional_t<TensorExpression<X> || XtensorExpression<X> || std::is_same_v<X, Parameter>,
                                        Tensor, std::conditional_t<ScalarExpression<X, double>, Var, X>>;
template <class X>
using argument_for = Argument<ArgumentType<std::remove_cvref_t<X>>>;

/// f(x...) with a name: a Var or a Tensor. An op is applied.
template <class F, class... X>
auto named_result(const F& f, const X&... x) {
  const auto call = [&] {
    if constexpr (std::is_invocable_v<const F&, const X&...>) {
      return f(x...);
    } else {
      static_assert(
          requires { F::name; },
          "the function cannot be called with what it would receive: an ag::Var for a number, a "
          "std::vector<ag::Var> for a std::vector<double>, an ag::Tensor for a tensor; and it is no op");
      return evaluate_at(SourceLocation{}, f, x...);
    }
  };
  using R = std::remove_cvref_t<decltype(call())>;
  // What has no name of the user's has no line of its own: the tape it is recorded on knows the nearest.
  if constexpr (TensorExpression<R>) return Tensor(call(), SourceLocation{});
  else if constexpr (ScalarExpression<R, double>) return Var(call(), SourceLocation{});
  else if constexpr (std::is_same_v<R, Tensor>) return call();
  else return Var(call());
}

/// One gradient by itself, several as a tuple.
template <class T>
T unwrap(std::tuple<T>&& t) {
  return std::get<0>(std::move(t));
}
template <class A, class B, class... Rest>
std::tuple<A, B, Rest...> unwrap(std::tuple<A, B, Rest...>&& t) {
  return std::move(t);
}

// <g, v> for the kinds of gradient there are.
inline Tensor inner_product(const Tensor& g, const Tensor& v) {
  if (!(g.shape() == v.shape()))
    throw ShapeError(
        "hvp", "a direction of shape " + to_string(v.shape()) + " for an argument of shape " + to_string(g.shape()));
  return sum(g * v, {}, false, SourceLocation{});
}
inline Var inner_product(const Var& g, double v) { return g * v; }
inline Var inner_product(const std::vector<Var>& g, const std::vector<double>& v) {
  if (g.size() != v.size())
    throw ShapeError("hvp", "a direction of " + std::to_string(v.size()) + " numbers for " + std::to_string(g.size()) +
                                " variables");
  Var sum = 0;
  for (std::size_t i = 0; i < g.size(); ++i) sum += g[i] * v[i];
  return sum;
}

// The gradients that a cotangent of the result gives.
template <class C>
Gradients pulled(const Tape& tape, const Tensor& y, const C& cotangent) {
  return tape.gradient(y, Tensor(cotangent));
}
template <class C>
Gradients pulled(const Tape& tape, const Var& y, const C& cotangent) {
  return tape.gradient(autograd::stack({y}), autograd::reshape(Tensor(Var(cotangent).value()), {1}));
}

// Runs f on a new tape; `pull` turns result and tape into gradients. A result that depends on no argument has none.
template <class Pull, class F, class... X>
auto differentiate(const Pull& pull, const F& f, const X&... x) {
  Tape tape{SourceLocation{}};
  const auto v = std::tuple<typename argument_for<X>::Variable...>{argument_for<X>::variable(tape, x)...};
  const auto y = std::apply([&](const auto&... a) { return named_result(f, a...); }, v);
  auto gradients = std::apply(
      [&](const auto&... a) {
        if (!tape.node(y)) return std::tuple{argument_for<X>::zero(ArgumentType<X>(x))...};
        const Gradients g = pull(tape, y);
        return std::tuple{argument_for<X>::gradient(g, a)...};
      },
      v);
  return std::pair{tape.primal(y), unwrap(std::move(gradients))};
}

}  // namespace core

/// The gradient of f, which returns a scalar, with respect to each argument: by itself for one, a tuple for several.
template <class F, class... X>
auto gradient(const F& f, const X&... x) {
  return core::differentiate([](const Tape& t, const auto& y) { return t.gradient(y); }, f, x...).second;
}

/// {f(x...), gradient}: the value is a Var or a Tensor.
template <class F, class... X>
auto value_and_gradient(const F& f, const X&... x) {
  return core::differentiate([](const Tape& t, const auto& y) { return t.gradient(y); }, f, x...);
}

/// The vector-Jacobian product: the cotangent of the result pulled back to each argument. f may be an op, which is then
/// checked alone: vjp(op::Sigmoid{}, dA, Z). Throws ShapeError when the cotangent does not fit the result.
template <class F, class C, class... X>
auto vjp(const F& f, const C& cotangent, const X&... x) {
  const auto pull = [&](const Tape& t, const auto& y) { return core::pulled(t, y, cotangent); };
  return core::differentiate(pull, f, x...).second;
}

/// A value and its derivative along a direction.
template <class Y>
struct ValueAndTangent {
  Y value, tangent;
};

/// The Jacobian-vector product of f at x along v, of the shape of the result. Numbers go through dual numbers where f
/// accepts them, unless a tape watches for anomalies; tensors run the recorded operations forwards. Throws ShapeError
/// or DtypeError unless v is like x.
template <class F, class X, class V>
auto jvp(const F& f, const X& x, const V& v) {
  if constexpr (std::is_arithmetic_v<X>) {
    const auto recorded = [&] {
      Tape tape{record_graph, SourceLocation{}};
      const Var a = tape.variable(Var(static_cast<double>(x)));
      const auto y = core::named_result(f, a);
      return ValueAndTangent<double>{y.value(),
                                     tape.pushforward({a}, {Var(static_cast<double>(v))}, {y}).front().value()};
    };
    if constexpr (!std::is_invocable_v<const F&, Dual<double>>) {
      return recorded();
    } else {
      if constexpr (std::is_invocable_v<const F&, Var>)
        if (Tape::active() && Tape::active()->watch()) return recorded();
      const Dual<double> y(f(Dual<double>(static_cast<double>(x), static_cast<double>(v))));
      return ValueAndTangent<double>{y.value, y.tangent};
    }
  } else {
    Tape tape{record_graph, SourceLocation{}};
    const Tensor a = tape.variable(Tensor(x));
    const Tensor y = core::named_result(f, a);
    return ValueAndTangent<Tensor>{tape.primal(y), tape.pushforward({a}, {Tensor(v)}, {y}).front()};
  }
}

/// The same for several arguments, given as tuples of tensors.
template <class F, class... X, class... V>
auto jvp(const F& f, const std::tuple<X...>& x, const std::tuple<V...>& v) {
  Tape tape{record_graph, SourceLocation{}};
  const auto a =
      std::apply([&](const auto&... e) { return std::array<Tensor, sizeof...(X)>{tape.variable(Tensor(e))...}; }, x);
  const Tensor y = std::apply([&](const auto&... e) { return core::named_result(f, e...); }, a);
  const auto t = std::apply([](const auto&... e) { return std::vector<Tensor>{Tensor(e)...}; }, v);
  return ValueAndTangent<Tensor>{tape.primal(y), tape.pushforward({a.begin(), a.end()}, t, {y}).front()};
}

/// The Hessian of f, which returns a scalar, times v: the gradient of <gradient of f, v>. x and v are both numbers,
/// both std::vector<double> or both tensors.
template <class F, class X, class V>
auto hvp(const F& f, const X& x, const V& v) {
  return gradient([&](const auto& u) { return core::inner_product(gradient(f, u), v); }, x);
}

}  // namespace autograd
