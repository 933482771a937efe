// The conventions at the edges: kinks, ties, infinite slopes, strong zeros. One table, every reading.
#include <tests/op/readings.hpp>

using namespace autograd;
using battery::check_slopes;

namespace {
constexpr double inf = op::infinity, no_number = op::not_a_number;
}

TEST_CASE("a one-sided infinite slope is infinite") {
  check_slopes([](const auto& x) { return sqrt(x); }, {0.0}, {inf});
  check_slopes([](const auto& x) { return sqrt(x); }, {-0.0}, {inf});
  check_slopes([](const auto& x) { return log(x); }, {0.0}, {inf});
  check_slopes([](const auto& x) { return log(x); }, {-0.0}, {inf});
  check_slopes([](const auto& x) { return log1p(x); }, {-1.0}, {inf});
  check_slopes([](const auto& x) { return cbrt(x); }, {0.0}, {inf});
  check_slopes([](const auto& x) { return asin(x); }, {1.0}, {inf});
  check_slopes([](const auto& x) { return acos(x); }, {-1.0}, {-inf});
  check_slopes([](const auto& x) { return acosh(x); }, {1.0}, {inf});
  check_slopes([](const auto& x) { return atanh(x); }, {1.0}, {inf});
  check_slopes([](const auto& x) { return lgamma(x); }, {0.0}, {-inf});
  check_slopes([](const auto& x) { return lgamma(x); }, {-0.0}, {inf});
  check_slopes([](const auto& x) { return lgamma(x); }, {-3.0}, {-inf});
  check_slopes([](const auto& x) { return pow(x, 0.5); }, {0.0}, {inf});
}

TEST_CASE("1/0 is IEEE") {
  CHECK(evaluate(op::Divide{}, 1.0, 0.0) == inf);
  check_slopes([](const auto& x, const auto& y) { return x / y; }, {1.0, 0.0}, {inf, -inf});
  check_slopes([](const auto& x) { return reciprocal(x); }, {0.0}, {-inf});
}

TEST_CASE("at a kink the slope is the least-norm subgradient") {
  check_slopes([](const auto& x) { return abs(x); }, {0.0}, {0.0});
  check_slopes([](const auto& x) { return relu(x); }, {0.0}, {0.0});
  check_slopes([](const auto& x) { return leaky_relu(x, 0.25); }, {0.0}, {0.25});
  check_slopes([](const auto& x) { return leaky_relu(x, 2.0); }, {0.0}, {1.0});
  check_slopes([](const auto& x) { return leaky_relu(x, -0.5); }, {0.0}, {0.0});
  check_slopes([](const auto& x) { return elu(x, 1.75); }, {0.0}, {1.0});
  check_slopes([](const auto& x) { return elu(x, 0.5); }, {-0.0}, {0.5});
  check_slopes([](const auto& x) { return sign(x) * x; }, {0.0}, {0.0});
  check_slopes([](const auto& x, const auto& y) { return hypot(x, y); }, {0.0, 0.0}, {0.0, 0.0});
  check_slopes([](const auto& x, const auto& y) { return atan2(x, y); }, {0.0, 0.0}, {0.0, 0.0});
}

TEST_CASE("no value, no slope") {
  check_slopes([](const auto& x) { return relu(x); }, {no_number}, {no_number});
  check_slopes([](const auto& x) { return abs(x); }, {no_number}, {no_number});
  check_slopes([](const auto& x) { return log(x); }, {-1.0}, {no_number});
  check_slopes([](const auto& x) { return sqrt(x); }, {-1.0}, {no_number});
  check_slopes([](const auto& x) { return asin(x); }, {1.5}, {no_number});
  check_slopes([](const auto& x) { return acosh(x); }, {0.5}, {no_number});
  check_slopes([](const auto& x) { return acosh(x); }, {-2.0}, {no_number});
  check_slopes([](const auto& x) { return atanh(x); }, {-2.0}, {no_number});
  check_slopes([](const auto& x, const auto& y) { return maximum(x, y); }, {no_number, 1.0}, {no_number, no_number});
  check_slopes([](const auto& x, const auto& y) { return maximum(x, y); }, {1.0, no_number}, {no_number, no_number});
}

TEST_CASE("a bound of NaN clamps to NaN") {
  for (double x : {-5.0, 0.0, 5.0}) {
    CHECK(std::isnan(evaluate(op::Clamp{}, x, no_number, 1.0)));
    CHECK(std::isnan(evaluate(op::Clamp{}, x, -1.0, no_number)));
  }
  check_slopes([](const auto& x) { return clamp(x, no_number, 1.0); }, {5.0}, {no_number});
  check_slopes([](const auto& x, const auto& low) { return clamp(x, low, 1.0); }, {5.0, no_number},
               {no_number, no_number});
}

TEST_CASE("clamp passes its bounds") {
  const auto f = [](const auto& x) { return clamp(x, -1.0, 2.0); };
  check_slopes(f, {-1.0}, {1.0});
  check_slopes(f, {2.0}, {1.0});
  check_slopes(f, {2.5}, {0.0});
  check_slopes(f, {-7.0}, {0.0});
  check_slopes([](const auto& low, const auto& high) { return clamp(5.0, low, high); }, {1.0, 3.0}, {0.0, 1.0});
  check_slopes([](const auto& low, const auto& high) { return clamp(0.0, low, high); }, {1.0, 3.0}, {1.0, 0.0});
}

