// Every function of Pack against the C library's long double: accuracy, special values, and that a lane's
// bits depend on nothing but its own arguments. The table in accuracy.hpp drives it.
#include <tests/catch.hpp>

#include <algorithm>
#include <cstring>

#include <autograd/op/math.hpp>
#include <tests/core/accuracy.hpp>

using namespace accuracy;

TEMPLATE_TEST_CASE("Pack functions agree with the C library in each lane", "[core][pack]", float, double) {
  using T = TestType;
  constexpr std::size_t lanes = core::Pack<T>::size;
  const std::vector<T> a = samples<T>();
  std::vector<T> b = a, together(a.size()), alone(a.size() * lanes);
  std::shuffle(b.begin(), b.end(), std::mt19937(2));
  for (const Row& row : rows) {
    double worst = -1;
    std::size_t at = 0, depends_on_lane = 0;
    for (std::size_t i = 0; i < a.size(); i += lanes) row.run(&a[i], &b[i], &together[i]);
    for (std::size_t i = 0; i < a.size(); ++i) {
      const double error = error_in_ulp(together[i], row.exact(a[i], b[i]), row.floor);
      if (error > worst) worst = error, at = i;
      const std::vector<T> x(lanes, a[i]), y(lanes, b[i]);
      row.run(x.data(), y.data(), alone.data());
      for (std::size_t k = 0; k < lanes; ++k)
        depends_on_lane += std::memcmp(&alone[k], &together[i], sizeof(T)) != 0 && !std::isnan(together[i]);
    }
    INFO(row.name << "(" << a[at] << ", " << b[at] << ") = " << together[at] << ", not " << row.exact(a[at], b[at]));
    CHECK(worst <= row.ulp);
    INFO(row.name);
    CHECK(depends_on_lane == 0);
  }
}

TEMPLATE_TEST_CASE("exp and tanh of a single number in a formula have the bits that a pack gives", "[core][pack]", float,
                   double) {
  using T = TestType;
  std::size_t different = 0;
  const auto compare = [&](T single, core::Pack<T> pack) {
    T lane[core::Pack<T>::size];
    pack.store(lane);
    different += std::isnan(lane[0]) ? !std::isnan(single) : std::memcmp(&single, lane, sizeof(T)) != 0;
  };
  for (const T x : samples<T>()) {
    compare(autograd::op::exp(x), exp(core::Pack<T>(x)));
    compare(autograd::op::tanh(x), tanh(core::Pack<T>(x)));
  }
  CHECK(different == 0);
}
