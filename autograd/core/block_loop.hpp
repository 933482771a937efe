// The loop under every fused expression: the broadcast space, flattened row-major, cut into blocks that fit the L1
// cache.
//
// A kernel only ever sees contiguous, full SIMD registers. Whatever else a tensor can be is dealt with here, once:
// a transposed, stepped, reversed, broadcast, boolean or integer argument is packed into a block first; the tail of the
// last block is padded by repeating its last element; cotangents of broadcast arguments are summed in double
// (block_sums.hpp). So an element's result has the same bits whatever its position, length, offset, layout and the
// number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <autograd/core/array.hpp>

namespace autograd::core {

/// Elements in a block: a multiple of every SIMD width, and ten float64 blocks fit a 48 KiB cache.
inline constexpr Index block_size = 512;

/// The most tensors that one fused expression may read (a bit each in an activity mask).
inline constexpr std::size_t max_leaves = 64;

/// out[i] = formula(in[0][i], in[1][i], ...) for i < n; n is a multiple of the SIMD width, pointers may be unaligned.
/// With `past` the results are written past the caches, and `out` is the start of a line.
using ForwardKernel = void (*)(const void* formula, std::size_t n, const void* const* in, void* out, bool past);

/// How adjoints are written, a bit for each: others overwrite what is there.
struct AdjointStores {
  std::uint64_t add = 0;   // added to what is there
  std::uint64_t past = 0;  // overwritten past the caches, from the start of a line on
};

/// adjoint[k][i] (+)= cotangent[i] * d formula / d in[k]; a null adjoint is not wanted. The kernel of a formula that is
/// summed also writes value[i] = formula(in[0][i], ...), unless `value` is null.
using BackwardKernel = void (*)(const void* formula, std::size_t n, const void* const* in, const void* cotangent,
                                void* const* adjoint, AdjointStores stores, void* value);

/// Where the cotangent of one argument goes.
struct AdjointTarget {
  const Array* array = nullptr;  // row-major, of the argument's shape; null when the argument is not differentiated
  bool add = false;              // add to what is there, or overwrite
  bool part = false;             // a view, of the space's shape, of an array that several may share; always added to
  std::uint8_t like = 0;         // of a part: if not 0, what is added is the same as for argument like - 1, a part too
};

/// The arguments of a formula. Pointers: to count references to an array costs as much as to compute with ten elements.
using ArrayList = std::span<const Array* const>;

/// What a result that is a window of a larger array has around it: it is kept, or may be overwritten.
enum class Around { kept, free };

/// Evaluates `kernel` over the broadcast space `space`, computing in `dtype` (a floating one). With out.shape() ==
/// space the result is stored (converted to out's dtype, which may be boolean); otherwise out's shape must broadcast to
/// the space and the values are summed into it, times `scale`. Without a kernel the value is that of the one argument.
void run_forward(ForwardKernel kernel, const void* formula, Dtype dtype, const Shape& space, ArrayList in,
                 const Array& out, double scale, Around around = Around::kept);

/// The pullback of run_forward: `cotangent` broadcasts to `space` and is multiplied by `scale`. With `sum` also what
/// run_forward would give there, of the same bits; for a sum over everything, beside at most `most_sums` elements of
/// adjoints that are summed.
void run_backward(BackwardKernel kernel, const void* formula, Dtype dtype, const Shape& space, ArrayList in,
                  const Array& cotangent, double scale, std::span<const AdjointTarget> adjoints,
                  const Array* sum = nullptr);
/// Elements of sums that each group of blocks may have partial ones of: 32 MiB in all.
inline constexpr Index most_sums = Index{1} << 18;

}  // namespace autograd::core
