// gradcheck(MyOp{}): every elementwise op of the library passes over its own domain, and slips down to 1e-12 do not.
#include <algorithm>
#include <cmath>
#include <sstream>

#include <autograd/autograd.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;

namespace {

template <class... Op>
void passes(ag::op::List<Op...>) {
  const auto one = [](const auto& op) {
    const auto report = ag::gradcheck(op);
    INFO(op.name << '\n' << report);
    CHECK(report.ok());
    CHECK(report.readings.size() >= 100);
  };
  (one(Op{}), ...);
}

// (1 + slip) d x^3
struct Cube {
  static constexpr std::string_view name = "cube";
  double slip = 0;
  auto value(const auto& x) const { return x * x * x; }
  auto derivative(const auto& x, const auto&) const { return ag::partials((3.0 + 3.0 * slip) * x * x); }
};

// A log of which the slope is wrong near 0 only.
struct Log {
  static constexpr std::string_view name = "my_log";
  static constexpr ag::Domain domain{0, ag::op::infinity};
  auto value(const auto& x) const {
    using ag::log;
    return log(x);
  }
  auto derivative(const auto& x, const auto&) const {
    using ag::where;
    return ag::partials(where(x < 1e-4, 1.1, 1.0) / x);
  }
};

// max(x, 0) with a kink whose subgradient is given.
struct Hinge {
  static constexpr std::string_view name = "hinge";
  double at_kink = 0;
  auto value(const auto& x) const {
    using ag::where;
    return where(x > 0.0, x, 0.0);
  }
  auto derivative(const auto& x, const auto&) const {
    using ag::where;
    return ag::partials(where(x > 0.0, 1.0, where(x < 0.0, 0.0, at_kink)));
  }
  int branch(double x) const { return x > 0 ? 1 : x < 0 ? -1 : 0; }
};

// 2x, as a difference of large numbers.
struct Unstable {
  static constexpr std::string_view name = "unstable";
  auto value(const auto& x) const { return x * x; }
  auto derivative(const auto& x, const auto&) const { return ag::partials((1e9 + 2.0 * x) - 1e9); }
};

// Its formula runs on doubles and registers alone.
struct RealOnly {
  static constexpr std::string_view name = "real_only";
  static constexpr bool real_only = true;
  double slip = 0;
  auto value(const auto& x) const { return plain(x * x); }
  auto derivative(const auto& x, const auto&) const { return ag::partials((2.0 + slip) * x); }

 private:
  static auto plain(const auto& x) {
    static_assert(!ag::core::is_check_number<std::remove_cvref_t<decltype(x)>>);
    return x;
  }
};

// The sum over an axis, with a slope that is off along the third.
struct TotalOf {
  static constexpr std::string_view name = "total_of";
  ag::Index axis = 0;
  double slip = 0;
  bool narrow = false;
  auto value(const ag::core::Array& x) const { return ag::core::sum(x, axis, true, false); }
  auto pullback(const auto& g, const auto&, const auto& x) const {
    using T = std::remove_cvref_t<decltype(x)>;
    return T(narrow ? T(g * 1.0) : T(broadcast_to(g * (axis == 2 ? 1 + slip : 1.0), x.shape())));
  }
};

// An op that takes nothing.
struct Nobody {
  static constexpr std::string_view name = "nobody";
  ag::core::Array value(const ag::core::Array&) const { throw ag::ShapeError("nobody", "no, thank you"); }
  auto pullback(const auto& g, const auto&, const auto&) const { return g; }
};

// Another cotangent than the transpose of its linear map.
struct Doubling {
  static constexpr std::string_view name = "doubling";
  double back = 2;
  auto value(const ag::core::Array& x) const { return ag::core::alone::sum_of(x, x); }
  auto pullback(const auto& g, const auto&, const auto&) const { return g * back; }
};

// The sum of each row; its slopes are computed with its value too, wrong on demand.
struct RowSum {
  static constexpr std::string_view name = "row_sum";
  double value_slip = 0, slope_slip = 0;
  bool forgets = false;
  auto value(const ag::core::Array& x) const { return ag::core::sum(x, ag::Axes(-1), true, false); }
  auto pullback(const auto& g, const auto&, const auto& x) const { return broadcast_to(g, x.shape()); }
  ag::core::Array value_and_pullback(double g, const ag::core::Array& x, ag::core::Array& dx) const {
    if (!forgets) dx = ag::core::Array::full(x.shape(), x.dtype(), g + slope_slip);
    return ag::Tensor(ag::Tensor(value(x)) + value_slip).data();
  }
};

}  // namespace

