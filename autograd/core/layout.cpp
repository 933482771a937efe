// Views and the copies that views cannot express.
#include <autograd/core/layout.hpp>

#include <algorithm>
#include <cstring>
#include <vector>

namespace autograd::core {
namespace {

// The strides that read (shape, strides) in row-major order under the shape `to` of as many elements (not none), if
// there are any: groups of axes that hold equally many elements are matched, and each must advance evenly.
std::optional<Strides> strides_under(const Shape& shape, const Strides& strides, const Shape& to) {
  Strides out = Shape::filled(to.size(), 0);
  std::size_t i = 0, j = 0;
  while (i < shape.size() && j < to.size()) {
    std::size_t i_end = i + 1, j_end = j + 1;
    for (Index n = shape[i], m = to[j]; n != m;)
      if (n < m) n *= shape[i_end++];
      else m *= to[j_end++];
    // Stride and extent of the axes of the group seen from its last one; those of extent 1 do not count.
    Index stride = 0, extent = 0;
    for (std::size_t d = i_end; d-- > i;) {
      if (shape[d] == 1) continue;
      if (extent && strides[d] != stride * extent) return {};
      if (!extent) extent = 1, stride = strides[d];
      extent *= shape[d];
    }
    for (std::size_t d = j_end; d-- > j; stride *= to[d]) out[d] = stride;
    i = i_end, j = j_end;
  }
  return out;
}

void need_matrix(std::string_view where, const Shape& shape, std::size_t rank) {
  if (shape.size() < 2 || (rank && shape.size() != rank))
    throw ShapeError(where, "needs a matrix, got shape " + to_string(shape));
}

// The number of elements on the k-th diagonal of an (m, n) matrix.
Index diagonal_length(Index m, Index n, Index k) {
  return k >= 0 ? std::clamp(n - std::min(k, n), Index{0}, m) : std::clamp(m + std::max(k, -m), Index{0}, n);
}

}  // namespace

Array reshape(const Array& x, const Shape& to) {
  Shape shape = to;
  std::size_t open = max_rank;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] == -1 && open == max_rank) open = d, shape[d] = 1;
    else if (shape[d] < 0)
      throw ShapeError("reshape", "cannot read the shape " + to_string(to),
                       "One extent may be -1, the others are 0 or more.");
  }
  const Index known = count(shape);
  if (open != max_rank && known != 0) shape[open] = x.size() / known;
  if (count(shape) != x.size() || (open != max_rank && known == 0))
    throw ShapeError("reshape", "shape " + to_string(x.shape()) + " has " + std::to_string(x.size()) +
                                    " elements, which do not fill " + to_string(to));
  if (x.size() > 0 && !x.contiguous())
    if (const auto strides = strides_under(x.shape(), x.strides(), shape)) return x.view(shape, *strides, 0);
  return x.packed().view(shape, row_major(shape), 0);
}

Shape with_unit_axes(const Shape& shape, const Axes& axes) {
  const Shape at = normalize_axes("expand_dims", axes, shape.size() + axes.list().size());
  Shape out = shape;
  for (Index axis : at) out.insert(static_cast<std::size_t>(axis), 1);
  return out;
}

Shape without_unit_axes(const Shape& shape, const Axes& axes) {
  Shape out;
  if (axes.all()) {
    for (Index n : shape)
      if (n != 1) out.push_back(n);
    return out;
  }
  const Shape gone = normalize_axes("squeeze", axes, shape.size());
  for (Index axis : gone)
    if (shape[static_cast<std::size_t>(axis)] != 1)
      throw ShapeError("squeeze",
                       "axis " + std::to_string(axis) + " of shape " + to_string(shape) + " is not of extent 1",
                       "Name axes of extent 1, or none to drop all of them.");
  return reduced(shape, gone, false);
}

namespace {
void need_times(std::string_view where, Index times) {
  if (times < 0) throw ShapeError(where, std::to_string(times) + " repeats", "Give 0 or more.");
}
}  // namespace

Repeats repeats(const Shape& shape, Index times, Index axis) {
  const std::size_t d = normalize_axis("repeat", axis, shape.size());
  need_times("repeat", times);
  Repeats r{shape, shape, shape};
  r.unit.insert(d + 1, 1);
  r.wide.insert(d + 1, times);
  count(r.wide);
  r.result[d] *= times;
  return r;
}

