// gradient, value_and_gradient, vjp, jvp and hvp, for every kind of argument, against closed forms.
#include <cmath>
#include <tuple>
#include <vector>

#include <autograd/autograd.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;

namespace {

const auto wave = [](const auto& x) { return x * sin(x); };
double wave_slope(double x) { return std::sin(x) + x * std::cos(x); }
double wave_curve(double x) { return 2 * std::cos(x) - x * std::sin(x); }

ag::Tensor row(std::vector<double> v) {
  const auto n = static_cast<ag::Index>(v.size());
  return ag::Tensor::of(v, {n});
}
using Numbers = std::vector<double>;

}  // namespace

TEST_CASE("the gradient at a number, at several, and at a list of numbers") {
  CHECK(ag::gradient(wave, 2.0) == Approx(wave_slope(2)).epsilon(1e-15));
  CHECK(ag::gradient(wave, 2) == Approx(wave_slope(2)).epsilon(1e-15));
  const auto [a, b] = ag::gradient([](ag::Var x, ag::Var y) { return x * x * y; }, 3.0, 5.0);
  CHECK(a == 30);
  CHECK(b == 9);
  const Numbers g = ag::gradient(
      [](const std::vector<ag::Var>& x) {
        ag::Var sum = 0;
        for (const ag::Var& e : x) sum += e * e * e;
        return sum;
      },
      Numbers{1, 2, -3});
  CHECK(g == Numbers{3, 12, 27});
}

TEST_CASE("the gradient at tensors, of a result with a name or without") {
  const ag::Tensor x = row({1, 2, 3}), y = row({-1, 0.5, 4});
  const auto [dx, dy] = ag::gradient([](const auto& a, const auto& b) { return sum(a * b); }, x, y);
  CHECK(dx.to_vector() == y.to_vector());
  CHECK(dy.to_vector() == x.to_vector());
  const auto [value, slope] = ag::value_and_gradient([](ag::Tensor t) { return sum(square(t)); }, x);
  CHECK(value.value() == 14);
  CHECK(slope.to_vector() == Numbers{2, 4, 6});
  const auto [number, at] = ag::value_and_gradient(wave, 2.0);
  CHECK(number.value() == Approx(2 * std::sin(2)));
  CHECK(at == Approx(wave_slope(2)));
}

TEST_CASE("a result that does not depend on its argument has a gradient of zeros") {
  CHECK(ag::gradient([](ag::Var) { return ag::Var(3); }, 2.0) == 0);
  const ag::Tensor g = ag::gradient([](ag::Tensor) { return ag::Tensor(3.0); }, row({1, 2}));
  CHECK(g.to_vector() == Numbers{0, 0});
}

TEST_CASE("gradients nest to any order") {
  const auto first = [](const auto& f) { return [f](const auto& x) { return ag::gradient(f, x); }; };
  const auto f = [](const auto& x) { return exp(2.0 * x); };
  CHECK(first(f)(0.5) == Approx(2 * std::exp(1)));
  CHECK(first(first(f))(0.5) == Approx(4 * std::exp(1)));
  CHECK(first(first(first(f)))(0.5) == Approx(8 * std::exp(1)));
}

TEST_CASE("vjp pulls a cotangent of the shape of the result") {
  const ag::Tensor x = row({0.5, 1, 2}), c = row({1, -2, 3});
  const ag::Tensor g = ag::vjp(wave, c, x);
  for (ag::Index i = 0; i < 3; ++i)
    CHECK(g(i).value() == Approx(c(i).value() * wave_slope(x(i).value())).epsilon(1e-14));
  CHECK(ag::vjp(wave, 3.0, 2.0) == Approx(3 * wave_slope(2)));
  const auto [da, db] = ag::vjp(ag::op::Multiply{}, c, x, row({4, 5, 6}));
  CHECK(da.to_vector() == Numbers{4, -10, 18});
  CHECK(db.to_vector() == Numbers{0.5, -2, 6});
  CHECK_THROWS_AS(ag::vjp(wave, row({1, 2}), x), ag::ShapeError);
  CHECK_THROWS_AS(ag::vjp(wave, ag::Tensor::ones({3}, ag::float32), x), ag::DtypeError);
}

TEST_CASE("jvp pushes a tangent of the shape of the argument") {
  const auto number = ag::jvp(wave, 2.0, 3.0);
  CHECK(number.value == Approx(2 * std::sin(2)));
  CHECK(number.tangent == Approx(3 * wave_slope(2)));
  CHECK(ag::jvp([](ag::Var x) { return x * x; }, 3.0, 1.0).tangent == 6);  // not made for dual numbers
  const ag::Tensor x = row({0.5, 1, 2}), v = row({1, -2, 3});
  const auto [y, dy] = ag::jvp(wave, x, v);
  for (ag::Index i = 0; i < 3; ++i) {
    CHECK(y(i).value() == Approx(x(i).value() * std::sin(x(i).value())));
    CHECK(dy(i).value() == Approx(v(i).value() * wave_slope(x(i).value())).epsilon(1e-14));
  }
  const auto both =
      ag::jvp([](const auto& a, const auto& b) { return sum(a * b); }, std::tuple{x, v}, std::tuple{v, x});
  CHECK(both.tangent.value() == Approx(1 + 4 + 9 + 0.25 + 1 + 4));
  CHECK_THROWS_AS(ag::jvp(wave, x, row({1, 2})), ag::ShapeError);
  CHECK_THROWS_AS(ag::jvp(wave, x, ag::Tensor::ones({3}, ag::float32)), ag::DtypeError);
}

TEST_CASE("hvp is the Hessian times a direction") {
  CHECK(ag::hvp(wave, 2.0, 3.0) == Approx(3 * wave_curve(2)).epsilon(1e-14));
  const ag::Tensor x = row({0.5, 1, 2}), v = row({1, -2, 3});
  const ag::Tensor h = ag::hvp([](const auto& t) { return sum(wave(t)); }, x, v);
  for (ag::Index i = 0; i < 3; ++i)
    CHECK(h(i).value() == Approx(v(i).value() * wave_curve(x(i).value())).epsilon(1e-13));
  // x0^2 x1 at (2, 3): the Hessian is [[6, 4], [4, 0]].
  const Numbers list =
      ag::hvp([](const std::vector<ag::Var>& u) { return ag::Var(u[0] * u[0] * u[1]); }, Numbers{2, 3}, Numbers{1, 10});
  CHECK(list == Numbers{46, 4});
  CHECK_THROWS_AS(ag::hvp([](const auto& t) { return sum(wave(t)); }, x, row({1})), ag::ShapeError);
}
