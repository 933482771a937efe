// Reductions: values against plain loops over every choice of axes, derivatives in every layout, ties, edges, accuracy.
#include <tests/core/on_threads.hpp>
#include <tests/op/derivatives.hpp>

using namespace check;

namespace {

using Reduction = std::function<Tensor(const Tensor&, const ag::Axes&, bool)>;
using Plain = std::function<double(const std::vector<double>&)>;

const double inf = infinity;
const std::vector<ag::Axes> choices{{}, 0, 1, -1, {0, 1}, {0, 2}, {-1, 1}, {2, 0, 1}, ag::Axes(Shape{})};

// The elements of x whose indices agree with i, a place of the kept shape.
std::vector<double> slice_of(const Tensor& x, const Shape& i, const Shape& over) {
  std::vector<double> out;
  each_index(x.shape(), [&](const Shape& at) {
    Shape place = at;
    for (Index d : over) place[static_cast<std::size_t>(d)] = 0;
    if (place == i) out.push_back(element(x, at));
  });
  return out;
}

void expect_values(const Reduction& f, const Plain& plain, const Tensor& x) {
  for (const ag::Axes& axes : choices) {
    const Shape over = ag::core::normalize_axes("test", axes, x.rank()),
                kept = ag::core::reduced(x.shape(), over, true);
    INFO("axes " << to_string(over));
    const Tensor y = f(x, axes, true);
    expect_near(y, kept, [&](const Shape& i) { return plain(slice_of(x, i, over)); });
    const Tensor z = f(x, axes, false);
    REQUIRE(z.shape() == ag::core::reduced(x.shape(), over, false));
    REQUIRE(z.to_vector() == y.to_vector());
  }
}

double mean_of(const std::vector<double>& v) {
  double sum = 0;
  for (double a : v) sum += a;
  return sum / static_cast<double>(v.size());
}
double var_of(const std::vector<double>& v, double ddof) {
  const double m = mean_of(v);
  double sum = 0;
  for (double a : v) sum += (a - m) * (a - m);
  return sum / (static_cast<double>(v.size()) - ddof);
}

struct Case {
  const char* name;
  Reduction f;
  Plain plain;
  bool kinks = false;  // where elements are equal, which they are in a broadcast argument
};

const std::vector<Case> cases{
    {"sum", [](const Tensor& x, const ag::Axes& a, bool k) { return sum(x, a, k); },
     [](const auto& v) { return mean_of(v) * static_cast<double>(v.size()); }},
    {"mean", [](const Tensor& x, const ag::Axes& a, bool k) { return mean(x, a, k); }, mean_of},
    {"prod", [](const Tensor& x, const ag::Axes& a, bool k) { return prod(0.5 * x, a, k); },
     [](const auto& v) {
       double p = 1;
       for (double a : v) p *= 0.5 * a;
       return p;
     }},
    {"max", [](const Tensor& x, const ag::Axes& a, bool k) { return max(x, a, k); },
     [](const auto& v) { return *std::max_element(v.begin(), v.end()); }, true},
    {"min", [](const Tensor& x, const ag::Axes& a, bool k) { return min(x, a, k); },
     [](const auto& v) { return *std::min_element(v.begin(), v.end()); }, true},
    {"var", [](const Tensor& x, const ag::Axes& a, bool k) { return var(x, a, k); },
     [](const auto& v) { return var_of(v, 0); }},
    {"std", [](const Tensor& x, const ag::Axes& a, bool k) { return ag::std(x, a, k); },
     [](const auto& v) { return std::sqrt(var_of(v, 0)); }, true},
    {"norm", [](const Tensor& x, const ag::Axes& a, bool k) { return norm(x, a, k); },
     [](const auto& v) {
       double s = 0;
       for (double a : v) s += a * a;
       return std::sqrt(s);
     },
     true},
    {"norm of order 1", [](const Tensor& x, const ag::Axes& a, bool k) { return norm(x, a, k, 1); },
     [](const auto& v) {
       double s = 0;
       for (double a : v) s += std::abs(a);
       return s;
     },
     true},
    {"norm of order infinity", [](const Tensor& x, const ag::Axes& a, bool k) { return norm(x, a, k, inf); },
     [](const auto& v) {
       double s = 0;
       for (double a : v) s = std::max(s, std::abs(a));
       return s;
     },
     true},
};

// Distinct elements, none 0, no two of one size, no slice constant, alike in all layouts but the broadcast one.
Tensor spread(const Tensor& x) {
  Index k = 0;
  each_index(x.shape(), [&](const Shape& i) {
    Index offset = 0;
    for (std::size_t d = 0; d < i.size(); ++d) offset += i[d] * x.data().strides()[d];
    const double value = (k++ * 7 % 31) / 8.0 - 1.8125;
    ag::core::with_type(x.dtype(),
                        [&]<class T>(ag::core::Type<T>) { x.data().data<T>()[offset] = static_cast<T>(value); });
  });
  return x;
}

}  // namespace

