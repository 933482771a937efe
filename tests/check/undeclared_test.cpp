// Kinks that no op declares: a right op whose formula chooses passes at, beside and away from its kink, a wrong one is
// found and blamed there, and what is smooth is not taken for a kink however it is computed.
#include <cmath>
#include <sstream>

#include <autograd/autograd.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;

namespace {

// Right, or with one of the mistakes.
struct Slip {
  double factor = 1;  // of the slope
  double edge = 0;    // how far from the kink it changes sides
};

// max(x, 0), by the functions of the library.
struct MyRelu : Slip {
  static constexpr std::string_view name = "my_relu";
  auto value(const auto& x) const { return ag::relu(x); }
  auto derivative(const auto& x, const auto&) const {
    using ag::where;
    return ag::partials(where(x > edge, factor, 0.0));
  }
};
// |x - 1|
struct MyAbs : Slip {
  static constexpr std::string_view name = "my_abs";
  auto value(const auto& x) const {
    using ag::abs;
    return abs(x - 1.0);
  }
  auto derivative(const auto& x, const auto&) const {
    using ag::sign;
    return ag::partials(factor * sign(x - (1.0 + edge)));
  }
};
// x^2 above 0, -3 x below
struct MyWhere : Slip {
  static constexpr std::string_view name = "my_where";
  auto value(const auto& x) const {
    using ag::where;
    return where(x > 0.0, x * x, -3.0 * x);
  }
  auto derivative(const auto& x, const auto&) const {
    using ag::where;
    return ag::partials(factor * where(x > edge, 2.0 * x, -3.0));
  }
};
// x times the number of its step
struct MyFloor : Slip {
  static constexpr std::string_view name = "my_floor";
  auto value(const auto& x) const {
    using ag::floor;
    return x * floor(x);
  }
  auto derivative(const auto& x, const auto&) const {
    using ag::floor;
    return ag::partials(factor * floor(x - edge));
  }
};
// max(x, y)
struct MyMax : Slip {
  static constexpr std::string_view name = "my_max";
  auto value(const auto& x, const auto& y) const { return ag::maximum(x, y); }
  auto derivative(const auto& x, const auto& y, const auto&) const {
    using ag::where;
    return ag::partials(where(x > y + edge, factor, 0.0), where(x > y + edge, 0.0, factor));
  }
};
// Branches of the language: on numbers only.
struct Ternary : Slip {
  static constexpr std::string_view name = "ternary";
  template <class N>
  N value(const N& x) const {
    return x > 0.0 ? N(3.0 * x) : N(exp(x) - 1.0);
  }
  template <class N>
  auto derivative(const N& x, const N&) const {
    return ag::partials(x > edge ? N(factor * 3.0) : N(factor * exp(x)));
  }
};
// Its formula runs on doubles and registers alone, so no choice is seen.
struct RealRelu : Slip {
  static constexpr std::string_view name = "real_relu";
  static constexpr bool real_only = true;
  auto value(const auto& x) const {
    using ag::where;
    return where(x > 0.0, x, 0.0);
  }
  auto derivative(const auto& x, const auto&) const {
    using ag::where;
    return ag::partials(where(x > edge, factor, 0.0));
  }
};

// Smooth, and computed with choices.
struct MySoftplus : Slip {
  static constexpr std::string_view name = "my_softplus";
  auto value(const auto& x) const {
    using ag::abs, ag::exp, ag::log1p, ag::where;
    return where(x > 0.0, x, 0.0) + log1p(exp(-abs(x)));
  }
  auto derivative(const auto& x, const auto&) const { return ag::partials(factor * ag::sigmoid(x)); }
};
struct MyLogaddexp : Slip {
  static constexpr std::string_view name = "my_logaddexp";
  auto value(const auto& x, const auto& y) const {
    using ag::abs, ag::exp, ag::log1p;
    return ag::maximum(x, y) + log1p(exp(-abs(x - y)));
  }
  auto derivative(const auto& x, const auto& y, const auto&) const {
    return ag::partials(factor * ag::sigmoid(x - y), factor * ag::sigmoid(y - x));
  }
};

// |x| with a subgradient of its own.
struct Bad {
  static constexpr std::string_view name = "bad_abs";
  double slope;
  auto value(const auto& x) const {
    using ag::abs;
    return abs(x);
  }
  auto derivative(const auto& x, const auto&) const {
    using ag::where;
    return ag::partials(where(x > 0.0, 1.0, where(x < 0.0, -1.0, slope)));
  }
};

std::string text_of(const ag::GradcheckReport& report) {
  std::ostringstream text;
  text << report;
  return text.str();
}

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

TEST_CASE("what explained an element is said: the op and its line, and that `branch` declares it") {
  const auto line = __LINE__ + 1;
  const auto f = [](const ag::Var& x) { return ag::Var(2.0 * evaluate(MyAbs{}, x)); };
  const auto report = ag::gradcheck(f, 1.0);
  REQUIRE(report.ok());
  const std::string place = "my_abs at undeclared_test.cpp:" + std::to_string(line);
  INFO(report);
  CHECK(report.readings[0].kink == "crosses a kink in " + place);
  CHECK(report.readings[0].left == Approx(-2));
  CHECK(report.readings[0].right == Approx(2));
  REQUIRE(report.notes.size() == 1);
  CHECK(report.notes[0].find(place + " declares no `branch`") == 0);
  CHECK(text_of(report).find("1 crosses a kink in " + place) != std::string::npos);
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

TEST_CASE("at a tie the slope that a smooth formula seems to have there, and nowhere else, is no excuse") {
  // On complex numbers abs takes the right side at 0, x > 0 the left: together they say -1/2 where the slope is 1/2.
  const auto report =
      ag::gradcheck([](const auto& x) { return 2.0 * evaluate(MySoftplus{Slip{.factor = -1}}, x); }, ag::Tensor(0.0));
  INFO(report);
  CHECK_FALSE(report.ok());
  REQUIRE(report.blame);
  CHECK(report.blame->op == "my_softplus");
  CHECK(report.blame->right == Approx(0.5));
}

TEST_CASE("kinks that cancel leave a smooth function, of which the slope is known") {
  const auto f = [](const auto& x) { return evaluate(MyRelu{}, x) - evaluate(MyRelu{}, -x); };
  const auto report = ag::gradcheck(f, 0.0);
  INFO(report);
  CHECK_FALSE(report.ok());
  CHECK(report.readings[0].reverse == 0);
  CHECK(report.readings[0].numeric == Approx(1));
  CHECK(report.readings[0].kink.empty());
  CHECK_FALSE(report.blame);
}

TEST_CASE("a smooth op beside a kink is not named for it") {
  const auto f = [](const ag::Var& x) { return ag::Var(evaluate(MySoftplus{}, x) + 0.5 * evaluate(MyRelu{}, x)); };
  const auto report = ag::gradcheck(f, 0.0);
  INFO(report);
  CHECK(report.ok());
  CHECK(report.readings[0].kink.find("my_relu") != std::string::npos);
  CHECK(text_of(report).find("my_softplus") == std::string::npos);
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

TEST_CASE("an op alone is examined at its undeclared kinks") {
  const auto kinks = [](const ag::GradcheckReport& report) {
    INFO(report);
    CHECK(report.ok());
    std::size_t n = 0;
    for (const auto& r : report.readings) n += !r.kink.empty();
    CHECK(report.notes.size() == (n > 0));
    return n;
  };
  CHECK(kinks(ag::gradcheck(MyRelu{})) > 0);
  CHECK(kinks(ag::gradcheck(MyAbs{})) > 0);
  CHECK(kinks(ag::gradcheck(MyWhere{})) > 0);
  CHECK(kinks(ag::gradcheck(MyFloor{})) > 0);
  CHECK(kinks(ag::gradcheck(MyMax{})) > 0);
  CHECK(kinks(ag::gradcheck(MySoftplus{})) == 0);
  CHECK(kinks(ag::gradcheck(MyLogaddexp{})) == 0);
  const auto wrong = [](const auto& op) {
    const auto report = ag::gradcheck(op);
    INFO(report);
    CHECK_FALSE(report.ok());
    REQUIRE(report.blame);
    CHECK(report.blame->op == op.name);
    CHECK(report.blame->pullback);
    CHECK(report.blame->pushforward);
  };
  const auto all = [&](auto op) {
    for (const double factor : {-1.0, 1 + 1e-6, 1 + 1e-9}) {
      op.factor = factor;
      wrong(op);
    }
  };
  all(MyRelu{});
  all(MyAbs{});
  all(MyWhere{});
  all(MyFloor{});
  all(MyMax{});
  all(MySoftplus{});
  all(MyLogaddexp{});
}

TEST_CASE("where no choice can be read, both slopes are stated, and nobody is blamed who is right") {
  for (const double x : {0.0, 1e-9, -1e-7, 1e-4, -1e-4}) {
    INFO(x);
    const auto f = [](const ag::Var& v) { return ag::Var(3.0 * evaluate(RealRelu{}, v)); };
    const auto report = ag::gradcheck(f, x);
    INFO(report);
    CHECK_FALSE(report.ok());
    CHECK_FALSE(report.blame);
    CHECK(report.readings[0].left == Approx(0).margin(1e-3));
    CHECK(report.readings[0].right == Approx(3).margin(1e-3));
    CHECK(report.remains.find("the slopes on both sides differ") != std::string::npos);
    CHECK(report.remains.find("declare `branch`") != std::string::npos);
    const auto wrong = ag::gradcheck(
        [](const ag::Var& v) { return ag::Var(3.0 * evaluate(RealRelu{Slip{.factor = -1}}, v + 1e-12)); }, std::abs(x));
    INFO(wrong);
    CHECK_FALSE(wrong.ok());
    REQUIRE(wrong.blame);
    CHECK(wrong.blame->op == "real_relu");
  }
  // A way of the program that the tape does not see.
  const auto hidden = ag::gradcheck([](const ag::Var& v) { return ag::Var(v * (v.value() > 0 ? 1.0 : 2.0)); }, 0.0);
  INFO(hidden);
  CHECK_FALSE(hidden.ok());
  CHECK(hidden.remains.find("the slopes on both sides differ, 2 and 1") != std::string::npos);
  const auto alone = ag::gradcheck(RealRelu{});
  INFO(alone);
  CHECK_FALSE(alone.ok());
  CHECK_FALSE(alone.blame);
  CHECK(alone.remains.find("the slopes on both sides differ, 0 and 1") != std::string::npos);
  CHECK(ag::gradcheck(RealRelu{Slip{.factor = -1}}).blame);
}
