// Sums over the last axes run on the block loop, those over others row by row; integers are
// added exactly.
#include <autograd/core/reduce.hpp>

#include <algorithm>

#include <autograd/core/axis_loop.hpp>
#include <autograd/core/block_loop.hpp>
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
// lost, and the sums in double are met 16 times less often.
template <class T>
void sum_columns(const T* x, Index n, Index stride, Index width, T* out, double scale) {
  constexpr Index chunk = 16;
  double total[axis_block];
  T part[axis_block];
  std::fill_n(total, width, 0.0);
  for (Index first = 0; first < n; first += chunk) {
    std::fill_n(part, width, T{0});
    Index k = first;
    for (const Index last = std::min(n, first + chunk); k + 4 <= last; k += 4) {
      const T *a = x + k * stride, *b = a + stride, *c = b + stride, *d = c + stride;
      for (Index i = 0; i < width; ++i) part[i] = part[i] + a[i] + b[i] + c[i] + d[i];
    }
    for (; k < std::min(n, first + chunk); ++k)
      for (Index i = 0; i < width; ++i) part[i] += x[k * stride + i];
    for (Index i = 0; i < width; ++i) total[i] += static_cast<double>(part[i]);
  }
  for (Index i = 0; i < width; ++i) out[i] = static_cast<T>(total[i] * scale);
}

// True if the summed axes are neighbours and elements follow them: a matrix whose columns are summed.
bool sums_columns(const Shape& shape, const Shape& over) {
  if (over.empty() || over.back() - over[0] + 1 != static_cast<Index>(over.size())) return false;
  Index columns = 1;
  for (auto d = static_cast<std::size_t>(over.back()) + 1; d < shape.size(); ++d) columns *= shape[d];
  return columns > 1;
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
    if (sums_columns(x.shape(), over)) {
      const AxisLoop loop(x, over);
      with_floating("sum", x.dtype(), [&]<class T>(Type<T>) {
        if (x.size() == 0)
          std::fill_n(out.data<T>(), out.size(), static_cast<T>(0.0 * scale));  // a mean of nothing is no number
        loop.each_block([&](Index first, Index at, Index width) {
          sum_columns(loop.x.data<const T>() + first, loop.n, loop.inner, width, out.data<T>() + at, scale);
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
