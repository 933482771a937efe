// The block loop for short vectors: one block, and nothing to prepare.
#pragma once

#include <autograd/core/block_reader.hpp>
#include <autograd/core/small_array.hpp>

namespace autograd::core {

// Short vectors without anything special about them: what a recurrent network computes with. Setting up the loop would
// take longer than it runs.
template <class T>
bool is_short(const Shape& space, ArrayList in) {
  const Index n = in.empty() ? 0 : in[0]->size();
  if (n < lanes<T> || n > block_size) return false;
  for (const Array* a : in)
    if (!a->contiguous() || a->dtype() != dtype_of<T> || !(a->shape() == space)) return false;
  return true;
}

template <class T>
void forward_short(ForwardKernel kernel, const void* formula, ArrayList in, const Array& out) {
  const Index n = out.size(), full = n - n % lanes<T>;
  SmallArray<const void*> from(in.size());
  for (std::size_t k = 0; k < in.size(); ++k) from[k] = in[k]->data<const T>();
  kernel(formula, static_cast<std::size_t>(full), from.data(), out.data<T>());
  if (n == full) return;
  for (std::size_t k = 0; k < in.size(); ++k) from[k] = in[k]->data<const T>() + n - lanes<T>;
  kernel(formula, static_cast<std::size_t>(lanes<T>), from.data(), out.data<T>() + n - lanes<T>);
}

template <class T>
void backward_short(BackwardKernel kernel, const void* formula, ArrayList in, const Array& cotangent,
                    std::span<const AdjointTarget> adjoints) {
  struct alignas(64) Register {
    T lane[lanes<T>];
    Register() {}
  };
  const Index n = cotangent.size(), full = n - n % lanes<T>, last = n - lanes<T>;
  SmallArray<const void*> from(in.size());
  SmallArray<void*> to(in.size());
  std::uint64_t add = 0;
  for (std::size_t k = 0; k < in.size(); ++k) {
    from[k] = in[k]->data<const T>();
    to[k] = adjoints[k].array ? adjoints[k].array->template data<T>() : nullptr;
    if (adjoints[k].add) add |= std::uint64_t{1} << k;
  }
  kernel(formula, static_cast<std::size_t>(full), from.data(), cotangent.data<const T>(), to.data(), add);
  if (n == full) return;
  // As in `backward`: overwritten, and what comes out for elements met before is dropped.
  SmallArray<Register> rest(in.size());
  for (std::size_t k = 0; k < in.size(); ++k) {
    from[k] = in[k]->data<const T>() + last;
    if (to[k]) to[k] = rest[k].lane;
  }
  kernel(formula, static_cast<std::size_t>(lanes<T>), from.data(), cotangent.data<const T>() + last, to.data(), 0);
  for (std::size_t k = 0; k < in.size(); ++k) {
    if (!to[k]) continue;
    T* target = adjoints[k].array->template data<T>() + last;
    for (Index i = full - last; i < lanes<T>; ++i)
      target[i] = adjoints[k].add ? target[i] + rest[k].lane[i] : rest[k].lane[i];
  }
}

}  // namespace autograd::core
