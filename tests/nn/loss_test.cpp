// Losses: values and gradients by formula, exact at the ends, on tensors and on scalars, and what bad targets say.
#include <autograd/autograd.hpp>
#include <nn/init.hpp>
#include <nn/loss.hpp>
#include <tests/catch.hpp>
#include <tests/nn/matrix.hpp>

namespace ag = autograd;
using nn::Reduction;

namespace {

ag::Tensor vec(std::vector<double> v) {
  const auto n = static_cast<ag::Index>(v.size());
  return ag::Tensor::of(v, {n});
}
ag::Tensor labels(std::vector<std::int64_t> v) {
  const auto n = static_cast<ag::Index>(v.size());
  return ag::Tensor::of(v, {n});
}

const auto inf = std::numeric_limits<double>::infinity();

// Value and slope of a loss of one element.
template <class Loss>
std::pair<double, double> at(const Loss& loss, double a, double y) {
  ag::Tape tape;
  const ag::Tensor x = tape.variable(vec({a}));
  const ag::Tensor l = loss(x, vec({y}), Reduction::sum);
  const std::pair<double, double> tensor{l.value(), tape.gradient(l)[x].to_vector()[0]};

  const ag::Var s = tape.variable(a);
  const ag::Var scalar = loss(s, y);
  CHECK((scalar.value() == Approx(tensor.first).epsilon(1e-14) || scalar.value() == tensor.first));
  const double slope = tape.gradient(scalar)[s].value();
  CHECK((slope == Approx(tensor.second).epsilon(1e-14) || slope == tensor.second));
  return tensor;
}

}  // namespace

TEST_CASE("Losses: squared errors") {
  CHECK(at(nn::half_squared_error, 3, 1) == std::pair{2.0, 2.0});
  CHECK(at(nn::mse, 3, 1) == std::pair{4.0, 4.0});
  const ag::Tensor a = vec({1, 2, 4}), y = vec({1, 0, 1});
  CHECK(nn::mse(a, y).value() == Approx(13.0 / 3));
  CHECK(nn::half_squared_error(a, y, Reduction::sum).value() == 6.5);
  CHECK(nn::mse(a, y, Reduction::none).to_vector() == std::vector<double>{0, 4, 9});
  ag::Tape tape;
  const ag::Tensor x = tape.variable(a), t = tape.variable(y);
  const auto g = tape.gradient(nn::mse(x, t));
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(g[x].to_vector()[i] == Approx(2 * (a.to_vector()[i] - y.to_vector()[i]) / 3));
    CHECK(g[t].to_vector()[i] == -g[x].to_vector()[i]);
  }
}

TEST_CASE("Losses: binary cross-entropy of probabilities") {
  CHECK(nn::binary_cross_entropy(0.45, 1.0) == Approx(0.798508).epsilon(1e-6));  // the lecture's number
  for (const double a : {1e-300, 1e-9, 0.1, 0.5, 0.75, 1 - 1e-12})
    for (const double y : {0.0, 0.25, 1.0}) {
      const auto [value, slope] = at(nn::binary_cross_entropy, a, y);
      CHECK(value == Approx(-y * std::log(a) - (1 - y) * std::log1p(-a)).epsilon(1e-14));
      CHECK(slope == Approx((y < 1 ? (1 - y) / (1 - a) : 0) - (y > 0 ? y / a : 0)).epsilon(1e-13));
    }
  CHECK(at(nn::binary_cross_entropy, 0, 0) == std::pair{0.0, 1.0});  // the ends are exact
  CHECK(at(nn::binary_cross_entropy, 1, 1) == std::pair{0.0, -1.0});
  CHECK(at(nn::binary_cross_entropy, 0, 1) == std::pair{inf, -inf});
  CHECK(at(nn::binary_cross_entropy, 1, 0) == std::pair{inf, inf});
  CHECK(std::isnan(nn::binary_cross_entropy(vec({NAN}), vec({0})).value()));
  CHECK(nn::binary_cross_entropy(ag::Tensor::of(std::vector<float>{0.25f, 1.f}, {2}), labels({0, 1})).value() ==
        Approx(-std::log(0.75) / 2));
}

