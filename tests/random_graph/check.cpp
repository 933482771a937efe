// The check of a graph.
#include <cstdio>

#include <tests/random_graph/evaluate.hpp>

namespace random_graph {

namespace {

using Numbers = std::vector<std::vector<double>>;  // of each leaf

double weight(std::size_t i) { return 0.5 + 0.3 * static_cast<double>(i % 5) - (i % 3 == 1 ? 1.6 : 0.0); }
double direction(std::size_t k, std::size_t i) { return 0.9 - 0.4 * static_cast<double>((3 * i + 2 * k) % 5); }

std::string fact(const char* text, double a, double b) {
  char line[200];
  std::snprintf(line, sizeof line, text, a, b);
  return line;
}

class Check {
 public:
  explicit Check(const Graph& graph) : graph_(graph) {
    for (const Value& v : graph.values)
      if (!v.function) leaves_.push_back(&v), start_.push_back(v.numbers);
  }

  Finding run() {
    try {
      if (!computable()) finding_.kind = Finding::not_computable;
      else if (graph_.scalars) derivatives<Var>();
      else derivatives<Tensor>();
    } catch (const ag::Error& e) {
      finding_.kind = Finding::not_computable;
      finding_.what = e.what();
    }
    return finding_;
  }

 private:
  template <class X>
  static X leaf(const std::vector<double>& numbers, const Shape& shape) {
    if constexpr (std::is_same_v<X, Var>) return Var(numbers[0]);
    else return Tensor::of(numbers, shape);
  }
  static std::vector<double> numbers_of(const Tensor& t) { return t.to_vector(); }
  static std::vector<double> numbers_of(const Var& x) { return {x.value()}; }
  template <class X>
  std::vector<X> leaves(const Numbers& at) const {
    std::vector<X> x;
    for (std::size_t k = 0; k < at.size(); ++k) x.push_back(leaf<X>(at[k], leaves_[k]->shape));
    return x;
  }
  static double weighted(const std::vector<double>& y) {
    double sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i) sum += weight(i) * y[i];
    return sum;
  }

