// Broadcasting, axes and counts, with the messages that a user sees when they do not fit.
#include <autograd/core/shape.hpp>

namespace autograd {

std::string to_string(const Shape& s) {
  std::string text = "(";
  for (std::size_t i = 0; i < s.size(); ++i) text += (i ? ", " : "") + std::to_string(s[i]);
  return text + (s.size() == 1 ? ",)" : ")");
}

namespace core {

std::string index_text(const Shape& shape, Index position) {
  Shape at = shape;
  for (std::size_t d = shape.size(); d-- > 0; position /= shape[d]) at[d] = position % shape[d];
  std::string text = "[";
  for (std::size_t d = 0; d < at.size(); ++d) text += (d ? ", " : "") + std::to_string(at[d]);
  return text + "]";
}

void refuse_count(const Shape& s) {
  for (Index d : s)
    if (d < 0) throw ShapeError("shape", "negative extent in " + to_string(s), "Extents count elements: 0 or more.");
  throw ShapeError("shape", to_string(s) + " has more elements than can be addressed");
}

std::size_t normalize_axis(std::string_view where, Index axis, std::size_t rank) {
  const auto r = static_cast<Index>(rank);
  if (axis < -r || axis >= r)
    throw ShapeError(where,
                     "axis " + std::to_string(axis) + " of a tensor with " + std::to_string(rank) + " dimensions",
                     rank == 0 ? "A scalar has no axis."
                               : "Axes go from " + std::to_string(-r) + " to " + std::to_string(r - 1) + ".");
  return static_cast<std::size_t>(axis < 0 ? axis + r : axis);
}

Shape normalize_axes(std::string_view where, const Axes& axes, std::size_t rank) {
  Shape sorted;
  if (axes.all()) {
    for (std::size_t i = 0; i < rank; ++i) sorted.push_back(static_cast<Index>(i));
    return sorted;
  }
  bool seen[max_rank] = {};
  for (Index axis : axes.list()) {
    const std::size_t a = normalize_axis(where, axis, rank);
    if (seen[a])
      throw ShapeError(where, "axis " + std::to_string(axis) + " is named twice in " + to_string(axes.list()));
    seen[a] = true;
  }
  for (std::size_t i = 0; i < rank; ++i)
    if (seen[i]) sorted.push_back(static_cast<Index>(i));
  return sorted;
}

Shape broadcast(std::string_view where, const Shape& a, const Shape& b) {
  if (a == b) return a;
  const std::size_t rank = a.size() > b.size() ? a.size() : b.size();
  Shape out = Shape::filled(rank, 1);
  for (std::size_t i = 0; i < rank; ++i) {
    const Index da = i + a.size() >= rank ? a[i + a.size() - rank] : 1;
    const Index db = i + b.size() >= rank ? b[i + b.size() - rank] : 1;
    if (da != db && da != 1 && db != 1)
      throw ShapeError(where, "shapes do not broadcast: " + to_string(a) + " and " + to_string(b),
                       "Each pair of extents, counted from the last, must be equal or 1.");
    out[i] = da == 1 ? db : da;
  }
  return out;
}

bool broadcasts_to(const Shape& from, const Shape& to) {
  if (from.size() > to.size()) return false;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const Index target = to[i + to.size() - from.size()];
    if (from[i] != target && from[i] != 1) return false;
  }
  return true;
}

Strides broadcast_strides(const Shape& shape, const Strides& strides, const Shape& to) {
  Strides out = Shape::filled(to.size(), 0);
  const std::size_t lead = to.size() - shape.size();
  for (std::size_t i = 0; i < shape.size(); ++i) out[lead + i] = shape[i] == 1 && to[lead + i] != 1 ? 0 : strides[i];
  return out;
}

Shape reduced(const Shape& s, const Shape& axes, bool keepdims) {
  Shape out;
  std::size_t next = 0;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const bool gone = next < axes.size() && axes[next] == static_cast<Index>(i);
    if (gone) ++next;
    if (!gone) out.push_back(s[i]);
    else if (keepdims) out.push_back(1);
  }
  return out;
}

Shape repeated_axes(const Shape& from, const Shape& to) {
  Shape axes;
  const std::size_t lead = to.size() - from.size();
  for (std::size_t i = 0; i < to.size(); ++i)
    if (i < lead || (from[i - lead] == 1 && to[i] != 1)) axes.push_back(static_cast<Index>(i));
  return axes;
}

}  // namespace core
}  // namespace autograd
