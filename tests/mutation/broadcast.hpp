// Mutants of how a derivative becomes a rule for tensors that broadcast: the sum over what was repeated is missing, or
// runs over another axis, or is a mean; = for += where one tensor stands in two places; a stale value. The engine does
// this once, for all ops (reverse/rule.hpp); here it is done again for each op, with a mistake.
#pragma once

#include <tests/mutation/rule.hpp>
#include <tests/op/broadcast_examples.hpp>

namespace mutation {

enum class Slack { none, first_only, other_axis, mean, second_lost, stale, count };
inline constexpr const char* slack_names[] = {
    "none",         "sum over a broadcast axis missing",   "summed over the wrong axis",
    "mean for sum", "= for += for a tensor in two places", "stale value"};

struct BroadcastMutation {
  Slack slack = Slack::none;
  std::size_t argument = 0;
};
inline BroadcastMutation chosen_broadcast;

namespace detail {

/// sum_to(c, shape), with the chosen mistake.
inline Tensor unbroadcast(const Tensor& c, const Shape& shape, bool here) {
  const Slack slack = here ? chosen_broadcast.slack : Slack::none;
  if (c.shape() == shape) return c;
  const Shape axes = ag::core::repeated_axes(shape, c.shape());
  double repeats = 1;
  for (Index a : axes) repeats *= static_cast<double>(c.shape()[static_cast<std::size_t>(a)]);
  if (slack == Slack::mean && repeats > 0) return Tensor(sum_to(c, shape) * (1 / repeats));
  if (slack == Slack::first_only) {
    const Tensor first = mask_like(c, [&](Index i) {
      for (std::size_t d = c.rank(); d-- > 0; i /= c.shape()[d])
        for (Index a : axes)
          if (a == static_cast<Index>(d) && i % c.shape()[d] != 0) return false;
      return true;
    });
    return sum_to(Tensor(c * first), shape);
  }
  if (slack == Slack::other_axis && c.rank() == 2 && c.shape()[0] == c.shape()[1]) return sum_to(transpose(c), shape);
  return sum_to(c, shape);
}

}  // namespace detail

/// An elementwise op of N arguments as a general one, whose rule is written out.
template <class Op, std::size_t N>
struct Broadcast {
  static constexpr std::string_view name = Op::name;
  Op op;

  auto value(const ag::core::Array& a, const ag::core::Array& b) const
    requires(N == 2)
  {
    return of(Tensor(a), Tensor(b));
  }
  auto value(const ag::core::Array& a, const ag::core::Array& b, const ag::core::Array& c) const
    requires(N == 3)
  {
    return of(Tensor(a), Tensor(b), Tensor(c));
  }
  auto pullback(const Tensor& g, const Tensor& y, const Tensor& a, const Tensor& b) const
    requires(N == 2)
  {
    return rule(g, y, a, b);
  }
  auto pullback(const Tensor& g, const Tensor& y, const Tensor& a, const Tensor& b, const Tensor& c) const
    requires(N == 3)
  {
    return rule(g, y, a, b, c);
  }
  // Right: it is the pullback that is mutated, and the two are compared.
  auto pushforward(const Tensor& y, const Tensor& a, const Tensor& b, const Tensor& da, const Tensor& db) const
    requires(N == 2)
  {
    return tangent(y, {a, b}, {da, db});
  }
  auto pushforward(const Tensor& y, const Tensor& a, const Tensor& b, const Tensor& c, const Tensor& da,
                   const Tensor& db, const Tensor& dc) const
    requires(N == 3)
  {
    return tangent(y, {a, b, c}, {da, db, dc});
  }

 private:
  Tensor tangent(const Tensor& y, const std::array<Tensor, N>& x, const std::array<Tensor, N>& dx) const {
    const auto p = std::apply([&](const auto&... a) { return op.derivative(a..., y).values; }, x);
    Tensor sum = Tensor::zeros(y.shape(), y.dtype());
    const auto add = [&](const Tensor& d, const auto& q) {
      const auto c = ag::op::chain<Op>(d, q);
      if constexpr (!std::is_same_v<decltype(c), const ag::Zero>) sum = Tensor(sum + Tensor(c));
    };
    [&]<std::size_t... k>(std::index_sequence<k...>) {
      (add(dx[k], std::get<k>(p)), ...);
    }(std::make_index_sequence<N>{});
    return sum;
  }
  template <class... X>
  ag::core::Array of(const X&... x) const {
    const ag::BasicTape<double>::Activate none(nullptr);
    return ag::core::apply_op(op, std::array<Tensor, N>{x...}, {}).data();
  }
  template <class... X>
  auto rule(const Tensor& g, const Tensor& y, const X&... x) const {
    const auto saved = [](const Tensor& t) { return chosen_broadcast.slack == Slack::stale ? Tensor(t + 0.125) : t; };
    const auto p = op.derivative(saved(x)..., y).values;
    const std::array<Tensor, N> arguments{x...};
    return [&]<std::size_t... k>(std::index_sequence<k...>) {
      return ag::cotangents([g, arguments, q = std::get<k>(p)] {
        const auto c = ag::op::chain<Op>(g, q);
        if constexpr (std::is_same_v<decltype(c), const ag::Zero>)
          return Tensor::zeros(arguments[k].shape(), g.dtype());
        else {
          const bool here = chosen_broadcast.argument == k;
          bool twice = false;
          for (std::size_t j = 0; j < k; ++j) twice |= arguments[j].data().shares_memory(arguments[k].data());
          if (twice && chosen_broadcast.slack == Slack::second_lost) return Tensor(0.0 * c);
          return detail::unbroadcast(Tensor(c), arguments[k].shape(), here);
        }
      }...);
    }(std::make_index_sequence<N>{});
  }
};

/// Kills the mutants of one op.
void mutate_broadcast(const std::string& name, const std::vector<battery::Example>& examples, Tally& tally);

template <class... Op>
Tally mutate_broadcasts(ag::op::List<Op...>) {
  Tally tally;
  const auto one = [&]<class O>(std::type_identity<O>) {
    constexpr std::size_t n = battery::elementwise_arity<O>();
    if constexpr (n > 1) {
      std::vector<battery::Example> examples = battery::broadcast_examples<O, n>(O{});
      for (battery::Example& e : examples)
        e.call = [m = Broadcast<O, n>{}](const std::vector<Tensor>& x) {
          return [&]<std::size_t... k>(std::index_sequence<k...>) {
            return Tensor(ag::evaluate(m, x[k]...));
          }(std::make_index_sequence<n>{});
        };
      mutate_broadcast(std::string(O::name), examples, tally);
    }
  };
  (one(std::type_identity<Op>{}), ...);
  return tally;
}

}  // namespace mutation

#define XGRAD_BROADCAST_MUTANTS(Family)                                 \
  template <>                                                           \
  mutation::Tally mutation::broadcast_mutants<autograd::op::Family>() { \
    return mutate_broadcasts(autograd::op::Family{});                   \
  }
