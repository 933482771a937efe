// Products: values against plain loops, gradients in every layout, views that BLAS reads in place, errors.
#include <tests/op/derivatives.hpp>

using namespace check;

namespace {

const std::vector<std::pair<Shape, Shape>> pairs{
    {{4}, {4}},
    {{3, 4}, {4}},
    {{4}, {4, 2}},
    {{3, 4}, {4, 2}},
    {{1, 4}, {4, 3}},
    {{3, 4}, {4, 1}},
    {{3, 1}, {1, 2}},
    {{2, 3, 4}, {4, 2}},
    {{3, 4}, {2, 4, 2}},
    {{2, 3, 4}, {2, 4, 2}},
    {{2, 3, 4}, {4}},
    {{4}, {2, 4, 3}},
    {{2, 1, 3, 4}, {3, 4, 2}},
    {{2, 1, 1, 4}, {3, 4, 2}},
    {{0, 4}, {4, 2}},
    {{3, 0}, {0, 2}},
    {{0}, {0}},
    {{3, 4}, {4, 0}},
    {{2, 3, 0}, {0, 1}},
    {{0, 3, 4}, {4, 2}},
    {{1}, {1}},
    {{1, 1}, {1, 1}},
};

// The product by its definition. A vector's missing axis is one of extent 1 that the result does not show.
void expect_product(const Tensor& y, const Tensor& a, const Tensor& b) {
  const bool row = a.rank() == 1, column = b.rank() == 1;
  const Index inner = a.shape().back();
  const auto read = [](const Tensor& t, const Shape& at, std::initializer_list<Index> last) {
    Shape index = t.shape();
    const std::size_t lead = index.size() - last.size();
    for (std::size_t d = 0; d < lead; ++d) index[d] = t.shape()[d] == 1 ? 0 : at[at.size() - lead + d];
    std::size_t d = lead;
    for (Index i : last) index[d++] = i;
    return element(t, index);
  };
  each_index(y.shape(), [&](const Shape& i) {
    Shape batch = i;
    batch.resize(i.size() - !row - !column);
    double sum = 0;
    for (Index k = 0; k < inner; ++k)
      sum += (row ? element(a, {k}) : read(a, batch, {i[batch.size()], k})) *
             (column ? element(b, {k}) : read(b, batch, {k, i[i.size() - 1]}));
    INFO("element " << to_string(i));
    REQUIRE(element(y, i) == sum);
  });
}

}  // namespace

TEST_CASE("matmul: values and gradients for every pair of shapes and every layout") {
  for (const auto& [left, right] : pairs) {
    for (ag::Dtype dtype : {ag::float32, ag::float64})
      for (const Argument& a : arguments(left, dtype))
        for (const Argument& b : arguments(right, dtype)) {
          INFO(to_string(left) << " " << a.layout << " times " << to_string(right) << " " << b.layout << " "
                               << name_of(dtype));
          expect_product(matmul(a.value, b.value), a.value, b.value);
          if (a.layout != "contiguous" && b.layout != "contiguous" && a.layout != b.layout) continue;
          expect_gradient([&](const Tensor& x) { return matmul(x, b.value); }, a.value);
          expect_gradient([&](const Tensor& x) { return matmul(a.value, x); }, b.value);
        }
    const Tensor a = numbers(left), b = numbers(right);
    expect_second_order([&, &r = right](const Tensor& x) { return matmul(x, broadcast_to(sum(x), r) * b); }, a);
    expect_second_order([&, &l = left](const Tensor& x) { return matmul(broadcast_to(sum(x), l) * a, x); }, b);
  }
}

TEST_CASE("matmul: results have the shapes of NumPy") {
  const auto shape = [](const Shape& a, const Shape& b) { return to_string(matmul(numbers(a), numbers(b)).shape()); };
  CHECK(shape({4}, {4}) == "()");
  CHECK(shape({3, 4}, {4}) == "(3,)");
  CHECK(shape({4}, {4, 2}) == "(2,)");
  CHECK(shape({5, 3, 4}, {4, 2}) == "(5, 3, 2)");
  CHECK(shape({5, 1, 3, 4}, {6, 4, 2}) == "(5, 6, 3, 2)");
  CHECK(shape({5, 3, 4}, {4}) == "(5, 3)");
  CHECK(shape({4}, {5, 4, 2}) == "(5, 2)");
  CHECK(shape({0, 4}, {4, 2}) == "(0, 2)");
  CHECK(matmul(numbers({3, 0}), numbers({0, 2})).to_vector() == std::vector<double>(6, 0.0));
  CHECK(matmul(numbers({0}), numbers({0})).value() == 0);
}

TEST_CASE("matmul: the same tensor twice, and products of products") {
  each_argument({3, 3}, [](const Tensor& x) {
    expect_derivatives([](const Tensor& t) { return matmul(t, t); }, x);
    expect_derivatives([](const Tensor& t) { return matmul(matmul(t, transpose(t)), t); }, x);
  });
  expect_second_order([](const Tensor& x) { return matmul(x, transpose(x)); }, numbers({2, 3}));
  expect_second_order([](const Tensor& x) { return matmul(x, x); }, numbers({4}));
}

