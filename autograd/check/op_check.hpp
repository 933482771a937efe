// gradcheck(MyOp{}): an op over its own domain, at its ends and at its kinks.
//
// The op's one formula is read in every way there is: by the tape on tensors, by dual numbers, in complex numbers, and
// in quad precision, where five-point differences of the value leave an error of 1e-20 and the formula of the
// derivative itself can be evaluated. So a slip of 1e-12 in it shows. An op that is not elementwise is checked as a
// function is, at tensors of many shapes.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <autograd/check/options.hpp>
#include <autograd/check/report.hpp>
#include <autograd/functional.hpp>
#include <autograd/reverse/slope_ahead.hpp>

namespace autograd::core {

/// An elementwise op of n arguments without its type.
struct OpUnderCheck {
  std::string name;
  std::vector<Domain> domain;  ///< one for each argument
  bool quad = false;           ///< whether its formulas run on Quad and Complex
  std::function<double(const std::vector<double>&)> value;
  std::function<double(const std::vector<double>&, std::size_t)> forward;  ///< a partial derivative by dual numbers
  std::function<Complex(const std::vector<Complex>&)> complex_value;
  std::function<Quad(const std::vector<Quad>&)> quad_value;
  std::function<Quad(const std::vector<Quad>&, std::size_t)> quad_partial;  ///< the derivative's formula
  std::function<int(const std::vector<double>&)> branch;                    ///< empty for an op without
  std::function<Tensor(const std::vector<Tensor>&)> tensors;
};

GradcheckReport check_elementwise(const OpUnderCheck& op, const GradcheckOptions& options);

/// Where an argument is sampled: its domain, or the part of it where formulas have something to say.
Domain sampled_part(Domain domain);

inline Quad as_quad(Zero) { return 0; }
inline Quad as_quad(const Quad& x) { return x; }

/// What check_elementwise needs of an op with N arguments.
template <std::size_t N, class Op>
OpUnderCheck op_under_check(const Op& op) {
  OpUnderCheck u;
  u.name = Op::name;
  for (std::size_t k = 0; k < N; ++k) u.domain.push_back(op::domain_of<Op>(k));
  const auto call = [](const auto& f, const auto& x) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) { return f(x[I]...); }(std::make_index_sequence<N>{});
  };
  u.value = [op, call](const std::vector<double>& x) {
    return call([&](const auto&... v) { return static_cast<double>(op.value(v...)); }, x);
  };
  u.forward = [op, call](const std::vector<double>& x, std::size_t k) {
    std::vector<Dual<double>> d;
    for (std::size_t i = 0; i < N; ++i) d.emplace_back(x[i], i == k ? 1.0 : 0.0);
    return call([&](const auto&... v) { return Dual<double>(evaluate(op, v...)).tangent; }, d);
  };
  if constexpr (!op::real_only<Op>) {
    u.quad = true;
    u.complex_value = [op, call](const std::vector<Complex>& x) {
      return call([&](const auto&... v) { return Complex(op.value(v...)); }, x);
    };
    u.quad_value = [op, call](const std::vector<Quad>& x) {
      return call([&](const auto&... v) { return Quad(op.value(v...)); }, x);
    };
    u.quad_partial = [op, call](const std::vector<Quad>& x, std::size_t k) {
      return call(
          [&](const auto&... v) {
            const auto p = op.derivative(v..., Quad(op.value(v...))).values;
            Quad partial = 0;
            for_arguments<N>([&](auto... i) {
              ((i == k ? (void)(partial = as_quad(op::chain<Op>(Quad(1), std::get<i>(p)))) : (void)0), ...);
            });
            return partial;
          },
          x);
    };
  }
  if constexpr (alone::Declares<Op, std::make_index_sequence<N>>::elementwise)
    u.branch = [op, call](const std::vector<double>& x) {
      return call([&](const auto&... v) { return static_cast<int>(op.branch(v...)); }, x);
    };
  u.tensors = [op, call](const std::vector<Tensor>& x) {
    return call([&](const auto&... v) { return Tensor(evaluate(op, v...), SourceLocation{}); }, x);
  };
  return u;
}

