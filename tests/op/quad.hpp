// Quad: a number of 113 bits that formulas take for an ordinary one. It is what the battery compares with:
// a difference of five points in it has 20 digits more than a double can show.
//
//   derivative_in_quad([](Quad x) { return tanh(x); }, Quad(0.5))        // 25 digits
//
// Where the compiler has __float128 the functions are those of libquadmath; elsewhere long double must be as wide.
#pragma once

#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

namespace battery {

#if defined(__SIZEOF_FLOAT128__)
__extension__ typedef __float128 WideNumber;
// Declared here, since clang does not find g++'s <quadmath.h>.
#define XGRAD_WIDE(name)                     \
  extern "C" WideNumber name##q(WideNumber); \
  inline WideNumber wide_##name(WideNumber x) { return name##q(x); }
#define XGRAD_WIDE2(name)                                \
  extern "C" WideNumber name##q(WideNumber, WideNumber); \
  inline WideNumber wide_##name(WideNumber x, WideNumber y) { return name##q(x, y); }
#else
using WideNumber = long double;
static_assert(std::numeric_limits<long double>::digits >= 113, "the battery needs numbers of 113 bits");
#define XGRAD_WIDE(name) \
  inline WideNumber wide_##name(WideNumber x) { return std::name(x); }
#define XGRAD_WIDE2(name) \
  inline WideNumber wide_##name(WideNumber x, WideNumber y) { return std::name(x, y); }
#endif

// clang-format off
XGRAD_WIDE(sqrt)  XGRAD_WIDE(cbrt)  XGRAD_WIDE(exp)   XGRAD_WIDE(exp2)  XGRAD_WIDE(expm1) XGRAD_WIDE(log)
XGRAD_WIDE(log2)  XGRAD_WIDE(log10) XGRAD_WIDE(log1p) XGRAD_WIDE(sin)   XGRAD_WIDE(cos)   XGRAD_WIDE(tan)
XGRAD_WIDE(asin)  XGRAD_WIDE(acos)  XGRAD_WIDE(atan)  XGRAD_WIDE(sinh)  XGRAD_WIDE(cosh)  XGRAD_WIDE(tanh)
XGRAD_WIDE(asinh) XGRAD_WIDE(acosh) XGRAD_WIDE(atanh) XGRAD_WIDE(erf)   XGRAD_WIDE(erfc)  XGRAD_WIDE(lgamma)
XGRAD_WIDE(tgamma) XGRAD_WIDE(fabs) XGRAD_WIDE(floor) XGRAD_WIDE(ceil)  XGRAD_WIDE(round)
XGRAD_WIDE2(pow)  XGRAD_WIDE2(atan2) XGRAD_WIDE2(hypot) XGRAD_WIDE2(fmin) XGRAD_WIDE2(fmax)
// clang-format on
#undef XGRAD_WIDE
#undef XGRAD_WIDE2

                        struct Quad {
  WideNumber v = 0;

  Quad() = default;
  template <class T>
    requires std::is_arithmetic_v<T>
  Quad(T x) : v(x) {}
  explicit constexpr Quad(WideNumber x, int) : v(x) {}
  explicit operator double() const { return static_cast<double>(v); }
  explicit operator float() const { return static_cast<float>(v); }

