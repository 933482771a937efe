// The checker must pass what is right and refuse what is wrong, also by little, also NaN.
#include <cmath>
#include <limits>
#include <sstream>

#include <autograd/autograd.hpp>
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
