// What a report says of kinks that no op declares; ops alone at theirs; and what no formula tells.
#include <cmath>

#include <tests/catch.hpp>
#include <tests/check/undeclared_ops.hpp>

namespace ag = autograd;
using namespace undeclared;

TEST_CASE("what explained an element is said: the op and its line, and that `branch` declares it") {
  const auto line = __LINE__ + 1;
  const auto f = [](const ag::Var& x) { return ag::Var(2.0 * evaluate(MyAbs{}, x)); };
  const auto report = ag::gradcheck(f, 1.0);
  REQUIRE(report.ok());
  const std::string place = "my_abs at undeclared_report_test.cpp:" + std::to_string(line);
  INFO(report);
  CHECK(report.readings[0].kink == "crosses a kink in " + place);
  CHECK(report.readings[0].left == Approx(-2));
  CHECK(report.readings[0].right == Approx(2));
  REQUIRE(report.notes.size() == 1);
  CHECK(report.notes[0].find(place + " declares no `branch`") == 0);
  CHECK(text_of(report).find("1 crosses a kink in " + place) != std::string::npos);
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
