// Mutants of the pullbacks and pushforwards of ops that are not elementwise: what comes out wrong (sign, factor,
// dropped, transposed, reversed, shifted, summed over an axis, an element lost, = for +=), what goes in wrong (the
// cotangent ignored, reversed, transposed, its sum over an axis missing, an argument for the result and the reverse, a
// stale value, arguments or their cotangents swapped), and the op itself, or the op on another axis, for its transpose.
//
// A mutant that leaves every gradient and tangent of an op's examples as it was, at numbers drawn at random, is not
// made.
#pragma once

#include <any>
#include <cmath>
#include <random>
#include <string>

#include <tests/mutation/tally.hpp>
#include <tests/op/battery_example.hpp>
#include <tests/op/instances.hpp>

namespace mutation {

namespace ag = autograd;
using ag::Index, ag::Shape, ag::Tensor;

/// What is wrong with a rule.
enum class Fault {
  none,
  sign,
  dropped,
  factor_1e3,
  factor_1e6,
  factor_1e9,
  twice,
  averaged,  // divided by the extent of an axis
  transposed,
  reversed,
  shifted,
  summed,
  first_lost,
  last_lost,
  assigned,  // = for +=
  cotangent_ignored,
  cotangent_transposed,
  cotangent_reversed,
  cotangent_shifted,
  sum_missing,
  argument_for_result,
  result_for_argument,
  stale_argument,
  stale_result,
  arguments_swapped,
  cotangents_swapped,
  op_for_transpose,
  other_parameter,
  count,
};
inline constexpr const char* fault_names[] = {"none",
                                              "sign",
                                              "dropped",
                                              "factor 1 + 1e-3",
                                              "factor 1 + 1e-6",
                                              "factor 1 + 1e-9",
                                              "counted twice",
                                              "divided by an extent",
                                              "transposed",
                                              "reversed",
                                              "shifted by one",
                                              "summed over an axis",
                                              "first element lost",
                                              "last element lost",
                                              "= for +=",
                                              "cotangent ignored",
                                              "cotangent transposed",
                                              "cotangent reversed",
                                              "cotangent shifted",
                                              "sum over an axis missing",
                                              "argument for result",
                                              "result for argument",
                                              "stale argument",
                                              "stale result",
                                              "arguments swapped",
                                              "cotangents swapped",
                                              "the op for its transpose",
                                              "another axis, order or shift"};
/// Faults that are at an axis.
constexpr bool at_axis(Fault f) {
  return f == Fault::averaged || f == Fault::reversed || f == Fault::shifted || f == Fault::summed ||
         f == Fault::cotangent_reversed || f == Fault::cotangent_shifted || f == Fault::sum_missing;
}

/// Faults of one argument's cotangent.
constexpr bool at_argument(Fault f) { return f <= Fault::assigned || f == Fault::stale_argument; }

struct RuleMutation {
  Fault fault = Fault::none;
  Index axis = 0;
  std::size_t argument = 0;
  bool pushforward = false;
};
inline RuleMutation chosen_rule;

namespace detail {

inline bool is(Fault f) { return chosen_rule.fault == f; }
inline bool has_axis(const Tensor& t) { return chosen_rule.axis < static_cast<Index>(t.rank()); }

/// Ones, but zeros where keep(i) is false; i runs over the row-major elements.
template <class F>
Tensor mask_like(const Tensor& t, const F& keep) {
  std::vector<double> m;
  for (Index i = 0; i < t.size(); ++i) m.push_back(keep(i) ? 1.0 : 0.0);
  return Tensor(Tensor::of(m, t.shape()).data().cast(t.dtype()));
}
inline Tensor transposed(const Tensor& t) { return reshape(transpose(t), t.shape()); }

/// What comes out of a rule, with the chosen fault.
inline Tensor outcome(const Tensor& c) {
  switch (chosen_rule.fault) {
    case Fault::sign:
      return Tensor(-c);
    case Fault::dropped:
      return Tensor(0.0 * c);
    case Fault::factor_1e3:
      return Tensor(c * (1 + 1e-3));
    case Fault::factor_1e6:
      return Tensor(c * (1 + 1e-6));
    case Fault::factor_1e9:
      return Tensor(c * (1 + 1e-9));
    case Fault::twice:
      return Tensor(c + c);
    case Fault::averaged:
      return has_axis(c) ? Tensor(c * (1.0 / std::max<double>(1, double(c.shape()[std::size_t(chosen_rule.axis)]))))
                         : c;
    case Fault::transposed:
      return transposed(c);
    case Fault::reversed:
      return has_axis(c) ? flip(c, ag::Axes(chosen_rule.axis)) : c;
    case Fault::shifted:
      return has_axis(c) ? roll(c, 1, chosen_rule.axis) : c;
    case Fault::summed:
      return has_axis(c) ? broadcast_to(Tensor(sum(c, ag::Axes(chosen_rule.axis), true)), c.shape()) : c;
    case Fault::first_lost:
      return Tensor(c * mask_like(c, [](Index i) { return i != 0; }));
    case Fault::last_lost:
      return Tensor(c * mask_like(c, [n = c.size()](Index i) { return i != n - 1; }));
    default:
      return c;
  }
}

/// What goes into a rule: a cotangent or tangent.
inline Tensor income(const Tensor& g) {
  switch (chosen_rule.fault) {
    case Fault::cotangent_ignored:
      return Tensor(0.0 * g + 1.0);
    case Fault::cotangent_transposed:
      return transposed(g);
    case Fault::cotangent_reversed:
      return has_axis(g) ? flip(g, ag::Axes(chosen_rule.axis)) : g;
    case Fault::cotangent_shifted:
      return has_axis(g) ? roll(g, 1, chosen_rule.axis) : g;
    case Fault::sum_missing: {
      if (!has_axis(g)) return g;
      Index inner = 1;
      const auto d = static_cast<std::size_t>(chosen_rule.axis);
      for (std::size_t e = d + 1; e < g.rank(); ++e) inner *= g.shape()[e];
      return Tensor(g * mask_like(g, [inner, n = g.shape()[d]](Index i) { return i / inner % n == 0; }));
    }
    default:
      return g;
  }
}

/// The saved values as the rule sees them.
inline Tensor seen_argument(const Tensor& x, const Tensor& y) {
  if (is(Fault::result_for_argument) && y.shape() == x.shape()) return y;
  return is(Fault::stale_argument) ? Tensor(x + 0.125) : x;
}
inline Tensor seen_result(const Tensor& x, const Tensor& y) {
  if (is(Fault::argument_for_result) && y.shape() == x.shape()) return x;
  return is(Fault::stale_result) ? Tensor(y + 0.125) : y;
}

/// The op with another axis, diagonal or shift: itself where it has none.
template <class Op>
Op with_another_parameter(Op o, std::size_t rank) {
  const auto n = static_cast<Index>(rank);
  if constexpr (requires { o.shift; }) o.shift = -o.shift;
  else if constexpr (requires { Index{o.axis}; }) {
    if (n > 0) o.axis = ((o.axis + n) % n + 1) % n;
  } else if constexpr (requires { o.axes.list(); }) {
    if (n > 0 && !o.axes.all() && o.axes.list().size() == 1) o.axes = ag::Axes(((o.axes.list()[0] + n) % n + 1) % n);
    else if (n > 0 && !o.axes.all() && o.axes.list().size() == rank) o.axes = ag::Axes{};
  } else if constexpr (requires { Index{o.k}; }) {
    o.k += 1;
  }
  return o;
}

/// The cotangent as it is when each place is assigned to, not added to: what the last element of g gives it.
template <class F>
Tensor assigned(const Tensor& g, const F& pull) {
  Tensor out = pull(g);
  for (Index i = 0; i < g.size(); ++i) {
    const Tensor one = pull(Tensor(g * mask_like(g, [i](Index j) { return i == j; })));
    out = i == 0 ? one : Tensor(where(one == 0.0, out, one));
  }
  return out;
}

}  // namespace detail

/// Op with the chosen mutation in its rules.
template <class Op>
struct MutatedRule : Op {
  MutatedRule(const Op& o) : Op(o) {}

