// Kinks that no op declares, in functions: a right op whose formula chooses passes at, beside and away from its kink, a
// wrong one is found and blamed there, and what is smooth is not taken for a kink however it is computed.
#include <cmath>
#include <vector>

#include <tests/catch.hpp>
#include <tests/check/undeclared_ops.hpp>

namespace ag = autograd;
using namespace undeclared;

namespace {

// Everything on the way from x to the op and from it to the result differs from 1.
template <class Op>
auto in_function(const Op& op) {
  return [op](const auto& x) { return ag::Tensor(sum(square(evaluate(op, x)) * 0.5 + 2.0 * evaluate(op, x))); };
}

template <class Op>
ag::GradcheckReport at(const Op& op, double x) {
  return ag::gradcheck(in_function(op), ag::Tensor::of<double>({x, 2.25, -1.5}, {3}));
}

constexpr double distances[] = {0, 1e-15, 1e-12, 1e-9, 1e-7, 1e-5, 1e-3, 0.3};

// The op, and mistakes in it, at all distances from a kink.
template <class Op>
void checks(double kink) {
  for (const double distance : distances)
    for (const double side : {1.0, -1.0}) {
      const double x = kink + side * distance;
      INFO(Op::name << " at " << kink << " + " << side * distance);
      const auto right = at(Op{}, x);
      INFO(right);
      CHECK(right.ok());
      const auto scalar = ag::gradcheck([](const auto& v) { return 3.0 * evaluate(Op{}, v); }, x);
      INFO(scalar);
      CHECK(scalar.ok());
      for (const Slip slip : {Slip{.factor = -1}, Slip{.factor = 1 + 1e-6}}) {
        const Op op{slip};
        const auto wrong = at(op, x);
        INFO(wrong);
        CHECK_FALSE(wrong.ok());
        REQUIRE(wrong.blame);
        CHECK(wrong.blame->op == Op::name);
      }
      if (distance <= 1e-13 * kink) continue;  // the kink itself, up to rounding
      // The other side's slope, up to and with this element.
      const Op op{Slip{.edge = side * distance * 1.5}};
      const auto wrong = at(op, x);
      INFO(wrong);
      CHECK_FALSE(wrong.ok());
      REQUIRE(wrong.blame);
      CHECK(wrong.blame->op == Op::name);
    }
}

}  // namespace

TEST_CASE("a composed relu, abs, where or step that declares no branch is checked at its kink and beside it") {
  checks<MyRelu>(0);
  checks<MyAbs>(1);
  checks<MyWhere>(0);
  checks<MyFloor>(2);
}

TEST_CASE("a branch of the language in a formula is checked at its kink and beside it") {
  for (const double distance : distances)
    for (const double side : {1.0, -1.0}) {
      const double x = side * distance;
      INFO(x);
      const auto check = [x](const Ternary& op) {
        const auto report = ag::gradcheck([op](const ag::Var& v) { return ag::Var(2.0 * evaluate(op, sin(v))); }, x);
        INFO(report);
        CHECK(report.ok() == !report.blame);
        CHECK((!report.blame || report.blame->op == "ternary"));
        return report.ok();
      };
      CHECK(check({}));
      CHECK_FALSE(check({{.factor = -1}}));
      if (distance == 0) continue;  // where all between both slopes is right
      CHECK_FALSE(check({{.factor = 1 + 1e-6}}));
      CHECK_FALSE(check({{.edge = side * distance * 1.5}}));
    }
}

TEST_CASE("the larger of two arguments is checked at a tie and beside it") {
  for (const double distance : distances)
    for (const double side : {1.0, -1.0}) {
      const ag::Tensor x = ag::Tensor::of<double>({0.5, 2, -1}, {3}),
                       y = ag::Tensor::of<double>({0.5 + side * distance, 1, 3}, {3});
      const auto check = [&](const MyMax& op) {
        const auto report = ag::gradcheck(
            [op](const ag::Tensor& a, const ag::Tensor& b) { return sum(exp(evaluate(op, a, b))); }, x, y);
        INFO(distance << '\n' << report);
        CHECK(report.ok() == !report.blame);
        CHECK((!report.blame || report.blame->op == "my_max"));
        return report.ok();
      };
      CHECK(check({}));
      CHECK_FALSE(check({{.factor = -1}}));
      CHECK_FALSE(check({{.factor = 1 + 1e-6}}));
      if (distance > 1e-14) CHECK_FALSE(check({{.edge = -side * distance * 1.5}}));
    }
}

