// Slips in the derivatives of matrix products, y = a b: da = g b', db = a' g.
#include <autograd/check/by_hand_slips.hpp>

namespace autograd::check {
namespace {

using Maybe = std::optional<Tensor>;

class Products {
 public:
  Products(const HandGraph& graph, const std::vector<HandSubject>& subjects, std::vector<HandSlip>& out)
      : graph_(graph), subjects_(subjects), values_(values_of(graph)), out_(out) {}

  void run() {
    for (e_ = 0; e_ < graph_.edges().size(); ++e_) {
      const HandEdge& edge = graph_.edges()[e_];
      const Statement& s = graph_.statement(edge);
      other_cotangent();
      if (s.name() != "matmul") continue;
      left_ = edge.argument == 0;
      other_ = graph_.argument(s, left_ ? 1 : 0);
      other_name_ = graph_.describe_argument(s, left_ ? 1 : 0);
      shape_ = graph_.argument(s, edge.argument).shape();
      where_ = "the derivative of " + graph_.describe(s) + " with respect to " + graph_.describe(edge.to);
      if (shape_.size() != 2 || other_.rank() != 2 || graph_.result(s).rank() != 2) continue;
      elementwise();
      transpositions();
      one_example();
      other_factor();
    }
  }

 private:
  using Formula = Maybe (*)(const Tensor& g, const Tensor& other);

  HandSlip& slip(Mistake mistake, std::string text, decltype(HandEdit::replace) replace) {
    const Statement& s = graph_.statement(graph_.edges()[e_]);
    out_.emplace_back(mistake, std::move(text), s);
    out_.back().edits.push_back({e_, std::move(replace)});
    return out_.back();
  }

  // A formula whose result may have another shape: then only the gradient of an argument can be it.
  void formula(Mistake mistake, std::string text, Formula f) {
    const HandEdge& edge = graph_.edges()[e_];
    const Maybe now = f(graph_.cotangent(graph_.statement(edge).result), other_);
    if (!now) return;
    if (now->shape() == shape_) {
      slip(mistake, std::move(text), [f, other = other_](const Tensor& g, const Tensor&) { return f(g, other); });
      return;
    }
    for (std::size_t k = 0; k < subjects_.size(); ++k)
      if (subjects_[k].node == edge.to && graph_.into(edge.to).size() == 1) {
        HandSlip& direct = slip(mistake, text, nullptr);
        direct.edits.clear();
        direct.subject = k;
        direct.gradient = now;
      }
  }

  static Maybe multiplied(const Tensor& a, const Tensor& b) {
    for (std::size_t d = 0; d < 2; ++d)
      if (a.shape()[d] != b.shape()[d] && a.shape()[d] != 1 && b.shape()[d] != 1) return {};
    return Tensor(a * b);
  }
  static Maybe product(const Tensor& a, const Tensor& b) {
    if (a.shape()[1] != b.shape()[0]) return {};
    return Tensor(matmul(a, b));
  }
  static Tensor t(const Tensor& x) { return transpose(x); }

  void elementwise() {
    const std::string text = "In " + where_ + ", * stands for a matrix product.";
    formula(Mistake::elementwise_product, text, [](const Tensor& g, const Tensor& o) { return multiplied(g, o); });
    formula(Mistake::elementwise_product, text, [](const Tensor& g, const Tensor& o) { return multiplied(g, t(o)); });
    formula(Mistake::elementwise_product, text, [](const Tensor& g, const Tensor& o) { return multiplied(t(g), o); });
  }