/// What value_and_pullback of an op gives that its value and its pullback do not, in float64 and in float32, with the
/// same cotangent in each element; empty if they have the same bits.
std::string slip_ahead(const Array& x, const std::function<Array(const Array&)>& value,
                       const std::function<Array(const Array& g, const Array& y, const Array& x)>& pullback,
                       const std::function<Array(double g, const Array& x, Array& dx)>& both);

/// An op that is not elementwise without its type: as it was given, and along other axes if it has a member `axis` or
/// `axes` to say which.
struct WholeOp {
  using Call = std::function<Tensor(const std::vector<Tensor>&)>;
  struct Variant {
    std::string text;  ///< "", "axis = 1", ...
    Index axis;        ///< only for arguments that have it
    Call call;
    std::function<std::string(const Array&)> ahead{};  ///< slip_ahead, for an op that has a value_and_pullback
  };
  std::string name;
  std::vector<Domain> domain;  ///< one for each argument
  std::vector<Variant> variants;
};

/// Checks it at tensors of rank 0 to 4 inside its domain, also of no elements; shapes that it refuses are left out.
GradcheckReport check_whole(const WholeOp& op, const GradcheckOptions& options);

template <class Op>
concept OpOfList = requires(const Op& op, std::span<const Array> x) { op.value(x); };

template <std::size_t N, class Op>
WholeOp whole_op(const Op& op) {
  WholeOp w;
  w.name = Op::name;
  for (std::size_t k = 0; k < N; ++k) w.domain.push_back(op::domain_of<Op>(k));
  const auto add = [&w](std::string text, Index axis, const Op& o) {
    w.variants.push_back({std::move(text), axis, [o](const std::vector<Tensor>& x) {
                            if constexpr (OpOfList<Op>) return evaluate_list(o, x, SourceLocation{});
                            else
                              return for_arguments<N>(
                                  [&](auto... i) { return Tensor(evaluate_at(SourceLocation{}, o, x[i]...)); });
                          }});
    if constexpr (HasSlopeAhead<Op, N>)
      w.variants.back().ahead = [o](const Array& x) {
        return slip_ahead(
            x, [&](const Array& a) { return o.value(a); },
            [&](const Array& g, const Array& y, const Array& a) {
              return Tensor(o.pullback(Tensor(g), Tensor(y), Tensor(a))).data();
            },
            [&](double g, const Array& a, Array& dx) { return o.value_and_pullback(g, a, dx); });
      };
  };
  // An op need not look whether its axis is there: what calls it does.
  if constexpr (requires { Index{op.axis}; }) add("", op.axis < 0 ? -op.axis - 1 : op.axis, op);
  else add("", -1, op);
  for (Index axis = 0; axis < 4; ++axis) {
    std::string text = std::to_string(axis);
    Op other = op;
    if constexpr (requires { other.axis = axis; }) {
      other.axis = axis;
      add(text.insert(0, "axis = "), axis, other);
    } else if constexpr (requires { other.axes = Axes(axis); }) {
      other.axes = Axes(axis);
      add(text.insert(0, "axes = "), axis, other);
    }
  }
  return w;
}

template <class Op>
GradcheckReport check_op(const Op& op, const GradcheckOptions& options) {
  if constexpr (op::Elementwise<Op, 1>) return check_elementwise(op_under_check<1>(op), options);
  else if constexpr (op::Elementwise<Op, 2>) return check_elementwise(op_under_check<2>(op), options);
  else if constexpr (op::Elementwise<Op, 3>) return check_elementwise(op_under_check<3>(op), options);
  else if constexpr (OpOfList<Op>) return check_whole(whole_op<2>(op), options);
  else if constexpr (requires(const Array& a) { op.value(a); }) return check_whole(whole_op<1>(op), options);
  else if constexpr (requires(const Array& a) { op.value(a, a); }) return check_whole(whole_op<2>(op), options);
  else return check_whole(whole_op<3>(op), options);
}

}  // namespace autograd::core
