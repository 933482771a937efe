// The sweeps: a tape run backwards for gradients, forwards for tangents, and the gradients that come out.
#include <autograd/reverse/tape.hpp>

#include <cstring>

#include <autograd/reverse/anomaly_watch.hpp>
#include <autograd/reverse/rule.hpp>

namespace autograd {

// Note [Which cotangents are kept] Variables and parameters keep theirs. An intermediate result keeps its own only
// while a user holds a handle on it (or the tape records every operation): nobody else could ask, and the memory is
// reused.
namespace {
// A rule that forgot a sum or a broadcast would be read beyond the end of what it gave.
void check_shape(const Statement* s, const char* what, const Shape& given, const char* of, const Shape& right) {
  if (given == right || !s) return;
  std::string facts("its ");
  facts.append(what).append(to_string(given)).append(of).append(to_string(right));
  if (const std::string line = to_string(s->where); !line.empty()) facts.append(", recorded at ").append(line);
  throw ShapeError(s->name(), facts, "Sum over what was broadcast, or broadcast what was summed.");
}
}  // namespace

class TapeSweep final : public Sweep {
 public:
  TapeSweep(const Tape& tape, Gradients& out) : tape_(tape), out_(out) {
    const std::size_t scalars = tape.size() + 1;
    if (tape.elementary()) out_.scalar_vars_.assign(scalars, Var(0));
    else if (scalars > 1) out_.scalars_.assign(tape.scalar_statements_.most_nodes(), 0.0);
    out_.tensors_.assign(tape.tensors_.size(), {Tensor(core::Array()), TensorAdjoint::absent});
  }

  Var scalar(std::uint32_t index) const override {
    return tape_.elementary() ? out_.scalar_vars_[index] : Var(out_.scalars_[index]);
  }
  void add_scalar(std::uint32_t index, const Var& c) override {
    if (!tape_.elementary()) {
      out_.scalars_[index] += c.value();
      return;
    }
    Var& sum = out_.scalar_vars_[index];
    sum = sum.index() == 0 && sum.value() == 0 ? c : add_scalars(sum, c);
  }

  bool take(std::uint32_t index, Tensor& cotangent) override {
    TensorAdjoint& adjoint = out_.tensors_[index];
    if (adjoint.state != TensorAdjoint::known) return false;
    const Tape::TensorNode& node = tape_.tensors_[index];
    if (tape_.elementary() || node.held()) {
      cotangent = adjoint.value;
    } else {
      cotangent = std::exchange(adjoint.value, Tensor(core::Array()));
      adjoint.state = TensorAdjoint::dropped;
    }
    return true;
  }

  void add_tensor(std::uint32_t index, Tensor c) override {
    if (index == 0) return;
    check_shape(current_, "pullback gives a cotangent of shape ", c.shape(), " for an argument of shape ",
                tape_.tensors_[index].value.shape());
    TensorAdjoint& adjoint = out_.tensors_[index];
    if (adjoint.state != TensorAdjoint::known) {
      adjoint = {std::move(c), TensorAdjoint::known};
    } else if (tape_.elementary()) {
      adjoint.value = add_tensors(adjoint.value, c);
    } else {
      bool add = false;
      const core::Array& to = accumulator(index, c.shape(), c.dtype(), add);
      core::add_in_place(to, c.data());
    }
  }

  const core::Array& accumulator(std::uint32_t index, const Shape& shape, Dtype dtype, bool& add) override {
    TensorAdjoint& adjoint = out_.tensors_[index];
    Tensor& sum = adjoint.value;
    add = adjoint.state == TensorAdjoint::known;
    if (!add) sum = Tensor(core::Array::empty(shape, dtype));
    else if (!sum.data().contiguous() || !sum.data().unique()) sum = Tensor(sum.data().copy());
    adjoint.state = TensorAdjoint::known;
    return sum.data();
  }

  const Statement* part(std::uint32_t index) const override {
    const Tape::TensorNode& node = tape_.tensors_[index];
    if (!node.made_by || !node.made_by->is_part() || out_.tensors_[index].state == TensorAdjoint::known) return nullptr;
    if (tape_.elementary() || node.held()) return nullptr;
    return node.made_by;
  }
  const core::Array& accumulator(std::uint32_t index) override {
    const core::ArrayWatch& value = tape_.tensors_[index].value;
    bool add = false;
    const core::Array& to = accumulator(index, value.shape(), value.dtype(), add);
    if (!add) std::memset(to.bytes(), 0, static_cast<std::size_t>(to.size()) * size_of(to.dtype()));
    return to;
  }

  bool knows(std::uint32_t index) const override { return out_.tensors_[index].state == TensorAdjoint::known; }

  bool offer(std::uint32_t index, const Tensor& memory) override {
    TensorAdjoint& adjoint = out_.tensors_[index];
    if (adjoint.state == TensorAdjoint::known) return false;
    adjoint = {memory, TensorAdjoint::known};
    return true;
  }

