// Results that are written past the caches: no element is lost at the ends of lines, nothing around them is touched,
// and they have the bits of small ones.
#include <cmath>
#include <cstring>
#include <limits>

#include <autograd/autograd.hpp>
#include <autograd/core/stream.hpp>
#include <tests/catch.hpp>
#include <tests/core/on_threads.hpp>

namespace ag = autograd;
using ag::Index, ag::Shape, ag::Tensor, ag::core::Array;

namespace {

constexpr Index rows = 1030, columns = 2053;
static_assert(rows * columns * sizeof(float) >= ag::core::stream_bytes);

Tensor waves(const Shape& shape, ag::Dtype dtype, double seed) {
  const Tensor flat = cast(sin(cast(Tensor::arange(ag::core::count(shape)), ag::float64) * 0.7 + seed), dtype);
  return Tensor(flat.data().view(shape, ag::core::row_major(shape), 0));
}

// The first place where two arrays of one shape, of any layouts, differ in their bits; -1 if none.
Index difference(const Array& a, const Array& b) {
  REQUIRE(a.shape() == b.shape());
  REQUIRE(a.dtype() == b.dtype());
  const Index n = a.shape().back(), lines = a.size() / n;
  return ag::core::with_type(a.dtype(), [&]<class T>(ag::core::Type<T>) -> Index {
    for (Index line = 0; line < lines; ++line) {
      Index rest = line, p = 0, q = 0;
      for (std::size_t d = a.rank() - 1; d-- > 0; rest /= a.shape()[d]) {
        p += rest % a.shape()[d] * a.strides()[d];
        q += rest % a.shape()[d] * b.strides()[d];
      }
      for (Index i = 0; i < n; ++i)
        if (std::memcmp(a.data<const T>() + p + i * a.strides().back(), b.data<const T>() + q + i * b.strides().back(),
                        sizeof(T)) != 0)
          return line * n + i;
    }
    return -1;
  });
}

}  // namespace

TEST_CASE("streams: a formula of many elements has the bits of the same formula of few") {
  on_threads([] {
    for (const ag::Dtype dtype : {ag::float32, ag::float64}) {
      const Index n = rows * columns, some = 10'007;
      const Tensor x = waves({n}, dtype, 0.1), w = waves({n}, dtype, 1.2);
      const Tensor all = tanh(x * w) + w, reversed = tanh(flip(x, 0) * flip(w, 0)) + flip(w, 0);
      for (Index first = 0; first < n; first += some) {
        const auto part = ag::range(first, std::min(n, first + some));
        const Tensor s = slice(x, part), t = slice(w, part), few = tanh(s * t) + t;
        REQUIRE(difference(few.data(), slice(all, part).data()) == -1);
      }
      REQUIRE(difference(flip(reversed, 0).data(), all.data()) == -1);
    }
  });
}

TEST_CASE("streams: copies of every layout to any place") {
  on_threads([] {
    const Index distance = columns + 3;
    for (const ag::Dtype dtype : {ag::float32, ag::float64, ag::int64}) {
      const Array x = cast(Tensor::arange(4 * rows * columns), dtype).data();
      const auto laid = [&](Index row, Index column, Index offset) {
        return x.view({rows, columns}, {row, column}, offset);
      };
      for (const Array& from : {laid(columns, 1, 0), laid(columns + 5, 1, 3), laid(2 * columns, 2, 1), laid(1, rows, 0),
                                laid(columns, -1, columns), laid(3 * columns, 3, 0), laid(0, 1, 7), laid(1, 0, 0),
                                laid(3 * columns, 2, 1), laid(3 * columns, 1, 4), laid(3 * columns, -2, 2 * columns)}) {
        REQUIRE(difference(from.copy(), from) == -1);
        const Index lines = (columns + 15) / 16 * 16;  // each row starts with a line
        const Array padded = Array::full({rows * lines}, dtype, -5), left = padded.view({rows, columns}, {lines, 1}, 0);
        copy_into(left, from);
        REQUIRE(difference(left, from) == -1);
        const Array right = padded.view({rows, lines - columns}, {lines, 1}, columns);
        REQUIRE(difference(right, Array::full({rows, lines - columns}, dtype, -5)) == -1);
        const Array whole = Array::full({rows * distance + 16}, dtype, -5);
        const Array window = whole.view({rows, columns}, {distance, 1}, 5);
        copy_into(window, from);
        REQUIRE(difference(window, from) == -1);
        const Array gaps = whole.view({rows - 1, 3}, {distance, 1}, 5 + columns);
        REQUIRE(difference(gaps, Array::full({rows - 1, 3}, dtype, -5)) == -1);
        REQUIRE(difference(whole.view({5}, {1}, 0), Array::full({5}, dtype, -5)) == -1);
        const Array other = ag::core::scalar(0, dtype == ag::float32 ? ag::float64 : ag::float32);
        REQUIRE(difference(from.cast(other.dtype()).cast(dtype), from) == -1);
      }
      // Without gaps, and not at the start of a line.
      const Array flat = Array::full({rows * columns + 16}, dtype, -5), inside = flat.view({rows * columns}, {1}, 3);
      copy_into(inside, x.view({rows * columns}, {1}, 1));
      REQUIRE(difference(inside, x.view({rows * columns}, {1}, 1)) == -1);
      REQUIRE(difference(flat.view({3}, {1}, 0), Array::full({3}, dtype, -5)) == -1);
      REQUIRE(difference(flat.view({13}, {1}, rows * columns + 3), Array::full({13}, dtype, -5)) == -1);
    }
  });
}

