// Sums over neighbouring axes go along rows or down columns, those over others run on the block loop; integers are
// added exactly.
#include <autograd/core/reduce.hpp>

#include <algorithm>
#include <numeric>

#include <autograd/core/axis_loop.hpp>
#include <autograd/core/block_loop.hpp>
#include <autograd/core/small_array.hpp>
#include <autograd/core/walk.hpp>

namespace autograd::core {
namespace {

template <class T>
void sum_integers(const Array& x, const Array& out) {
  const Walk walk(x.shape(), broadcast_strides(out.shape(), out.strides(), x.shape()));
  const Array values = x.packed();
  walk.runs(0, x.size(), [&](Index at, Index n, Index offset) {
    for (Index i = 0; i < n; ++i)
      out.data<std::int64_t>()[offset + i * walk.inner_stride()] += static_cast<std::int64_t>(values.data<T>()[at + i]);
  });
}

// The sums of up to axis_block columns of n elements. 16 rows at a time are added in T, then in double: few digits are
// lost, and the sums in double are met 16 times less often. The next four rows are fetched while four are added.
template <class T>
void sum_columns(const AxisLoop& loop, const T* x, Index width, T* out, double scale) {
  constexpr Index chunk = 16, lanes = static_cast<Index>(Pack<T>::size);
  const Index n = loop.n, stride = loop.inner;
  double total[axis_block];
  T part[axis_block];
  std::fill_n(total, width, 0.0);
  for (Index first = 0; first < n; first += chunk) {
    std::fill_n(part, width, T{0});
    Index k = first;
    for (const Index last = std::min(n, first + chunk); k + 4 <= last; k += 4) {
      const Index ahead = loop.ahead(k, 4);
      const T *a = x + k * stride, *b = a + stride, *c = b + stride, *d = c + stride;
      Index i = 0;
      for (; i + lanes <= width; i += lanes) {
        if (ahead)
          for (const T* row : {a, b, c, d}) fetch(row + ahead + i);
        (Pack<T>::load(part + i) + Pack<T>::load(a + i) + Pack<T>::load(b + i) + Pack<T>::load(c + i) +
         Pack<T>::load(d + i))
            .store(part + i);
      }
      for (; i < width; ++i) part[i] = part[i] + a[i] + b[i] + c[i] + d[i];
    }
    for (; k < std::min(n, first + chunk); ++k)
      for (Index i = 0; i < width; ++i) part[i] += x[k * stride + i];
    for (Index i = 0; i < width; ++i) total[i] += static_cast<double>(part[i]);
  }
  for (Index i = 0; i < width; ++i) out[i] = static_cast<T>(total[i] * scale);
}

// The number of elements under one index of the axes up to `axis`.
Index count_after(const Shape& shape, Index axis) {
  Index n = 1;
  for (auto d = static_cast<std::size_t>(axis) + 1; d < shape.size(); ++d) n *= shape[d];
  return n;
}

// The sums of rows of n > 0 elements: of blocks in T, of those in double. Short rows share a block, long ones are cut
// into parts for several cores; which these are depends on n alone.
template <class T>
void sum_rows(const Array& x, Index n, T* out, Index rows, double scale) {
  const Walk walk(x.shape(), x.strides());
  if (rows >= 16 && walk.rank == 2 && walk.shape[1] == n && walk.stride[0] == 1) {
    // Of a transposed matrix each element would fetch a line of its own: some rows are brought in order first.
    const Index some = std::max<Index>(16, (Index{1} << 16) / n / 16 * 16);
    return each_task(x.size(), (rows + some - 1) / some, [&](Index k) {
      const Index first = k * some, here = std::min(some, rows - first);
      sum_rows(x.view({here, n}, {1, walk.stride[1]}, first).copy(), n, out + first, here, scale);
    });
  }
  const auto read = [&](Index begin, Index length, T* near) -> const T* {
    Index offset = begin;
    if (walk.contiguous() || walk.contiguous_run(begin, length, offset)) return x.data<const T>() + offset;
    gather(walk, x.data<const T>(), begin, length, near);
    return near;
  };
  if (n <= block_size) {
    const Index together = block_size / n;
    return each_task(x.size(), (rows + together - 1) / together, [&](Index k) {
      T near[block_size];
      const Index first = k * together, last = std::min(rows, first + together);
      const T* const from = read(first * n, (last - first) * n, near);
      for (Index row = first; row < last; ++row)
        out[row] = static_cast<T>(static_cast<double>(sum_of(from + (row - first) * n, n)) * scale);
    });
  }
  constexpr Index most = 64 * block_size;
  const Index parts = (n + most - 1) / most;
  SmallArray<double> sum(static_cast<std::size_t>(rows * parts), unset);
  each_task(x.size(), rows * parts, [&](Index k) {
    T near[block_size];
    const Index row = k / parts * n, last = row + std::min(n, (k % parts + 1) * most);
    double total = 0;
    for (Index i = row + k % parts * most; i < last; i += block_size) {
      const Index length = std::min(block_size, last - i);
      total += static_cast<double>(sum_of(read(i, length, near), length));
    }
    sum[static_cast<std::size_t>(k)] = total;
  });
  for (Index row = 0; row < rows; ++row) {
    const double* const from = sum.data() + row * parts;
    out[row] = static_cast<T>(std::accumulate(from, from + parts, 0.0) * scale);
  }
}

}  // namespace

Array sum(const Array& x, const Axes& axes, bool keepdims, bool mean) {
  if (mean && !is_floating(x.dtype())) return sum(x.cast(float64), axes, keepdims, true);
  const Shape over = normalize_axes(mean ? "mean" : "sum", axes, x.rank());
  const Shape kept = reduced(x.shape(), over, true);
  Array out;
  if (is_floating(x.dtype())) {
    out = Array::empty(kept, x.dtype());
    const double scale = mean ? static_cast<double>(count(kept)) / static_cast<double>(x.size()) : 1.0;
    const bool neighbours = !over.empty() && over.back() - over[0] + 1 == static_cast<Index>(over.size());
    const Index columns = neighbours ? count_after(x.shape(), over.back()) : 0;
    if (x.size() == 0) {
      out = Array::full(kept, x.dtype(), 0.0 * scale);  // a mean of nothing is no number
    } else if (columns == 1) {
      with_floating("sum", x.dtype(),
                    [&]<class T>(Type<T>) { sum_rows(x, x.size() / out.size(), out.data<T>(), out.size(), scale); });
    } else if (columns > 1) {
      const AxisLoop loop(x, over);
      with_floating("sum", x.dtype(), [&]<class T>(Type<T>) {
        loop.each_block([&](Index first, Index at, Index width) {
          sum_columns(loop, loop.x.data<const T>() + first, width, out.data<T>() + at, scale);
        });
      });
    } else {
      const Array* const argument = &x;
      run_forward(nullptr, nullptr, x.dtype(), x.shape(), {&argument, 1}, out, scale);
    }
  } else {
    out = Array::zeros(kept, int64);
    if (x.size() > 0) x.dtype() == boolean ? sum_integers<bool>(x, out) : sum_integers<std::int64_t>(x, out);
  }
  if (keepdims) return out;
  const Shape shape = reduced(x.shape(), over, false);
  return out.view(shape, row_major(shape), 0);
}

}  // namespace autograd::core
