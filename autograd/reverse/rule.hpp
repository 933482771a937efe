// One op at a time: how a single operation on tensors is computed, recorded, and differentiated by its rule. Scalars
// have the same in scalar_rule.hpp.
//
// All three kinds of op end here: elementwise ones on a tape that records every operation, linear and general ones
// always. The rule runs on primals (see Note [Levels] in tape.hpp) with this tape set aside, so an outer tape records
// it.
#pragma once

#include <array>
#include <cstring>
#include <memory>
#include <vector>

#include <autograd/reverse/anomaly_watch.hpp>
#include <autograd/reverse/fused.hpp>
#include <autograd/reverse/saved.hpp>
#include <autograd/reverse/slope_ahead.hpp>

namespace autograd {

/// a + b, recorded on the tape in scope.
Tensor add_tensors(const Tensor& a, const Tensor& b);
Var add_scalars(const Var& a, const Var& b);

namespace core {

/// x in another shape, recorded on the tape in scope.
Tensor reshape_recorded(const Tensor& x, const Shape& shape);
/// x repeated to a larger shape, recorded on the tape in scope.
Tensor broadcast_recorded(const Tensor& x, const Shape& shape);
/// to += x, of the same shape; `to` is row-major.
void add_in_place(const Array& to, const Array& x);

/// The indices 0 to N - 1 as types.
template <std::size_t N, class F>
decltype(auto) for_arguments(F&& f) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) -> decltype(auto) {
    return f(std::integral_constant<std::size_t, I>{}...);
  }(std::make_index_sequence<N>{});
}

/// A tensor of which only shape and dtype matter: a single zero, repeated.
inline Tensor shape_of(const Tensor& x) { return Tensor(scalar(0, x.dtype()).broadcast_to(x.shape())); }

/// Without a pushforward of its own an op that is not elementwise is linear in each argument: its pushforward is the op
/// itself, one argument at a time, and its pullback does not read its result.
template <class Op, std::size_t N>
inline constexpr bool is_linear = [] {
  return []<std::size_t... I>(std::index_sequence<I...>) {
    return !op::Elementwise<Op, N> &&
           !requires(const Op& o, const Tensor& t) { o.pushforward(t, ((void)I, t)..., ((void)I, t)...); };
  }(std::make_index_sequence<N>{});
}();

/// An op of one argument without a pushforward is linear: neither its argument nor its result is needed again.
template <class Op, std::size_t N>
concept NeedsNoValues = N == 1 && is_linear<Op, 1>;

/// An op that shows a part of its argument.
template <class Op>
concept PartOfArgument = requires(const Op& o, const Array& a) { o.part(a); };

template <class Op, std::size_t N>
Tensor apply(const Op& op, const std::array<Tensor, N>& x, SourceLocation where);

/// T, once for each of some indices.
template <std::size_t, class T>
using Repeat = T;

/// Notes the branches of op(x...), of the given shape, where a check listens.
template <class Op, std::size_t N, class ArrayOf>
void note_branches(const Tape& tape, const Op& op, const Shape& shape, SourceLocation where, const ArrayOf& array_of) {
  if constexpr (alone::has_branches<Op, N>) {
    BranchLog* log = BranchLog::active();
    if (!log || tape.outer()) return;  // noted on the outermost tape
    std::array<Array, N> x;
    for (std::size_t k = 0; k < N; ++k) x[k] = array_of(k);
    log->note(Op::name, where, alone::branches(op, x, shape));
  }
}

/// The part of a rule that checks use, on tensors and on scalars alike: see Statement.
template <class Op, std::size_t N>
class CheckedStatement : public Statement {
 public:
  std::string_view name() const final { return Op::name; }
  const char* complex_value(std::span<const ComplexArray> x, ComplexArray& y) const final {
    if constexpr (op::Elementwise<Op, N>) {
      return alone::complex_elementwise<Op, N>(op(), x, y);
    } else if constexpr (requires(const Op& o, const ComplexArray& a) { o.complex_value(a); }) {
      y = op().complex_value(x[0]);
      return nullptr;
    } else if constexpr (is_linear<Op, N>) {
      alone::complex_linear<Op, N>(op(), x, y);
      return nullptr;
    } else {
      return "it has no complex version";
    }
  }
  std::vector<std::int64_t> branches(std::span<const Array> x) const final {
    if constexpr (!alone::has_branches<Op, N>) return {};
    std::array<Array, N> a;
    Shape shape;
    for (std::size_t k = 0; k < N; ++k) {
      a[k] = x[k];
      if constexpr (op::Elementwise<Op, N>) shape = broadcast(Op::name, shape, a[k].shape());
    }
    return alone::branches(op(), a, shape);
  }
  bool elementwise() const final { return op::Elementwise<Op, N>; }

 protected:
  virtual const Op& op() const = 0;
};

