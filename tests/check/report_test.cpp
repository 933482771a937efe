// The report as a value: bands, measures, readings, text, table; generators; second order.
#include <algorithm>
#include <cmath>
#include <random>
#include <sstream>

#include <autograd/autograd.hpp>
#include <nn/nn.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;

namespace {

struct Cube {
  static constexpr std::string_view name = "cube";
  double slip = 0;
  auto value(const auto& x) const { return x * x * x; }
  auto derivative(const auto& x, const auto&) const { return ag::partials((3.0 + 3.0 * slip) * x * x); }
};

// An op that keeps to real numbers.
struct RealSquare {
  static constexpr std::string_view name = "real_square";
  static constexpr bool real_only = true;
  auto value(const auto& x) const { return x * x; }
  auto derivative(const auto& x, const auto&) const { return ag::partials(2.0 * x); }
};

// x^2 whose second derivative is wrong: its slope is a new op with a slope of its own.
struct Twice {
  static constexpr std::string_view name = "twice";
  double slip = 0;
  auto value(const auto& x) const { return 2.0 * x; }
  auto derivative(const auto&, const auto&) const { return ag::partials(2.0 + slip); }
};
struct Square {
  static constexpr std::string_view name = "my_square";
  double slip = 0;
  auto value(const auto& x) const { return x * x; }
  auto derivative(const auto& x, const auto&) const { return ag::partials(ag::evaluate(Twice{slip}, x)); }
};

std::string text_of(const ag::GradcheckReport& report) {
  std::ostringstream text;
  text << report;
  return text.str();
}

}  // namespace

TEST_CASE("the bands of a relative difference") {
  CHECK(ag::band_of(0) == ag::Band::good);
  CHECK(ag::band_of(2e-7) == ag::Band::fine);
  CHECK(ag::band_of(1e-3) == ag::Band::uneasy);
  CHECK(ag::band_of(0.5) == ag::Band::wrong);
  CHECK(ag::band_of(NAN) == ag::Band::wrong);
  CHECK(ag::band_of(0.99e-7) == ag::Band::good);
  CHECK(ag::band_of(1.01e-7) == ag::Band::fine);
  CHECK(ag::band_of(0.99e-4) == ag::Band::fine);
  CHECK(ag::band_of(1.01e-4) == ag::Band::uneasy);
  CHECK(ag::band_of(0.99e-2) == ag::Band::uneasy);
  CHECK(ag::band_of(1.01e-2) == ag::Band::wrong);
  const ag::Tensor x = ag::Tensor::linspace(0.5, 2, {6});
  CHECK(ag::gradcheck(Cube{}, x).bands() == std::array<std::size_t, 4>{6, 0, 0, 0});
  CHECK(ag::gradcheck(Cube{1e-5}, x).bands() == std::array<std::size_t, 4>{0, 6, 0, 0});
  CHECK(ag::gradcheck(Cube{1e-3}, x).bands() == std::array<std::size_t, 4>{0, 0, 6, 0});
  CHECK(ag::gradcheck(Cube{1}, x).bands() == std::array<std::size_t, 4>{0, 0, 0, 6});
}

TEST_CASE("a slip of 1e-9, too small for differences, is found by the complex step in every element") {
  const auto report = ag::gradcheck(Cube{1e-9}, ag::Tensor::linspace(0.5, 2, {6}));
  CHECK_FALSE(report);
  for (const auto& r : report.readings) {
    CHECK(std::abs(r.reverse - r.numeric) <= r.allowed);
    CHECK_FALSE(r.ok);
  }
}

TEST_CASE("a function that changes after a while is not deterministic") {
  int calls = 0;
  const auto report = ag::gradcheck([&](ag::Var x) { return ag::Var(x * (++calls < 10 ? 1.0 : 2.0)); }, 1.5);
  CHECK_FALSE(report);
  CHECK(report.complaint.find("not deterministic") != std::string::npos);
}

TEST_CASE("elements at a kink count in no measure") {
  const auto f = [](const ag::Tensor& x) { return sum(evaluate(Cube{1}, x) + relu(x - 0.5)); };
  const auto report = ag::gradcheck(f, ag::Tensor::of<double>({0.5, 1, 0.5, 0.25}, {4}));
  CHECK(report.bands() == std::array<std::size_t, 4>{0, 0, 0, 2});
  // a = 6 + 1 and 0.375, n = 3 + 1 and 0.1875.
  CHECK(report.normwise() == Approx(std::hypot(3, 0.1875) / (std::hypot(7, 0.375) + std::hypot(4, 0.1875))));
  std::ostringstream kinks;
  kinks << ag::gradcheck([](ag::Var x) { return ag::Var(evaluate(Cube{5}, x) + relu(x - 0.5)); }, 0.5);
  CHECK(kinks.str().find("FAILED") != std::string::npos);
  CHECK(kinks.str().find("|a - n|") == std::string::npos);
}

