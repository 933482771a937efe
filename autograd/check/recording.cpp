// See recording.hpp.
#include <autograd/check/recording.hpp>

#include <algorithm>
#include <random>

namespace autograd::core {

std::vector<Tensor> gradient_on(const Tape& tape, const Tensor& y, const std::vector<Tensor>& x) {
  std::vector<Tensor> g;
  if (!is_floating(y.dtype()) || !tape.node(y)) {
    for (const Tensor& t : x) g.push_back(Tensor::zeros(t.shape()));
    return g;
  }
  const Gradients all = tape.gradient(y);
  for (const Tensor& t : x) g.push_back(is_floating(t.dtype()) ? all[t] : Tensor::zeros(t.shape()));
  return g;
}

Tensor projected(const Tensor& y, std::uint64_t seed) {
  if (y.size() == 1) return y.rank() == 0 ? y : reshape(y, {}, SourceLocation{});
  const Tensor weighted(y * Tensor(random_direction(y.shape(), seed, false).cast(y.dtype())), SourceLocation{});
  return sum(weighted, {}, false, SourceLocation{});
}

Array random_direction(const Shape& shape, std::uint64_t seed, bool signs) {
  std::mt19937_64 bits(seed);
  const Array v = Array::empty(shape, float64);
  for (Index i = 0; i < v.size(); ++i) {
    const std::uint64_t b = bits();
    const double w = 0.5 + static_cast<double>(b >> 11) * 0x1p-53;
    v.data<double>()[i] = signs && (b & 1) ? -w : w;
  }
  return v;
}

std::vector<Index> chosen(Index size, std::size_t samples, std::uint64_t seed) {
  std::vector<Index> all(static_cast<std::size_t>(size));
  for (Index i = 0; i < size; ++i) all[static_cast<std::size_t>(i)] = i;
  if (all.size() <= samples) return all;
  std::mt19937_64 bits(seed);
  for (std::size_t i = 0; i < samples; ++i) std::swap(all[i], all[i + bits() % (all.size() - i)]);
  all.resize(samples);
  std::sort(all.begin(), all.end());
  return all;
}

double Subject::value() const {
  restart();
  const BasicTape<double>::Activate none(nullptr);
  std::vector<Tensor> variables;
  return projected(run(variables), seed).value();
}

std::vector<Tensor> Subject::reverse() const {
  restart();
  const BasicTape<double>::Activate none(nullptr);  // nested in another tape it would be unfused
  Tape tape{SourceLocation{}};
  std::vector<Tensor> x;
  const Tensor y = projected(run(x), seed);
  return gradient_on(tape, y, x);
}

std::vector<Tensor> Subject::reverse_elementary() const {
  restart();
  const BasicTape<double>::Activate none(nullptr);
  Tape tape{record_graph, where};
  std::vector<Tensor> x;
  const Tensor y = projected(run(x), seed);
  return gradient_on(tape, y, x);
}

Recording::Recording(const Subject& subject) : tape_(std::make_unique<Tape>(record_graph, subject.where)) {
  subject.restart();
  const BranchLog log;
  result_ = projected(subject.run(variables_), subject.seed);
  branches_ = log.entries();
}

double Recording::forward(const std::vector<Array>& tangents) const {
  if (!is_floating(result_.dtype()) || !tape_->node(result_)) return 0;
  std::vector<Tensor> inputs, directions;
  for (std::size_t k = 0; k < tangents.size(); ++k)
    if (tangents[k]) {
      inputs.push_back(variables_[k]);
      directions.push_back(Tensor(tangents[k]));
    }
  return tape_->pushforward(inputs, directions, {result_}).front().value();
}

Array Recording::value_of(NodeId node) const {
  return node.tensor ? tape_->tensor_at(node.index).data() : scalar(tape_->scalar_at(node.index).value(), float64);
}

Array Recording::value_of(const Statement& s, std::size_t argument) const {
  const NodeId node = s.arguments()[argument];
  return node ? value_of(node) : s.constant(argument);
}

Subject subject_of(const CheckedFunction& f, const std::vector<Tensor>& x, std::vector<std::string> names,
                   const GradcheckOptions& o) {
  Subject s;
  std::vector<Tensor> at;
  for (const Tensor& t : x) {
    at.push_back(is_floating(t.dtype()) ? Tensor(t.data().copy()) : t);
    s.arguments.push_back(at.back().data());
  }
  s.names = std::move(names);
  s.restart = o.generator;
  s.seed = o.seed;
  s.where = o.where;
  s.run = [f, at](std::vector<Tensor>& variables) {
    Tape* tape = Tape::active();
    for (const Tensor& t : at) variables.push_back(tape && is_floating(t.dtype()) ? tape->variable(t) : t);
    return f(variables);
  };
  return s;
}

Subject subject_of(const std::vector<Parameter*>& parameters, std::vector<std::string> names,
                   const std::function<Tensor()>& loss, const GradcheckOptions& o) {
  Subject s;
  for (Parameter* p : parameters) s.arguments.push_back(p->data());
  s.names = std::move(names);
  s.restart = o.generator;
  s.seed = o.seed;
  s.where = o.where;
  s.run = [parameters, loss](std::vector<Tensor>& variables) {
    for (Parameter* p : parameters) variables.push_back(Tensor(*p));
    return loss();
  };
  return s;
}

InFloat64::InFloat64(const std::vector<Parameter*>& parameters) : parameters_(parameters) {
  for (Parameter* p : parameters) {
    before_.push_back(p->data().copy());
    p->cast(float64);
  }
}

InFloat64::~InFloat64() {
  for (std::size_t k = 0; k < parameters_.size(); ++k) {
    parameters_[k]->cast(before_[k].dtype());
    parameters_[k]->assign(Tensor(before_[k]));
  }
}

}  // namespace autograd::core
