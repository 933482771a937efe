// Dual numbers: forward mode. A Dual carries a value and its derivative along one direction.
//
//   auto f = [](auto x) { return x * sin(x); };
//   f(ag::Dual<double>{2.0, 1.0}).tangent;      // f'(2)
//
// A Dual of a Dual carries second derivatives, and so on; a Dual of Var goes forward over reverse.
#pragma once

#include <ostream>
#include <type_traits>
#include <utility>

#include <autograd/op/math.hpp>

namespace autograd {

/// value + tangent * epsilon, epsilon^2 = 0.
template <class T>
struct Dual {
  using value_type = T;
  T value{};
  T tangent{};

  Dual() = default;
  /// A constant: its tangent is 0.
  template <class U>
    requires(std::is_arithmetic_v<U> || std::is_same_v<U, T>)
  Dual(const U& v) : value(v), tangent(0.0) {}
  Dual(const T& v, const T& t) : value(v), tangent(t) {}

  template <class U>
  Dual& operator+=(const U& u) {
    return *this = *this + u;
  }
  template <class U>
  Dual& operator-=(const U& u) {
    return *this = *this - u;
  }
  template <class U>
  Dual& operator*=(const U& u) {
    return *this = *this * u;
  }
  template <class U>
  Dual& operator/=(const U& u) {
    return *this = *this / u;
  }
  /// Contributes nothing, to any order.
  friend bool exactly_zero(const Dual& x) {
    using core::exactly_zero;
    return exactly_zero(x.value) && exactly_zero(x.tangent);
  }
  friend std::ostream& operator<<(std::ostream& out, const Dual& x) {
    return out << x.value << " + " << x.tangent << " eps";
  }
};

template <class T>
inline constexpr bool is_differentiable<Dual<T>> = true;

/// The number below all tangents.
template <class T>
const T& value_of(const Dual<T>& x) {
  return x.value;
}

namespace core {

template <class T>
inline constexpr bool is_dual = false;
template <class T>
inline constexpr bool is_dual<Dual<T>> = true;

/// The deepest Dual among the arguments.
template <class... A>
struct DualOf;
template <class A>
struct DualOf<A> {
  using type = std::conditional_t<is_dual<A>, A, void>;
};
template <class A, class... Rest>
struct DualOf<A, Rest...> {
  using rest = typename DualOf<Rest...>::type;
  static constexpr bool first = is_dual<A> && (std::is_void_v<rest> || std::is_constructible_v<A, rest>);
  using type = std::conditional_t<first, A, rest>;
};

// Adds tangent * partial; a constant contributes nothing, however steep the op is in it.
template <class Op, class T, class P>
void add_tangent(T& dy, const T& tangent, const P& partial) {
  if constexpr (requires { exactly_zero(tangent); }) {
    if (exactly_zero(tangent)) return;
  }
  const auto t = op::chain<Op>(tangent, partial);
  if constexpr (!std::is_same_v<decltype(t), const Zero>) dy = T(dy + t);
}

/// op on duals: the value of the values, and the sum of partial times tangent.
template <class Op, class... A>
auto evaluate_dual(const Op& op, const A&... a) {
  using D = typename DualOf<A...>::type;
  using T = typename D::value_type;
  const auto lifted = std::tuple<std::conditional_t<true, D, A>...>{D(a)...};
  return std::apply(
      [&](const auto&... x) {
        if constexpr (op::boolean_result<Op>) {
          return op.value(x.value...) != 0.0;
        } else {
          const T y(op.value(x.value...));
          const auto p = op.derivative(x.value..., y).values;
          T dy(0.0);
          std::apply([&](const auto&... partial) { (add_tangent<Op>(dy, x.tangent, partial), ...); }, p);
          return D(y, dy);
        }
      },
      lifted);
}

}  // namespace core
}  // namespace autograd
