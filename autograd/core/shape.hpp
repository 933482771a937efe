// Shapes, strides and axes: short lists of integers that never touch the heap, and the rules of broadcasting.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <autograd/core/error.hpp>

namespace autograd {

/// Signed, so that negative axes, indices and strides need no second type.
using Index = std::int64_t;

/// The largest number of dimensions; more is a ShapeError.
inline constexpr std::size_t max_rank = 16;

/// A list of at most max_rank integers: the extents of a tensor, its strides, or a set of axes.
class Shape {
 public:
  Shape() { std::memset(dims_, 0, few * sizeof(Index)); }
  Shape(std::initializer_list<Index> dims) : Shape(std::span(dims.begin(), dims.size())) {}
  explicit Shape(std::span<const Index> dims) : Shape() {
    resize(dims.size());
    for (std::size_t i = 0; i < dims.size(); ++i) dims_[i] = dims[i];
  }
  Shape(const std::vector<Index>& dims) : Shape(std::span<const Index>(dims)) {}
  /// `rank` copies of `value`.
  static Shape filled(std::size_t rank, Index value) {
    Shape s;
    s.resize(rank);
    for (auto& d : s) d = value;
    return s;
  }
  Shape(const Shape& o) { *this = o; }
  Shape& operator=(const Shape& o) {
    rank_ = o.rank_;
    // One by one, as they were written: a wider load would wait until all of them have reached the cache.
    for (std::size_t i = 0; i < few; ++i) {
      Index d = o.dims_[i];
      asm("" : "+r"(d));
      dims_[i] = d;
    }
    if (rank_ > few) std::memcpy(dims_ + few, o.dims_ + few, (max_rank - few) * sizeof(Index));
    return *this;
  }

  std::size_t size() const { return rank_; }
  bool empty() const { return rank_ == 0; }
  Index operator[](std::size_t i) const { return dims_[i]; }
  Index& operator[](std::size_t i) { return dims_[i]; }
  const Index* begin() const { return dims_; }
  const Index* end() const { return dims_ + rank_; }
  Index* begin() { return dims_; }
  Index* end() { return dims_ + rank_; }
  Index back() const { return dims_[rank_ - 1]; }
  void push_back(Index d) {
    resize(rank_ + 1);
    dims_[rank_ - 1] = d;
  }
  /// Throws ShapeError past max_rank; new entries are left unset.
  void resize(std::size_t rank) {
    if (rank > max_rank)
      throw ShapeError("shape", std::to_string(rank) + " dimensions",
                       "At most " + std::to_string(max_rank) + " are supported.");
    rank_ = static_cast<std::uint8_t>(rank);
  }
  void insert(std::size_t at, Index d) {
    resize(rank_ + 1);
    for (std::size_t i = rank_ - 1; i > at; --i) dims_[i] = dims_[i - 1];
    dims_[at] = d;
  }
  void erase(std::size_t at) {
    for (std::size_t i = at; i + 1 < rank_; ++i) dims_[i] = dims_[i + 1];
    --rank_;
  }

  friend bool operator==(const Shape& a, const Shape& b) {
    if (a.rank_ != b.rank_) return false;
    for (std::size_t i = 0; i < a.rank_; ++i)
      if (a.dims_[i] != b.dims_[i]) return false;
    return true;
  }

 private:
  static constexpr std::size_t few = 4;
  std::uint8_t rank_ = 0;  // first, so that a short list and its length share a cache line
  Index dims_[max_rank];
};

using Strides = Shape;

/// A set of axes as a user writes it: none (all axes), one, or several; negative ones count from the end.
class Axes {
 public:
  Axes() = default;
  Axes(int axis) : axes_({axis}), all_(false) {}
  Axes(Index axis) : axes_({axis}), all_(false) {}
  Axes(std::initializer_list<Index> axes) : axes_(axes), all_(false) {}
  explicit Axes(const Shape& axes) : axes_(axes), all_(false) {}
  bool all() const { return all_; }
  const Shape& list() const { return axes_; }

 private:
  Shape axes_;
  bool all_ = true;
};

/// "(2, 3)", "(4,)" and "()", as Python prints them.
std::string to_string(const Shape& s);

namespace core {

/// "[1, 0]": the indices of the element at a row-major position.
std::string index_text(const Shape& shape, Index position);

/// The number of elements: the product of the extents, 1 for a scalar. Throws ShapeError on overflow or a negative
/// extent.
inline Index count(const Shape& s);

/// Row-major strides, in elements.
inline Strides row_major(const Shape& s);

/// `axis` as 0 <= axis < rank; throws ShapeError in the name of `where` when out of range.
std::size_t normalize_axis(std::string_view where, Index axis, std::size_t rank);

/// Axes in increasing order, each once; throws ShapeError when one is out of range or named twice.
Shape normalize_axes(std::string_view where, const Axes& axes, std::size_t rank);

/// The NumPy broadcast of two shapes; throws ShapeError naming both.
Shape broadcast(std::string_view where, const Shape& a, const Shape& b);

/// True when `from` broadcasts to exactly `to`.
bool broadcasts_to(const Shape& from, const Shape& to);

/// Strides that read an array (shape, strides) as if it had the shape `to`: 0 along broadcast dimensions.
Strides broadcast_strides(const Shape& shape, const Strides& strides, const Shape& to);

/// The shape left after reducing `axes` (normalised) of `s`.
Shape reduced(const Shape& s, const Shape& axes, bool keepdims);

/// The shape left by a reduction that keeps the reduced axes with extent 1. Throws ShapeError, in the name of `where`.
inline Shape kept_shape(std::string_view where, const Shape& s, const Axes& axes) {
  return reduced(s, normalize_axes(where, axes, s.size()), true);
}

/// The axes along which an array of shape `from` was repeated to get the shape `to`, as axes of `to`.
Shape repeated_axes(const Shape& from, const Shape& to);

[[noreturn]] void refuse_count(const Shape& s);

Index count(const Shape& s) {
  Index n = 1;
  // An overflow with a zero further on is still no array anyone can hold; 2^48 leaves room for byte offsets.
  for (Index d : s)
    if (d < 0 || __builtin_mul_overflow(n, d, &n) || n > Index{1} << 48) [[unlikely]]
      refuse_count(s);
  return n;
}

/// The same, written where they shall be.
inline void set_row_major(Strides& strides, const Shape& s) {
  strides.resize(s.size());
  Index stride = 1;
  for (std::size_t i = s.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= s[i] > 0 ? s[i] : 1;
  }
}

Strides row_major(const Shape& s) {
  Strides strides;
  set_row_major(strides, s);
  return strides;
}

}  // namespace core
}  // namespace autograd
