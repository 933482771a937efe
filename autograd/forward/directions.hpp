// Directions: several tangents side by side, so that one pass forward gives derivatives along all of them.
//
//   using D = ag::Dual<double, ag::Directions<double, 2>>;
//   const D x{3.0, D::Tangent::unit(0)}, y{4.0, D::Tangent::unit(1)};
//   (x * y).tangent[1];                       // d(x y)/dy = 3; [0] is d(x y)/dx = 4
//
// For few inputs this beats a tape, also where there are many results: the loops over the tangents become registers.
#pragma once

#include <array>
#include <cstddef>
#include <ostream>
#include <type_traits>

#include <autograd/op/math.hpp>

namespace autograd {

namespace core {
/// How many numbers a loop over n of them takes at once: those in a register of floating-point numbers, if n fill one.
template <class T, std::size_t n>
inline constexpr std::size_t direction_step = 1;
template <class T, std::size_t n>
  requires std::is_floating_point_v<T>
inline constexpr std::size_t direction_step<T, n> = n < Pack<T>::size ? 1 : Pack<T>::size;
}  // namespace core

/// n tangents of number type T.
template <class T, std::size_t n>
struct Directions {
  /// Where they fill registers they end with one: the rest of that counts for nothing.
  static constexpr std::size_t step = core::direction_step<T, n>, size = (n + step - 1) / step * step;
  alignas(step > 1 ? step * sizeof(T) : alignof(T)) std::array<T, size> along{};

  Directions() = default;
  /// The same along all; 0 is a constant's.
  explicit Directions(const T& v) { along.fill(v); }
  /// 1 along direction k, 0 along the others.
  static Directions unit(std::size_t k) {
    Directions d;
    d.along[k] = T(1.0);
    return d;
  }

  const T& operator[](std::size_t k) const { return along[k]; }
  T& operator[](std::size_t k) { return along[k]; }

  /// True if all are 0, to any order.
  friend bool exactly_zero(const Directions& d) {
    using core::exactly_zero;
    for (std::size_t k = 0; k < n; ++k)
      if (!exactly_zero(d.along[k])) return false;
    return true;
  }
  friend std::ostream& operator<<(std::ostream& out, const Directions& d) {
    for (std::size_t k = 0; k < n; ++k) out << (k ? ", " : "(") << d.along[k];
    return out << ')';
  }
};

}  // namespace autograd
