// How the list of functions is made: helpers of its files.
#pragma once

#include <algorithm>

#include <tests/random_graph/graph.hpp>

namespace random_graph {

namespace op = ag::op;
inline constexpr double all = 1e300;

inline void signs(const Tensor& x, Branches& taken) {
  for (double v : x.to_vector()) taken.push_back(v > 0 ? 1 : v < 0 ? -1 : 0);
}
// A comparison of two arguments, without a tape.
inline Tensor difference(const Tensor& a, const Tensor& b) {
  const ag::BasicTape<double>::Activate none(nullptr);
  return Tensor(Tensor(a.data()) - Tensor(b.data()));
}

inline std::string call(const std::string& name, const std::vector<std::string>& x, const std::string& more = "") {
  std::string out = name + "(";
  for (std::size_t k = 0; k < x.size(); ++k) out.append(k ? ", " : "").append(x[k]);
  return out.append(more).append(")");
}
inline std::string braces(const Index* from, std::size_t n) {
  std::string out = "{";
  for (std::size_t i = 0; i < n; ++i) out.append(i ? ", " : "").append(std::to_string(from[i]));
  return out.append("}");
}
inline std::string braces(const Parameters& p) { return braces(p.data(), p.size()); }
inline Shape shape_of(const Parameters& p) {
  Shape s = Shape::filled(p.size(), 0);
  for (std::size_t d = 0; d < p.size(); ++d) s[d] = p[d];
  return s;
}

inline Function with_branches(Function f, std::function<void(const Tensor*, const Parameters&, Branches&)> branches) {
  f.branches = std::move(branches);
  return f;
}
inline Function with_code(Function f,
                          std::function<std::string(const std::vector<std::string>&, const Parameters&)> text) {
  f.code = std::move(text);
  return f;
}

/// The elementwise ops, alone and in fused expressions.
void add_elementwise(std::vector<Function>& f);

}  // namespace random_graph
