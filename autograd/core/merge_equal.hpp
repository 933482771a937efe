// Numbers of which several belong to the same index, added up: for a statement that reads a variable more than once.
//
//   indices 7 7 3 9 3, numbers a b c d e   ->   indices 7 3 9, numbers a+b c+e d
//
// A stencil reads most of its variables two or three times. One AVX-512 instruction finds out which indices are equal;
// which lanes then go where is worked out once for each pattern, of which a program has a few. Where there is no such
// instruction nothing is merged, which costs memory and time but is as right.
#pragma once

#include <cstddef>
#include <cstdint>

#include <autograd/core/simd.hpp>

namespace autograd::core {

#if defined(__AVX512F__) && defined(__AVX512CD__)

/// True if equal indices can be merged.
inline constexpr bool merges_equal = true;

/// How up to 16 lanes are merged that have a certain pattern of equal ones.
class EqualLanes {
 public:
  /// The number of different indices; 0 for a pattern with one that occurs more than four times, which stays as it is.
  std::size_t different() const { return different_; }

  /// Writes the indices that are different, and the sums of their numbers; 16 of each have room.
  [[gnu::always_inline]] void write(__m512i indices, __m512d low, __m512d high, std::uint32_t* index,
                                    double* number) const {
    _mm512_storeu_si512(index, _mm512_maskz_compress_epi32(first_, indices));
    __m512d sum = _mm512_permutex2var_pd(low, from_[0][0], high);
    for (std::size_t k = 1; k < depth_; ++k)
      sum = _mm512_mask_add_pd(sum, used_[k][0], sum, _mm512_permutex2var_pd(low, from_[k][0], high));
    _mm512_storeu_pd(number, sum);
    if (different_ <= 8) return;
    sum = _mm512_permutex2var_pd(low, from_[0][1], high);
    for (std::size_t k = 1; k < depth_; ++k)
      sum = _mm512_mask_add_pd(sum, used_[k][1], sum, _mm512_permutex2var_pd(low, from_[k][1], high));
    _mm512_storeu_pd(number + 8, sum);
  }

  /// The pattern in which lane k is equal to those before it that are bits of conflicts[k]. Remembers the last few.
  [[gnu::always_inline]] static const EqualLanes& of(__m512i conflicts, std::size_t lanes) {
    for (const EqualLanes& known : last_)
      if (_mm512_cmpneq_epi32_mask(known.conflicts_, conflicts) == 0 && known.lanes_ == lanes) return known;
    return learn(conflicts, lanes);
  }

 private:
  static constexpr std::size_t most = 4;

  [[gnu::noinline, gnu::cold]] static const EqualLanes& learn(__m512i conflicts, std::size_t lanes) {
    static thread_local std::size_t next = 0;
    EqualLanes& e = last_[next++ % 4];
    e.conflicts_ = conflicts;
    e.lanes_ = lanes;
    e.first_ = 0;
    e.different_ = 0;
    e.depth_ = 0;
    std::uint32_t before[16];
    std::uint64_t from[most][16] = {};
    std::size_t place[16] = {}, members[16] = {};
    e.used_[0][0] = e.used_[0][1] = e.used_[1][0] = e.used_[1][1] = 0;
    e.used_[2][0] = e.used_[2][1] = e.used_[3][0] = e.used_[3][1] = 0;
    _mm512_storeu_si512(before, conflicts);
    for (std::size_t k = 0; k < lanes; ++k) {
      std::size_t& to = place[k];
      if (before[k] == 0) {
        e.first_ = static_cast<__mmask16>(e.first_ | 1u << k);
        to = e.different_++;
      } else {
        std::size_t same = 0;
        while (!(before[k] >> same & 1)) ++same;
        to = place[same];
      }
      const std::size_t nth = members[to]++;
      if (nth == most) {
        e.different_ = 0;
        return e;
      }
      from[nth][to] = k;
      e.used_[nth][to / 8] = static_cast<__mmask8>(e.used_[nth][to / 8] | 1u << to % 8);
      if (nth + 1 > e.depth_) e.depth_ = nth + 1;
    }
    for (std::size_t n = 0; n < most; ++n)
      for (std::size_t half = 0; half < 2; ++half) e.from_[n][half] = _mm512_loadu_si512(from[n] + 8 * half);
    return e;
  }

  __m512i conflicts_;
  __m512i from_[most][2];  // for each sum the lane of its first number, of its second ...
  __mmask8 used_[most][2];
  __mmask16 first_;  // lanes that are the first with their index
  std::size_t lanes_, different_, depth_;

  static thread_local EqualLanes last_[4];
};

inline constinit thread_local EqualLanes EqualLanes::last_[4]{};

/// `count` identities, the lower halves of which are indices.
template <std::size_t count>
class IdentityLanes {
  static_assert(count >= 1 && count <= 16);

 public:
  [[gnu::always_inline]] explicit IdentityLanes(const std::uint64_t (&id)[count]) {
    const auto at = [&](std::size_t k)
                        __attribute__((always_inline)) { return static_cast<long long>(id[k < count ? k : 0]); };
    low_ = __m512i{at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7)};
    high_ = __m512i{at(8), at(9), at(10), at(11), at(12), at(13), at(14), at(15)};
  }
  /// True if the upper halves of all are that of `node`.
  [[gnu::always_inline]] bool all_beside(std::uint64_t node) const {
    const __m512i n = _mm512_set1_epi64(static_cast<long long>(node));
    const __m512i differences = _mm512_or_si512(_mm512_xor_si512(low_, n), _mm512_xor_si512(high_, n));
    return _mm512_test_epi64_mask(differences, _mm512_set1_epi64(-(1ll << 32))) == 0;
  }
  /// If some are equal, writes those indices that are different, and the sums of the numbers that belong to each, says
  /// how many, and gives true. 16 of each must have room.
  [[gnu::always_inline]] bool merge(const double (&x)[count], std::uint32_t* index, double* number,
                                    std::size_t& different) const {
    const auto at = [&](std::size_t k)
                        __attribute__((always_inline)) { return k < count ? x[k < count ? k : 0] : 0.0; };
    const __m512i indices =
        _mm512_inserti64x4(_mm512_castsi256_si512(_mm512_cvtepi64_epi32(low_)), _mm512_cvtepi64_epi32(high_), 1);
    const __m512i conflicts = _mm512_maskz_conflict_epi32(static_cast<__mmask16>((1u << count) - 1), indices);
    if (_mm512_test_epi32_mask(conflicts, conflicts) == 0) return false;
    const EqualLanes& lanes = EqualLanes::of(conflicts, count);
    if (lanes.different() == 0) return false;
    lanes.write(indices, __m512d{at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7)},
                __m512d{at(8), at(9), at(10), at(11), at(12), at(13), at(14), at(15)}, index, number);
    different = lanes.different();
    return true;
  }

 private:
  __m512i low_, high_;
};

#else

inline constexpr bool merges_equal = false;

template <std::size_t count>
class IdentityLanes;

#endif

}  // namespace autograd::core
