// Cotangents that are added to parts of larger arrays as the block loop runs backwards.
#pragma once

#include <autograd/core/block_reader.hpp>
#include <autograd/core/small_array.hpp>

namespace autograd::core {

// Adds to the parts of larger arrays, those further behind first: an element that several parts share gets its terms in
// the same order wherever the blocks end.
template <class T>
class Parts {
 public:
  Parts(const Shape& space, std::span<const AdjointTarget> adjoints) : adjoints_(adjoints), walk_(number(adjoints)) {
    for (std::size_t k = 0; k < adjoints.size(); ++k) {
      if (!adjoints[k].part || same_before(k) < k) continue;
      std::size_t at = count_++;
      for (; at > 0 && data(walk_[at - 1].target) < data(k); --at) walk_[at] = walk_[at - 1];
      walk_[at].target = k;
      walk_[at].walk.fold(space, adjoints[k].array->strides());
    }
  }
  /// The first target that is the same array.
  std::size_t same_before(std::size_t k) const {
    std::size_t j = 0;
    while (adjoints_[j].array != adjoints_[k].array) ++j;
    return j;
  }
  /// Adds n elements of the space from `begin` on, of block position `at`.
  void add(Index begin, Index at, Index n, const SmallArray<void*>& from) const {
    for (std::size_t p = 0; p < count_; ++p) {
      const Walk& walk = walk_[p].walk;
      T* const to = data(walk_[p].target);
      const T* const piece = static_cast<const T*>(from[source(walk_[p].target)]) + at;
      const Index step = walk.inner_stride();
      walk.runs(begin, n, [&](Index position, Index length, Index offset) {
        if (step == 1)
          for (Index i = 0; i < length; ++i) to[offset + i] += piece[position + i];
        else
          for (Index i = 0; i < length; ++i) to[offset + i * step] += piece[position + i];
      });
    }
  }
  /// The same where parts lie in the given rows: n elements of the extent from `begin` on, those of the gaps to be
  /// dropped. True when all do.
  bool add_rows(const Rows& rows, Index begin, Index n, const SmallArray<void*>& from) const {
    for (std::size_t p = 0; p < count_; ++p)
      if (!rows.fit(walk_[p].walk)) return false;
    // Adding -0 changes nothing, whatever it is added to.
    for (std::size_t p = 0; p < count_; ++p) {
      const std::size_t k = walk_[p].target;
      if (source(k) != k) continue;
      rows.gaps(begin, n, [piece = static_cast<T*>(from[k])](Index at, Index length) {
        if (length == 2) piece[at] = piece[at + 1] = T(-0.0);  // a border of one element on each side
        else std::fill_n(piece + at, length, T(-0.0));
      });
    }
    for (std::size_t p = 0; p < count_;) {
      // Parts that overlap by more than half, as those of a stencil do, are added in one pass.
      std::size_t last = p + 1;
      while (last < count_ && last - p < together && data(walk_[p].target) - data(walk_[last].target) < n / 2) ++last;
      add_together(p, last, begin, n, from);
      p = last;
    }
    return true;
  }

 private:
  struct Part {
    std::size_t target;
    Walk walk;
    Part() {}
  };
  static std::size_t number(std::span<const AdjointTarget> adjoints) {
    std::size_t n = 0;
    for (const AdjointTarget& a : adjoints) n += a.part;
    return n;
  }
  // Adds n elements to each of the parts [p, last), which lie one before the other in one array, from where one of them
  // begins or ends to where the next does. An element gets its terms in the order of the parts.
  void add_together(std::size_t p, std::size_t last, Index begin, Index n, const SmallArray<void*>& from) const {
    T* to[together];
    const T* terms[together];
    const std::size_t number = last - p;
    for (std::size_t q = 0; q < number; ++q) {
      to[q] = data(walk_[p + q].target) + begin;
      terms[q] = static_cast<const T*>(from[source(walk_[p + q].target)]);
    }
    const auto add = [&](std::size_t first, std::size_t end, T* at, Index length) {
      if (length > 0) add_some(end - first, to + first, terms + first, at, length);
    };
    for (std::size_t q = number - 1; q > 0; --q) add(q, number, to[q], to[q - 1] - to[q]);
    add(0, number, to[0], to[number - 1] + n - to[0]);
    for (std::size_t q = number - 1; q > 0; --q) add(0, q, to[q] + n, to[q - 1] - to[q]);
  }
  static void add_some(std::size_t number, T* const* to, const T* const* terms, T* at, Index n) {
    const T* from[together];
    for (std::size_t q = 0; q < number; ++q) from[q] = terms[q] + (at - to[q]);
    switch (number) {
      case 1:
        return add_terms<1>(at, from, n);
      case 2:
        return add_terms<2>(at, from, n);
      case 3:
        return add_terms<3>(at, from, n);
      case 4:
        return add_terms<4>(at, from, n);
      case 5:
        return add_terms<5>(at, from, n);
      case 6:
        return add_terms<6>(at, from, n);
      default:
        return add_terms<7>(at, from, n);
    }
  }
  static constexpr std::size_t together = 7;
  template <std::size_t number>
  static void add_terms(T* to, const T* const* terms, Index n) {
    constexpr auto lanes_ = static_cast<Index>(Pack<T>::size);
    const T* term[number];
    for (std::size_t t = 0; t < number; ++t) term[t] = terms[t];
    Index i = 0;
    for (; i + lanes_ <= n; i += lanes_) {
      Pack<T> sum = Pack<T>::load(to + i);
      for (std::size_t t = 0; t < number; ++t) sum = sum + Pack<T>::load(term[t] + i);
      sum.store(to + i);
    }
    for (; i < n; ++i)
      for (std::size_t t = 0; t < number; ++t) to[i] += term[t][i];
  }

  // The target whose terms are added to target k too.
  std::size_t source(std::size_t k) const { return adjoints_[k].like ? adjoints_[k].like - std::size_t{1} : k; }
  T* data(std::size_t k) const { return adjoints_[k].array->template data<T>(); }

  std::span<const AdjointTarget> adjoints_;
  SmallArray<Part> walk_;
  std::size_t count_ = 0;
};

inline bool any_part(std::span<const AdjointTarget> adjoints) {
  return std::any_of(adjoints.begin(), adjoints.end(), [](const AdjointTarget& a) { return a.part; });
}

/// Whether parts are added to memory that the cotangent is read from.
inline bool any_overlap(std::span<const AdjointTarget> adjoints, const Array& cotangent) {
  return std::any_of(adjoints.begin(), adjoints.end(),
                     [&](const AdjointTarget& a) { return a.part && a.array->shares_memory(cotangent); });
}

/// How many elements further behind than the cotangent's own place such a part begins, at most.
template <class T>
Index reach(std::span<const AdjointTarget> adjoints, const Array& cotangent) {
  Index most = 0;
  for (const AdjointTarget& a : adjoints)
    if (a.part && a.array->shares_memory(cotangent))
      most = std::max(most, static_cast<Index>(a.array->data<T>() - cotangent.data<T>()));
  return most;
}

}  // namespace autograd::core
