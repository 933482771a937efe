// Duals with several tangents agree with a dual along each direction, and with the tape.
#include <cmath>
#include <vector>

#include <autograd/autograd.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;

namespace {

using Many = ag::Dual<double, ag::Directions<double, 3>>;

// Operators, constants on either side, functions of two arguments, an infinite slope, a choice and a comparison.
template <class T>
T formula(const T& x, const T& y, const T& z) {
  T s = x * y - 2.0 * sin(z) / (1.0 + x * x);
  s += pow(y, 3.0) + atan2(x, z) - hypot(y, z);
  s -= where(x > y, exp(x), y * z);
  s *= maximum(x, y) + sqrt(y * 0.0 + 1.0);
  return s / (2.0 + cos(y));
}

}  // namespace

TEST_CASE("several directions at once are what each is alone") {
  for (const double x : {-1.5, 0.25, 2.0}) {
    const double at[3] = {x, 0.75, -0.5};
    Many many[3];
    for (std::size_t k = 0; k < 3; ++k) many[k] = Many(at[k], Many::Tangent::unit(k));
    const Many together = formula(many[0], many[1], many[2]);

    ag::Tape tape;
    std::vector<ag::Var> v;
    for (double e : at) v.push_back(tape.variable(e));
    const ag::Var f = formula(v[0], v[1], v[2]);
    const auto g = tape.gradient(f);
    for (std::size_t k = 0; k < 3; ++k) {
      ag::Dual<double> one[3];
      for (std::size_t i = 0; i < 3; ++i) one[i] = {at[i], i == k ? 1.0 : 0.0};
      const ag::Dual<double> alone = formula(one[0], one[1], one[2]);
      CHECK(together.value == alone.value);
      CHECK(together.tangent[k] == Approx(alone.tangent).epsilon(1e-15));
      CHECK(together.tangent[k] == Approx(g[v[k]].value()).epsilon(1e-14));
    }
  }
}

TEST_CASE("a direction that an argument does not depend on gets 0, also from an infinite slope") {
  const Many x{0.0, Many::Tangent::unit(1)};
  const Many y = sqrt(x);
  CHECK(y.tangent[0] == 0);
  CHECK(std::isinf(y.tangent[1]));
  CHECK(y.tangent[2] == 0);
  const Many c = 4.0;
  CHECK(sqrt(c).tangent[0] == 0);
}

TEST_CASE("directions nest: a dual of duals has a row of second derivatives") {
  using Inner = ag::Dual<double>;
  using Outer = ag::Dual<Inner, ag::Directions<Inner, 2>>;
  // x^2 y at (3, 5), differentiated by x inside: 2 x y, whose derivatives are 2 y and 2 x.
  const Outer x{Inner{3.0, 1.0}, Outer::Tangent::unit(0)}, y{Inner{5.0}, Outer::Tangent::unit(1)};
  const Outer f = x * x * y;
  CHECK(f.value.value == 45);
  CHECK(f.value.tangent == 30);
  CHECK(f.tangent[0].tangent == 10);
  CHECK(f.tangent[1].tangent == 6);
}
