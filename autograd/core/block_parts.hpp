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
      const T* const piece = static_cast<const T*>(from[walk_[p].target]) + at;
      const Index step = walk.inner_stride();
      walk.runs(begin, n, [&](Index position, Index length, Index offset) {
        if (step == 1)
          for (Index i = 0; i < length; ++i) to[offset + i] += piece[position + i];
        else
          for (Index i = 0; i < length; ++i) to[offset + i * step] += piece[position + i];
      });
    }
  }
  /// The same where parts lie in the given rows: n elements of the extent from `begin` on. True when all do.
  bool add_rows(const Rows& rows, Index begin, Index n, const SmallArray<void*>& from) const {
    for (std::size_t p = 0; p < count_; ++p)
      if (!rows.fit(walk_[p].walk)) return false;
    for (std::size_t p = 0; p < count_; ++p) {
      T* const to = data(walk_[p].target) + begin;
      const T* const piece = static_cast<const T*>(from[walk_[p].target]);
      rows.pieces(begin, n, [&](Index at, Index length, Index) {
        for (Index i = at; i < at + length; ++i) to[i] += piece[i];
      });
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
  T* data(std::size_t k) const { return adjoints_[k].array->template data<T>(); }

  std::span<const AdjointTarget> adjoints_;
  SmallArray<Part> walk_;
  std::size_t count_ = 0;
};

inline bool any_part(std::span<const AdjointTarget> adjoints) {
  return std::any_of(adjoints.begin(), adjoints.end(), [](const AdjointTarget& a) { return a.part; });
}

}  // namespace autograd::core