  // Statements from the last to the first, those on scalars and those on tensors in the order they were recorded.
  void run(NodeId seed) {
    if (tape_.watch_) return run_watched(seed);
    auto at = tape_.BasicTape<double>::position();
    double* scalars = out_.scalars_.data();
    const bool fast_scalars = !tape_.elementary() && !out_.scalars_.empty();
    const Tape::Lend line(tape_);
    for (std::size_t k = tape_.statements_.size(); k-- > 0;) {
      const Statement& s = *tape_.statements_[k];
      if (fast_scalars && at.headers > s.scalars_before) tape_.scalar_statements_.sweep(at, s.scalars_before, scalars);
      line(s);
      current_ = &s;
      s.pullback(*this);
    }
    if (fast_scalars && at.headers > 1) tape_.scalar_statements_.sweep(at, 1, scalars);
    if (fast_scalars) tape_.drop_dead(out_.scalars_);
  }

 private:
  // On a tape that watches; it records all operations as statements.
  void run_watched(NodeId seed) {
    core::WatchingSweep watching(tape_, *tape_.watch_, *this, seed);
    {
      const Tape::Lend line(tape_);
      for (std::size_t k = tape_.statements_.size(); k-- > 0;) {
        line(*tape_.statements_[k]);
        current_ = tape_.statements_[k];
        watching.pull(*tape_.statements_[k]);
      }
    }
    for (std::uint32_t i = 1; i < out_.scalar_vars_.size(); ++i)
      watching.finished({i, false}, Tensor(out_.scalar_vars_[i].value()));
    for (std::uint32_t i = 1; i < out_.tensors_.size(); ++i)
      if (out_.tensors_[i].state == TensorAdjoint::known) watching.finished({i, true}, out_.tensors_[i].value);
  }

  using TensorAdjoint = Gradients::TensorAdjoint;

  const Tape& tape_;
  Gradients& out_;
  const Statement* current_ = nullptr;
};

Gradients Tape::sweep(NodeId seed, const Var& scalar_seed, const Tensor& tensor_seed) const {
  Gradients out;
  out.tag_ = tag();
  out.parameters_ = parameters_;
  const Activate level(outer());
  TapeSweep run(*this, out);
  if (seed.tensor) run.add_tensor(seed.index, tensor_seed);
  else run.add_scalar(seed.index, scalar_seed);
  run.run(seed);
  return out;
}

Gradients Tape::gradient(const Var& f) const {
  const NodeId id = node(f);
  if (!id)
    throw TapeError("gradient", "the result does not depend on a variable of this tape",
                    "Make the inputs with tape.variable(...) and compute with those.");
  if (elementary_ || !statements_.empty() || tensors_.size() > 1) return sweep(id, Var(1.0), Tensor());
  // Nothing but scalars: no more to do than this.
  Gradients out;
  out.tag_ = tag();
  out.scalars_.assign(scalar_statements_.most_nodes(), 0.0);
  out.scalars_[id.index] = 1;
  auto at = BasicTape<double>::position();
  scalar_statements_.sweep(at, 1, out.scalars_.data());
  drop_dead(out.scalars_);
  return out;
}

Gradients Tape::gradient(const Tensor& f) const {
  if (f.size() != 1)
    throw TapeError("gradient", "the result has shape " + to_string(f.shape()) + ", a gradient needs one element",
                    "Reduce it with sum or mean, or give a cotangent of its shape.");
  return gradient(f, Tensor(core::Array::full(f.shape(), f.dtype(), 1.0)));
}

Gradients Tape::gradient(const Tensor& f, const Tensor& cotangent) const {
  const NodeId id = node(f);
  if (!id)
    throw TapeError("gradient", "the result does not depend on a variable of this tape",
                    "Make the inputs with tape.variable(...) and compute with those.");
  if (cotangent.dtype() != f.dtype())
    throw DtypeError("gradient",
                     "the cotangent is " + std::string(name_of(cotangent.dtype())) + ", the result " +
                         std::string(name_of(f.dtype())),
                     "Convert one with cast.");
  if (!core::broadcasts_to(cotangent.shape(), f.shape()))
    throw ShapeError(
        "gradient",
        "a cotangent of shape " + to_string(cotangent.shape()) + " for a result of shape " + to_string(f.shape()),
        "They must agree, or the cotangent broadcast to the result.");
  if (cotangent.shape() == f.shape()) return sweep(id, Var(), cotangent);
  const Activate level(outer());
  return sweep(id, Var(), core::broadcast_recorded(cotangent, f.shape()));
}

// What is not a variable of a tape that records fused statements.
Var Gradients::look_up(const Var& x) const {
  if (x.tag() != tag_ || x.index() >= scalar_vars_.size())
    throw TapeError("gradient", "asked for the gradient with respect to something that is not on its tape",
                    "Make it with tape.variable(...).");
  return scalar_vars_[x.index()];
}

Var Gradients::scalar_at(std::uint32_t index) const {
  return scalar_vars_.empty() ? Var(scalars_[index]) : scalar_vars_[index];
}

bool Gradients::tensor_at(std::uint32_t index, Tensor& adjoint) const {
  if (index >= tensors_.size() || tensors_[index].state != TensorAdjoint::known) return false;
  adjoint = tensors_[index].value;
  return true;
}

Tensor Gradients::operator[](const Tensor& x) const {
  if (x.tag() != tag_ || x.index() >= tensors_.size())
    throw TapeError("gradient", "asked for the gradient with respect to something that is not on its tape",
                    "Make it with tape.variable(...).");
  if (tensors_[x.index()].state == TensorAdjoint::dropped)
    throw TapeError("gradient", "the gradient with respect to this intermediate result was not kept",
                    "Hold it in a variable while the gradient is taken, or open the tape with ag::record_graph.");
  Tensor g{core::Array()};
  return tensor_at(x.index(), g) ? g : Tensor::zeros(x.shape(), x.dtype());
}

Tensor Gradients::operator[](const Parameter& p) const {
  for (const auto& [id, index] : parameters_)
    if (id == p.state().id) {
      Tensor g{core::Array()};
      return tensor_at(index, g) ? g : Tensor::zeros(p.shape(), p.dtype());
    }
  return Tensor::zeros(p.shape(), p.dtype());
}

class TangentSweep final : public ForwardSweep {
 public:
  explicit TangentSweep(const Tape& tape)
      : scalars_(tape.size() + 1, Var(0)), tensors_(tape.tensors_.size()), known_(tape.tensors_.size(), false) {}
  Var scalar(NodeId id) const override { return scalars_[id.index]; }
  void set_scalar(std::uint32_t index, const Var& t) override { scalars_[index] = t; }
  bool tensor(NodeId id, Tensor& t) const override {
    if (!id || !known_[id.index]) return false;
    t = tensors_[id.index];
    return true;
  }
  void set_tensor(std::uint32_t index, Tensor t) override {
    tensors_[index] = std::move(t);
    known_[index] = true;
  }