Repeats tiles(const Shape& shape, const Shape& times) {
  Repeats r;
  const std::size_t rank = std::max(shape.size(), times.size());
  for (std::size_t d = 0; d < rank; ++d) {
    const Index n = d + shape.size() >= rank ? shape[d + shape.size() - rank] : 1;
    const Index t = d + times.size() >= rank ? times[d + times.size() - rank] : 1;
    need_times("tile", t);
    if (t != 1) r.unit.push_back(1), r.wide.push_back(t);
    r.unit.push_back(n), r.wide.push_back(n);
    count(r.wide);
    r.result.push_back(n * t);
  }
  return r;
}

Shape permutation(const Axes& axes, std::size_t rank) {
  Shape order;
  for (std::size_t d = rank; axes.all() && d-- > 0;) order.push_back(static_cast<Index>(d));
  if (axes.all()) return order;
  if (axes.list().size() != rank)
    throw ShapeError(
        "transpose",
        "the axes " + to_string(axes.list()) + " for a tensor with " + std::to_string(rank) + " dimensions",
        "Name each axis once.");
  normalize_axes("transpose", axes, rank);  // finds what is named twice
  for (Index axis : axes.list()) order.push_back(static_cast<Index>(normalize_axis("transpose", axis, rank)));
  return order;
}

Shape inverse(const Shape& order) {
  Shape out = order;
  for (std::size_t d = 0; d < order.size(); ++d) out[static_cast<std::size_t>(order[d])] = static_cast<Index>(d);
  return out;
}

Shape swapped(Index a, Index b, std::size_t rank) {
  const std::size_t i = normalize_axis("swapaxes", a, rank), j = normalize_axis("swapaxes", b, rank);
  Shape order;
  for (std::size_t d = 0; d < rank; ++d) order.push_back(static_cast<Index>(d));
  std::swap(order[i], order[j]);
  return order;
}

Shape moved(const Axes& from, const Axes& to, std::size_t rank) {
  if (from.all() || from.list().size() != to.list().size())
    throw ShapeError("moveaxis", "the axes " + to_string(from.list()) + " move to " + to_string(to.list()),
                     "Give a place for each axis.");
  normalize_axes("moveaxis", from, rank);
  normalize_axes("moveaxis", to, rank);
  Shape order = Shape::filled(rank, -1);
  bool placed[max_rank] = {};
  for (std::size_t k = 0; k < from.list().size(); ++k) {
    const std::size_t axis = normalize_axis("moveaxis", from.list()[k], rank);
    order[normalize_axis("moveaxis", to.list()[k], rank)] = static_cast<Index>(axis);
    placed[axis] = true;
  }
  std::size_t next = 0;
  for (Index& axis : order) {
    if (axis >= 0) continue;
    while (placed[next]) ++next;
    axis = static_cast<Index>(next++);
  }
  return order;
}

Array permute(const Array& x, const Shape& order) {
  Shape shape = order;
  Strides strides = order;
  for (std::size_t d = 0; d < order.size(); ++d) {
    shape[d] = x.shape()[static_cast<std::size_t>(order[d])];
    strides[d] = x.strides()[static_cast<std::size_t>(order[d])];
  }
  return x.view(shape, strides, 0);
}

Array flip(const Array& x, const Axes& axes) {
  Window w = whole(x.shape());
  for (Index a : normalize_axes("flip", axes, x.rank())) {
    const auto d = static_cast<std::size_t>(a);
    if (w.shape[d] > 1) w.start[d] = w.shape[d] - 1, w.step[d] = -1;
  }
  return w.of("flip", x);
}

Array roll(const Array& x, Index shift, Index axis) {
  const std::size_t d = normalize_axis("roll", axis, x.rank());
  const Index n = x.shape()[d];
  if (n == 0) return x.copy();
  const Index s = (shift % n + n) % n;
  Array out = Array::empty(x.shape(), x.dtype());
  const auto move = [&](Index from, Index to, Index length) {
    copy_into(along(x.shape(), d, to, length).of("roll", out), along(x.shape(), d, from, length).of("roll", x));
  };
  move(0, s, n - s);
  move(n - s, 0, s);
  return out;
}

