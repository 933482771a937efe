// Crossings between the two levels of the tape: an element of a tensor as a Var, Vars stacked to a tensor.
#pragma once

#include <span>
#include <vector>

#include <autograd/reverse/tape.hpp>

namespace autograd {

/// A vector of the given scalars, shape (n,). Throws DtypeError unless `dtype` is floating.
Tensor stack(std::span<const Var> x, Dtype dtype = float64, SourceLocation where = SourceLocation::current());
inline Tensor stack(std::initializer_list<Var> x, Dtype dtype = float64,
                    SourceLocation where = SourceLocation::current()) {
  return stack(std::span<const Var>(x.begin(), x.size()), dtype, where);
}

}  // namespace autograd
