// How the block loop meets its arguments: read where they lie, or packed into blocks first.
#pragma once

#include <algorithm>
#include <cstring>

#include <autograd/core/block_loop.hpp>
#include <autograd/core/pool.hpp>
#include <autograd/core/walk.hpp>

namespace autograd::core {

// Lanes that a tail is padded to: the widest register there is, so that one constant serves every target.
template <class T>
constexpr Index lanes = static_cast<Index>(64 / sizeof(T));

// One block of scratch memory, from the pool.
template <class T>
class Block {
 public:
  Block() = default;
  ~Block() {
    if (data_) pool_free(data_, bytes_);
  }
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  /// The same memory each time: as much as is asked for at first, a block or more.
  T* get(Index n = block_size) {
    if (!data_)
      data_ = static_cast<T*>(pool_allocate(bytes_ = static_cast<std::size_t>(std::max(n, block_size)) * sizeof(T)));
    return data_;
  }

 private:
  std::size_t bytes_ = 0;
  T* data_ = nullptr;
};

// The inside of a matrix: arguments that all lie in rows of one length at one distance are read where they are, gaps
// and all, as if they were contiguous. What comes out for the gaps is dropped.
class Rows {
 public:
  Rows() = default;
  /// None, unless all arguments but single elements lie so, and little is computed for the gaps.
  Rows(const Shape& space, ArrayList in, Dtype dtype, const Array* cotangent = nullptr) {
    Index number = 0, length = 0, distance = 0;
    const auto fits = [&](const Array& a) {
      const Walk w(space, broadcast_strides(a.shape(), a.strides(), space));
      if (w.constant()) return true;
      if (w.rank != 2 || w.stride[1] != 1 || a.dtype() != dtype) return false;
      if (length == 0) number = w.shape[0], length = w.shape[1], distance = w.stride[0];
      return w.shape[1] == length && w.stride[0] == distance;
    };
    if (in.empty() || in[0]->contiguous() || space.size() < 2) return;
    for (const Array* a : in)
      if (!fits(*a)) return;
    if (number == 0 || length == 0 || (cotangent && !fits(*cotangent))) return;
    if (distance < length || distance > length + length / 4) return;
    length_ = length, distance_ = distance, extent_ = (number - 1) * distance + length;
  }

  explicit operator bool() const { return length_ != 0; }
  /// Whether another array lies in the same rows.
  bool fit(const Walk& w) const {
    return w.rank == 2 && w.shape[1] == length_ && w.stride[0] == distance_ && w.stride[1] == 1;
  }
  /// From the first element to the last, gaps included.
  Index extent() const { return extent_; }
  /// Calls f(position, length, element of the space) for each piece of a row in [begin, begin + n) of the extent.
  template <class F>
  void pieces(Index begin, Index n, const F& f) const {
    Index row = begin / distance_, at = begin % distance_;
    for (Index done = 0; done < n; ++row) {
      const Index left = n - done;
      if (at < length_) f(done, std::min(length_ - at, left), row * length_ + at);
      done += distance_ - at;
      at = 0;
    }
  }

  /// Calls f(position, length) for each gap between rows in [begin, begin + n).
  template <class F>
  void gaps(Index begin, Index n, const F& f) const {
    for (Index at = begin % distance_, done = 0; done < n; at = 0) {
      const Index row = std::max<Index>(length_ - at, 0), gap = distance_ - at - row;
      if (done + row < n && gap > 0) f(done + row, std::min(gap, n - done - row));
      done += row + gap;
    }
  }

 private:
  Index length_ = 0, distance_ = 0, extent_ = 0;
};

// An argument as the kernel sees it: direct memory where possible, a packed block elsewhere.
template <class T>
class Reader {
 public:
  Reader() {}  // leaves the walk as it is: to clear it takes longer than to compute with ten elements
  void open(const Array& a, const Shape& space, const Rows& rows = {}) {
    array_ = &a;
    if (a.dtype() == dtype_of<T> && a.contiguous() && a.shape() == space) {
      direct_ = in_place_ = true;
      return;
    }
    walk_.fold(space, broadcast_strides(a.shape(), a.strides(), space));
    direct_ = in_place_ = (walk_.contiguous() || (rows && !walk_.constant())) && a.dtype() == dtype_of<T>;
    constant_ = walk_.constant() && !direct_;
    const Index period = direct_ ? 0 : walk_.period();
    period_ = period && period <= longest_period && walk_.shape[0] >= 4 ? period : 0;
  }

  // True for an array that is read as it lies from the first element to the last.
  bool direct() const { return direct_; }
  // True if what was read last is the array's own memory, which ends where it ends.
  bool in_place() const { return in_place_; }

  // Elements [begin, begin + n); a packed block is padded to full registers.
  const T* read(Index begin, Index n, Block<T>& scratch) {
    if (direct_) return array_->data<const T>() + begin;
    if (period_) return unrolled(n, scratch) + begin % period_;
    Index offset = 0;
    in_place_ = array_->dtype() == dtype_of<T> && walk_.contiguous_run(begin, n, offset);
    if (in_place_) return array_->data<const T>() + offset;
    T* block = scratch.get(n);
    if (walk_.repeated_run(begin, n, offset)) {  // a piece of a long row: perhaps the block is full of it already
      if (offset == repeated_ && n <= times_) return block;
      repeated_ = offset, times_ = n;
    } else {
      repeated_ = -1;
    }
    with_type(array_->dtype(), [&]<class S>(Type<S>) { gather(walk_, array_->data<const S>(), begin, n, block); });
    pad(block, n);
    return block;
  }
  // A scalar needs its block filled only once.
  bool constant() const { return constant_; }

  static void pad(T* block, Index n) {
    for (Index i = n; i % lanes<T> != 0; ++i) block[i] = block[n - 1];
  }

 private:
  // What comes again and again, once, and behind it as much more of it as n elements need that begin anywhere in it.
  const T* unrolled(Index n, Block<T>& scratch) {
    T* const block = scratch.get(period_ + n + lanes<T>);
    if (n > times_)
      with_type(array_->dtype(),
                [&]<class S>(Type<S>) { gather(walk_, array_->data<const S>(), 0, period_ + n + lanes<T>, block); });
    times_ = std::max(times_, n);
    return block;
  }

  static constexpr Index longest_period = 4096;

  const Array* array_ = nullptr;
  bool direct_ = false, in_place_ = false, constant_ = false;
  Index period_ = 0;                 // if not 0, the scratch block holds what comes again, and times_ more
  Index repeated_ = -1, times_ = 0;  // else: the element that fills it, and how often
  Walk walk_;
};

// The first argument that is the same array as argument k: what is packed for one serves the other.
inline std::size_t first_like(ArrayList in, std::size_t k) {
  std::size_t j = 0;
  while (!(*in[j] == *in[k])) ++j;
  return j;
}

}  // namespace autograd::core
