// Graphs made at random. Each is computed while it is made: an argument outside the domain of a function is first sent
// through one that leads inside, and a value that grows too large is made small again.
#include <algorithm>
#include <cmath>

#include <tests/random_graph/evaluate.hpp>

namespace random_graph {

namespace {

class Generator {
 public:
  Generator(std::uint64_t seed, const std::vector<Function>& from) : random_(seed), from_(from) {
    graph_.scalars = random_.below(4) == 0;
  }

  Graph make() {
    const std::size_t leaves = 1 + random_.below(4), calls = 3 + random_.below(14);
    const Index rows = 1 + random_.extent(3), columns = 1 + random_.extent(3);
    for (std::size_t k = 0; k < leaves; ++k) leaf(rows, columns, k > 0 && random_.below(5) == 0);
    for (int tries = 0; count_ < calls && tries < 400; ++tries) call(from_[random_.below(from_.size())]);
    return graph_;
  }

 private:
  void leaf(Index rows, Index columns, bool constant) {
    Value v;
    v.variable = !constant;
    if (!graph_.scalars) {
      const Shape shapes[] = {{rows, columns}, {rows, columns}, {columns},         {rows, 1},
                              Shape{},         {columns, rows}, {2, rows, columns}};
      v.shape = shapes[random_.below(7)];
    }
    for (Index i = 0; i < ag::core::count(v.shape); ++i) v.numbers.push_back(random_.between(-2, 2));
    add(v, Tensor::of(v.numbers, v.shape));
  }
  void add(const Value& v, const Tensor& computed) {
    graph_.values.push_back(v);
    computed_.push_back(computed);
  }
  // The value of a function of these; false if it is not one to go on with.
  bool apply(const Function& f, const std::vector<std::size_t>& arguments, const Parameters& p) {
    std::vector<Tensor> x;
    for (std::size_t a : arguments) x.push_back(computed_[a]);
    Tensor y;
    try {
      y = f.tensors(x.data(), p);
    } catch (const ag::Error&) {  // shapes that do not fit
      return false;
    }
    if (y.size() == 0 || y.size() > 48) return false;
    Value v;
    v.function = &f;
    v.arguments = arguments;
    v.parameters = p;
    v.shape = y.shape();
    add(v, y);
    return largest(y) < 1e6;
  }
  const Function& named(const char* name) const {
    for (const Function& f : functions())
      if (f.name == name) return f;
    throw std::logic_error(name);
  }
  // Another value, led into an interval by functions that are part of the graph.
  std::size_t led_into(std::size_t at, const ag::Domain& safe) {
    if (inside(computed_[at], safe)) return at;
    const bool below = safe.low < -1e200, above = safe.high > 1e200;
    if (below && above) return at;
    if (!above && !below && safe.low < 0) {  // around 0: tanh, scaled
      apply(named("tanh"), {at}, {});
      const double scale = 0.8 * std::min(-safe.low, safe.high);
      return scaled(graph_.values.size() - 1, scale, 0);
    }
    apply(named("sigmoid"), {at}, {});
    if (above) return scaled(graph_.values.size() - 1, 2, safe.low + 0.25);
    if (below) return scaled(graph_.values.size() - 1, 2, safe.high - 2.25);
    return scaled(graph_.values.size() - 1, 0.5 * (safe.high - safe.low), safe.low + 0.25 * (safe.high - safe.low));
  }
  std::size_t scaled(std::size_t at, double factor, double shift) {
    apply(named("multiply"), {at, constant(factor)}, {});
    if (shift != 0) apply(named("add"), {graph_.values.size() - 1, constant(shift)}, {});
    return graph_.values.size() - 1;
  }
  std::size_t constant(double number) {
    Value v;
    v.variable = false;
    v.numbers = {number};
    add(v, Tensor(number));
    return graph_.values.size() - 1;
  }
  void call(const Function& f) {
    if (graph_.scalars && !f.scalars) return;
    const std::size_t size = graph_.values.size();
    std::vector<std::size_t> arguments;
    std::vector<Shape> shapes;
    for (std::size_t k = 0; k < f.arity; ++k) {
      // The last values more often than others, so that graphs are deep and not only wide.
      const std::size_t n = graph_.values.size();
      const std::size_t a = random_.below(4) ? n - 1 - random_.below(std::min<std::size_t>(n, 3)) : random_.below(n);
      arguments.push_back(a);
      shapes.push_back(computed_[a].shape());
    }
    Parameters p;
    bool good = !f.choose || f.choose(random_, shapes, p);
    for (std::size_t k = 0; good && k < f.safe.size(); ++k) {
      arguments[k] = led_into(arguments[k], f.safe[k]);
      good = inside(computed_[arguments[k]], f.safe[k]);
    }
    good = good && apply(f, arguments, p);
    if (!good) {
      graph_.values.resize(size);
      computed_.resize(size, Tensor());
      return;
    }
    ++count_;
    // Not to 1, where floor and round step and other values lie.
    if (largest(computed_.back()) > 20) scaled(graph_.values.size() - 1, 0.83 / largest(computed_.back()), 0);
  }

  Random random_;
  const std::vector<Function>& from_;
  Graph graph_;
  std::vector<Tensor> computed_;
  std::size_t count_ = 0;
};

}  // namespace

Graph generate(std::uint64_t seed, const std::vector<Function>& from) {
  return without_unused(Generator(seed, from).make());
}

}  // namespace random_graph
