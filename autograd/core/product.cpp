// Products over axes. Columns advance side by side; a row is read as if it were a few columns beside each other, so
// that no factor waits for the one before it.
#include <autograd/core/product.hpp>

#include <autograd/core/axis_loop.hpp>

namespace autograd::core {
namespace {

constexpr Index lanes = 8;

// One slice as a matrix of `full` rows of `width` elements, `distance` apart, and `rest` elements of a last row.
struct Columns {
  Index full, width, distance, rest = 0;

  static Columns of_row(Index n) { return {n / lanes, lanes, lanes, n % lanes}; }

  /// Calls f(element, column), row by row.
  template <class F>
  void forwards(const F& f) const {
    for (Index k = 0; k < full; ++k)
      for (Index i = 0; i < width; ++i) f(k * distance + i, i);
    for (Index i = 0; i < rest; ++i) f(full * distance + i, i);
  }
  template <class F>
  void backwards(const F& f) const {
    for (Index i = 0; i < rest; ++i) f(full * distance + i, i);
    for (Index k = full; k-- > 0;)
      for (Index i = 0; i < width; ++i) f(k * distance + i, i);
  }
};

// For each column the product of the other columns' products, where these belong to one row; 1 where they do not.
void start_behind(const double* product, double* behind, Index width, bool row) {
  std::fill_n(behind, width, 1.0);
  if (!row) return;
  for (Index i = 0; i < width; ++i)
    for (Index k = 0; k < width; ++k)
      if (k != i) behind[i] *= product[k];
}

// Calls f(type, loop, columns, first element, place of the result) for each slice or group of slices.
template <class F>
void each_slice(std::string_view where, const AxisLoop& loop, const F& f) {
  with_floating(where, loop.x.dtype(), [&]<class T>(Type<T> type) {
    loop.each_block([&](Index first, Index at, Index width) {
      f(type, loop.inner == 1 ? Columns::of_row(loop.n) : Columns{loop.n, width, loop.inner}, first, at);
    });
  });
}

}  // namespace

Array product_over(const Array& x, const Axes& axes, bool keepdims) {
  const Shape over = normalize_axes("prod", axes, x.rank());
  const AxisLoop loop(x, over);
  const Array out = x.size() ? Array::empty(loop.kept, x.dtype()) : Array::full(loop.kept, x.dtype(), 1);
  each_slice("prod", loop, [&]<class T>(Type<T>, const Columns& columns, Index first, Index at) {
    const T* from = loop.x.data<const T>() + first;
    double product[axis_block];
    std::fill_n(product, columns.width, 1.0);
    columns.forwards([&](Index e, Index i) { product[i] *= static_cast<double>(from[e]); });
    if (loop.inner == 1)
      for (Index i = 1; i < columns.width; ++i) product[0] *= product[i];
    std::copy_n(product, loop.inner == 1 ? 1 : columns.width, out.data<T>() + at);
  });
  return reshape(out, reduced(x.shape(), over, keepdims));
}

Array product_of_others(const Array& x, const Axes& axes) {
  const AxisLoop loop(x, normalize_axes("prod", axes, x.rank()));
  const Array out = Array::empty(loop.x.shape(), x.dtype());
  each_slice("prod", loop, [&]<class T>(Type<T>, const Columns& columns, Index first, Index) {
    const T* from = loop.x.data<const T>() + first;
    T* to = out.data<T>() + first;
    double before[axis_block], behind[axis_block];
    std::fill_n(before, columns.width, 1.0);
    columns.forwards([&](Index e, Index i) { before[i] *= static_cast<double>(from[e]); });
    start_behind(before, behind, columns.width, loop.inner == 1);
    columns.backwards([&](Index e, Index i) {
      to[e] = static_cast<T>(behind[i]);
      behind[i] *= static_cast<double>(from[e]);
    });
    std::fill_n(before, columns.width, 1.0);
    columns.forwards([&](Index e, Index i) {
      to[e] = static_cast<T>(static_cast<double>(to[e]) * before[i]);
      before[i] *= static_cast<double>(from[e]);
    });
  });
  return loop.restored(out);
}

}  // namespace autograd::core
