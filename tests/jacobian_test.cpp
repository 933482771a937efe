// jacobian and hessian: both modes against closed forms, each against the other, and which of them is taken.
#include <array>
#include <cmath>
#include <type_traits>
#include <vector>

#include <autograd/autograd.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;

namespace {

// Polar coordinates to plane ones.
const auto polar = []<class N>(const N& r, const N& phi) { return std::array<N, 2>{r * cos(phi), r * sin(phi)}; };
const auto plane = [](const auto& p) { return polar(p[0], p[1]); };

// m results of n numbers, of every form: linear, a product, a function with a steep slope, a constant.
template <std::size_t m>
struct Mixture {
  template <class X>
  auto operator()(const X& x) const {
    using N = std::remove_cvref_t<decltype(x[0])>;
    std::vector<N> y;
    for (std::size_t i = 0; i < m; ++i) {
      N s = 1.0 * static_cast<double>(i);
      for (std::size_t k = 0; k < x.size(); ++k)
        s += sin(x[k] * (1.0 + static_cast<double>(i * k % 7))) * x[(k + i) % x.size()];
      y.push_back(s);
    }
    y.push_back(N(3.0));
    return y;
  }
};
// The same for Vars alone.
template <std::size_t m>
struct MixtureOfVars {
  std::vector<ag::Var> operator()(const std::vector<ag::Var>& x) const { return Mixture<m>{}(x); }
};
// And for dual numbers alone.
template <std::size_t m>
struct MixtureOfDuals {
  template <class T, class G>
  auto operator()(const std::vector<ag::Dual<T, G>>& x) const {
    return Mixture<m>{}(x);
  }
};

std::vector<double> numbers(std::size_t n) {
  std::vector<double> x(n);
  for (std::size_t k = 0; k < n; ++k) x[k] = 0.3 + 0.01 * static_cast<double>(k * k % 11);
  return x;
}

// Which kinds of number a function was called with.
struct Calls {
  mutable int forward = 0, reverse = 0;
  std::size_t results;
  template <class N>
  std::vector<N> operator()(const std::vector<N>& x) const {
    ++(std::is_same_v<N, ag::Var> ? reverse : forward);
    return std::vector<N>(results, N(x[0] * 2.0));
  }
};

void check_near(const ag::Tensor& a, const ag::Tensor& b) {
  REQUIRE(a.shape() == b.shape());
  const auto x = a.to_vector(), y = b.to_vector();
  for (std::size_t k = 0; k < x.size(); ++k) CHECK(x[k] == Approx(y[k]).epsilon(1e-13).margin(1e-14));
}

}  // namespace

TEST_CASE("the Jacobian of polar coordinates, of arrays and of vectors") {
  const double r = 2, phi = 0.5, c = std::cos(phi), s = std::sin(phi);
  const auto [y, j] = ag::value_and_jacobian(plane, std::array{r, phi});
  static_assert(std::is_same_v<decltype(j), const std::array<std::array<double, 2>, 2>>);
  CHECK(y[0] == Approx(r * c));
  CHECK(y[1] == Approx(r * s));
  const double known[2][2] = {{c, -r * s}, {s, r * c}};
  const ag::Tensor t = ag::jacobian(plane, std::vector{r, phi});
  REQUIRE(t.shape() == ag::Shape{2, 2});
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t k = 0; k < 2; ++k) {
      CHECK(j[i][k] == Approx(known[i][k]));
      CHECK(t.to_vector()[2 * i + k] == Approx(known[i][k]));
    }
  // Of Vars alone, in reverse; and a result that depends on nothing.
  const auto of_vars = [](const std::array<ag::Var, 2>& p) { return std::array<ag::Var, 2>{p[0] * cos(p[1]), 4.0}; };
  const auto [z, k] = ag::value_and_jacobian(of_vars, std::array{r, phi});
  CHECK(z[1] == 4);
  CHECK(k[0][0] == Approx(c));
  CHECK(k[0][1] == Approx(-r * s));
  CHECK(k[1] == std::array{0.0, 0.0});
}

TEMPLATE_TEST_CASE_SIG("both modes give the same Jacobian", "", ((std::size_t m), m), 1, 3, 20) {
  for (const std::size_t n : {1, 2, 15, 16, 17, 40}) {
    const auto x = numbers(n);
    const ag::Tensor forward = ag::jacobian(MixtureOfDuals<m>{}, x), reverse = ag::jacobian(MixtureOfVars<m>{}, x);
    REQUIRE(forward.shape() == ag::Shape{static_cast<ag::Index>(m) + 1, static_cast<ag::Index>(n)});
    check_near(forward, reverse);
    check_near(ag::jacobian(Mixture<m>{}, x), reverse);
    const auto both = ag::value_and_jacobian(MixtureOfVars<m>{}, x);
    check_near(ag::value_and_jacobian(Mixture<m>{}, x).value, both.value);
    CHECK(both.value.to_vector()[m] == 3);
  }
}

TEST_CASE("a Jacobian with few columns goes forwards, one with few rows in reverse") {
  const Calls tall{0, 0, 50}, wide{0, 0, 1};
  ag::jacobian(tall, numbers(30));
  CHECK(tall.forward == 2);
  CHECK(tall.reverse == 0);
  ag::jacobian(wide, numbers(1000));
  CHECK(wide.forward == 1);  // which finds how many rows there are
  CHECK(wide.reverse == 1);
}

TEST_CASE("the Jacobian of a tensor has the shape of the result and of the argument") {
  const ag::Tensor x = ag::Tensor::of<double>({1, 2, 3, 4, 5, 6}, {2, 3});
  const auto [y, j] = ag::value_and_jacobian([](const auto& t) { return sum(t * t, {1}); }, x);
  CHECK(y.to_vector() == std::vector<double>{14, 77});
  CHECK(j.shape() == ag::Shape{2, 2, 3});
  CHECK(j.to_vector() == std::vector<double>{2, 4, 6, 0, 0, 0, 0, 0, 0, 8, 10, 12});
  const ag::Tensor narrow = ag::jacobian([](const auto& t) { return 3.0 * t; }, ag::Tensor::ones({2}, ag::float32));
  CHECK(narrow.dtype() == ag::float32);
  CHECK(narrow.to_vector() == std::vector<double>{3, 0, 0, 3});
}

TEST_CASE("the Hessian, forward over reverse and twice in reverse") {
  const auto f = [](const auto& v) {
    using N = std::remove_cvref_t<decltype(v[0])>;
    N s = 0.0;
    for (std::size_t k = 0; k + 1 < v.size(); ++k) s += 100.0 * square(v[k + 1] - v[k] * v[k]) + square(1.0 - v[k]);
    return s;
  };
  CHECK(ag::hessian(f, std::vector{-1.2, 1.0}).to_vector() == std::vector<double>{1330, 480, 480, 200});
  const auto of_vars = [&](const std::vector<ag::Var>& v) { return f(v); };
  const auto x = numbers(19);
  check_near(ag::hessian(f, x), ag::hessian(of_vars, x));
  CHECK(ag::hessian([](const auto&) { return 2.0; }, numbers(2)).to_vector() == std::vector<double>(4));

  const ag::Tensor t = ag::Tensor::of<double>({2, 3}, {2});
  const ag::Tensor h = ag::hessian([](const auto& a) { return sum(a * a * a); }, t);
  CHECK(h.shape() == ag::Shape{2, 2});
  CHECK(h.to_vector() == std::vector<double>{12, 0, 0, 18});
}
