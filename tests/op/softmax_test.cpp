// The softmax family: values against plain loops, derivatives, scores so large or infinite that the formulas fail.
#include <tests/op/derivatives.hpp>

using namespace check;

namespace {

// log sum exp over an axis at the place i, and over all elements.
double log_sum(const Tensor& x, Shape at, std::size_t axis) {
  double sum = 0;
  for (at[axis] = 0; at[axis] < x.shape()[axis]; ++at[axis]) sum += std::exp(element(x, at));
  return std::log(sum);
}

const double inf = infinity;
const Function total = [](const Tensor& x) { return logsumexp(x); };

}  // namespace

TEST_CASE("softmax, log_softmax, logsumexp: values and derivatives in every layout") {
  each_argument({3, 2, 4}, [](const Tensor& x) {
    const bool smooth = true;
    for (Index axis : {0, 1, 2, -1}) {
      const std::size_t d = static_cast<std::size_t>((axis + 3) % 3);
      expect_near(softmax(x, axis), x.shape(),
                  [&](const Shape& i) { return std::exp(element(x, i) - log_sum(x, i, d)); });
      expect_near(log_softmax(x, axis), x.shape(), [&](const Shape& i) { return element(x, i) - log_sum(x, i, d); });
      Shape kept = x.shape();
      kept[d] = 1;
      expect_near(logsumexp(x, axis, true), kept, [&](const Shape& i) { return log_sum(x, i, d); });
      expect_derivatives([=](const Tensor& t) { return softmax(t, axis); }, x, smooth);
      expect_derivatives([=](const Tensor& t) { return log_softmax(t, axis); }, x, smooth);
      expect_derivatives([=](const Tensor& t) { return logsumexp(t, axis); }, x, smooth);
    }
    double sum = 0;
    each_index(x.shape(), [&](const Shape& i) { sum += std::exp(element(x, i)); });
    expect_near(logsumexp(x), {}, [&](const Shape&) { return std::log(sum); });
    expect_near(logsumexp(x, {0, 2}), {2}, [&](const Shape& i) {
      double s = 0;
      for (Index a = 0; a < 3; ++a)
        for (Index b = 0; b < 4; ++b) s += std::exp(element(x, {a, i[0], b}));
      return std::log(s);
    });
    for (const ag::Axes& axes : {ag::Axes{}, ag::Axes{0, 2}, ag::Axes{0, 1}, ag::Axes{-1, 0, 1}})
      expect_derivatives([&](const Tensor& t) { return logsumexp(t, axes); }, x);
  });
}

TEST_CASE("the softmax family: second derivatives") {
  const Tensor x = numbers({2, 3});
  for (Index axis : {0, 1}) {
    expect_second_order([=](const Tensor& t) { return softmax(t, axis); }, x);
    expect_second_order([=](const Tensor& t) { return log_softmax(0.25 * t, axis); }, x);
    expect_second_order([=](const Tensor& t) { return logsumexp(0.25 * t, axis); }, x);
  }
}

TEST_CASE("the softmax family: rows and columns longer than a register and a block have the bits of their layout") {
  for (ag::Dtype dtype : {ag::float32, ag::float64})
    for (const Shape& shape : {Shape{3, 1037}, Shape{1037, 3}, Shape{5, 7}, Shape{600, 70}}) {
      const Tensor x = numbers(shape, dtype), turned(transpose(x).data().copy());
      for (Index axis : {0, 1}) {
        expect_near(softmax(x, axis), shape, [&](const Shape& i) {
          return std::exp(element(x, i) - log_sum(x, i, static_cast<std::size_t>(axis)));
        });
        const Tensor y = softmax(x, axis), z = softmax(transpose(turned), axis);
        expect_elements(z, shape, [&](const Shape& i) { return element(y, i); });
        const Tensor l = log_softmax(x, axis), m = log_softmax(transpose(turned), axis);
        expect_elements(m, shape, [&](const Shape& i) { return element(l, i); });
      }
      const Tensor rest(x.data().view({shape[0], shape[1] - 1}, x.data().strides(), 1));  // another alignment
      const Tensor packed(rest.data().copy()), a = softmax(rest, 1), b = softmax(packed, 1);
      expect_elements(a, rest.shape(), [&](const Shape& i) { return element(b, i); });
    }
}

