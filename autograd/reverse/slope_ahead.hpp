// An op with a loop of its own that computes the slope of its argument beside its value, where its cotangent can be
// guessed: value_and_pullback in op/contract.hpp, and Note [Slopes ahead] in fused_sum.hpp.
#pragma once

#include <bit>
#include <concepts>
#include <cstring>
#include <optional>
#include <utility>

#include <autograd/reverse/cotangent_guess.hpp>
#include <autograd/reverse/tensor.hpp>

namespace autograd::core {

/// An op of one argument that has a value_and_pullback.
template <class Op, std::size_t N>
concept HasSlopeAhead = N == 1 && requires(const Op& op, const Array& x, Array& dx) {
  { op.value_and_pullback(1.0, x, dx) } -> std::same_as<Array>;
};

/// The element that all elements of a floating array have the bits of; none if they differ or there are none.
inline std::optional<double> same_everywhere(const Array& array) {
  if (array.size() == 0) return std::nullopt;
  const Array a = array.packed();
  const auto width = size_of(a.dtype());
  if (std::memcmp(a.bytes(), a.bytes() + width, (static_cast<std::size_t>(a.size()) - 1) * width) != 0)
    return std::nullopt;
  return item("cotangent", a.view({}, {}, 0));
}

/// What a statement of Op keeps beside its values: nothing.
template <class Op, std::size_t N>
class SlopeAhead {};

/// The slope of the argument for the cotangent that was expected in each element of the result.
template <class Op, std::size_t N>
  requires HasSlopeAhead<Op, N>
class SlopeAhead<Op, N> {
 public:
  SlopeAhead() = default;
  SlopeAhead(SlopeAhead&& o) noexcept : expected_(o.expected_), slope_(std::exchange(o.slope_, {})) {}
  SlopeAhead& operator=(SlopeAhead&&) = delete;
  ~SlopeAhead() {
    if (slope_) guess_.saw_none();
  }

  /// The cotangent to expect, if any.
  std::optional<double> expected() const { return guess_.get(); }
  /// The value; keeps the slope for that cotangent.
  Array value(const Op& op, double cotangent, const Array& x) {
    expected_ = cotangent;
    return op.value_and_pullback(cotangent, x, slope_);
  }
  /// Hands the slope over if `cotangent` is what was expected, once; else no array.
  Array take(const Array& cotangent) {
    const std::optional<double> given = same_everywhere(cotangent);
    given ? guess_.saw(*given) : guess_.saw_none();
    Array slope = std::exchange(slope_, {});
    const bool right = given && std::bit_cast<std::uint64_t>(*given) == std::bit_cast<std::uint64_t>(expected_);
    return right ? slope : Array();
  }

 private:
  static inline constinit CotangentGuess guess_;
  double expected_ = 0;
  Array slope_;
};

}  // namespace autograd::core
