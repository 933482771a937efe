// gradcheck: is the gradient right? Every way to read a derivative, element by element, side by side.
//
//   CHECK(ag::gradcheck([](ag::Tensor x) { return sum(x * tanh(x)); }, X));    // a function at a point
//   std::cout << ag::gradcheck(model, loss, images);                           // a model, parameter by parameter
//   CHECK(ag::gradcheck(MyOp{}));                                              // an op, over its own domain
//   CHECK(ag::gradgradcheck(f, X));                                            // second derivatives
//
// The readings: reverse; forward; central differences, with a step of its own for each element and an estimate of their
// error; the complex step, where every op on the way accepts complex numbers; for a single op also differences with 33
// digits. An element whose differences would straddle a kink is judged by the slopes on both sides. After a failure
// the report names the operation whose rule is wrong. Everything runs in float64, also for float32 arguments and
// models. The report is a value: it converts to bool, prints, can be walked and written as a table.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <autograd/check/op_check.hpp>
#include <autograd/check/options.hpp>
#include <autograd/check/report.hpp>
#include <autograd/functional.hpp>
#include <autograd/reverse/visitor.hpp>

namespace autograd {
namespace core {

/// A function of tensors as the checker sees it: its result is computed from all arguments.
using CheckedFunction = std::function<Tensor(const std::vector<Tensor>&)>;
GradcheckReport check_gradient(const CheckedFunction& f, const std::vector<Tensor>& x, std::vector<std::string> names,
                               const GradcheckOptions& options);
GradcheckReport check_hessian(const CheckedFunction& f, const std::vector<Tensor>& x, std::vector<std::string> names,
                              const GradcheckOptions& options);

/// The same for parameters that the loss reads by itself.
GradcheckReport check_model(const std::vector<Parameter*>& parameters, std::vector<std::string> names,
                            const std::function<Tensor()>& loss, const GradcheckOptions& options);
GradcheckReport check_model_hessian(const std::vector<Parameter*>& parameters, std::vector<std::string> names,
                                    const std::function<Tensor()>& loss, const GradcheckOptions& options);

/// A number, a vector of numbers or a tensor as a float64 tensor, and back as what the function takes.
inline Tensor as_checked(double x) { return Tensor(x); }
inline Tensor as_checked(const Var& x) { return Tensor(x.value()); }
inline Tensor as_checked(const std::vector<double>& x) { return Tensor::of(x, {static_cast<Index>(x.size())}); }
inline Tensor as_checked(const Tensor& x) { return Tensor(is_floating(x.dtype()) ? x.data().cast(float64) : x.data()); }

template <class X>
concept Checkable = requires(const X& x) { as_checked(x); };

template <class X>
auto from_checked(const Tensor& t) {
  if constexpr (std::is_same_v<X, Tensor>) {
    return t;
  } else if constexpr (std::is_same_v<X, std::vector<double>>) {
    std::vector<Var> v;
    for (Index i = 0; i < t.size(); ++i) v.push_back(t(i));
    return v;
  } else {
    return t();
  }
}

inline Tensor checked_result(const Tensor& y) { return y; }
inline Tensor checked_result(const Var& y) { return to_tensor(y, float64, {}); }

/// f as a function of tensors, for arguments of the kinds X.
template <class... X, class F>
CheckedFunction checked_function(const F& f) {
  return [&f](const std::vector<Tensor>& arguments) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return checked_result(named_result(
          f, from_checked<std::conditional_t<std::is_arithmetic_v<X>, Var, ArgumentType<X>>>(arguments[I])...));
    }(std::index_sequence_for<X...>{});
  };
}

inline std::vector<std::string> argument_names(std::size_t n) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < n; ++k) names.push_back(std::string("argument ").append(std::to_string(k)));
  return names;
}

inline GradcheckOptions options_at(SourceLocation where) {
  GradcheckOptions o;
  o.where = where;
  return o;
}

/// The check of a model's loss (f is the model, then come the loss and its arguments), of a function at x..., or of an
/// op over its own domain; of second derivatives where `second`.
template <bool second, class F, class... X>
GradcheckReport check(const GradcheckOptions& options, F& f, const X&... x) {
  static_assert(HasParameters<F> || (Checkable<X> && ...),
                "what is checked is a number, an ag::Var, a std::vector<double> or a tensor");
  if constexpr (HasParameters<F>) {
    std::vector<Parameter*> found;
    std::vector<std::string> names;
    Visitor visit(found, &names);
    f.each_parameter(visit);
    return [&](const auto& loss, const auto&... given) {
      return (second ? check_model_hessian : check_model)(
          found, std::move(names), [&] { return checked_result(named_result(loss, as_checked(given)...)); }, options);
    }(x...);
  } else if constexpr (sizeof...(X) == 0) {
    static_assert(!second, "second derivatives are checked at a point: gradgradcheck(f, x)");
    return check_op(f, options);
  } else {
    return (second ? check_hessian : check_gradient)(checked_function<X...>(f), {as_checked(x)...},
                                                     argument_names(sizeof...(X)), options);
  }
}

}  // namespace core

