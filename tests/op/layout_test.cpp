// Layout: values against the definition of each op, views that share memory, gradients, errors.
#include <tests/op/check.hpp>

using namespace check;

namespace {
bool is_view(const Tensor& y, const Tensor& x) { return y.data().shares_memory(x.data()); }

const std::vector<std::pair<const char*, Function>> functions{
    {"reshape", [](const Tensor& x) { return reshape(x, {-1, 2}); }},
    {"flatten", [](const Tensor& x) { return flatten(x); }},
    {"transpose", [](const Tensor& x) { return transpose(x); }},
    {"permute", [](const Tensor& x) { return permute(x, {1, 2, 0}); }},
    {"swapaxes", [](const Tensor& x) { return swapaxes(x, 0, -1); }},
    {"moveaxis", [](const Tensor& x) { return moveaxis(x, 0, 2); }},
    {"expand_dims", [](const Tensor& x) { return expand_dims(x, {0, -1}); }},
    {"squeeze", [](const Tensor& x) { return squeeze(expand_dims(x, 1), 1); }},
    {"broadcast_to", [](const Tensor& x) { return broadcast_to(expand_dims(x, 1), {2, 3, 2, 2, 4}); }},
    {"repeat", [](const Tensor& x) { return repeat(x, 3, 1); }},
    {"tile", [](const Tensor& x) { return tile(x, {2, 1, 1, 3}); }},
    {"flip", [](const Tensor& x) { return flip(x); }},
    {"flip one axis", [](const Tensor& x) { return flip(x, 1); }},
    {"roll", [](const Tensor& x) { return roll(x, 3, 2); }},
    {"roll backwards", [](const Tensor& x) { return roll(x, -1, 0); }},
    {"tril", [](const Tensor& x) { return tril(x, 1); }},
    {"triu", [](const Tensor& x) { return triu(x); }},
};
}  // namespace

TEST_CASE("layout ops: gradients agree on every kind of memory") {
  for (const auto& [name, f] : functions) {
    INFO(name);
    each_argument({3, 2, 4}, [&f = f](const Tensor& x) { expect_gradient(f, x); });
    each_argument({0, 2, 4}, [&, n = std::string(name), &f = f](const Tensor& x) {
      if (n != "reshape" && n != "broadcast_to") expect_gradient(f, x);
    });
    expect_second_order(f, numbers({3, 2, 4}));
  }
}

TEST_CASE("layout ops: values") {
  each_argument({3, 4}, [](const Tensor& x) {
    const auto at = [&](Index i, Index j) { return element(x, {i, j}); };
    expect_elements(reshape(x, {2, 3, 2}), {2, 3, 2}, [&](const Shape& i) {
      const Index k = i[0] * 6 + i[1] * 2 + i[2];
      return at(k / 4, k % 4);
    });
    expect_elements(flatten(x), {12}, [&](const Shape& i) { return at(i[0] / 4, i[0] % 4); });
    expect_elements(transpose(x), {4, 3}, [&](const Shape& i) { return at(i[1], i[0]); });
    expect_elements(flip(x), {3, 4}, [&](const Shape& i) { return at(2 - i[0], 3 - i[1]); });
    expect_elements(flip(x, -1), {3, 4}, [&](const Shape& i) { return at(i[0], 3 - i[1]); });
    for (Index shift : {-9, -1, 0, 1, 4, 5})
      expect_elements(roll(x, shift, 1), {3, 4},
                      [&](const Shape& i) { return at(i[0], ((i[1] - shift) % 4 + 4) % 4); });
    expect_elements(expand_dims(x, {0, 2}), {1, 3, 1, 4}, [&](const Shape& i) { return at(i[1], i[3]); });
    expect_elements(squeeze(expand_dims(x, {0, 2})), {3, 4}, [&](const Shape& i) { return at(i[0], i[1]); });
    expect_elements(repeat(x, 2, 0), {6, 4}, [&](const Shape& i) { return at(i[0] / 2, i[1]); });
    expect_elements(tile(x, {2, 3}), {6, 12}, [&](const Shape& i) { return at(i[0] % 3, i[1] % 4); });
    expect_elements(tile(x, {2, 1, 1}), {2, 3, 4}, [&](const Shape& i) { return at(i[1], i[2]); });
    expect_elements(repeat(x, 0, 1), {3, 0}, [](const Shape&) { return 0; });
    for (Index k : {-5, -3, -1, 0, 1, 4, 5}) {
      expect_elements(tril(x, k), {3, 4}, [&](const Shape& i) { return i[1] <= i[0] + k ? at(i[0], i[1]) : 0; });
      expect_elements(triu(x, k), {3, 4}, [&](const Shape& i) { return i[1] >= i[0] + k ? at(i[0], i[1]) : 0; });
    }
  });
}

