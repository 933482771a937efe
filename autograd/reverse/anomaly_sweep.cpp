// The watch over cotangents on their way back: see anomaly.hpp.
#include <cmath>

#include <autograd/reverse/anomaly_watch.hpp>
#include <autograd/reverse/catch_sweep.hpp>

namespace autograd::core {

void WatchingSweep::pull(const Statement& s) {
  struct Inside {
    int& depth;
    explicit Inside(int& d) : depth(d) { ++depth; }
    ~Inside() { --depth; }
  } const inside(watch_.pullbacks_);
  current_ = &s;
  next_argument_ = 0;
  reached_ = false;
  s.pullback(*this);
  if (reached_) note_strong_zeros();
}

Var WatchingSweep::scalar(std::uint32_t index) const {
  const Var g = sweep_.scalar(index);
  if (g.index() != 0 || g.value() != 0) check_cotangent({index, false}, Tensor(g.value()));
  reached_ = touched_[index];
  cotangent_ = Tensor(g.value());
  return g;
}

bool WatchingSweep::take(std::uint32_t index, Tensor& cotangent) {
  if (!sweep_.take(index, cotangent)) return false;
  check_cotangent({index, true}, cotangent);
  reached_ = true;
  cotangent_ = Tensor(cotangent.data());
  return true;
}

void WatchingSweep::add_scalar(std::uint32_t index, const Var& c) {
  check_contribution({index, false}, Tensor(c.value()));
  touched_[index] = true;
  sweep_.add_scalar(index, c);
}

void WatchingSweep::add_tensor(std::uint32_t index, Tensor c) {
  check_contribution({index, true}, c);
  sweep_.add_tensor(index, std::move(c));
}

// The contributions were finite: what is not now is their sum, or what the user gave.
void WatchingSweep::check_cotangent(NodeId n, const Tensor& g) const {
  const Index element = first_not_finite(g.data());
  if (element < 0) return;
  Anomaly a;
  a.origin = n == seed_ ? Anomaly::Origin::given_cotangent : Anomaly::Origin::accumulation;
  a.op = current_ ? std::string(current_->name()) : std::string("gradient");
  if (current_) a.where = current_->where;
  a.shape = g.shape();
  a.element = element;
  a.value = element_at(g.data(), element);
  throw AnomalyError(std::move(a));
}

void WatchingSweep::finished(NodeId n, const Tensor& gradient) {
  current_ = nullptr;
  check_cotangent(n, gradient);
}

std::size_t WatchingSweep::argument_of(NodeId n) {
  const auto nodes = current_->arguments();
  while (next_argument_ < nodes.size() && !(nodes[next_argument_] == n)) ++next_argument_;
  return next_argument_ < nodes.size() ? next_argument_++ : nodes.size() - 1;
}

Tensor WatchingSweep::value(NodeId n) const {
  return n.tensor ? Tensor(tape_.tensor_at(n.index).data()) : Tensor(tape_.scalar_at(n.index).value());
}

// What the current statement read, each in the shape of its result.
std::vector<Tensor> WatchingSweep::repeated_arguments() const {
  std::vector<Tensor> x;
  const Shape& to = cotangent_.shape();
  for (std::size_t k = 0; k < current_->arguments().size(); ++k) {
    const NodeId n = current_->arguments()[k];
    x.push_back(Tensor((n ? value(n) : current_->saved_argument(k)).data().broadcast_to(to)));
  }
  return x;
}

// What an elementwise statement contributes to an argument before it is summed over what was repeated.
Tensor WatchingSweep::slopes(std::size_t argument, const Tensor& cotangent) const {
  const BasicTape<double>::Activate none(nullptr);
  CatchSweep sweep(cotangent);
  current_->pullback_at(repeated_arguments(), value(current_->result), sweep);
  for (const CatchSweep::Contribution& c : std::move(sweep).from(*current_))
    if (c.argument == argument) return c.value;
  return Tensor::zeros(cotangent.shape(), cotangent.dtype());
}

void WatchingSweep::check_contribution(NodeId n, const Tensor& c) {
  const std::size_t argument = argument_of(n);
  const Index bad = first_not_finite(c.data());
  if (bad < 0) return;
  const BasicTape<double>::Activate none(nullptr);
  Anomaly a;
  a.origin = Anomaly::Origin::gradient;
  a.op = current_->name();
  a.where = current_->where;
  a.argument = argument;
  a.shape = c.shape();
  a.element = bad;
  a.value = element_at(c.data(), bad);
  bool elementwise = current_->elementwise();
  if (elementwise) {
    // Which element of the result it came from.
    const Tensor all = slopes(argument, cotangent_);
    const Index from = first_not_finite(all.data());
    elementwise = from >= 0;
    if (elementwise) {
      a.shape = all.shape();
      a.element = from;
      a.value = element_at(all.data(), from);
      a.cotangent = element_at(cotangent_.data(), from);
      a.slope = element_at(slopes(argument, Tensor::ones(cotangent_.shape(), cotangent_.dtype())).data(), from);
    }
  }
  if (!elementwise) a.cotangent = element_at(cotangent_.data(), 0);
  for (std::size_t k = 0; k < current_->arguments().size(); ++k) {
    const NodeId id = current_->arguments()[k];
    const Tensor x = id ? value(id) : current_->saved_argument(k);
    a.inputs.push_back(described_input(tape_, id, x, a.shape, a.element, elementwise));
  }
  throw AnomalyError(std::move(a));
}

void WatchingSweep::note_strong_zeros() const {
  if (!current_->elementwise()) return;
  const Array g = cotangent_.data().cast(float64).packed();
  std::vector<Index> zeros;
  for (Index i = 0; i < g.size(); ++i)
    if (g.data<double>()[i] == 0) zeros.push_back(i);
  if (zeros.empty()) return;
  for (std::size_t k = 0; k < current_->arguments().size(); ++k) {
    if (!current_->arguments()[k]) continue;
    const Array slope = slopes(k, Tensor::ones(cotangent_.shape(), cotangent_.dtype())).data().cast(float64).packed();
    StrongZero found{std::string(current_->name()), current_->where, k, cotangent_.shape(), {}};
    for (Index i : zeros)
      if (std::isinf(slope.data<double>()[i])) found.elements.push_back(i);
    if (!found.elements.empty()) watch_.strong_zeros.push_back(std::move(found));
  }
}

}  // namespace autograd::core