TEST_CASE("every arithmetic and exponential op passes over its own domain") {
  passes(ag::op::Arithmetic{});
  passes(ag::op::Exponential{});
}
TEST_CASE("every trigonometric and special op passes over its own domain") {
  passes(ag::op::Trigonometric{});
  passes(ag::op::Special{});
}
TEST_CASE("every activation and every op that selects passes, at its kinks too") {
  passes(ag::op::Activation{});
  passes(ag::op::Selection{});
  std::size_t kinks = 0;
  for (const auto& r : ag::gradcheck(ag::op::Relu{}).readings) kinks += !r.kink.empty();
  CHECK(kinks > 0);
}
TEST_CASE("ops that are not elementwise are checked on matrices") {
  CHECK(ag::gradcheck(ag::op::Softmax{}));
  CHECK(ag::gradcheck(ag::op::LogSoftmax{}));
  CHECK(ag::gradcheck(ag::op::Logsumexp{}));
  CHECK(ag::gradcheck(ag::op::Matmul{}));
  CHECK(ag::gradcheck(ag::op::Max{}));
  CHECK(ag::gradcheck(Doubling{}));
  const auto report = ag::gradcheck(Doubling{2.001});
  CHECK_FALSE(report.ok());
  REQUIRE(report.blame);
  CHECK(report.blame->op == "doubling");
  CHECK(report.blame->pullback);
  CHECK_FALSE(report.blame->pushforward);
  CHECK(report.blame->given == Approx(2.001));
  CHECK(report.blame->right == Approx(2));
}

TEST_CASE("an op that is not elementwise is checked at all shapes and along all axes that it takes") {
  const auto has = [](const ag::GradcheckReport& report, const ag::Shape& shape) {
    return std::find(report.shapes.begin(), report.shapes.end(), shape) != report.shapes.end();
  };
  const auto sum = ag::gradcheck(ag::op::Sum{});
  INFO(sum);
  CHECK(sum.ok());
  for (std::size_t rank = 0; rank <= 4; ++rank)
    CHECK(std::any_of(sum.shapes.begin(), sum.shapes.end(), [&](const ag::Shape& s) { return s.size() == rank; }));
  CHECK(has(sum, {0, 3}));
  CHECK(sum.cases > 30);
  for (const ag::Shape& s : {ag::Shape{}, ag::Shape{1}, ag::Shape{4}, ag::Shape{0}, ag::Shape{3, 4}, ag::Shape{4, 4},
                             ag::Shape{2, 0}, ag::Shape{2, 3, 4}, ag::Shape{2, 1, 3, 2}, ag::Shape{2, 0, 3, 1}})
    CHECK(has(sum, s));
  // Products of vectors, matrices and stacks of them.
  const auto matmul = ag::gradcheck(ag::op::Matmul{});
  INFO(matmul);
  CHECK(matmul.ok());
  for (const ag::Shape& s : {ag::Shape{4}, ag::Shape{3, 4}, ag::Shape{3, 0}, ag::Shape{2, 4, 5}, ag::Shape{2, 1, 3, 2}})
    CHECK(has(matmul, s));
  // The shapes of two arguments go together; a third is like the second.
  const auto pairs = [](const ag::GradcheckReport& report, const ag::Shape& a, const ag::Shape& b) {
    for (std::size_t k = 0; k + 1 < report.shapes.size(); k += 2)
      if (report.shapes[k] == a && report.shapes[k + 1] == b) return true;
    return false;
  };
  for (const auto& [a, b] : std::vector<std::pair<ag::Shape, ag::Shape>>{{{3, 4}, {4, 2}},
                                                                         {{3, 4}, {4}},
                                                                         {{4}, {4, 2}},
                                                                         {{3, 0}, {0, 2}},
                                                                         {{0, 3}, {3, 2}},
                                                                         {{2, 3, 4}, {2, 4, 5}},
                                                                         {{2, 3, 4}, {4, 2}},
                                                                         {{2, 1, 3, 2}, {3, 2, 4}}})
    CHECK(pairs(matmul, a, b));
  for (const auto& report :
       {ag::gradcheck(ag::op::Mean{}), ag::gradcheck(ag::op::Prod{}), ag::gradcheck(ag::op::Min{}),
        ag::gradcheck(ag::op::Cumsum{}), ag::gradcheck(ag::op::Softmax{}), ag::gradcheck(ag::op::LogSoftmax{}),
        ag::gradcheck(ag::op::Logsumexp{}), ag::gradcheck(ag::op::Tril{}), ag::gradcheck(ag::op::Concatenate{})}) {
    INFO(report);
    CHECK(report.ok());
    CHECK(report.cases > 3);
  }
}

