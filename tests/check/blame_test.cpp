// After a failure the report names the operation at fault, or what else explains it.
#include <cmath>
#include <sstream>

#include <autograd/autograd.hpp>
#include <nn/nn.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;

namespace {

// x^3 with a slope that is off by a relative `slip`, above `from` only.
struct Cube {
  static constexpr std::string_view name = "cube";
  double slip = 0, from = -1e300;
  auto value(const auto& x) const { return x * x * x; }
  auto derivative(const auto& x, const auto&) const {
    using ag::where;
    return ag::partials(3.0 * x * x * where(x > from, 1.0 + slip, 1.0));
  }
};

// x y with its second partial derivative wrong.
struct Product {
  static constexpr std::string_view name = "my_product";
  auto value(const auto& x, const auto& y) const { return x * y; }
  auto derivative(const auto&, const auto& y, const auto&) const { return ag::partials(y, y); }
};

// x^2 whose slope is an op with a slope of its own, which is wrong.
struct Twice {
  static constexpr std::string_view name = "twice";
  auto value(const auto& x) const { return 2.0 * x; }
  auto derivative(const auto&, const auto&) const { return ag::partials(2.01); }
};
struct Square {
  static constexpr std::string_view name = "my_square";
  auto value(const auto& x) const { return x * x; }
  auto derivative(const auto& x, const auto&) const { return ag::partials(ag::evaluate(Twice{}, x)); }
};

// The sum along the last axis; its pullback forgets a factor at the first element.
struct LinearSum {
  static constexpr std::string_view name = "linear_sum";
  double factor = 1;
  auto value(const ag::core::Array& x) const { return ag::core::sum(x, {}, false, false); }
  auto pullback(const auto& g, const auto&, const auto& x) const { return broadcast_to(g * factor, x.shape()); }
};

// A softmax whose pullback lacks the sum, and whose pushforward is right.
struct BadSoftmax {
  static constexpr std::string_view name = "bad_softmax";
  auto value(const ag::core::Array& x) const { return ag::core::softmax(x, -1, false); }
  auto pullback(const auto& g, const auto& y, const auto&) const { return y * (g - sum(g * y)); }
  auto pushforward(const auto& y, const auto&, const auto& dx) const { return y * (dx - sum(y * dx, -1, true)); }
};

std::string text_of(const ag::GradcheckReport& report) {
  std::ostringstream text;
  text << report;
  return text.str();
}

const ag::Tensor points = ag::Tensor::linspace(-1, 1.3, {2, 3});

}  // namespace

TEST_CASE("the wrong op is named with its line, its element and the partial derivative it should have given") {
  for (const double slip : {1.0, -2.0, 9e-4, 1e-6}) {
    unsigned line = 0;
    const auto f = [&](const ag::Tensor& x) {
      ag::Tensor a = tanh(x);
      ag::Tensor b = evaluate(Cube{slip}, a) * 2.0;
      line = __LINE__ - 1;
      ag::Tensor c = exp(b) + a;
      return sum(c);
    };
    const auto report = ag::gradcheck(f, points);
    INFO(report);
    CHECK_FALSE(report.ok());
    REQUIRE(report.blame);
    const ag::Blame& b = *report.blame;
    CHECK(b.op == "cube");
    CHECK(b.where.line == line);
    CHECK(ag::core::place_of(b.where) == "blame_test.cpp:" + std::to_string(line));
    CHECK(b.position == 2);
    CHECK(b.pullback);
    CHECK(b.pushforward);
    REQUIRE(b.at.size() == 1);
    CHECK(b.right == Approx(3 * b.at[0] * b.at[0]));
    CHECK(b.given == Approx((1 + slip) * b.right));
    CHECK(text_of(report).find("blame: cube at blame_test.cpp:") != std::string::npos);
  }
}

