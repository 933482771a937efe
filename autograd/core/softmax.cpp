// Rows that lie without gaps are read register by register; along other axes many columns advance side by side.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <autograd/core/axis_loop.hpp>
#include <autograd/core/extreme_of.hpp>
#include <autograd/core/small_array.hpp>
#include <autograd/core/softmax.hpp>
#include <autograd/core/stream.hpp>
#include <autograd/core/walk.hpp>

namespace autograd::core {
namespace {

constexpr Index block = 512;

// out[i] = f(in[i]...) for i < n, in whole registers: the tail is padded, so an element's bits do not depend
// on its place.
template <class T, class F, class... In>
void map(Index n, T* out, const F& f, const In*... in) {
  constexpr auto lanes = static_cast<Index>(Pack<T>::size);
  Index i = 0;
  for (; i + lanes <= n; i += lanes) f(Pack<T>::load(in + i)...).store(out + i);
  if (i == n) return;
  const auto padded = [&](const T* p) {
    T lane[Pack<T>::size];
    for (Index k = 0; k < lanes; ++k) lane[k] = p[std::min(i + k, n - 1)];
    return Pack<T>::load(lane);
  };
  T lane[Pack<T>::size];
  f(padded(in)...).store(lane);
  std::copy_n(lane, n - i, out + i);
}

// The largest of a row, -inf of nothing, NaN if one is.
template <class T>
T largest(const T* x, Index n) {
  return n > 0 ? extreme_of<1>(x, n) : -std::numeric_limits<T>::infinity();
}

// Brings near what is read after this.
template <class T>
void fetch_all(const T* x, Index n) {
  for (Index i = 0; i < n; i += static_cast<Index>(simd::line / sizeof(T))) fetch(x + i);
}

// The sum of exp(x - shift) over a row, and its terms in `out` if that is not null. One loop for both, so that what
// else is wanted changes no bit. Four registers of running sums hide the latency of an addition; a few hundred terms
// are added in T, the rest in double.
template <class T>
double exponentials(const T* x, Index n, T shift, T* out, const T* next = nullptr) {
  constexpr auto lanes = static_cast<Index>(Pack<T>::size);
  T forgotten[block];
  double sum = 0;
  for (Index begin = 0; begin < n; begin += block) {
    const T* const p = x + begin;
    T* const to = out ? out + begin : forgotten;
    const Index length = std::min(block, n - begin);
    if (next) fetch_all(next + begin, length);
    Pack<T> running[4];
    for (Pack<T>& r : running) r = Pack<T>(0.0);
    const auto add = [&](Pack<T>& r, Index i) {
      const Pack<T> term = exp(Pack<T>::load(p + i) - Pack<T>(shift));
      term.store(to + i);
      r += term;
    };
    Index i = 0;
    for (; i + 4 * lanes <= length; i += 4 * lanes)
      for (Index k = 0; k < 4; ++k) add(running[k], i + k * lanes);
    for (; i + lanes <= length; i += lanes) add(running[0], i);
    sum += static_cast<double>(reduce_sum((running[0] + running[1]) + (running[2] + running[3])));
    map(length - i, to + i, [shift](Pack<T> v) { return exp(v - shift); }, p + i);
    for (; i < length; ++i) sum += static_cast<double>(to[i]);
  }
  return sum;
}

template <class T>
void softmax_row(const T* x, Index n, T* y, bool log, const T* next = nullptr) {
  const T shift = largest(x, n);
  if (log) {
    const T log_sum = static_cast<T>(std::log(exponentials<T>(x, n, shift, nullptr, next)));
    for (Index i = 0; i < n; ++i) y[i] = x[i] - shift - log_sum;
  } else {
    const T scale = static_cast<T>(1 / exponentials(x, n, shift, y, next));
    for (Index i = 0; i < n; ++i) y[i] *= scale;
  }
}

// Whether rows are written past the caches: results four times as large as others that are, since what is computed
// hides more, of rows of many whole lines, and not so many that two fill the cache.
template <class T>
bool streams_rows(const Array& out, Index n) {
  const auto row = static_cast<std::size_t>(n) * sizeof(T), all = static_cast<std::size_t>(out.size()) * sizeof(T);
  return all >= 4 * stream_bytes && row >= (std::size_t{1} << 12) && row <= (std::size_t{1} << 18);
}

// Softmax of one row past the caches. What is written does not make the computation wait, if the next row is read
// during it.
template <class T>
void stream_softmax_row(const T* x, Index n, T* y, bool log, const T* next) {
  SmallArray<T, 4096> near(static_cast<std::size_t>(n), unset);
  softmax_row(x, n, near.data(), log, next);
  stream_elements(y, near.data(), n);
}

// Up to `block` columns at once: their maxima, and the sums of exp(x - maximum).
template <class T>
struct Columns {
  T top[block], term[block];
  double sum[block];

