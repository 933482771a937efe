// What a scalar benchmark problem is, and the random numbers that its data are made of.
//
// A problem is a struct with
//   name              what the table calls it
//   start             the point at which the gradient is taken
//   value(x)          the objective, a template on the number type: what every library evaluates with its own numbers
//   ByHand            a class with gradient(problem, x, g), which writes the gradient and returns the value: the
//   adjoint
//                     as a patient person would write it. It keeps its workspace from call to call.
// A blocked problem has many small vector functions and asks for the Jacobian of each; see bundle_adjustment.hpp.
//
// The definitions follow the literature named in each file. All data are made here, the same on every machine.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace bench {

/// Marsaglia's xorshift64* generator.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 0x1234567u) {}

  /// In [0, 1).
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Nearly normal, with mean 0 and variance 1: twelve uniform numbers added.
  double normal() {
    double sum = 0;
    for (int i = 0; i < 12; ++i) sum += uniform();
    return sum - 6;
  }

 private:
  std::uint64_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_ * 0x2545F4914F6CDD1Du;
  }

  std::uint64_t state_;
};

/// Whether a problem asks for the Jacobians of many small functions instead of one gradient.
template <class Problem>
inline constexpr bool is_blocked = requires { Problem::block_inputs; };

}  // namespace bench