TEST_CASE("a mistake that only some shape or axis shows is found, and they are named") {
  CHECK(ag::gradcheck(TotalOf{}));
  const auto axis = ag::gradcheck(TotalOf{.slip = 1e-3});
  INFO(axis);
  CHECK_FALSE(axis.ok());
  REQUIRE(axis.blame);
  CHECK(axis.blame->op == "total_of");
  REQUIRE(axis.notes.size() == 1);
  CHECK(axis.notes[0].find("of shape (2, 3, 4), and axis = 2") != std::string::npos);
  // A cotangent that is not broadcast again has too few elements: what it says, and not what lies behind it in memory.
  const auto narrow = ag::gradcheck(TotalOf{.narrow = true});
  INFO(narrow);
  CHECK_FALSE(narrow.ok());
  std::ostringstream text;
  text << narrow;
  CHECK(text.str().find("a pullback or pushforward throws: [total_of] its pullback gives a cotangent of shape (") !=
        std::string::npos);
  CHECK(text.str().find("note: the op was given arguments of shape (") != std::string::npos);
  // Of no elements: a value that is made from the first.
  const auto nothing = ag::gradcheck(Nobody{});
  CHECK_FALSE(nothing.ok());
  CHECK(nothing.complaint.find("nobody takes none of the shapes that were tried; of (3, 4) it says [nobody] no, thank "
                               "you") != std::string::npos);
}

TEST_CASE("what an op computes beside its value is compared with its pullback, to the bit") {
  const auto right = ag::gradcheck(RowSum{});
  INFO(right);
  CHECK(right.ok());
  CHECK(ag::gradcheck(RowSum{.value_slip = 1}).complaint.find("value_and_pullback gives a value whose element 0 is") ==
        0);
  CHECK(ag::gradcheck(RowSum{.slope_slip = 1e-15}).complaint.find("value_and_pullback gives a cotangent whose ") == 0);
  const auto nothing = ag::gradcheck(RowSum{.forgets = true});
  CHECK(nothing.complaint == "value_and_pullback gives a cotangent: nothing, should be (1,) float64");
  CHECK(nothing.notes.size() == 1);
  const ag::Tensor labels = ag::Tensor::of(std::vector<ag::Index>{2, 0, 1}, {3});
  CHECK(ag::gradcheck(ag::op::CrossEntropy{labels.data()}));
}

TEST_CASE("quad precision finds slips down to 1e-12 in a formula") {
  CHECK(ag::gradcheck(Cube{}));
  for (const double slip : {-2.0, 1e-2, 9e-4, 1e-6, -1e-9, 1e-12}) {
    const auto report = ag::gradcheck(Cube{slip});
    INFO(report);
    CHECK_FALSE(report.ok());
    REQUIRE(report.blame);
    CHECK(report.blame->given / report.blame->right - 1 == Approx(slip).epsilon(1e-2));
  }
}