  // All statements, in order.
  void run(const Tape& tape) {
    const Tape::Lend line(tape);
    for (const Statement* s : tape.statements_) {
      line(*s);
      const core::AnomalyWatch::Rule rule(tape.watch_);
      s->pushforward(*this);
      Tensor t{core::Array()};
      if (s->result.tensor && tensor(s->result, t))
        check_shape(s, "pushforward gives a tangent of shape ", t.shape(), " for a result of shape ",
                    tape.tensors_[s->result.index].primal.shape());
      if (tape.watch_) tape.watch_->tangent(tape, *s, *this);
    }
  }

 private:
  std::vector<Var> scalars_;
  std::vector<Tensor> tensors_;
  std::vector<bool> known_;
};

namespace {
void need_graph(const Tape& tape) {
  if (!tape.elementary())
    throw TapeError("jvp", "this tape records fused statements, which run backwards only",
                    "Open it with ag::Tape tape{ag::record_graph}.");
}
}  // namespace

std::vector<Tensor> Tape::pushforward(const std::vector<Tensor>& inputs, const std::vector<Tensor>& tangents,
                                      const std::vector<Tensor>& results) const {
  need_graph(*this);
  const Activate level(outer());
  TangentSweep run(*this);
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    if (!(tangents[k].shape() == inputs[k].shape()))
      throw ShapeError("jvp", "a tangent of shape " + to_string(tangents[k].shape()) + " for an argument of shape " +
                                  to_string(inputs[k].shape()));
    if (tangents[k].dtype() != inputs[k].dtype())
      throw DtypeError("jvp",
                       "a tangent in " + std::string(name_of(tangents[k].dtype())) + " for an argument in " +
                           std::string(name_of(inputs[k].dtype())),
                       "Convert one with cast.");
    if (watch_) watch_->given_tangent(tangents[k]);
    run.set_tensor(node(inputs[k]).index, tangents[k]);
  }
  run.run(*this);
  std::vector<Tensor> out;
  for (const Tensor& y : results) {
    Tensor t;
    out.push_back(run.tensor(node(y), t) ? t : Tensor::zeros(y.shape(), y.dtype()));
  }
  return out;
}

std::vector<Var> Tape::pushforward(const std::vector<Var>& inputs, const std::vector<Var>& tangents,
                                   const std::vector<Var>& results) const {
  need_graph(*this);
  const Activate level(outer());
  TangentSweep run(*this);
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    if (watch_) watch_->given_tangent(Tensor(tangents[k].value()));
    run.set_scalar(node(inputs[k]).index, tangents[k]);
  }
  run.run(*this);
  std::vector<Var> out;
  for (const Var& y : results) out.push_back(node(y) ? run.scalar(node(y)) : Var(0));
  return out;
}

}  // namespace autograd
