// The block loop, compiled once per element type; see block_loop.hpp for what it promises.
#include <autograd/core/block_loop.hpp>

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include <autograd/core/pool.hpp>
#include <autograd/core/small_array.hpp>
#include <autograd/core/walk.hpp>

namespace autograd::core {
namespace {

// Lanes that a tail is padded to: the widest register there is, so that one constant serves every target.
template <class T>
constexpr Index lanes = static_cast<Index>(64 / sizeof(T));

// One block of scratch memory, from the pool.
template <class T>
class Block {
 public:
  Block() = default;
  ~Block() {
    if (data_) pool_free(data_, bytes);
  }
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  T* get() {
    if (!data_) data_ = static_cast<T*>(pool_allocate(bytes));
    return data_;
  }

 private:
  static constexpr std::size_t bytes = block_size * sizeof(T);
  T* data_ = nullptr;
};

// An argument as the kernel sees it: direct memory where possible, a packed block elsewhere.
template <class T>
class Reader {
 public:
  void open(const Array& a, const Shape& space) {
    array_ = &a;
    if (a.dtype() == dtype_of<T> && a.contiguous() && a.shape() == space) {
      direct_ = in_place_ = true;
      return;
    }
    walk_.fold(space, broadcast_strides(a.shape(), a.strides(), space));
    direct_ = in_place_ = walk_.contiguous() && a.dtype() == dtype_of<T>;
    constant_ = walk_.constant() && !direct_;
  }

  // True if what was read last is the array's own memory, which ends where it ends.
  bool in_place() const { return in_place_; }

  // Elements [begin, begin + n); a packed block is padded to full registers.
  const T* read(Index begin, Index n, Block<T>& scratch) {
    if (direct_) return array_->data<const T>() + begin;
    Index offset = 0;
    in_place_ = array_->dtype() == dtype_of<T> && walk_.contiguous_run(begin, n, offset);
    if (in_place_) return array_->data<const T>() + offset;
    T* block = scratch.get();
    with_type(array_->dtype(), [&]<class S>(Type<S>) { gather(walk_, array_->data<const S>(), begin, n, block); });
    pad(block, n);
    return block;
  }
  // A scalar needs its block filled only once.
  bool constant() const { return constant_; }

  static void pad(T* block, Index n) {
    for (Index i = n; i % lanes<T> != 0; ++i) block[i] = block[n - 1];
  }

 private:
  const Array* array_ = nullptr;
  Walk walk_;
  bool direct_ = false, in_place_ = false, constant_ = false;
};

// Elements per group: what one thread takes at a time. Groups depend on the problem alone, never on the thread count,
// so sums that are formed per group and added in order are reproducible.
struct Grouping {
  Index groups, blocks_per_group, blocks;
  Grouping(Index n, bool sums, Index sum_elements) {
    blocks = (n + block_size - 1) / block_size;
    groups = n < parallel_threshold ? 1 : std::min<Index>(blocks, sums ? 16 : 64);
    if (sums && groups * sum_elements > (Index{1} << 22)) groups = 1;  // 32 MiB of partial sums at most
    blocks_per_group = groups ? (blocks + groups - 1) / groups : 0;
  }
};

// Calls body(group, first_block, last_block) for each group, on all cores when there is more than one.
template <class F>
void for_groups(const Grouping& g, const F& body) {
  auto one = [&](Index k) { body(k, k * g.blocks_per_group, std::min(g.blocks, (k + 1) * g.blocks_per_group)); };
  if (g.groups <= 1) {
    if (g.blocks) one(0);
    return;
  }
#pragma omp parallel for schedule(dynamic, 1)
  for (Index k = 0; k < g.groups; ++k) one(k);
}

// Partial sums in double, one set per group, for results and cotangents that gather many elements of the space.
class Sums {
 public:
  Sums(const Shape& shape, const Shape& space)
      : walk(space, broadcast_strides(shape, row_major(shape), space)), size_(count(shape)) {}
  void open(Index groups) { partial_ = Array::zeros({std::max<Index>(groups, 1), size_}, float64), groups_ = groups; }
  double* group(Index g) { return partial_.data<double>() + g * size_; }
  Index size() const { return size_; }
  template <class T>
  void finish(T* to, bool add, double scale) {
    for (Index g = 1; g < groups_; ++g)
      for (Index i = 0; i < size_; ++i) group(0)[i] += group(g)[i];
    for (Index i = 0; i < size_; ++i) {
      const T value = static_cast<T>(group(0)[i] * scale);
      to[i] = add ? to[i] + value : value;
    }
  }
  Walk walk;