TEST_CASE("a tie is split evenly") {
  check_slopes([](const auto& x, const auto& y) { return maximum(x, y); }, {2.0, 2.0}, {0.5, 0.5});
  check_slopes([](const auto& x, const auto& y) { return minimum(x, y); }, {2.0, 2.0}, {0.5, 0.5});
  check_slopes([](const auto& x, const auto& y) { return maximum(x, y); }, {inf, inf}, {0.5, 0.5});
  check_slopes([](const auto& x) { return maximum(x, x); }, {2.0}, {1.0});
}

TEST_CASE("powers and x log y at 0") {
  const auto power = [](const auto& x, const auto& y) { return pow(x, y); };
  check_slopes(power, {0.0, 0.0}, {0.0, 0.0});
  check_slopes(power, {0.0, 1.0}, {1.0, 0.0});
  check_slopes(power, {0.0, 2.0}, {0.0, 0.0});
  check_slopes(power, {-2.0, 2.0}, {-4.0, 0.0});
  check_slopes([](const auto& x) { return pow(x, 2.0); }, {0.0}, {0.0});
  check_slopes([](const auto& x) { return pow(x, 0.0); }, {0.0}, {0.0});
  check_slopes([](const auto& x) { return pow(x, 1.0); }, {0.0}, {1.0});
  const auto entropy = [](const auto& x, const auto& y) { return xlogy(x, y); };
  check_slopes(entropy, {0.0, 0.0}, {0.0, 0.0});
  check_slopes(entropy, {0.0, 2.0}, {std::log(2.0), 0.0});
  check_slopes(entropy, {1.0, 0.0}, {-inf, inf});
  check_slopes([](const auto& x) { return xlogy(x, x); }, {0.0}, {0.0});
}

TEST_CASE("softplus and its kin are exact at both ends") {
  check_slopes([](const auto& x) { return softplus(x); }, {800.0}, {1.0});
  check_slopes([](const auto& x) { return softplus(x); }, {-800.0}, {0.0});
  check_slopes([](const auto& x) { return log_sigmoid(x); }, {-800.0}, {1.0});
  check_slopes([](const auto& x) { return sigmoid(x); }, {-800.0}, {0.0});
  CHECK(softplus(-40.0) == Approx(std::exp(-40.0)).epsilon(1e-15));
  CHECK(softplus(25.0) == Approx(25 + std::exp(-25.0)).epsilon(1e-16));
  CHECK(log_sigmoid(-1000.0) == -1000.0);
}

TEST_CASE("silu, gelu and elu have a slope at infinity") {
  for (double end : {inf, -inf}) {
    check_slopes([](const auto& x) { return silu(x); }, {end}, {end > 0 ? 1.0 : 0.0});
    check_slopes([](const auto& x) { return gelu(x); }, {end}, {end > 0 ? 1.0 : 0.0});
    check_slopes([](const auto& x) { return elu(x); }, {end}, {end > 0 ? 1.0 : 0.0});
  }
}

TEST_CASE("a strong zero: what was not chosen contributes nothing") {
  check_slopes([](const auto& x) { return where(x > 0.0, sqrt(x), 0.0); }, {0.0}, {0.0});
  check_slopes([](const auto& x) { return where(x > 0.0, log(x), x); }, {-1.0}, {1.0});
  check_slopes([](const auto& x) { return where(x < 1.0, exp(x), 0.0); }, {1000.0}, {0.0});
  check_slopes([](const auto& x) { return where(x > 0.0, 1.0 / x, 0.0); }, {0.0}, {0.0});
  check_slopes([](const auto& x) { return where(x > 0.0, pow(x, -0.5), 0.0); }, {0.0}, {0.0});
  // The other way round: an infinite cotangent meets an argument that was not chosen.
  check_slopes([](const auto& x) { return sqrt(relu(x)); }, {-1.0}, {0.0});
  check_slopes([](const auto& x) { return sqrt(abs(x)); }, {0.0}, {0.0});
  check_slopes([](const auto& x) { return log(clamp(x, 0.0, 1.0)); }, {-3.0}, {0.0});
}

TEST_CASE("strong zeros hold between statements too") {
  Tape tape;
  const auto x = tape.variable(0.0);
  const Var root = sqrt(x), chosen = where(x > 0.0, root, 0.0);
  CHECK(tape.gradient(chosen)[x].value() == 0);
  const auto y = tape.variable(-1.0);
  const Var cut = relu(y), steep = sqrt(cut);
  CHECK(tape.gradient(steep)[y].value() == 0);
  const auto t = tape.variable(Tensor::of<double>({0, 4}, {2}));
  const Tensor roots = sqrt(t), some = where(t > 0.0, roots, 0.0);
  CHECK(tape.gradient(some, Tensor::ones({2}))[t].to_vector() == std::vector<double>{0, 0.25});
}

TEST_CASE("steps have the gradient 0, and are on the tape") {
  check_slopes([](const auto& x) { return floor(x); }, {1.5}, {0.0});
  check_slopes([](const auto& x) { return ceil(x); }, {1.5}, {0.0});
  check_slopes([](const auto& x) { return round(x); }, {1.25}, {0.0});
  check_slopes([](const auto& x) { return sign(x); }, {1.25}, {0.0});
  check_slopes([](const auto& x) { return floor(x) * x; }, {2.5}, {2.0});
  check_slopes([](const auto& x) { return x - floor(x); }, {2.5}, {1.0});
}