TEST_CASE("reductions: values over every choice of axes, in every layout") {
  each_argument({3, 2, 4}, [](const Tensor& x) {
    for (const Case& c : cases) {
      INFO(c.name);
      expect_values(c.f, c.plain, spread(x));
    }
  });
}

TEST_CASE("reductions: derivatives over every choice of axes, in every layout") {
  each_argument({3, 2, 4}, [](const Tensor& x) {
    spread(x);
    for (const Case& c : cases)
      for (const ag::Axes& axes : {ag::Axes{}, ag::Axes{0}, ag::Axes{-1}, ag::Axes{0, 2}}) {
        INFO(c.name << " over " << to_string(axes.list()));
        const bool smooth = !c.kinks || x.data().strides()[0] != 0;
        expect_derivatives([&](const Tensor& t) { return c.f(t, axes, false); }, x, smooth);
        expect_derivatives([&](const Tensor& t) { return c.f(t, axes, true); }, x, smooth);
      }
  });
}

TEST_CASE("reductions: second derivatives") {
  const Tensor x = spread(numbers({3, 4}));
  for (const Case& c : cases)
    for (const ag::Axes& axes : {ag::Axes{}, ag::Axes{0}, ag::Axes{1}}) {
      INFO(c.name << " over " << to_string(axes.list()));
      expect_second_order([&](const Tensor& t) { return c.f(0.5 * t, axes, false); }, x);
    }
  expect_second_order([](const Tensor& t) { return cumsum(t, 1); }, x);
}

TEST_CASE("reductions: numbers, and nothing") {
  for (const Case& c : cases) {
    INFO(c.name);
    const Tensor number = Tensor(1.5);
    CHECK(c.f(number, {}, false).value() == c.plain({1.5}));
    CHECK(std::isfinite(slopes([&](const Tensor& t) { return c.f(t, {}, false); }, number)[0]));
    const std::string name = c.name;
    CHECK(c.f(numbers({0, 3}), 1, false).shape() == Shape{0});
    if (name == "max" || name == "min" || name == "norm of order infinity") {
      CHECK_THROWS_WITH(c.f(numbers({0, 3}), 0, false), ContainsSubstring("of nothing: shape (0, 3)"));
      CHECK_THROWS_AS(c.f(numbers({0}), {}, false), ag::ShapeError);
      continue;
    }
    const double of_nothing = name == "prod" ? 1 : name == "mean" || name == "var" || name == "std" ? nan_value : 0;
    expect_near(c.f(numbers({0, 3}), 0, false), {3}, [&](const Shape&) { return of_nothing; });
    if (name != "prod")
      CHECK(gradient_of([&](const Tensor& t) { return c.f(t, 0, false); }, numbers({0, 3}), numbers({3})).shape() ==
            Shape{0, 3});
    CHECK_THROWS_AS(c.f(numbers({3}), 1, false), ag::ShapeError);
    CHECK_THROWS_AS(c.f(numbers({3}), {0, -1}, false), ag::ShapeError);
  }
  CHECK_THROWS_WITH(max(numbers({0})), ContainsSubstring("[max] of nothing"));
  CHECK_THROWS_AS(argmax(numbers({2, 0}), 1), ag::ShapeError);
  CHECK_THROWS_AS(argmax(numbers({2, 2, 2}), {0, 1}), ag::ShapeError);
  CHECK_THROWS_AS(norm(numbers({2}), {}, false, 3), ag::DomainError);
  CHECK_THROWS_AS(norm(numbers({2}, ag::int64)), ag::DtypeError);
  CHECK_THROWS_AS(cumsum(Tensor(1.0), 0), ag::ShapeError);
}

