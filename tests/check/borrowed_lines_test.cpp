// An operation in an expression without a name has no line: a report names that of the check.
#include <string>

#include <autograd/autograd.hpp>
#include <nn/nn.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;
using ag::Tensor;

namespace {

// x^3 with twice its slope.
struct Cube {
  static constexpr std::string_view name = "cube";
  auto value(const auto& x) const { return x * x * x; }
  auto derivative(const auto& x, const auto&) const { return ag::partials(6.0 * x * x); }
};

void borrows(const ag::GradcheckReport& report, unsigned line) {
  INFO(report);
  CHECK_FALSE(report.ok());
  REQUIRE(report.blame);
  CHECK(report.blame->op == "cube");
  CHECK(report.blame->where.line == line);
  CHECK(report.blame->where.around);
}

void borrows(const ag::HandReport& report, unsigned line) {
  INFO(report);
  CHECK_FALSE(report.ok());
  REQUIRE_FALSE(report.gradients[0].explanations.empty());
  const ag::Explanation& e = report.gradients[0].explanations[0];
  CHECK(e.where.line == line);
  CHECK(e.where.around);
  CHECK(e.text.find("`tanh` (within borrowed_lines_test.cpp:" + std::to_string(line) + ")") != std::string::npos);
}

struct Weight {
  ag::Parameter w{Tensor::of<float>({0.5f, -1.0f}, {2})};
  void each_parameter(ag::Visitor& visit) { visit("w", w); }
};

}  // namespace

TEST_CASE("gradcheck lends its line, for up to five arguments") {
  const auto sum_of_cubes = [](const auto& x, const auto&... more) { return (evaluate(Cube{}, x) + ... + more); };
  unsigned line = __LINE__ + 1;
  borrows(ag::gradcheck(sum_of_cubes, 1.0), line);
  borrows(ag::gradcheck(sum_of_cubes, 1.0, 2.0), line + 1);
  borrows(ag::gradcheck(sum_of_cubes, 1.0, 2.0, 3.0), line + 2);
  borrows(ag::gradcheck(sum_of_cubes, 1.0, 2.0, 3.0, 4.0), line + 3);
  borrows(ag::gradcheck(sum_of_cubes, 1.0, 2.0, 3.0, 4.0, 5.0), line + 4);
  CHECK_FALSE(ag::gradcheck(sum_of_cubes, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0));
  const auto second = [](const auto& x, const auto&... more) { return (square(evaluate(Cube{}, x)) + ... + more); };
  line = __LINE__ + 1;
  for (const auto& report : {ag::gradgradcheck(second, 1.0, 2.0, 3.0), ag::gradgradcheck(second, 1.0, 2.0, 3.0, 4.0),
                             ag::gradgradcheck(second, 1.0, 2.0, 3.0, 4.0, 5.0)}) {
    INFO(report);
    CHECK_FALSE(report.ok());
    REQUIRE(report.blame);
    CHECK(report.blame->where.line >= line);
    CHECK(report.blame->where.line <= line + 1);
  }
}

TEST_CASE("check_by_hand lends its line, in each of its forms") {
  // The derivative of tanh is missing.
  const Tensor x = Tensor::of<double>({0.5, -1}, {2}), ones = Tensor::full({2}, 3.0);
  const auto f = [](const auto& t) { return sum(tanh(t) * 3.0, {}, false, {}); };
  unsigned line = __LINE__ + 1;
  borrows(ag::check_by_hand(f, x, ones), line);
  borrows(ag::check_by_hand(f, {{"x", x, ones}}), line + 1);
  Weight model;
  const auto loss = [&] { return f(Tensor(model.w)); };
  line = __LINE__ + 1;
  borrows(ag::check_by_hand(model, {{"w", ones}}, loss), line);
}
