// Size classes: four per power of two, so at most a quarter of a block is wasted. Each thread keeps its own lists (no
// lock); a block freed by another thread than the one that took it simply changes lists.
#include <autograd/core/pool.hpp>

#include <sys/mman.h>

#include <bit>
#include <cstdlib>
#include <new>

namespace autograd::core {
namespace {

// An address sanitizer sees nothing inside recycled blocks, so under it every block goes back to the system.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool recycle = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool recycle = false;
#else
constexpr bool recycle = true;
#endif
#else
constexpr bool recycle = true;
#endif

constexpr std::size_t classes = 4 * 48;

// Blocks of several of these ask for them: with small pages a walk down the columns of a matrix misses the TLB at every
// step.
constexpr std::size_t huge_page = std::size_t{1} << 21;

struct SizeClass {
  std::size_t index, bytes;
};

SizeClass class_of(std::size_t bytes) {
  if (bytes <= 4 * alignment) {
    const std::size_t units = bytes == 0 ? 1 : (bytes + alignment - 1) / alignment;
    return {units - 1, units * alignment};
  }
  const auto log2 = static_cast<std::size_t>(std::bit_width(bytes - 1)) - 1;  // 2^log2 < bytes <= 2^(log2 + 1)
  const std::size_t quarter = std::size_t{1} << (log2 - 2);
  const std::size_t steps = (bytes - (std::size_t{1} << log2) + quarter - 1) / quarter;  // 1 to 4
  return {4 * (log2 - 7) + steps - 1, (std::size_t{1} << log2) + steps * quarter};
}

struct FreeBlock {
  FreeBlock* next;
};

// Trivially destructible on purpose: tensors that are freed while the thread ends must still find it.
struct Lists {
  FreeBlock* head[classes];
  bool closed;
};

constinit thread_local Lists lists{};

struct Closer {
  bool armed = false;
  ~Closer() {
    pool_trim();
    lists.closed = true;
  }
};

thread_local Closer closer;

}  // namespace

void* pool_allocate(std::size_t bytes) {
  const SizeClass c = class_of(bytes);
  if (c.index >= classes) throw std::bad_alloc{};
  if (FreeBlock* block = lists.head[c.index]) {
    lists.head[c.index] = block->next;
    return block;
  }
  const bool large = c.bytes >= 2 * huge_page;
  void* block = nullptr;
  if (::posix_memalign(&block, large ? huge_page : alignment, c.bytes) != 0) throw std::bad_alloc{};
#ifdef MADV_HUGEPAGE
  // Advice: a refusal changes nothing. Not for the room that is left over, which would take memory at the first touch.
  if (large) ::madvise(block, bytes / huge_page * huge_page, MADV_HUGEPAGE);
#endif
  return block;
}

void pool_free(void* block, std::size_t bytes) noexcept {
  if (!recycle || lists.closed) return std::free(block);
  closer.armed = true;  // the first use registers the destructor that empties the lists
  const SizeClass c = class_of(bytes);
  auto* freed = static_cast<FreeBlock*>(block);
  freed->next = lists.head[c.index];
  lists.head[c.index] = freed;
}

void pool_trim() noexcept {
  for (FreeBlock*& head : lists.head)
    while (head) {
      FreeBlock* next = head->next;
      std::free(head);
      head = next;
    }
}

}  // namespace autograd::core