  // Every argument inside its function's domain, every value a number of reasonable size.
  bool computable() const {
    const std::vector<Tensor> values = values_of(graph_, leaves<Tensor>(start_));
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!(largest(values[i]) < 1e6)) return false;
      const Value& v = graph_.values[i];
      if (v.function)
        for (std::size_t k = 0; k < v.function->safe.size(); ++k)
          if (!inside(values[v.arguments[k]], v.function->safe[k])) return false;
    }
    return true;
  }

  // The gradients of all leaves, zeros for constants.
  template <class X>
  Numbers reverse(ag::Tape& tape) const {
    std::vector<X> x = leaves<X>(start_);
    for (std::size_t k = 0; k < x.size(); ++k)
      if (leaves_[k]->variable) x[k] = tape.variable(x[k]);
    const X y = values_of(graph_, x).back();
    Numbers out;
    for (const auto& v : start_) out.emplace_back(v.size(), 0.0);
    if (!tape.node(y)) return out;  // nothing but constants
    const ag::Gradients g = [&] {
      if constexpr (std::is_same_v<X, Var>) return tape.gradient(Var(weight(0) * y));
      else return tape.gradient(y, weights(y.shape()));
    }();
    for (std::size_t k = 0; k < x.size(); ++k)
      if (leaves_[k]->variable) out[k] = numbers_of(g[x[k]]);
    return out;
  }
  static Tensor weights(const Shape& shape) {
    std::vector<double> w;
    for (Index i = 0; i < ag::core::count(shape); ++i) w.push_back(weight(static_cast<std::size_t>(i)));
    return Tensor::of(w, shape);
  }
  template <class X>
  double forward() const {
    ag::Tape tape{ag::record_graph};
    std::vector<X> x = leaves<X>(start_), variables, tangents;
    for (std::size_t k = 0; k < x.size(); ++k) {
      if (!leaves_[k]->variable) continue;
      x[k] = tape.variable(x[k]);
      variables.push_back(x[k]);
      std::vector<double> d;
      for (std::size_t i = 0; i < start_[k].size(); ++i) d.push_back(direction(k, i));
      tangents.push_back(leaf<X>(d, leaves_[k]->shape));
    }
    const X y = values_of(graph_, x).back();
    if (!tape.node(y)) return 0;
    return weighted(numbers_of(tape.pushforward(variables, tangents, {y})[0]));
  }

  template <class X>
  double size_of_values() const {
    double most = 0;
    for (const X& v : values_of(graph_, leaves<X>(start_)))
      for (double x : numbers_of(v)) most = std::max(most, std::fabs(x));
    return most;
  }
  template <class X>
  double along(double t, Branches& taken) const {
    Numbers at = start_;
    for (std::size_t k = 0; k < at.size(); ++k)
      for (std::size_t i = 0; i < at[k].size() && leaves_[k]->variable; ++i) at[k][i] += t * direction(k, i);
    taken.clear();
    return weighted(numbers_of(values_of(graph_, leaves<X>(at), &taken).back()));
  }
  // Five points, with a step short enough to stay in one branch; the difference of two steps tells the error, but not
  // less than what rounding does to values of this size.
  template <class X>
  bool differences(double& slope, double& error) {
    Branches here, there;
    const double rounding = 4e-15 * (1e-3 + std::fabs(along<X>(0, here)) + size_of_values<X>());
    bool any = false;
    error = 1e300;
    for (double h = 4e-3; h > 1e-8; h /= 8) {
      bool crosses = false;
      double f[8];
      const double at[] = {-2, -1, -0.5, 0.5, 1, 2};
      for (int i = 0; i < 6 && !crosses; ++i) {
        f[i] = along<X>(at[i] * h, there);
        crosses = there != here;
      }
      if (crosses) continue;
      const double wide = (8 * (f[4] - f[1]) - (f[5] - f[0])) / (12 * h);
      const double narrow = (8 * (f[3] - f[2]) - (f[4] - f[1])) / (6 * h);
      if (const double e = std::fabs(wide - narrow) + rounding / h; e < error) slope = narrow, error = e;
      any = true;
      if (error <= 1e-9 * (std::fabs(slope) + 1e-3)) break;
    }
    return any;
  }

  template <class X>
  void derivatives() {
    const auto tape_of = [&](auto... graph) {
      ag::Tape tape{graph...};
      return reverse<X>(tape);
    };
    const Numbers fused = tape_of(), elementary = tape_of(ag::record_graph);
    double most = 0, reversed = 0, size = 0;
    for (const auto& g : fused)
      for (double v : g) most = std::max(most, std::fabs(v));
    for (std::size_t k = 0; k < fused.size(); ++k)
      for (std::size_t i = 0; i < fused[k].size(); ++i) {
        const double a = fused[k][i], b = elementary[k][i];
        if (!(std::fabs(a - b) <= 1e-10 * (most + 1e-3)))
          return wrong(fact("reverse, a tape of fused statements gives %.17g, one of single operations %.17g", a, b));
        reversed += a * direction(k, i), size += std::fabs(a * direction(k, i));
      }
    const double forwards = forward<X>();
    if (!(std::fabs(forwards - reversed) <= 1e-10 * (size + 1e-3)))
      return wrong(fact("reverse gives a slope of %.17g along a direction, forward %.17g", reversed, forwards));
    double slope = 0, error = 0;
    if (!differences<X>(slope, error)) {
      finding_.at_a_kink = true;
      return;
    }
    if (!(error <= 1e-4 * (size + 1e-3))) {
      finding_.ill_conditioned = true;
      return;
    }
    if (!(std::fabs(slope - reversed) <= 1e-8 * (size + 1e-3) + 20 * error))
      wrong(fact("reverse gives a slope of %.17g along a direction, differences %.17g", reversed, slope));
  }
  void wrong(const std::string& what) {
    finding_.kind = Finding::wrong_gradient;
    finding_.what = what;
  }

  const Graph& graph_;
  std::vector<const Value*> leaves_;
  Numbers start_;
  Finding finding_;
};

}  // namespace

Finding check(const Graph& graph) { return Check(graph).run(); }

std::size_t Graph::calls() const {
  std::size_t n = 0;
  for (const Value& v : values) n += v.function != nullptr;
  return n;
}

}  // namespace random_graph
