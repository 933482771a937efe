// Arguments: the arguments of an expression, or what was computed from each.
//
// A std::tuple would do, but for speed: its constructors are functions that call one another, and where a compiler does
// not inline all of them an expression goes through memory at every operator. An aggregate has none.
#pragma once

#include <cstddef>
#include <utility>

namespace autograd::core {

template <class... A>
struct Arguments {};
template <class A>
struct Arguments<A> {
  [[no_unique_address]] A first;
};
template <class A, class B>
struct Arguments<A, B> {
  [[no_unique_address]] A first;
  [[no_unique_address]] B second;
};
template <class A, class B, class C>
struct Arguments<A, B, C> {
  [[no_unique_address]] A first;
  [[no_unique_address]] B second;
  [[no_unique_address]] C third;
};
template <class A, class B, class C, class D, class... Rest>
struct Arguments<A, B, C, D, Rest...> {
  [[no_unique_address]] A first;
  [[no_unique_address]] B second;
  [[no_unique_address]] C third;
  [[no_unique_address]] Arguments<D, Rest...> rest;
};

/// Argument number I.
template <std::size_t I, class... A>
[[gnu::always_inline]] constexpr const auto& get(const Arguments<A...>& a) {
  static_assert(I < sizeof...(A));
  if constexpr (I == 0) return a.first;
  else if constexpr (I == 1) return a.second;
  else if constexpr (I == 2) return a.third;
  else return get<I - 3>(a.rest);
}

/// f(each argument...).
template <class F, class... A>
[[gnu::always_inline]] constexpr decltype(auto) apply(F&& f, const Arguments<A...>& a) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) -> decltype(auto) {
    return f(get<I>(a)...);
  }(std::index_sequence_for<A...>{});
}

}  // namespace autograd::core
