// Graphs: expressions made at random from the library's functions, as data that can be evaluated, checked, shrunk and
// printed as code.
//
//   Graph graph = generate(seed, functions());
//   Finding finding = check(graph);
//   if (finding.wrong()) std::cout << code(shrink(graph));
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <autograd/autograd.hpp>

namespace random_graph {

namespace ag = autograd;
using ag::Index, ag::Shape, ag::Tensor, ag::Var;

/// Random numbers that are the same everywhere, which those of the standard's distributions are not.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 0x1234567) {}
  std::uint64_t bits() {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  /// From 0 to n - 1.
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(bits() % n); }
  Index extent(Index n) { return static_cast<Index>(below(static_cast<std::size_t>(n))); }
  double between(double low, double high) { return low + (high - low) * static_cast<double>(bits() >> 11) * 0x1p-53; }

 private:
  std::uint64_t state_;
};

/// The parameters of a call: axes, shifts, extents.
using Parameters = std::vector<Index>;
/// Which branch each element took at a kink.
using Branches = std::vector<Index>;

/// A function of the library as a graph uses it. All but `name`, `arity` and `tensors` may be empty.
struct Function {
  std::string name;
  std::size_t arity = 1;
  std::function<Tensor(const Tensor* x, const Parameters& p)> tensors;
  std::function<Var(const Var* x)> scalars{};
  /// Where argument k must lie, with room to the edges of the domain.
  std::vector<ag::Domain> safe{};
  /// Chooses parameters for arguments of these shapes; false if the function cannot take them.
  std::function<bool(Random&, const std::vector<Shape>& x, Parameters& p)> choose{};
  /// The branches taken; two points with the same branches have no kink between them.
  std::function<void(const Tensor* x, const Parameters& p, Branches& taken)> branches{};
  /// The call as code, given the names of the arguments.
  std::function<std::string(const std::vector<std::string>& x, const Parameters& p)> code{};
};

/// All functions that graphs are made of.
const std::vector<Function>& functions();

/// One value: a leaf with its numbers, or a function of values before it.
struct Value {
  const Function* function = nullptr;  // null: a leaf
  std::vector<std::size_t> arguments{};
  Parameters parameters{};
  Shape shape{};
  std::vector<double> numbers{};
  bool variable = true;  // of a leaf; false: a constant
};

struct Graph {
  std::vector<Value> values;  // the last is the result
  bool scalars = false;       // of scalar variables instead of tensors
  std::size_t calls() const;
};

/// A graph from a seed. The functions' domains are kept by construction.
Graph generate(std::uint64_t seed, const std::vector<Function>& from);

/// What the check of a graph found.
struct Finding {
  enum Kind { fine, wrong_gradient, not_computable } kind = fine;
  bool at_a_kink = false;        // no step is short enough to stay in one branch: differences say nothing
  bool ill_conditioned = false;  // differences have less than four digits
  std::string what;
  bool wrong() const { return kind == wrong_gradient; }
};

/// Reverse on a tape of fused statements, reverse and forward on one that records every operation, and differences
/// along a direction must agree.
Finding check(const Graph& graph);

/// The smallest graph with the same fault that dropping, replacing and simplifying leads to.
Graph shrink(Graph graph);

/// The graph as C++ code.
std::string code(const Graph& graph);

}  // namespace random_graph