TEST_CASE("matmul: a cotangent lies in memory as its argument does") {
  const Tensor x = numbers({5, 4}), w = numbers({3, 4});
  ag::Tape tape;
  const Tensor weight = tape.variable(w), y = matmul(x, transpose(weight));
  const Tensor g = tape.gradient(y, numbers({5, 3}))[weight];
  CHECK(g.data().contiguous());
  expect_product(g, transpose(numbers({5, 3})), x);
}

TEST_CASE("matmul: sizes beyond the blocks of BLAS") {
  const auto random = [](const Shape& shape, ag::Dtype dtype) {
    Tensor t = Tensor::zeros(shape, dtype);
    Index k = 0;
    ag::core::with_type(dtype, [&]<class T>(ag::core::Type<T>) {
      for (Index i = 0; i < t.size(); ++i) t.data().data<T>()[i] = static_cast<T>((k = (k * 5 + 3) % 17) - 8);
    });
    return t;
  };
  for (ag::Dtype dtype : {ag::float32, ag::float64})
    for (const auto& [m, k, n] : {std::array<Index, 3>{65, 130, 33}, {1, 300, 70}, {70, 300, 1}, {129, 1, 67}}) {
      const Tensor a = random({m, k}, dtype), b = random({k, n}, dtype);
      expect_product(matmul(a, b), a, b);
      const Tensor at(random({k, m}, dtype).data().view({m, k}, {1, m}, 0)),
          bt(random({n, k}, dtype).data().view({k, n}, {1, k}, 0));
      expect_product(matmul(at, bt), at, bt);
      expect_product(matmul(a, bt), a, bt);
      expect_product(matmul(at, b), at, b);
    }
}

TEST_CASE("dot and outer") {
  each_argument({4}, [](const Tensor& x) {
    const Tensor c = numbers({4}, x.dtype()), r = numbers({3}, x.dtype());
    expect_elements(ag::dot(x, c), {}, [&](const Shape&) { return check::dot(x, c); });
    expect_elements(Tensor(outer(x, r)), {4, 3},
                    [&](const Shape& i) { return element(x, {i[0]}) * element(r, {i[1]}); });
    expect_gradient([&](const Tensor& t) { return ag::dot(t, c); }, x);
    expect_gradient([&](const Tensor& t) { return ag::dot(c, t); }, x);
    expect_gradient([&](const Tensor& t) { return Tensor(outer(t, r)); }, x);
    expect_gradient([&](const Tensor& t) { return Tensor(outer(r, t)); }, x);
  });
  expect_second_order([](const Tensor& x) { return ag::dot(x, x); }, numbers({4}));
  expect_second_order([](const Tensor& x) { return Tensor(outer(x, x)); }, numbers({3}));
}

TEST_CASE("products: bad arguments") {
  const auto product = [](const Shape& a, const Shape& b) { return [=] { matmul(numbers(a), numbers(b)); }; };
  CHECK_THROWS_WITH(product({2, 3}, {2, 3})(),
                    "[matmul] inner dimensions differ: lhs (2, 3), rhs (2, 3). "
                    "Did you mean matmul(lhs, transpose(rhs))?");
  CHECK_THROWS_WITH(product({2, 3}, {2, 4})(), ContainsSubstring("Did you mean matmul(transpose(lhs), rhs)?"));
  CHECK_THROWS_WITH(product({5, 2, 3}, {5, 2, 3})(),
                    ContainsSubstring("Did you mean matmul(lhs, swapaxes(rhs, -1, -2))?"));
  CHECK_THROWS_WITH(product({3}, {4})(), ContainsSubstring("[matmul] inner dimensions differ: lhs (3,), rhs (4,)"));
  CHECK_THROWS_WITH(product({}, {4})(), ContainsSubstring("[matmul] needs vectors or matrices, got lhs (), rhs (4,)"));
  CHECK_THROWS_WITH(product({2, 3, 4}, {3, 4, 5})(),
                    ContainsSubstring("[matmul] the batches do not broadcast: lhs (2, 3, 4), rhs (3, 4, 5)"));
  CHECK_THROWS_AS(product({2, 3}, {3, 3, 2, 2})(), ag::ShapeError);
  CHECK_THROWS_AS(matmul(numbers({2, 2}), numbers({2, 2}, ag::float32)), ag::DtypeError);
  CHECK_THROWS_AS(matmul(numbers({2, 2}), numbers({2, 2}, ag::int64)), ag::DtypeError);
  CHECK_THROWS_AS(matmul(numbers({2, 2}, ag::int64), numbers({2, 2}, ag::int64)), ag::DtypeError);
  CHECK_THROWS_AS(matmul(2.0, numbers({2})), ag::ShapeError);
  CHECK_THROWS_AS(ag::dot(numbers({2, 2}), numbers({2, 2})), ag::ShapeError);
  CHECK_THROWS_AS(ag::dot(numbers({2}), numbers({3})), ag::ShapeError);
  CHECK_THROWS_AS(Tensor(outer(numbers({2, 2}), numbers({2}))), ag::ShapeError);
}
