// Expressions, operation by operation: for tapes that keep each as a node of its own (see Note [Levels] in tape.hpp).
//
// The rules of listed ops are compiled once, in autograd/rules/, and reached through one table for each family of the
// list; those of a user's op are compiled where it is used.
#pragma once

#include <autograd/op/list.hpp>
#include <autograd/reverse/scalar_rule.hpp>

namespace autograd::core {

/// What the library has compiled for a listed op: its rule on tensors, and on scalars if it is elementwise.
struct CompiledRule {
  Tensor (*tensors)(const void* op, const Tensor* x, SourceLocation where);
  Var (*scalars)(const void* op, const Var* x, SourceLocation where);
};

/// The compiled rules of one family, in the order of its list; in autograd/rules/.
template <class Family>
const CompiledRule* compiled_rules();

template <class Op, class Families>
struct RuleTable;
template <class Op, class... Family>
struct RuleTable<Op, op::List<Family...>> {
  static const CompiledRule& get() {
    const CompiledRule* rule = nullptr;
    ((op::position_in<Op, Family> != op::not_listed ? (void)(rule = find<Family>()) : (void)0), ...);
    return *rule;
  }

 private:
  template <class Family_>
  static const CompiledRule* find() {
    if constexpr (op::position_in<Op, Family_> != op::not_listed)
      return compiled_rules<Family_>() + op::position_in<Op, Family_>;
    else return nullptr;
  }
};

/// op(x...), by the compiled rule of a listed op or by its own.
template <class Op, std::size_t N>
Tensor apply_op(const Op& op, const std::array<Tensor, N>& x, SourceLocation where) {
  if constexpr (op::family_of<Op> != op::not_listed)
    return RuleTable<Op, op::Families>::get().tensors(&op, x.data(), where);
  else return apply(op, x, where);
}
template <class Op, std::size_t N>
Var apply_op(const Op& op, const std::array<Var, N>& x, SourceLocation where) {
  if constexpr (op::family_of<Op> != op::not_listed)
    return RuleTable<Op, op::Families>::get().scalars(&op, x.data(), where);
  else return apply_scalar(op, x, where);
}

/// An expression of scalars, recorded one operation at a time.
inline Var elementary_var(const Literal& l, SourceLocation) { return l.value; }
inline Var elementary_var(const Var& x, SourceLocation) { return x; }
template <class Op, class... A>
Var elementary_var(const Expression<Op, A...>& e, SourceLocation where) {
  return core::apply(
      [&](const A&... a) { return apply_op(e.op, std::array<Var, sizeof...(A)>{elementary_var(a, where)...}, where); },
      e.args);
}
template <class E>
Var record_elementary(const E& e, SourceLocation where) {
  return elementary_var(e, where);
}

/// An expression of tensors, recorded one operation at a time; literals and scalars take the common dtype.
inline Tensor elementary_tensor(const Literal& l, Dtype dtype, SourceLocation) { return Tensor(l.value, dtype); }
inline Tensor elementary_tensor(const Var& x, Dtype dtype, SourceLocation where) { return to_tensor(x, dtype, where); }
inline Tensor elementary_tensor(const Tensor& x, Dtype, SourceLocation) { return x; }
template <class Op, class... A>
Tensor elementary_tensor(const Expression<Op, A...>& e, Dtype dtype, SourceLocation where) {
  return core::apply(
      [&](const A&... a) {
        return apply_op(e.op, std::array<Tensor, sizeof...(A)>{elementary_tensor(a, dtype, where)...}, where);
      },
      e.args);
}

template <class E>
Tensor record_elementary_tensor(const E& e, SourceLocation where) {
  LeafDtype dtype;
  dtype.see(e);
  return elementary_tensor(e, dtype.get(), where);
}

template <class E>
Tensor name_expression(const E& e, SourceLocation where) {
  return records_elementary() ? record_elementary_tensor(e, where) : evaluate_expression(e, {}, where);
}

}  // namespace autograd::core