TEST_CASE("transpose takes the axes in the order that is named") {
  const Tensor x = numbers({2, 3, 4});
  expect_elements(transpose(x, {2, 0, 1}), {4, 2, 3}, [&](const Shape& i) { return element(x, {i[1], i[2], i[0]}); });
  expect_elements(transpose(x, {-1, 0, 1}), {4, 2, 3}, [&](const Shape& i) { return element(x, {i[1], i[2], i[0]}); });
  expect_elements(moveaxis(x, 0, -1), {3, 4, 2}, [&](const Shape& i) { return element(x, {i[2], i[0], i[1]}); });
  expect_elements(moveaxis(x, {2, 0}, {0, 1}), {4, 2, 3},
                  [&](const Shape& i) { return element(x, {i[1], i[2], i[0]}); });
  expect_elements(swapaxes(x, 0, 2), {4, 3, 2}, [&](const Shape& i) { return element(x, {i[2], i[1], i[0]}); });
  CHECK(transpose(Tensor(3.0)).value() == 3);
}

TEST_CASE("views share memory, wherever NumPy gives a view") {
  const Tensor x = numbers({3, 4});
  CHECK(is_view(transpose(x), x));
  CHECK(is_view(flip(x), x));
  CHECK(is_view(flatten(x), x));
  CHECK(is_view(reshape(x, {2, 6}), x));
  CHECK(is_view(expand_dims(transpose(x), 1), x));
  CHECK(is_view(squeeze(expand_dims(flip(x), 1)), x));
  CHECK(is_view(reshape(transpose(x), {2, 2, 3}), x));  // splits an axis
  CHECK(is_view(reshape(flip(x), {12}), x));            // walks backwards in one run
  CHECK(is_view(reshape(flip(x, 1), {3, 2, 2}), x));
  CHECK_FALSE(is_view(reshape(flip(x, 1), {12}), x));
  CHECK_FALSE(is_view(reshape(transpose(x), {12}), x));
  CHECK(is_view(diag(x), x));
  CHECK(is_view(broadcast_to(x, {5, 3, 4}), x));
  CHECK(is_view(reshape(broadcast_to(Tensor(1.0), {6}), {2, 3}), broadcast_to(Tensor(1.0), {6})) == false);
  CHECK(is_view(cast(x, ag::float64), x));
  CHECK_FALSE(is_view(cast(x, ag::float32), x));
}

TEST_CASE("diag: a vector on a diagonal, a diagonal as a vector") {
  for (Index k : {-4, -2, -1, 0, 1, 3, 4, 7}) {
    INFO("k = " << k);
    each_argument({3, 4}, [&](const Tensor& x) {
      const Index n = std::max(Index{0}, k >= 0 ? std::min(Index{3}, 4 - k) : std::min(3 + k, Index{4}));
      expect_elements(diag(x, k), {n}, [&](const Shape& i) {
        return k >= 0 ? element(x, {i[0], i[0] + k}) : element(x, {i[0] - k, i[0]});
      });
      expect_gradient([&](const Tensor& t) { return diag(t, k); }, x);
    });
    each_argument({3}, [&](const Tensor& x) {
      const Index n = 3 + std::abs(k);
      expect_elements(diag(x, k), {n, n},
                      [&](const Shape& i) { return i[1] - i[0] == k ? element(x, {std::min(i[0], i[1])}) : 0; });
      expect_gradient([&](const Tensor& t) { return diag(t, k); }, x);
    });
  }
  expect_second_order([](const Tensor& x) { return diag(x, 1); }, numbers({3, 3}));
  expect_second_order([](const Tensor& x) { return diag(x); }, numbers({3}));
  each_argument({0}, [](const Tensor& x) { expect_gradient([](const Tensor& t) { return diag(t); }, x); });
  each_argument({0, 3}, [](const Tensor& x) { expect_gradient([](const Tensor& t) { return diag(t, 1); }, x); });
  CHECK_THROWS_WITH(diag(Tensor(1.0)), ContainsSubstring("[diag] needs a matrix, got shape ()"));
  CHECK_THROWS_AS(diag(numbers({2}), Index{1} << 40), ag::ShapeError);
  CHECK_THROWS_AS(diagonal_matrix(numbers({2}), {3, 3}), ag::ShapeError);
  CHECK_THROWS_AS(tril(numbers({3})), ag::ShapeError);
}

