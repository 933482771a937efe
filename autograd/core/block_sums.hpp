// Sums that the block loop forms: of results that are reduced, and of the cotangents of arguments that are repeated.
#pragma once

#include <autograd/core/block_short.hpp>

namespace autograd::core {

// Partial sums in double, one set per group, for results and cotangents that gather many elements of the space.
//
// What comes again and again, as a row does, is first added in T, eight terms at a time: a block is one run then, from
// any place of the period on, and is not cut where rows end. Three columns take 0.3 of the time so, 300 take 0.9.
template <class T>
class Sums {
 public:
  Sums(const Shape& shape, const Shape& space)
      : walk_(space, broadcast_strides(shape, row_major(shape), space)), size_(count(shape)) {
    const Index n = count(space), period = walk_.period();
    if (period == 0 || period > longest_period || period > n / 128 || n <= short_size) return;
    const bool long_runs = walk_.inner_stride() == 0 && walk_.shape[walk_.rank - 1] >= 64;  // sums by themselves
    if (!long_runs) period_ = period;
  }
  /// Starts with nothing; groups may then be added to side by side.
  void open(Index groups) {
    groups_ = std::max<Index>(groups, 1);
    partial_ = Array::zeros({groups_, size_}, float64);
    if (!period_) return;
    running_ = Array::zeros({groups_, period_ + block_size}, dtype_of<T>);
    blocks_ = 8 * ((period_ + block_size - 1) / block_size);
  }
  /// Elements of the result.
  Index size() const { return size_; }
  /// Adds a block, n elements of the space from `begin` on.
  void add(Index group, Index begin, Index n, const T* from) {
    if (!period_) return scatter_add(walk_, partial(group), begin, n, from);
    T* const to = running(group) + begin % period_;
    for (Index i = 0; i < n; ++i) to[i] += from[i];
    if ((begin / block_size + 1) % blocks_ != 0) return;
    take_running(group);
    std::fill_n(running(group), period_ + block_size, T(0));
  }
  /// Writes or adds what came together, times `scale`.
  void finish(T* to, bool add, double scale) {
    for (Index g = 0; period_ && g < groups_; ++g) take_running(g);
    double* const sum = partial(0);
    for (Index g = 1; g < groups_; ++g)
      for (Index i = 0; i < size_; ++i) sum[i] += partial(g)[i];
    for (Index i = 0; i < size_; ++i) {
      const T value = static_cast<T>(sum[i] * scale);
      to[i] = add ? to[i] + value : value;
    }
  }

 private:
  double* partial(Index group) { return partial_.data<double>() + group * size_; }
  T* running(Index group) { return running_.data<T>() + group * (period_ + block_size); }
  void take_running(Index group) { scatter_add(walk_, partial(group), 0, period_ + block_size, running(group)); }

  static constexpr Index longest_period = Index{1} << 15;

  Walk walk_;
  Index size_, groups_ = 0;
  Array partial_;
  Index period_ = 0, blocks_ = 0;  // of so many blocks at most is the sum in running_
  Array running_;                  // a period and a block long
};

}  // namespace autograd::core
