// An operation on its own: its branches, and its value again in complex numbers, on arrays. For checks.
#pragma once

#include <array>
#include <span>
#include <utility>

#include <autograd/core/branches.hpp>
#include <autograd/core/complex_array.hpp>
#include <autograd/op/contract.hpp>
#include <autograd/op/math.hpp>

namespace autograd::core {

namespace alone {

/// The elements of x, repeated to a shape, one after the other.
inline Array spread(const Array& x, const Shape& shape) { return x.broadcast_to(shape).cast(float64).packed(); }

template <class Op, class Indices>
struct Declares;
template <class Op, std::size_t... I>
struct Declares<Op, std::index_sequence<I...>> {
  static constexpr bool elementwise = requires(const Op& o, double x) { o.branch(((void)I, x)...); };
  static constexpr bool whole = requires(const Op& o, const Array& x) { o.branch(((void)I, x)...); };
};

/// Whether the op declares branches, for N arguments.
template <class Op, std::size_t N>
inline constexpr bool has_branches =
    Declares<Op, std::make_index_sequence<N>>::elementwise || Declares<Op, std::make_index_sequence<N>>::whole;

/// The branch of every element of the result, which has the given shape.
template <class Op, std::size_t N>
std::vector<std::int64_t> branches(const Op& op, const std::array<Array, N>& x, const Shape& shape) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) -> std::vector<std::int64_t> {
    if constexpr (Declares<Op, std::make_index_sequence<N>>::elementwise) {
      const std::array<Array, N> all{spread(x[I], shape)...};
      std::vector<std::int64_t> ways(static_cast<std::size_t>(count(shape)));
      for (std::size_t e = 0; e < ways.size(); ++e) ways[e] = op.branch(all[I].template data<double>()[e]...);
      return ways;
    } else if constexpr (Declares<Op, std::make_index_sequence<N>>::whole) {
      return integers(op.branch(x[I]...));
    } else {
      return {};
    }
  }(std::make_index_sequence<N>{});
}

/// An elementwise op on complex numbers; null, or why there is none. Choices has a number for each element.
template <class Op, std::size_t N>
const char* complex_elementwise(const Op& op, std::span<const ComplexArray> x, ComplexArray& y) {
  if constexpr (op::real_only<Op> || op::boolean_result<Op>) {
    return "its formula takes real numbers only";
  } else {
    Shape shape;
    for (const ComplexArray& a : x) shape = broadcast(Op::name, shape, a.real.shape());
    y = {Array::empty(shape, float64), Array::empty(shape, float64)};
    std::array<Array, N> real, imag;
    for (std::size_t k = 0; k < N; ++k) {
      real[k] = spread(x[k].real, shape);
      if (x[k].imag) imag[k] = spread(x[k].imag, shape);
    }
    const auto argument = [&](std::size_t k, Index e) {
      return Complex{real[k].template data<double>()[e], imag[k] ? imag[k].template data<double>()[e] : 0.0};
    };
    for (Index e = 0; e < y.real.size(); ++e) {
      const Complex r = [&]<std::size_t... I>(std::index_sequence<I...>) {
        return Complex(op.value(argument(I, e)...));
      }(std::make_index_sequence<N>{});
      Choices::next();
      y.real.template data<double>()[e] = r.real;
      y.imag.template data<double>()[e] = r.imag;
    }
    return nullptr;
  }
}

/// a + b, of one shape; either may be no array, which is zero.
inline Array sum_of(const Array& a, const Array& b) {
  if (!a || !b) return a ? a : b;
  const Array y = a.cast(float64).copy(), other = b.cast(float64).packed();
  for (Index e = 0; e < y.size(); ++e) y.data<double>()[e] += other.data<double>()[e];
  return y;
}

/// A statement that is linear in all its arguments together: real and imaginary parts apart.
template <class S>
const char* complex_of_parts(const S& statement, std::span<const ComplexArray> x, ComplexArray& y) {
  std::vector<Array> real, imag;
  for (const ComplexArray& a : x) {
    real.push_back(a.real);
    imag.push_back(a.imag ? a.imag : Array::zeros(a.real.shape(), a.real.dtype()));
  }
  y = {statement.value(real), statement.value(imag)};
  return nullptr;
}

/// An op that is linear in each of its arguments: the imaginary parts take part one at a time, since their products
/// are far below the last digit.
template <class Op, std::size_t N>
void complex_linear(const Op& op, std::span<const ComplexArray> x, ComplexArray& y) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    y = {op.value(x[I].real...), Array()};
    for (std::size_t k = 0; k < N; ++k)
      if (x[k].imag) y.imag = sum_of(y.imag, op.value((I == k ? x[I].imag : x[I].real)...));
  }(std::make_index_sequence<N>{});
}

}  // namespace alone
}  // namespace autograd::core