TEST_CASE("an op inside an expression has the line that named it, or what is nearest") {
  const auto blamed = [](const ag::GradcheckReport& report) {
    INFO(report);
    REQUIRE(report.blame);
    CHECK(report.blame->op == "cube");
    return report.blame->where;
  };
  const Cube bad{1e-3};
  // In the argument of a reduction, which is recorded at its own line.
  unsigned line = __LINE__ + 1;
  const auto reduced = [&](const ag::Tensor& x) { return sum(relu(evaluate(bad, x)) * 2.0); };
  CHECK(blamed(ag::gradcheck(reduced, points)).line == line);
  // In an expression that is returned without a name: the line of the check.
  const auto returned = [&](const auto& x) { return tanh(evaluate(bad, x)) * 2.0; };
  line = __LINE__ + 1;
  const auto tensors = ag::gradcheck(returned, points), numbers = ag::gradcheck({.samples = 3}, returned, 0.5);
  for (const auto& report : {tensors, numbers}) {
    CHECK(blamed(report).line == line);
    CHECK(blamed(report).around);
    CHECK(text_of(report).find("blame: cube within blame_test.cpp:") != std::string::npos);
  }
  // In a rule of second order: the line of the operation whose rule it is.
  line = __LINE__ + 1;
  const auto second = [&](const ag::Tensor& x) { return sum(evaluate(Square{}, x)); };
  const auto report = ag::gradgradcheck(second, points);
  INFO(report);
  CHECK_FALSE(report.ok());
  REQUIRE(report.blame);
  CHECK(report.blame->op == "twice");
  CHECK(report.blame->where.line == line);
}

TEST_CASE("comparisons of numbers have a line too") {
  const auto f = [](const ag::Var& x) { return x > 1.0 ? ag::Var(x * x) : ag::Var(x); };
  const auto report = ag::gradcheck(f, 1.0);
  CHECK(report.readings[0].kink.find("greater within blame_test.cpp:") != std::string::npos);
}

TEST_CASE("an op on float32 tensors inside the function is blamed as well") {
  unsigned line = 0;
  const auto f = [&](const ag::Tensor& x) {
    ag::Tensor narrow = cast(x, ag::float32);
    ag::Tensor y = evaluate(Cube{9e-4}, narrow) * 2.0f;
    line = __LINE__ - 1;
    return sum(cast(y, ag::float64));
  };
  const auto report = ag::gradcheck(f, points);
  INFO(report);
  CHECK_FALSE(report.ok());
  REQUIRE(report.blame);
  CHECK(report.blame->op == "cube");
  CHECK(report.blame->where.line == line);
  CHECK(report.blame->given == Approx(1.0009 * report.blame->right));
  // Of a rule that is not elementwise too.
  const auto sums = [](const ag::Tensor& x) {
    ag::Tensor y = evaluate(LinearSum{1.0009}, square(cast(x, ag::float32)));
    return y;
  };
  const auto linear = ag::gradcheck(sums, points);
  REQUIRE(linear.blame);
  CHECK(linear.blame->op == "linear_sum");
  CHECK(linear.blame->pullback);
  CHECK_FALSE(linear.blame->pushforward);
}

TEST_CASE("one wrong element among many is found") {
  const ag::Tensor many = ag::Tensor::linspace(-1, 1, {30, 40});
  const auto report = ag::gradcheck(
      [](const ag::Tensor& x) {
        ag::Tensor y = evaluate(Cube{1e-3, 0.9985}, x);
        return sum(y);
      },
      many);
  CHECK_FALSE(report.ok());  // by the product along a direction: the element is not among those sampled
  CHECK_FALSE(report.dot.ok);
  REQUIRE(report.blame);
  CHECK(report.blame->element == 1199);
  CHECK(report.blame->output == 1199);
  CHECK(report.blame->at[0] == 1);
  CHECK(report.blame->right == Approx(3));
}

TEST_CASE("the argument whose partial derivative is wrong is named, also where it is broadcast") {
  const auto f = [](const ag::Tensor& a, const ag::Tensor& b) { return sum(evaluate(Product{}, a, b)); };
  const auto report = ag::gradcheck(f, points, ag::Tensor::linspace(2, 3, {3}));
  CHECK_FALSE(report.ok());
  REQUIRE(report.blame);
  CHECK(report.blame->argument == 1);
  REQUIRE(report.blame->at.size() == 2);
  CHECK(report.blame->right == Approx(report.blame->at[0]));
  CHECK(report.blame->given == Approx(report.blame->at[1]));
}

TEST_CASE("a wrong pullback of a linear op and of a general op is told from a right pushforward") {
  const auto linear = ag::gradcheck([](const ag::Tensor& x) { return evaluate(LinearSum{1.0009}, square(x)); }, points);
  CHECK_FALSE(linear.ok());
  REQUIRE(linear.blame);
  CHECK(linear.blame->op == "linear_sum");
  CHECK(linear.blame->pullback);
  CHECK_FALSE(linear.blame->pushforward);
  CHECK(linear.blame->given == Approx(1.0009));
  CHECK(linear.blame->right == Approx(1));
  CHECK(text_of(linear).find("forward agrees with numeric") != std::string::npos);

  const auto general = ag::gradcheck(
      [](const ag::Tensor& x) {
        ag::Tensor y = evaluate(BadSoftmax{}, x);
        return sum(square(y));
      },
      points);
  CHECK_FALSE(general.ok());
  REQUIRE(general.blame);
  CHECK(general.blame->op == "bad_softmax");
  CHECK(general.blame->pullback);
  CHECK_FALSE(general.blame->pushforward);
}

