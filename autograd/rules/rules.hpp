// The compiled rules of a family, made from its list: what each rules_*.cpp instantiates.
#pragma once

#include <autograd/reverse/elementary.hpp>

namespace autograd::core {

/// How many tensors an op takes: found by asking it.
template <class Op>
constexpr std::size_t arity() {
  if constexpr (op::Elementwise<Op, 1>) return 1;
  else if constexpr (op::Elementwise<Op, 2>) return 2;
  else if constexpr (op::Elementwise<Op, 3>) return 3;
  else if constexpr (requires(const Op& o, const Array& a) { o.value(a); }) return 1;
  else if constexpr (requires(const Op& o, const Array& a) { o.value(a, a); }) return 2;
  else return 3;
}

template <class Op>
Tensor compiled_tensor_rule(const void* op, const Tensor* x, SourceLocation where) {
  std::array<Tensor, arity<Op>()> args;
  for (std::size_t k = 0; k < args.size(); ++k) args[k] = x[k];
  return apply(*static_cast<const Op*>(op), args, where);
}

template <class Op>
Var compiled_scalar_rule(const void* op, const Var* x, SourceLocation where) {
  if constexpr (op::Elementwise<Op, arity<Op>()>) {
    std::array<Var, arity<Op>()> args;
    for (std::size_t k = 0; k < args.size(); ++k) args[k] = x[k];
    return apply_scalar(*static_cast<const Op*>(op), args, where);
  } else {
    return {};  // never called: only elementwise ops stand in expressions of scalars
  }
}

template <class Family>
struct MakeRules;
template <class... Op>
struct MakeRules<op::List<Op...>> {
  static constexpr CompiledRule table[] = {{&compiled_tensor_rule<Op>, &compiled_scalar_rule<Op>}...};
};

}  // namespace autograd::core