TEST_CASE("max and min: ties, NaN, infinities, long rows") {
  const auto all = [](const Tensor& x) { return max(x); };
  const auto first = [](const Tensor& x) { return max(x, 0); };
  const Tensor tied = vector({2, 5, 1, 5, 5, -5});
  const double third = 1.0 / 3;
  CHECK(slopes(all, tied) == std::vector<double>{0, third, 0, third, third, 0});
  CHECK(slopes(first, tied) == std::vector<double>{0, 1, 0, 0, 0, 0});
  CHECK(slopes([](const Tensor& x) { return min(x); }, vector({1, 0, 0})) == std::vector<double>{0, 0.5, 0.5});
  CHECK(slopes([](const Tensor& x) { return min(x, 0); }, vector({1, 0, 0})) == std::vector<double>{0, 1, 0});
  const Tensor square = Tensor::of<double>({3, 3, 1, 3}, {2, 2});
  CHECK(slopes([](const Tensor& x) { return max(x, {0, 1}); }, square) == std::vector<double>{third, third, 0, third});
  CHECK(gradient_of(first, square, vector({1, 10})).to_vector() == std::vector<double>{1, 10, 0, 0});
  CHECK(std::isnan(max(vector({1, nan_value, 3})).value()));
  CHECK(std::isnan(min(vector({nan_value, 1})).value()));
  for (double g : slopes(all, vector({1, nan_value, 3}))) CHECK(std::isnan(g));
  CHECK(max(vector({-inf, -inf})).value() == -inf);
  CHECK(slopes(all, vector({1, inf})) == std::vector<double>{0, 1});
  CHECK(gradient_of(first, vector({1, 2}), Tensor(inf)).to_vector() == std::vector<double>{0, inf});
  for (Index n : {1, 15, 16, 17, 63, 64, 65, 1000})
    for (Index at : {Index{0}, n / 2, n - 1}) {
      Tensor x = Tensor::zeros({n});
      x.data().data<double>()[at] = 7;
      CHECK(max(x).value() == 7);
      CHECK(argmax(x).value() == static_cast<double>(at));
      x.data().data<double>()[at] = nan_value;
      CHECK(std::isnan(max(x).value()));
      CHECK(argmin(x).value() == static_cast<double>(at));
      CHECK(std::isnan(max(broadcast_to(reshape(x, {n, 1}), {n, 600}), 0).to_vector()[599]));
    }
  CHECK(max(Tensor::of<std::int64_t>({3, -7, 5}, {3})).value() == 5);
}

TEST_CASE("argmax and argmin") {
  each_argument({3, 2, 4}, [](const Tensor& x) {
    const auto expect = [&](const Tensor& y, const Shape& over, int sign) {
      REQUIRE(y.dtype() == ag::int64);
      each_index(y.shape(), [&](const Shape& i) {
        const auto v = slice_of(x, i, over);
        const auto at = sign > 0 ? std::max_element(v.begin(), v.end()) : std::min_element(v.begin(), v.end());
        REQUIRE(element(y, i) == static_cast<double>(at - v.begin()));
      });
    };
    for (Index axis : {0, 1, 2}) {
      expect(argmax(x, axis, true), {axis}, 1);
      expect(argmin(x, axis - 3, true), {axis}, -1);
    }
    expect(argmax(x, {}, true), {0, 1, 2}, 1);
    REQUIRE(argmin(x, 1).shape() == Shape{3, 4});
  });
  CHECK(argmax(vector({1, 3, nan_value, nan_value})).value() == 2);
  CHECK(argmin(vector({1, 0, 0})).value() == 1);
  CHECK(argmax(Tensor::of<std::int64_t>({1, 3, 3}, {3})).value() == 1);
}