  // Hidden: a sum would be fused, a slice pulled back in place, a loss with its value, all past the rules.
  using mean = void;
  void pullback_into() const;
  void value_and_pullback() const;

  auto pullback(const auto& g, const auto& y, const auto& x) const {
    if (chosen_rule.pushforward) return Tensor(Op::pullback(g, y, x));
    const Tensor in = detail::income(g), result = detail::seen_result(x, y), argument = detail::seen_argument(x, y);
    const Op* const self = this;
    const auto pull = [&](const Tensor& c) { return Tensor(self->pullback(c, result, argument)); };
    if (detail::is(Fault::assigned)) return detail::assigned(in, pull);
    if (detail::is(Fault::op_for_transpose)) {
      if constexpr (requires { self->value(in.data()); }) {
        try {
          const Tensor c = ag::evaluate(static_cast<const Op&>(*this), in);
          if (c.shape() == x.shape() && c.dtype() == x.dtype()) return c;
        } catch (const ag::Error&) {  // the op does not take a tensor of that shape: no such mutant
        }
      }
    }
    if (detail::is(Fault::other_parameter)) {
      try {
        const Tensor c(detail::with_another_parameter<Op>(*this, x.rank()).pullback(in, result, argument));
        if (c.shape() == x.shape()) return c;
      } catch (const ag::Error&) {
      }
    }
    return detail::outcome(pull(in));
  }

