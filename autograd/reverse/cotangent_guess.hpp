// What cotangent the sums of a formula will be given.
//
// A loss is a sum, and its cotangent is nearly always 1, or another number that is the same in each step. When that is
// known, the slopes are computed in the loop that computes the values: what is read, and tanh or exp, serve both.
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>
#include <optional>

namespace autograd::core {

/// A guess for all sums of one formula: the last cotangent, once it came twice in a row and until it fails. Whether it
/// is right changes no result.
class CotangentGuess {
 public:
  constexpr CotangentGuess() = default;
  /// The cotangent to expect, if any.
  std::optional<double> get() const {
    if (times_.load(std::memory_order_relaxed) < 2) return std::nullopt;
    return std::bit_cast<double>(last_.load(std::memory_order_relaxed));
  }
  /// A sum was given the cotangent g.
  void saw(double g) {
    const auto number = std::bit_cast<std::uint64_t>(g);
    const bool same = last_.exchange(number, std::memory_order_relaxed) == number;
    times_.store(same ? 2 : 1, std::memory_order_relaxed);
  }
  /// A sum was given none, although one was expected.
  void saw_none() {
    last_.store(none, std::memory_order_relaxed);
    times_.store(0, std::memory_order_relaxed);
  }

 private:
  static constexpr std::uint64_t none = ~std::uint64_t{0};
  std::atomic<std::uint64_t> last_{none};  // its bits
  std::atomic<int> times_{0};
};

}  // namespace autograd::core