  friend Quad operator+(Quad a, Quad b) { return Quad(a.v + b.v, 0); }
  friend Quad operator-(Quad a, Quad b) { return Quad(a.v - b.v, 0); }
  friend Quad operator*(Quad a, Quad b) { return Quad(a.v * b.v, 0); }
  friend Quad operator/(Quad a, Quad b) { return Quad(a.v / b.v, 0); }
  friend Quad operator-(Quad a) { return Quad(-a.v, 0); }
  friend Quad operator+(Quad a) { return a; }
  Quad& operator+=(Quad b) { return *this = *this + b; }
  Quad& operator-=(Quad b) { return *this = *this - b; }
  Quad& operator*=(Quad b) { return *this = *this * b; }
  Quad& operator/=(Quad b) { return *this = *this / b; }
  friend bool operator<(Quad a, Quad b) { return a.v < b.v; }
  friend bool operator>(Quad a, Quad b) { return a.v > b.v; }
  friend bool operator<=(Quad a, Quad b) { return a.v <= b.v; }
  friend bool operator>=(Quad a, Quad b) { return a.v >= b.v; }
  friend bool operator==(Quad a, Quad b) { return a.v == b.v; }
  friend bool operator!=(Quad a, Quad b) { return a.v != b.v; }
  friend Quad where(bool condition, Quad yes, Quad no) { return condition ? yes : no; }
};

#define XGRAD_QUAD(name) \
  inline Quad name(Quad x) { return Quad(wide_##name(x.v), 0); }
#define XGRAD_QUAD2(name) \
  inline Quad name(Quad x, Quad y) { return Quad(wide_##name(x.v, y.v), 0); }
// clang-format off
XGRAD_QUAD(sqrt)  XGRAD_QUAD(cbrt)  XGRAD_QUAD(exp)   XGRAD_QUAD(exp2)  XGRAD_QUAD(expm1) XGRAD_QUAD(log)
XGRAD_QUAD(log2)  XGRAD_QUAD(log10) XGRAD_QUAD(log1p) XGRAD_QUAD(sin)   XGRAD_QUAD(cos)   XGRAD_QUAD(tan)
XGRAD_QUAD(asin)  XGRAD_QUAD(acos)  XGRAD_QUAD(atan)  XGRAD_QUAD(sinh)  XGRAD_QUAD(cosh)  XGRAD_QUAD(tanh)
XGRAD_QUAD(asinh) XGRAD_QUAD(acosh) XGRAD_QUAD(atanh) XGRAD_QUAD(erf)   XGRAD_QUAD(erfc)  XGRAD_QUAD(lgamma)
XGRAD_QUAD(tgamma) XGRAD_QUAD(fabs) XGRAD_QUAD(floor) XGRAD_QUAD(ceil)  XGRAD_QUAD(round)
XGRAD_QUAD2(pow)  XGRAD_QUAD2(atan2) XGRAD_QUAD2(hypot) XGRAD_QUAD2(fmin) XGRAD_QUAD2(fmax)
// clang-format on
#undef XGRAD_QUAD
#undef XGRAD_QUAD2
                        inline Quad abs(Quad x) {
  return fabs(x);
}
inline Quad square(Quad x) { return x * x; }
inline Quad reciprocal(Quad x) { return 1 / x; }
inline Quad sign(Quad x) { return x > 0 ? 1 : x < 0 ? -1 : x; }
inline bool isfinite(Quad x) { return x.v - x.v == 0; }

/// psi_n(x) for x > 0: up by the recurrence to 60, then the asymptotic series (Abramowitz and Stegun 6.4.11).
inline Quad polygamma_of_positive(int n, Quad x) {
  const auto power = [](Quad base, int k) {
    Quad p = 1;
    for (int i = 0; i < (k < 0 ? -k : k); ++i) p *= base;
    return k < 0 ? 1 / p : p;
  };
  const auto factorial = [](int k) {
    Quad f = 1;
    for (int i = 2; i <= k; ++i) f *= i;
    return f;
  };
  Quad sum = 0;
  for (; x < 60; x += 1) sum += n == 0 ? -1 / x : factorial(n) * power(x, -n - 1);
  const Quad bernoulli[] = {Quad(1) / 6,  Quad(-1) / 30,     Quad(1) / 42, Quad(-1) / 30,
                            Quad(5) / 66, Quad(-691) / 2730, Quad(7) / 6,  Quad(-3617) / 510};
  Quad tail = n == 0 ? -log(x) + 1 / (2 * x) : factorial(n - 1) * power(x, -n) + factorial(n) / 2 * power(x, -n - 1);
  for (int k = 1; k <= 8; ++k)
    tail += bernoulli[k - 1] * factorial(2 * k + n - 1) / factorial(2 * k) * power(x, -2 * k - n);
  if (n == 0) return sum - tail;
  return (n % 2 ? 1 : -1) * (sum + tail);
}
inline Quad digamma(Quad x) { return polygamma_of_positive(0, x); }
inline Quad trigamma(Quad x) { return polygamma_of_positive(1, x); }
inline Quad polygamma(int n, Quad x) { return polygamma_of_positive(n, x); }

/// df/dx by five points of f, h apart around x: the error is h^4 f^(5)/30, and what rounding leaves, 1e-33 f / h.
inline Quad five_points(Quad far_below, Quad below, Quad above, Quad far_above, Quad h) {
  return (8 * (above - below) - (far_above - far_below)) / (12 * h);
}
/// The same of a function. The step is a power of two, so that x + h is what it says.
template <class F>
Quad derivative_in_quad(const F& f, Quad x, Quad h) {
  return five_points(f(x - 2 * h), f(x - h), f(x + h), f(x + 2 * h), h);
}
/// And of one with several results.
template <class F>
std::vector<Quad> derivatives_in_quad(const F& f, Quad x, Quad h) {
  const std::vector<Quad> at[] = {f(x - 2 * h), f(x - h), f(x + h), f(x + 2 * h)};
  std::vector<Quad> d;
  for (std::size_t j = 0; j < at[0].size(); ++j) d.push_back(five_points(at[0][j], at[1][j], at[2][j], at[3][j], h));
  return d;
}
/// A step for that: 2^-bits of the distance over which functions change near x.
inline Quad step_at(double length, int bits) { return Quad(std::ldexp(1.0, std::ilogb(length) - bits)); }

/// |got - want| in units of the last place of want as a T; 0 for two NaNs.
template <class T>
double ulps_from(double got, Quad want) {
  if (got != got || want != want) return got != got && want != want ? 0 : std::numeric_limits<double>::infinity();
  const T rounded = static_cast<T>(want);
  if (!std::isfinite(rounded)) return got == static_cast<double>(rounded) ? 0 : std::numeric_limits<double>::infinity();
  const T at = std::fabs(rounded);
  const double unit =
      static_cast<double>(std::nextafter(at, std::numeric_limits<T>::infinity())) - static_cast<double>(at);
  return static_cast<double>(fabs(Quad(got) - want) / unit);
}

}  // namespace battery
