// Indexing: slices by NumPy's rules, picking by indices and masks, changing a part by value and in place.
#include <tests/op/check.hpp>

using namespace check;
using ag::all, ag::ellipsis, ag::newaxis, ag::none, ag::range;

namespace {

bool is_view(const Tensor& y, const Tensor& x) { return y.data().shares_memory(x.data()); }

// Python's x[start:stop:step], by its documentation: the numbers start + k * step before stop, ends clamped.
std::vector<Index> python_range(Index n, std::optional<Index> start, std::optional<Index> stop, Index step) {
  const auto clamp = [&](Index i) {
    if (i < 0) i += n;
    return step > 0 ? std::min(std::max(i, Index{0}), n) : std::min(std::max(i, Index{-1}), n - 1);
  };
  const Index first = start ? clamp(*start) : step > 0 ? 0 : n - 1, end = stop ? clamp(*stop) : step > 0 ? n : -1;
  std::vector<Index> out;
  for (Index i = first; step > 0 ? i < end : i > end; i += step) out.push_back(i);
  return out;
}

}  // namespace

TEST_CASE("ranges follow Python for every start, stop and step") {
  const std::optional<Index> ends[] = {{}, -9, -5, -4, -2, -1, 0, 1, 3, 4, 5, 9};
  const auto bound = [](std::optional<Index> i) { return i ? ag::Bound(*i) : ag::Bound(none); };
  for (Index n : {0, 1, 4, 5}) {
    const Tensor x = Tensor::arange(n);
    for (const auto& start : ends)
      for (const auto& stop : ends)
        for (Index step : {1, 2, 3, 9, -1, -2, -3, -9}) {
          const auto expected = python_range(n, start, stop, step);
          const Tensor y = slice(x, range(bound(start), bound(stop), step));
          REQUIRE(y.to_vector() == std::vector<double>(expected.begin(), expected.end()));
          REQUIRE(is_view(y, x));
        }
  }
  constexpr Index huge = std::numeric_limits<Index>::max();
  const Tensor x = Tensor::arange(4);
  CHECK(slice(x, range(-huge - 1, huge, huge)).to_vector() == std::vector<double>{0});
  CHECK(slice(x, range(huge, -huge - 1, -huge - 1)).to_vector() == std::vector<double>{3});
  CHECK(slice(x, range(2)).to_vector() == std::vector<double>{0, 1});
}

TEST_CASE("slices mix ranges, integers, newaxis and ellipsis, on every kind of memory") {
  each_argument({3, 4, 5}, [](const Tensor& x) {
    const auto at = [&](Index i, Index j, Index k) { return element(x, {i, j, k}); };
    expect_elements(slice(x, 1), {4, 5}, [&](const Shape& i) { return at(1, i[0], i[1]); });
    expect_elements(slice(x, -1, range(1, 3), 2), {2}, [&](const Shape& i) { return at(2, i[0] + 1, 2); });
    expect_elements(slice(x, all, range(none, none, -1)), {3, 4, 5},
                    [&](const Shape& i) { return at(i[0], 3 - i[1], i[2]); });
    expect_elements(slice(x, ellipsis, range(4, none, -2)), {3, 4, 3},
                    [&](const Shape& i) { return at(i[0], i[1], 4 - 2 * i[2]); });
    expect_elements(slice(x, range(1), newaxis, ellipsis, 0, newaxis), {1, 1, 4, 1},
                    [&](const Shape& i) { return at(0, i[2], 0); });
    expect_elements(slice(x, 0, 1, 2, ellipsis), {}, [&](const Shape&) { return at(0, 1, 2); });
    expect_elements(slice(x, newaxis), {1, 3, 4, 5}, [&](const Shape& i) { return at(i[1], i[2], i[3]); });
    expect_elements(slice(x, range(2, 2), 3), {0, 5}, [](const Shape&) { return 0; });
    CHECK(is_view(slice(x, range(1, none, 2), 3), x));

    expect_gradient([](const Tensor& t) { return slice(t, range(1, none), newaxis, 2, range(none, none, -2)); }, x);
    expect_gradient([](const Tensor& t) { return slice(t, range(2, 2)); }, x);
  });
  each_argument(
      {}, [](const Tensor& x) { expect_gradient([](const Tensor& t) { return slice(t, newaxis, ellipsis); }, x); });
  each_argument({0, 3},
                [](const Tensor& x) { expect_gradient([](const Tensor& t) { return slice(t, range(1, 2), 2); }, x); });
  expect_second_order([](const Tensor& t) { return slice(t, range(none, none, -2), 1); }, numbers({3, 2}));
}

