// Elements at or beside kinks: not compared across them, judged by the slopes on both sides.
#include <cmath>
#include <sstream>

#include <autograd/autograd.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;

namespace {

const ag::GradcheckReading& only(const ag::GradcheckReport& report) {
  REQUIRE(report.readings.size() == 1);
  return report.readings.front();
}

// max(0, 1 - x) with the wrong sign where it falls.
struct BadHinge {
  static constexpr std::string_view name = "bad_hinge";
  auto value(const auto& x) const {
    using ag::relu;
    return relu(1.0 - x);
  }
  auto derivative(const auto& x, const auto&) const {
    using ag::where;
    return ag::partials(where(x < 1.0, 1.0, 0.0));
  }
  int branch(double x) const { return (x > 1) - (x < 1); }
};

// |x| with a subgradient outside [-1, 1] at 0.
struct BadAbs {
  static constexpr std::string_view name = "bad_abs";
  auto value(const auto& x) const {
    using ag::abs;
    return abs(x);
  }
  auto derivative(const auto& x, const auto&) const {
    using ag::where;
    return ag::partials(where(x > 0.0, 1.0, where(x < 0.0, -1.0, 1.5)));
  }
  int branch(double x) const { return (x > 0) - (x < 0); }
};

}  // namespace

TEST_CASE("an element on a kink is named with its op and line, and passes by its one-sided slopes") {
  const auto line = __LINE__ + 1;
  const auto report = ag::gradcheck([](ag::Var x) { return ag::Var(3.0 * relu(x)); }, 0.0);
  const auto& r = only(report);
  CHECK(report.ok());
  CHECK(r.kink == "crosses a kink in relu at kinks_test.cpp:" + std::to_string(line));
  CHECK(r.left == Approx(0).margin(1e-12));
  CHECK(r.right == Approx(3));
  CHECK(std::isnan(r.numeric));
  std::ostringstream text;
  text << report;
  CHECK(text.str().find("1 crosses a kink in relu at kinks_test.cpp:") != std::string::npos);
}

TEST_CASE("a subgradient outside the slopes fails") {
  const auto report = ag::gradcheck([](ag::Var x) { return ag::Var(evaluate(BadAbs{}, x)); }, 0.0);
  CHECK_FALSE(report.ok());
  CHECK(only(report).left == Approx(-1));
  CHECK(only(report).right == Approx(1));
  CHECK(report.remains.find("kink") != std::string::npos);
}

TEST_CASE("every op with kinks tells when one is crossed") {
  const auto kink = [](const auto& f, double x) { return only(ag::gradcheck(f, x)).kink; };
  CHECK(kink([](ag::Var x) { return ag::Var(abs(x)); }, 0.0).find("abs") != std::string::npos);
  CHECK(kink([](ag::Var x) { return ag::Var(maximum(x, 0.5)); }, 0.5).find("maximum") != std::string::npos);
  CHECK(kink([](ag::Var x) { return ag::Var(minimum(x, 0.5)); }, 0.5).find("minimum") != std::string::npos);
  CHECK(kink([](ag::Var x) { return ag::Var(clamp(x, -1.0, 2.0)); }, 2.0).find("clamp") != std::string::npos);
  CHECK(kink([](ag::Var x) { return ag::Var(leaky_relu(x)); }, 0.0).find("leaky_relu") != std::string::npos);
  CHECK(kink([](ag::Var x) { return ag::Var(elu(x, 2.0)); }, 0.0).find("elu") != std::string::npos);
  CHECK(kink([](ag::Var x) { return ag::Var(hypot(x, 0.0)); }, 0.0).find("hypot") != std::string::npos);
  CHECK(kink([](ag::Var x) { return ag::Var(floor(x) + x); }, 2.0).find("floor") != std::string::npos);
  CHECK(kink([](ag::Var x) { return ag::Var(sign(x) + x); }, 0.0).find("sign") != std::string::npos);
  const auto tensor = [](const auto& f) {
    const auto report = ag::gradcheck(f, ag::Tensor::of<double>({1, 2, 2, -3}, {4}));
    INFO(report);
    CHECK(report.ok());
    std::string all;
    for (const auto& r : report.readings) all += r.kink;
    return all;
  };
  CHECK(tensor([](const ag::Tensor& x) { return max(x); }).find("max") != std::string::npos);
  CHECK(tensor([](const ag::Tensor& x) { return sum(where(x > 1.0, x, 2.0 * x - 1.0)); }).find("greater") !=
        std::string::npos);
  // The index is no function of the tape, and still a branch.
  CHECK(tensor([](const ag::Tensor& x) { return sum(take(x, argmax(x, 0, true))); }).find("argmax") !=
        std::string::npos);
}

TEST_CASE("beside a kink the step is shortened, and the derivative compared as ever") {
  const auto report = ag::gradcheck([](ag::Var x) { return ag::Var(relu(x) * x); }, 1e-3);
  CHECK(report.ok());
  CHECK(only(report).kink.empty());
  CHECK(only(report).numeric == Approx(2e-3).epsilon(1e-8));
}

TEST_CASE("a wrong rule is blamed however near the kink is") {
  for (const double distance : {1e-3, 1e-6, 1e-9, 1e-12}) {
    INFO(distance);
    const auto report = ag::gradcheck([](ag::Var x) { return ag::Var(evaluate(BadHinge{}, x)); }, 1 - distance);
    CHECK_FALSE(report.ok());
    REQUIRE(report.blame);
    CHECK(report.blame->op == "bad_hinge");
    CHECK(report.blame->given == Approx(1));
    CHECK(report.blame->right == Approx(-1));
    const auto tensors = ag::gradcheck([](const ag::Tensor& x) { return ag::Tensor(sum(evaluate(BadHinge{}, x))); },
                                       ag::Tensor::of<double>({0.3, 1 - distance, 2}, {3}));
    REQUIRE(tensors.blame);
    CHECK(tensors.blame->op == "bad_hinge");
  }
}

TEST_CASE("a program that takes another way is a kink too") {
  const auto f = [](ag::Var x) {
    if (x.value() > 1) return ag::Var(2.0 * x - 1.0);
    return ag::Var(x * x);
  };
  const auto report = ag::gradcheck(f, 1.0);
  CHECK(report.ok());
  CHECK(only(report).kink.find("another way through the program") != std::string::npos);
  const auto g = [](ag::Var x) { return x > 1.0 ? ag::Var(2.0 * x - 1.0) : ag::Var(1.0 * x - 0.0); };
  CHECK(only(ag::gradcheck(g, 1.0)).kink.find("greater") != std::string::npos);
}

TEST_CASE("an infinite slope at the end of a domain is accepted where it is one") {
  CHECK(ag::gradcheck([](ag::Var x) { return ag::Var(sqrt(x)); }, 0.0));
  CHECK(ag::gradcheck([](ag::Var x) { return ag::Var(cbrt(x)); }, 0.0));
  const auto end = ag::gradcheck([](ag::Var x) { return ag::Var(pow(x, 2.5)); }, 0.0);
  CHECK(end.ok());
  CHECK(only(end).kink.find("the end of the function's domain") != std::string::npos);
}
