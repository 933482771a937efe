// Copies of arrays large enough for several cores: every element arrives, from every layout.
#include <functional>

#include <autograd/autograd.hpp>
#include <tests/catch.hpp>
#include <tests/core/on_threads.hpp>

namespace ag = autograd;
using ag::Index, ag::Shape, ag::core::Array;

namespace {

// 0, 1, 2 ... in row-major order.
Array counted(const Shape& shape, ag::Dtype dtype) {
  return cast(ag::Tensor::arange(ag::core::count(shape)), dtype).data().view(shape, ag::core::row_major(shape), 0);
}

// The elements of an array one by one, by its strides.
std::vector<double> elements(const Array& x) {
  std::vector<double> out;
  const std::function<void(std::size_t, Index)> visit = [&](std::size_t axis, Index offset) {
    if (axis == x.rank())
      return ag::core::with_type(x.dtype(), [&]<class T>(ag::core::Type<T>) {
        out.push_back(static_cast<double>(x.data<const T>()[offset]));
      });
    for (Index i = 0; i < x.shape()[axis]; ++i) visit(axis + 1, offset + i * x.strides()[axis]);
  };
  visit(0, 0);
  return out;
}

}  // namespace

TEST_CASE("copies: large arrays of every layout, on one thread and on several") {
  on_threads([] {
    for (const ag::Dtype dtype : {ag::float32, ag::float64, ag::int64})
      for (const Shape& shape :
           {Shape{33, 1100}, Shape{1100, 33}, Shape{7, 50, 110}, Shape{1, 40'000}, Shape{2, 20'001}}) {
        const Array x = counted(shape, dtype);
        INFO(to_string(shape));
        const std::size_t last = shape.size() - 1;
        Shape order = ag::core::permutation({}, shape.size()), steps = shape, strides = x.strides();
        steps[last] = (shape[last] + 2) / 3;
        strides[last] = 3;
        for (const Array& view : {x, ag::core::permute(x, order), ag::core::flip(x, {}), x.view(steps, strides, 0),
                                  ag::core::flip(x, 0), ag::core::flip(ag::core::permute(x, order), 0)}) {
          REQUIRE(elements(view.copy()) == elements(view));
          REQUIRE(elements(view.cast(dtype == ag::float32 ? ag::float64 : ag::float32)) == elements(view));
          REQUIRE(elements(view.cast(ag::int64)) == elements(view));
        }
      }
  });
}

TEST_CASE("copies: rows and columns that are picked, and arrays joined") {
  on_threads([] {
    const Array x = counted({210, 190}, ag::float64);
    std::vector<Index> places;
    for (Index k = 0; k < 300; ++k) places.push_back(k * 77 % 190 - (k % 2 ? 190 : 0));
    const Array picked = ag::Tensor::of(places, {20, 15}).data();
    const auto rows = elements(ag::core::take(x, picked, 0)), columns = elements(ag::core::take(x, picked, 1));
    for (Index k = 0; k < 300; ++k) {
      const Index place = places[static_cast<std::size_t>(k)];
      for (Index j = 0; j < 190; ++j)
        REQUIRE(rows[static_cast<std::size_t>(k * 190 + j)] ==
                static_cast<double>((place < 0 ? place + 210 : place) * 190 + j));
      for (Index j = 0; j < 210; ++j)
        REQUIRE(columns[static_cast<std::size_t>(j * 300 + k)] ==
                static_cast<double>(j * 190 + (place < 0 ? place + 190 : place)));
    }
    const Array y = ag::core::concatenate(std::vector{x, x, ag::core::flip(x, 0)}, 1);
    for (Index i = 0; i < 210; ++i)
      for (Index j = 0; j < 570; ++j)
        REQUIRE(y.data<double>()[i * 570 + j] == static_cast<double>((j < 380 ? i : 209 - i) * 190 + j % 190));
  });
}

TEST_CASE("copies: an array moved within itself, where it overlaps") {
  on_threads([] {
    const Index n = 3'000'000, shift = n / 3;
    const Array x = counted({n}, ag::float64);
    copy_into(x.view({n - shift}, {1}, shift), x.view({n - shift}, {1}, 0));
    const double* moved = x.data<double>();
    for (Index k = 0; k < n; ++k)
      if (moved[k] != static_cast<double>(k < shift ? k : k - shift)) FAIL(k);
  });
}