TEST_CASE("slices of one tensor add up, overlapping ones too") {
  ag::Tape tape;
  const Tensor x = tape.variable(numbers({6}));
  const Tensor loss = sum(slice(x, range(0, 4)) * slice(x, range(2, 6)) + 2.0 * slice(x, range(1, 5)));
  const Tensor g = tape.gradient(loss)[x];
  const auto v = x.to_vector();
  for (Index i = 0; i < 6; ++i) {
    const double expected = (i < 4 ? v[i + 2] : 0) + (i >= 2 ? v[i - 2] : 0) + (i >= 1 && i < 5 ? 2 : 0);
    CHECK(g.to_vector()[i] == expected);
  }
}

TEST_CASE("slices name what does not fit") {
  const Tensor x = numbers({3, 4});
  CHECK_THROWS_WITH(slice(x, 0, 4),
                    "[slice] index 4 is out of range for axis 1 of shape (3, 4). Indices go from -4 to 3.");
  CHECK_THROWS_AS(slice(x, -4), ag::ShapeError);
  CHECK_THROWS_WITH(slice(numbers({0}), 0), ContainsSubstring("The axis is empty."));
  CHECK_THROWS_WITH(slice(x, 0, 0, 0), ContainsSubstring("[slice] 3 axes are sliced of a tensor of shape (3, 4)."));
  CHECK_THROWS_WITH(slice(x, ellipsis, ellipsis), ContainsSubstring("[slice] more than one ellipsis"));
  CHECK_THROWS_WITH(slice(x, range(0, 3, 0)), ContainsSubstring("the step of a range is 0"));
}

TEST_CASE("take picks slices by number, with any number of index axes") {
  const Tensor i2 = Tensor::of<Index>({0, 2, -1, 1, 0, 0}, {2, 3});
  each_argument({3, 4}, [&](const Tensor& x) {
    const auto at = [&](Index i, Index j) { return element(x, {i, j}); };
    expect_elements(take(x, {2, 0, -1}), {3, 4}, [&](const Shape& i) { return at(i[0] == 1 ? 0 : 2, i[1]); });
    expect_elements(take(x, 1), {4}, [&](const Shape& i) { return at(1, i[0]); });
    expect_elements(take(x, -1, 1), {3}, [&](const Shape& i) { return at(i[0], 3); });
    expect_elements(take(x, i2, 1), {3, 2, 3},
                    [&](const Shape& i) { return at(i[0], (label(flatten(i2), i[1] * 3 + i[2]) + 4) % 4); });
    expect_elements(take(x, transpose(i2), 0), {3, 2, 4},
                    [&](const Shape& i) { return at((static_cast<Index>(element(i2, {i[1], i[0]})) + 3) % 3, i[2]); });
    expect_elements(take(x, Tensor::zeros({0}, ag::int64), 1), {3, 0}, [](const Shape&) { return 0; });
    expect_gradient([&](const Tensor& t) { return take(t, i2, 1); }, x);
    expect_gradient([&](const Tensor& t) { return take(t, {1, 1, 1, -2}); }, x);
    expect_gradient([&](const Tensor& t) { return take(t, 2); }, x);
    expect_gradient([&](const Tensor& t) { return take(t, Tensor::zeros({0}, ag::int64)); }, x);
    expect_gradient([&](const Tensor& t) { return take_add(t, {1, 1, 0, -5}, 1, {3, 6}); }, x);
  });
  expect_second_order([](const Tensor& t) { return take(t, {0, 1, 1, 0, 2}); }, numbers({3, 2}));
  expect_second_order([](const Tensor& t) { return take_add(t, {0, 1, 1}, 0, {2, 2}); }, numbers({3, 2}));
  CHECK(take(Tensor::of<bool>({true, false}, {2}), {1, 0, 0}).to_vector() == std::vector<double>{0, 1, 1});
  const xt::xarray<int> from_xtensor = {2, 0};
  CHECK(take(Tensor::arange(3), from_xtensor).to_vector() == std::vector<double>{2, 0});
}

TEST_CASE("take keeps its own copy of the indices") {
  Tensor i = Tensor::of<Index>({0, 1}, {2});
  ag::Tape tape;
  const Tensor x = tape.variable(numbers({3})), y = take(x, i);
  i.mutable_array<Index>()(0) = 2;
  CHECK(tape.gradient(Tensor(sum(y)))[x].to_vector() == std::vector<double>{1, 1, 0});
}

