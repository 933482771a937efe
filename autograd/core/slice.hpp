// Slices: the part of an array that a user picks with ranges, integers, `all`, `newaxis` and `ellipsis`.
//
//   slice(x, range(1, 5), all, range(none, none, -1), 3, ellipsis)   // NumPy: x[1:5, :, ::-1, 3, ...]
//
// What was written is resolved once against the shape it applies to, into a Window: start and step of every
// axis. A window of an array is a view.
#pragma once

#include <concepts>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <autograd/core/array.hpp>
#include <autograd/core/source_location.hpp>

namespace autograd {

/// An end of a range that is left open.
struct None {};
/// A whole axis, as `:` in NumPy.
struct All {};
/// A new axis of extent 1.
struct NewAxis {};
/// As many whole axes as are left.
struct Ellipsis {};

inline constexpr None none{};
inline constexpr All all{};
inline constexpr NewAxis newaxis{};
inline constexpr Ellipsis ellipsis{};

/// One end of a range: an index (negative ones count from the end) or `none`.
struct Bound {
  std::optional<Index> index;
  constexpr Bound(None) {}
  template <std::integral I>
  constexpr Bound(I i) : index(static_cast<Index>(i)) {}
};

/// start, start + step, ... up to but without stop; ends out of bounds are clamped.
struct Range {
  Bound start, stop;
  Index step = 1;
};

/// The elements from `start` up to but without `stop`, every `step`th; a negative step walks backwards.
constexpr Range range(Bound start, Bound stop, Index step = 1) { return {start, stop, step}; }
/// The first elements, up to but without `stop`.
constexpr Range range(Bound stop) { return {none, stop, 1}; }

/// One place in the list that a slice is written as. An integer picks one index and drops the axis.
struct SliceItem {
  enum class Kind : std::uint8_t { index, range, axis, rest };
  Kind kind;
  Range range{none, none, 1};
  SourceLocation where;  // of the first item: where the slice is written

  template <std::integral I>
  SliceItem(I i, SourceLocation at = SourceLocation::current()) : kind(Kind::index), range{i, none, 1}, where(at) {}
  SliceItem(Range r, SourceLocation at = SourceLocation::current()) : kind(Kind::range), range(r), where(at) {}
  SliceItem(All, SourceLocation at = SourceLocation::current()) : kind(Kind::range), where(at) {}
  SliceItem(NewAxis, SourceLocation at = SourceLocation::current()) : kind(Kind::axis), where(at) {}
  SliceItem(Ellipsis, SourceLocation at = SourceLocation::current()) : kind(Kind::rest), where(at) {}
};

namespace core {

/// A slice of arrays of one shape.
struct Window {
  Shape source;       // the shape that is sliced
  Shape start, step;  // for each axis of the source
  Shape shape;        // of the slice
  Shape axis;         // for each axis of the slice: the axis of the source, -1 for a new one

  /// The slice of x, a view. Throws ShapeError unless x has the shape `source`.
  Array of(std::string_view where, const Array& x) const;
};

/// Whether a window is a block of neighbours, not empty.
bool is_block(const Window& window);
/// Copies the elements of x outside of such a window to an array of its shape. Both are row-major.
void copy_outside(const Window& window, const Array& x, const Array& to);

/// The window over every element of an array.
Window whole(const Shape& source);

/// Resolves the items of a slice. Throws ShapeError, in the name of `where`, for an integer out of range, a
/// step of 0, too many items or two ellipses.
Window window(std::string_view where, const Shape& source, std::span<const SliceItem> items);

/// The elements start to start + count of one axis, everything of the others; inside, which is the caller's promise.
Window along(const Shape& source, std::size_t axis, Index start, Index count);

/// One index of an axis, which is dropped; inside, which is the caller's promise.
Window at(const Shape& source, std::size_t axis, Index index);

/// The windows of `sections` equal parts along an axis. Throws ShapeError when they are not equal.
std::vector<Window> parts(const Shape& source, Index sections, Index axis);
/// The windows between the given places along an axis, clamped as ranges are.
std::vector<Window> parts(const Shape& source, std::span<const Index> places, Index axis);

/// Elements added around a tensor, for each axis before and after.
using Padding = std::vector<std::pair<Index, Index>>;
/// The window that leaves out a padding put around `inner`; its source is the padded shape. Throws ShapeError.
Window inside(const Shape& inner, const Padding& widths);

}  // namespace core
}  // namespace autograd