TEST_CASE("at an undeclared kink a slope outside of those on its sides is wrong, and blamed") {
  for (const double slope : {-1.0 - 1e-6, 1.0 + 1e-6, 2.0}) {
    const auto report = ag::gradcheck([&](const auto& x) { return exp(evaluate(Bad{slope}, x)); }, 0.0);
    INFO(report);
    CHECK_FALSE(report.ok());
    REQUIRE(report.blame);
    CHECK(report.blame->op == "bad_abs");
    CHECK(report.blame->given == Approx(slope));
    CHECK(std::abs(report.blame->right) == Approx(1));
    CHECK(report.blame->other == Approx(-report.blame->right));
    CHECK(text_of(report).find("should be between -1 and 1, the slopes on both sides") != std::string::npos);
    CHECK(ag::gradcheck([](const auto& x) { return exp(evaluate(Bad{0.25}, x)); }, 0.0));
  }
}

TEST_CASE("what is smooth is no kink, however its formula chooses") {
  for (const double distance : distances)
    for (const double x : {distance, -distance}) {
      const auto checks = [x](const auto& f, bool ok) {
        const auto report = ag::gradcheck(f, ag::Tensor::of<double>({x, 0.75, x}, {3}));
        INFO(x << '\n' << report);
        CHECK(report.ok() == ok);
        CHECK(report.notes.empty());
        for (const auto& r : report.readings) CHECK(r.kink.empty());
        CHECK((ok || report.blame));
      };
      const auto add = [](double slip) {
        return
            [slip](const ag::Tensor& t) { return sum(exp(evaluate(MyLogaddexp{Slip{.factor = slip}}, t, 0.0 * t))); };
      };
      const auto plus = [](double slip) {
        return [slip](const ag::Tensor& t) { return sum(exp(evaluate(MySoftplus{Slip{.factor = slip}}, t))); };
      };
      checks([](const ag::Tensor& t) { return sum(exp(softplus(t))); }, true);
      for (const double slip : {1.0, 1 + 1e-6, -1.0}) {
        checks(plus(slip), slip == 1);
        checks(add(slip), slip == 1);
      }
    }
}

TEST_CASE("undeclared kinks of float32 operations within a function and of models") {
  for (const double x : {0.0, 1e-9, -1e-7, 1e-3}) {
    const auto f = [](const MyRelu& op) {
      return [op](const ag::Tensor& t) {
        ag::Tensor y = cast(evaluate(op, cast(t, ag::float32)), ag::float64);
        return sum(y);
      };
    };
    const ag::Tensor narrow = ag::Tensor::of<float>({static_cast<float>(x), 1.5f, -2.0f}, {3});
    const auto whole = [](const MyRelu& op) { return [op](const ag::Tensor& t) { return sum(exp(evaluate(op, t))); }; };
    INFO(x);
    CHECK(ag::gradcheck(whole({}), narrow));
    const auto wrong = ag::gradcheck(whole({{.factor = 1 + 1e-6}}), narrow);
    CHECK_FALSE(wrong.ok());
    REQUIRE(wrong.blame);
    const auto within = ag::gradcheck(f({{.factor = -1}}), ag::Tensor::of<double>({x, 1.5, -2}, {3}));
    INFO(within);
    CHECK_FALSE(within.ok());
    REQUIRE(within.blame);
    CHECK(within.blame->op == "my_relu");
  }
}

TEST_CASE("the product along a direction passes an undeclared kink, and finds what is wrong beside it") {
  // Most elements are not looked at one by one.
  std::vector<double> v;
  for (int i = 0; i < 400; ++i) v.push_back(i % 2 ? 1e-9 * i : 0.01 * i - 2);
  v[7] = 0;
  const ag::Tensor x = ag::Tensor::of<double>(v, {400});
  const auto check = [&](const auto& op) {
    return ag::gradcheck({.samples = 10}, [op](const ag::Tensor& t) { return sum(exp(evaluate(op, t))); }, x);
  };
  const auto right = check(MyRelu{});
  INFO(right);
  CHECK(right.ok());
  const auto wrong = check(MyRelu{Slip{.edge = 5e-9}});
  INFO(wrong);
  CHECK_FALSE(wrong.ok());
  REQUIRE(wrong.blame);
  CHECK(wrong.blame->op == "my_relu");
  CHECK_FALSE(check(MySoftplus{Slip{.factor = 1 + 1e-6}}).ok());
}
