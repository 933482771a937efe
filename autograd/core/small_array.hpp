// SmallArray: as many default-constructed elements as asked for, on the stack while they are few, else in the pool.
//
// An expression has a handful of leaves, but may have 64: arrays of 64 readers and blocks on the stack cost more to set
// up than a tensor of 100 elements costs to differentiate.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>

#include <autograd/core/pool.hpp>

namespace autograd::core {

/// Asks for elements that are written before they are read.
struct Unset {};
inline constexpr Unset unset{};

template <class T, std::size_t few = 12>
class SmallArray {
  static_assert(alignof(T) <= alignment);

 public:
  SmallArray(std::size_t size, Unset) : size_(size) {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
    data_ = static_cast<T*>(size > few ? pool_allocate(size * sizeof(T)) : static_cast<void*>(space_));
  }
  explicit SmallArray(std::size_t size) : size_(size) {
    data_ = static_cast<T*>(size > few ? pool_allocate(size * sizeof(T)) : static_cast<void*>(space_));
    for (std::size_t i = 0; i < size; ++i) ::new (static_cast<void*>(data_ + i)) T();
  }
  SmallArray(const SmallArray&) = delete;
  SmallArray& operator=(const SmallArray&) = delete;
  ~SmallArray() {
    for (std::size_t i = 0; i < size_; ++i) data_[i].~T();
    if (size_ > few) pool_free(data_, size_ * sizeof(T));
  }

  std::size_t size() const { return size_; }
  T* data() { return data_; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }

 private:
  std::size_t size_;
  T* data_;
  alignas(T) std::byte space_[few * sizeof(T)];
};

}  // namespace autograd::core
