// The block loop, compiled once per element type; see block_loop.hpp for what it promises.
#include <autograd/core/block_loop.hpp>

#include <algorithm>
#include <cstring>
#include <optional>

#include <autograd/core/block_parts.hpp>
#include <autograd/core/block_short.hpp>
#include <autograd/core/block_sums.hpp>
#include <autograd/core/stream.hpp>

namespace autograd::core {
namespace {

// Elements per group: what one thread takes at a time. Groups depend on the problem alone, never on the thread count,
// so sums that are formed per group and added in order are reproducible.
struct Grouping {
  Index groups, blocks;
  Grouping(Index n, bool sums, Index sum_elements, bool alone = false, Index block = block_size) {
    blocks = (n + block - 1) / block;
    groups = alone || n < parallel_threshold ? 1 : std::min<Index>(blocks, sums ? 16 : 64);
    if (sums && sum_elements > most_sums) groups = 1;  // 32 MiB of partial sums at most
  }
};

// Calls body(group, first_block, last_block) for each group, on all cores when there is more than one.
template <class F>
void for_groups(const Grouping& g, const F& body) {
  auto one = [&](Index k) { body(k, g.blocks * k / g.groups, g.blocks * (k + 1) / g.groups); };  // as even as can be
  if (g.groups <= 1) {
    if (g.blocks) one(0);
    return;
  }
#pragma omp parallel for schedule(dynamic, 1)
  for (Index k = 0; k < g.groups; ++k) one(k);
}

// What runs where there is no kernel and a copy is needed. Register by register: memcpy may take `rep movsb` for a
// block of 2 KiB, and then a sum waits for it.
template <class T>
void identity(const void*, std::size_t n, const void* const* in, void* out, bool past) {
  const T* from = static_cast<const T*>(in[0]);
  T* to = static_cast<T*>(out);
  if (past)
    for (std::size_t i = 0; i < n; i += Pack<T>::size) Pack<T>::load(from + i).stream(to + i);
  else
    for (std::size_t i = 0; i < n; i += Pack<T>::size) Pack<T>::load(from + i).store(to + i);
}

template <class T>
bool starts_line(const Array& a) {
  return reinterpret_cast<std::uintptr_t>(a.data<T>()) % simd::line == 0;
}

// Which adjoints are written past the caches: those that lie where they go, if they are large together. Not those that
// are read in the same loop.
template <class T, class Direct>
std::uint64_t past_caches(std::span<const AdjointTarget> adjoints, const Array& cotangent, const Direct& direct) {
  std::uint64_t past = 0;
  std::size_t bytes = 0;
  const auto same = [](const Array& a, const Array& b) { return a.data<void>() == b.data<void>(); };
  for (std::size_t k = 0; k < adjoints.size(); ++k) {
    if (!direct(k) || adjoints[k].add || !starts_line<T>(*adjoints[k].array)) continue;
    bool read = same(*adjoints[k].array, cotangent);
    for (std::size_t j = 0; j < adjoints.size(); ++j)
      read |= j != k && adjoints[j].array && same(*adjoints[k].array, *adjoints[j].array);
    if (read) continue;
    past |= std::uint64_t{1} << k;
    bytes += static_cast<std::size_t>(adjoints[k].array->size()) * sizeof(T);
  }
  return bytes >= gradient_stream_bytes ? past : 0;
}

template <class T>
void forward(ForwardKernel kernel, const void* formula, const Shape& space, ArrayList in, const Array& out,
             double scale, Around around) {
  const Index size = count(space);
  if (size > 0 && size <= short_size && out.contiguous())
    return forward_short<T>(kernel ? kernel : identity<T>, formula, space, size, in, out, scale);
  const bool reduces = !(out.shape() == space);
  if (!kernel && !reduces) kernel = identity<T>;
  const Rows rows = reduces ? Rows() : Rows(space, in, dtype_of<T>);  // sums are grouped alike in every layout
  const Index n = rows ? rows.extent() : size;
  const bool stores_directly = !reduces && !rows && out.dtype() == dtype_of<T> && out.contiguous();
  const bool streams =
      stores_directly && static_cast<std::size_t>(size) * sizeof(T) >= stream_bytes && starts_line<T>(out);
  Walk part;  // where the result is a part of a larger array
  if (!out.contiguous()) part.fold(space, out.strides());
  const bool stores_gaps = around == Around::free && rows && rows.fit(part);
  std::optional<Sums<T>> sums;
  if (reduces) sums.emplace(out.shape(), space);
  const Grouping grouping(n, reduces, reduces ? sums->size() : 0);
  if (sums) sums->open(grouping.groups);

  for_groups(grouping, [&](Index group, Index first, Index last) {
    SmallArray<Reader<T>> readers(in.size());
    SmallArray<std::size_t> same(in.size());
    SmallArray<Block<T>> packed(in.size()), tail(in.size());
    SmallArray<const void*> from(in.size()), rest_from(in.size());
    Block<T> result;
    for (std::size_t k = 0; k < in.size(); ++k) {
      readers[k].open(*in[k], space, rows);
      same[k] = readers[k].direct() ? k : first_like(in, k);
      if (readers[k].constant()) from[k] = readers[k].read(0, std::min(block_size, n), packed[k]);
    }
    for (Index b = first; b < last; ++b) {
      const Index begin = b * block_size, length = std::min(block_size, n - begin);
      const Index full = length - length % lanes<T>, rest = length - full;
      for (std::size_t k = 0; k < in.size(); ++k)
        if (!readers[k].constant()) from[k] = same[k] < k ? from[same[k]] : readers[k].read(begin, length, packed[k]);
      if (!kernel) {  // summed where it lies, or was packed
        sums->add(group, begin, length, static_cast<const T*>(from[0]));
        continue;
      }
      T* to = stores_directly || stores_gaps ? out.data<T>() + begin : result.get();
      if (full) kernel(formula, static_cast<std::size_t>(full), from.data(), to, streams);
      if (rest && full) {
        // The last register of elements, some of them for the second time.
        for (std::size_t k = 0; k < in.size(); ++k) rest_from[k] = static_cast<const T*>(from[k]) + length - lanes<T>;
        kernel(formula, static_cast<std::size_t>(lanes<T>), rest_from.data(), to + length - lanes<T>, false);
      } else if (rest) {
        for (std::size_t k = 0; k < in.size(); ++k) {
          const T* p = static_cast<const T*>(from[k]) + full;
          if (readers[same[k]].in_place()) {
            std::memcpy(tail[k].get(), p, static_cast<std::size_t>(rest) * sizeof(T));
            Reader<T>::pad(tail[k].get(), rest);
            p = tail[k].get();
          }
          rest_from[k] = p;
        }
        alignas(64) T padded[lanes<T>];
        kernel(formula, static_cast<std::size_t>(lanes<T>), rest_from.data(), padded, false);
        std::memcpy(to + full, padded, static_cast<std::size_t>(rest) * sizeof(T));
      }
      const auto store = [&](Index at, Index count, Index element) {
        if (!out.contiguous())
          part.runs(element, count, [&](Index position, Index run, Index offset) {
            T* const p = out.data<T>() + offset;
            const T* const result_at = to + at + position;
            if (const Index step = part.inner_stride(); step == 1) std::copy_n(result_at, run, p);
            else
              for (Index i = 0; i < run; ++i) p[i * step] = result_at[i];
          });
        else if (out.dtype() == boolean)
          for (Index i = 0; i < count; ++i) out.data<bool>()[element + i] = to[at + i] != T{0};
        else std::memcpy(out.data<T>() + element, to + at, static_cast<std::size_t>(count) * sizeof(T));
      };
      if (reduces) sums->add(group, begin, length, to);
      else if (stores_gaps) continue;
      else if (rows && rows.fit(part))
        rows.pieces(begin, length, [&](Index at, Index count, Index) {
          std::memcpy(out.data<T>() + begin + at, to + at, static_cast<std::size_t>(count) * sizeof(T));
        });
      else if (rows) rows.pieces(begin, length, store);
      else if (!stores_directly) store(0, length, begin);
    }
    if (streams) simd::finish_streams();
  });
  if (sums) sums->finish(out.data<T>(), false, scale);
}

// Elements in a block where cotangents are added to parts that lie in the same rows, as a stencil's neighbours do: with
// blocks of the usual size much is added in short pieces, where one part begins or ends and another does not.
constexpr Index stencil_block_size = 8 * block_size;

template <class T>
void backward(BackwardKernel kernel, const void* formula, const Shape& space, ArrayList in, const Array& cotangent,
              double scale, std::span<const AdjointTarget> adjoints, const Array* value_sum) {
  const Index size = count(space);
  if (size > 0 && size <= short_size && !any_part(adjoints) && !value_sum)
    return backward_short<T>(kernel, formula, space, size, in, cotangent, scale, adjoints);
  const bool overlaps = any_overlap(adjoints, cotangent);
  SmallArray<std::optional<Sums<T>>> sums(in.size());
  std::optional<Sums<T>> values;
  if (value_sum) values.emplace(value_sum->shape(), space);
  bool any_sums = value_sum != nullptr;
  Index sum_elements = 0;
  for (std::size_t k = 0; k < in.size(); ++k)
    if (adjoints[k].array && !adjoints[k].part && !(adjoints[k].array->shape() == space)) {
      sums[k].emplace(adjoints[k].array->shape(), space);
      any_sums = true;
      sum_elements += sums[k]->size();
    }
  const Rows rows = any_sums ? Rows() : Rows(space, in, dtype_of<T>, &cotangent);
  const Index n = rows ? rows.extent() : size;
  const Index block = rows && any_part(adjoints) ? std::min(whole_registers<T>(n), stencil_block_size) : block_size;
  const Grouping grouping(n, any_sums, sum_elements, any_part(adjoints), block);
  // Parts may be added to the array that the cotangent is a window of, if none is so far behind that it would be added
  // to what is still to be read: a stencil's neighbours are not.
  const auto with_another = [&](const Array& other, double factor) {
    SmallArray<const Array*> others(in.size());
    for (std::size_t k = 0; k < in.size(); ++k) others[k] = in[k] == &cotangent ? &other : in[k];
    return backward<T>(kernel, formula, space, {others.data(), in.size()}, other, factor, adjoints, value_sum);
  };
  if (overlaps && !(rows && reach<T>(adjoints, cotangent) <= block)) return with_another(cotangent.copy(), scale);
  // One that is repeated often is scaled before.
  if (scale != 1.0 && !value_sum && cotangent.size() > 1 && 16 * cotangent.size() <= size) {
    const Array scaled = Array::empty(cotangent.shape(), dtype_of<T>), g = cotangent.packed();
    for (Index i = 0; i < g.size(); ++i) scaled.data<T>()[i] = g.data<T>()[i] * static_cast<T>(scale);
    return with_another(scaled, 1.0);
  }
  for (std::size_t k = 0; k < in.size(); ++k)
    if (sums[k]) sums[k]->open(grouping.groups);
  if (values) values->open(grouping.groups);
  const std::uint64_t past = past_caches<T>(
      adjoints, cotangent, [&](std::size_t k) { return adjoints[k].array && !adjoints[k].part && !sums[k] && !rows; });

  for_groups(grouping, [&](Index group, Index first, Index last) {
    const std::size_t leaves = in.size();
    SmallArray<Reader<T>> readers(leaves);
    SmallArray<std::size_t> same(leaves);
    SmallArray<Block<T>> packed(leaves), tail(leaves), grads(leaves), other_grads(overlaps ? leaves : 0);
    SmallArray<const void*> from(leaves), rest_from(leaves);
    SmallArray<void*> to(leaves), rest_to(leaves);
    struct alignas(64) Register {
      T lane[lanes<T>];
    };
    SmallArray<Register> rest_grad(leaves);
    Block<T> packed_cotangent, scaled, value;
    T* const value_block = values ? value.get(block) : nullptr;
    const Parts<T> parts(space, adjoints);
    AdjointStores stores{.past = past};
    for (std::size_t k = 0; k < in.size(); ++k) {
      readers[k].open(*in[k], space, rows);
      same[k] = readers[k].direct() ? k : first_like(in, k);
      if (readers[k].constant()) from[k] = readers[k].read(0, std::min(block, n), packed[k]);
      const bool second = adjoints[k].part && parts.same_before(k) < k;
      if (second || (adjoints[k].array && !sums[k] && !rows && !adjoints[k].part && adjoints[k].add))
        stores.add |= std::uint64_t{1} << k;
      to[k] = rest_to[k] = nullptr;
    }
    Reader<T> g;
    g.open(cotangent, space, rows);
    const bool scales = scale != 1.0;
    const T* cot = nullptr;
    const auto scale_block = [&](const T* p, Index length) {
      T* to_scaled = scaled.get(block);
      for (Index i = 0; i < length; ++i) to_scaled[i] = p[i] * static_cast<T>(scale);
      Reader<T>::pad(to_scaled, length);
      return to_scaled;
    };
    if (g.constant()) {
      cot = g.read(0, std::min(block, n), packed_cotangent);
      if (scales) cot = scale_block(cot, std::min(block, n));
    }
    // Where they overlap, what is added for a block waits until the next one's cotangent has been read.
    SmallArray<void*> waiting(leaves);
    const auto add_parts = [&](Index b, const SmallArray<void*>& terms) {
      const Index begin = b * block, length = std::min(block, n - begin);
      if (!rows) parts.add(begin, 0, length, terms);
      else if (!parts.add_rows(rows, begin, length, terms))
        rows.pieces(begin, length, [&](Index at, Index some, Index element) { parts.add(element, at, some, terms); });
    };
    for (Index b = first; b < last; ++b) {
      const Index begin = b * block, length = std::min(block, n - begin);
      const Index full = length - length % lanes<T>, rest = length - full;
      for (std::size_t k = 0; k < in.size(); ++k) {
        if (!readers[k].constant()) from[k] = same[k] < k ? from[same[k]] : readers[k].read(begin, length, packed[k]);
        if (adjoints[k].part)
          to[k] =
              adjoints[k].like ? nullptr : (overlaps && b % 2 ? other_grads : grads)[parts.same_before(k)].get(block);
        else if (adjoints[k].array)
          to[k] = sums[k] || rows ? grads[k].get(block) : adjoints[k].array->template data<T>() + begin;
      }
      if (!g.constant()) {
        cot = g.read(begin, length, packed_cotangent);
        if (scales) cot = scale_block(cot, length);
      }
      if (full) kernel(formula, static_cast<std::size_t>(full), from.data(), cot, to.data(), stores, value_block);
      if (rest) {
        // The last register of elements. Of those met before, the cotangent may be overwritten already: what comes out
        // for them is dropped.
        alignas(64) T padded_cot[lanes<T>];
        const T* rest_cot = cot + length - lanes<T>;
        const Index dropped = full ? lanes<T> - rest : 0;
        if (!full) {
          std::memcpy(padded_cot, cot, static_cast<std::size_t>(rest) * sizeof(T));
          Reader<T>::pad(padded_cot, rest);
          rest_cot = padded_cot;
        }
        for (std::size_t k = 0; k < in.size(); ++k) {
          if (full) {
            rest_from[k] = static_cast<const T*>(from[k]) + length - lanes<T>;
          } else {
            std::memcpy(tail[k].get(), from[k], static_cast<std::size_t>(rest) * sizeof(T));
            Reader<T>::pad(tail[k].get(), rest);
            rest_from[k] = tail[k].get();
          }
          if (to[k]) rest_to[k] = rest_grad[k].lane;
        }
        // Overwrite, never add: the same adjoint may stand behind two arguments, and each must see the other's sum.
        Register rest_value;
        kernel(formula, static_cast<std::size_t>(lanes<T>), rest_from.data(), rest_cot, rest_to.data(), {},
               values ? rest_value.lane : nullptr);
        if (values) std::copy_n(rest_value.lane + dropped, rest, value_block + full);
        for (std::size_t k = 0; k < in.size(); ++k) {
          if (!to[k]) continue;
          T* target = static_cast<T*>(to[k]) + full;
          const T* lane = rest_grad[k].lane + dropped;
          const bool adds = stores.add >> k & 1;
          for (Index i = 0; i < rest; ++i) target[i] = adds ? target[i] + lane[i] : lane[i];
        }
      }
      for (std::size_t k = 0; k < in.size(); ++k)
        if (sums[k]) sums[k]->add(group, begin, length, static_cast<const T*>(to[k]));
      if (values) values->add(group, begin, length, value_block);
      if (!overlaps) {
        add_parts(b, to);
      } else {
        if (b > first) add_parts(b - 1, waiting);
        for (std::size_t k = 0; k < leaves; ++k) waiting[k] = to[k];
      }
      if (rows)
        for (std::size_t k = 0; k < in.size(); ++k)
          if (adjoints[k].array && !adjoints[k].part)
            rows.pieces(begin, length, [&](Index at, Index count, Index element) {
              const T* piece = static_cast<const T*>(to[k]) + at;
              T* target = adjoints[k].array->template data<T>() + element;
              if (adjoints[k].add)
                for (Index i = 0; i < count; ++i) target[i] += piece[i];
              else std::memcpy(target, piece, static_cast<std::size_t>(count) * sizeof(T));
            });
    }
    if (overlaps && last > first) add_parts(last - 1, waiting);
    if (past) simd::finish_streams();
  });
  for (std::size_t k = 0; k < in.size(); ++k)
    if (sums[k]) sums[k]->finish(adjoints[k].array->template data<T>(), adjoints[k].add, 1.0);
  if (values) values->finish(value_sum->template data<T>(), false, scale);
}

}  // namespace

void run_forward(ForwardKernel kernel, const void* formula, Dtype dtype, const Shape& space, ArrayList in,
                 const Array& out, double scale, Around around) {
  with_floating("evaluate", dtype,
                [&]<class T>(Type<T>) { forward<T>(kernel, formula, space, in, out, scale, around); });
}

void run_backward(BackwardKernel kernel, const void* formula, Dtype dtype, const Shape& space, ArrayList in,
                  const Array& cotangent, double scale, std::span<const AdjointTarget> adjoints, const Array* sum) {
  with_floating("gradient", dtype,
                [&]<class T>(Type<T>) { backward<T>(kernel, formula, space, in, cotangent, scale, adjoints, sum); });
}

}  // namespace autograd::core
