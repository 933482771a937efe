// Forward mode for the blocks of the bundle adjustment: all 15 derivatives travel with each number.
#pragma once

#include <tests/bench/scalar/contender.hpp>

namespace bench {

/// Fills y and j; `seed(x, i)` is the number x with the derivative of input i, `value_of` and `derivative_of` read one.
template <class Number, class Seed, class ValueOf, class DerivativeOf>
void forward_block(const BundleAdjustment& problem, int block, double* y, double* j, Seed seed, ValueOf value_of,
                   DerivativeOf derivative_of) {
  constexpr int inputs = BundleAdjustment::block_inputs, outputs = BundleAdjustment::block_outputs;
  Number x[inputs], result[outputs];
  for (int i = 0; i < inputs; ++i) x[i] = seed(problem.block(block)[i], i);
  problem.residual(block, x, result);
  for (int k = 0; k < outputs; ++k) {
    y[k] = value_of(result[k]);
    for (int i = 0; i < inputs; ++i) j[k * inputs + i] = derivative_of(result[k], i);
  }
}

}  // namespace bench
