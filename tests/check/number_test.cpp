// The numbers that checks compute with: their functions against known values and against each other.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

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
  AGREE(erf, -3.0, -1e-5, 0.3, 1.49, 1.51, 4.0);
  AGREE(erfc, -3.0, -1e-5, 0.3, 1.49, 1.51, 4.0);
  AGREE(digamma, -2.7, 1e-5, 0.3, 11.9, 12.1, 1e6);
  AGREE(trigamma, -2.7, 1e-5, 0.3, 11.9, 12.1);
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
  CHECK(std::abs(static_cast<double>(pow(two, Quad(0.5)) - sqrt(two))) < 1e-33);
  CHECK(std::abs(static_cast<double>(hypot(Quad(1), Quad(1)) - sqrt(two))) < 1e-33);
  CHECK(std::abs(static_cast<double>(Quad(4) * atan2(Quad(1), Quad(1)) - acos(Quad(-1)))) < 1e-32);
#endif
}

TEST_CASE("the error function and the gamma family of complex numbers have their known values") {
  // Computed with 50 digits.
  struct Known {
    double x, y, real, imag;
  };
  const auto are = [](const char* name, ComplexFunction f, const std::vector<Known>& values) {
    for (const Known& k : values) {
      INFO(name << " at " << k.x << " + " << k.y << "i");
      const Complex got = f({k.x, k.y}), below = f({k.x, -k.y});
      const double size = std::hypot(k.real, k.imag);
      CHECK(std::abs(got.real - k.real) <= (f == static_cast<ComplexFunction>(core::lgamma) ? 1e-14 : 2e-15 * size));
      CHECK(std::abs(got.imag - k.imag) <= 2e-15 * size);
      CHECK(below.real == got.real);
      CHECK(below.imag == -got.imag);
    }
  };
  are("erf", core::erf,
      {{-2.5, 0.125, -0.99967604282911885809, 0.00025616318628775187014},
       {-0.75, 0.5, -0.8415518100363321009, 0.31630101006048092795},
       {0.0, 0.25, 0.0, 0.28808361979497198403},
       {1.4375, 0.125, 0.96114068046149791665, 0.017570115533274229583},
       {1.5625, 0.125, 0.97526055294497904751, 0.01202802440612077691},
       {5.0, 0.5, 0.99999999999926427922, -1.8224380770767701495e-12}});
  are("erfc", core::erfc,
      {{-2.5, 0.125, 1.9996760428291188581, -0.00025616318628775187014},
       {0.75, 0.5, 0.1584481899636678991, -0.31630101006048092795},
       {1.5625, 0.125, 0.024739447055020952495, -0.01202802440612077691},
       {5.0, 0.5, 7.3572077658981947484e-13, 1.8224380770767701495e-12},
       {12.0, 0.25, 1.3939811024223494436e-64, 3.7455872303384192231e-65}});
  are("lgamma", core::lgamma,
      {{0.25, 0.125, 1.1671247454417143487, -0.4916492092037075064},
       {0.75, 0.25, 0.12685126652095696453, -0.25843254845881058131},
       {1.5, 0.125, -0.12807110439909669525, 0.0048301578641332862259},
       {3.5, 0.5, 1.1598601069175237037, 0.55381507552192051674},
       {20.0, 1.0, 39.314259987890606077, 2.9709616680231353121}});
  are("digamma", core::digamma,
      {{-3.75, 0.125, -0.92208244442869467956, 2.0309679091205874513},
       {0.25, 0.125, -3.4171649576689476557, 1.7487686871802727474},
       {1.5, 0.125, 0.042929834556987656886, 0.11639439408838837292},
       {3.5, 0.5, 1.1165080219699073014, 0.16373644305443766958},
       {20.0, 1.0, 2.9718363312058247717, 0.051225997801698578767}});
  are("trigamma", core::trigamma,
      {{-3.75, 0.125, 11.016014768771222136, -9.7794096830335429192},
       {0.25, 0.125, 8.8559199355400022571, -10.403279705166238674},
       {1.5, 0.125, 0.92390567819260096161, -0.10247959232592396094},
       {3.5, 0.5, 0.32179066122146714679, -0.052720600970348519124},
       {20.0, 1.0, 0.051136488410998462125, -0.0026212394637538682003}});
}

TEST_CASE("lgamma and the digamma family in quad precision has 30 digits") {
#ifdef __SIZEOF_FLOAT128__
  // Computed with 50 digits, as a double and what that leaves.
  struct Known {
    double x, high, low;
  };
  const auto are = [](const char* name, QuadFunction f, const std::vector<Known>& values) {
    for (const Known& k : values) {
      INFO(name << " at " << k.x);
      CHECK(std::abs(static_cast<double>(f(Quad(k.x)) - Quad(k.high) - Quad(k.low))) <= 1e-31 * (1 + std::abs(k.high)));
    }
  };
  are("digamma", core::digamma,
      {{-2.75, -1.959055264977997, 8.080406280946504e-17},
       {0.0078125, -128.56443747297672, -6.88175170749371e-15},
       {1.5, 0.03648997397857652, 1.9534229894802305e-19},
       {40, 3.676327374034843, -9.467475078319968e-17},
       {100000, 11.512920464961896, -8.298879002225604e-16}});
  are("lgamma", core::lgamma,
      {{-2.75, 0.004487897535955773, 2.5329217272111083e-19},
       {0.0078125, 4.847570775881665, 1.6118985409851126e-17},
       {1.5, -0.12078223763524522, -4.1797047492946264e-18},
       {40, 106.63176026064346, -1.343308512431943e-15},
       {100000, 1051287.7089736569, 2.0750820252745906e-11}});
  are("trigamma", core::trigamma,
      {{-2.75, 19.433868949488463, 8.330937564556192e-16},
       {0.0078125, 16385.62634814803, 7.070893864808002e-13},
       {1.5, 0.9348022005446793, -1.9802131950561375e-17},
       {40, 0.02531510384129103, -2.6161655994485856e-19}});
  are("polygamma of order 2", [](Quad x) { return core::polygamma(2, x); },
      {{-2.75, -124.11765305971518, 1.0582470851947251e-15},
       {0.0078125, -4194306.354129783, 2.3061347778654594e-10},
       {1.5, -0.82879664423432, -1.6490926678040485e-17},
       {40, -0.0006408202718352986, -6.251856850985077e-21}});
  are("polygamma of order 5", [](Quad x) { return core::polygamma(5, x); },
      {{0.0078125, 527765581332596.56, -0.0020167879371020044},
       {1.5, 11.113548602435497, -5.620086318758163e-16},
       {40, 2.4938943509996704e-07, -1.7970846636778343e-23}});
#endif
}