TEST_CASE("the measure of the course, of all elements and of each argument") {
  // a = 2 n everywhere: ||a - n|| / (||a|| + ||n||) = 1/3. In the second argument they are equal.
  const auto f = [](const ag::Tensor& a, const ag::Tensor& b) { return sum(evaluate(Cube{1}, a)) + sum(b * b); };
  const auto report = ag::gradcheck(f, ag::Tensor::linspace(0.5, 2, {6}), ag::Tensor::linspace(1, 2, {2}));
  CHECK(report.normwise(0) == Approx(1.0 / 3));
  CHECK(report.normwise(1) < 1e-12);
  CHECK(report.normwise() < 1.0 / 3);
  CHECK(report.normwise() > 0.2);
}

TEST_CASE("every element has every reading that applies") {
  const auto report =
      ag::gradcheck([](const ag::Tensor& x) { return sum(x * tanh(x)); }, ag::Tensor::linspace(-1, 1, {3}));
  for (const auto& r : report.readings) {
    REQUIRE(r.complex);
    const double right = std::tanh(r.at) + r.at * (1 - std::tanh(r.at) * std::tanh(r.at));
    for (const double v : {r.reverse, r.forward, *r.complex}) CHECK(v == Approx(right).epsilon(1e-14));
    CHECK(std::abs(r.numeric - right) <= r.allowed);
    CHECK(r.band() == ag::Band::good);
  }
}

TEST_CASE("the complex step goes through the error function and the gamma family") {
  const auto report = ag::gradcheck(
      [](const ag::Tensor& x) { return sum(gelu(x) * erf(x) + erfc(x) * lgamma(x) + digamma(x) * trigamma(x)); },
      ag::Tensor::linspace(0.2, 6, {7}));
  CHECK(report.ok());
  CHECK(report.no_complex_step.empty());
  for (const auto& r : report.readings) {
    REQUIRE(r.complex);
    CHECK(*r.complex == Approx(r.reverse).epsilon(1e-12));
  }
}

TEST_CASE("an op without a complex version is named as what prevents the complex step") {
  const auto report = ag::gradcheck(
      [](const ag::Tensor& x) {
        ag::Tensor y = tanh(evaluate(RealSquare{}, x));
        return sum(y);
      },
      ag::Tensor::ones({2}));
  CHECK(report.ok());
  CHECK_FALSE(report.readings.front().complex);
  CHECK(report.no_complex_step.find("real_square at report_test.cpp:") != std::string::npos);
  std::ostringstream text;
  text << report;
  CHECK(text.str().find("\n  no complex step: real_square at report_test.cpp:") != std::string::npos);
}

TEST_CASE("the product along a random direction looks at all elements, in every reading") {
  const auto right = ag::gradcheck(
      {.samples = 5}, [](const ag::Tensor& x) { return softmax(x); }, ag::Tensor::linspace(-1, 2, {40, 30}));
  CHECK(right.ok());
  CHECK(right.readings.size() == 5);
  CHECK(right.total == 1200);
  REQUIRE(right.dot.done);
  CHECK(right.dot.forward == Approx(right.dot.reverse).epsilon(1e-9));
  REQUIRE(right.dot.complex);
  CHECK(*right.dot.complex == Approx(right.dot.reverse).epsilon(1e-9));
}

TEST_CASE("a report of success is one line, and of failure names the readings that disagree") {
  const ag::Tensor x = ag::Tensor::linspace(0.5, 2, {2, 3});
  const std::string good = text_of(ag::gradcheck(Cube{}, x));
  CHECK(good.find("gradcheck: ok, 6 elements of 1 argument by reverse, forward, numeric, complex step") == 0);
  CHECK(std::count(good.begin(), good.end(), '\n') == 1);
  const std::string bad = text_of(ag::gradcheck(Cube{1}, x));
  CHECK(bad.find("FAILED") != std::string::npos);
  CHECK(bad.find("argument 0[1, 2]") != std::string::npos);
  CHECK(bad.find("reverse and forward agree with each other, but not with numeric and complex step") !=
        std::string::npos);
  CHECK(bad.find("(2 times as much)") != std::string::npos);
}

TEST_CASE("the table has a line for each element, with all digits") {
  const auto f = [](const ag::Tensor& x) { return sum(evaluate(Cube{1}, x)); };
  const auto report = ag::gradcheck(f, ag::Tensor::linspace(0.5, 1, {1, 2}));
  std::ostringstream out;
  write_csv(out, report);
  std::istringstream in(out.str());
  std::string heading, first, second, rest;
  std::getline(in, heading);
  std::getline(in, first);
  std::getline(in, second);
  CHECK_FALSE(std::getline(in, rest));
  CHECK(heading.find("argument,element,index,at,reverse,forward,numeric") == 0);
  CHECK(first.find("argument 0,0,\"[0, 0]\",0.5,1.5,1.5,") == 0);
  CHECK(second.substr(second.size() - 3) == ",no");
  const auto commas = [](const std::string& s) { return std::count(s.begin(), s.end(), ','); };
  CHECK(commas(first) == commas(heading) + 1);  // the one between the quotes
}

