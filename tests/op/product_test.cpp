// Products over long rows and wide columns, beside the exponential of a sum of logarithms.
#include <autograd/autograd.hpp>

#include <tests/catch.hpp>

namespace ag = autograd;
using ag::Index, ag::Tensor;

TEST_CASE("prod: of long rows and wide columns") {
  for (const ag::Shape& shape : {ag::Shape{1000}, ag::Shape{13, 77}, ag::Shape{3, 5000}, ag::Shape{7, 3000}})
    for (Index axis = 0; axis < static_cast<Index>(shape.size()); ++axis) {
      INFO(to_string(shape) << " over axis " << axis);
      const Tensor i = cast(Tensor::arange(ag::core::count(shape)), ag::float64);
      const Tensor start = reshape(1.0 + 0.01 * sin(1.7 * i), shape);
      ag::Tape tape;
      const Tensor x = tape.variable(start);
      const Tensor y = prod(x, axis), expected = exp(sum(log(x), axis));
      const Tensor f = sum(square(y)), g = sum(square(expected));
      const auto a = tape.gradient(f)[x].to_vector(), b = tape.gradient(g)[x].to_vector();
      const auto values = y.to_vector(), expected_values = expected.to_vector();
      for (std::size_t k = 0; k < values.size(); ++k) REQUIRE(values[k] == Approx(expected_values[k]).epsilon(1e-12));
      for (std::size_t k = 0; k < a.size(); ++k) REQUIRE(a[k] == Approx(b[k]).epsilon(1e-11));
    }
}

TEST_CASE("prod: not a number and infinity") {
  const auto f = [](const Tensor& x) { return ag::gradient([](const Tensor& t) { return Tensor(prod(t)); }, x); };
  const double inf = INFINITY;
  CHECK(f(Tensor::of<double>({2, inf, 3}, {3})).to_vector() == std::vector<double>{inf, 6, inf});
  CHECK(std::isnan(prod(Tensor::of<double>({2, NAN, 0}, {3})).value()));
  CHECK(prod(Tensor::of<float>({1e30f, 1e30f, 1e-30f, 1e-30f}, {4})).value() == Approx(1));
}
