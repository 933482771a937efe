// A failing graph made small: while the gradient stays wrong, values are dropped, replaced by their arguments or by
// leaves, extents are cut to 1 and numbers rounded. And the result as code.
#include <cstdio>

#include <tests/random_graph/evaluate.hpp>

namespace random_graph {

namespace {

/// The graph with value `at` as its result.
Graph cut_at(const Graph& graph, std::size_t at) {
  Graph out = graph;
  out.values.resize(at + 1);
  return without_unused(out);
}
/// Whoever reads `at` reads `instead`.
Graph replaced(const Graph& graph, std::size_t at, std::size_t instead) {
  Graph out = graph;
  for (Value& v : out.values)
    for (std::size_t& a : v.arguments)
      if (a == at) a = instead;
  return without_unused(out);
}
std::vector<Tensor> computed(const Graph& graph) {
  std::vector<Tensor> leaves;
  for (const Value& v : graph.values)
    if (!v.function) leaves.push_back(Tensor::of(v.numbers, v.shape));
  return values_of(graph, leaves);
}
/// Value `at` as a leaf with the numbers it has.
Graph as_leaf(const Graph& graph, std::size_t at, const Tensor& value) {
  Graph out = graph;
  Value v;
  v.shape = value.shape();
  v.numbers = value.to_vector();
  out.values[at] = v;
  return without_unused(out);
}

/// Graphs that are simpler in one step, the boldest first.
std::vector<Graph> simpler(const Graph& graph) {
  std::vector<Graph> out;
  const std::vector<Value>& values = graph.values;
  for (std::size_t i = 0; i + 1 < values.size(); ++i)
    if (values[i].function) out.push_back(cut_at(graph, i));
  const std::vector<Tensor> numbers = computed(graph);
  for (std::size_t i = values.size() - 1; i-- > 0;)
    if (values[i].function) out.push_back(as_leaf(graph, i, numbers[i]));
  for (std::size_t i = 0; i + 1 < values.size(); ++i)
    for (std::size_t a : values[i].arguments) out.push_back(replaced(graph, i, a));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Value& v = values[i];
    if (v.function) {
      // Two arguments made one.
      for (std::size_t k = 1; k < v.arguments.size(); ++k)
        if (v.arguments[k] != v.arguments[0] && values[v.arguments[k]].shape == values[v.arguments[0]].shape) {
          Graph one = graph;
          one.values[i].arguments[k] = v.arguments[0];
          out.push_back(without_unused(one));
        }
      continue;
    }
    if (v.variable) {
      Graph constant = graph;
      constant.values[i].variable = false;
      out.push_back(constant);
    }
    for (std::size_t d = 0; d < v.shape.size(); ++d)
      if (v.shape[d] > 1) {
        Graph thin = graph;
        thin.values[i].shape[d] = 1;
        thin.values[i].numbers.resize(static_cast<std::size_t>(ag::core::count(thin.values[i].shape)));
        out.push_back(thin);
      }
    if (v.shape.size() > 0 && v.numbers.size() == 1) {
      Graph flat = graph;
      flat.values[i].shape = {};
      out.push_back(flat);
    }
    for (double step : {1.0, 0.5, 0.125}) {
      Graph rounded = graph;
      for (double& x : rounded.values[i].numbers) x = std::round(x / step) * step;
      if (rounded.values[i].numbers != v.numbers) out.push_back(rounded);
    }
  }
  return out;
}

}  // namespace

Graph shrink(Graph graph) {
  for (bool found = true; found;) {
    found = false;
    for (const Graph& candidate : simpler(graph)) {
      bool wrong = false;
      try {
        wrong = check(candidate).wrong();
      } catch (const std::exception&) {  // shapes that do not fit any more
      }
      if (wrong) {
        graph = candidate;
        found = true;
        break;
      }
    }
  }
  return graph;
}

std::string code(const Graph& graph) {
  std::string out = "ag::Tape tape;\n";
  std::vector<std::string> names;
  for (const Value& v : graph.values) {
    names.push_back((v.function ? "t" : v.variable ? "x" : "c") + std::to_string(names.size()));
    if (v.function) {
      std::vector<std::string> x;
      for (std::size_t a : v.arguments) x.push_back(names[a]);
      out.append(graph.scalars ? "ag::Var " : "ag::Tensor ").append(names.back()).append(" = ");
      out.append(v.function->code(x, v.parameters)).append(";\n");
      continue;
    }
    std::string numbers;
    for (double x : v.numbers) {
      char text[40];
      std::snprintf(text, sizeof text, "%.17g", x);
      numbers.append(numbers.empty() ? "" : ", ").append(text);
    }
    std::string value = numbers;
    if (!graph.scalars) value = "ag::Tensor::of<double>({" + numbers + "}, {";
    for (std::size_t d = 0; d < v.shape.size(); ++d) value.append(d ? ", " : "").append(std::to_string(v.shape[d]));
    if (!graph.scalars) value.append("})");
    out.append(graph.scalars ? "ag::Var " : "ag::Tensor ").append(names.back()).append(" = ");
    out.append(v.variable ? "tape.variable(" + value + ")" : value).append(";\n");
  }
  return out.append("// the gradient of ").append(names.back()).append("\n");
}

}  // namespace random_graph
