// Rows that lie without gaps are read register by register; along other axes many columns advance side by side.
#include <algorithm>
#include <cmath>
#include <limits>
#include <autograd/core/axis_loop.hpp>
#include <autograd/core/extreme_of.hpp>
#include <autograd/core/softmax.hpp>
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

// The sum of exp(x - shift) over a row; the terms go to `out` if it is given.
template <class T>
double exponentials(const T* x, Index n, T shift, T* out) {
  T scratch[block];
  double sum = 0;
  for (Index i = 0; i < n; i += block) {
    const Index length = std::min(block, n - i);
    T* to = out ? out + i : scratch;
    map(length, to, [shift](Pack<T> v) { return exp(v - shift); }, x + i);
    sum += static_cast<double>(sum_of(to, length));
  }
  return sum;
}

template <class T>
void softmax_row(const T* x, Index n, T* y, bool log) {
  const T shift = largest(x, n);
  if (log) {
    const T log_sum = static_cast<T>(std::log(exponentials<T>(x, n, shift, nullptr)));
    for (Index i = 0; i < n; ++i) y[i] = x[i] - shift - log_sum;
  } else {
    const T scale = static_cast<T>(1 / exponentials(x, n, shift, y));
    for (Index i = 0; i < n; ++i) y[i] *= scale;
  }
}

// Up to `block` columns at once: their maxima, and the sums of exp(x - maximum).
template <class T>
struct Columns {
  T top[block], term[block];
  double sum[block];

  void read(const T* x, Index n, Index stride, Index width, T* out) {
    std::fill_n(top, width, -std::numeric_limits<T>::infinity());
    std::fill_n(sum, width, 0.0);
    for (Index k = 0; k < n; ++k) map(width, top, [](Pack<T> a, Pack<T> b) { return max(a, b); }, top, x + k * stride);
    for (Index k = 0; k < n; ++k) {
      T* to = out ? out + k * stride : term;
      map(width, to, [](Pack<T> v, Pack<T> m) { return exp(v - m); }, x + k * stride, top);
      for (Index i = 0; i < width; ++i) sum[i] += static_cast<double>(to[i]);
    }
  }
};

template <class T>
void softmax_columns(const T* x, Index n, Index stride, Index width, T* y, bool log) {
  Columns<T> c;
  c.read(x, n, stride, width, log ? nullptr : y);
  T last[block];
  for (Index i = 0; i < width; ++i) last[i] = static_cast<T>(log ? std::log(c.sum[i]) : 1 / c.sum[i]);
  for (Index k = 0; k < n; ++k)
    for (Index i = 0; i < width; ++i) {
      const Index at = k * stride + i;
      y[at] = log ? x[at] - c.top[i] - last[i] : y[at] * last[i];
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
  with_floating(name, x.dtype(), [&]<class T>(Type<T>) {
    const AxisLoop loop(x, axes);
    loop.each_block(
        [&](Index first, Index, Index width) {
          const T* from = loop.x.data<const T>() + first;
          T* to = out.data<T>() + first;
          if (loop.inner == 1) softmax_row(from, loop.n, to, log);
          else softmax_columns(from, loop.n, loop.inner, width, to, log);
        },
        block);
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
          c.read(from, loop.n, loop.inner, width, nullptr);
          for (Index i = 0; i < width; ++i) to[i] = joined(c.top[i], c.sum[i]);
        },
        block);
    return reshape(out, reduced(x.shape(), over, keepdims));
  });
}

bool all_finite(const Array& x) {
  return with_floating("all_finite", x.dtype(), [&]<class T>(Type<T>) {
    return std::all_of(x.data<T>(), x.data<T>() + x.size(), [](T v) { return std::isfinite(v); });
  });
}

Array cross_entropy(const Array& x, const Array& labels) {
  if (x.rank() != 2 || !(labels.shape() == Shape{x.shape()[0]}))
    throw ShapeError("cross_entropy", "scores " + to_string(x.shape()) + ", labels " + to_string(labels.shape()),
                     "Scores are (examples, classes), labels (examples,).");
  if (labels.dtype() != int64)
    throw DtypeError("cross_entropy", "labels are " + std::string(name_of(labels.dtype())), "Labels are int64.");
  const Index classes = x.shape()[1];
  const Array label = labels.packed(), out = Array::empty(labels.shape(), x.dtype());
  const std::int64_t* at = label.data<const std::int64_t>();
  for (Index i = 0; i < label.size(); ++i)
    if (at[i] < 0 || at[i] >= classes)
      throw DomainError("cross_entropy",
                        "label " + std::to_string(at[i]) + " at position " + std::to_string(i) + " with " +
                            std::to_string(classes) + " classes",
                        "Labels run from 0 to " + std::to_string(classes - 1) + ".");
  with_floating("cross_entropy", x.dtype(), [&]<class T>(Type<T>) {
    const AxisLoop loop(x, {1});
    loop.each_block([&](Index first, Index row, Index) {
      const T* from = loop.x.data<const T>() + first;
      const T top = largest(from, loop.n);
      const T log_sum = static_cast<T>(std::log(exponentials<T>(from, loop.n, top, nullptr)));
      out.data<T>()[row] = -(from[at[row]] - top - log_sum);
    });
  });
  return out;
}

}  // namespace autograd::core