TEST_CASE("cumsum") {
  each_argument({3, 2, 4}, [](const Tensor& x) {
    for (Index axis : {0, 1, -1}) {
      const std::size_t d = static_cast<std::size_t>((axis + 3) % 3);
      expect_elements(cumsum(x, axis), x.shape(), [&](const Shape& i) {
        Shape at = i;
        double total = 0;
        for (at[d] = 0; at[d] <= i[d]; ++at[d]) total += element(x, at);
        return total;
      });
      expect_gradient([=](const Tensor& t) { return cumsum(t, axis); }, x);
    }
  });
  CHECK(cumsum(Tensor::of<std::int64_t>({1, 2, 3}, {3}), 0).to_vector() == std::vector<double>{1, 3, 6});
  CHECK(cumsum(numbers({0, 2}), 0).shape() == Shape{0, 2});
}

TEST_CASE("prod: exact where factors are 0") {
  const auto p = [](const Tensor& x) { return prod(x); };
  CHECK(slopes(p, vector({2, 0, 5})) == std::vector<double>{0, 10, 0});
  CHECK(slopes(p, vector({0, 0, 5})) == std::vector<double>{0, 0, 0});
  CHECK(slopes(p, vector({2, 3, 4, 0, 7})) == std::vector<double>{0, 0, 0, 168, 0});
  expect_second_order(p, vector({2, 0, 0.5, 0}));
  expect_second_order(p, vector({0, 1, 2}));
  CHECK(
      gradient_of([](const Tensor& x) { return prod(x, 0); }, Tensor::of<double>({0, 2, 3, 4}, {2, 2}), vector({1, 1}))
          .to_vector() == std::vector<double>{3, 4, 0, 2});
}

TEST_CASE("prod: the gradient of nothing is empty") {
  CHECK(gradient_of([](const Tensor& x) { return prod(x, 0); }, numbers({0, 3}), numbers({3})).shape() == Shape{0, 3});
}

TEST_CASE("var and std of a constant are 0, and so are their gradients") {
  for (ag::Dtype dtype : {ag::float32, ag::float64})
    for (double value : {0.1, 1e-30, -123456.789, 0.0})
      for (Index n : {1, 3, 10, 1000, 12345}) {
        const Tensor x = Tensor::full({n}, value, dtype);
        CHECK(ag::std(x).value() == 0);
        for (double g : slopes([](const Tensor& t) { return ag::std(t); }, x)) REQUIRE(g == 0);
        const Tensor columns = Tensor::full({n, 3}, value, dtype);
        for (double v : var(columns, 0).to_vector()) REQUIRE(v == 0);
      }
  CHECK(var(vector({1, 2, 3, 4}), {}, false, 1).value() == Approx(5.0 / 3));
  CHECK(ag::std(vector({1e8 + 1, 1e8 + 2, 1e8 + 3})).value() == Approx(std::sqrt(2.0 / 3)).epsilon(1e-12));
}

