// Arena: where a tape's statements live, one after the other, freed all at once or back to a mark.
#pragma once

#include <cstddef>

#include <autograd/core/pool.hpp>

namespace autograd::core {

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() { rewind({}); }

  struct Position {
    std::size_t chunks = 0, used = 0;
  };
  Position position() const { return {chunks_.size(), used_}; }

  /// Memory for one object; `align` is at most core::alignment.
  void* allocate(std::size_t bytes, std::size_t align) {
    used_ = (used_ + align - 1) / align * align;
    if (chunks_.empty() || used_ + bytes > chunks_.back().bytes) {
      const std::size_t size = bytes > chunk_bytes ? bytes : chunk_bytes;
      chunks_.reserve(chunks_.size() + 1);  // so that nothing throws once the block is taken
      chunks_.push_back({static_cast<std::byte*>(pool_allocate(size)), size});
      used_ = 0;
    }
    void* p = chunks_.back().data + used_;
    used_ += bytes;
    return p;
  }

  /// Forgets what was allocated since; destructors are the caller's business.
  void rewind(const Position& p) noexcept {
    while (chunks_.size() > p.chunks) {
      pool_free(chunks_.back().data, chunks_.back().bytes);
      chunks_.pop_back();
    }
    used_ = p.used;
  }

 private:
  static constexpr std::size_t chunk_bytes = std::size_t{1} << 16;
  struct Chunk {
    std::byte* data;
    std::size_t bytes;
  };
  PoolVector<Chunk> chunks_;
  std::size_t used_ = 0;
};

}  // namespace autograd::core
