// Dual numbers: forward mode. A Dual carries a value and its derivative along one direction.
//
//   auto f = [](auto x) { return x * sin(x); };
//   f(ag::Dual<double>{2.0, 1.0}).tangent;      // f'(2)
//
// A Dual of a Dual carries second derivatives, and so on; a Dual of Var goes forward over reverse; one whose tangent is
// Directions goes along several at once.
#pragma once

#include <ostream>
#include <type_traits>
#include <utility>

#include <autograd/forward/directions.hpp>
#include <autograd/op/math.hpp>

namespace autograd {

/// value + tangent * epsilon, epsilon^2 = 0.
template <class T, class G = T>
struct Dual {
  using value_type = T;
  using Tangent = G;
  T value{};
  G tangent{};

  Dual() = default;
  /// A constant: its tangent is 0.
  template <class U>
    requires(std::is_arithmetic_v<U> || std::is_same_v<U, T>)
  Dual(const U& v) : value(v), tangent(0.0) {}
  Dual(const T& v, const G& t) : value(v), tangent(t) {}

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

template <class T, class G>
inline constexpr bool is_differentiable<Dual<T, G>> = true;

/// The number below all tangents.
template <class T, class G>
const T& value_of(const Dual<T, G>& x) {
  return x.value;
}

namespace core {

template <class T>
inline constexpr bool is_dual = false;
template <class T, class G>
inline constexpr bool is_dual<Dual<T, G>> = true;

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

// dy = tangent * partial, or dy += that; a constant contributes nothing, however steep the op is in it.
template <class Op, bool add, class T, class P>
void add_tangent(T& dy, const T& tangent, const P& partial) {
  if constexpr (requires { exactly_zero(tangent); }) {
    if (exactly_zero(tangent)) return;
  }
  const auto t = op::chain<Op>(tangent, partial);
  if constexpr (!std::is_same_v<decltype(t), const Zero>) dy = add ? T(dy + t) : T(t);
}
template <class Op, bool add, class T, std::size_t n, class P>
[[gnu::always_inline]] inline void add_tangent(Directions<T, n>& dy, const Directions<T, n>& tangent,
                                               const P& partial) {
  using D = Directions<T, n>;
  if constexpr (std::is_same_v<P, Zero>) {
    return;
  } else if constexpr (D::step > 1) {
    const auto slope = [&] {
      if constexpr (std::is_same_v<P, One> || std::is_same_v<P, MinusOne>) return partial;
      else return Pack<T>(partial);
    }();
    const auto one_register = [&](std::size_t k) __attribute__((always_inline)) {
      const Pack<T> t = op::chain<Op>(Pack<T>::load(&tangent[k]), slope);
      (add ? Pack<T>::load(&dy[k]) + t : t).store(&dy[k]);
    };
    if constexpr (D::size <= 8 * D::step) {  // few registers need no loop
      [&]<std::size_t... k>(std::index_sequence<k...>) __attribute__((always_inline)) {
        (one_register(k * D::step), ...);
      }(std::make_index_sequence<D::size / D::step>{});
    } else {
      for (std::size_t k = 0; k < D::size; k += D::step) one_register(k);
    }
  } else {
    for (std::size_t k = 0; k < n; ++k) {
      const T t = op::chain<Op>(tangent[k], partial);
      dy[k] = add ? dy[k] + t : t;
    }
  }
}

// The number in an argument of an op on duals of type D; what is no D is a constant.
template <class D, class A>
[[gnu::always_inline]] inline auto number_in(const A& a) {
  if constexpr (std::is_same_v<A, D>) return a.value;
  else return typename D::value_type(a);
}
// The first argument that is a D writes the tangent, the others add to it.
template <class D, class Op, std::size_t I, class... A, class P>
[[gnu::always_inline]] inline void add_argument(typename D::Tangent& dy, const std::tuple<const A&...>& a,
                                                const P& partial) {
  constexpr bool dual[] = {std::is_same_v<A, D>...};
  if constexpr (dual[I]) {
    constexpr bool first = [&] {
      for (std::size_t k = 0; k < I; ++k)
        if (dual[k]) return false;
      return true;
    }();
    add_tangent<Op, !first>(dy, std::get<I>(a).tangent, partial);
  }
}

/// op on duals: the value of the values, and the sum of partial times tangent.
template <class Op, class... A>
[[gnu::always_inline]] inline auto evaluate_dual(const Op& op, const A&... a) {
  using D = typename DualOf<A...>::type;
  if constexpr (op::boolean_result<Op>) {
    return op.value(number_in<D>(a)...) != 0.0;
  } else {
    const typename D::value_type y(op.value(number_in<D>(a)...));
    const auto p = op.derivative(number_in<D>(a)..., y).values;
    D result(y, typename D::Tangent(0.0));
    [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
      (add_argument<D, Op, I, A...>(result.tangent, std::tuple<const A&...>(a...), std::get<I>(p)), ...);
    }(std::index_sequence_for<A...>{});
    return result;
  }
}

}  // namespace core
}  // namespace autograd
