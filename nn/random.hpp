// The random numbers of xgrad: one small generator with an explicit seed, and our own distributions on top of it.
//
// std:: engines are portable but the std:: distributions are not: the same seed gives other weights with
// another standard library. Here a seed means the same numbers everywhere, so a training run can be repeated
// and a printed result can be tested. See Note [The same bits everywhere] in random.cpp.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>
#include <ranges>
#include <utility>

namespace nn {

/// A seeded generator: xoshiro256++ 1.0 (Blackman and Vigna 2019), period 2^256 - 1, seeded through splitmix64. It
/// satisfies std::uniform_random_bit_generator, is copied with its state, and is not for cryptography.
class Rng {
 public:
  using result_type = std::uint64_t;
  /// Everything the generator knows: equal states give equal futures, of uniform and of normal numbers.
  using State = std::array<std::uint64_t, 4>;

  /// The stream of this seed; every integer, negative ones too, is a good seed.
  explicit Rng(std::integral auto seed) : state_(expand(static_cast<std::uint64_t>(seed))) {}

  /// Continues from a saved state(). Throws DomainError if all its words are 0, which the generator never leaves.
  explicit Rng(const State& state);

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

  /// 64 random bits.
  result_type operator()() noexcept {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  /// A multiple of 2^-53 in [0, 1), each equally likely.
  double uniform() noexcept { return static_cast<double>((*this)() >> 11) * 0x1p-53; }

  /// low + (high - low) uniform(), in [low, high) after rounding too; `low` if they are equal.
  /// Throws DomainError unless low <= high and high - low is finite.
  double uniform(double low, double high);

  /// The standard normal distribution, mean 0 and variance 1 (ziggurat of 256 layers, exact tail).
  double normal() noexcept;

  /// mean + deviation normal(). Throws DomainError unless both are finite and deviation >= 0.
  double normal(double mean, double deviation);

  /// An integer in [0, n), each exactly equally likely. Throws DomainError if n is 0.
  std::uint64_t below(std::uint64_t n);

  /// Puts the elements of a range, a std::vector for example, into random order (Fisher and Yates, from the end).
  template <std::ranges::random_access_range Range>
    requires std::ranges::sized_range<Range>
  void shuffle(Range&& range) {
    const auto first = std::ranges::begin(range);
    using Offset = std::ranges::range_difference_t<Range>;
    for (auto i = static_cast<std::uint64_t>(std::ranges::size(range)); i > 1; --i)
      std::ranges::iter_swap(first + static_cast<Offset>(i - 1), first + static_cast<Offset>(below(i)));
  }

  /// A generator with a stream of its own, for another thread or layer; this one moves on by four draws. The new state
  /// is 256 hashed bits of this stream, so even 2^64 streams of 2^64 draws meet with odds below 2^-60.
  Rng split();

  /// The state to save; `Rng{state}` continues from it.
  const State& state() const noexcept { return state_; }

  friend bool operator==(const Rng&, const Rng&) = default;

 private:
  static State expand(std::uint64_t seed);
  double normal_tail() noexcept;

  State state_;
};

}  // namespace nn