TEST_CASE("a function that is not deterministic is reported, and with its generator checked") {
  const ag::Tensor x = ag::Tensor::linspace(-1, 1, {4, 5});
  nn::Rng rng(3);
  const auto f = [&](const ag::Tensor& t) {
    ag::Tensor mask = ag::Tensor::zeros(t.shape());
    for (auto& m : mask.mutable_array<double>()) m = rng.uniform() < 0.5 ? 0 : 2;
    return sum(square(t) * mask);
  };
  const auto report = ag::gradcheck(f, x);
  CHECK_FALSE(report.ok());
  CHECK(report.complaint.find("not deterministic") != std::string::npos);
  const nn::Rng before = rng;
  CHECK(ag::gradcheck({.generator = rng}, f, x));
  CHECK(rng == before);  // handed back as it came
  std::mt19937_64 standard(1);
  const auto g = [&](ag::Var v) { return ag::Var(v * v * static_cast<double>(standard() >> 60)); };
  CHECK_FALSE(ag::gradcheck(g, 1.5));
  CHECK(ag::gradcheck({.generator = standard}, g, 1.5));
  int calls = 0;
  const auto counts = [&](ag::Var v) { return ag::Var(v * static_cast<double>(++calls)); };
  CHECK_FALSE(ag::gradcheck(counts, 1.5));
  CHECK(ag::gradcheck({.generator = ag::Restart([&] { calls = 0; })}, counts, 1.5));
}

TEST_CASE("second derivatives are checked, and a wrong one is found and blamed") {
  const ag::Tensor x = ag::Tensor::linspace(-1, 1.3, {2, 3});
  const auto right = ag::gradgradcheck([](const ag::Tensor& t) { return sum(exp(t) * tanh(t)); }, x);
  CHECK(right.ok());
  REQUIRE(right.symmetry);
  CHECK(right.symmetry->reverse == Approx(right.symmetry->forward));
  const auto f = [](double slip) {
    return [slip](const ag::Tensor& t) { return sum(evaluate(Square{slip}, tanh(t))); };
  };
  CHECK(ag::gradgradcheck(f(0), x));
  CHECK(ag::gradcheck(f(1e-3), x));  // the first derivative is right
  const auto wrong = ag::gradgradcheck(f(1e-3), x);
  CHECK_FALSE(wrong.ok());
  REQUIRE(wrong.blame);
  CHECK(wrong.blame->op == "twice");
  CHECK(ag::gradgradcheck([](ag::Var a, ag::Var b) { return ag::Var(a * sin(b) / a); }, 1.5, 0.25));

  nn::Rng rng(1);
  nn::Sequential model{nn::Dense{3, 4, rng}, nn::Tanh{}, nn::Dense{4, 1, rng}};
  const ag::Tensor in = ag::Tensor::linspace(-1, 1, {5, 3}, ag::float32);
  CHECK(ag::gradgradcheck(model, [&](const ag::Tensor& t) { return mean(square(model(t))); }, in));
  CHECK_FALSE(
      ag::gradgradcheck(model, [&](const ag::Tensor& t) { return mean(evaluate(Square{1e-3}, model(t))); }, in));
}

TEST_CASE("a function that is not finite, constant or of integers is no accident") {
  const auto nan = ag::gradcheck([](ag::Var x) { return ag::Var(log(x)); }, -1.0);
  CHECK_FALSE(nan.ok());
  CHECK(nan.complaint.find("not finite") != std::string::npos);
  CHECK(nan.complaint.find("[log] the value is nan: log(-1)") != std::string::npos);
  const auto constant = ag::gradcheck([](ag::Var) { return ag::Var(std::nan("")); }, -1.0);
  CHECK_FALSE(constant.ok());
  CHECK(constant.complaint.find('[') == std::string::npos);
  CHECK(ag::gradcheck([](ag::Var) { return ag::Var(3.0); }, 1.0));
  CHECK(ag::gradcheck([](const ag::Tensor& x, const ag::Tensor& i) { return sum(take(x, i)); },
                      ag::Tensor::linspace(0, 1, {4}), ag::Tensor(xt::xarray<std::int64_t>{2, 0, 2})));
  CHECK(ag::gradcheck([](const ag::Tensor& x) { return sum(x); }, ag::Tensor::zeros({0, 3})));
}

TEST_CASE("a function of integers alone, or a model without parameters, leaves nothing to check") {
  struct Bare {
    void each_parameter(ag::Visitor&) {}
  } bare;
  const ag::Tensor integers(xt::xarray<std::int64_t>{2, 0, 1});
  for (const auto& report : {ag::gradcheck([](const ag::Tensor& i) { return sum(cast(i, ag::float64)); }, integers),
                             ag::gradcheck(bare, [] { return ag::Tensor(1.0); })}) {
    INFO(report);
    CHECK_FALSE(report.ok());
    CHECK(report.complaint == "there is nothing to check: no parameter, or no argument of a floating dtype");
    CHECK(report.readings.empty());
  }
}
