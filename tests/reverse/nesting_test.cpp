// Tapes in tapes: derivatives of derivatives.
#include <cmath>
#include <autograd/autograd.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;

namespace {

// f^(n)(x) by n nested tapes.
template <class F>
ag::Var nth(const F& f, const ag::Var& x, int n) {
  if (n == 0) return f(x);
  ag::Tape tape;
  const auto u = tape.variable(x);
  const ag::Var y = nth(f, u, n - 1);
  return tape.gradient(y)[u];
}

// The same on tensors, elementwise: the gradient of the sum.
template <class F>
ag::Tensor nth_tensor(const F& f, const ag::Tensor& x, int n) {
  if (n == 0) return f(x);
  ag::Tape tape;
  const auto u = tape.variable(x);
  const ag::Tensor y = sum(nth_tensor(f, u, n - 1));
  return tape.gradient(y)[u];
}

}  // namespace

TEST_CASE("the fourth derivative of a scalar function") {
  const auto f = [](const ag::Var& x) { return ag::Var(exp(2.0 * x) + x * x * x * x); };
  const double x = 0.5, e = std::exp(1.0);
  CHECK(nth(f, x, 1).value() == Approx(2 * e + 4 * x * x * x).epsilon(1e-13));
  CHECK(nth(f, x, 2).value() == Approx(4 * e + 12 * x * x).epsilon(1e-13));
  CHECK(nth(f, x, 3).value() == Approx(8 * e + 24 * x).epsilon(1e-13));
  CHECK(nth(f, x, 4).value() == Approx(16 * e + 24).epsilon(1e-13));
}

TEST_CASE("the third derivative of a tensor function") {
  const auto f = [](const ag::Tensor& x) { return ag::Tensor(sin(x) + x * x * x); };
  const ag::Tensor x = ag::Tensor::of<double>({-1, 0, 0.5, 2}, {4});
  const auto d1 = nth_tensor(f, x, 1).to_vector(), d2 = nth_tensor(f, x, 2).to_vector(),
             d3 = nth_tensor(f, x, 3).to_vector();
  for (std::size_t i = 0; i < 4; ++i) {
    const double v = x.to_vector()[i];
    CHECK(d1[i] == Approx(std::cos(v) + 3 * v * v).epsilon(1e-13));
    CHECK(d2[i] == Approx(-std::sin(v) + 6 * v).epsilon(1e-13).margin(1e-15));
    CHECK(d3[i] == Approx(-std::cos(v) + 6).epsilon(1e-13));
  }
}

TEST_CASE("second derivatives where the first one is 0") {
  // sqrt(1 + x^2), log(1 + x^2) and 1/(1 + x^2) at 0: the cotangent of the outer op's argument is 0, its
  // derivative not.
  const auto check = [](const auto& f, double second) {
    using D = ag::Dual<double>;
    const ag::Dual<D> y = f(ag::Dual<D>{D{0.0, 1.0}, D{1.0, 0.0}});
    CHECK(y.tangent.tangent == second);
    CHECK(nth([&](const ag::Var& x) { return ag::Var(f(x)); }, 0.0, 2).value() == second);
    CHECK(nth_tensor([&](const ag::Tensor& x) { return ag::Tensor(f(x)); }, ag::Tensor(0.0), 2).value() == second);
  };
  check([](const auto& x) { return sqrt(1.0 + x * x); }, 1);
  check([](const auto& x) { return log(1.0 + x * x); }, 2);
  check([](const auto& x) { return 1.0 / (1.0 + x * x); }, -2);
  check([](const auto& x) { return pow(1.0 + x * x, 1.5); }, 3);
}

