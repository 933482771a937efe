// Two more kinds of number that formulas run on, for checks: Complex, and Quad with 113 bits.
//
// A formula is written once on generic arguments; on these it gives two references for its derivative that know nothing
// of it: the complex step Im f(x + ih) / h, free of cancellation (Squire and Trapp 1998), and differences with thirty
// digits. As in the practice of the complex step (Martins et al. 2003), comparisons look at the real part and abs(z) is
// z or -z, so a formula with branches follows the one that the real number takes.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace autograd::core {

/// The choices that formulas make on Complex numbers while one is in scope: comparisons, abs, sign, and the steps of
/// floor, ceil and round, which are the only ways in which a generic formula can choose. Where an op declares no
/// branch, they tell the pieces of its function.
class Choices {
 public:
  Choices() : outer_(active_) { active_ = this; }
  ~Choices() { active_ = outer_; }
  Choices(const Choices&) = delete;
  Choices& operator=(const Choices&) = delete;

  static void note(std::int64_t choice) {
    if (active_) active_->way_ = (active_->way_ ^ (static_cast<std::uint64_t>(choice) + 2)) * 0x100000001b3U;
  }
  /// The element at hand is computed; what follows belongs to the next.
  static void next() {
    if (!active_) return;
    active_->ways_.push_back(static_cast<std::int64_t>(active_->way_));
    active_->way_ = none;
  }
  /// A number for each element, equal where the same choices were made; `none` where there were none.
  const std::vector<std::int64_t>& ways() const { return ways_; }
  /// The same for what has not been ended by `next`.
  std::int64_t way() const { return static_cast<std::int64_t>(way_); }

  static constexpr std::int64_t none = 0;

 private:
  static inline thread_local Choices* active_ = nullptr;
  Choices* outer_;
  std::uint64_t way_ = none;
  std::vector<std::int64_t> ways_;
};

/// Comparisons and choices, by what `order` says of a number; N::chosen hears of them.
template <class N>
struct Ordered {
  friend constexpr bool operator<(const N& a, const N& b) { return N::chosen(a.order() < b.order()); }
  friend constexpr bool operator>(const N& a, const N& b) { return N::chosen(a.order() > b.order()); }
  friend constexpr bool operator<=(const N& a, const N& b) { return N::chosen(a.order() <= b.order()); }
  friend constexpr bool operator>=(const N& a, const N& b) { return N::chosen(a.order() >= b.order()); }
  friend constexpr bool operator==(const N& a, const N& b) { return N::chosen(a.order() == b.order()); }
  friend constexpr bool operator!=(const N& a, const N& b) { return N::chosen(a.order() != b.order()); }
  friend constexpr N where(bool condition, const N& yes, const N& no) { return condition ? yes : no; }
  friend constexpr N abs(const N& x) { return x < N(0) ? -x : x; }
  friend constexpr N sign(const N& x) { return x > N(0) ? N(1) : x < N(0) ? N(-1) : N(x.order()); }
  friend constexpr N square(const N& x) { return x * x; }
  friend constexpr N reciprocal(const N& x) { return N(1) / x; }
};

/// A complex number that is compared by its real part; Choices hears of it.
struct Complex : Ordered<Complex> {
  double real = 0, imag = 0;

  Complex() = default;
  template <class T>
    requires std::is_arithmetic_v<T>
  constexpr Complex(T x) : real(static_cast<double>(x)) {}
  constexpr Complex(double x, double y) : real(x), imag(y) {}
  constexpr double order() const { return real; }
  static constexpr bool chosen(bool way) {
    if (!std::is_constant_evaluated()) Choices::note(way);
    return way;
  }

  constexpr Complex operator-() const { return {-real, -imag}; }
  friend constexpr Complex operator+(const Complex& a, const Complex& b) { return {a.real + b.real, a.imag + b.imag}; }
  friend constexpr Complex operator-(const Complex& a, const Complex& b) { return {a.real - b.real, a.imag - b.imag}; }
  friend constexpr Complex operator*(const Complex& a, const Complex& b) {
    return {a.real * b.real - a.imag * b.imag, a.real * b.imag + a.imag * b.real};
  }
  friend Complex operator/(const Complex& a, const Complex& b);
};

Complex sqrt(Complex x), cbrt(Complex x), pow(Complex x, Complex y), hypot(Complex x, Complex y);
Complex exp(Complex x), exp2(Complex x), expm1(Complex x), log(Complex x), log2(Complex x), log10(Complex x);
Complex log1p(Complex x), sin(Complex x), cos(Complex x), tan(Complex x), asin(Complex x), acos(Complex x);
Complex atan(Complex x), atan2(Complex y, Complex x), sinh(Complex x), cosh(Complex x), tanh(Complex x);
Complex asinh(Complex x), acosh(Complex x), atanh(Complex x), floor(Complex x), ceil(Complex x), round(Complex x);
/// These are good near the real axis, where the complex step goes; lgamma continues log |gamma(x)|.
Complex erf(Complex x), erfc(Complex x), lgamma(Complex x), digamma(Complex x), trigamma(Complex x);
Complex polygamma(int n, Complex x);

// long double has 113 bits where there is no __float128 (64-bit ARM), or does its best.
#ifdef __SIZEOF_FLOAT128__
using QuadFloat = __float128;
#else
using QuadFloat = long double;
#endif

/// A number with about 33 digits.
struct Quad : Ordered<Quad> {
  QuadFloat value = 0;

  Quad() = default;
  template <class T>
    requires std::is_arithmetic_v<T> || std::is_same_v<T, QuadFloat>
  constexpr Quad(T x) : value(x) {}
  constexpr QuadFloat order() const { return value; }
  static constexpr bool chosen(bool way) { return way; }
  template <std::floating_point T>
  explicit constexpr operator T() const {
    return static_cast<T>(value);
  }

  constexpr Quad operator-() const { return -value; }
  constexpr Quad& operator+=(const Quad& b) { return *this = *this + b; }
  constexpr Quad& operator-=(const Quad& b) { return *this = *this - b; }
  constexpr Quad& operator*=(const Quad& b) { return *this = *this * b; }
  constexpr Quad& operator/=(const Quad& b) { return *this = *this / b; }
  friend constexpr Quad operator+(const Quad& a, const Quad& b) { return a.value + b.value; }
  friend constexpr Quad operator-(const Quad& a, const Quad& b) { return a.value - b.value; }
  friend constexpr Quad operator*(const Quad& a, const Quad& b) { return a.value * b.value; }
  friend constexpr Quad operator/(const Quad& a, const Quad& b) { return a.value / b.value; }
};

Quad sqrt(Quad x), cbrt(Quad x), pow(Quad x, Quad y), hypot(Quad x, Quad y);
Quad exp(Quad x), exp2(Quad x), expm1(Quad x), log(Quad x), log2(Quad x), log10(Quad x);
Quad log1p(Quad x), sin(Quad x), cos(Quad x), tan(Quad x), asin(Quad x), acos(Quad x);
Quad atan(Quad x), atan2(Quad y, Quad x), sinh(Quad x), cosh(Quad x), tanh(Quad x);
Quad asinh(Quad x), acosh(Quad x), atanh(Quad x), floor(Quad x), ceil(Quad x), round(Quad x);
Quad erf(Quad x), erfc(Quad x), lgamma(Quad x), digamma(Quad x), trigamma(Quad x), polygamma(int n, Quad x);

template <class T>
inline constexpr bool is_check_number = std::is_same_v<T, Complex> || std::is_same_v<T, Quad>;

}  // namespace autograd::core
