// The largest and the smallest of elements that lie side by side: for max and min along rows, and for the shift of a
// softmax.
#pragma once

#include <algorithm>
#include <limits>

#include <autograd/core/pack_math.hpp>
#include <autograd/core/shape.hpp>

namespace autograd::core {

/// The more extreme of two (the larger for sign 1, the smaller for -1); NaN if either is.
template <int sign, class T>
T more(T a, T b) {
  return a != a || (sign > 0 ? a > b : a < b) ? a : b;
}

/// The most extreme of n > 0 elements; NaN if one is.
template <int sign, class T>
T extreme_of(const T* x, Index n) {
  T top = x[0];
  Index i = 0;
  if constexpr (std::is_floating_point_v<T>) {
    constexpr auto lanes = static_cast<Index>(Pack<T>::size);
    if (n < lanes) {
      for (; i < n; ++i) top = more<sign>(top, x[i]);
      return top;
    }
    constexpr Index side_by_side = 4;  // a comparison takes several cycles, and one can begin in each
    Pack<T> best[side_by_side];
    Mask<T> nan[side_by_side];
    for (Pack<T>& b : best) b = Pack<T>(top);
    for (Mask<T>& m : nan) m = Mask<T>(false);
    const auto beyond = [](Pack<T> a, Pack<T> b) { return where(sign > 0 ? b > a : b < a, b, a); };
    const auto take = [&](Index k) {
      const Pack<T> v = Pack<T>::load(x + i + k * lanes);
      best[k] = beyond(best[k], v);
      nan[k] = nan[k] || v != v;
    };
    for (; i + side_by_side * lanes <= n; i += side_by_side * lanes)
      for (Index k = 0; k < side_by_side; ++k) take(k);
    for (; i + lanes <= n; i += lanes) take(0);
    if (any(nan[0] || nan[1] || nan[2] || nan[3])) return std::numeric_limits<T>::quiet_NaN();
    T lane[lanes];
    beyond(beyond(best[0], best[1]), beyond(best[2], best[3])).store(lane);
    for (T v : lane) top = more<sign>(top, v);
  }
  for (; i < n; ++i) top = more<sign>(top, x[i]);
  return top;
}

}  // namespace autograd::core