/// A recorded operation on N tensors.
template <class Op, std::size_t N>
class RuleStatement final : public CheckedStatement<Op, N> {
  using Statement::kept_arguments, Statement::keeps_result, Statement::result, Statement::where;

 public:
  RuleStatement(const Op& op, const std::array<Tensor, N>& x, const std::array<NodeId, N>& nodes, const Tensor& y,
                SlopeAhead<Op, N> ahead = {})
      : op_(op),
        nodes_(nodes),
        x_(for_arguments<N>([&](auto... i) { return std::array<Kept, N>{Kept(x[i])...}; })),
        y_(kept_result(y)),
        ahead_(std::move(ahead)) {
    keeps_result = !drops_result(y);
    if (NeedsNoValues<Op, N>) kept_arguments = 0;
  }
  std::span<const NodeId> arguments() const override { return nodes_; }
  Array constant(std::size_t k) const override { return x_[k].get(Op::name).data(); }
  std::unique_ptr<Statement> at(std::span<const Array> x, const Array& y) const override {
    const auto other = for_arguments<N>([&](auto... i) { return std::array<Tensor, N>{Tensor(x[i])...}; });
    auto s = std::make_unique<RuleStatement>(op_, other, nodes_, Tensor(y));
    s->result = this->result;
    return s;
  }

  void pullback(Sweep& sweep) const override {
    Tensor g{Array()};
    if (!sweep.take(result.index, g)) return;
    for_arguments<N>([&](auto... i) {
      if constexpr (op::Elementwise<Op, N>) {
        const auto p = op_.derivative(x_[i].get(Op::name)..., y_.get(Op::name)).values;
        (pull_elementwise<i>(sweep, g, std::get<i>(p)), ...);
      } else if constexpr (N == 1) {
        if (nodes_[0] && !pull_into(sweep, g) && !hand_over(sweep, g))
          sweep.add_tensor(nodes_[0].index, Tensor(op_.pullback(g, y_.get(Op::name), x_[i].get(Op::name)...)));
      } else {
        const auto c = op_.pullback(g, y_.get(Op::name), x_[i].get(Op::name)...).functions;
        (pull_argument<i>(sweep, std::get<i>(c)), ...);
      }
    });
  }

  core::Array part_of(const core::Array& cotangent) const override {
    if constexpr (PartOfArgument<Op>) return op_.part(cotangent);
    else return {};
  }
  bool is_part() const override { return PartOfArgument<Op>; }

  void pushforward(ForwardSweep& sweep) const override {
    std::array<Tensor, N> dx;
    std::array<bool, N> some{};
    bool any = false;
    for (std::size_t k = 0; k < N; ++k) any |= some[k] = sweep.tensor(nodes_[k], dx[k]);
    if (!any) return;
    bool known = false;
    Tensor dy;
    const auto add = [&](const Tensor& term) {
      dy = known ? add_tensors(dy, term) : term;
      known = true;
    };
    for_arguments<N>([&](auto... i) {
      if constexpr (op::Elementwise<Op, N>) {
        const auto p = op_.derivative(x_[i].get(Op::name)..., y_.get(Op::name)).values;
        (push_elementwise<i>(dx, some, std::get<i>(p), add), ...);
      } else if constexpr (!is_linear<Op, N>) {
        // A general rule reads all tangents: those that are zero are made.
        ((void)(some[i] || (dx[i] = Tensor::zeros(x_[i].get(Op::name).shape(), y_.get(Op::name).dtype()), true)), ...);
        add(Tensor(op_.pushforward(y_.get(Op::name), x_[i].get(Op::name)..., dx[i]...)));
      } else {
        (push_linear<i>(dx, some, add), ...);
      }
    });
    if (known) sweep.set_tensor(result.index, dy);
  }

  Array value(std::span<const Array> x) const override {
    const BasicTape<double>::Activate off(nullptr);
    return for_arguments<N>([&](auto... i) { return apply(op_, std::array<Tensor, N>{Tensor(x[i])...}, {}).data(); });
  }

