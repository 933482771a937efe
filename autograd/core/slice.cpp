// How the items of a slice become start, step and count of every axis.
#include <autograd/core/slice.hpp>

#include <algorithm>
#include <cstring>

namespace autograd::core {
namespace {

void keep_axis(Window& w, Index start, Index step, Index count) {
  w.axis.push_back(static_cast<Index>(w.start.size()));
  w.shape.push_back(count);
  w.start.push_back(start);
  w.step.push_back(step);
}

void add_index(std::string_view where, Window& w, Index i) {
  const std::size_t axis = w.start.size();
  const Index n = w.source[axis];
  if (i < -n || i >= n)
    throw ShapeError(
        where,
        "index " + std::to_string(i) + " is out of range for axis " + std::to_string(axis) + " of shape " +
            to_string(w.source),
        n == 0 ? "The axis is empty." : "Indices go from " + std::to_string(-n) + " to " + std::to_string(n - 1) + ".");
  w.start.push_back(i < 0 ? i + n : i);
  w.step.push_back(1);
}

// Python's rules: an end below 0 counts from the back, then it is clamped; divisions are arranged not to overflow.
void add_range(std::string_view where, Window& w, const Range& r) {
  const Index n = w.source[w.start.size()];
  if (r.step == 0) throw ShapeError(where, "the step of a range is 0", "Use 1, or -1 to walk backwards.");
  const Index low = r.step > 0 ? 0 : -1, high = r.step > 0 ? n : n - 1;
  const auto clamped = [&](const Bound& b, Index open) {
    if (!b.index) return open;
    return std::clamp(*b.index < 0 ? *b.index + n : *b.index, low, high);
  };
  const Index start = clamped(r.start, r.step > 0 ? low : high), stop = clamped(r.stop, r.step > 0 ? high : low);
  Index count = 0;
  if (r.step > 0 && stop > start) count = 1 + (stop - start - 1) / r.step;
  if (r.step < 0 && stop < start) count = 1 + (stop - start + 1) / r.step;
  keep_axis(w, count > 0 ? start : 0, count > 1 ? r.step : 1, count);
}

}  // namespace

Array Window::of(std::string_view where, const Array& x) const {
  if (!(x.shape() == source))
    throw ShapeError(where, "a slice made for shape " + to_string(source) + " meets shape " + to_string(x.shape()));
  Index offset = 0;
  for (std::size_t d = 0; d < source.size(); ++d) offset += start[d] * x.strides()[d];
  Strides strides = Shape::filled(shape.size(), 0);
  for (std::size_t d = 0; d < shape.size(); ++d) {
    const auto from = static_cast<std::size_t>(axis[d]);
    if (axis[d] >= 0) strides[d] = x.strides()[from] * step[from];
  }
  // No element, no address: an offset into an empty array would point nowhere.
  return x.view(shape, strides, count(shape) ? offset : 0);
}

namespace {

// The elements of one axis that lie outside, then the same inside of it; a copy of what lies together at a time.
void copy_outside(std::byte* to, const std::byte* from, const Shape& source, const Strides& bytes, const Shape& start,
                  const Shape& extent, std::size_t axis) {
  const Index stride = bytes[axis], first = start[axis] * stride, last = first + extent[axis] * stride;
  std::memcpy(to, from, static_cast<std::size_t>(first));
  std::memcpy(to + last, from + last, static_cast<std::size_t>(source[axis] * stride - last));
  if (axis + 1 == source.size()) return;
  for (Index at = first; at < last; at += stride)
    copy_outside(to + at, from + at, source, bytes, start, extent, axis + 1);
}

}  // namespace

bool is_block(const Window& w) {
  bool block = !w.source.empty() && count(w.shape) > 0;
  for (std::size_t d = 0; d < w.shape.size(); ++d)
    block &= w.axis[d] < 0 || w.shape[d] == 1 || w.step[static_cast<std::size_t>(w.axis[d])] == 1;
  return block;
}

void copy_outside(const Window& w, const Array& x, const Array& to) {
  Shape extent = Shape::filled(w.source.size(), 1);
  for (std::size_t d = 0; d < w.shape.size(); ++d)
    if (w.axis[d] >= 0) extent[static_cast<std::size_t>(w.axis[d])] = w.shape[d];
  Strides bytes = row_major(w.source);
  for (Index& b : bytes) b *= static_cast<Index>(size_of(x.dtype()));
  copy_outside(to.bytes(), x.bytes(), w.source, bytes, w.start, extent, 0);
}

Window whole(const Shape& source) {
  Window w{source, {}, {}, {}, {}};
  for (Index n : source) keep_axis(w, 0, 1, n);
  return w;
}

Window along(const Shape& source, std::size_t axis, Index start, Index count) {
  Window w = whole(source);
  w.start[axis] = start;
  w.shape[axis] = count;
  return w;
}

Window at(const Shape& source, std::size_t axis, Index index) {
  Window w{source, {}, {}, {}, {}};
  for (std::size_t d = 0; d < source.size(); ++d) {
    if (d == axis) w.start.push_back(index), w.step.push_back(1);
    else keep_axis(w, 0, 1, source[d]);
  }
  return w;
}

std::vector<Window> parts(const Shape& source, Index sections, Index axis) {
  const std::size_t d = normalize_axis("split", axis, source.size());
  if (sections < 1 || source[d] % sections != 0)
    throw ShapeError(
        "split",
        std::to_string(sections) + " equal parts of axis " + std::to_string(d) + " of shape " + to_string(source),
        "Give a divisor of the extent, or the places to cut at.");
  std::vector<Window> out;
  const Index n = source[d] / sections;
  for (Index k = 0; k < sections; ++k) out.push_back(along(source, d, k * n, n));
  return out;
}

std::vector<Window> parts(const Shape& source, std::span<const Index> places, Index axis) {
  const std::size_t d = normalize_axis("split", axis, source.size());
  std::vector<Window> out;
  for (std::size_t k = 0; k <= places.size(); ++k) {
    std::vector<SliceItem> items(d, all);
    items.emplace_back(range(k ? Bound(places[k - 1]) : none, k < places.size() ? Bound(places[k]) : none));
    out.push_back(window("split", source, items));
  }
  return out;
}

Window inside(const Shape& inner, const Padding& widths) {
  if (widths.size() != inner.size())
    throw ShapeError("pad", std::to_string(widths.size()) + " widths for a tensor of shape " + to_string(inner),
                     "Give a pair for each axis, or one number for all.");
  Window w = whole(inner);
  for (std::size_t d = 0; d < inner.size(); ++d) {
    const auto [before, after] = widths[d];
    if (before < 0 || after < 0)
      throw ShapeError(
          "pad", "widths " + std::to_string(before) + " and " + std::to_string(after) + " of axis " + std::to_string(d),
          "They are 0 or more; cut with slice.");
    constexpr Index most = Index{1} << 48;  // so that the sum cannot overflow before `count` refuses the shape
    w.source[d] = std::min(before, most) + inner[d] + std::min(after, most);
    w.start[d] = before;
  }
  count(w.source);
  return w;
}

Window window(std::string_view where, const Shape& source, std::span<const SliceItem> items) {
  using Kind = SliceItem::Kind;
  const auto number = [&](Kind k) {
    return static_cast<std::size_t>(
        std::count_if(items.begin(), items.end(), [k](const auto& i) { return i.kind == k; }));
  };
  const std::size_t named = number(Kind::index) + number(Kind::range);
  if (named > source.size())
    throw ShapeError(where, std::to_string(named) + " axes are sliced of a tensor of shape " + to_string(source),
                     "Give at most one item for each axis.");
  if (number(Kind::rest) > 1) throw ShapeError(where, "more than one ellipsis", "Write it once, and `all` elsewhere.");

  Window w{source, {}, {}, {}, {}};
  const auto rest = [&] {
    for (std::size_t k = source.size() - named; k > 0; --k) keep_axis(w, 0, 1, source[w.start.size()]);
  };
  for (const SliceItem& item : items) {
    if (item.kind == Kind::index) add_index(where, w, *item.range.start.index);
    if (item.kind == Kind::range) add_range(where, w, item.range);
    if (item.kind == Kind::axis) w.axis.push_back(-1), w.shape.push_back(1);
    if (item.kind == Kind::rest) rest();
  }
  if (number(Kind::rest) == 0) rest();
  return w;
}

}  // namespace autograd::core
