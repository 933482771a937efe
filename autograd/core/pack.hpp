// Pack<T>: a SIMD register of float or double that behaves like one number.
//
// A formula written for `const auto& x` reads the same for a double and for a Pack: literals keep the element type
// (`1.0 - x` stays float), a comparison gives a Mask, and `where` chooses. All operators are hidden friends, found by
// argument-dependent lookup only, so neither xsimd's nor the standard library's names take part.
#pragma once

#include <cstddef>
#include <type_traits>

#include <autograd/core/simd.hpp>

namespace autograd::core {

template <class T>
struct Pack;

/// One truth value for each lane of a Pack<T>.
template <class T>
struct Mask {
  using Batch = simd::batch_bool<T>;
  static constexpr std::size_t size = Batch::size;

  Batch batch;

  Mask() = default;
  /// Wraps what a comparison of batches gave.
  Mask(Batch b) : batch(b) {}
  /// The same truth in every lane.
  explicit Mask(bool b) : batch(b) {}

  friend Mask operator&&(Mask a, Mask b) { return a.batch & b.batch; }
  friend Mask operator||(Mask a, Mask b) { return a.batch | b.batch; }
  friend Mask operator!(Mask a) { return !a.batch; }

  /// True if some lane is.
  friend bool any(Mask a) { return xsimd::any(a.batch); }
  /// True if every lane is.
  friend bool all(Mask a) { return xsimd::all(a.batch); }

  /// Lane by lane: yes where the condition holds, no elsewhere. Both are computed; either may be a literal.
  friend Pack<T> where(Mask condition, Pack<T> yes, Pack<T> no) {
    return xsimd::select(condition.batch, yes.batch, no.batch);
  }
};

/// A register of T: as many lanes as the instruction set has.
template <class T>
struct Pack {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>);

  using value_type = T;
  using Batch = simd::batch<T>;
  static constexpr std::size_t size = Batch::size;

  Batch batch;

  Pack() = default;
  /// Wraps a batch.
  Pack(Batch b) : batch(b) {}
  /// The same number in every lane; a literal becomes a T.
  template <class U>
    requires std::is_arithmetic_v<U>
  Pack(U value) : batch(static_cast<T>(value)) {}

  /// Reads size elements, which need not be aligned.
  static Pack load(const T* from) { return Batch::load_unaligned(from); }
  /// Writes size elements, which need not be aligned.
  void store(T* to) const { batch.store_unaligned(to); }
  /// The same past the caches where the instruction set can; aligned to a register.
  void stream(T* to) const { simd::stream(to, batch); }

  friend Pack operator+(Pack a, Pack b) { return a.batch + b.batch; }
  friend Pack operator-(Pack a, Pack b) { return a.batch - b.batch; }
  friend Pack operator*(Pack a, Pack b) { return a.batch * b.batch; }
  friend Pack operator/(Pack a, Pack b) { return a.batch / b.batch; }
  friend Pack operator-(Pack a) { return -a.batch; }
  friend Pack operator+(Pack a) { return a; }

  Pack& operator+=(Pack b) { return *this = *this + b; }
  Pack& operator-=(Pack b) { return *this = *this - b; }
  Pack& operator*=(Pack b) { return *this = *this * b; }
  Pack& operator/=(Pack b) { return *this = *this / b; }

  friend Mask<T> operator<(Pack a, Pack b) { return a.batch < b.batch; }
  friend Mask<T> operator>(Pack a, Pack b) { return a.batch > b.batch; }
  friend Mask<T> operator<=(Pack a, Pack b) { return a.batch <= b.batch; }
  friend Mask<T> operator>=(Pack a, Pack b) { return a.batch >= b.batch; }
  friend Mask<T> operator==(Pack a, Pack b) { return a.batch == b.batch; }
  // xsimd 8's != is false for NaN on AVX-512.
  friend Mask<T> operator!=(Pack a, Pack b) { return !(a == b); }

  /// a * b + c, rounded once where the instruction set can.
  friend Pack fma(Pack a, Pack b, Pack c) { return simd::fma(a.batch, b.batch, c.batch); }

  /// x, but at least low and at most high; a NaN stays.
  friend Pack clamped(Pack x, Pack low, Pack high) { return simd::clamped(x.batch, low.batch, high.batch); }
  /// x 2^n for whole numbers n, rounded once, also where the result is subnormal.
  friend Pack scale(Pack x, Pack n) { return simd::scale(x.batch, n.batch); }

  /// The sum of the lanes, always in the same order.
  friend T reduce_sum(Pack a) { return simd::reduce_add<T>(a.batch); }
};

}  // namespace autograd::core
