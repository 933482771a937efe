// Creation, views and copies of arrays.
#include <autograd/core/array.hpp>

#ifdef _OPENMP
#include <omp.h>
#endif

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <new>

#include <autograd/core/error.hpp>
#include <autograd/core/pool.hpp>
#include <autograd/core/square.hpp>
#include <autograd/core/stream.hpp>

namespace autograd::core {

namespace {

// Gives up one reference; true if it was the last. A single owner needs no atomic subtraction, which costs as much as a
// statement's arithmetic on a small tensor.
bool last_reference(std::atomic<std::uint32_t>& references) {
  return references.load(std::memory_order_acquire) == 1 || references.fetch_sub(1, std::memory_order_acq_rel) == 1;
}

}  // namespace

namespace {

bool is_contiguous(const Shape& shape, const Strides& strides) {
  Index expected = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    if (shape[i] == 0) return true;
    if (shape[i] != 1 && strides[i] != expected) return false;
    expected *= shape[i];
  }
  return true;
}

}  // namespace

// What precedes the elements of an array that owns few of them. Its node may outlive itself: the block is freed when
// the last view is gone, or the last watch.
struct alignas(64) Array::Block {
  Buffer buffer;
  Node node;
  std::byte* data() { return reinterpret_cast<std::byte*>(this + 1); }
};

namespace {

// From here on the node has a block of its own, so that who watches it does not keep the elements.
constexpr std::size_t many_bytes = std::size_t{1} << 14;

struct alignas(64) BufferBlock {
  Buffer buffer;
};

void free_if_last(Buffer* buffer) noexcept {
  if (last_reference(buffer->references)) pool_free(buffer, buffer->bytes);
}

}  // namespace

namespace {

// The last line of memory, which kernels read to its end: what they read there must be something, and nothing for which
// a function has a path of its own.
void fill_rest(std::byte* line, Dtype dtype) {
  if (dtype == float64) std::fill_n(reinterpret_cast<double*>(line), alignment / sizeof(double), 0.5);
  else if (dtype == float32) std::fill_n(reinterpret_cast<float*>(line), alignment / sizeof(float), 0.5f);
  else std::memset(line, 0, alignment);
}

}  // namespace

void Array::release(Node* node) noexcept {
  static_assert(std::is_trivially_destructible_v<Block>);
  if (!last_reference(node->references)) return;
  if (node != &reinterpret_cast<Block*>(node->buffer)->node) free_if_last(node->buffer);
  node->references.store(0, std::memory_order_relaxed);
  forget(node);
}

void Array::forget(Node* node) noexcept {
  if (!last_reference(node->watchers)) return;
  if (node == &reinterpret_cast<Block*>(node->buffer)->node) free_if_last(node->buffer);
  else pool_free(node, sizeof(Node));
}

Array Array::empty(const Shape& shape, Dtype dtype) {
  const Index size = count(shape);
  const std::size_t used = static_cast<std::size_t>(size) * size_of(dtype);
  const std::size_t element_bytes = (used + alignment - 1) / alignment * alignment;
  Buffer* buffer = nullptr;
  Node* own = nullptr;
  if (element_bytes >= many_bytes) {
    own = new (pool_allocate(sizeof(Node))) Node;
    try {
      buffer = &(new (pool_allocate(sizeof(BufferBlock) + element_bytes)) BufferBlock)->buffer;
    } catch (...) {
      pool_free(own, sizeof(Node));
      throw;
    }
    buffer->bytes = sizeof(BufferBlock) + element_bytes;
    own->data = reinterpret_cast<std::byte*>(buffer) + sizeof(BufferBlock);
  } else {
    auto* block = new (pool_allocate(sizeof(Block) + element_bytes)) Block;
    buffer = &block->buffer;
    buffer->bytes = sizeof(Block) + element_bytes;
    own = &block->node;
    own->data = block->data();
  }
  if (used < element_bytes) fill_rest(own->data + element_bytes - alignment, dtype);
  Node& node = *own;
  node.dtype = dtype;
  node.contiguous = node.whole = true;
  node.size = size;
  node.buffer = buffer;
  node.shape = shape;
  set_row_major(node.strides, shape);
  return Array(&node);
}

