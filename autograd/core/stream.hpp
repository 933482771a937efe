// Results too large for a cache to keep until they are read are written past the caches: what else is there stays, and
// lines need not be read before they are written.
//
// A copy takes 0.65 of the time so, a gradient of four arrays of 4 MB 0.6. Kernels write whole registers past the caches
// themselves: by way of a block in the first cache a computation takes longer than without.
#pragma once

#include <algorithm>
#include <cstdint>

#include <autograd/core/simd.hpp>

namespace autograd::core {

/// Bytes of a result from which on it is written so.
inline constexpr std::size_t stream_bytes = std::size_t{1} << 23;
/// The same of all gradients that one loop computes. Where they are read next, a little less takes longer so, a little
/// more less; where they are not, it pays from 4 MiB on.
inline constexpr std::size_t gradient_stream_bytes = std::size_t{7} << 20;

/// Copies past the caches what does not overlap: whole lines so, the ends as usual. simd::finish_streams() must follow.
inline void stream_copy(void* to, const void* from, std::size_t bytes) {
  char* const p = static_cast<char*>(to);
  const char* const q = static_cast<const char*>(from);
  const std::size_t past = reinterpret_cast<std::uintptr_t>(p) % simd::line;
  const std::size_t head = past == 0 ? 0 : std::min(bytes, simd::line - past);
  const std::size_t lines = (bytes - head) / simd::line * simd::line;
  if (head) std::memcpy(p, q, head);
  simd::stream(p + head, q + head, lines);
  if (const std::size_t tail = bytes - head - lines) std::memcpy(p + head + lines, q + head + lines, tail);
}

/// The same for elements of one type.
template <class T>
void stream_elements(T* to, const T* from, std::ptrdiff_t n) {
  stream_copy(to, from, static_cast<std::size_t>(n) * sizeof(T));
}

}  // namespace autograd::core