TEST_CASE("Losses: binary cross-entropy of logits is exact everywhere") {
  for (const double z : {-1000.0, -40.0, -3.0, -1e-9, 0.0, 0.5, 40.0, 745.0, 1000.0, 1e300})
    for (const double y : {0.0, 0.25, 1.0}) {
      CAPTURE(z, y);
      const auto [value, slope] = at(nn::binary_cross_entropy_with_logits, z, y);
      const double small = std::log1p(std::exp(-std::abs(z)));  // long formula: y log(1 + e^-z) + (1 - y) log(1 + e^z)
      CHECK(value == Approx(z > 0 ? small + (1 - y) * z : small - y * z).epsilon(1e-15));
      const double s = 1 / (1 + std::exp(-z)), rest = 1 / (1 + std::exp(z));
      CHECK(slope == Approx(y == 1 ? -rest : s - y).epsilon(1e-14).margin(1e-320));
    }
  CHECK(nn::binary_cross_entropy_with_logits(40.0, 1.0) == Approx(4.248354255291589e-18).epsilon(1e-14));
  CHECK(at(nn::binary_cross_entropy_with_logits, inf, 1) == std::pair{0.0, 0.0});
  CHECK(at(nn::binary_cross_entropy_with_logits, -inf, 0) == std::pair{0.0, 0.0});
}

TEST_CASE("Losses: cross-entropy with labels and with probabilities") {
  nn::Rng rng{3};
  const ag::Tensor z = nn::normal(2)({4, 3}, ag::float64, rng);
  const std::vector<std::int64_t> y{2, 0, 1, 2};
  Matrix a(z), one_hot(4, 3);
  std::vector<double> expected;
  for (std::size_t i = 0; i < 4; ++i) {
    double total = 0;
    for (std::size_t k = 0; k < 3; ++k) total += std::exp(a(i, k));
    for (std::size_t k = 0; k < 3; ++k) a(i, k) = std::exp(a(i, k)) / total;
    expected.push_back(-std::log(a(i, static_cast<std::size_t>(y[i]))));
    one_hot(i, static_cast<std::size_t>(y[i])) = 1;
  }
  const ag::Tensor each = nn::cross_entropy(z, labels(y), Reduction::none);
  const double total = expected[0] + expected[1] + expected[2] + expected[3];
  for (std::size_t i = 0; i < 4; ++i) CHECK(each.to_vector()[i] == Approx(expected[i]).epsilon(1e-14));
  CHECK(nn::cross_entropy(z, labels(y)).value() == Approx(total / 4).epsilon(1e-14));
  CHECK(nn::cross_entropy(z, labels(y), Reduction::sum).value() == Approx(total).epsilon(1e-14));
  CHECK(nn::nll(log_softmax(z, 1), labels(y)).value() == nn::cross_entropy(z, labels(y)).value());
  CHECK(nn::cross_entropy(z, ag::Tensor::of(one_hot.v, {4, 3})).value() == Approx(total / 4).epsilon(1e-14));

  ag::Tape tape;
  const ag::Tensor x = tape.variable(z);
  const auto by_label = tape.gradient(nn::cross_entropy(x, labels(y)))[x];
  const auto by_probability = tape.gradient(nn::cross_entropy(x, ag::Tensor::of(one_hot.v, {4, 3})))[x];
  const Matrix dz = 0.25 * (a - one_hot);
  CHECK(relative_difference(Matrix(by_label), dz) < 1e-14);
  CHECK(relative_difference(Matrix(by_probability), dz) < 1e-14);
}

TEST_CASE("Losses: cross-entropy of extreme scores") {
  const ag::Tensor z = ag::Tensor::of(std::vector<double>{1000, 0, -1000, 0, 1000, -1000}, {2, 3});
  ag::Tape tape;
  const ag::Tensor x = tape.variable(z);
  const ag::Tensor each = nn::cross_entropy(x, labels({0, 2}), Reduction::none);
  CHECK(each.to_vector() == std::vector<double>{0, 2000});
  CHECK(tape.gradient(ag::Tensor(sum(each)))[x].to_vector() == std::vector<double>{0, 0, 0, 0, 1, -1});
  const ag::Tensor masked = ag::Tensor::of(std::vector<double>{0, 0, -inf}, {1, 3});  // a class that cannot be
  const ag::Tensor p = ag::Tensor::of(std::vector<double>{0.5, 0.5, 0}, {1, 3});
  CHECK(nn::cross_entropy(masked, p).value() == Approx(std::log(2)));
}

TEST_CASE("Losses: on a tape that keeps every operation they are the same") {
  const ag::Tensor a = vec({0.2, 0.9, 0.5}), y = vec({0, 1, 0.25});
  const auto gradient = [&](auto& tape, const auto& loss) {
    const ag::Tensor x = tape.variable(a);
    return tape.gradient(loss(x, y, Reduction::mean))[x].to_vector();
  };
  const auto check = [&](const auto& loss) {
    std::vector<double> fused, single;
    {
      ag::Tape tape;
      fused = gradient(tape, loss);
    }
    {
      ag::Tape tape{ag::record_graph};
      single = gradient(tape, loss);
    }
    for (std::size_t i = 0; i < 3; ++i) CHECK(fused[i] == Approx(single[i]).epsilon(1e-14));
  };
  check(nn::half_squared_error);
  check(nn::mse);
  check(nn::binary_cross_entropy);
  check(nn::binary_cross_entropy_with_logits);
}

TEST_CASE("Losses: bad input") {
  const ag::Tensor a = vec({0.1, 0.2}), column = ag::Tensor::of(std::vector<double>{0, 1}, {2, 1});
  CHECK_THROWS_WITH(nn::mse(a, column), ContainsSubstring("[mse] prediction (2,) float64, target (2, 1) float64"));
  CHECK_THROWS_AS(nn::mse(a, column), ag::ShapeError);
  CHECK_THROWS_AS(nn::half_squared_error(a, column), ag::ShapeError);
  CHECK_THROWS_AS(nn::binary_cross_entropy(a, column), ag::ShapeError);
  CHECK_THROWS_AS(nn::binary_cross_entropy_with_logits(a, column), ag::ShapeError);
  CHECK_THROWS_AS(nn::mse(a, ag::Tensor::zeros({2}, ag::float32)), ag::DtypeError);
  CHECK_THROWS_AS(nn::mse(labels({1, 2}), labels({1, 2})), ag::DtypeError);

  CHECK_THROWS_AS(nn::binary_cross_entropy(vec({0.5, 1.5}), vec({0, 1})), ag::DomainError);
  CHECK_THROWS_WITH(nn::binary_cross_entropy(vec({0.5, 1.5}), vec({0, 1})), ContainsSubstring("at position 1"));
  CHECK_THROWS_AS(nn::binary_cross_entropy(vec({0.5, 0.5}), vec({0, -1})), ag::DomainError);
  CHECK_THROWS_AS(nn::binary_cross_entropy_with_logits(vec({7, 8}), vec({0, 2})), ag::DomainError);
  CHECK_THROWS_AS(nn::binary_cross_entropy(ag::Var(1.5), 1.0), ag::DomainError);
  CHECK_THROWS_AS(nn::binary_cross_entropy(0.5, 3.0), ag::DomainError);

  const ag::Tensor z = ag::Tensor::zeros({2, 3});
  CHECK_THROWS_WITH(nn::cross_entropy(z, labels({0, 3})),
                    ContainsSubstring("[cross_entropy] label 3 at position 1 with 3 classes. Labels run from 0 to 2."));
  CHECK_THROWS_AS(nn::cross_entropy(z, labels({0, -1})), ag::DomainError);
  CHECK_THROWS_AS(nn::cross_entropy(z, labels({0, 1, 2})), ag::ShapeError);
  CHECK_THROWS_AS(nn::cross_entropy(z, ag::Tensor::zeros({2, 1}, ag::int64)), ag::ShapeError);
  CHECK_THROWS_AS(nn::cross_entropy(a, labels({0, 1})), ag::ShapeError);
  CHECK_THROWS_AS(nn::cross_entropy(z, ag::Tensor::zeros({2}, ag::boolean)), ag::DtypeError);
  CHECK_THROWS_AS(nn::cross_entropy(z, vec({0, 1})), ag::ShapeError);  // labels as floats
  CHECK_THROWS_AS(nn::cross_entropy(z, ag::Tensor::zeros({2, 3})), ag::DomainError);
  CHECK_THROWS_AS(nn::cross_entropy(z, ag::Tensor::full({2, 3}, 2)), ag::DomainError);
  CHECK_THROWS_AS(nn::nll(z, labels({0, 5})), ag::DomainError);
}
