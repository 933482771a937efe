// What a check looks at, how much it forgives, and the generator that it restarts.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>

#include <autograd/core/source_location.hpp>

namespace autograd {

/// A source of random numbers whose copy has the same future: nn::Rng, std::mt19937_64.
template <class G>
concept RandomGenerator = std::copyable<G> && std::is_object_v<G> && requires(G& g) {
  { g() } -> std::unsigned_integral;
};

/// Brings generators back to where they were when this was made: before every evaluation of a check, so that dropout
/// drops the same units each time. `GradcheckOptions{.generator = rng}`; any function may stand for it.
class Restart {
 public:
  Restart() = default;
  template <class G>
    requires(!std::is_same_v<std::remove_cv_t<G>, Restart>) && RandomGenerator<G>
  Restart(G& generator) : again_([&generator, state = generator] { generator = state; }) {}
  template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, Restart>) && (!RandomGenerator<std::remove_cvref_t<F>>) &&
            std::is_invocable_v<F&>
  Restart(F again) : again_(std::move(again)) {}
  void operator()() const {
    if (again_) again_();
  }

 private:
  std::function<void()> again_;
};

/// What a check looks at and how much it forgives.
struct GradcheckOptions {
  double relative = 1e-8;     ///< of max(|reverse|, |numeric|), beside what the differences are uncertain by
  double exact = 1e-10;       ///< the same for reverse, forward and complex step, which are exact up to rounding
  std::size_t samples = 100;  ///< elements of each argument that are looked at; all of them when there are no more
  std::uint64_t seed = 1;     ///< chooses them, and the directions
  Restart generator{};        ///< the generator that the function draws from, if it does
  bool blame = true;          ///< whether a failure is traced to the operation that causes it
  SourceLocation where = SourceLocation::current();  ///< named in the place of lines that nothing knows
};

}  // namespace autograd
