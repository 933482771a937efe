// Loops over rows; see rows.hpp for how any axes become rows.
#include <autograd/core/reduce_axis.hpp>

#include <limits>

#include <autograd/core/rows.hpp>

namespace autograd::core {
namespace {

Rows rows_of_something(std::string_view where, const Array& x, const Axes& axes, bool keepdims) {
  Rows r = rows_of(where, x, axes, keepdims);
  if (r.length == 0 && r.rows > 0)
    throw ShapeError(where, "of nothing: shape " + to_string(x.shape()), "Check that the tensor is not empty first.");
  return r;
}

// The position of the first extreme of a row; a NaN ends the search.
template <class T>
Index first_extreme(const T* row, Index n, int sign) {
  Index best = 0;
  for (Index i = 0; i < n; ++i) {
    if (row[i] != row[i]) return i;
    if (sign > 0 ? row[i] > row[best] : row[i] < row[best]) best = i;
  }
  return best;
}

}  // namespace

Array extreme(const Array& x, const Axes& axes, bool keepdims, int sign) {
  const Rows r = rows_of_something(sign > 0 ? "max" : "min", x, axes, keepdims);
  Array out = Array::empty(r.shape, x.dtype());
  with_type(x.dtype(), [&]<class T>(Type<T>) {
    for (Index i = 0; i < r.rows; ++i) {
      const T* row = r.values.data<const T>() + i * r.length;
      out.data<T>()[i] = row[first_extreme(row, r.length, sign)];
    }
  });
  return out;
}

Array extreme_share(const Array& x, const Axes& axes, int sign, Ties ties) {
  const Rows r = rows_of_something(sign > 0 ? "max" : "min", x, axes, true);
  const Array share = Array::zeros(r.values.shape(), x.dtype());
  with_floating(sign > 0 ? "max" : "min", x.dtype(), [&]<class T>(Type<T>) {
    for (Index i = 0; i < r.rows; ++i) {
      const T* row = r.values.data<const T>() + i * r.length;
      T* to = share.data<T>() + i * r.length;
      const Index first = first_extreme(row, r.length, sign);
      if (row[first] != row[first]) {
        for (Index k = 0; k < r.length; ++k) to[k] = std::numeric_limits<T>::quiet_NaN();
      } else if (ties == Ties::first) {
        to[first] = 1;
      } else {
        Index equal = 0;
        for (Index k = first; k < r.length; ++k) equal += row[k] == row[first];
        for (Index k = first; k < r.length; ++k)
          if (row[k] == row[first]) to[k] = T(1) / static_cast<T>(equal);
      }
    }
  });
  return in_original_order(r, share);
}

Array extreme_index(std::string_view where, const Array& x, const Axes& axes, bool keepdims, int sign) {
  const Rows r = rows_of_something(where, x, axes, keepdims);
  Array out = Array::empty(r.shape, int64);
  with_type(x.dtype(), [&]<class T>(Type<T>) {
    for (Index i = 0; i < r.rows; ++i)
      out.data<std::int64_t>()[i] = first_extreme(r.values.data<const T>() + i * r.length, r.length, sign);
  });
  return out;
}

Array cumsum(const Array& x, Index axis) {
  return with_floating("cumsum", x.dtype(), [&]<class T>(Type<T>) {
    normalize_axis("cumsum", axis, x.rank());
    const Rows r = rows_of("cumsum", x, Axes(axis), false);
    Array out = Array::empty(r.values.shape(), x.dtype());
    for (Index i = 0; i < r.rows; ++i) {
      double sum = 0;
      for (Index k = i * r.length; k < (i + 1) * r.length; ++k)
        out.data<T>()[k] = static_cast<T>(sum += static_cast<double>(r.values.data<const T>()[k]));
    }
    return in_original_order(r, out).packed();
  });
}

}  // namespace autograd::core
