// gradcheck(MyOp{}): an op over its own domain, at its ends and at its kinks.
//
// The op's one formula is read in every way there is: by the tape on tensors, by dual numbers, in complex numbers, and
// in quad precision, where five-point differences of the value leave an error of 1e-20 and the formula of the
// derivative itself can be evaluated. So a slip of 1e-12 in it shows.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <autograd/check/options.hpp>
#include <autograd/check/report.hpp>
#include <autograd/functional.hpp>

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

/// Tensors of a shape with numbers inside the domains of an op, for ops that are not elementwise.
std::vector<Tensor> op_samples(const std::vector<Domain>& domain, const Shape& shape, std::uint64_t seed);

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

GradcheckReport check_gradient(const std::function<Tensor(const std::vector<Tensor>&)>& f, const std::vector<Tensor>& x,
                               std::vector<std::string> names, const GradcheckOptions& options);

template <class Op>
GradcheckReport check_op(const Op& op, const GradcheckOptions& options) {
  if constexpr (op::Elementwise<Op, 1>) return check_elementwise(op_under_check<1>(op), options);
  else if constexpr (op::Elementwise<Op, 2>) return check_elementwise(op_under_check<2>(op), options);
  else if constexpr (op::Elementwise<Op, 3>) return check_elementwise(op_under_check<3>(op), options);
  else {
    // Square matrices: they fit matmul as well as softmax.
    constexpr std::size_t n = requires(const Array& a) { op.value(a); }      ? 1
                              : requires(const Array& a) { op.value(a, a); } ? 2
                                                                             : 3;
    std::vector<Domain> domain;
    std::vector<std::string> names;
    for (std::size_t k = 0; k < n; ++k) {
      domain.push_back(op::domain_of<Op>(k));
      names.push_back(std::string("argument ").append(std::to_string(k)));
    }
    const auto f = [&op](const std::vector<Tensor>& x) {
      return for_arguments<n>([&](auto... i) { return Tensor(evaluate_at(SourceLocation{}, op, x[i]...)); });
    };
    return check_gradient(f, op_samples(domain, {4, 4}, options.seed), std::move(names), options);
  }
}

}  // namespace autograd::core
