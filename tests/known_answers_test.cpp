// Published results, and those of the lectures, that automatic differentiation must reproduce.
#include <cmath>
#include <autograd/autograd.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;

TEST_CASE("the chain rule: f = (x + y) z") {
  ag::Tape tape;
  const auto x = tape.variable(-2.0), y = tape.variable(5.0), z = tape.variable(-4.0);
  const ag::Var q = x + y, f = q * z;
  const auto g = tape.gradient(f);
  CHECK(q.value() == 3);
  CHECK(f.value() == -12);
  CHECK(g[x].value() == -4);
  CHECK(g[y].value() == -4);
  CHECK(g[z].value() == 3);
  CHECK(g[q].value() == -4);
}

TEST_CASE("one neuron of the lectures: z = w'x + b") {
  const ag::Tensor w = ag::Tensor::of<double>({0.4, 0.1, 0.0058}, {3}), x = ag::Tensor::of<double>({0.5, 2, 17}, {3});
  const ag::Tensor z = sum(w * x) + 0.2;
  CHECK(z.value() == Approx(0.6986).epsilon(1e-14));
  CHECK(ag::Tensor(relu(z)).value() == Approx(0.6986));
  // The loss of the prediction 0.45 for y = 1.
  CHECK(-std::log(0.45) == Approx(0.798508).epsilon(1e-6));
  const ag::Tensor product = sum(ag::Tensor::of<double>({1, 2, 3}, {3}) * ag::Tensor::of<double>({4, 1, 3}, {3}));
  CHECK(product.value() == 15);
}

TEST_CASE("the matrix product of the lectures") {
  const ag::Tensor a = ag::Tensor::of<double>({1, 2, 1, 0, 1, 0, 2, 3, 4}, {3, 3});
  const ag::Tensor b = ag::Tensor::of<double>({2, 5, 6, 7, 1, 8}, {3, 2});
  CHECK(ag::Tensor(matmul(a, b)).to_vector() == std::vector<double>{15, 27, 6, 7, 26, 63});
}

TEST_CASE("deeplearning.ai: J = theta x, checked by differences") {
  const auto J = [](const auto& theta) { return theta * 2.0; };
  CHECK(J(4.0) == 8);
  CHECK(ag::gradient(J, 4.0) == 2);
  // The course's measure, |g - n| / (|g| + |n|), at its step of 1e-7: 2.9e-10.
  const double h = 1e-7, numeric = (J(4.0 + h) - J(4.0 - h)) / (2 * h);
  CHECK(std::abs(2 - numeric) / (2 + std::abs(numeric)) < 1e-9);
}

TEST_CASE("deeplearning.ai: a rule can be called alone, with a cotangent that belongs to nothing") {
  // The course's tests of relu_backward and sigmoid_backward.
  const ag::Tensor dA = ag::Tensor::of<double>({-0.41675785, -0.05626683}, {1, 2});
  const ag::Tensor Z = ag::Tensor::of<double>({0.04153939, -1.11792545}, {1, 2});
  CHECK(ag::vjp(ag::op::Relu{}, dA, Z).to_vector() == std::vector<double>{-0.41675785, 0});
  const std::vector<double> dZ = ag::vjp(ag::op::Sigmoid{}, dA, Z).to_vector();
  CHECK(dZ[0] == Approx(-0.10414453).epsilon(1e-7));
  CHECK(dZ[1] == Approx(-0.01044791).epsilon(1e-6));
}

TEST_CASE("CS231n: the sigmoid neuron") {
  ag::Tape tape;
  const auto w0 = tape.variable(2.0), w1 = tape.variable(-3.0), w2 = tape.variable(-3.0);
  const auto x0 = tape.variable(-1.0), x1 = tape.variable(-2.0);
  const ag::Var f = sigmoid(w0 * x0 + w1 * x1 + w2);
  const auto g = tape.gradient(f);
  CHECK(f.value() == Approx(0.7310585786).epsilon(1e-10));
  CHECK(g[x0].value() == Approx(0.3932238665).epsilon(1e-9));
  CHECK(g[x1].value() == Approx(-0.5898357997).epsilon(1e-9));
  CHECK(g[w0].value() == Approx(-0.1966119332).epsilon(1e-9));
  CHECK(g[w1].value() == Approx(-0.3932238665).epsilon(1e-9));
  CHECK(g[w2].value() == Approx(0.1966119332).epsilon(1e-9));
}

