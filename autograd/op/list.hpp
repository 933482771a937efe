// The list of all ops. Being in it is what makes an op part of the library: its rules are compiled from it, its tests
// and its row in the README's table are made from it.
#pragma once

#include <autograd/op/activation.hpp>
#include <autograd/op/arithmetic.hpp>
#include <autograd/op/comparison.hpp>
#include <autograd/op/diagonal.hpp>
#include <autograd/op/exponential.hpp>
#include <autograd/op/extremes.hpp>
#include <autograd/op/indexing.hpp>
#include <autograd/op/joining.hpp>
#include <autograd/op/layout.hpp>
#include <autograd/op/linear.hpp>
#include <autograd/op/product.hpp>
#include <autograd/op/reduction.hpp>
#include <autograd/op/selection.hpp>
#include <autograd/op/slicing.hpp>
#include <autograd/op/softmax.hpp>
#include <autograd/op/special.hpp>
#include <autograd/op/trigonometric.hpp>

namespace autograd::op {

/// Types as a value.
template <class... Op>
struct List {
  static constexpr std::size_t size = sizeof...(Op);
};

using Arithmetic = List<Add, Subtract, Multiply, Divide, Negate, Square, Reciprocal, Sqrt, Cbrt, Pow, PowConstant>;
using Exponential = List<Exp, Exp2, Expm1, Log, Log2, Log10, Log1p, Xlogy>;
using Trigonometric = List<Sin, Cos, Tan, Asin, Acos, Atan, Sinh, Cosh, Tanh, Asinh, Acosh, Atanh, Atan2, Hypot>;
using Special = List<Erf, Erfc, Lgamma, Digamma, Trigamma, Polygamma>;
using Activation = List<Sigmoid, LogSigmoid, Softplus, Relu, LeakyRelu, Elu, Gelu, Silu>;
using Selection = List<Abs, Sign, Floor, Ceil, Round, Maximum, Minimum, Clamp, Where>;
using Comparison = List<Less, LessEqual, Greater, GreaterEqual, Equal, NotEqual>;

using Reductions = List<Sum, Mean, Max, Min, Prod, ProductOfOthers, Cumsum>;
using Softmaxes = List<Softmax, LogSoftmax, Logsumexp, CrossEntropy, CrossEntropySlope>;
using Linear = List<Matmul>;
using Layout = List<Reshape, BroadcastTo, Transpose, Flip, Roll, Cast, Diagonal, DiagonalMatrix, Tril, Triu>;
using Indexing = List<Slice, Take, TakeAdd, Gather, GatherAdd>;

/// The families; each is compiled in a file of its own, autograd/rules/.
using Families = List<Arithmetic, Exponential, Trigonometric, Special, Activation, Selection, Comparison, Reductions,
                      Layout, Indexing, Linear, Softmaxes>;

/// The ops of a list of tensors, which have rules of their own kind: reverse/list_rule.hpp.
using Joining = List<Concatenate, Stack, IndexUpdate, IndexAdd>;

inline constexpr std::size_t not_listed = static_cast<std::size_t>(-1);

namespace detail {
template <class Op, class Family>
struct Position;
template <class Op, class... In>
struct Position<Op, List<In...>> {
  static constexpr std::size_t find() {
    constexpr bool same[] = {std::is_same_v<Op, In>..., false};
    for (std::size_t i = 0; i < sizeof...(In); ++i)
      if (same[i]) return i;
    return not_listed;
  }
  static constexpr std::size_t value = find();
};
template <class Op, class All>
struct Family;
template <class Op, class... F>
struct Family<Op, List<F...>> {
  static constexpr std::size_t find() {
    constexpr bool in[] = {(Position<Op, F>::value != not_listed)...};
    for (std::size_t i = 0; i < sizeof...(F); ++i)
      if (in[i]) return i;
    return not_listed;
  }
  static constexpr std::size_t value = find();
};
}  // namespace detail

/// The number of the family that Op is in, or not_listed.
template <class Op>
inline constexpr std::size_t family_of = detail::Family<Op, Families>::value;

/// The position of Op in a family.
template <class Op, class Family>
inline constexpr std::size_t position_in = detail::Position<Op, Family>::value;

}  // namespace autograd::op
