// Training steps that are the same again and again, whose bits must be: with the same cotangent the tape may compute
// slopes beside values. A counter shows when it does.
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>
#include <vector>

#include <autograd/autograd.hpp>
#include <tests/catch.hpp>

namespace repeated {

namespace ag = autograd;
using ag::Tensor;

/// What an op under test counts.
inline std::atomic<int> calls{0};

/// Different numbers between -1 and 1.
inline Tensor numbers(const ag::Shape& shape, ag::Dtype dtype, double shift = 0) {
  const Tensor i = ag::cast(Tensor::arange(ag::core::count(shape)), ag::float64);
  return cast(reshape(sin(1.7 * i + 0.3 * square(i) + shift), shape), dtype);
}

/// The bits of all elements.
inline std::vector<std::uint64_t> bits(const Tensor& x) {
  std::vector<std::uint64_t> out;
  for (const double v : x.to_vector()) out.push_back(std::bit_cast<std::uint64_t>(v));
  return out;
}

/// What came of a step; two are equal if their bits are.
struct Step {
  std::vector<std::uint64_t> value;
  std::vector<std::vector<std::uint64_t>> gradients;
  int calls;
  bool operator==(const Step& s) const { return value == s.value && gradients == s.gradients; }
};

/// One training step: loss(x...) and its gradient for the given cotangent.
template <class F>
Step step(const F& loss, const std::vector<Tensor>& start, double cotangent = 1) {
  const int before = calls;
  ag::Tape tape;
  std::vector<Tensor> x;
  for (const Tensor& t : start) x.push_back(tape.variable(t));
  const Tensor y = loss(x);
  const auto g = tape.gradient(y, Tensor::full(y.shape(), cotangent, y.dtype()));
  Step out{bits(y), {}, 0};
  for (const Tensor& t : x) out.gradients.push_back(bits(g[t]));
  out.calls = calls - before;
  return out;
}

/// Steps with the same cotangent, from one where nothing is guessed to one where it is.
template <class F>
std::vector<Step> steps(const F& loss, const std::vector<Tensor>& start, double cotangent = 1) {
  for (const double other : {5.0, 7.0}) step(loss, start, other);
  std::vector<Step> out;
  for (int k = 0; k < 4; ++k) out.push_back(step(loss, start, cotangent));
  return out;
}

/// Such steps are equal, and so is the value that no tape records.
template <class F>
void check_alike(const F& loss, const std::vector<Tensor>& start, double cotangent = 1) {
  const auto all = steps(loss, start, cotangent);
  for (const Step& s : all) CHECK(s == all[0]);
  CHECK(bits(loss(start)) == all[0].value);
}

}  // namespace repeated
