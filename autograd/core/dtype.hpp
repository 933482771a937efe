// Element types known at run time, and the one switch that turns them into template arguments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <autograd/core/error.hpp>

namespace autograd {

/// The element type of a tensor. float32 and float64 carry gradients; int64 holds labels and indices, boolean masks.
enum class Dtype : std::uint8_t { float32, float64, int64, boolean };

inline constexpr Dtype float32 = Dtype::float32;
inline constexpr Dtype float64 = Dtype::float64;
inline constexpr Dtype int64 = Dtype::int64;
inline constexpr Dtype boolean = Dtype::boolean;

/// Bytes of one element.
constexpr std::size_t size_of(Dtype d) { return d == Dtype::float32 ? 4 : d == Dtype::boolean ? 1 : 8; }

/// True for the two dtypes that carry gradients.
constexpr bool is_floating(Dtype d) { return d == Dtype::float32 || d == Dtype::float64; }

/// "float32", "float64", "int64" or "bool", as NumPy spells them.
constexpr std::string_view name_of(Dtype d) {
  constexpr std::string_view names[] = {"float32", "float64", "int64", "bool"};
  return names[static_cast<int>(d)];
}

namespace core {

/// A type as a value, to hand to a generic lambda.
template <class T>
struct Type {
  using type = T;
};

template <class T>
inline constexpr bool is_element = false;
template <>
inline constexpr bool is_element<float> = true;
template <>
inline constexpr bool is_element<double> = true;
template <>
inline constexpr bool is_element<std::int64_t> = true;
template <>
inline constexpr bool is_element<bool> = true;

/// The Dtype of the C++ element type T.
template <class T>
  requires is_element<T>
inline constexpr Dtype dtype_of = Dtype::float64;
template <>
inline constexpr Dtype dtype_of<float> = Dtype::float32;
template <>
inline constexpr Dtype dtype_of<std::int64_t> = Dtype::int64;
template <>
inline constexpr Dtype dtype_of<bool> = Dtype::boolean;

/// Calls f(Type<T>{}) with the element type T that `d` names.
template <class F>
decltype(auto) with_type(Dtype d, F&& f) {
  switch (d) {
    case Dtype::float32:
      return f(Type<float>{});
    case Dtype::int64:
      return f(Type<std::int64_t>{});
    case Dtype::boolean:
      return f(Type<bool>{});
    default:
      return f(Type<double>{});
  }
}

/// Calls f(Type<float>{}) or f(Type<double>{}); throws DtypeError, in the name of `where`, for other dtypes.
template <class F>
decltype(auto) with_floating(std::string_view where, Dtype d, F&& f) {
  if (d == Dtype::float32) return f(Type<float>{});
  if (d == Dtype::float64) return f(Type<double>{});
  throw DtypeError(where, "needs a floating dtype, got " + std::string(name_of(d)),
                   "Convert with cast(x, ag::float64).");
}

}  // namespace core
}  // namespace autograd