TEST_CASE("cast is differentiable between the floating dtypes, and gives constants elsewhere") {
  each_argument({2, 3}, [](const Tensor& x) {
    expect_gradient([](const Tensor& t) { return cast(t, ag::float32); }, x);
    expect_gradient([](const Tensor& t) { return cast(t, ag::float64); }, x);
  });
  ag::Tape tape;
  const Tensor x = tape.variable(Tensor::of<float>({1.5f, -2.5f, 0.0f}, {3}));
  const Tensor labels = cast(x, ag::int64), mask = cast(x, ag::boolean), wide = cast(x, ag::float64);
  CHECK(labels.dtype() == ag::int64);
  CHECK(labels.to_vector() == std::vector<double>{1, -2, 0});
  CHECK(mask.to_vector() == std::vector<double>{1, 1, 0});
  CHECK(labels.tag() == 0);
  CHECK(mask.tag() == 0);
  CHECK(wide.tag() != 0);
  const Tensor loss = sum(wide * wide);
  CHECK(tape.gradient(loss)[x].dtype() == ag::float32);
  CHECK(tape.gradient(loss)[x].to_vector() == std::vector<double>{3, -5, 0});
}

TEST_CASE("layout of scalars, of nothing, of integers and truth values") {
  each_argument({}, [](const Tensor& x) {
    expect_gradient([](const Tensor& t) { return transpose(t); }, x);
    expect_gradient([](const Tensor& t) { return flip(t); }, x);
    expect_gradient([](const Tensor& t) { return flatten(t); }, x);
    expect_gradient([](const Tensor& t) { return expand_dims(t, 0); }, x);
    expect_gradient([](const Tensor& t) { return broadcast_to(t, {2, 3}); }, x);
    expect_gradient([](const Tensor& t) { return tile(t, {2, 2}); }, x);
  });
  CHECK(reshape(numbers({0, 3}), {3, 0, 2}).shape() == Shape{3, 0, 2});
  CHECK(reshape(numbers({0, 3}), {-1, 3}).shape() == Shape{0, 3});
  CHECK(flatten(transpose(numbers({0, 3}))).shape() == Shape{0});
  for (ag::Dtype d : {ag::int64, ag::boolean}) {
    const Tensor x = numbers({2, 3}, d);
    CHECK(flip(x).dtype() == d);
    expect_elements(tril(transpose(x)), {3, 2},
                    [&](const Shape& i) { return i[1] <= i[0] ? element(x, {i[1], i[0]}) : 0; });
    expect_elements(roll(x, 1, 1), {2, 3}, [&](const Shape& i) { return element(x, {i[0], (i[1] + 2) % 3}); });
  }
}

TEST_CASE("layout ops name what does not fit") {
  const Tensor x = numbers({3, 4});
  CHECK_THROWS_WITH(reshape(x, {5, 2}), "[reshape] shape (3, 4) has 12 elements, which do not fill (5, 2).");
  CHECK_THROWS_AS(reshape(x, {-1, -1}), ag::ShapeError);
  CHECK_THROWS_AS(reshape(x, {-1, 5}), ag::ShapeError);
  CHECK_THROWS_AS(reshape(x, {-1, 0}), ag::ShapeError);
  CHECK_THROWS_AS(reshape(x, {-2, 6}), ag::ShapeError);
  CHECK_THROWS_AS(reshape(x, {Index{1} << 40, Index{1} << 40}), ag::ShapeError);
  CHECK_THROWS_WITH(transpose(x, {0, 0}), ContainsSubstring("axis 0 is named twice in (0, 0)"));
  CHECK_THROWS_WITH(transpose(x, {0}), ContainsSubstring("[transpose] the axes (0,) for a tensor with 2 dimensions"));
  CHECK_THROWS_AS(transpose(x, {0, 2}), ag::ShapeError);
  CHECK_THROWS_AS(swapaxes(x, 0, 2), ag::ShapeError);
  CHECK_THROWS_AS(moveaxis(x, {0, 1}, 0), ag::ShapeError);
  CHECK_THROWS_AS(moveaxis(x, {0, 0}, {0, 1}), ag::ShapeError);
  CHECK_THROWS_AS(expand_dims(x, 3), ag::ShapeError);
  CHECK_THROWS_AS(expand_dims(x, {0, 0}), ag::ShapeError);
  CHECK_THROWS_WITH(squeeze(x, 1), ContainsSubstring("[squeeze] axis 1 of shape (3, 4) is not of extent 1. Name"));
  CHECK_THROWS_AS(squeeze(x, 2), ag::ShapeError);
  CHECK_THROWS_AS(flip(x, 2), ag::ShapeError);
  CHECK_THROWS_AS(roll(x, 1, 2), ag::ShapeError);
  CHECK_THROWS_AS(broadcast_to(x, {3, 5}), ag::ShapeError);
  CHECK_THROWS_WITH(repeat(x, -1, 0), ContainsSubstring("[repeat] -1 repeats. Give 0 or more."));
  CHECK_THROWS_AS(repeat(x, Index{1} << 60, 0), ag::ShapeError);
  CHECK_THROWS_AS(tile(x, {2, -1}), ag::ShapeError);
  CHECK_THROWS_AS(tile(x, {Index{1} << 60, 2}), ag::ShapeError);
}
