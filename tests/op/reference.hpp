// What each elementwise op should give: the functions of libquadmath, or the textbook formula, in numbers of 113 bits.
//
// `ulp` is how far the op itself, in double, may be from that, and `float_ulp` how far its float32 kernel may be
// from its double reading: 4, but for formulas that square or shift their argument before a steep function.
#pragma once

#include <autograd/autograd.hpp>
#include <tests/op/quad.hpp>

namespace battery {

namespace op = autograd::op;

struct Exact {
  static constexpr double ulp = 4, float_ulp = 4;
};

/// A new elementwise op says here what it should compute: one line. A user's op is compared with its own formula in
/// quad precision.
template <class Op>
struct Reference : Exact {
  static_assert(op::family_of<Op> == op::not_listed, "this op has no reference: add its line to reference.hpp");
  static Quad value(const Op& o, const auto&... x) { return Quad(o.value(x...)); }
};

// clang-format off
#define XGRAD_UNARY(Op, formula) \
  template <> struct Reference<op::Op> : Exact { \
    static Quad value(const op::Op&, Quad x) { return formula; } \
  };
#define XGRAD_BINARY(Op, formula) \
  template <> struct Reference<op::Op> : Exact { \
    static Quad value(const op::Op&, Quad x, Quad y) { return formula; } \
  };

XGRAD_BINARY(Add, x + y)                XGRAD_BINARY(Subtract, x - y)
XGRAD_BINARY(Multiply, x * y)           XGRAD_BINARY(Divide, x / y)
XGRAD_UNARY(Negate, -x)                 XGRAD_UNARY(Square, x * x)
XGRAD_UNARY(Reciprocal, 1 / x)          XGRAD_UNARY(Sqrt, sqrt(x))
XGRAD_UNARY(Cbrt, cbrt(x))         XGRAD_BINARY(Pow, pow(x, y))
XGRAD_UNARY(Exp, exp(x))           XGRAD_UNARY(Exp2, exp2(x))
XGRAD_UNARY(Expm1, expm1(x))       XGRAD_UNARY(Log, log(x))
XGRAD_UNARY(Log2, log2(x))         XGRAD_UNARY(Log10, log10(x))
XGRAD_UNARY(Log1p, log1p(x))       XGRAD_BINARY(Xlogy, x * log(y))
XGRAD_UNARY(Sin, sin(x))           XGRAD_UNARY(Cos, cos(x))
XGRAD_UNARY(Tan, tan(x))           XGRAD_UNARY(Asin, asin(x))
XGRAD_UNARY(Acos, acos(x))         XGRAD_UNARY(Atan, atan(x))
XGRAD_UNARY(Sinh, sinh(x))         XGRAD_UNARY(Cosh, cosh(x))
XGRAD_UNARY(Tanh, tanh(x))         XGRAD_UNARY(Asinh, asinh(x))
XGRAD_UNARY(Acosh, acosh(x))       XGRAD_UNARY(Atanh, atanh(x))
XGRAD_BINARY(Atan2, atan2(x, y))   XGRAD_BINARY(Hypot, hypot(x, y))
XGRAD_UNARY(Erf, erf(x))           XGRAD_UNARY(Erfc, erfc(x))
XGRAD_UNARY(Lgamma, lgamma(x))
XGRAD_UNARY(Sigmoid, 1 / (1 + exp(-x)))
XGRAD_UNARY(LogSigmoid, -log1p(exp(-x)))
XGRAD_UNARY(Softplus, log1p(exp(x)))
XGRAD_UNARY(Relu, x > 0 ? x : 0)
XGRAD_UNARY(Silu, x / (1 + exp(-x)))
XGRAD_UNARY(Abs, fabs(x))          XGRAD_UNARY(Sign, x > 0 ? 1 : x < 0 ? -1 : 0)
XGRAD_UNARY(Floor, floor(x))       XGRAD_UNARY(Ceil, ceil(x))
XGRAD_UNARY(Round, round(x))
XGRAD_BINARY(Maximum, fmax(x, y))  XGRAD_BINARY(Minimum, fmin(x, y))
XGRAD_BINARY(Less, x < y)               XGRAD_BINARY(LessEqual, x <= y)
XGRAD_BINARY(Greater, x > y)            XGRAD_BINARY(GreaterEqual, x >= y)
XGRAD_BINARY(Equal, x == y)             XGRAD_BINARY(NotEqual, x != y)
#undef XGRAD_UNARY
#undef XGRAD_BINARY
    // clang-format on

    /// erfc(-x / sqrt 2) is steep: half an ULP in its argument costs x^2 ULP of the result.
    template <>
    struct Reference<op::Gelu> {
  static constexpr double ulp = 16, float_ulp = 16;
  static Quad value(const op::Gelu&, Quad x) { return x / 2 * erfc(-x / sqrt(Quad(2))); }
};
template <>
struct Reference<op::PowConstant> : Exact {
  static Quad value(const op::PowConstant& p, Quad x) { return pow(x, Quad(p.exponent)); }
};
template <>
struct Reference<op::LeakyRelu> : Exact {
  static Quad value(const op::LeakyRelu& r, Quad x) { return x > 0 ? x : Quad(r.slope) * x; }
};
template <>
struct Reference<op::Elu> : Exact {
  static Quad value(const op::Elu& e, Quad x) { return x > 0 ? x : Quad(e.alpha) * expm1(x); }
};
template <>
struct Reference<op::Clamp> : Exact {
  static Quad value(const op::Clamp&, Quad x, Quad low, Quad high) { return fmin(fmax(x, low), high); }
};
template <>
struct Reference<op::Where> : Exact {
  static Quad value(const op::Where&, Quad condition, Quad yes, Quad no) { return condition != 0 ? yes : no; }
};

template <>
struct Reference<op::Digamma> {
  static constexpr double ulp = 8, float_ulp = 4;
  static Quad value(const op::Digamma&, Quad x) { return digamma(x); }
};
template <>
struct Reference<op::Trigamma> : Exact {
  static Quad value(const op::Trigamma&, Quad x) { return trigamma(x); }
};
/// Sums of powers with an integer exponent, each good to an ULP.
template <>
struct Reference<op::Polygamma> {
  static constexpr double ulp = 16, float_ulp = 4;
  static Quad value(const op::Polygamma& p, Quad x) { return polygamma(p.order, x); }
};

}  // namespace battery