 private:
  using Kept = std::conditional_t<NeedsNoValues<Op, N>, SavedShape, Saved>;
  static Kept kept_result(const Tensor& y) {
    if constexpr (NeedsNoValues<Op, N>) return Kept(y);
    else return Kept(drops_result(y) ? shape_of(y) : y);
  }
  // To keep a few elements takes less than to make something that stands for them.
  static bool drops_result(const Tensor& y) {
    constexpr Index few = 1024;
    return NeedsNoValues<Op, N> || (is_linear<Op, N> && y.size() > few);
  }
  template <std::size_t i, class P>
  void pull_elementwise(Sweep& sweep, const Tensor& g, const P& p) const {
    if (!nodes_[i]) return;
    const auto c = op::chain<Op>(g, p);
    if constexpr (!std::is_same_v<decltype(c), const Zero>)
      sweep.add_tensor(nodes_[i].index, sum_to(Tensor(c), x_[i].get(Op::name).shape()));
  }
  // A slice of a large tensor adds to a part of its cotangent: unless an outer tape wants to know, that happens in
  // place.
  bool pull_into(Sweep& sweep, const Tensor& g) const {
    if constexpr (requires(const Array& a) { op_.pullback_into(a, a); }) {
      if (Tape::active()) return false;
      bool add = false;
      const Array& to = sweep.accumulator(nodes_[0].index, x_[0].shape(), g.dtype(), add);
      if (!add) std::memset(to.bytes(), 0, static_cast<std::size_t>(to.size()) * size_of(to.dtype()));
      op_.pullback_into(to, g.data());
      return true;
    }
    return false;
  }
  // Whether the slope has been computed for this cotangent already.
  bool hand_over(Sweep& sweep, const Tensor& g) const {
    if constexpr (HasSlopeAhead<Op, N>) {
      const Array slope = ahead_.take(g.data());
      if (slope) (void)x_[0].get(Op::name), sweep.add_tensor(nodes_[0].index, Tensor(slope));
      return static_cast<bool>(slope);
    }
    return false;
  }
  template <std::size_t i, class F>
  void pull_argument(Sweep& sweep, const F& f) const {
    if constexpr (!std::is_same_v<F, Zero>)
      if (nodes_[i]) sweep.add_tensor(nodes_[i].index, Tensor(f()));
  }
  template <std::size_t i, class P, class Add>
  void push_elementwise(const std::array<Tensor, N>& dx, const std::array<bool, N>& some, const P& p,
                        const Add& add) const {
    if (!some[i]) return;
    const auto t = op::chain<Op>(dx[i], p);
    if constexpr (!std::is_same_v<decltype(t), const Zero>) {
      Tensor term(t);
      if (!(term.shape() == y_.get(Op::name).shape()))
        term = add_tensors(term,
                           Tensor::zeros(y_.get(Op::name).shape(), term.dtype()));  // the tangent is broadcast as x was
      add(term);
    }
  }
  template <std::size_t i, class Add>
  void push_linear(const std::array<Tensor, N>& dx, const std::array<bool, N>& some, const Add& add) const {
    if (!some[i]) return;
    std::array<Tensor, N> x;
    for (std::size_t k = 0; k < N; ++k) x[k] = k == i ? dx[k] : x_[k].get(Op::name);
    add(apply(op_, x, where));
  }

  const Op& op() const override { return op_; }

  Op op_;
  std::array<NodeId, N> nodes_;
  std::array<Kept, N> x_;
  Kept y_;
  [[no_unique_address]] mutable SlopeAhead<Op, N> ahead_;
};

/// An elementary elementwise op as an expression of slots, for its kernels.
template <class Op, std::size_t... I>
auto slots_of(const Op& op, std::index_sequence<I...>) {
  return Expression<Op, Repeat<I, Slot>...>{op, {}};
}

/// Computes op(x...) and records it on the tape in scope, if any.
template <class Op, std::size_t N>
Tensor apply(const Op& op, const std::array<Tensor, N>& x, SourceLocation where) {
  Tape* tape = Tape::active();
  if constexpr (op::Elementwise<Op, N>) {
    if (!tape || !tape->elementary()) {
      const auto formula = slots_of(op, std::make_index_sequence<N>{});
      std::array<const Tensor*, N> leaves;
      for (std::size_t k = 0; k < N; ++k) leaves[k] = &x[k];
      return evaluate_fused(fused_kernels<std::remove_const_t<decltype(formula)>>, &formula, leaves, {}, where);
    }
  } else if (!tape) {
    return Tensor(for_arguments<N>([&](auto... i) { return op.value(x[i].data()...); }));
  }
  if (tape->elementary()) where = tape->line(where);
  std::array<NodeId, N> nodes;
  bool any = false;
  for (std::size_t k = 0; k < N; ++k) any |= static_cast<bool>(nodes[k] = tape->node(x[k]));
  const auto primals = for_arguments<N>([&](auto... i) { return std::array<Tensor, N>{tape->primal(x[i])...}; });
  SlopeAhead<Op, N> ahead;
  const Tensor y = [&] {
    const BasicTape<double>::Activate level(tape->outer());
    if constexpr (HasSlopeAhead<Op, N>)
      if (const auto cotangent = ahead.expected(); cotangent && any && !tape->elementary())
        return Tensor(ahead.value(op, *cotangent, x[0].data()));
    return apply(op, primals, where);
  }();
  note_branches<Op, N>(*tape, op, y.shape(), where, [&](std::size_t k) { return x[k].data(); });
  if (!any || !is_floating(y.dtype())) return y;
  if (tape->watch()) tape->watch()->value(*tape, Op::name, where, x, y, op::Elementwise<Op, N>);
  return tape->record_tensor<RuleStatement<Op, N>>(y, where, op, primals, nodes, y, std::move(ahead));
}

}  // namespace core
}  // namespace autograd
