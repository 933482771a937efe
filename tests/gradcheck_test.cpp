// The checker must pass what is right and refuse what is wrong, also by little, also NaN.
#include <cmath>
#include <limits>
#include <sstream>

#include <autograd/autograd.hpp>
#include <nn/nn.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;

namespace {

// x^3 with a slope that is off by a relative `slip`.
struct Cube {
  static constexpr std::string_view name = "cube";
  double slip = 0;
  auto value(const auto& x) const { return x * x * x; }
  auto derivative(const auto& x, const auto&) const { return ag::partials((3.0 + 3.0 * slip) * x * x); }
};

// All elements of all parameters, with their dtype.
std::vector<std::pair<ag::Dtype, std::vector<double>>> model_elements(auto& model) {
  std::vector<std::pair<ag::Dtype, std::vector<double>>> all;
  for (const ag::NamedParameter& p : ag::parameters(model))
    all.emplace_back(p.parameter->dtype(), p.parameter->value().to_vector());
  return all;
}

}  // namespace

TEST_CASE("gradcheck accepts a right derivative and refuses slips down to 1e-5") {
  const ag::Tensor x = ag::Tensor::linspace(0.5, 2, {6});
  CHECK(ag::gradcheck(Cube{}, x));
  CHECK(ag::gradcheck(Cube{}, ag::Tensor(x.data().cast(ag::float32))));
  for (double slip : {-2.0, 1.0, 1e-2, 9e-4, -1e-4, 1e-5}) {
    const auto report = ag::gradcheck(Cube{slip}, x);
    CHECK_FALSE(report.ok());
    CHECK(report.readings.size() == 6);
    for (const auto& r : report.readings) CHECK_FALSE(r.ok);
  }
}

TEST_CASE("a gradient of NaN is refused, and its report can be printed") {
  const auto report = ag::gradcheck(Cube{std::numeric_limits<double>::quiet_NaN()}, ag::Tensor::linspace(1, 2, {40}));
  CHECK_FALSE(report.ok());
  std::ostringstream text;
  text << report;
  CHECK(text.str().find("FAILED") != std::string::npos);
}

TEST_CASE("a small difference of large numbers is judged by its noise, and no more is forgiven") {
  // f - 1e6 rounds to multiples of 1e-10, so a difference quotient knows the slope to about 1e-6.
  const ag::Tensor x = ag::Tensor::linspace(0.5, 2, {6});
  const auto f = [](double slip) {
    return [slip](const ag::Tensor& t) { return (evaluate(Cube{slip}, t) + 1e6) - 1e6; };
  };
  CHECK(ag::gradcheck(f(0), x));
  for (double slip : {-1e-2, 1e-3, -1e-4}) CHECK_FALSE(ag::gradcheck(f(slip), x));
  // Where the value is exact, so is the judgement: the noise is measured, not assumed.
  CHECK_FALSE(ag::gradcheck([](const ag::Tensor& t) { return evaluate(Cube{1e-6 * 4}, t) * 1e6; }, x));
}

TEST_CASE("gradcheck of an op, of numbers and of a model with its parameters' names") {
  CHECK(ag::gradcheck(ag::op::Tanh{}, ag::Tensor::linspace(-2, 2, {5})));
  CHECK(ag::gradcheck([](ag::Var a, ag::Var b) { return ag::Var(a * sin(b)); }, 1.5, 0.25));

  nn::Rng rng(1);
  nn::Sequential model{nn::Dense{3, 4, rng}, nn::Tanh{}, nn::Dense{4, 1, rng}};
  const ag::Tensor x = ag::Tensor::linspace(-1, 1, {5, 3}, ag::float32);
  const auto before = model_elements(model);
  const auto right = ag::gradcheck(model, [&](const ag::Tensor& t) { return mean(square(model(t))); }, x);
  CHECK(right.ok());
  CHECK(right.names == std::vector<std::string>{"0.weight", "0.bias", "2.weight", "2.bias"});
  CHECK(right.total == 3 * 4 + 4 + 4 + 1);
  const auto wrong = ag::gradcheck(model, [&](const ag::Tensor& t) { return mean(evaluate(Cube{1e-3}, model(t))); }, x);
  CHECK_FALSE(wrong.ok());
  CHECK(model_elements(model) == before);  // float32, bit by bit as they were
}
