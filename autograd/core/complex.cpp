// The functions of Complex, most of them by way of std::complex. The imaginary part is to keep its digits also where it
// is 1e-200, which the formulas written out here take care of. What they compare are doubles: how a smooth function is
// computed is no choice of the formula that calls it (see Choices).
#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>

#include <autograd/core/gamma_series.hpp>
#include <autograd/core/number.hpp>

namespace autograd::core {
namespace {

using C = std::complex<double>;
C std_of(const Complex& x) { return {x.real, x.imag}; }
Complex ours(const C& x) { return {x.real(), x.imag()}; }

// The step that x lies on is a choice.
Complex step(double x) {
  Choices::note(std::bit_cast<std::int64_t>(x));
  return x;
}

constexpr double pi = 3.14159265358979323846;
constexpr double two_over_sqrt_pi = 1.12837916709551257390;

// erf(x) exp(x^2) sqrt(pi)/2 = x + 2 x^3/3 + 4 x^5/15 + ..., all of one sign (Abramowitz and Stegun 7.1.6).
Complex erf_series(const Complex& x) {
  Complex term = x, sum = x;
  for (int n = 1; n < 200; ++n) {
    term = term * x * x * (2.0 / (2 * n + 1));
    sum = sum + term;
    if (std::abs(term.real) < 1e-19 * std::abs(sum.real)) break;
  }
  return sum;
}

// From here on the fraction below is short, and the series above begins to lose digits.
constexpr double far = 1.5;

// erfc(x) exp(x^2) sqrt(pi), a continued fraction: 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + ...)))) (7.1.14), from so far
// inside that what is left out does not show.
Complex erfc_fraction(const Complex& x) {
  Complex tail = x;
  for (int n = 8 + static_cast<int>(240 / square(x).real); n > 0; --n) tail = x + 0.5 * n / tail;
  return 1.0 / tail;
}

// sin and tan of pi x, by what x is beyond an integer: pi x itself would lose the digits far out.
struct Turn {
  double sign;  // of sin(pi x) / sin(pi rest)
  Complex rest;
};
Turn turn_of(const Complex& x) {
  const double whole = std::round(x.real);
  return {std::fmod(whole, 2) == 0 ? 1.0 : -1.0, {x.real - whole, x.imag}};
}

}  // namespace

// Smith's method: no overflow where the quotient has none.
Complex operator/(const Complex& a, const Complex& b) {
  if (std::abs(b.real) >= std::abs(b.imag)) {
    const double r = b.imag / b.real, d = b.real + b.imag * r;
    return {(a.real + a.imag * r) / d, (a.imag - a.real * r) / d};
  }
  const double r = b.real / b.imag, d = b.real * r + b.imag;
  return {(a.real * r + a.imag) / d, (a.imag * r - a.real) / d};
}

Complex sqrt(Complex x) { return ours(std::sqrt(std_of(x))); }
// The real root, continued: the principal one of a negative number would be another.
Complex cbrt(Complex x) {
  if (x.real < 0) return -cbrt(-x);
  const Complex y = std::cbrt(x.real);
  if (y.real == 0) return x.imag == 0 ? y : exp(log(x) * (1.0 / 3));
  return y * exp(log(Complex(1, x.imag / x.real)) * (1.0 / 3));
}
Complex pow(Complex x, Complex y) {
  if (x.imag == 0 && y.imag == 0) return std::pow(x.real, y.real);
  if (y.imag == 0 && y.real == std::trunc(y.real) && std::abs(y.real) <= 64) {
    // An integer power of a number of any sign.
    Complex power = 1, base = x;
    for (int n = static_cast<int>(std::abs(y.real)); n > 0; n /= 2, base = base * base)
      if (n % 2) power = power * base;
    return y.real < 0 ? 1.0 / power : power;
  }
  return exp(y * log(x));
}
Complex hypot(Complex x, Complex y) {
  const double scale = std::max(std::abs(x.real), std::abs(y.real));
  if (scale == 0 || !std::isfinite(scale)) return sqrt(x * x + y * y);
  x = x / scale;
  y = y / scale;
  return scale * sqrt(x * x + y * y);
}
Complex exp(Complex x) { return ours(std::exp(std_of(x))); }
Complex exp2(Complex x) {
  const double size = std::exp2(x.real), angle = 0.693147180559945309417 * x.imag;
  return {size * std::cos(angle), size * std::sin(angle)};
}
Complex expm1(Complex x) {
  const double s = std::sin(0.5 * x.imag);
  return {std::expm1(x.real) * std::cos(x.imag) - 2 * s * s, std::exp(x.real) * std::sin(x.imag)};
}
Complex log(Complex x) { return ours(std::log(std_of(x))); }
Complex log2(Complex x) { return 1.44269504088896340736 * log(x); }
Complex log10(Complex x) { return 0.434294481903251827651 * log(x); }
Complex log1p(Complex x) {
  const double u = 1 + x.real, r = x.imag / u;
  return {std::log1p(x.real) + 0.5 * std::log1p(r * r), std::atan2(x.imag, u)};
}
Complex sin(Complex x) { return ours(std::sin(std_of(x))); }
Complex cos(Complex x) { return ours(std::cos(std_of(x))); }
Complex tan(Complex x) { return sin(x) / cos(x); }
Complex asin(Complex x) { return ours(std::asin(std_of(x))); }
Complex acos(Complex x) { return ours(std::acos(std_of(x))); }
Complex atan(Complex x) { return ours(std::atan(std_of(x))); }
Complex atan2(Complex y, Complex x) {
  if (std::abs(x.real) >= std::abs(y.real)) {
    const Complex a = atan(y / x);
    return x.real >= 0 ? a : a + (std::signbit(y.real) ? -pi : pi);
  }
  return (y.real < 0 ? -0.5 * pi : 0.5 * pi) - atan(x / y);
}
Complex sinh(Complex x) { return ours(std::sinh(std_of(x))); }
Complex cosh(Complex x) { return ours(std::cosh(std_of(x))); }
Complex tanh(Complex x) { return ours(std::tanh(std_of(x))); }
Complex asinh(Complex x) { return ours(std::asinh(std_of(x))); }
Complex acosh(Complex x) { return ours(std::acosh(std_of(x))); }
Complex atanh(Complex x) { return ours(std::atanh(std_of(x))); }
Complex floor(Complex x) { return step(std::floor(x.real)); }
Complex ceil(Complex x) { return step(std::ceil(x.real)); }
Complex round(Complex x) { return step(std::round(x.real)); }
Complex erf(Complex x) {
  if (std::abs(x.real) < far) return two_over_sqrt_pi * exp(-(x * x)) * erf_series(x);
  return x.real < 0 ? erfc(-x) - 1.0 : 1.0 - erfc(x);
}
Complex erfc(Complex x) {
  if (x.real < 0) return 2.0 - erfc(-x);
  if (x.real < far) return 1.0 - erf(x);
  return 0.5 * two_over_sqrt_pi * exp(-(x * x)) * erfc_fraction(x);
}
Complex lgamma(Complex x) {
  if (x.real != x.real || std::isinf(x.real)) return std::lgamma(x.real);
  if (x.real < 0.5) {
    // log |gamma(x)| = log(pi / |sin(pi x)|) - log gamma(1 - x)
    const Turn turn = turn_of(x);
    const Complex s = sin(pi * turn.rest);
    return std::log(pi) - log(s.real < 0 ? -s : s) - lgamma(1.0 - x);
  }
  return log_gamma_series(x);
}
Complex digamma(Complex x) {
  if (!(x.real < 0)) return polygamma_series(0, x);
  const Turn turn = turn_of(x);
  return polygamma_series(0, 1.0 - x) - pi / tan(pi * turn.rest);
}
Complex trigamma(Complex x) {
  if (!(x.real < 0)) return polygamma_series(1, x);
  const Turn turn = turn_of(x);
  return square(pi / sin(pi * turn.rest)) - polygamma_series(1, 1.0 - x);
}
Complex polygamma(int n, Complex x) { return n == 0 ? digamma(x) : n == 1 ? trigamma(x) : polygamma_series(n, x); }

}  // namespace autograd::core
