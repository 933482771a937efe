// A reduction as three nested loops: elements (outer, reduced, inner) of a row-major block.
//
// Which loops these are follows from shape and axes alone, never from strides: an array in another layout is packed first,
// so that results have the same bits for every layout.
#pragma once

#include <algorithm>

#include <autograd/core/layout.hpp>

namespace autograd::core {

/// Elements from which on several cores share the work; below it waking them takes longer.
inline constexpr Index axis_loop_parallel = 1 << 15;

struct AxisLoop {
  Array x;  // row-major: (outer, n, inner) elements
  Index outer = 1, n = 1, inner = 1;
  Shape kept;  // the result's shape, with the reduced axes of extent 1

  /// `axes` are normalised. Axes that are not neighbours are brought together at the end.
  AxisLoop(const Array& array, const Shape& axes) : kept(reduced(array.shape(), axes, true)) {
    const std::size_t rank = array.rank(), last = axes.empty() ? rank : static_cast<std::size_t>(axes[axes.size() - 1]) + 1;
    const std::size_t first = axes.empty() ? rank : static_cast<std::size_t>(axes[0]);
    if (last - first == axes.size()) {
      for (std::size_t d = 0; d < rank; ++d) (d < first ? outer : d < last ? n : inner) *= array.shape()[d];
      x = array.packed();
      return;
    }
    Shape order;
    for (std::size_t d = 0; d < rank; ++d)
      if (std::find(axes.begin(), axes.end(), static_cast<Index>(d)) == axes.end())
        order.push_back(static_cast<Index>(d)), outer *= array.shape()[d];
    for (Index d : axes) order.push_back(d), n *= array.shape()[static_cast<std::size_t>(d)];
    x = permute(array, order).packed();
  }

  /// Calls body(o) for each o < outer, on all cores when there is enough to do. The body must not throw.
  template <class F>
  void each_outer(const F& body) const {
#pragma omp parallel for schedule(static) if (x.size() >= axis_loop_parallel && outer > 1)
    for (Index o = 0; o < outer; ++o) body(o);
  }
  /// The result without the reduced axes, unless they are kept.
  Array finish(const Array& out, const Array& in, const Shape& axes, bool keepdims) const {
    return reshape(out, reduced(in.shape(), axes, keepdims));
  }
};

}  // namespace autograd::core