  auto pushforward(const auto& y, const auto& x, const auto& dx) const
    requires requires(const Op& o) { o.pushforward(y, x, dx); }
  {
    if (!chosen_rule.pushforward) return Tensor(Op::pushforward(y, x, dx));
    return detail::outcome(
        Tensor(Op::pushforward(detail::seen_result(x, y), detail::seen_argument(x, y), detail::income(dx))));
  }
};

/// The same for an op of several arguments, whose cotangents are functions.
template <class Op, std::size_t N>
struct MutatedSeveral : Op {
  using Tensors = std::array<Tensor, N>;
  MutatedSeveral(const Op& o) : Op(o) {}

  template <class... X>
    requires(sizeof...(X) == N)
  auto pullback(const auto& g, const auto& y, const X&... x) const {
    const bool right = chosen_rule.pushforward;
    return given([op = Op(*this), right, in = right ? Tensor(g) : detail::income(g), y,
                  x = right ? Tensors{x...} : seen({x...})](std::size_t k) {
      if (!right && detail::is(Fault::cotangents_swapped)) {
        const Tensor other = cotangent(op, in, y, x, (k + 1) % N), own = cotangent(op, in, y, x, k);
        return other.shape() == own.shape() ? other : own;
      }
      if (right || chosen_rule.argument != k) return cotangent(op, in, y, x, k);
      if (detail::is(Fault::assigned))
        return detail::assigned(in, [&](const Tensor& c) { return cotangent(op, c, y, x, k); });
      return detail::outcome(cotangent(op, in, y, x, k));
    });
  }

  template <class... X>
    requires(sizeof...(X) == 2 * N) && requires(const Op& o, const Tensor& y, const X&... x) { o.pushforward(y, x...); }
  Tensor pushforward(const auto& y, const X&... x) const {
    const Op* const self = this;
    std::array<Tensor, 2 * N> all{x...};
    if (chosen_rule.pushforward) {
      Tensors saved;
      std::copy_n(all.begin(), N, saved.begin());
      saved = seen(saved);
      std::copy_n(saved.begin(), N, all.begin());
      all[N + chosen_rule.argument % N] = detail::income(all[N + chosen_rule.argument % N]);
    }
    const Tensor dy = [&]<std::size_t... I>(std::index_sequence<I...>) {
      return Tensor(self->pushforward(y, all[I]...));
    }(std::make_index_sequence<2 * N>{});
    return chosen_rule.pushforward ? detail::outcome(dy) : dy;
  }

