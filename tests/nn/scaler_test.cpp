// Standardizer against its formula, on the numbers that break careless ones.
#include <cmath>
#include <limits>
#include <autograd/core/error.hpp>
#include <nn/data/scaler.hpp>
#include <nn/random.hpp>
#include <tests/catch.hpp>

using autograd::DomainError;
using autograd::ShapeError;
using nn::Standardizer;
using nn::Table;
using Values = std::vector<double>;

TEST_CASE("Standardizer: mean and deviation of each column") {
  const Values x{1, 10, 2, 20, 3, 30, 6, 60};  // column 0: mean 3, squares 4 + 1 + 0 + 9 = 14
  const Standardizer s = Standardizer::fit(x, 2);
  CHECK(s.mean[0] == Approx(3).epsilon(1e-15));
  CHECK(s.mean[1] == Approx(30).epsilon(1e-15));
  CHECK(s.scale[0] == Approx(std::sqrt(14.0 / 4)).epsilon(1e-15));
  CHECK(s.scale[1] == Approx(10 * std::sqrt(14.0 / 4)).epsilon(1e-15));
  Values z = x;
  s.apply(z);
  for (std::size_t i = 0; i < z.size(); ++i)
    CHECK(z[i] == Approx((x[i] - s.mean[i % 2]) / s.scale[i % 2]).margin(1e-15));
  s.inverse(z);
  for (std::size_t i = 0; i < z.size(); ++i) CHECK(z[i] == Approx(x[i]).epsilon(1e-15));
}

TEST_CASE("Standardizer: constant columns become 0 and come back") {
  const Values x{0.1, 5, 0.1, 6, 0.1, 7};  // 0.1 + 0.1 + 0.1 is not 3 * 0.1
  const Standardizer s = Standardizer::fit(x, 2);
  CHECK(s.mean[0] == 0.1);
  CHECK(s.scale[0] == 1);
  Values z = x;
  s.apply(z);
  CHECK((z[0] == 0 && z[2] == 0 && z[4] == 0));
  s.inverse(z);
  CHECK((z[0] == 0.1 && z[2] == 0.1));
  CHECK(Standardizer::fit(Values{3, 4}, 2).scale == Values{1, 1});
  for (std::size_t n = 1; n < 100; ++n)
    for (const double value : {0.1, -1.0 / 3, 1.7e308, 5e-324}) {
      const Standardizer constant = Standardizer::fit(Values(n, value), 1);
      CHECK(constant.mean[0] == value);
      CHECK(constant.scale[0] == 1);
    }
}

TEST_CASE("Standardizer: large offsets, large and small numbers") {
  nn::Rng rng{1};
  for (const double offset : {0.0, 1e9, -1e12})
    for (const double size : {1.0, 1e-3}) {
      Values x(10001);
      for (std::size_t i = 0; i < x.size(); ++i) x[i] = offset + size * static_cast<double>(i) / 1024;
      rng.shuffle(x);
      const Standardizer s = Standardizer::fit(x, 1);
      CAPTURE(offset, size);  // 0 .. n-1 has mean (n - 1) / 2 and variance (n^2 - 1) / 12
      const double rounding = std::abs(offset) * std::numeric_limits<double>::epsilon();
      CHECK(std::abs(s.mean[0] - offset - size * 5000 / 1024) <= 1e-14 * size * 5000 + 2 * rounding);
      CHECK(std::abs(s.scale[0] - size * std::sqrt((10001.0 * 10001 - 1) / 12) / 1024) <= 1e-13 * size * 3 + rounding);
    }
  for (const double size : {1e300, 1e-300, 1.7e308}) {
    const Standardizer s = Standardizer::fit(Values{-size, size, -size, size}, 1);
    CAPTURE(size);
    CHECK(std::abs(s.mean[0]) <= size * 1e-15);
    CHECK(s.scale[0] == Approx(size).epsilon(1e-14));
  }
}

TEST_CASE("Standardizer: tables, and the same transformation for other rows") {
  const Table train{{"a", "b"}, 2, 2, {0, 1, 2, 5}}, test{{"a", "b"}, 1, 2, {4, 7}};
  const Standardizer s = Standardizer::fit(train);
  CHECK(s.apply(test).values == Values{3, 2});
  CHECK(s.apply(test).names == test.names);
  CHECK(s.inverse(s.apply(test)).values == test.values);
  CHECK(train.values == Values{0, 1, 2, 5});
}

TEST_CASE("Standardizer: what does not fit is refused") {
  CHECK_THROWS_AS(Standardizer::fit(Values{1, 2, 3}, 2), ShapeError);
  CHECK_THROWS_AS(Standardizer::fit(Values{1, 2, 3}, 0), ShapeError);
  CHECK_THROWS_AS(Standardizer::fit(Values{}, 2), DomainError);
  CHECK_THROWS_AS(Standardizer::fit(Table{}), DomainError);
  CHECK_THROWS_WITH(Standardizer::fit(Values{1, 2, 3, std::nan("")}, 2), ContainsSubstring("row 2, column 2 is nan"));
  CHECK_THROWS_AS(Standardizer::fit(Values{1, INFINITY}, 1), DomainError);
  const Standardizer s = Standardizer::fit(Values{1, 2, 3, 4}, 2);
  Values odd{1, 2, 3};
  CHECK_THROWS_AS(s.apply(odd), ShapeError);
  CHECK_THROWS_AS(s.inverse(odd), ShapeError);
  CHECK_THROWS_AS(s.apply(Table{{}, 1, 4, {1, 2, 3, 4}}), ShapeError);
}