TEST_CASE("norm: neither overflow nor underflow, gradient 0 at 0") {
  const auto two = [](const Tensor& x) { return norm(x); };
  for (double unit : {1e200, 1e-200, 1e308 / 8, 5e-324}) {
    CHECK(norm(vector({3 * unit, -4 * unit})).value() == 5 * unit);
    const std::vector<double> g = slopes(two, vector({3 * unit, -4 * unit}));
    CHECK(g[0] == Approx(0.6));
    CHECK(g[1] == Approx(-0.8));
  }
  for (float unit : {1e30f, 1e-30f, 1e-42f})
    CHECK(norm(Tensor::of<float>({3 * unit, 4 * unit}, {2})).value() ==
          Approx(std::hypot(3 * unit, 4 * unit)).epsilon(1e-6));
  const Tensor rows = norm(Tensor::of<double>({3e200, 4e200, 3e-200, 4e-200}, {2, 2}), 1);
  CHECK(element(rows, {0}) == Approx(5e200));
  CHECK(element(rows, {1}) / 5e-200 == Approx(1));
  for (double order : {1.0, 2.0, inf})
    CHECK(slopes([=](const Tensor& x) { return norm(x, {}, false, order); }, vector({0, 0})) ==
          std::vector<double>{0, 0});
  expect_near(
      gradient_of([](const Tensor& x) { return norm(x, 1); }, Tensor::of<double>({0, 0, 3, 4}, {2, 2}), vector({1, 1})),
      {2, 2}, [](const Shape& i) { return i[0] * (i[1] ? 0.8 : 0.6); });
  CHECK(norm(vector({inf, 1})).value() == inf);
  CHECK(std::isnan(norm(vector({nan_value, 1e300})).value()));
}

TEST_CASE("sum: accurate, and the same bits for every layout") {
  const Index n = Index{1} << 24;
  CHECK(sum(Tensor(Tensor(0.1, ag::float32).data().broadcast_to({n}))).value() ==
        Approx(0.1f * static_cast<double>(n)).epsilon(1e-6));
  CHECK(sum(Tensor::full({n}, 0.1, ag::float32)).value() == Approx(0.1f * static_cast<double>(n)).epsilon(1e-6));
  for (ag::Dtype dtype : {ag::float32, ag::float64}) {
    Tensor x = Tensor::zeros({301, 1030}, dtype);
    ag::core::with_type(dtype, [&]<class T>(ag::core::Type<T>) {
      for (Index i = 0; i < x.size(); ++i)
        x.data().data<T>()[i] = static_cast<T>(std::sin(static_cast<double>(i) * 0.7) * 3);
    });
    const Tensor turned = transpose(Tensor(transpose(x).data().copy()));
    REQUIRE(!turned.data().contiguous());
    for (const ag::Axes& axes : {ag::Axes{}, ag::Axes{0}, ag::Axes{1}})
      for (const Case& c : cases) {
        INFO(c.name);
        CHECK(c.f(x, axes, false).to_vector() == c.f(turned, axes, false).to_vector());
      }
  }
}

TEST_CASE("sum: a row has the same bits alone as among others, wherever it lies, on one thread and on several") {
  on_threads([] {
    for (const ag::Dtype dtype : {ag::float32, ag::float64})
      for (const Index n : {1, 3, 15, 16, 17, 63, 100, 511, 512, 513, 1030, 32'768, 40'000}) {
        const Index rows = 37, distance = n + 5;
        const Tensor x = cast(sin(0.7 * cast(Tensor::arange(rows * distance), ag::float64)), dtype);
        const Tensor gaps(x.data().view({rows, n}, {distance, 1}, 3)), packed(gaps.data().copy()),
            turned = transpose(Tensor(transpose(gaps).data().copy()));
        std::vector<double> alone;
        for (Index i = 0; i < rows; ++i) alone.push_back(sum(slice(gaps, i)).value());
        INFO(n);
        CHECK(sum(gaps, 1).to_vector() == alone);
        CHECK(sum(packed, 1).to_vector() == alone);
        CHECK(sum(turned, 1).to_vector() == alone);
        CHECK(sum(flip(packed, 0), 1).to_vector() == std::vector<double>(alone.rbegin(), alone.rend()));
        double exact = 0;
        for (const double v : slice(packed, 1).to_vector()) exact += v;
        CHECK(alone[1] == Approx(exact).margin(1e-6 * std::sqrt(static_cast<double>(n))));
      }
  });
}

TEST_CASE("count_nonzero") {
  const Tensor x = Tensor::of<double>({0, 2, nan_value, 0, 0, 1}, {2, 3});
  CHECK(count_nonzero(x).value() == 3);
  CHECK(count_nonzero(x, 0).to_vector() == std::vector<double>{0, 1, 2});
  CHECK(count_nonzero(Tensor(x > 1.5)).value() == 1);
}
