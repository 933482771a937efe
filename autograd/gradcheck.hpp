// gradcheck: is the gradient right? Reverse, forward and numeric derivatives, element by element, side by side.
//
//   CHECK(ag::gradcheck([](ag::Tensor x) { return sum(x * tanh(x)); }, X));
//   std::cout << ag::gradcheck(loss, W, b);
//
// Everything runs in float64, also for float32 arguments and models. The report is a value: it converts to bool,
// prints, and can be walked.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include <autograd/functional.hpp>
#include <autograd/reverse/visitor.hpp>

namespace autograd {

/// What a check looks at and how much it forgives.
struct GradcheckOptions {
  double relative = 1e-6;     ///< of max(|reverse|, |numeric|)
  double forward = 1e-10;     ///< of the same for reverse against forward, which are both exact up to rounding
  std::size_t samples = 100;  ///< elements of each argument that are looked at; all of them when there are no more
  std::uint64_t seed = 1;     ///< chooses them
};

/// One element of one argument, and every reading of its derivative.
struct GradcheckReading {
  std::size_t argument;  ///< position among the arguments
  Index element;         ///< row-major position in that argument
  double at;             ///< its value
  double reverse, forward, numeric;
  double uncertainty;  ///< the error that the extrapolation of the differences estimates
  double allowed;      ///< the largest |reverse - numeric| that passes
  bool ok;
};

/// The result of a check. Prints where, at what value, every reading and how much is allowed.
struct GradcheckReport {
  std::vector<std::string> names;  ///< of the arguments
  std::vector<Shape> shapes;
  std::vector<GradcheckReading> readings;
  Index total = 0;        ///< elements that there are
  double worst = 0;       ///< the largest relative difference of reverse and numeric among those above rounding
  std::string complaint;  ///< why the function could not be checked, empty if it could

  bool ok() const;
  explicit operator bool() const { return ok(); }
};

std::ostream& operator<<(std::ostream& out, const GradcheckReport& report);

namespace core {

/// A function of tensors as the checker sees it: a scalar computed from all arguments.
using CheckedFunction = std::function<Tensor(const std::vector<Tensor>&)>;
GradcheckReport check_gradient(const CheckedFunction& f, const std::vector<Tensor>& x, std::vector<std::string> names,
                               const GradcheckOptions& options);

/// The same for parameters that the loss reads by itself.
GradcheckReport check_model(const std::vector<Parameter*>& parameters, std::vector<std::string> names,
                            const std::function<Tensor()>& loss, const GradcheckOptions& options);

/// A number, a vector of numbers or a tensor as a float64 tensor, and back as what the function takes.
inline Tensor as_checked(double x) { return Tensor(x); }
inline Tensor as_checked(const Var& x) { return Tensor(x.value()); }
inline Tensor as_checked(const std::vector<double>& x) { return Tensor::of(x, {static_cast<Index>(x.size())}); }
inline Tensor as_checked(const Tensor& x) { return Tensor(is_floating(x.dtype()) ? x.data().cast(float64) : x.data()); }

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

}  // namespace core

/// Checks the gradient of f with respect to every floating argument: numbers, std::vector<double> or tensors (f
/// receives Vars for the first two). A result of several elements is checked along a fixed random direction. f may be
/// an op.
template <class F, class... X>
GradcheckReport gradcheck(const GradcheckOptions& options, const F& f, const X&... x) {
  const core::CheckedFunction g = [&f](const std::vector<Tensor>& arguments) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return core::checked_result(core::named_result(
          f, core::from_checked<std::conditional_t<std::is_arithmetic_v<X>, Var, core::ArgumentType<X>>>(
                 arguments[I])...));
    }(std::index_sequence_for<X...>{});
  };
  std::vector<std::string> names;
  for (std::size_t k = 0; k < sizeof...(X); ++k) names.push_back("argument " + std::to_string(k));
  return core::check_gradient(g, {core::as_checked(x)...}, std::move(names), options);
}
template <class F, class... X>
  requires(!std::is_same_v<F, GradcheckOptions>)
GradcheckReport gradcheck(const F& f, const X&... x) {
  return gradcheck(GradcheckOptions{}, f, x...);
}

/// Checks the gradient of a loss with respect to every parameter of a model: loss(x...) computes it from the model, and
/// receives the arguments in float64. The parameters are float64 during the check and restored bit by bit after it.
template <HasParameters M, class F, class... X>
GradcheckReport gradcheck(M& model, const F& loss, const X&... x) {
  return gradcheck(GradcheckOptions{}, model, loss, x...);
}
template <HasParameters M, class F, class... X>
GradcheckReport gradcheck(const GradcheckOptions& options, M& model, const F& loss, const X&... x) {
  std::vector<Parameter*> found;
  std::vector<std::string> names;
  Visitor visit(found, &names);
  model.each_parameter(visit);
  return core::check_model(
      found, std::move(names), [&] { return core::checked_result(core::named_result(loss, core::as_checked(x)...)); },
      options);
}

}  // namespace autograd