TEST_CASE("the softmax family: large and infinite scores") {
  for (double big : {1e4, -1e4}) {
    const Tensor x = vector({big, big + 1, big - 1e4, -inf});
    const Tensor y = softmax(x), l = log_softmax(x);
    const double s = 1 / (1 + std::exp(-1.0));
    expect_near(y, {4}, [&](const Shape& i) { return std::array{1 - s, s, 0.0, 0.0}[static_cast<std::size_t>(i[0])]; });
    expect_near(l, {4}, [&](const Shape& i) {
      return std::array{std::log(1 - s), std::log(s), std::log(s) - 1e4 - 1, -inf}[static_cast<std::size_t>(i[0])];
    });
    CHECK(logsumexp(x).value() == Approx(big + 1 - std::log(s)));
    for (const Function& f : {Function([](const Tensor& t) { return Tensor(sum(softmax(t) * softmax(t))); }), total})
      for (double g : slopes(f, x)) CHECK(std::isfinite(g));
    CHECK(slopes(total, x)[3] == 0);
    ag::Tape tape;
    const Tensor v = tape.variable(x), log_p = log_softmax(v), picked = slice(log_p, 1);
    const std::vector<double> g = tape.gradient(picked)[v].to_vector();
    CHECK(g[0] == Approx(s - 1));
    CHECK(g[1] == Approx(1 - s));
    CHECK(g[2] == 0);
    CHECK(g[3] == 0);
  }
  const Tensor nothing = vector({-inf, -inf});
  for (double p : softmax(nothing).to_vector()) CHECK(std::isnan(p));
  for (double p : log_softmax(nothing).to_vector()) CHECK(std::isnan(p));
  CHECK(logsumexp(nothing).value() == -inf);
  CHECK(slopes(total, nothing) == std::vector<double>{0, 0});
  const Tensor top = vector({inf, 3, inf, -inf});
  CHECK(logsumexp(top).value() == inf);
  CHECK(slopes(total, top) == std::vector<double>{0.5, 0, 0.5, 0});
  for (double g : slopes(total, vector({1, nan_value}))) CHECK(std::isnan(g));
  for (double p : softmax(vector({1, nan_value, 2})).to_vector()) CHECK(std::isnan(p));
  // Columns, and slices of which only some are infinite.
  const Tensor mixed = Tensor::of<double>({-inf, 1, 0, -inf, 2, -inf}, {2, 3});
  CHECK(logsumexp(mixed, 0).to_vector() == std::vector<double>{-inf, 2 + std::log1p(std::exp(-1.0)), 0});
  const std::vector<double> g =
      gradient_of([](const Tensor& t) { return logsumexp(t, 0); }, mixed, vector({1, 1, 1})).to_vector();
  CHECK(g[0] == 0);
  CHECK(g[3] == 0);
  CHECK(g[2] == 1);
  CHECK(g[1] + g[4] == Approx(1));
}

TEST_CASE("the softmax family: second derivatives at infinite scores are finite") {
  for (const Tensor& x : {vector({-inf, -inf}), vector({inf, 1}), vector({-inf, 2, 1})}) {
    ag::Tape outer;
    const Tensor v = outer.variable(x);
    const Tensor first = [&] {
      ag::Tape inner;
      const Tensor u = inner.variable(v), y = logsumexp(u);
      return Tensor(inner.gradient(y)[u]);
    }();
    for (double g : outer.gradient(Tensor(sum(square(first))))[v].to_vector()) CHECK(std::isfinite(g));
  }
}

TEST_CASE("the softmax family: empty and bad arguments") {
  CHECK(softmax(numbers({0, 3})).shape() == Shape{0, 3});
  CHECK(softmax(numbers({3, 0})).shape() == Shape{3, 0});
  CHECK(logsumexp(numbers({3, 0}), 1).to_vector() == std::vector<double>(3, -inf));
  CHECK(logsumexp(numbers({3, 0}), 0).shape() == Shape{0});
  CHECK(logsumexp(numbers({0})).value() == -inf);
  CHECK(logsumexp(Tensor(2.0)).value() == 2);
  expect_derivatives([](const Tensor& t) { return logsumexp(t, 1); }, numbers({3, 0}));
  expect_derivatives([](const Tensor& t) { return softmax(t, 0); }, numbers({3, 0}));
  CHECK_THROWS_WITH(softmax(numbers({3}), 1), ContainsSubstring("[softmax]"));
  CHECK_THROWS_AS(softmax(Tensor(1.0)), ag::ShapeError);
  CHECK_THROWS_AS(log_softmax(numbers({3}, ag::int64)), ag::DtypeError);
  CHECK_THROWS_AS(logsumexp(numbers({3}, ag::int64)), ag::DtypeError);
  CHECK_THROWS_AS(logsumexp(numbers({3}), {0, 0}), ag::ShapeError);
}