TEST_CASE("the digamma family is read in quad precision too") {
  for (const auto& report : {ag::gradcheck(ag::op::Lgamma{}), ag::gradcheck(ag::op::Digamma{}),
                             ag::gradcheck(ag::op::Trigamma{}), ag::gradcheck(ag::op::Polygamma{3})}) {
    INFO(report);
    CHECK(report.ok());
    for (const auto& r : report.readings) {
      if (!r.kink.empty()) continue;
      REQUIRE(r.quad);
      REQUIRE(r.complex);
      CHECK(*r.quad == Approx(*r.formula).epsilon(1e-15));
    }
  }
}

TEST_CASE("a formula that is right on paper, and without digits in double precision, fails") {
  const auto report = ag::gradcheck(Unstable{});
  CHECK_FALSE(report.ok());
  CHECK(report.normwise() < 1e-3);
  // Its formula does belong to its value: what is wrong is said instead.
  std::ostringstream text;
  text << report;
  INFO(text.str());
  CHECK(text.str().find("in double precision it cancels, and ") != std::string::npos);
  CHECK(text.str().find("does not belong to its value") == std::string::npos);
}

TEST_CASE("products are read by the complex step, along every axis and with factors that are 0") {
  const auto report = ag::gradcheck(ag::op::Prod{});
  INFO(report);
  CHECK(report.ok());
  CHECK(report.no_complex_step.empty());
  CHECK_FALSE(report.readings.empty());
  for (const auto& r : report.readings) CHECK(r.complex);
  const ag::Tensor zeros = ag::Tensor::of<double>({2, 0, -1.5, 3, 0, 0, 1, -2}, {2, 4});
  for (const ag::Axes& axes : {ag::Axes{}, ag::Axes(0), ag::Axes(1)}) {
    const auto at = ag::gradcheck([&](const ag::Tensor& x) { return sum(prod(x, axes)); }, zeros);
    INFO(at);
    CHECK(at.ok());
    for (const auto& r : at.readings) CHECK((r.complex && *r.complex == Approx(r.reverse).margin(1e-300)));
  }
}

TEST_CASE("differences are trusted no further than the values that they are made of") {
  // Of the third order at 0, where the value is 0 and says nothing of its rounding.
  for (int k = 1; k <= 200; ++k) {
    const double c = 0.7 + 0.01 * k, e = 1.3 - 0.003 * k;
    const auto f = [&](const ag::Tensor& x) { return sum(c * prod(x) + e * prod(x * x)); };
    const auto report = ag::gradcheck(f, ag::Tensor::zeros({3}));
    INFO(report);
    CHECK(report.ok());
  }
}

TEST_CASE("an op that needs indices or labels and has none says so") {
  CHECK(ag::gradcheck(ag::op::Gather{}).complaint.find("without indices") != std::string::npos);
  CHECK(ag::gradcheck(ag::op::Take{}).complaint.find("without indices") != std::string::npos);
  CHECK(ag::gradcheck(ag::op::CrossEntropy{}).complaint.find("without labels") != std::string::npos);
  CHECK(ag::gradcheck(ag::op::Gather{}).complaint.find("of its indices. Give it arguments") != std::string::npos);
}

TEST_CASE("the ends of a domain are looked at") {
  const auto report = ag::gradcheck(Log{});
  CHECK_FALSE(report.ok());
  for (const auto& r : report.readings)
    if (!r.ok) CHECK(r.at < 1e-4);
}

TEST_CASE("a subgradient is right between the slopes of both sides, and wrong outside") {
  CHECK(ag::gradcheck(Hinge{0}));
  CHECK(ag::gradcheck(Hinge{0.5}));
  CHECK(ag::gradcheck(Hinge{1}));
  CHECK_FALSE(ag::gradcheck(Hinge{1.01}).ok());
  CHECK_FALSE(ag::gradcheck(Hinge{-0.01}).ok());
}

TEST_CASE("an op may keep to real numbers: differences judge it then") {
  const auto report = ag::gradcheck(RealOnly{});
  INFO(report);
  CHECK(report.ok());
  CHECK_FALSE(report.readings.front().quad);
  CHECK_FALSE(report.readings.front().complex);
  CHECK(report.no_complex_step.find("real_only") == 0);
  CHECK_FALSE(ag::gradcheck(RealOnly{1e-5}).ok());
}
