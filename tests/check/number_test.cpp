// The numbers that checks compute with: their functions against known values and against each other.
#include <algorithm>
#include <cmath>
#include <string>

#include <autograd/core/number.hpp>
#include <tests/catch.hpp>

namespace core = autograd::core;
using core::Complex, core::Quad;

namespace {

using ComplexFunction = Complex (*)(Complex);
using QuadFunction = Quad (*)(Quad);

// The complex step of f, and its slope by central differences in quad precision: errors of 1e-16 and 1e-25.
void agree(const char* name, ComplexFunction f, QuadFunction g, double x) {
  INFO(name << " at " << x);
  const double step = f(Complex(x, 1e-100)).imag / 1e-100;
  const Quad h = 1e-9 * std::max(std::abs(x), 1e-6);
  const auto slope = static_cast<double>((g(Quad(x) + h) - g(Quad(x) - h)) / (2 * h));
  CHECK(std::abs(step - slope) <= 4e-15 * std::abs(slope));
  CHECK(std::abs(f(Complex(x)).real - static_cast<double>(g(x))) <= 4e-16 * (1 + std::abs(static_cast<double>(g(x)))));
}

}  // namespace

TEST_CASE("the complex step of every function agrees with differences in quad precision") {
#define AGREE(f, ...)                  \
  for (const double x : {__VA_ARGS__}) \
  agree(#f, static_cast<ComplexFunction>(core::f), static_cast<QuadFunction>(core::f), x)
  AGREE(sqrt, 1e-6, 0.3, 2.0, 1e6);
  AGREE(cbrt, -2.0, -1e-3, 0.3, 20.0);
  AGREE(exp, -30.0, -1.0, 0.5, 30.0);
  AGREE(exp2, -30.0, -1.0, 0.5, 30.0);
  AGREE(expm1, -20.0, -1e-5, 1e-5, 3.0);
  AGREE(log, 1e-6, 0.3, 2.0, 1e6);
  AGREE(log2, 1e-6, 0.3, 2.0, 1e6);
  AGREE(log10, 1e-6, 0.3, 2.0, 1e6);
  AGREE(log1p, -0.9, -1e-5, 1e-5, 3.0);
  AGREE(sin, -3.0, 0.3, 20.0);
  AGREE(cos, -3.0, 0.3, 20.0);
  AGREE(tan, -3.0, 0.3, 1.5);
  AGREE(asin, -0.9, 1e-5, 0.5);
  AGREE(acos, -0.9, 1e-5, 0.5);
  AGREE(atan, -20.0, 1e-5, 0.5);
  AGREE(sinh, -3.0, 1e-5, 3.0);
  AGREE(cosh, -3.0, 0.1, 3.0);
  AGREE(tanh, -3.0, 1e-5, 3.0);
  AGREE(asinh, -20.0, 1e-5, 3.0);
  AGREE(acosh, 1.01, 2.0, 30.0);
  AGREE(atanh, -0.9, 1e-5, 0.5);
#undef AGREE
}

TEST_CASE("functions of two complex numbers, in every quadrant") {
  for (const double y : {-2.0, -0.3, 0.4, 3.0})
    for (const double x : {-2.5, -0.2, 0.5, 2.0}) {
      const double r = x * x + y * y, h = 1e-100;
      CHECK(core::atan2(Complex(y), Complex(x)).real == Approx(std::atan2(y, x)).epsilon(1e-15));
      CHECK(core::atan2(Complex(y, h), Complex(x)).imag / h == Approx(x / r).epsilon(1e-14));
      CHECK(core::atan2(Complex(y), Complex(x, h)).imag / h == Approx(-y / r).epsilon(1e-14));
      CHECK(core::hypot(Complex(x, h), Complex(y)).imag / h == Approx(x / std::sqrt(r)).epsilon(1e-14));
    }
  for (const double p : {-3.0, 2.0, 5.0})
    CHECK(core::pow(Complex(-1.5, 1e-100), Complex(p)).imag / 1e-100 ==
          Approx(p * std::pow(-1.5, p - 1)).epsilon(1e-14));
  CHECK(core::pow(Complex(1.5, 1e-100), Complex(0.3)).imag / 1e-100 ==
        Approx(0.3 * std::pow(1.5, -0.7)).epsilon(1e-14));
  CHECK(core::pow(Complex(1.5), Complex(0.3, 1e-100)).imag / 1e-100 ==
        Approx(std::pow(1.5, 0.3) * std::log(1.5)).epsilon(1e-14));
}

TEST_CASE("complex numbers are compared by their real parts, and abs follows the branch") {
  const Complex a(-2, 5), b(1, -7);
  CHECK(a < b);
  CHECK(b >= a);
  CHECK(abs(a).real == 2);
  CHECK(abs(a).imag == -5);
  CHECK(abs(b).imag == -7);
  CHECK(sign(a).real == -1);
  CHECK(where(a < b, a, b).imag == 5);
  const Complex q = Complex(3, 4) / Complex(1, 2);
  CHECK(q.real == Approx(2.2));
  CHECK(q.imag == Approx(-0.4));
}

TEST_CASE("quad precision has more than 30 digits where there is __float128") {
#ifdef __SIZEOF_FLOAT128__
  const Quad two = 2;
  CHECK(std::abs(static_cast<double>(sqrt(two) * sqrt(two) - two)) < 1e-33);
  CHECK(std::abs(static_cast<double>(log(exp(two)) - two)) < 1e-32);
  CHECK(std::abs(static_cast<double>(erf(Quad(0.5)) + erfc(Quad(0.5)) - Quad(1))) < 1e-33);
#endif
}

TEST_CASE("a function without a version for these numbers leaves its name") {
  core::missing_function = nullptr;
  core::erf(Complex(0.5));
  REQUIRE(core::missing_function);
  CHECK(std::string(core::missing_function) == "erf");
  core::digamma(Quad(0.5));
  CHECK(std::string(core::missing_function) == "digamma");
}