Array Array::zeros(const Shape& shape, Dtype dtype) {
  Array a = empty(shape, dtype);
  std::memset(a.bytes(), 0, static_cast<std::size_t>(a.size()) * size_of(dtype));
  return a;
}

Array Array::full(const Shape& shape, Dtype dtype, double value) {
  Array a = empty(shape, dtype);
  with_type(dtype, [&]<class T>(Type<T>) {
    T* p = a.data<T>();
    for (Index i = 0; i < a.size(); ++i) p[i] = static_cast<T>(value);
  });
  return a;
}

Array Array::view(const Shape& shape, const Strides& strides, Index offset) const {
  Node* node = new (pool_allocate(sizeof(Node))) Node;
  node->dtype = dtype();
  node->contiguous = is_contiguous(shape, strides);
  node->whole = false;
  node->size = count(shape);
  node->data = node_->data + offset * static_cast<Index>(size_of(dtype()));
  node->buffer = node_->buffer;
  node->shape = shape;
  node->strides = strides;
  node->buffer->references.fetch_add(1, std::memory_order_relaxed);
  return Array(node);
}

Array Array::broadcast_to(const Shape& to) const {
  if (shape() == to) return *this;
  if (!broadcasts_to(shape(), to))
    throw ShapeError("broadcast_to", "shape " + to_string(shape()) + " does not broadcast to " + to_string(to));
  return view(to, broadcast_strides(shape(), strides(), to), 0);
}

Array Array::packed() const { return contiguous() ? *this : copy(); }

Array Array::copy() const {
  Array out = empty(shape(), dtype());
  copy_into(out, *this);
  return out;
}

Array Array::cast(Dtype to) const {
  if (to == dtype()) return *this;
  Array out = empty(shape(), to);
  copy_into(out, *this);
  return out;
}