TEST_CASE("the Hessian of Rosenbrock's function") {
  const auto f = [](const ag::Var& x, const ag::Var& y) {
    return ag::Var(square(1.0 - x) + 100.0 * square(y - x * x));
  };
  ag::Tape outer;
  const auto x = outer.variable(-1.2), y = outer.variable(1.0);
  ag::Var fx, fy;
  {
    ag::Tape inner;
    const auto u = inner.variable(x), v = inner.variable(y);
    const auto g = inner.gradient(f(u, v));
    fx = g[u], fy = g[v];
  }
  CHECK(fx.value() == Approx(-215.6).epsilon(1e-14));
  CHECK(fy.value() == Approx(-88).epsilon(1e-14));
  const auto row1 = outer.gradient(fx), row2 = outer.gradient(fy);
  CHECK(row1[x].value() == Approx(1330).epsilon(1e-14));
  CHECK(row1[y].value() == Approx(480).epsilon(1e-14));
  CHECK(row2[x].value() == Approx(480).epsilon(1e-14));
  CHECK(row2[y].value() == Approx(200).epsilon(1e-14));
}

TEST_CASE("an inner tape uses variables of the outer one directly") {
  ag::Tape outer;
  const auto a = outer.variable(3.0);
  const auto w = outer.variable(ag::Tensor::of<double>({1, 2}, {2}));
  ag::Var slope;
  ag::Tensor slopes;
  {
    ag::Tape inner;
    const auto x = inner.variable(2.0);
    const ag::Var y = a * x * x;
    slope = inner.gradient(y)[x];  // 2 a x
    const auto t = inner.variable(ag::Tensor::of<double>({4, 5}, {2}));
    const ag::Tensor s = sum(w * t * t * t);
    slopes = inner.gradient(s)[t];  // 3 w t^2
  }
  CHECK(slope.value() == 12);
  CHECK(outer.gradient(slope)[a].value() == 4);
  const ag::Tensor total = sum(slopes);
  CHECK(outer.gradient(total)[w].to_vector() == std::vector<double>{48, 75});
}

TEST_CASE("second order through scalars and tensors together") {
  // L(s) = sum(exp(s * x)): L'' = sum(x^2 exp(s x)).
  const ag::Tensor x = ag::Tensor::of<double>({0.5, -1, 2}, {3});
  ag::Tape outer;
  const auto s = outer.variable(0.7);
  ag::Var first;
  {
    ag::Tape inner;
    const auto u = inner.variable(s);
    const ag::Tensor l = sum(exp(u * x));
    first = inner.gradient(l)[u];
  }
  double want = 0, second = 0;
  for (double v : x.to_vector()) want += v * std::exp(0.7 * v), second += v * v * std::exp(0.7 * v);
  CHECK(first.value() == Approx(want).epsilon(1e-14));
  CHECK(outer.gradient(first)[s].value() == Approx(second).epsilon(1e-14));
}

TEST_CASE("second order through broadcasting and reductions") {
  // f = sum(mean(a * b, 0)^2), a (2, 3), b (3): the gradient's gradient against the formula.
  ag::Tape outer;
  const auto a = outer.variable(ag::Tensor::of<double>({1, 2, 3, 4, 5, 6}, {2, 3}));
  const auto b = outer.variable(ag::Tensor::of<double>({2, -1, 0.5}, {3}));
  ag::Tensor gb;
  {
    ag::Tape inner;
    const auto u = inner.variable(b);
    const ag::Tensor m = mean(a * u, 0), f = sum(m * m);
    gb = inner.gradient(f)[u];  // 2 b m_a^2, m_a the column means of a
  }
  const std::vector<double> means{2.5, 3.5, 4.5}, bs{2, -1, 0.5};
  for (std::size_t j = 0; j < 3; ++j) CHECK(gb.to_vector()[j] == Approx(2 * bs[j] * means[j] * means[j]));
  const ag::Tensor total = sum(gb);
  const auto g = outer.gradient(total);
  for (std::size_t j = 0; j < 3; ++j) {
    CHECK(g[b].to_vector()[j] == Approx(2 * means[j] * means[j]));
    CHECK(g[a].to_vector()[j] == Approx(2 * bs[j] * means[j]));
  }
}
