// The watch over cotangents on their way back: see anomaly.hpp.
#include <cmath>

#include <autograd/reverse/anomaly_watch.hpp>
#include <autograd/reverse/catch_sweep.hpp>

namespace autograd::core {
namespace {

// What a statement read as argument k, and what it gave.
Tensor value_read(const Tape& tape, const Statement& s, std::size_t k) {
  const NodeId n = s.arguments()[k];
  if (!n) return Tensor(s.constant(k));
  return n.tensor ? Tensor(tape.tensor_at(n.index).data()) : Tensor(tape.scalar_at(n.index).value());
}
Tensor result_of(const Tape& tape, const Statement& s) {
  return s.result.tensor ? Tensor(tape.tensor_at(s.result.index).data())
                         : Tensor(tape.scalar_at(s.result.index).value());
}

// What an elementwise statement contributes to an argument before it is summed over what was repeated.
Tensor contribution(const Tape& tape, const Statement& s, std::size_t argument, const Tensor& cotangent) {
  const BasicTape<double>::Activate none(nullptr);
  std::vector<Array> x;
  for (std::size_t k = 0; k < s.arguments().size(); ++k)
    x.push_back(value_read(tape, s, k).data().broadcast_to(cotangent.shape()));
  CatchSweep sweep(cotangent);
  s.at(x, result_of(tape, s).data())->pullback(sweep);
  for (const CatchSweep::Contribution& c : std::move(sweep).from(s))
    if (c.argument == argument) return c.value;
  return Tensor::zeros(cotangent.shape(), cotangent.dtype());
}

Tensor slopes(const Tape& tape, const Statement& s, std::size_t argument, const Tensor& like) {
  return contribution(tape, s, argument, Tensor::ones(like.shape(), like.dtype()));
}

// The tangent of a node, no array at all where it is zero.
Array tangent_of(NodeId n, const ForwardSweep& tangents) {
  if (!n.tensor) return n ? scalar(tangents.scalar(n).value(), float64) : Array();
  Tensor t{Array()};
  return tangents.tensor(n, t) ? t.data() : Array();
}

}  // namespace

void AnomalyWatch::given_tangent(const Tensor& t) const {
  const Index element = first_not_finite(t.data());
  if (element < 0) return;
  Anomaly a;
  a.origin = Anomaly::Origin::given_tangent;
  a.op = "jvp";
  a.shape = t.shape();
  a.element = element;
  a.value = element_at(t.data(), element);
  throw AnomalyError(std::move(a));
}

void AnomalyWatch::tangent(const Tape& tape, const Statement& s, const ForwardSweep& tangents) const {
  const Array dy = tangent_of(s.result, tangents);
  const Index bad = dy ? first_not_finite(dy) : -1;
  if (bad < 0) return;
  const BasicTape<double>::Activate none(nullptr);
  Anomaly a;
  a.origin = Anomaly::Origin::tangent;
  a.op = s.name();
  a.where = s.where;
  a.shape = dy.shape();
  a.element = bad;
  a.value = element_at(dy, bad);
  bool named = false;
  for (std::size_t k = 0; k < s.arguments().size(); ++k) {
    const NodeId n = s.arguments()[k];
    a.inputs.push_back(described_input(tape, n, value_read(tape, s, k), a.shape, bad, s.elementwise()));
    const Array dx = tangent_of(n, tangents);
    if (named || !dx) continue;
    // The argument whose slope is infinite, or else whose product is: the last that has a tangent at all.
    a.argument = k;
    a.tangent = s.elementwise() ? element_at(dx.broadcast_to(a.shape), bad) : element_at(dx, 0);
    if (!s.elementwise()) continue;
    a.slope = element_at(slopes(tape, s, k, Tensor(dy)).data(), bad);
    named = a.tangent != 0 && !std::isfinite(a.slope * a.tangent);
  }
  throw AnomalyError(std::move(a));
}

void WatchingSweep::pull(const Statement& s) {
  const AnomalyWatch::Rule inside(&watch_);
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
    const Tensor all = contribution(tape_, *current_, argument, cotangent_);
    const Index from = first_not_finite(all.data());
    elementwise = from >= 0;
    if (elementwise) {
      a.shape = all.shape();
      a.element = from;
      a.value = element_at(all.data(), from);
      a.cotangent = element_at(cotangent_.data(), from);
      a.slope = element_at(slopes(tape_, *current_, argument, cotangent_).data(), from);
    }
  }
  if (!elementwise) a.cotangent = element_at(cotangent_.data(), 0);
  for (std::size_t k = 0; k < current_->arguments().size(); ++k) {
    const NodeId id = current_->arguments()[k];
    a.inputs.push_back(described_input(tape_, id, value_read(tape_, *current_, k), a.shape, a.element, elementwise));
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
    const Array slope = slopes(tape_, *current_, k, cotangent_).data().cast(float64).packed();
    StrongZero found{std::string(current_->name()), current_->where, k, cotangent_.shape(), {}};
    for (Index i : zeros)
      if (std::isinf(slope.data<double>()[i])) found.elements.push_back(i);
    if (!found.elements.empty()) watch_.strong_zeros.push_back(std::move(found));
  }
}

}  // namespace autograd::core
