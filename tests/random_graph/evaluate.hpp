// A graph computed on given leaves.
#pragma once

#include <cmath>

#include <tests/random_graph/graph.hpp>

namespace random_graph {

/// All values of a graph, of scalars or tensors, from its leaves in order; `taken` collects the branches.
template <class X>
std::vector<X> values_of(const Graph& graph, const std::vector<X>& leaves, Branches* taken = nullptr) {
  std::vector<X> values, x;
  std::size_t leaf = 0;
  for (const Value& v : graph.values) {
    if (!v.function) {
      values.push_back(leaves[leaf++]);
      continue;
    }
    x.clear();
    for (std::size_t a : v.arguments) x.push_back(values[a]);
    if constexpr (std::is_same_v<X, Tensor>) {
      if (taken && v.function->branches) v.function->branches(x.data(), v.parameters, *taken);
      values.push_back(v.function->tensors(x.data(), v.parameters));
    } else {
      if (taken && v.function->branches) {
        std::vector<Tensor> numbers;
        for (const Var& e : x) numbers.emplace_back(e.value());
        v.function->branches(numbers.data(), v.parameters, *taken);
      }
      values.push_back(v.function->scalars(x.data()));
    }
  }
  return values;
}

/// The largest absolute value, NaN if there is one.
inline double largest(const Tensor& t) {
  double most = 0;
  for (double v : t.to_vector()) most = v != v || most != most ? v - v : std::max(most, std::fabs(v));
  return most;
}
inline bool inside(const Tensor& t, const ag::Domain& domain) {
  for (double v : t.to_vector())
    if (!domain.contains(v)) return false;
  return true;
}

/// The graph without values that the result does not depend on.
inline Graph without_unused(const Graph& graph) {
  std::vector<bool> used(graph.values.size(), false);
  used.back() = true;
  for (std::size_t i = graph.values.size(); i-- > 0;)
    if (used[i])
      for (std::size_t a : graph.values[i].arguments) used[a] = true;
  std::vector<std::size_t> place(graph.values.size());
  Graph out;
  out.scalars = graph.scalars;
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    if (!used[i]) continue;
    place[i] = out.values.size();
    out.values.push_back(graph.values[i]);
    for (std::size_t& a : out.values.back().arguments) a = place[a];
  }
  return out;
}

}  // namespace random_graph
