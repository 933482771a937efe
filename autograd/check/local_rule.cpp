// A statement by itself: see local_rule.hpp.
#include <autograd/check/local_rule.hpp>

#include <deque>

#include <autograd/check/complex_step.hpp>
#include <autograd/check/kinks.hpp>

namespace autograd::core {
namespace {

Array zeros_like(const Array& x) { return Array::zeros(x.shape(), float64); }

// A sweep that sees one statement: it is handed a cotangent and keeps what comes for one node.
class OneCotangent final : public Sweep {
 public:
  OneCotangent(const Array& given, NodeId wanted, const Array& like)
      : given_(given), wanted_(wanted), sum_(zeros_like(like)) {}
  const Array& sum() const { return sum_; }

  Var scalar(std::uint32_t) const override { return item("check", given_); }
  void add_scalar(std::uint32_t index, const Var& c) override {
    if (wanted_ == NodeId{index, false}) sum_.data<double>()[0] += c.value();
  }
  bool take(std::uint32_t, Tensor& cotangent) override {
    cotangent = Tensor(given_);
    return true;
  }
  void add_tensor(std::uint32_t index, Tensor c) override {
    if (wanted_ == NodeId{index, true}) add(c.data());
  }
  const Array& accumulator(std::uint32_t index, const Shape& shape, Dtype dtype, bool& add) override {
    add = true;
    return wanted_ == NodeId{index, true} ? sum_ : unwanted_.emplace_back(Array::zeros(shape, dtype));
  }
  bool offer(std::uint32_t, const Tensor&) override { return false; }

 private:
  // A cotangent of another shape than its argument is a mistake that shows as a sum of its own shape.
  void add(const Array& c) {
    if (c.shape() == sum_.shape()) sum_ = alone::sum_of(sum_, c);
    else
      throw ShapeError("pullback", "a cotangent of shape " + to_string(c.shape()) + " for an argument of shape " +
                                       to_string(sum_.shape()));
  }
  Array given_;
  NodeId wanted_;
  Array sum_;
  std::deque<Array> unwanted_;
};

class OneTangent final : public ForwardSweep {
 public:
  OneTangent(NodeId at, const Array& given, const Array& like) : at_(at), given_(given), result_(zeros_like(like)) {}
  const Array& result() const { return result_; }

  Var scalar(NodeId id) const override { return id == at_ ? Var(item("check", given_)) : Var(0); }
  void set_scalar(std::uint32_t, const Var& t) override { result_ = core::scalar(t.value(), float64); }
  bool tensor(NodeId id, Tensor& t) const override {
    if (!(id == at_)) return false;
    t = Tensor(given_);
    return true;
  }
  void set_tensor(std::uint32_t, Tensor t) override { result_ = t.data().cast(float64).packed(); }

 private:
  NodeId at_;
  Array given_, result_;
};

}  // namespace

LocalRule::LocalRule(const Recording& recording, const Statement& s) : s_(s), y_(recording.value_of(s.result)) {
  for (std::size_t k = 0; k < s.arguments().size(); ++k) {
    x_.push_back(recording.value_of(s, k));
    usable_ = usable_ && x_.back();
  }
  usable_ = usable_ && y_.size() > 0;
  bool narrow = y_.dtype() == float32;
  for (const Array& x : x_) narrow = narrow || (x && x.dtype() == float32);
  if (usable_ && narrow) {
    for (Array& x : x_)
      if (x.dtype() == float32) x = x.cast(float64);
    y_ = s.value(x_);
    wide_ = s.at(x_, y_);
    usable_ = wide_ != nullptr;
  }
  usable_ = usable_ && y_.dtype() == float64;
  if (usable_) {
    const Array again = s.value(x_);
    usable_ = again && again.shape() == y_.shape();
  }
}

bool LocalRule::differentiable(std::size_t k) const {
  if (!node(k) || !is_floating(x_[k].dtype())) return false;
  for (std::size_t earlier = 0; earlier < k; ++earlier)
    if (same_node(k, earlier)) return false;
  return true;
}

std::vector<Array> LocalRule::with(std::size_t k, const Array& x) const {
  std::vector<Array> all = x_;
  for (std::size_t j = 0; j < all.size(); ++j)
    if (j == k || same_node(j, k)) all[j] = x;
  return all;
}

Array LocalRule::value(std::size_t k, const Array& x) const { return s_.value(with(k, x)).cast(float64).packed(); }

std::vector<std::int64_t> LocalRule::branches(std::size_t k, const Array& x) const { return s_.branches(with(k, x)); }

std::vector<std::int64_t> LocalRule::choices(std::size_t k, const Array& x) const { return choices_of(s_, with(k, x)); }

Array LocalRule::complex_tangent(std::size_t k, const Array& x, const Array& dx) const {
  const Array imag = scaled(dx, imaginary_step);
  const std::vector<Array> real = with(k, x);
  std::vector<ComplexArray> all;
  for (std::size_t j = 0; j < real.size(); ++j) all.push_back({real[j], j == k || same_node(j, k) ? imag : Array()});
  ComplexArray y;
  if (s_.complex_value(all, y)) return {};
  return y.imag ? scaled(y.imag, 1 / imaginary_step) : zeros_like(y_);
}

Array LocalRule::pulled(std::size_t k, const Array& cotangent) const {
  const BasicTape<double>::Activate none(nullptr);
  OneCotangent sweep(cotangent, node(k), x_[k]);
  rule().pullback(sweep);
  return sweep.sum();
}

Array LocalRule::pushed(std::size_t k, const Array& tangent) const {
  const BasicTape<double>::Activate none(nullptr);
  OneTangent sweep(node(k), tangent, y_);
  rule().pushforward(sweep);
  return sweep.result();
}

}  // namespace autograd::core
