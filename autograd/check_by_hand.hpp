// check_by_hand: for the exercise "derive it, code it, check it". Is a gradient that was derived by hand right, and if
// not, which of the usual mistakes was made?
//
//   std::cout << ag::check_by_hand(loss, X, my_dX);
//   std::cout << ag::check_by_hand(cost, {{"W1", W1, dW1}, {"b1", b1, db1}, {"W2", W2, dW2}, {"b2", b2, db2}});
//   std::cout << ag::check_by_hand(model, {{"0.weight", dW1}, {"0.bias", db1}}, loss, X);
//
// The right gradient comes from reverse mode, in float64, and is itself compared with differences first. An explanation
// is given only if it removes the difference: the function is recorded operation by operation, and the mistake is made
// on purpose, in each place where it can be made, until the result is the gradient that was given.
#pragma once

#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <string>
#include <vector>

#include <autograd/functional.hpp>
#include <autograd/reverse/visitor.hpp>

namespace autograd {

/// The mistakes that are tried.
enum class Mistake {
  shape,                ///< the elements are right, their arrangement is not
  not_reached,          ///< 0 where it should not be, or not 0 where the function does not depend on the argument
  factor,               ///< 2, 1/2, -1, m or 1/m too much or too little, n for n - 1
  transposed,           ///< the transpose of the gradient
  missing_sum,          ///< not summed over the batch
  wrong_axis,           ///< summed over another axis
  one_example,          ///< only one example counted: = for += in a loop
  swapped,              ///< the gradient of another argument
  missing_slope,        ///< the derivative of an activation (or of any op) is missing
  slope_twice,          ///< or applied twice
  slope_elsewhere,      ///< or taken at another value: at a instead of z, or of another layer
  lost_contribution,    ///< = for += where a value is used more than once
  missing_term,         ///< a term of a sum has no derivative: regularisation
  part_factor,          ///< one contribution has a wrong factor
  elementwise_product,  ///< * for a matrix product
  transposed_product,   ///< a matrix in a product transposed, or not
  other_layer,          ///< a value or cotangent of another layer
};

/// One mistake that turns the right gradient into the one given.
struct Explanation {
  Mistake mistake;
  std::string text;  ///< a sentence or two
  std::string op;    ///< the op whose rule it is about, empty for the gradient as a whole
  SourceLocation where;
  int steps = 1;  ///< how many mistakes it takes
};

/// What was found about the gradient of one argument.
struct HandGradient {
  struct Element {
    Index element;  ///< row-major position
    double given, right;
  };
  std::string name;          ///< of the argument
  Shape shape, given_shape;  ///< of the argument, and of the gradient that was given
  bool ok = false;
  double elementwise = 0;      ///< the largest |given - right| / max(|given|, |right|) above rounding
  double normwise = 0;         ///< ||given - right|| / (||given|| + ||right||)
  std::size_t wrong = 0;       ///< elements that differ
  std::size_t not_finite = 0;  ///< elements given that are NaN or infinite
  std::vector<Element> worst;  ///< the worst of them, 5 at most
  std::vector<Explanation> explanations;

  /// What the course says of `elementwise`: "good", "fine with kinks", "uneasy" or "wrong".
  std::string_view band() const;
};

/// The result of a check by hand: converts to bool, prints, and can be walked.
struct HandReport {
  std::vector<HandGradient> gradients;
  std::string complaint;  ///< why the function could not be checked, empty if it could
  std::size_t tried = 0;  ///< mistakes that were tried, to explain what is wrong

  bool ok() const;
  explicit operator bool() const { return ok(); }
};

std::ostream& operator<<(std::ostream& out, const HandReport& report);

/// An argument with the gradient that was derived for it.
struct ByHand {
  std::string name;
  Tensor at, gradient;

  template <class X, class G>
  ByHand(std::string text, const X& x, const G& g) : name(std::move(text)), at(as_tensor(x)), gradient(as_tensor(g)) {}

  static Tensor as_tensor(const Tensor& x) { return stop_gradient(x); }
  static Tensor as_tensor(const Var& x) { return Tensor(x.value()); }
  static Tensor as_tensor(const Parameter& x) { return x.value(); }
  static Tensor as_tensor(double x) { return Tensor(x); }
  static Tensor as_tensor(const std::vector<double>& x) { return Tensor::of(x, {static_cast<Index>(x.size())}); }
  template <core::XtensorExpression X>
  static Tensor as_tensor(const X& x) {
    return Tensor(x);
  }
  template <TensorExpression X>
  static Tensor as_tensor(const X& x) {
    return Tensor(x);
  }
};

/// A parameter of a model, by its name, with the gradient that was derived for it.
struct NamedGradient {
  std::string name;
  Tensor gradient;

