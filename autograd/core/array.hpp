// Array: a reference-counted, strided, typed block of elements. It knows no tape and no mathematics.
//
//   Array a = Array::zeros({2, 3}, float32);
//   Array t = a.view({3, 2}, {1, 3}, 0);        // its transpose, over the same memory
//
// The handle is one pointer. Views share the buffer; the buffer counts how often it was written, so that a tape can
// tell that a value it saved has changed under it.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

#include <autograd/core/dtype.hpp>
#include <autograd/core/shape.hpp>

namespace autograd::core {

/// The memory behind one or more arrays: this header, what describes the array that was made with it, and the elements
/// lie in one pool block.
struct Buffer {
  std::atomic<std::uint32_t> references{1};
  std::atomic<std::uint32_t> version{0};
  std::size_t bytes = 0;  // of the block
};

/// Elements from which on several cores share the work; below it waking them takes longer.
inline constexpr Index parallel_threshold = 1 << 15;

class ArrayWatch;

class Array {
 public:
  /// No array at all; `if (a)` tells.
  Array() = default;
  /// Uninitialised, row-major. Throws ShapeError, std::bad_alloc.
  static Array empty(const Shape& shape, Dtype dtype);
  /// Filled with zeros.
  static Array zeros(const Shape& shape, Dtype dtype);
  /// Filled with `value`, converted to `dtype`.
  static Array full(const Shape& shape, Dtype dtype, double value);

  Array(const Array& o) noexcept : node_(o.node_) {
    if (node_) node_->references.fetch_add(1, std::memory_order_relaxed);
  }
  Array(Array&& o) noexcept : node_(std::exchange(o.node_, nullptr)) {}
  Array& operator=(Array o) noexcept {
    std::swap(node_, o.node_);
    return *this;
  }
  ~Array() {
    if (node_) release(node_);
  }

  explicit operator bool() const { return node_ != nullptr; }
  friend bool operator==(const Array& a, const Array& b) { return a.node_ == b.node_; }

  const Shape& shape() const& { return node_->shape; }
  Shape shape() && { return node_->shape; }
  const Strides& strides() const { return node_->strides; }
  Dtype dtype() const { return node_->dtype; }
  std::size_t rank() const { return node_->shape.size(); }
  Index size() const { return node_->size; }

  /// The first element. Writing through `data` is for code that owns the array alone or has called `touch`.
  template <class T>
  T* data() const {
    return reinterpret_cast<T*>(node_->data);
  }
  std::byte* bytes() const { return node_->data; }

  /// True when the elements lie row-major without gaps.
  bool contiguous() const { return node_->contiguous; }
  /// Whether `bytes` from the first element on can be read: memory ends with a full register.
  bool reaches(std::size_t bytes) const {
    return node_->data + bytes <= reinterpret_cast<std::byte*>(node_->buffer) + node_->buffer->bytes;
  }
  /// True for an array that was made with its memory, not as a view: the rest of its last register is nobody else's.
  bool whole() const { return node_->whole; }
  /// This array if it is contiguous, otherwise a row-major copy.
  Array packed() const;
  /// A row-major copy with memory of its own.
  Array copy() const;
  /// A row-major copy in another dtype (this array when it has that dtype already).
  Array cast(Dtype dtype) const;
  /// Another window on the same memory: the caller guarantees that it stays inside. `offset` counts elements.
  Array view(const Shape& shape, const Strides& strides, Index offset) const;
  /// A view of the same elements with extents repeated; throws ShapeError when they do not broadcast.
  Array broadcast_to(const Shape& shape) const;

  /// The only handle on the only array over its buffer: its memory may be reused.
  bool unique() const {
    return node_->references.load(std::memory_order_acquire) == 1 &&
           node_->buffer->references.load(std::memory_order_acquire) == 1;
  }
  /// The number of handles on this very array (not on views of it).
  std::uint32_t references() const { return node_->references.load(std::memory_order_relaxed); }
  /// Grows whenever the memory is written in place by a user.
  std::uint32_t version() const { return node_->buffer->version.load(std::memory_order_relaxed); }
  void touch() const { node_->buffer->version.fetch_add(1, std::memory_order_relaxed); }
  /// True when both look at the same buffer.
  bool shares_memory(const Array& o) const { return node_ && o.node_ && node_->buffer == o.node_->buffer; }

 private:
  friend class ArrayWatch;
  struct Node {
    std::atomic<std::uint32_t> references{1};
    std::atomic<std::uint32_t> watchers{1};  // each ArrayWatch, and one for all references together
    Dtype dtype;
    bool contiguous, whole;
    Index size;
    std::byte* data;
    Buffer* buffer;
    Shape shape;
    Strides strides;
  };
  struct Block;
  explicit Array(Node* node) : node_(node) {}
  static void release(Node*) noexcept;
  static void forget(Node*) noexcept;

  Node* node_ = nullptr;
};

/// What an array is and who holds it, without keeping its elements: they are freed with the last handle on the array
/// (unless they are few).
class ArrayWatch {
 public:
  ArrayWatch() = default;
  explicit ArrayWatch(const Array& a) : node_(a.node_) { node_->watchers.fetch_add(1, std::memory_order_relaxed); }
  ArrayWatch(ArrayWatch&& o) noexcept : node_(std::exchange(o.node_, nullptr)) {}
  ArrayWatch& operator=(ArrayWatch&& o) noexcept {
    std::swap(node_, o.node_);
    return *this;
  }
  ~ArrayWatch() {
    if (node_) Array::forget(node_);
  }
  const Shape& shape() const { return node_->shape; }
  Dtype dtype() const { return node_->dtype; }
  /// The number of handles on the array; 0 when it is gone.
  std::uint32_t references() const { return node_->references.load(std::memory_order_relaxed); }

 private:
  Array::Node* node_ = nullptr;
};

/// Copies `from` into `to`, broadcasting and converting the dtype; same or broadcast shape guaranteed by the caller.
void copy_into(const Array& to, const Array& from);

/// The one element of `a` as a double; throws ShapeError, in the name of `where`, when there is not exactly one.
double item(std::string_view where, const Array& a);

/// A number as a 0-dimensional array.
Array scalar(double value, Dtype dtype);

}  // namespace autograd::core
