// Counts the calls of operator new in this program, libtorch's among them; memory that a library keeps for itself, as
// xgrad's pool does, is not seen. The other forms of new and delete call these four.
#include <cstdlib>
#include <new>

#include <tests/bench/allocations.hpp>

namespace {

thread_local long calls = 0;

void* checked(void* p) {
  ++calls;
  if (!p) throw std::bad_alloc();
  return p;
}

}  // namespace

long bench::allocations() { return calls; }

void* operator new(std::size_t bytes) { return checked(std::malloc(bytes ? bytes : 1)); }
void* operator new(std::size_t bytes, std::align_val_t align) {
  const auto a = static_cast<std::size_t>(align);
  return checked(std::aligned_alloc(a, (bytes + a - 1) / a * a));
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }
