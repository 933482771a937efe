// The block loop for short spaces: one run of elements, and next to nothing to prepare.
//
// Small networks compute with a few hundred elements, and setting up the loop takes longer than it runs. Here each
// argument is one run of the whole space: where it lies if it can be, else repeated, converted or gathered into scratch
// memory. Results have the bits that the loop would give them.
#pragma once

#include <utility>

#include <autograd/core/block_reader.hpp>
#include <autograd/core/small_array.hpp>

namespace autograd::core {

/// Elements of a space up to which it is short.
inline constexpr Index short_size = 4 * block_size;

/// n, rounded up to what fills whole registers.
template <class T>
constexpr Index whole_registers(Index n) {
  return (n + lanes<T> - 1) / lanes<T> * lanes<T>;
}

// Memory for runs of elements, padded to full registers: on the stack while they are few.
template <class T>
class Scratch {
 public:
  Scratch(std::size_t runs, Index n)
      : run_(whole_registers<T>(n)), bytes_(runs * static_cast<std::size_t>(run_) * sizeof(T)) {}
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    if (pool_) pool_free(pool_, bytes_);
  }
  T* take() {
    if (!next_) next_ = bytes_ <= sizeof(space_) ? space_ : static_cast<T*>(pool_ = pool_allocate(bytes_));
    return std::exchange(next_, next_ + run_);
  }

 private:
  Index run_;
  std::size_t bytes_;
  T* next_ = nullptr;
  void* pool_ = nullptr;
  alignas(64) T space_[4096 / sizeof(T)];
};

/// The size of an array of this shape if the space is so many copies of it, one behind the other; else 0.
inline Index period_in(const Shape& space, const Shape& shape) {
  std::size_t i = shape.size(), j = space.size();
  Index period = 1;
  for (; i > 0 && shape[i - 1] == space[j - 1]; --i, --j) period *= shape[i - 1];
  while (i > 0)
    if (shape[--i] != 1) return 0;
  return period;
}

// An argument as a run of n elements that is not one in memory, or one that ends with it: copied.
template <class T>
const T* packed_run(const Array& a, const Shape& space, Index n, T* to) {
  const bool in_place = a.contiguous() && a.dtype() == dtype_of<T>;
  const Index period = in_place ? a.size() == n ? n : period_in(space, a.shape()) : 0;
  if (period == 1) {
    std::fill_n(to, n, *a.data<const T>());
  } else if (period) {
    std::copy_n(a.data<const T>(), period, to);
    for (Index done = period; done < n; done += std::min(done, n - done))
      std::copy_n(to, std::min(done, n - done), to + done);
  } else {
    const Walk walk(space, broadcast_strides(a.shape(), a.strides(), space));
    with_type(a.dtype(), [&]<class S>(Type<S>) { gather(walk, a.data<const S>(), 0, n, to); });
  }
  Reader<T>::pad(to, n);
  return to;
}

// An argument as a run of n elements, behind which as many can be read as fill the last register.
template <class T>
inline const T* run_of(const Array& a, const Shape& space, Index n, Scratch<T>& scratch) {
  if (a.size() == n && a.contiguous() && a.dtype() == dtype_of<T> &&
      a.reaches(static_cast<std::size_t>(whole_registers<T>(n)) * sizeof(T))) [[likely]]
    return a.data<const T>();
  return packed_run(a, space, n, scratch.take());
}

// Whether a kernel may write n elements of an array where they lie, and the last register to its end.
template <class T>
bool takes_registers(const Array& a, Index n) {
  return a.size() == n && a.dtype() == dtype_of<T> && (a.whole() || n % lanes<T> == 0);
}

// Sums a run over the axes along which an array of this shape is repeated, in double, block by block as the loop does.
template <class T>
void sum_run(const T* run, const Shape& space, Index n, const Shape& shape, T* to, bool add, double scale) {
  double sum[short_size];
  const Index size = count(shape), period = period_in(space, shape);
  std::fill_n(sum, size, 0.0);
  if (period > 1) {
    for (; n > 0; n -= period, run += period)
      for (Index i = 0; i < period; ++i) sum[i] += static_cast<double>(run[i]);
  } else {
    const Walk walk(space, broadcast_strides(shape, row_major(shape), space));
    for (Index b = 0; b < n; b += block_size) scatter_add(walk, sum, b, std::min(block_size, n - b), run + b);
  }
  for (Index i = 0; i < size; ++i) {
    const T value = static_cast<T>(sum[i] * scale);
    to[i] = add ? to[i] + value : value;
  }
}

template <class T>
void forward_short(ForwardKernel kernel, const void* formula, const Shape& space, Index n, ArrayList in,
                   const Array& out, double scale) {
  Scratch<T> scratch(in.size() + 1, n);
  SmallArray<const void*> from(in.size(), unset);
  for (std::size_t k = 0; k < in.size(); ++k) from[k] = run_of(*in[k], space, n, scratch);
  const bool reduces = !(out.shape() == space), direct = !reduces && takes_registers<T>(out, n);
  T* const to = direct ? out.data<T>() : scratch.take();
  kernel(formula, static_cast<std::size_t>(whole_registers<T>(n)), from.data(), to, false);
  if (direct) return;
  if (reduces) sum_run(to, space, n, out.shape(), out.data<T>(), false, scale);
  else if (out.dtype() == boolean)
    for (Index i = 0; i < n; ++i) out.data<bool>()[i] = to[i] != T{0};
  else std::copy_n(to, n, out.data<T>());
}

template <class T>
void backward_short(BackwardKernel kernel, const void* formula, const Shape& space, Index n, ArrayList in,
                    const Array& cotangent, double scale, std::span<const AdjointTarget> adjoints) {
  Scratch<T> scratch(2 * in.size() + 2, n);
  SmallArray<const void*> from(in.size(), unset);
  SmallArray<void*> to(in.size(), unset);
  std::uint64_t add = 0, packed = 0;
  const T* g = run_of(cotangent, space, n, scratch);
  for (std::size_t k = 0; k < in.size(); ++k) {
    from[k] = in[k] == &cotangent ? g : run_of(*in[k], space, n, scratch);  // one that was not kept, nor is needed
    const AdjointTarget& target = adjoints[k];
    to[k] = nullptr;
    if (!target.array) continue;
    if (takes_registers<T>(*target.array, n)) {
      to[k] = target.array->template data<T>();
      add |= std::uint64_t{target.add} << k;
    } else {
      to[k] = scratch.take();
      packed |= std::uint64_t{1} << k;
    }
  }
  const Index full = whole_registers<T>(n);
  if (scale != 1.0) {
    T* const scaled = scratch.take();
    for (Index i = 0; i < full; ++i) scaled[i] = g[i] * static_cast<T>(scale);
    g = scaled;
  }
  kernel(formula, static_cast<std::size_t>(full), from.data(), g, to.data(), {.add = add}, nullptr);
  for (std::size_t k = 0; packed && k < in.size(); ++k) {
    if (!(packed >> k & 1)) continue;
    const T* const run = static_cast<const T*>(to[k]);
    const Array& sum = *adjoints[k].array;
    T* const target = sum.data<T>();
    if (sum.size() != n) sum_run(run, space, n, sum.shape(), target, adjoints[k].add, 1.0);
    else if (adjoints[k].add)
      for (Index i = 0; i < n; ++i) target[i] += run[i];
    else std::copy_n(run, n, target);
  }
}

}  // namespace autograd::core
