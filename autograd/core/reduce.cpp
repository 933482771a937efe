// Sums of floating arrays run on the block loop with the identity as kernel; integers are added exactly.
#include <autograd/core/reduce.hpp>

#include <cstring>

#include <autograd/core/block_loop.hpp>
#include <autograd/core/walk.hpp>

namespace autograd::core {
namespace {

template <class T>
void identity(const void*, std::size_t n, const void* const* in, void* out) {
  std::memcpy(out, in[0], n * sizeof(T));
}

template <class T>
void sum_integers(const Array& x, const Array& out) {
  const Walk walk(x.shape(), broadcast_strides(out.shape(), out.strides(), x.shape()));
  const Array values = x.packed();
  walk.runs(0, x.size(), [&](Index at, Index n, Index offset) {
    for (Index i = 0; i < n; ++i)
      out.data<std::int64_t>()[offset + i * walk.inner_stride()] += static_cast<std::int64_t>(values.data<T>()[at + i]);
  });
}

}  // namespace

Array sum(const Array& x, const Axes& axes, bool keepdims, bool mean) {
  if (mean && !is_floating(x.dtype())) return sum(x.cast(float64), axes, keepdims, true);
  const Shape over = normalize_axes(mean ? "mean" : "sum", axes, x.rank());
  const Shape kept = reduced(x.shape(), over, true);
  Array out;
  if (is_floating(x.dtype())) {
    out = Array::empty(kept, x.dtype());
    const double scale = mean ? static_cast<double>(count(kept)) / static_cast<double>(x.size()) : 1.0;
    run_forward(x.dtype() == float32 ? identity<float> : identity<double>, nullptr, x.dtype(), x.shape(), {&x, 1}, out,
                scale);
  } else {
    out = Array::zeros(kept, int64);
    if (x.size() > 0) x.dtype() == boolean ? sum_integers<bool>(x, out) : sum_integers<std::int64_t>(x, out);
  }
  if (keepdims) return out;
  const Shape shape = reduced(x.shape(), over, false);
  return out.view(shape, row_major(shape), 0);
}

}  // namespace autograd::core
