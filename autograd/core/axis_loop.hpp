// A reduction as three nested loops: elements (outer, reduced, inner) of a row-major block.
//
// Which loops these are follows from shape and axes alone, never from strides: an array in another layout is packed
// first, so that results have the same bits for every layout. Rows (inner = 1) are read along; elsewhere columns
// advance side by side, at most axis_block of them, so that running results stay in the L1 cache.
#pragma once

#include <algorithm>

#include <autograd/core/layout.hpp>
#include <autograd/core/stream.hpp>

namespace autograd::core {

/// The most columns that advance together, and a convenient piece of a row: long enough to stream, and a double for
/// each fits the L1 cache.
inline constexpr Index axis_block = 2048;

/// Calls task(k) for k < n, on all cores where elements are many; task must not throw. No `if` of OpenMP's, which would
/// set up a team of one.
template <class F>
void each_task(Index elements, Index n, const F& task) {
  if (elements < parallel_threshold || n <= 1) {
    for (Index k = 0; k < n; ++k) task(k);
    return;
  }
#pragma omp parallel for schedule(static)
  for (Index k = 0; k < n; ++k) task(k);
}

/// Brings near what is read soon: of pieces of rows that lie apart the processor does not find the next by itself.
inline void fetch(const void* line) { __builtin_prefetch(line, 0, 2); }

struct AxisLoop {
  Array x;  // row-major: (outer, n, inner) elements
  Index outer = 1, n = 1, inner = 1;
  Shape kept;   // the result's shape, with the reduced axes of extent 1
  Shape order;  // of x's axes, where they had to be permuted

  /// `axes` are normalised. Axes that are not neighbours are brought together at the end.
  AxisLoop(const Array& array, const Shape& axes) : kept(reduced(array.shape(), axes, true)) {
    const std::size_t rank = array.rank(),
                      last = axes.empty() ? rank : static_cast<std::size_t>(axes[axes.size() - 1]) + 1;
    const std::size_t first = axes.empty() ? rank : static_cast<std::size_t>(axes[0]);
    if (last - first == axes.size()) {
      for (std::size_t d = 0; d < rank; ++d) (d < first ? outer : d < last ? n : inner) *= array.shape()[d];
      x = array.packed();
      return;
    }
    for (std::size_t d = 0; d < rank; ++d)
      if (std::find(axes.begin(), axes.end(), static_cast<Index>(d)) == axes.end())
        order.push_back(static_cast<Index>(d)), outer *= array.shape()[d];
    for (Index d : axes) order.push_back(d), n *= array.shape()[static_cast<std::size_t>(d)];
    x = permute(array, order).packed();
  }

  /// Calls f(first, at, width) for columns that advance together, on all cores when there is enough to do: element k
  /// of column i < width is x[first + k * inner + i], its result out[at + i]. f must not throw; what it
  /// writes may be streamed.
  template <class F>
  void each_block(const F& f, Index most = axis_block) const {
    if (x.size() == 0) return;
    const Index blocks = (inner + most - 1) / most;
    const auto piece = [&](Index b) {
      const Index o = b / blocks, i = b % blocks * most;
      f(o * n * inner + i, o * inner + i, std::min(most, inner - i));
    };
    if (x.size() < parallel_threshold || outer * blocks == 1) {  // OpenMP's `if` would set up a team of one
      for (Index b = 0; b < outer * blocks; ++b) piece(b);
      if (x.size() >= parallel_threshold) simd::finish_streams();
      return;
    }
#pragma omp parallel
    {
#pragma omp for schedule(static) nowait
      for (Index b = 0; b < outer * blocks; ++b) piece(b);
      simd::finish_streams();
    }
  }
  /// How far behind `rows` rows from row k on as many others begin that are worth fetching: 0 where there are none, or
  /// a cache has them.
  Index ahead(Index k, Index rows) const {
    const bool large = static_cast<std::size_t>(x.size()) * size_of(x.dtype()) >= stream_bytes;
    return large && k + 2 * rows <= n ? rows * inner : 0;
  }
  /// An array that lies as x does, seen in the order of the original axes.
  Array restored(const Array& like_x) const { return order.empty() ? like_x : permute(like_x, inverse(order)); }
};

}  // namespace autograd::core
