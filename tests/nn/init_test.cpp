// Initialisers: the spread they promise, the same numbers for the same seed, and no others.
#include <cmath>
#include <autograd/autograd.hpp>
#include <nn/init.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;

namespace {

struct Moments {
  double mean = 0, deviation = 0, low = INFINITY, high = -INFINITY;
};
Moments moments(const ag::Tensor& t) {
  const std::vector<double> v = t.to_vector();
  Moments m;
  const double n = static_cast<double>(v.size());
  for (const double x : v) {
    m.mean += x / n;
    m.low = std::min(m.low, x);
    m.high = std::max(m.high, x);
  }
  for (const double x : v) m.deviation += (x - m.mean) * (x - m.mean) / n;
  m.deviation = std::sqrt(m.deviation);
  return m;
}

}  // namespace

TEST_CASE("init: mean and deviation") {
  const ag::Shape shape{300, 500};  // fan_out, fan_in
  const struct {
    nn::Initialiser init;
    double mean, deviation;
  } cases[] = {{nn::normal(), 0, 0.01},
               {nn::normal(2), 0, 2},
               {nn::uniform(1, 4), 2.5, 3 / std::sqrt(12)},
               {nn::glorot_normal(), 0, std::sqrt(2.0 / 800)},
               {nn::glorot_uniform(), 0, std::sqrt(2.0 / 800)},
               {nn::he_normal(), 0, std::sqrt(2.0 / 500)},
               {nn::he_uniform(), 0, std::sqrt(2.0 / 500)},
               {nn::constant(3), 3, 0}};
  for (const auto& c : cases)
    for (const ag::Dtype dtype : {ag::float32, ag::float64}) {
      nn::Rng rng{11};
      const ag::Tensor t = c.init(shape, dtype, rng);
      CHECK(t.dtype() == dtype);
      CHECK(t.shape() == shape);
      const Moments m = moments(t);
      CHECK(std::abs(m.mean - c.mean) <= 5 * c.deviation / std::sqrt(150000) + 1e-9);
      CHECK(m.deviation == Approx(c.deviation).epsilon(0.01).margin(1e-9));
    }
}

TEST_CASE("init: uniform bounds") {
  nn::Rng rng{3};
  const Moments glorot = moments(nn::glorot_uniform()({40, 60}, ag::float64, rng));
  CHECK((glorot.low >= -std::sqrt(6.0 / 100) && glorot.high <= std::sqrt(6.0 / 100)));
  CHECK(glorot.high > 0.98 * std::sqrt(6.0 / 100));
  const Moments he = moments(nn::he_uniform()({40, 60}, ag::float64, rng));
  CHECK((he.low >= -std::sqrt(6.0 / 60) && he.high <= std::sqrt(6.0 / 60)));
}

TEST_CASE("init: a window multiplies both fans") {
  nn::Rng rng{3};
  CHECK(moments(nn::he_normal()({40, 20, 5, 5}, ag::float64, rng)).deviation ==
        Approx(std::sqrt(2.0 / 500)).epsilon(0.02));
  CHECK(moments(nn::glorot_normal()({40, 20, 5, 5}, ag::float64, rng)).deviation ==
        Approx(std::sqrt(2.0 / 1500)).epsilon(0.02));
}

TEST_CASE("init: a seed gives the same numbers, float32 those of float64 rounded") {
  for (const nn::Initialiser& init : {nn::normal(), nn::uniform(-1, 2), nn::glorot_uniform(), nn::he_normal()}) {
    nn::Rng a{5}, b{5}, c{6}, d{5};
    const auto x = init({7, 3}, ag::float64, a).to_vector();
    CHECK(x == init({7, 3}, ag::float64, b).to_vector());
    CHECK(x != init({7, 3}, ag::float64, c).to_vector());
    const auto rounded = init({7, 3}, ag::float32, d).to_vector();
    for (std::size_t i = 0; i < x.size(); ++i) CHECK(rounded[i] == static_cast<float>(x[i]));
    CHECK(a == b);
  }
  nn::Rng rng{2024};  // the same on every platform
  const auto x = nn::normal(1)({3}, ag::float64, rng).to_vector();
  nn::Rng same{2024};
  for (const double v : x) CHECK(v == same.normal());
}

TEST_CASE("init: bad arguments") {
  nn::Rng rng{1};
  CHECK_THROWS_AS(nn::normal(-1), ag::DomainError);
  CHECK_THROWS_AS(nn::normal(NAN), ag::DomainError);
  CHECK_THROWS_AS(nn::uniform(2, 1), ag::DomainError);
  CHECK_THROWS_AS(nn::uniform(0, INFINITY), ag::DomainError);
  CHECK_THROWS_AS(nn::he_normal()({5}, ag::float32, rng), ag::ShapeError);
  CHECK_THROWS_AS(nn::glorot_uniform()({}, ag::float32, rng), ag::ShapeError);
}