Array diagonal(const Array& x, Index k) {
  need_matrix("diag", x.shape(), 2);
  const Index length = diagonal_length(x.shape()[0], x.shape()[1], k);
  const Index stride = x.strides()[0] + x.strides()[1];
  if (length == 0) return x.view({0}, {stride}, 0);
  return x.view({length}, {stride}, k >= 0 ? k * x.strides()[1] : -k * x.strides()[0]);
}

Array diagonal_matrix(const Array& x, const Shape& shape, Index k) {
  need_matrix("diag", shape, 2);
  if (x.rank() != 1 || x.size() != diagonal_length(shape[0], shape[1], k))
    throw ShapeError("diag", "shape " + to_string(x.shape()) + " does not fit diagonal " + std::to_string(k) +
                                 " of a matrix of shape " + to_string(shape));
  Array out = Array::zeros(shape, x.dtype());
  copy_into(diagonal(out, k), x);
  return out;
}

Shape square_around(Index n, Index k) {
  constexpr Index most = Index{1} << 48;  // more is refused when the matrix is made
  const Index side = n + std::min(k < -most ? most : k < 0 ? -k : k, most);
  count({side, side});
  return {side, side};
}

Array triangle(std::string_view where, const Array& x, Index k, bool lower) {
  need_matrix(where, x.shape(), 0);
  const Index m = x.shape()[x.rank() - 2], n = x.shape()[x.rank() - 1];
  Array out = x.copy();
  const auto width = static_cast<Index>(size_of(x.dtype()));
  std::byte* row = out.bytes();
  k = std::clamp(k, -m, n);
  for (Index r = 0; n > 0 && r < x.size() / n; ++r, row += n * width) {
    const Index edge = std::clamp(r % m + k + (lower ? 1 : 0), Index{0}, n);  // the first element on the other side
    const Index first = lower ? edge : 0, last = lower ? n : edge;
    std::memset(row + first * width, 0, static_cast<std::size_t>((last - first) * width));
  }
  return out;
}

namespace {

// Checks that arrays can stand side by side along an axis; where that axis is new, all extents must agree.
void need_agreement(std::string_view where, std::span<const Array> x, std::size_t axis, bool new_axis) {
  for (std::size_t k = 1; k < x.size(); ++k) {
    const std::string which = "tensor " + std::to_string(k);
    if (x[k].dtype() != x[0].dtype())
      throw DtypeError(
          where,
          which + " is " + std::string(name_of(x[k].dtype())) + ", the first " + std::string(name_of(x[0].dtype())),
          "Convert one with cast.");
    bool same = x[k].rank() == x[0].rank();
    for (std::size_t d = 0; same && d < x[0].rank(); ++d)
      same = (d == axis && !new_axis) || x[k].shape()[d] == x[0].shape()[d];
    if (!same)
      throw ShapeError(where,
                       which + " has shape " + to_string(x[k].shape()) + ", the first " + to_string(x[0].shape()),
                       new_axis ? "All shapes must be the same."
                                : "Shapes may differ along axis " + std::to_string(axis) + " only.");
  }
}

Array join(std::string_view where, std::span<const Array> x, std::size_t axis) {
  Shape shape = x[0].shape();
  for (const Array& a : x.subspan(1)) shape[axis] += a.shape()[axis];
  Array out = Array::empty(shape, x[0].dtype());
  Index at = 0;
  for (const Array& a : x) {
    const Index n = a.shape()[axis];
    copy_into(along(shape, axis, at, n).of(where, out), a);
    at += n;
  }
  return out;
}

void need_some(std::string_view where, std::span<const Array> x) {
  if (x.empty()) throw ShapeError(where, "an empty list of tensors", "Give at least one.");
}

}  // namespace

Array concatenate(std::span<const Array> x, Index axis) {
  need_some("concatenate", x);
  const std::size_t d = normalize_axis("concatenate", axis, x[0].rank());
  need_agreement("concatenate", x, d, false);
  return join("concatenate", x, d);
}

Array stack(std::span<const Array> x, Index axis) {
  need_some("stack", x);
  const std::size_t d = normalize_axis("stack", axis, x[0].rank() + 1);
  need_agreement("stack", x, d, true);
  Shape shape = x[0].shape();
  shape.insert(d, 1);
  std::vector<Array> slices;
  for (const Array& a : x) slices.push_back(reshape(a, shape));
  return join("stack", slices, d);
}

}  // namespace autograd::core