namespace {

// Only a floating number that an integer can hold becomes one: anything else is undefined behaviour in C++.
template <class To, class From>
To converted(From v) {
  if constexpr (std::is_same_v<To, std::int64_t> && std::is_floating_point_v<From>)
    if (!(v >= From(-0x1p63) && v < From(0x1p63)))
      throw DomainError("cast", std::to_string(v) + " is not an int64",
                        "Replace such elements first, with where or clamp.");
  return static_cast<To>(v);
}

// to[i][j] = from[i][j] where from is contiguous along i and to along j: in squares, so that what is read and what is
// written are pieces of lines. Past the caches lines are written whole, in any order, while columns of `from` are read
// along; elsewhere a line that two squares share stays near until it is full.
template <class To, class From>
void copy_transposed(To* to, Index to_row, const From* from, Index from_column, Index rows, Index columns, bool large) {
  constexpr bool registers = std::is_same_v<To, From> && (sizeof(To) == 4 || sizeof(To) == 8);
  constexpr Index side = [] {
    if constexpr (registers) return Square<To>::n;
    else return Index{16};
  }();
  alignas(64) To tile[side][side];
  const bool stream = large && side * sizeof(To) % simd::line == 0 &&
                      reinterpret_cast<std::uintptr_t>(to) % simd::line == 0 &&
                      static_cast<std::size_t>(to_row) * sizeof(To) % simd::line == 0;
  const auto copy = [&](Index i0, Index j0) __attribute__((always_inline)) {
    const Index height = std::min(side, rows - i0), width = std::min(side, columns - j0);
    const From* p = from + j0 * from_column + i0;
    To* q = to + i0 * to_row + j0;
    if (height < side || width < side) {
      for (Index i = 0; i < height; ++i)
        for (Index j = 0; j < width; ++j) q[i * to_row + j] = converted<To>(p[j * from_column + i]);
      return;
    }
    if constexpr (registers) Square<To>::transpose(tile, p, from_column);
    else
      for (Index j = 0; j < side; ++j)
        for (Index i = 0; i < side; ++i) tile[i][j] = converted<To>(p[j * from_column + i]);
    for (Index i = 0; i < side; ++i)
      if (stream) simd::stream(q + i * to_row, tile[i], sizeof(tile[i]));
      else std::copy_n(tile[i], side, q + i * to_row);
  };
  const Index together = stream ? side : 16 * side;
  for (Index first = 0; first < columns; first += together)
    for (Index i = 0; i < rows; i += side)
      for (Index j = first; j < std::min(columns, first + together); j += side) copy(i, j);
}

// to[i * t] = from[i * f]. A step that is known when this is compiled is one for which registers can be filled.
template <class To, class From>
void copy_row(To* to, Index t, const From* from, Index f, Index n) {
  const auto copy = [=](auto step) {
    for (Index i = 0; i < n; ++i) to[i] = converted<To>(from[i * step]);
  };
  if (t == 1 && f == 1) copy(std::integral_constant<Index, 1>());
  else if (t == 1 && f == 2) copy(std::integral_constant<Index, 2>());
  else if (t == 1 && f == -1) copy(std::integral_constant<Index, -1>());
  else
    for (Index i = 0; i < n; ++i) to[i * t] = converted<To>(from[i * f]);
}

// Elements in a cache line.
template <class T>
constexpr Index line_of = simd::line / sizeof(T);

// The same past the caches, where to's elements are neighbours. `next`, if any, is read ahead: where rows are left out
// the processor does not find it by itself.
template <class To, class From>
void stream_row(To* to, const From* from, Index f, Index n, const From* next) {
  if constexpr (std::is_same_v<To, From>)
    if (f == 1 && !next) return stream_elements(to, from, n);
  constexpr Index chunk = 128;
  const Index step = std::max<Index>(1, line_of<From> / std::max<Index>(1, std::abs(f)));
  To near[chunk];
  for (Index i = 0; i < n; i += chunk) {
    const Index length = std::min(chunk, n - i);
    for (Index k = i; next && k < i + length; k += step) __builtin_prefetch(next + k * f, 0, 2);
    copy_row(near, 1, from + i * f, f, length);
    stream_elements(to + i, near, length);
  }
}

// Rows of the last dimension are copied by a plain loop; the outer dimensions advance like an odometer. `large`: past
// the caches.
template <class To, class From>
void copy_strided(To* to, const Strides& ts, const From* from, const Strides& fs, const Shape& shape, bool large) {
  const std::size_t rank = shape.size();
  const Index n = rank ? shape[rank - 1] : 1;
  const Index t = rank ? ts[rank - 1] : 1, f = rank ? fs[rank - 1] : 1;
  if (t == 1 && f != 1 && f != 0 && n >= 16)
    for (std::size_t q = 0; q + 1 < rank; ++q)
      if (fs[q] == 1 && shape[q] >= 16) {
        Shape others = shape;
        others[q] = others[rank - 1] = 1;
        for (Index k = 0; k < count(others); ++k) {
          Index rest = k, to_offset = 0, from_offset = 0;
          for (std::size_t d = rank; d-- > 0; rest /= others[d]) {
            to_offset += rest % others[d] * ts[d];
            from_offset += rest % others[d] * fs[d];
          }
          copy_transposed(to + to_offset, ts[q], from + from_offset, f, shape[q], n, large);
        }
        return;
      }
  const bool streams = large && t == 1 && static_cast<std::size_t>(n) * sizeof(To) >= 4 * simd::line;
  const bool jumps = rank > 1 && (f < 0 || fs[rank - 2] < 0 || fs[rank - 2] - n * f >= line_of<From>);
  Index at[max_rank] = {};
  for (;;) {
    if (streams)
      stream_row(to, from, f, n, jumps && at[rank - 2] + 1 < shape[rank - 2] ? from + fs[rank - 2] : nullptr);
    else copy_row(to, t, from, f, n);
    std::size_t d = rank;
    for (;;) {
      if (d <= 1) return;
      --d;  // d is now the dimension just inside the one that advances
      to += ts[d - 1], from += fs[d - 1];
      if (++at[d - 1] < shape[d - 1]) break;
      to -= ts[d - 1] * shape[d - 1], from -= fs[d - 1] * shape[d - 1];
      at[d - 1] = 0;
    }
  }
}

}  // namespace

