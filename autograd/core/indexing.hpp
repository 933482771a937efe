// Indexing: elements picked by arrays of indices or by a mask, and the sums that go the way back.
#pragma once

#include <concepts>
#include <initializer_list>

#include <autograd/core/slice.hpp>
#include <autograd/core/xtensor.hpp>

namespace autograd {

/// Indices as a user writes them: a number, {0, 2, -1}, an int64 tensor or an xtensor expression of integers.
/// They are copied, so that what is written to the original later changes no gradient.
class Indices {
 public:
  template <std::integral I>
  Indices(I index) : array_(core::Array::empty({}, int64)) {
    *array_.data<Index>() = static_cast<Index>(index);
  }
  Indices(std::initializer_list<Index> indices);
  template <core::XtensorExpression E>
  Indices(const E& indices) : array_(core::from_xtensor(indices)) {}
  /// Of a tensor.
  template <class T>
    requires requires(const T& t) {
      { t.data() } -> std::convertible_to<core::Array>;
    }
  Indices(const T& t) : array_(core::Array(t.data()).copy()) {}
  /// For ops: an array that nobody writes to.
  Indices(core::Array indices) : array_(std::move(indices)) {}

  const core::Array& array() const { return array_; }

 private:
  core::Array array_;
};

namespace core {

/// y[.., i.., ..] = x[.., indices[i..], ..]: the axis gives way to the axes of the indices, whatever their number.
/// Negative indices count from the end. Throws ShapeError for one out of range, DtypeError unless they are int64.
Array take(const Array& x, const Array& indices, Index axis);
/// to[.., indices[i..], ..] += x[.., i.., ..]; repeated indices add up. The shape of x must be that of take(to, ...).
void take_add(const Array& to, const Array& x, const Array& indices, Index axis);

/// y[.., i, ..] = x[.., indices[.., i, ..], ..], where x and indices have the same rank and broadcast off the axis.
Array gather(const Array& x, const Array& indices, Index axis);
/// to[.., indices[.., i, ..], ..] += x[.., i, ..]; repeated indices add up. The shape of x must be that of
/// gather(to, ...).
void gather_add(const Array& to, const Array& x, const Array& indices, Index axis);

/// The positions in row-major order where a boolean array holds true. Throws DtypeError.
Array positions(std::string_view where, const Array& mask);

/// The shape under which a mask of the leading axes picks along axis 0. Throws ShapeError when they differ.
Shape under_mask(const Shape& shape, const Shape& mask);

/// x broadcast to a shape, for writing it somewhere. Throws ShapeError, DtypeError unless it is of that dtype.
Array fitted(std::string_view where, const Array& x, const Shape& shape, Dtype dtype);
/// Throws ShapeError unless writing to x has a meaning: somebody else sees its memory, and no element is there twice.
void need_writable(const Array& x);

/// to += x, which broadcasts to it; the target may be a view. Throws DtypeError for masks.
void add_into(const Array& to, const Array& x);

/// 1 at each label along a new last axis, 0 elsewhere. Throws ShapeError for a label out of range, DtypeError.
Array one_hot(const Array& labels, Index classes, Dtype dtype);

}  // namespace core
}  // namespace autograd