TEST_CASE("blame reaches into scalars, vectors and stacks") {
  const auto f = [](const std::vector<ag::Var>& v) {
    ag::Var product = v[0] * v[1];
    ag::Tensor t = ag::stack({product, v[2], ag::Var(2.0)});
    ag::Tensor y = evaluate(Cube{1e-3}, t);
    return ag::Var(y(0) + y(1) * y(2));
  };
  const auto report = ag::gradcheck(f, std::vector<double>{0.5, -2, 1.5});
  CHECK_FALSE(report.ok());
  REQUIRE(report.blame);
  CHECK(report.blame->op == "cube");
  CHECK(ag::gradcheck([](const std::vector<ag::Var>& v) { return ag::Var(evaluate(Cube{}, v[0]) * v[1]); },
                      std::vector<double>{0.5, -2}));
}

TEST_CASE("a parameter that is used past the tape is explained") {
  const auto report = ag::gradcheck(
      [](const ag::Tensor& x) {
        ag::Tensor y = tanh(x) * stop_gradient(x);
        return sum(y);
      },
      points);
  CHECK_FALSE(report.ok());
  CHECK_FALSE(report.blame);
  CHECK(report.remains.find("argument 1 of multiply at blame_test.cpp:") != std::string::npos);
  CHECK(report.remains.find("stop_gradient") != std::string::npos);
}

TEST_CASE("a result that left the tape is explained") {
  const auto report = ag::gradcheck([](const ag::Tensor& x) { return ag::Tensor(sum(tanh(x))).value(); }, points);
  CHECK_FALSE(report.ok());
  CHECK(report.remains.find("The result is a constant for the tape, though it changes with argument 0[") !=
        std::string::npos);
}

TEST_CASE("where cancellation makes a check fail, rounding is what remains") {
  const auto report = ag::gradcheck([](ag::Var x) { return ag::Var(sqrt(x * x + 1.0) - x); }, 1e7);
  CHECK_FALSE(report.ok());
  CHECK_FALSE(report.blame);
  CHECK(report.remains.find("What remains is rounding: subtract") != std::string::npos);
  CHECK(text_of(report).find("reverse and forward agree with each other, but not with the others.\n") !=
        std::string::npos);
  CHECK(text_of(report).find("does not belong to its value") == std::string::npos);
}

TEST_CASE("cancellation is noted, with the digits that are lost") {
  const auto f = [](ag::Var x) {
    ag::Var a = x + 1e20 * x;
    ag::Var y = a - 1e20 * x;
    return y;
  };
  const auto report = ag::gradcheck(f, 1.5);
  REQUIRE(report.notes.size() == 1);
  CHECK(report.notes[0].find("subtract at blame_test.cpp:") != std::string::npos);
  CHECK(report.notes[0].find("16 of 16 digits are lost") != std::string::npos);
  CHECK(ag::gradcheck([](ag::Var x) { return ag::Var((x - 0.5) * x); }, 0.5).notes.empty());
}

TEST_CASE("the parameter and the op of a model are named") {
  nn::Rng rng(1);
  nn::Sequential model{nn::Dense{3, 4, rng}, nn::Relu{}, nn::Dense{4, 3, rng}};
  const ag::Tensor x = ag::Tensor::linspace(-1, 1, {5, 3}, ag::float32);
  const ag::Tensor labels(xt::xarray<std::int64_t>{0, 1, 2, 1, 0});
  CHECK(ag::gradcheck(model, [&](const ag::Tensor& t) { return nn::cross_entropy(model(t), labels); }, x));
  const auto report = ag::gradcheck(
      model,
      [&](const ag::Tensor& t) {
        ag::Tensor scores = evaluate(Cube{9e-4}, model(t));
        return nn::cross_entropy(scores, labels);
      },
      x);
  INFO(report);
  CHECK_FALSE(report.ok());
  CHECK(report.names.front() == "0.weight");
  REQUIRE(report.blame);
  CHECK(report.blame->op == "cube");
  CHECK(report.blame->where.line > 0);
}

TEST_CASE("blame can be left out") {
  const auto report = ag::gradcheck({.blame = false}, Cube{1.0}, points);
  CHECK_FALSE(report.ok());
  CHECK_FALSE(report.blame);
  CHECK(report.remains.empty());
}
