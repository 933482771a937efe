// GrowArray: an array that grows without ever moving: the storage of the scalar tape.
//
// It reserves address space and makes it usable step by step. A vector that doubles would copy gigabytes and fault
// every page twice, and page faults are most of the price of a large tape (about 2 us for 4 KiB).
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

#include <sys/mman.h>

namespace autograd::core {

/// Grows and shrinks at the end; elements never move. Memory is kept by `resize(0)` and given back by the destructor.
///
/// Its first element is `ahead` bytes behind the start of a page. Arrays that grow side by side at the same rate must
/// not have the same one: a load from one whose address ends in the 12 bits of a store to the other waits for that
/// store, as if it had to read it (Rosenbrock took three times as long).
template <class T, std::size_t ahead = 0>
class GrowArray {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  GrowArray() = default;
  GrowArray(GrowArray&& o) noexcept { *this = std::move(o); }
  GrowArray& operator=(GrowArray&& o) noexcept {
    std::swap(data_, o.data_);
    std::swap(end_, o.end_);
    std::swap(limit_, o.limit_);
    std::swap(reserved_, o.reserved_);
    return *this;
  }
  ~GrowArray() {
    if (data_) ::munmap(mapping(), reserved_);
  }

  std::size_t size() const { return static_cast<std::size_t>(end_ - data_); }
  const T* data() const { return data_; }
  T* data() { return data_; }
  const T& operator[](std::size_t i) const { return data_[i]; }
  T& operator[](std::size_t i) { return data_[i]; }

  /// Elements that fit.
  std::size_t capacity() const { return static_cast<std::size_t>(limit_ - data_); }
  /// Elements that fit behind `end`.
  std::size_t room() const { return static_cast<std::size_t>(limit_ - end_); }
  /// Room for `more` elements behind `end`. Throws std::bad_alloc.
  void reserve(std::size_t more) {
    if (room() < more) [[unlikely]]
      grow(size() + more);
  }
  /// Where the next element goes. What is written there, in the room that was reserved, counts once `set_end` says so.
  T* end() { return end_; }
  const T* end() const { return end_; }
  void set_end(T* end) { end_ = end; }
  /// Forgets the elements from `size` on.
  void resize(std::size_t size) { end_ = data_ + size; }

 private:
  static constexpr std::size_t step = std::size_t{1} << 21;  // one huge page

  void* mapping() { return reinterpret_cast<std::byte*>(data_) - ahead; }

  [[gnu::noinline]] void grow(std::size_t wanted) {
    const std::size_t length = size(), doubled = 2 * static_cast<std::size_t>(limit_ - data_);
    if (!data_) {
      // 64 GiB of addresses cost nothing; under a limit on address space take what there is.
      for (reserved_ = std::size_t{1} << 36; reserved_ >= 2 * step; reserved_ /= 2) {
        void* p = ::mmap(nullptr, reserved_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (p != MAP_FAILED) {
          data_ = reinterpret_cast<T*>(static_cast<std::byte*>(p) + ahead);
          break;
        }
      }
      if (!data_) throw std::bad_alloc{};
    }
    std::size_t bytes = (wanted < doubled ? doubled : wanted) * sizeof(T) + ahead;
    bytes = (bytes + step - 1) / step * step;
    if (bytes > reserved_) bytes = reserved_;
    if ((bytes - ahead) / sizeof(T) < wanted) throw std::bad_alloc{};
    if (::mprotect(mapping(), bytes, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc{};
#ifdef MADV_HUGEPAGE
    ::madvise(mapping(), bytes, MADV_HUGEPAGE);  // advice: a refusal changes nothing
#endif
    end_ = data_ + length;
    limit_ = data_ + (bytes - ahead) / sizeof(T);
  }

  T *data_ = nullptr, *end_ = nullptr, *limit_ = nullptr;
  std::size_t reserved_ = 0;
};

}  // namespace autograd::core
