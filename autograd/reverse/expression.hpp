// Expression: what an operator returns. It names an op and holds its arguments by value; nothing is computed yet.
//
//   Var f = (x + y) * z;      // Expression<Multiply, Expression<Add, Var, Var>, Var>, taped as one statement
//
// The arguments are cheap handles (a Var is 16 bytes, a Tensor too), so `auto e = x + y;` never dangles. The walks at
// the end evaluate and differentiate an expression for any number type: a double on the scalar tape, a SIMD register in
// a fused tensor kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

#include <autograd/op/math.hpp>
#include <autograd/reverse/arguments.hpp>

namespace autograd {

template <class T>
class BasicVar;
/// Marks a second handle on a node; see var.hpp.
struct ReadElsewhere {};
namespace op {
struct Add;
struct Subtract;
struct Multiply;
struct Divide;
struct Negate;
}  // namespace op
/// The scalar variable of double.
using Var = BasicVar<double>;
class Tensor;
class Parameter;

/// A plain number inside an expression; it takes the element type of what it meets.
struct Literal {
  double value;
};

namespace core {
/// A scalar variable inside an expression: the value and the identity it had when the expression was written.
template <class T>
struct ScalarLeaf {
  T value;
  std::uint64_t id;  // the number of its tape and, in the lower half, its index there

  operator BasicVar<T>() const { return {value, id, ReadElsewhere{}}; }
};
}  // namespace core

/// An op and its arguments: expressions, variables or literals.
template <class Op, class... A>
struct Expression {
  [[no_unique_address]] Op op;
  [[no_unique_address]] core::Arguments<A...> args;

  static constexpr std::size_t arity = sizeof...(A);
};

namespace core {

template <class E>
inline constexpr bool is_expression = false;
template <class Op, class... A>
inline constexpr bool is_expression<Expression<Op, A...>> = true;

/// Variables below this node; a literal is none.
template <class E>
inline constexpr std::size_t leaf_count = 1;
template <>
inline constexpr std::size_t leaf_count<Literal> = 0;
template <class Op, class... A>
inline constexpr std::size_t leaf_count<Expression<Op, A...>> = (leaf_count<A> + ... + 0);

/// True for an expression whose partials do not depend on its variables, so that the next may have the same ones.
template <class E>
inline constexpr bool is_affine = true;
template <class Op, class... A>
inline constexpr bool is_affine<Expression<Op, A...>> = leaf_count<Expression<Op, A...>> == 0;
template <class A>
inline constexpr bool is_affine<Expression<op::Negate, A>> = is_affine<A>;
template <class A, class B>
inline constexpr bool is_affine<Expression<op::Add, A, B>> = is_affine<A> && is_affine<B>;
template <class A, class B>
inline constexpr bool is_affine<Expression<op::Subtract, A, B>> = is_affine<A> && is_affine<B>;
template <class A, class B>
inline constexpr bool is_affine<Expression<op::Multiply, A, B>> =
    (leaf_count<A> == 0 && is_affine<B>) || (is_affine<A> && leaf_count<B> == 0);
template <class A, class B>
inline constexpr bool is_affine<Expression<op::Divide, A, B>> = is_affine<A> && leaf_count<B> == 0;

/// True for Tensor and for every expression with a tensor in it.
template <class E>
inline constexpr bool is_tensor_level = false;
template <>
inline constexpr bool is_tensor_level<Tensor> = true;
template <class Op, class... A>
inline constexpr bool is_tensor_level<Expression<Op, A...>> = (is_tensor_level<A> || ...);

/// The number type of a scalar variable or of an expression of them; void when there is none.
template <class E>
struct ScalarOf {
  using type = void;
};
template <class T>
struct ScalarOf<BasicVar<T>> {
  using type = T;
};
template <class T>
struct ScalarOf<ScalarLeaf<T>> {
  using type = T;
};
template <class A, class B>
using FirstScalar = std::conditional_t<std::is_void_v<A>, B, A>;
template <class Op, class A>
struct ScalarOf<Expression<Op, A>> : ScalarOf<A> {};
template <class Op, class A, class B, class... C>
struct ScalarOf<Expression<Op, A, B, C...>> {
  using type = FirstScalar<typename ScalarOf<A>::type, typename ScalarOf<Expression<Op, B, C...>>::type>;
};
template <class E>
using scalar_of = typename ScalarOf<std::remove_cvref_t<E>>::type;

}  // namespace core

template <class T>
inline constexpr bool is_differentiable<BasicVar<T>> = true;
template <>
inline constexpr bool is_differentiable<Tensor> = true;
template <>
inline constexpr bool is_differentiable<Parameter> = true;
template <class Op, class... A>
inline constexpr bool is_differentiable<Expression<Op, A...>> = true;

/// An unnamed expression of tensors (and perhaps scalars).
template <class E>
concept TensorExpression = core::is_expression<std::remove_cvref_t<E>> && core::is_tensor_level<std::remove_cvref_t<E>>;
/// An unnamed expression of scalar variables of number type T.
template <class E, class T>
concept ScalarExpression = core::is_expression<std::remove_cvref_t<E>> &&
                           !core::is_tensor_level<std::remove_cvref_t<E>> && std::is_same_v<core::scalar_of<E>, T>;

namespace core {

/// The values at every node of an expression, computed in one pass.
template <class V, class E>
struct Interior {
  V value;
};
template <class V, class Op, class... A>
struct Interior<V, Expression<Op, A...>> {
  Arguments<Interior<V, A>...> args;
  V value;
};

// The number of the first leaf below argument I, when the expression's own first leaf has the number `first`.
template <std::size_t first, std::size_t I, class... A>
constexpr std::size_t first_leaf_of() {
  std::size_t counts[] = {leaf_count<A>..., 0}, k = first;
  for (std::size_t i = 0; i < I; ++i) k += counts[i];
  return k;
}

template <class V, std::size_t first, class Op, class... A, class Read, std::size_t... I>
V value_of_node(const Expression<Op, A...>& e, const Read& read, std::index_sequence<I...>);

/// The value of `e`; read.template operator()<k>(leaf) gives that of leaf number k.
template <class V, std::size_t first = 0, class E, class Read>
[[gnu::always_inline]] inline V value_of(const E& e, const Read& read) {
  if constexpr (std::is_same_v<E, Literal>) return V(e.value);
  else if constexpr (is_expression<E>) return value_of_node<V, first>(e, read, std::make_index_sequence<E::arity>{});
  else return read.template operator()<first>(e);
}

template <class V, std::size_t first, class Op, class... A, class Read, std::size_t... I>
[[gnu::always_inline]] inline V value_of_node(const Expression<Op, A...>& e, const Read& read,
                                              std::index_sequence<I...>) {
  return V(e.op.value(value_of<V, first_leaf_of<first, I, A...>()>(get<I>(e.args), read)...));
}

template <class V, std::size_t first, class Op, class... A, class Read, std::size_t... I>
Interior<V, Expression<Op, A...>> interior_of_node(const Expression<Op, A...>& e, const Read& read,
                                                   std::index_sequence<I...>);

/// The values of `e` and of everything below it.
template <class V, std::size_t first = 0, class E, class Read>
[[gnu::always_inline]] inline Interior<V, E> interior_of(const E& e, const Read& read) {
  if constexpr (std::is_same_v<E, Literal>) return {V(e.value)};
  else if constexpr (is_expression<E>) return interior_of_node<V, first>(e, read, std::make_index_sequence<E::arity>{});
  else return {read.template operator()<first>(e)};
}

template <class V, std::size_t first, class Op, class... A, class Read, std::size_t... I>
[[gnu::always_inline]] inline Interior<V, Expression<Op, A...>> interior_of_node(const Expression<Op, A...>& e,
                                                                                 const Read& read,
                                                                                 std::index_sequence<I...>) {
  Interior<V, Expression<Op, A...>> in{{interior_of<V, first_leaf_of<first, I, A...>()>(get<I>(e.args), read)...}, V{}};
  in.value = V(e.op.value(get<I>(in.args).value...));
  return in;
}

/// A copy made number by number. Where it is made on a path that is seldom taken, the original needs no address and
/// stays in registers on the others.
inline Literal copied(const Literal& l) { return {l.value}; }
template <class T>
[[gnu::always_inline]] inline ScalarLeaf<T> copied(const ScalarLeaf<T>& x) {
  return {x.value, x.id};
}
template <class Op, class... A>
[[gnu::always_inline]] inline Expression<Op, A...> copied(const Expression<Op, A...>& e) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
    return Expression<Op, A...>{e.op, {copied(get<I>(e.args))...}};
  }(std::index_sequence_for<A...>{});
}