TEST_CASE("streams: rows that are picked, sums that grow, shares of columns") {
  on_threads([] {
    const Tensor x = waves({rows, columns}, ag::float32, 0.3);
    std::vector<Index> order;
    for (Index i = 0; i < rows; ++i) order.push_back(i * 7 % rows);
    const Tensor picked = take(x, Tensor::of(order, {rows}));
    const Tensor grown = cumsum(x, 0), shares = softmax(x, 0), logs = log_softmax(x, 0);
    for (const Index i : {Index{0}, Index{1}, Index{513}, rows - 1})
      REQUIRE(difference(slice(picked, i).data(), slice(x, order[static_cast<std::size_t>(i)]).data()) == -1);
    // Each column has the bits that it has alone.
    for (const Index j : {Index{0}, Index{511}, Index{1024}, columns - 1}) {
      const auto column = ag::range(j, j + 1);
      const Tensor alone = ag::Tensor(slice(x, ag::all, column).data().copy());
      REQUIRE(difference(Tensor(cumsum(alone, 0)).data(), slice(grown, ag::all, column).data()) == -1);
      const Tensor pair = ag::concatenate({alone, alone}, 1), share = softmax(pair, 0),
                   log_share = log_softmax(pair, 0);
      REQUIRE(difference(slice(share, ag::all, ag::range(1, 2)).data(), slice(shares, ag::all, column).data()) == -1);
      REQUIRE(difference(slice(log_share, ag::all, ag::range(1, 2)).data(), slice(logs, ag::all, column).data()) == -1);
    }
  });
}

TEST_CASE("cumsum: along rows of any number and length the bits of single ones") {
  on_threads([] {
    for (const ag::Dtype dtype : {ag::float32, ag::float64})
      for (const Shape& shape : {Shape{1040, 2064}, Shape{1037, 2053}, Shape{37, 63}, Shape{37, 64}, Shape{33, 100},
                                 Shape{5, 1000}, Shape{3, 7}, Shape{1, 130}}) {
        const Tensor x = waves(shape, dtype, 0.4), grown = cumsum(x, 1);
        INFO(to_string(shape));
        REQUIRE(difference(transpose(Tensor(cumsum(transpose(x), 0))).data(), grown.data()) == -1);
        for (const Index i : {Index{0}, shape[0] / 2, shape[0] - 1}) {
          const Tensor alone = cumsum(slice(x, i), 0), as_double = cumsum(cast(slice(x, i), ag::float64), 0);
          REQUIRE(difference(alone.data(), slice(grown, i).data()) == -1);
          REQUIRE(difference(alone.data(), cast(as_double, dtype).data()) == -1);
        }
      }
  });
}

TEST_CASE("streams: each row of a large softmax has the bits that it has alone") {
  on_threads([] {
    for (const ag::Dtype dtype : {ag::float32, ag::float64}) {
      const Index n = 2053, lines = (Index{1} << 25) / (n * 4) + 1;
      const Tensor x = waves({lines, n}, dtype, 0.6), shares = softmax(x, 1), logs = log_softmax(x, 1);
      for (const Index i : {Index{0}, Index{1}, lines / 2, lines - 2, lines - 1}) {
        const auto row = ag::range(i, i + 1);
        REQUIRE(difference(Tensor(softmax(slice(x, row), 1)).data(), slice(shares, row).data()) == -1);
        REQUIRE(difference(Tensor(log_softmax(slice(x, row), 1)).data(), slice(logs, row).data()) == -1);
      }
    }
  });
}

TEST_CASE("argmax and argmin: the first of equals, the first that is no number, in rows and columns of any length") {
  const double none = std::numeric_limits<double>::quiet_NaN();
  for (const ag::Dtype dtype : {ag::float32, ag::float64, ag::int64, ag::boolean})
    for (const Index n : {1, 2, 4, 5, 9, 63, 2048, 2049, 4100})
      for (const int kind : {0, 1, 2, 3}) {
        const Index width = n > 100 ? 19 : 37;
        std::vector<double> values;
        for (Index k = 0; k < n; ++k)
          for (Index i = 0; i < width; ++i) {
            const double v = static_cast<double>((k * 7919 + i * 104'729) % 11 - 5);
            const bool missing = ag::is_floating(dtype) && ((kind == 1 && k == n - 1) || (kind == 2 && k % 3 == i % 3));
            values.push_back(missing ? none : kind == 3 ? static_cast<double>(i) : v);
          }
        const Tensor x = cast(Tensor::of(values, {n, width}), dtype);
        const std::vector<double> seen = x.to_vector();
        const Tensor rows_first = Tensor(transpose(x).data().copy());
        for (const int sign : {1, -1}) {
          const auto over = [&](const Tensor& t, Index axis) {
            return (sign > 0 ? argmax(t, axis) : argmin(t, axis)).to_vector();
          };
          std::vector<double> expected;
          for (Index i = 0; i < width; ++i) {
            Index best = 0;
            for (Index k = 1; k < n; ++k) {
              const double a = seen[static_cast<std::size_t>(best * width + i)],
                           b = seen[static_cast<std::size_t>(k * width + i)];
              if (!std::isnan(a) && (std::isnan(b) || (sign > 0 ? b > a : b < a))) best = k;
            }
            expected.push_back(static_cast<double>(best));
          }
          INFO(n << ' ' << kind << ' ' << sign);
          REQUIRE(over(x, 0) == expected);
          REQUIRE(over(rows_first, 1) == expected);
        }
      }
}
