// Picking and scattering share one walk: the elements of the picked array, in row-major order, run after run
// of its last axis, each beside the address in the other array that its index names.
#include <autograd/core/indexing.hpp>

#include <algorithm>
#include <array>

#include <autograd/core/stream.hpp>

namespace autograd {

Indices::Indices(std::initializer_list<Index> indices)
    : array_(core::Array::empty({static_cast<Index>(indices.size())}, int64)) {
  Index* to = array_.data<Index>();
  for (Index i : indices) *to++ = i;
}

namespace core {
namespace {

// Calls f(offsets) at the start of each run of the last axis; strides[k] advance the k-th offset.
template <std::size_t N, class F>
void each_run(const Shape& shape, const std::array<Strides, N>& strides, const F& f) {
  for (Index n : shape)
    if (n == 0) return;
  std::array<Index, N> offset{};
  Index at[max_rank] = {};
  for (;;) {
    f(offset);
    std::size_t d = shape.size() < 2 ? 0 : shape.size() - 1;
    for (;; --d) {
      if (d == 0) return;
      for (std::size_t k = 0; k < N; ++k) offset[k] += strides[k][d - 1];
      if (++at[d - 1] < shape[d - 1]) break;
      for (std::size_t k = 0; k < N; ++k) offset[k] -= strides[k][d - 1] * shape[d - 1];
      at[d - 1] = 0;
    }
  }
}

Index first_of(const Strides& s) { return s.empty() ? 0 : s[0]; }
Index last_of(const Shape& s, Index otherwise) { return s.empty() ? otherwise : s.back(); }

// How the picked array is met: its shape, and there the strides of the source (0 where an index decides),
// those of the indices, and what one step of an index means.
struct Pick {
  Shape shape;
  Strides source, index;
  Index step, extent;
};

void check_indices(std::string_view where, const Array& indices, const Array& source, std::size_t axis) {
  if (indices.dtype() != int64)
    throw DtypeError(where, "indices are " + std::string(name_of(indices.dtype())) + ", they must be int64",
                     indices.dtype() == boolean ? "Pick by a mask with masked_select(x, mask)."
                                                : "Convert with cast(i, ag::int64).");
  const Index n = source.shape()[axis];
  const Array values = indices.packed();
  for (const Index *i = values.data<const Index>(), *end = i + values.size(); i != end; ++i)
    if (*i < -n || *i >= n)
      throw ShapeError(where,
                       "index " + std::to_string(*i) + " is out of range for axis " + std::to_string(axis) +
                           " of shape " + to_string(source.shape()),
                       n == 0 ? "The axis is empty."
                              : "Indices go from " + std::to_string(-n) + " to " + std::to_string(n - 1) + ".");
}

void need_indices(std::string_view where, const Array& indices) {
  if (!indices) throw ShapeError(where, "the op was made without indices", "Give it the array of its indices.");
}

Pick picked_by_take(const Array& source, const Array& indices, Index axis) {
  need_indices("take", indices);
  const std::size_t d = normalize_axis("take", axis, source.rank());
  check_indices("take", indices, source, d);
  Pick p{{}, {}, {}, source.strides()[d], source.shape()[d]};
  const auto append = [&](Index n, Index from_source, Index from_index) {
    p.shape.push_back(n), p.source.push_back(from_source), p.index.push_back(from_index);
  };
  for (std::size_t k = 0; k < source.rank(); ++k) {
    if (k != d) append(source.shape()[k], source.strides()[k], 0);
    else
      for (std::size_t j = 0; j < indices.rank(); ++j) append(indices.shape()[j], 0, indices.strides()[j]);
  }
  return p;
}

Pick picked_by_gather(const Array& source, const Array& indices, Index axis) {
  need_indices("gather", indices);
  const std::size_t d = normalize_axis("gather", axis, source.rank());
  if (indices.rank() != source.rank())
    throw ShapeError(
        "gather",
        "indices of shape " + to_string(indices.shape()) + " for a tensor of shape " + to_string(source.shape()),
        "They need as many axes. take(x, indices, axis) picks whole slices.");
  check_indices("gather", indices, source, d);
  Shape one = source.shape();
  one[d] = 1;
  Shape rest = indices.shape();
  rest[d] = 1;
  Shape shape = broadcast("gather", one, rest);
  shape[d] = indices.shape()[d];
  Pick p{shape, {}, {}, source.strides()[d], source.shape()[d]};
  p.index = broadcast_strides(indices.shape(), indices.strides(), shape);
  Strides source_strides = source.strides();
  source_strides[d] = 0;
  p.source = broadcast_strides(one, source_strides, shape);
  return p;
}

// Calls f(address in the source, stride there, position in the picked array, length) for runs of one index or of none.
template <class F>
void each_pick(const Pick& p, const Index* index, const F& f) {
  const Index n = last_of(p.shape, 1), xs = last_of(p.source, 0), is = last_of(p.index, 0);
  Index done = 0;
  each_run<2>(p.shape, {p.source, p.index}, [&](const std::array<Index, 2>& at) {
    const auto address = [&](Index k) {
      const Index i = index[at[1] + k * is];
      return at[0] + k * xs + (i < 0 ? i + p.extent : i) * p.step;
    };
    if (is == 0) f(address(0), xs, done, n);
    else
      for (Index k = 0; k < n; ++k) f(address(k), Index{0}, done + k, Index{1});
    done += n;
  });
}

Array picked(const Pick& p, const Array& x, const Array& indices) {
  Array out = Array::empty(p.shape, x.dtype());
  const Index rows = p.shape.empty() ? 1 : p.shape[0], row = rows > 0 ? out.size() / rows : 0;
  const Index pieces = out.size() >= parallel_threshold ? std::min<Index>(rows, 64) : 1;
  const bool large = static_cast<std::size_t>(out.size()) * size_of(x.dtype()) >= stream_bytes;
  with_type(x.dtype(), [&]<class T>(Type<T>) {
    constexpr auto line = static_cast<Index>(simd::line / sizeof(T));
#pragma omp parallel for schedule(static) if (pieces > 1)
    for (Index piece = 0; piece < pieces; ++piece) {
      const Index first = rows * piece / pieces, last = rows * (piece + 1) / pieces;
      Pick part = p;
      if (!part.shape.empty()) part.shape[0] = last - first;
      const T* const from = x.data<const T>() + first * first_of(p.source);
      T* const to = out.data<T>() + first * row;
      each_pick(part, indices.data<const Index>() + first * first_of(p.index),
                [from, to, large](Index at, Index stride, Index position, Index n) {
                  if (stride == 1 && large && n >= 4 * line) stream_elements(to + position, from + at, n);
                  else if (stride == 1) std::copy_n(from + at, n, to + position);
                  else
                    for (Index k = 0; k < n; ++k) to[position + k] = from[at + k * stride];
                });
      if (large) simd::finish_streams();
    }
  });
  return out;
}

void need_numbers(std::string_view where, Dtype d) {
  if (d == boolean) throw DtypeError(where, "truth values cannot be added", "Convert with cast(x, ag::int64).");
}

void scattered(std::string_view where, const Pick& p, const Array& to, const Array& x, const Array& indices) {
  need_numbers(where, to.dtype());
  if (!(x.shape() == p.shape) || x.dtype() != to.dtype())
    throw ShapeError(where, "adds " + to_string(x.shape()) + " where " + to_string(p.shape) + " is picked");
  const Array values = x.packed();
  with_type(to.dtype(), [&]<class T>(Type<T>) {
    if constexpr (!std::is_same_v<T, bool>)
      each_pick(p, indices.data<const Index>(),
                [sum = to.data<T>(), from = values.data<const T>()](Index at, Index stride, Index position, Index n) {
                  for (Index k = 0; k < n; ++k) sum[at + k * stride] += from[position + k];
                });
  });
}

}  // namespace

Array take(const Array& x, const Array& indices, Index axis) {
  return picked(picked_by_take(x, indices, axis), x, indices);
}
void take_add(const Array& to, const Array& x, const Array& indices, Index axis) {
  scattered("take_add", picked_by_take(to, indices, axis), to, x, indices);
}
Array gather(const Array& x, const Array& indices, Index axis) {
  return picked(picked_by_gather(x, indices, axis), x, indices);
}
void gather_add(const Array& to, const Array& x, const Array& indices, Index axis) {
  scattered("gather_add", picked_by_gather(to, indices, axis), to, x, indices);
}

Array positions(std::string_view where, const Array& mask) {
  if (mask.dtype() != boolean)
    throw DtypeError(where, "the mask is " + std::string(name_of(mask.dtype())) + ", it must be bool",
                     "Make it by a comparison, as in x > 0.");
  const Array values = mask.packed();
  const bool* m = values.data<const bool>();
  Index n = 0;
  for (Index i = 0; i < values.size(); ++i) n += m[i];
  Array out = Array::empty({n}, int64);
  Index* to = out.data<Index>();
  for (Index i = 0; i < values.size(); ++i)
    if (m[i]) *to++ = i;
  return out;
}

Shape under_mask(const Shape& shape, const Shape& mask) {
  Shape rest{1};
  bool same = mask.size() <= shape.size();
  for (std::size_t d = 0; same && d < shape.size(); ++d) {
    if (d >= mask.size()) rest.push_back(shape[d]);
    else if (shape[d] == mask[d]) rest[0] *= shape[d];
    else same = false;
  }
  if (!same)
    throw ShapeError("masked_select",
                     "a mask of shape " + to_string(mask) + " for a tensor of shape " + to_string(shape),
                     "The mask has the shape of the tensor, or of its leading axes.");
  return rest;
}

Array fitted(std::string_view where, const Array& x, const Shape& shape, Dtype dtype) {
  if (x.dtype() != dtype)
    throw DtypeError(
        where,
        "a value of dtype " + std::string(name_of(x.dtype())) + " for a tensor of dtype " + std::string(name_of(dtype)),
        "Convert one with cast.");
  if (!broadcasts_to(x.shape(), shape))
    throw ShapeError(where, "a value of shape " + to_string(x.shape()) +
                                " does not broadcast to the slice, which has shape " + to_string(shape));
  return x.broadcast_to(shape);
}

void need_writable(const Array& x) {
  if (x.unique())
    throw ShapeError("assign",
                     "the target is a copy of shape " + to_string(x.shape()) + ", nobody would see the change",
                     "Assign to a tensor or to a slice of one; after indices or a mask use index_update or where.");
  for (std::size_t d = 0; d < x.rank(); ++d)
    if (x.shape()[d] > 1 && x.strides()[d] == 0)
      throw ShapeError(
          "assign", "the target repeats elements along axis " + std::to_string(d) + " of shape " + to_string(x.shape()),
          "Assign to the tensor that was broadcast.");
}

void add_into(const Array& to, const Array& x) {
  need_numbers("index_add", to.dtype());
  const Strides xs = broadcast_strides(x.shape(), x.strides(), to.shape());
  const Index n = last_of(to.shape(), 1), step = last_of(to.strides(), 0), from_step = last_of(xs, 0);
  with_type(to.dtype(), [&]<class T>(Type<T>) {
    if constexpr (!std::is_same_v<T, bool>)
      each_run<2>(to.shape(), {to.strides(), xs}, [&](const std::array<Index, 2>& at) {
        T* sum = to.data<T>() + at[0];
        const T* from = x.data<const T>() + at[1];
        if (step == 1 && from_step == 1)
          for (Index k = 0; k < n; ++k) sum[k] += from[k];
        else
          for (Index k = 0; k < n; ++k) sum[k * step] += from[k * from_step];
      });
  });
}

Array one_hot(const Array& labels, Index classes, Dtype dtype) {
  if (labels.dtype() != int64)
    throw DtypeError("one_hot", "labels are " + std::string(name_of(labels.dtype())) + ", they must be int64",
                     "Convert with cast(labels, ag::int64).");
  if (classes < 0) throw ShapeError("one_hot", std::to_string(classes) + " classes");
  const Array values = labels.packed();
  const Index* label = values.data<const Index>();
  for (Index i = 0; i < values.size(); ++i)
    if (label[i] < 0 || label[i] >= classes)
      throw ShapeError("one_hot", "label " + std::to_string(label[i]) + " with " + std::to_string(classes) + " classes",
                       "Labels count from 0.");
  Shape shape = labels.shape();
  shape.push_back(classes);
  Array out = Array::zeros(shape, dtype);
  with_type(dtype, [&]<class T>(Type<T>) {
    for (Index i = 0; i < values.size(); ++i) out.data<T>()[i * classes + label[i]] = T(1);
  });
  return out;
}

}  // namespace core
}  // namespace autograd