  // The six products of g and the other factor that are not the right one.
  void transpositions() {
    const std::string plain = "In " + where_ + ", " + other_name_ + " is not transposed.";
    const std::string cotangent = "In " + where_ + ", the cotangent is transposed.";
    const std::string both = "In " + where_ + ", the cotangent is transposed and " + other_name_ + " is not.";
    const std::string order = "In " + where_ + ", the factors stand in the wrong order.";
    const Mistake m = Mistake::transposed_product;
    if (left_) {
      formula(m, plain, [](const Tensor& g, const Tensor& o) { return product(g, o); });
      formula(m, cotangent, [](const Tensor& g, const Tensor& o) { return product(t(g), t(o)); });
      formula(m, both, [](const Tensor& g, const Tensor& o) { return product(t(g), o); });
      formula(m, order, [](const Tensor& g, const Tensor& o) { return product(t(o), g); });
    } else {
      formula(m, plain, [](const Tensor& g, const Tensor& o) { return product(o, g); });
      formula(m, cotangent, [](const Tensor& g, const Tensor& o) { return product(t(o), t(g)); });
      formula(m, both, [](const Tensor& g, const Tensor& o) { return product(o, t(g)); });
      formula(m, order, [](const Tensor& g, const Tensor& o) { return product(g, t(o)); });
    }
  }

  // The product sums over the examples; a loop that overwrites keeps one.
  void one_example() {
    const Index n = left_ ? other_.shape(1) : other_.shape(0);
    if (n < 2) return;
    for (const bool last : {true, false}) {
      const Index at = last ? n - 1 : 0;
      slip(Mistake::one_example,
           "In " + where_ + ", only the " + (last ? "last" : "first") + " of the " + std::to_string(n) +
               " terms of the matrix product counts: = for += in the loop over examples?",
           [at, left = left_, other = other_](const Tensor& g, const Tensor&) {
             const auto part = [at](const Tensor& x, int axis) {
               return axis == 0 ? Tensor(slice(x, range(at, at + 1), all)) : Tensor(slice(x, all, range(at, at + 1)));
             };
             return left ? product(part(g, 1), t(part(other, 1))) : product(t(part(other, 0)), part(g, 0));
           });
    }
  }

  void other_factor() {
    for (const HandValue& v : values_)
      if (v.value.shape() == other_.shape() && !(v.value.data() == other_.data()))
        slip(Mistake::other_layer,
             "In " + where_ + ", " + v.name + " stands in the place of " + other_name_ +
                 ": is an index shifted by one layer?",
             [left = left_, value = v.value](const Tensor& g, const Tensor&) {
               return left ? product(g, t(value)) : product(t(value), g);
             });
  }

  // The cotangent of another result of the same shape: dZ of another layer.
  void other_cotangent() {
    const HandEdge& edge = graph_.edges()[e_];
    const Statement& s = graph_.statement(edge);
    const Shape shape = graph_.result(s).shape();  // a copy: the tensor of a scalar is made to be asked
    if (shape.size() < 2) return;
    bool subject = false;
    for (const HandSubject& k : subjects_) subject |= k.node == edge.to;
    if (!subject) return;
    for (const Statement* from : graph_.tape().statements()) {
      if (from == &s || !from->result.tensor || !(graph_.result(*from).shape() == shape)) continue;
      slip(Mistake::other_layer,
           "In the derivative of " + graph_.describe(s) + " with respect to " + graph_.describe(edge.to) +
               ", the cotangent of " + graph_.describe(from->result) + " stands in the place of that of " +
               graph_.describe(s.result) + ": is an index shifted by one layer?",
           [graph = &graph_, e = e_, node = from->result](const Tensor&, const Tensor&) {
             return graph->pulled(graph->edges()[e], graph->cotangent(node));
           });
    }
  }

  const HandGraph& graph_;
  const std::vector<HandSubject>& subjects_;
  std::vector<HandValue> values_;
  std::vector<HandSlip>& out_;
  std::size_t e_ = 0;
  bool left_ = false;
  Tensor other_;
  Shape shape_;
  std::string other_name_, where_;
};

}  // namespace

void product_slips(const HandGraph& graph, const std::vector<HandSubject>& subjects, std::vector<HandSlip>& out) {
  Products(graph, subjects, out).run();
}

}  // namespace autograd::check