/// Checks the gradient of f with respect to every floating argument: numbers, std::vector<double> or tensors (f
/// receives Vars for the first two). A result of several elements is checked along a fixed random direction. f may be
/// an op; an op without arguments is checked at points of its own domain, at its ends and at its kinks.
///
/// For a model, gradcheck(model, loss, x...) checks a loss with respect to every parameter: loss(x...) computes it from
/// the model, and receives the arguments in float64. The parameters are float64 during the check and restored bit by
/// bit after it.
template <class F, class... X>
GradcheckReport gradcheck(const GradcheckOptions& options, F&& f, const X&... x) {
  return core::check<false>(options, f, x...);
}

/// Checks second derivatives: the Hessian-vector product along a random direction as gradcheck checks a gradient, and
/// that the Hessian is symmetric, <u, H v> = <v, H u>. The arguments are those of gradcheck.
template <class F, class... X>
GradcheckReport gradgradcheck(const GradcheckOptions& options, F&& f, const X&... x) {
  return core::check<true>(options, f, x...);
}

// The same without options, in the numbers of arguments that there are: only so can the line of the call be a default
// argument. Where an operation has no line of its own, a report names that one; for more than five arguments none.
template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, GradcheckOptions>)
GradcheckReport gradcheck(F&& f, SourceLocation where = SourceLocation::current()) {
  return core::check<false>(core::options_at(where), f);
}
template <class F, class X>
  requires(!std::is_same_v<std::remove_cvref_t<F>, GradcheckOptions>)
GradcheckReport gradcheck(F&& f, const X& x, SourceLocation where = SourceLocation::current()) {
  return core::check<false>(core::options_at(where), f, x);
}
template <class F, class X, class Y>
  requires(!std::is_same_v<std::remove_cvref_t<F>, GradcheckOptions>)
GradcheckReport gradcheck(F&& f, const X& x, const Y& y, SourceLocation where = SourceLocation::current()) {
  return core::check<false>(core::options_at(where), f, x, y);
}
template <class F, class X, class Y, class Z>
  requires(!std::is_same_v<std::remove_cvref_t<F>, GradcheckOptions>)
GradcheckReport gradcheck(F&& f, const X& x, const Y& y, const Z& z, SourceLocation where = SourceLocation::current()) {
  return core::check<false>(core::options_at(where), f, x, y, z);
}
template <class F, class X, class Y, class Z, class U>
  requires(!std::is_same_v<std::remove_cvref_t<F>, GradcheckOptions>)
GradcheckReport gradcheck(F&& f, const X& x, const Y& y, const Z& z, const U& u,
                          SourceLocation where = SourceLocation::current()) {
  return core::check<false>(core::options_at(where), f, x, y, z, u);
}
template <class F, class X, class Y, class Z, class U, class V>
  requires(!std::is_same_v<std::remove_cvref_t<F>, GradcheckOptions>)
GradcheckReport gradcheck(F&& f, const X& x, const Y& y, const Z& z, const U& u, const V& v,
                          SourceLocation where = SourceLocation::current()) {
  return core::check<false>(core::options_at(where), f, x, y, z, u, v);
}
template <class F, class... X>
  requires(sizeof...(X) > 5 && !std::is_same_v<std::remove_cvref_t<F>, GradcheckOptions>)
GradcheckReport gradcheck(F&& f, const X&... x) {
  return core::check<false>(core::options_at({}), f, x...);
}
template <class F, class X>
  requires(!std::is_same_v<std::remove_cvref_t<F>, GradcheckOptions>)
GradcheckReport gradgradcheck(F&& f, const X& x, SourceLocation where = SourceLocation::current()) {
  return core::check<true>(core::options_at(where), f, x);
}
template <class F, class X, class Y>
  requires(!std::is_same_v<std::remove_cvref_t<F>, GradcheckOptions>)
GradcheckReport gradgradcheck(F&& f, const X& x, const Y& y, SourceLocation where = SourceLocation::current()) {
  return core::check<true>(core::options_at(where), f, x, y);
}
template <class F, class X, class Y, class Z>
  requires(!std::is_same_v<std::remove_cvref_t<F>, GradcheckOptions>)
GradcheckReport gradgradcheck(F&& f, const X& x, const Y& y, const Z& z,
                              SourceLocation where = SourceLocation::current()) {
  return core::check<true>(core::options_at(where), f, x, y, z);
}
template <class F, class X, class Y, class Z, class U>
  requires(!std::is_same_v<std::remove_cvref_t<F>, GradcheckOptions>)
GradcheckReport gradgradcheck(F&& f, const X& x, const Y& y, const Z& z, const U& u,
                              SourceLocation where = SourceLocation::current()) {
  return core::check<true>(core::options_at(where), f, x, y, z, u);
}
template <class F, class X, class Y, class Z, class U, class V>
  requires(!std::is_same_v<std::remove_cvref_t<F>, GradcheckOptions>)
GradcheckReport gradgradcheck(F&& f, const X& x, const Y& y, const Z& z, const U& u, const V& v,
                              SourceLocation where = SourceLocation::current()) {
  return core::check<true>(core::options_at(where), f, x, y, z, u, v);
}
template <class F, class... X>
  requires(sizeof...(X) > 5 && !std::is_same_v<std::remove_cvref_t<F>, GradcheckOptions>)
GradcheckReport gradgradcheck(F&& f, const X&... x) {
  return core::check<true>(core::options_at({}), f, x...);
}

}  // namespace autograd
