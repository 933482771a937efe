// Walk: how one operand is met when a broadcast space is read in row-major order.
//
// Each operand folds the dimensions of the space by its own strides: a contiguous one becomes a single run, a scalar a
// single repeated element, a row vector two dimensions. Gathering, storing and summing are then loops over runs.
#pragma once

#include <type_traits>

#include <autograd/core/array.hpp>
#include <autograd/core/pack.hpp>

namespace autograd::core {

struct Walk {
  std::size_t rank = 0;
  Index shape[max_rank];
  Index stride[max_rank];

  Walk() = default;
  Walk(const Shape& space, const Strides& strides) { fold(space, strides); }

  /// `strides` belong to an operand seen with the shape `space`; neighbours that advance evenly are folded.
  void fold(const Shape& space, const Strides& strides) {
    rank = 0;
    for (std::size_t d = 0; d < space.size(); ++d) {
      if (space[d] == 1) continue;
      if (rank && stride[rank - 1] == strides[d] * space[d]) {
        shape[rank - 1] *= space[d];
        stride[rank - 1] = strides[d];
      } else {
        shape[rank] = space[d];
        stride[rank++] = strides[d];
      }
    }
  }
  bool contiguous() const { return rank == 0 || (rank == 1 && stride[0] == 1); }
  bool constant() const { return rank == 0 || (rank == 1 && stride[0] == 0); }
  bool repeats() const {
    for (std::size_t d = 0; d < rank; ++d)
      if (stride[d] == 0) return true;
    return false;
  }

  /// Calls f(position, length, offset) for each run of the innermost dimension inside [begin, begin + n).
  template <class F>
  void runs(Index begin, Index n, const F& f) const {
    if (rank == 0) return f(Index{0}, n, Index{0});
    Index at[max_rank];
    Index offset = 0;
    for (std::size_t d = rank; d-- > 0;) {
      at[d] = begin % shape[d];
      begin /= shape[d];
      offset += at[d] * stride[d];
    }
    const std::size_t inner = rank - 1;
    for (Index done = 0;;) {
      const Index length = shape[inner] - at[inner] < n - done ? shape[inner] - at[inner] : n - done;
      f(done, length, offset);
      done += length;
      if (done >= n) return;
      offset -= at[inner] * stride[inner];
      at[inner] = 0;
      for (std::size_t d = inner; d-- > 0;) {
        offset += stride[d];
        if (++at[d] < shape[d]) break;
        offset -= stride[d] * shape[d];
        at[d] = 0;
      }
    }
  }
  Index inner_stride() const { return rank ? stride[rank - 1] : 0; }
  /// The number of elements after which all comes again, as a row does; 0 if nothing does, or all are one element.
  Index period() const {
    if (rank < 2 || stride[0] != 0) return 0;
    Index n = 1;
    for (std::size_t d = 1; d < rank; ++d) n *= shape[d];
    return n;
  }

  /// True if n elements from `begin` on lie without gaps; then the first one's offset is set.
  bool contiguous_run(Index begin, Index n, Index& offset) const {
    if (rank == 0 || stride[rank - 1] != 1 || shape[rank - 1] < n) return false;
    if (begin % shape[rank - 1] + n > shape[rank - 1]) return false;
    offset = 0;
    for (std::size_t d = rank; d-- > 0;) {
      offset += begin % shape[d] * stride[d];
      begin /= shape[d];
    }
    return true;
  }

  /// True if n elements from `begin` on are one, repeated; then its offset is set.
  bool repeated_run(Index begin, Index n, Index& offset) const {
    if (rank == 0 || stride[rank - 1] != 0 || begin % shape[rank - 1] + n > shape[rank - 1]) return false;
    offset = 0;
    for (std::size_t d = rank; d-- > 0;) {
      offset += begin % shape[d] * stride[d];
      begin /= shape[d];
    }
    return true;
  }
};

/// to[i] = element begin + i of the walk over `from`, converted.
template <class To, class From>
void gather(const Walk& w, const From* from, Index begin, Index n, To* to) {
  const Index s = w.inner_stride();
  w.runs(begin, n, [&](Index at, Index length, Index offset) {
    const From* p = from + offset;
    if (s == 1)
      for (Index i = 0; i < length; ++i) to[at + i] = static_cast<To>(p[i]);
    else if (s == 0)
      for (Index i = 0; i < length; ++i) to[at + i] = static_cast<To>(*p);
    else
      for (Index i = 0; i < length; ++i) to[at + i] = static_cast<To>(p[i * s]);
  });
}

/// The sum of n elements in a fixed order: registers of running sums and then a tree, so that it vectorises and loses
/// few digits; what does not fill a register one by one.
template <class T>
T sum_of(const T* p, Index n) {
  constexpr Index lanes = static_cast<Index>(Pack<T>::size), side_by_side = 64 / lanes;
  T rest = 0;
  Index i = n - n % lanes;
  for (; i < n; ++i) rest += p[i];
  if (n < lanes) return rest;
  Pack<T> sum = Pack<T>::load(p);
  i = lanes;
  if (n >= 128) {
    Pack<T> running[side_by_side];
    for (Index k = 0; k < side_by_side; ++k) running[k] = Pack<T>::load(p + k * lanes);
    for (i = 64; i + 64 <= n; i += 64)
      for (Index k = 0; k < side_by_side; ++k) running[k] += Pack<T>::load(p + i + k * lanes);
    for (Index half = side_by_side / 2; half > 0; half /= 2)
      for (Index k = 0; k < half; ++k) running[k] += running[k + half];
    sum = running[0];
  }
  for (; i + lanes <= n; i += lanes) sum += Pack<T>::load(p + i);
  return reduce_sum(sum) + rest;
}

/// Adds from[i] to element begin + i of the walk over `to`; repeated elements receive the sum of their run.
template <class T>
void scatter_add(const Walk& w, double* to, Index begin, Index n, const T* from) {
  const Index s = w.inner_stride();
  w.runs(begin, n, [&](Index at, Index length, Index offset) {
    double* p = to + offset;
    if (s == 0) *p += static_cast<double>(sum_of(from + at, length));
    else if (s == 1)
      for (Index i = 0; i < length; ++i) p[i] += static_cast<double>(from[at + i]);
    else
      for (Index i = 0; i < length; ++i) p[i * s] += static_cast<double>(from[at + i]);
  });
}

}  // namespace autograd::core