 private:
  Index size_, groups_ = 0;
  Array partial_;
};

template <class T>
void forward(ForwardKernel kernel, const void* formula, const Shape& space, ArrayList in, const Array& out,
             double scale) {
  const Index n = count(space);
  const bool reduces = !(out.shape() == space);
  const bool stores_directly = !reduces && out.dtype() == dtype_of<T>;
  std::optional<Sums> sums;
  if (reduces) sums.emplace(out.shape(), space);
  const Grouping grouping(n, reduces, reduces ? sums->size() : 0);
  if (sums) sums->open(grouping.groups);

  for_groups(grouping, [&](Index group, Index first, Index last) {
    SmallArray<Reader<T>> readers(in.size());
    SmallArray<Block<T>> packed(in.size()), tail(in.size());
    SmallArray<const void*> from(in.size()), rest_from(in.size());
    Block<T> result;
    for (std::size_t k = 0; k < in.size(); ++k) {
      readers[k].open(*in[k], space);
      if (readers[k].constant()) from[k] = readers[k].read(0, std::min(block_size, n), packed[k]);
    }
    for (Index b = first; b < last; ++b) {
      const Index begin = b * block_size, length = std::min(block_size, n - begin);
      const Index full = length - length % lanes<T>, rest = length - full;
      for (std::size_t k = 0; k < in.size(); ++k)
        if (!readers[k].constant()) from[k] = readers[k].read(begin, length, packed[k]);
      T* to = stores_directly ? out.data<T>() + begin : result.get();
      if (full) kernel(formula, static_cast<std::size_t>(full), from.data(), to);
      if (rest) {
        for (std::size_t k = 0; k < in.size(); ++k) {
          const T* p = static_cast<const T*>(from[k]) + full;
          if (readers[k].in_place()) {
            std::memcpy(tail[k].get(), p, static_cast<std::size_t>(rest) * sizeof(T));
            Reader<T>::pad(tail[k].get(), rest);
            p = tail[k].get();
          }
          rest_from[k] = p;
        }
        alignas(64) T padded[lanes<T>];
        kernel(formula, static_cast<std::size_t>(lanes<T>), rest_from.data(), padded);
        std::memcpy(to + full, padded, static_cast<std::size_t>(rest) * sizeof(T));
      }
      if (reduces) scatter_add(sums->walk, sums->group(group), begin, length, to);
      else if (!stores_directly)
        for (Index i = 0; i < length; ++i) out.data<bool>()[begin + i] = to[i] != T{0};
    }
  });
  if (sums) sums->finish(out.data<T>(), false, scale);
}

template <class T>
void backward(BackwardKernel kernel, const void* formula, const Shape& space, ArrayList in, const Array& cotangent,
              double scale, std::span<const AdjointTarget> adjoints) {
  const Index n = count(space);
  SmallArray<std::optional<Sums>> sums(in.size());
  bool any_sums = false;
  Index sum_elements = 0;
  for (std::size_t k = 0; k < in.size(); ++k)
    if (adjoints[k].array && !(in[k]->shape() == space)) {
      sums[k].emplace(in[k]->shape(), space);
      any_sums = true;
      sum_elements += sums[k]->size();
    }
  const Grouping grouping(n, any_sums, sum_elements);
  for (std::size_t k = 0; k < in.size(); ++k)
    if (sums[k]) sums[k]->open(grouping.groups);

  for_groups(grouping, [&](Index group, Index first, Index last) {
    const std::size_t leaves = in.size();
    SmallArray<Reader<T>> readers(leaves);
    SmallArray<Block<T>> packed(leaves), tail(leaves), grads(leaves);
    SmallArray<const void*> from(leaves), rest_from(leaves);
    SmallArray<void*> to(leaves), rest_to(leaves);
    struct alignas(64) Register {
      T lane[lanes<T>];
    };
    SmallArray<Register> rest_grad(leaves);
    Block<T> scaled;
    std::uint64_t add = 0;
    for (std::size_t k = 0; k < in.size(); ++k) {
      readers[k].open(*in[k], space);
      if (readers[k].constant()) from[k] = readers[k].read(0, std::min(block_size, n), packed[k]);
      if (adjoints[k].array && !sums[k] && adjoints[k].add) add |= std::uint64_t{1} << k;
      to[k] = rest_to[k] = nullptr;
    }
    Reader<T> g;
    g.open(cotangent, space);
    const bool scales = scale != 1.0;
    const T* cot = nullptr;
    const auto scale_block = [&](const T* p, Index length) {
      T* block = scaled.get();
      for (Index i = 0; i < length; ++i) block[i] = p[i] * static_cast<T>(scale);
      Reader<T>::pad(block, length);
      return block;
    };
    if (g.constant()) {
      cot = g.read(0, std::min(block_size, n), scaled);
      if (scales) cot = scale_block(cot, std::min(block_size, n));
    }
    for (Index b = first; b < last; ++b) {
      const Index begin = b * block_size, length = std::min(block_size, n - begin);
      const Index full = length - length % lanes<T>, rest = length - full;
      for (std::size_t k = 0; k < in.size(); ++k) {
        if (!readers[k].constant()) from[k] = readers[k].read(begin, length, packed[k]);
        if (adjoints[k].array) to[k] = sums[k] ? grads[k].get() : adjoints[k].array->template data<T>() + begin;
      }
      if (!g.constant()) {
        cot = g.read(begin, length, scaled);
        if (scales) cot = scale_block(cot, length);
      }
      if (full) kernel(formula, static_cast<std::size_t>(full), from.data(), cot, to.data(), add);
      if (rest) {
        alignas(64) T rest_cot[lanes<T>];
        std::memcpy(rest_cot, cot + full, static_cast<std::size_t>(rest) * sizeof(T));
        Reader<T>::pad(rest_cot, rest);
        for (std::size_t k = 0; k < in.size(); ++k) {
          std::memcpy(tail[k].get(), static_cast<const T*>(from[k]) + full, static_cast<std::size_t>(rest) * sizeof(T));
          Reader<T>::pad(tail[k].get(), rest);
          rest_from[k] = tail[k].get();
          if (to[k]) rest_to[k] = rest_grad[k].lane;
        }
        // Overwrite, never add: the same adjoint may stand behind two arguments, and each must see the other's sum.
        kernel(formula, static_cast<std::size_t>(lanes<T>), rest_from.data(), rest_cot, rest_to.data(), 0);
        for (std::size_t k = 0; k < in.size(); ++k) {
          if (!to[k]) continue;
          T* target = static_cast<T*>(to[k]) + full;
          const bool adds = add >> k & 1;
          for (Index i = 0; i < rest; ++i) target[i] = adds ? target[i] + rest_grad[k].lane[i] : rest_grad[k].lane[i];
        }
      }
      for (std::size_t k = 0; k < in.size(); ++k)
        if (sums[k]) scatter_add(sums[k]->walk, sums[k]->group(group), begin, length, static_cast<const T*>(to[k]));
    }
  });
  for (std::size_t k = 0; k < in.size(); ++k)
    if (sums[k]) sums[k]->finish(adjoints[k].array->template data<T>(), adjoints[k].add, 1.0);
}

}  // namespace

void run_forward(ForwardKernel kernel, const void* formula, Dtype dtype, const Shape& space, ArrayList in,
                 const Array& out, double scale) {
  with_floating("evaluate", dtype, [&]<class T>(Type<T>) { forward<T>(kernel, formula, space, in, out, scale); });
}

void run_backward(BackwardKernel kernel, const void* formula, Dtype dtype, const Shape& space, ArrayList in,
                  const Array& cotangent, double scale, std::span<const AdjointTarget> adjoints) {
  with_floating("gradient", dtype,
                [&]<class T>(Type<T>) { backward<T>(kernel, formula, space, in, cotangent, scale, adjoints); });
}

}  // namespace autograd::core
