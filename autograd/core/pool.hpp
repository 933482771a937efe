// The memory pool: blocks freed by one step are handed out again by the next.
//
// A training step asks for the same sizes over and over. Fresh pages cost a page fault each (about 2 us for 4 KiB), so
// freed blocks are kept by size class and a steady state touches neither the heap nor the kernel.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace autograd::core {

/// Every block starts at a multiple of this, and so do its size classes: the widest SIMD register, one cache line.
inline constexpr std::size_t alignment = 64;

/// At least `bytes` bytes, uninitialised, aligned. Throws std::bad_alloc.
void* pool_allocate(std::size_t bytes);

/// Gives a block back; `bytes` is what was asked for.
void pool_free(void* block, std::size_t bytes) noexcept;

/// Returns the blocks that this thread keeps to the system.
void pool_trim() noexcept;

/// The pool for containers.
template <class T>
struct PoolAllocator {
  using value_type = T;
  PoolAllocator() = default;
  template <class U>
  PoolAllocator(const PoolAllocator<U>&) {}
  T* allocate(std::size_t n) {
    if (n > std::size_t(-1) / sizeof(T)) throw std::bad_array_new_length();
    return static_cast<T*>(pool_allocate(n * sizeof(T)));
  }
  void deallocate(T* p, std::size_t n) noexcept { pool_free(p, n * sizeof(T)); }
  friend bool operator==(const PoolAllocator&, const PoolAllocator&) { return true; }
};
template <class T>
using PoolVector = std::vector<T, PoolAllocator<T>>;

}  // namespace autograd::core