 private:
  // The arguments as the rule sees them.
  static Tensors seen(Tensors x) {
    if (detail::is(Fault::arguments_swapped) && x[0].shape() == x[1].shape()) std::swap(x[0], x[1]);
    if (detail::is(Fault::stale_argument)) x[chosen_rule.argument] = Tensor(x[chosen_rule.argument] + 0.125);
    return x;
  }
  static Tensor cotangent(const Op& op, const Tensor& g, const Tensor& y, const Tensors& x, std::size_t k) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      const auto functions = op.pullback(g, y, x[I]...).functions;
      Tensor out;
      ((I == k ? void(out = Tensor(std::get<I>(functions)())) : void()), ...);
      return out;
    }(std::make_index_sequence<N>{});
  }
  template <class F>
  static auto given(const F& f) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return ag::cotangents([f] { return f(I); }...);
    }(std::make_index_sequence<N>{});
  }
};

/// The same for an op of a list of tensors.
template <class Op>
struct MutatedList : Op {
  MutatedList(const Op& o) : Op(o) {}
  void pullback(const auto& g, std::span<const Shape> x, const auto& give) const {
    const Tensor in = detail::income(g);
    const auto right = [&](const Tensor& c, std::size_t wanted) {
      Tensor out;
      Op::pullback(c, x, [&](std::size_t k, const auto& f) {
        if (k == wanted) out = Tensor(f());
      });
      return out;
    };
    for (std::size_t k = 0; k < x.size(); ++k)
      give(k, [&] {
        if (detail::is(Fault::cotangents_swapped) && k < 2 && x[0] == x[1]) return right(in, 1 - k);
        if (chosen_rule.argument != k) return right(in, k);
        if (detail::is(Fault::assigned)) return detail::assigned(in, [&](const Tensor& c) { return right(c, k); });
        return detail::outcome(right(in, k));
      });
  }
};

/// An op's examples with the mutated op in its place.
template <class Op>
std::vector<battery::Example> mutated_examples() {
  std::vector<battery::Example> out;
  for (battery::Example e : battery::Examples<Op>::list()) {
    const Op o = std::any_cast<Op>(e.op);
    if constexpr (ag::op::position_in<Op, ag::op::Joining> != ag::op::not_listed)
      e.call = [m = MutatedList<Op>(o)](const std::vector<Tensor>& x) { return ag::evaluate_list(m, x, {}); };
    else if constexpr (requires(const Tensor& t) { o.pullback(t, t, t, t); })
      e.call = [m = MutatedSeveral<Op, 2>(o)](const std::vector<Tensor>& x) { return ag::evaluate(m, x[0], x[1]); };
    else if constexpr (requires(const Tensor& t) { o.pullback(t, t, t, t, t); })
      e.call = [m = MutatedSeveral<Op, 3>(o)](const std::vector<Tensor>& x) {
        return ag::evaluate(m, x[0], x[1], x[2]);
      };
    else e.call = [m = MutatedRule<Op>(o)](const std::vector<Tensor>& x) { return ag::evaluate(m, x[0]); };
    out.push_back(std::move(e));
  }
  return out;
}

/// Gradients and a tangent of an example at numbers drawn at random.
std::vector<double> fingerprint(const battery::Example& e);
/// The mutants of an op, given its examples; `general` if it has a pushforward of its own.
void mutate_rule(const std::string& name, const std::vector<battery::Example>& examples, bool general, Tally& tally);

template <class... Op>
Tally mutate_rules(ag::op::List<Op...>) {
  Tally tally;
  const auto one = [&]<class O>(std::type_identity<O>) {
    if constexpr (battery::elementwise_arity<O>() == 0)
      mutate_rule(
          std::string(O::name), mutated_examples<O>(),
          requires(const O& o, const Tensor& t) { o.pushforward(t, t, t); }, tally);
  };
  (one(std::type_identity<Op>{}), ...);
  return tally;
}

}  // namespace mutation

#define XGRAD_RULE_MUTANTS(Family)                                 \
  template <>                                                      \
  mutation::Tally mutation::rule_mutants<autograd::op::Family>() { \
    return mutate_rules(autograd::op::Family{});                   \
  }