namespace {

Index threads() {
#ifdef _OPENMP
  return omp_get_max_threads();
#else
  return 1;
#endif
}

// Calls piece(first, last) for parts of [0, n), at multiples of 16: one for each core when there are many elements.
template <class F>
void in_pieces(Index elements, Index n, const F& piece) {
  const Index pieces = elements >= parallel_threshold ? threads() : 1;
  if (pieces <= 1) return piece(Index{0}, n);
  const Index length = ((n + pieces - 1) / pieces + 15) / 16 * 16;
#pragma omp parallel for schedule(static)
  for (Index k = 0; k < pieces; ++k)
    if (k * length < n) piece(k * length, std::min(n, (k + 1) * length));
}

}  // namespace

void copy_into(const Array& to, const Array& from) {
  if (to.size() == 0) return;
  const bool overlaps = to.shares_memory(from);
  const Index shared = overlaps ? 0 : to.size();  // what may overlap is copied in order
  const bool large = !overlaps && static_cast<std::size_t>(to.size()) * size_of(to.dtype()) >= stream_bytes;
  if (to.dtype() == from.dtype() && to.contiguous() && from.contiguous() && to.size() == from.size()) {
    const auto width = static_cast<Index>(size_of(to.dtype()));
    in_pieces(shared, to.size(), [&](Index first, Index last) {
      const auto bytes = static_cast<std::size_t>((last - first) * width);
      if (!large) return void(std::memmove(to.bytes() + first * width, from.bytes() + first * width, bytes));
      stream_copy(to.bytes() + first * width, from.bytes() + first * width, bytes);
      simd::finish_streams();
    });
    return;
  }
  const Strides fs = broadcast_strides(from.shape(), from.strides(), to.shape());
  // The longest of the axes but the last, along which rows are copied.
  std::size_t axis = 0;
  for (std::size_t d = 1; d + 1 < to.rank(); ++d)
    if (to.shape()[d] > to.shape()[axis]) axis = d;
  with_type(to.dtype(), [&]<class To>(Type<To>) {
    with_type(from.dtype(), [&]<class From>(Type<From>) {
      constexpr bool throws = std::is_same_v<To, std::int64_t> && std::is_floating_point_v<From>;
      in_pieces(throws || to.rank() == 0 ? 0 : shared, to.rank() == 0 ? 1 : to.shape()[axis],
                [&](Index first, Index last) {
                  Shape shape = to.shape();
                  if (!shape.empty()) shape[axis] = last - first;
                  copy_strided(to.data<To>() + first * (shape.empty() ? 0 : to.strides()[axis]), to.strides(),
                               from.data<const From>() + first * (shape.empty() ? 0 : fs[axis]), fs, shape, large);
                  if (large) simd::finish_streams();
                });
    });
  });
}

double item(std::string_view where, const Array& a) {
  if (a.size() != 1)
    throw ShapeError(where, "needs one element, got shape " + to_string(a.shape()),
                     "Use array<T>() for the elements, or reduce with sum or mean.");
  return with_type(a.dtype(), [&]<class T>(Type<T>) { return static_cast<double>(*a.data<const T>()); });
}

Array scalar(double value, Dtype dtype) { return Array::full({}, dtype, value); }

}  // namespace autograd::core
