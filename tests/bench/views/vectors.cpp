// The product of a vector, and a sum over neighbours in one.
#include <tests/bench/scalar/rosenbrock.hpp>
#include <tests/bench/scalar/speelpenning.hpp>
#include <tests/bench/views/problem.hpp>

namespace bench::views {
namespace {

struct Product {
  using Problem = Speelpenning;
  explicit Product(const Problem&) {}
  ag::Tensor value(const ag::Tensor& x) const { return prod(x); }
};

struct Valley {
  using Problem = Rosenbrock;
  explicit Valley(const Problem&) {}
  ag::Tensor value(const ag::Tensor& x) const {
    const ag::Tensor left = slice(x, ag::range(0, -1)), right = slice(x, ag::range(1, ag::none));
    return sum(100.0 * square(right - square(left)) + square(1.0 - left));
  }
};

}  // namespace

std::vector<Row> vector_rows() { return {row<Product>(), row<Valley>()}; }

}  // namespace bench::views