template <class V, std::size_t first, class Op, class... A, class C, class Sink, std::size_t... I>
void pull_node(const Expression<Op, A...>& e, const Interior<V, Expression<Op, A...>>& in, const C& c, Sink& sink,
               std::index_sequence<I...>);

/// Pulls the cotangent `c` of `e` back to its leaves: sink.template add<k>(leaf, cotangent), with the types One and
/// MinusOne kept. Subtrees for which sink.template wants<first, count>() is false are skipped; those that a slope of
/// the type Zero cuts off are reported to sink.template unreached<first>(subtree).
template <class V, std::size_t first = 0, class E, class C, class Sink>
[[gnu::always_inline]] inline void pull(const E& e, const Interior<V, E>& in, const C& c, Sink& sink) {
  if constexpr (leaf_count<E> == 0) return;
  else if constexpr (std::is_same_v<C, Zero>) sink.template unreached<first>(e);
  else if constexpr (is_expression<E>) pull_node<V, first>(e, in, c, sink, std::make_index_sequence<E::arity>{});
  else sink.template add<first>(e, c);
}

// The same for one argument of Op with the slope `p`.
template <class V, class Op, std::size_t first, class E, class C, class P, class Sink>
[[gnu::always_inline]] inline void pull_argument(const E& e, const Interior<V, E>& in, const C& c, const P& p,
                                                 Sink& sink) {
  if constexpr (leaf_count<E> > 0)
    if (sink.template wants<first, leaf_count<E>>()) pull<V, first>(e, in, op::chain<Op>(c, p), sink);
}

template <class V, std::size_t first, class Op, class... A, class C, class Sink, std::size_t... I>
[[gnu::always_inline]] inline void pull_node(const Expression<Op, A...>& e, const Interior<V, Expression<Op, A...>>& in,
                                             const C& c, Sink& sink, std::index_sequence<I...>) {
  const auto p = e.op.derivative(get<I>(in.args).value..., in.value).values;
  (pull_argument<V, Op, first_leaf_of<first, I, A...>()>(get<I>(e.args), get<I>(in.args), c, std::get<I>(p), sink),
   ...);
}

}  // namespace core
}  // namespace autograd