  void read(const T* x, Index n, Index stride, Index width) {
    start(width);
    for (Index k = 0; k < n; ++k) map(width, top, [](Pack<T> a, Pack<T> b) { return max(a, b); }, top, x + k * stride);
    for (Index k = 0; k < n; ++k) add(x + k * stride, width, term);
  }
  void start(Index width) {
    std::fill_n(top, width, -std::numeric_limits<T>::infinity());
    std::fill_n(sum, width, 0.0);
  }
  // The terms of one row, which go to `to`.
  void add(const T* row, Index width, T* to) {
    map(width, to, [](Pack<T> v, Pack<T> m) { return exp(v - m); }, row, top);
    for (Index i = 0; i < width; ++i) sum[i] += static_cast<double>(to[i]);
  }
};

// As many columns of n elements as, one beside the other, stay near; whole cache lines.
template <class T>
Index columns_together(Index n) {
  constexpr Index bytes = Index{1} << 21, line = simd::line / sizeof(T);
  return std::clamp(bytes / static_cast<Index>(sizeof(T)) / std::max<Index>(n, 1) / line * line, line, block);
}

// Columns are gathered first, in whole registers, so that memory is read once and written once however often they are
// gone through. A few terms of a sum are added in T, the rest in double. Of what stands beside them, `next`, as many
// are fetched during the exponentials, when memory would have nothing to do.
template <class T>
void softmax_columns(const T* x, Index n, Index stride, Index width, T* y, bool log, bool large, const T* next) {
  constexpr auto lanes = static_cast<Index>(Pack<T>::size);
  constexpr Index line = simd::line / sizeof(T), ahead = 8, rows_together = 16;
  const Index padded = (width + lanes - 1) / lanes * lanes;
  const Array memory = Array::empty({n, padded}, dtype_of<T>);
  T* const near = memory.data<T>();
  T top[block], part[block], scale[block];
  double sum[block];
  std::fill_n(top, padded, -std::numeric_limits<T>::infinity());
  std::fill_n(sum, padded, 0.0);
  for (Index k = 0; k < n; ++k) {
    // Rows lie so far apart that the processor does not read ahead by itself.
    for (Index i = 0; k + ahead < n && i < width; i += line) __builtin_prefetch(x + (k + ahead) * stride + i);
    T* const row = near + k * padded;
    std::copy_n(x + k * stride, width, row);
    std::fill(row + width, row + padded, T(0));
    for (Index i = 0; i < padded; i += lanes) max(Pack<T>::load(top + i), Pack<T>::load(row + i)).store(top + i);
  }
  for (Index first = 0; first < n; first += rows_together) {
    std::fill_n(part, padded, T(0));
    for (Index k = first; k < std::min(n, first + rows_together); ++k) {
      if (next) fetch_all(next + k * stride, width);
      for (Index i = 0; i < padded; i += lanes) {
        T* const p = near + k * padded + i;
        const Pack<T> term = exp(Pack<T>::load(p) - Pack<T>::load(top + i));
        if (!log) term.store(p);
        (Pack<T>::load(part + i) + term).store(part + i);
      }
    }
    for (Index i = 0; i < padded; ++i) sum[i] += static_cast<double>(part[i]);
  }
  for (Index i = 0; i < padded; ++i) scale[i] = static_cast<T>(log ? std::log(sum[i]) : 1 / sum[i]);
  for (Index k = 0; k < n; ++k) {
    T* const row = near + k * padded;
    for (Index i = 0; i < padded; i += lanes) {
      const Pack<T> v = Pack<T>::load(row + i), s = Pack<T>::load(scale + i);
      (log ? v - Pack<T>::load(top + i) - s : v * s).store(row + i);
    }
    if (large) stream_elements(y + k * stride, row, width);
    else std::copy_n(row, width, y + k * stride);
  }
}

// log of a sum of exponentials, where the largest was taken out of them.
template <class T>
T joined(T top, double sum) {
  return std::isfinite(top) ? top + static_cast<T>(std::log(sum)) : top;
}

}  // namespace

Array softmax(const Array& x, Index axis, bool log) {
  const std::string_view name = log ? "log_softmax" : "softmax";
  const Shape axes{static_cast<Index>(normalize_axis(name, axis, x.rank()))};
  const Array out = Array::empty(x.shape(), x.dtype());
  const bool large = static_cast<std::size_t>(x.size()) * size_of(x.dtype()) >= stream_bytes;
  with_floating(name, x.dtype(), [&]<class T>(Type<T>) {
    const AxisLoop loop(x, axes);
    loop.each_block(
        [&](Index first, Index, Index width) {
          const T* from = loop.x.data<const T>() + first;
          T* to = out.data<T>() + first;
          const Index n = loop.n;
          if (loop.inner == 1 && streams_rows<T>(out, n))
            stream_softmax_row(from, n, to, log, first + n < x.size() ? from + n : nullptr);
          else if (loop.inner == 1) softmax_row(from, n, to, log);
          else
            softmax_columns(from, n, loop.inner, width, to, log, large,
                            large && first % loop.inner + 2 * width <= loop.inner ? from + width : nullptr);
        },
        columns_together<T>(loop.n));
  });
  return out;
}

Array logsumexp(const Array& x, const Axes& axes, bool keepdims) {
  const Shape over = normalize_axes("logsumexp", axes, x.rank());
  return with_floating("logsumexp", x.dtype(), [&]<class T>(Type<T>) {
    const AxisLoop loop(x, over);
    const Array out = Array::full(loop.kept, x.dtype(), -std::numeric_limits<double>::infinity());
    loop.each_block(
        [&](Index first, Index at, Index width) {
          const T* from = loop.x.data<const T>() + first;
          T* to = out.data<T>() + at;
          if (loop.inner == 1) {
            const T top = largest(from, loop.n);
            *to = joined(top, exponentials<T>(from, loop.n, top, nullptr));
            return;
          }
          Columns<T> c;
          c.read(from, loop.n, loop.inner, width);
          for (Index i = 0; i < width; ++i) to[i] = joined(c.top[i], c.sum[i]);
        },
        block);
    return reshape(out, reduced(x.shape(), over, keepdims));
  });
}

namespace {

// The labels without gaps, each the number of a class.
Array checked_labels(const Array& x, const Array& labels) {
  if (!labels) throw ShapeError("cross_entropy", "the op was made without labels", "Give it one for each row.");
  if (x.rank() != 2 || !(labels.shape() == Shape{x.shape()[0]}))
    throw ShapeError("cross_entropy", "scores " + to_string(x.shape()) + ", labels " + to_string(labels.shape()),
                     "Scores are (examples, classes), labels (examples,).");
  if (labels.dtype() != int64)
    throw DtypeError("cross_entropy", "labels are " + std::string(name_of(labels.dtype())), "Labels are int64.");
  const Index classes = x.shape()[1];
  Array label = labels.packed();
  const std::int64_t* at = label.data<const std::int64_t>();
  for (Index i = 0; i < label.size(); ++i)
    if (at[i] < 0 || at[i] >= classes)
      throw DomainError("cross_entropy",
                        "label " + std::to_string(at[i]) + " at position " + std::to_string(i) + " with " +
                            std::to_string(classes) + " classes",
                        "Labels run from 0 to " + std::to_string(classes - 1) + ".");
  return label;
}

// One row: its loss, and in `slope` if that is not null (softmax(x) - chosen) times a factor, or one for each class.
// What is wanted besides changes no bit of the loss.
template <class T>
T cross_entropy_row(const T* x, Index n, Index label, const T* factor, bool each, T* slope) {
  const T top = largest(x, n);
  const double sum = exponentials(x, n, top, slope);
  const T loss = -(x[label] - top - static_cast<T>(std::log(sum)));
  if (!slope) return loss;
  const T scale = static_cast<T>(1 / sum);
  if (each) map(n, slope, [scale](Pack<T> v, Pack<T> f) { return v * scale * f; }, slope, factor);
  else map(n, slope, [scale, f = *factor](Pack<T> v) { return v * scale * f; }, slope);
  slope[label] = std::expm1(-loss) * factor[each ? label : 0];  // keeps the digits of a small loss
  return loss;
}

// All rows: their losses, and their slopes times `factor`, each if there is an array for them. Of factors there is one,
// or one for each row or score.
void cross_entropy_rows(const Array& x, const Array& label, const Array& losses, const Array& factor,
                        const Array& slopes) {
  with_floating("cross_entropy", x.dtype(), [&]<class T>(Type<T>) {
    const AxisLoop loop(x, {1});
    const Array f = factor ? factor.packed() : factor;
    const bool each = f && f.shape() == x.shape();
    const Index step = each ? loop.n : f && f.rank() == 2 ? 1 : 0;
    loop.each_block([&](Index first, Index row, Index) {
      const T loss = cross_entropy_row<T>(loop.x.data<const T>() + first, loop.n, label.data<const std::int64_t>()[row],
                                          f ? f.data<const T>() + row * step : nullptr, each,
                                          slopes ? slopes.data<T>() + first : nullptr);
      if (losses) losses.data<T>()[row] = loss;
    });
  });
}

}  // namespace

Array cross_entropy(const Array& x, const Array& labels) {
  const Array label = checked_labels(x, labels), out = Array::empty(labels.shape(), x.dtype());
  cross_entropy_rows(x, label, out, {}, {});
  return out;
}

Array cross_entropy(const Array& x, const Array& labels, double factor, Array& slopes) {
  const Array label = checked_labels(x, labels), out = Array::empty(labels.shape(), x.dtype());
  slopes = Array::empty(x.shape(), x.dtype());
  cross_entropy_rows(x, label, out, scalar(factor, x.dtype()), slopes);
  return out;
}

Array cross_entropy_slope(const Array& factor, const Array& x, const Array& labels) {
  const Array label = checked_labels(x, labels), out = Array::empty(x.shape(), x.dtype());
  if (!(factor.shape() == Shape{x.shape()[0], 1}) && !(factor.shape() == x.shape()))
    throw ShapeError("cross_entropy_slope", "factors " + to_string(factor.shape()) + ", scores " + to_string(x.shape()),
                     "Factors are (examples, classes) or (examples, 1).");
  if (factor.dtype() != x.dtype())
    throw DtypeError("cross_entropy_slope", "factors and scores have different dtypes", "Convert them with cast.");
  cross_entropy_rows(x, label, {}, factor, out);
  return out;
}

}  // namespace autograd::core