  template <class G>
  NamedGradient(std::string text, const G& g) : name(std::move(text)), gradient(ByHand::as_tensor(g)) {}
};

/// `{{"weight", dw}, {"bias", db}}`, and the line where it is written.
struct NamedGradients {
  std::vector<NamedGradient> list;
  SourceLocation where;

  NamedGradients(std::initializer_list<NamedGradient> gradients, SourceLocation at = SourceLocation::current())
      : list(gradients), where(at) {}
};

namespace check {

/// A function of tensors that gives one number.
using HandFunction = std::function<Tensor(const std::vector<Tensor>&)>;
HandReport check_by_hand(const HandFunction& f, const std::vector<ByHand>& arguments, SourceLocation where);
HandReport check_model_by_hand(const std::vector<Parameter*>& parameters, const std::vector<std::string>& names,
                               const std::vector<NamedGradient>& gradients, const std::function<Tensor()>& loss,
                               SourceLocation where);

// The result of f, with a name but with no line of ours.
inline Tensor hand_result(const Tensor& y) { return y; }
inline Tensor hand_result(const Var& y) { return core::to_tensor(y, float64, {}); }
template <class E>
  requires core::is_expression<E>
Tensor hand_result(const E& e) {
  if constexpr (TensorExpression<E>) return Tensor(e, SourceLocation{});
  else return hand_result(Var(e, SourceLocation{}));
}
inline Tensor hand_result(double y) { return Tensor(y); }

// One element as a Var, called as its tensor is, with its index if there are several.
Var hand_element(const Tensor& t, const Shape& at);

// A tensor as what the function takes: a number as a Var, a vector as Vars.
template <class X>
auto hand_argument(const Tensor& t) {
  if constexpr (std::is_same_v<X, std::vector<double>>) {
    std::vector<Var> v;
    for (Index i = 0; i < t.size(); ++i) v.push_back(hand_element(t, {i}));
    return v;
  } else if constexpr (std::is_arithmetic_v<X> || std::is_same_v<X, Var>) {
    return hand_element(t, {});
  } else {
    return t;
  }
}
inline Tensor in_float64(const Tensor& x) { return is_floating(x.dtype()) ? Tensor(x.data().cast(float64)) : x; }

}  // namespace check

/// Checks a gradient derived by hand of f, which returns one number, at x: a number (f receives a Var), a
/// std::vector<double> (Vars) or a tensor. `mine` is the gradient, or a function that computes it from x. Throws
/// ShapeError when f gives more than one number. Where an operation has no line of its own, the report names the line
/// of the call.
template <class F, class X, class G>
HandReport check_by_hand(const F& f, const X& x, const G& mine, SourceLocation where = SourceLocation::current()) {
  const check::HandFunction g = [&f](const std::vector<Tensor>& a) {
    return check::hand_result(f(check::hand_argument<X>(a[0])));
  };
  if constexpr (requires { ByHand::as_tensor(mine); }) return check::check_by_hand(g, {{"x", x, mine}}, where);
  else return check::check_by_hand(g, {{"x", x, mine(x)}}, where);
}

/// The same for several arguments, each with its name and its gradient; f receives them as tensors, in this order.
template <class F, std::size_t N>
HandReport check_by_hand(const F& f, const ByHand (&arguments)[N], SourceLocation where = SourceLocation::current()) {
  const check::HandFunction g = [&f](const std::vector<Tensor>& a) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return check::hand_result(f(a[I]...));
    }(std::make_index_sequence<N>{});
  };
  return check::check_by_hand(g, {arguments, arguments + N}, where);
}

/// The same for parameters of a model, by their names in `ag::parameters(model)`: loss(x...) computes a number from the
/// model and receives x in float64. The parameters are float64 during the check and restored after it. Throws Error for
/// a name that the model has not.
template <HasParameters M, class F, class... X>
HandReport check_by_hand(M& model, const NamedGradients& gradients, const F& loss, const X&... x) {
  std::vector<Parameter*> found;
  std::vector<std::string> names;
  Visitor visit(found, &names);
  model.each_parameter(visit);
  return check::check_model_by_hand(
      found, names, gradients.list, [&] { return check::hand_result(loss(check::in_float64(x)...)); }, gradients.where);
}

}  // namespace autograd