TEST_CASE("gather picks one element for each index, and broadcasts off the axis") {
  const Tensor i = Tensor::of<Index>({0, -1, 2, 2, 1, 0}, {3, 2});
  each_argument({3, 4}, [&](const Tensor& x) {
    expect_elements(gather(x, i, 1), {3, 2},
                    [&](const Shape& k) { return element(x, {k[0], (static_cast<Index>(element(i, k)) + 4) % 4}); });
    const Tensor row = slice(i, range(1));
    expect_elements(gather(x, row, 1), {3, 2}, [&](const Shape& k) {
      return element(x, {k[0], (static_cast<Index>(element(row, {0, k[1]})) + 4) % 4});
    });
    expect_gradient([&](const Tensor& t) { return gather(t, i, 1); }, x);
    expect_gradient([&](const Tensor& t) { return gather(t, row, 1); }, x);
    expect_gradient([&](const Tensor& t) { return gather(slice(t, all, range(3)), transpose(i), 0); }, x);
  });
  each_argument({3, 2}, [&](const Tensor& x) {
    expect_gradient([&](const Tensor& t) { return gather_add(t, i, 1, {3, 4}); }, x);
  });
  expect_second_order([&](const Tensor& t) { return gather(t, i, 1); }, numbers({3, 4}));
  // The rows' likelihoods, as a loss on class indices reads them.
  const Tensor p = numbers({2, 3}), labels = Tensor::of<Index>({2, 0}, {2});
  expect_elements(gather(p, expand_dims(labels, 1), 1), {2, 1},
                  [&](const Shape& k) { return element(p, {k[0], label(labels, k[0])}); });
}

TEST_CASE("masked_select picks by a comparison, elements or whole slices") {
  each_argument({3, 4}, [](const Tensor& x) {
    std::vector<double> expected;
    each_index({3, 4}, [&](const Shape& i) {
      if (element(x, i) > 0.5) expected.push_back(element(x, i));
    });
    CHECK(masked_select(x, x > 0.5).to_vector() == expected);
    const Tensor mask = Tensor::of<bool>({true, false, true}, {3});
    expect_elements(masked_select(x, mask), {2, 4}, [&](const Shape& i) { return element(x, {2 * i[0], i[1]}); });
    const Tensor m(x > 0.5), nowhere(x > 100.0);
    expect_gradient([&](const Tensor& t) { return masked_select(t, m); }, x);
    expect_gradient([&](const Tensor& t) { return masked_select(t, mask); }, x);
    expect_gradient([&](const Tensor& t) { return masked_select(t, nowhere); }, x);
  });
  const Tensor x = numbers({3, 4});
  CHECK_THROWS_WITH(masked_select(x, x), ContainsSubstring("[masked_select] the mask is float64, it must be bool."));
  CHECK_THROWS_WITH(masked_select(x, Tensor::zeros({4}, ag::boolean)),
                    ContainsSubstring("[masked_select] a mask of shape (4,) for a tensor of shape (3, 4)."));
}

TEST_CASE("one_hot") {
  const Tensor y = ag::one_hot(Tensor::of<Index>({2, 0, 1, 1}, {2, 2}), 3, ag::float32);
  CHECK(y.dtype() == ag::float32);
  const Index labels[2][2] = {{2, 0}, {1, 1}};
  expect_elements(y, {2, 2, 3}, [&](const Shape& i) { return labels[i[0]][i[1]] == i[2]; });
  CHECK(ag::one_hot({}, 3).shape() == Shape{0, 3});
  CHECK_THROWS_WITH(ag::one_hot({0, 3}, 3), "[one_hot] label 3 with 3 classes. Labels count from 0.");
  CHECK_THROWS_AS(ag::one_hot({-1}, 3), ag::ShapeError);
  CHECK_THROWS_AS(ag::one_hot(numbers({2}), 3), ag::DtypeError);
}

TEST_CASE("indices that do not fit are named before memory is touched") {
  const Tensor x = numbers({3, 4});
  CHECK_THROWS_WITH(take(x, {0, 7}),
                    "[take] index 7 is out of range for axis 0 of shape (3, 4). Indices go from -3 to 2.");
  CHECK_THROWS_AS(take(x, {-4}), ag::ShapeError);
  CHECK_THROWS_AS(take(x, {0}, 2), ag::ShapeError);
  CHECK_THROWS_AS(take(Tensor(1.0), {0}), ag::ShapeError);
  CHECK_THROWS_WITH(take(numbers({0}), {0}), ContainsSubstring("The axis is empty."));
  CHECK_THROWS_WITH(take(x, x), ContainsSubstring("[take] indices are float64, they must be int64. Convert"));
  CHECK_THROWS_WITH(take(x, Tensor::zeros({3}, ag::boolean)), ContainsSubstring("masked_select(x, mask)"));
  CHECK_THROWS_AS(take_add(x, {0, 1}, 0, {3, 4}), ag::ShapeError);
  CHECK_THROWS_WITH(gather(x, {0}, 1),
                    ContainsSubstring("[gather] indices of shape (1,) for a tensor of shape (3, 4)."));
  CHECK_THROWS_AS(gather(x, Tensor::full({3, 1}, 4, ag::int64), 1), ag::ShapeError);
  CHECK_THROWS_AS(gather(x, Tensor::zeros({2, 1}, ag::int64), 1), ag::ShapeError);
}