TEST_CASE("CS231n: f = (x + s(y)) / (s(x) + (x + y)^2)") {
  ag::Tape tape;
  const auto x = tape.variable(3.0), y = tape.variable(-4.0);
  const ag::Var f = (x + sigmoid(y)) / (sigmoid(x) + square(x + y));
  const auto g = tape.gradient(f);
  CHECK(f.value() == Approx(1.54564488410664).epsilon(1e-14));
  CHECK(g[x].value() == Approx(2.05956979557217).epsilon(1e-14));
  CHECK(g[y].value() == Approx(1.59223275148381).epsilon(1e-14));
}

TEST_CASE("micrograd: the graph of its README") {
  const auto run = [](ag::Tape& tape) {
    const auto a = tape.variable(-4.0), b = tape.variable(2.0);
    ag::Var c = a + b, d = a * b + pow(b, 3);
    c += c + 1.0;
    c += 1.0 + c + (-a);
    d += d * 2.0 + relu(b + a);
    d += 3.0 * d + relu(b - a);
    const ag::Var e = c - d, f = pow(e, 2);
    ag::Var g = f / 2.0;
    g += 10.0 / f;
    const auto gradient = tape.gradient(g);
    CHECK(g.value() == Approx(24.70408163).epsilon(1e-9));
    CHECK(gradient[a].value() == Approx(138.83381924).epsilon(1e-9));
    CHECK(gradient[b].value() == Approx(645.57725948).epsilon(1e-9));
  };
  {
    ag::Tape fused;
    run(fused);
  }
  ag::Tape graph{ag::record_graph};
  run(graph);
}

TEST_CASE("swish at 1, with two derivatives") {
  using D = ag::Dual<double>;
  const ag::Dual<D> y = silu(ag::Dual<D>{D{1.0, 1.0}, D{1.0, 0.0}});
  CHECK(y.value.value == Approx(0.7310585786).epsilon(1e-9));
  CHECK(y.value.tangent == Approx(0.9276705119).epsilon(1e-9));
  CHECK(y.tangent.tangent == Approx(0.3023661188).epsilon(1e-9));
}

TEST_CASE("Rosenbrock's function") {
  ag::Tape tape;
  const auto x = tape.variable(-1.2), y = tape.variable(1.0);
  const ag::Var f = square(1.0 - x) + 100.0 * square(y - x * x);
  const auto g = tape.gradient(f);
  CHECK(f.value() == Approx(24.2).epsilon(1e-14));
  CHECK(g[x].value() == Approx(-215.6).epsilon(1e-14));
  CHECK(g[y].value() == Approx(-88).epsilon(1e-14));  // its Hessian: reverse/nesting_test.cpp
}

TEST_CASE("(x + y + z) exp(x y z)") {
  ag::Tape tape;
  const auto x = tape.variable(1.0), y = tape.variable(2.0), z = tape.variable(3.0);
  const ag::Var f = (x + y + z) * exp(x * y * z);
  const auto g = tape.gradient(f);
  CHECK(f.value() == Approx(2420.5727609564).epsilon(1e-13));
  CHECK(g[x].value() == Approx(14926.865359).epsilon(1e-10));
  CHECK(g[y].value() == Approx(7665.147076).epsilon(1e-10));
  CHECK(g[z].value() == Approx(5244.574315).epsilon(1e-10));
}

TEST_CASE("f = -(2 sin x) + x at 3") {
  ag::Tape tape;
  const auto x = tape.variable(3.0);
  const ag::Var f = -(2.0 * sin(x)) + x;
  CHECK(f.value() == Approx(2.7177599838802657).epsilon(1e-15));
  CHECK(tape.gradient(f)[x].value() == Approx(2.979984993200891).epsilon(1e-15));
}

TEST_CASE("cancellation is not an error of automatic differentiation") {
  // y = (x + 1e20 x) - 1e20 x: the true slope is 1, and (1 + 1e20) - 1e20 is 0 in double precision. Forward
  // mode rounds exactly so; the reverse sweep may add the same terms in an order that happens to keep the 1.
  const auto y = [](const auto& x) { return (x + 1e20 * x) - 1e20 * x; };
  CHECK(y(ag::Dual<double>{1.0, 1.0}).value == 0);
  CHECK(y(ag::Dual<double>{1.0, 1.0}).tangent == 0);
  ag::Tape tape;
  const auto x = tape.variable(1.0);
  const ag::Var f = y(x);
  CHECK(f.value() == 0);
  const double slope = tape.gradient(f)[x].value();
  CHECK((slope == 0 || slope == 1));
}
