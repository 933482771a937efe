// The tape: recording, identities, levels, and the end of its life. The sweeps are in sweep.cpp.
#include <autograd/reverse/tape.hpp>

#include <algorithm>

#include <autograd/reverse/anomaly_watch.hpp>
#include <autograd/reverse/elementary.hpp>

namespace autograd {

namespace {

// Room for one more element; the first time for as many as a small network has, which growing in steps would move
// often.
template <class Vector>
void make_room(Vector& v) {
  if (v.size() == v.capacity()) v.reserve(std::max<std::size_t>(16, 2 * v.size()));
}

}  // namespace

Tape::Tape(SourceLocation where) : opened_(where) {
  make_room(tensors_);
  tensors_.resize(1);  // index 0 stands for "not on the tape"
  if (!outer()) return;
  watch_ = static_cast<Tape*>(outer())->watch_;
  record_elementary();
  scalars_.resize(1);
}

Tape::Tape(RecordGraph, SourceLocation where) : Tape(where) {
  record_elementary();
  scalars_.resize(1);
}

Tape::Tape(DetectAnomaly, SourceLocation where) : Tape(record_graph, where) {
  own_watch_ = std::make_unique<core::AnomalyWatch>();
  watch_ = own_watch_.get();
}

std::span<const StrongZero> Tape::strong_zeros() const {
  if (!own_watch_)
    throw TapeError("strong_zeros", "this tape does not watch", "Open it with ag::Tape tape{ag::detect_anomaly}.");
  return own_watch_->strong_zeros;
}

SourceLocation Tape::line(SourceLocation where) const {
  if (lent_.line) return lent_;
  if (where.line) return where;
  const Tape* tape = this;
  while (tape->outer() && !tape->opened_.line) tape = static_cast<Tape*>(tape->outer());
  SourceLocation around = tape->opened_;
  around.around = true;
  return around;
}

Tape::~Tape() { destroy_statements(0); }

void Tape::destroy_statements(std::size_t from) noexcept {
  while (statements_.size() > from) {
    statements_.back()->~Statement();
    statements_.pop_back();
  }
}

Var Tape::variable(const Var& value) {
  check(value.tag());
  const Var v(value.value(), push_empty(), tag());
  if (elementary_) scalars_.push_back(primal(value));
  return v;
}

Tensor Tape::variable(const Tensor& value) {
  if (!is_floating(value.dtype()))
    throw DtypeError("variable", "a variable needs a floating dtype, got " + std::string(name_of(value.dtype())),
                     "Convert with cast(x, ag::float64).");
  check(value.tag());
  push_tensor(primal(value), nullptr);
  return Tensor(value.data(), static_cast<std::uint32_t>(tensors_.size() - 1), tag());
}

Var Tape::variable(const Var& value, std::string text) {
  const Var v = variable(value);
  name(v, std::move(text));
  return v;
}
Tensor Tape::variable(const Tensor& value, std::string text) {
  const Tensor v = variable(value);
  name(v, std::move(text));
  return v;
}

Tensor Tape::parameter(const Parameter& p) {
  Parameter::State& state = p.state();
  const std::uint64_t seen = state.last_seen.load(std::memory_order_relaxed);
  std::uint32_t index = static_cast<std::uint32_t>(seen);
  if (seen >> 32 != tag() || index >= tensors_.size()) {
    const auto known =
        std::find_if(parameters_.begin(), parameters_.end(), [&](const auto& e) { return e.first == state.id; });
    if (known != parameters_.end()) {
      index = known->second;
    } else {
      Tensor outer_value = p.value();
      if (outer()) {
        const Activate level(outer());
        outer_value = Tensor(p);
      }
      push_tensor(outer_value, nullptr);
      make_room(parameters_);
      index = static_cast<std::uint32_t>(tensors_.size() - 1);
      parameters_.emplace_back(state.id, index);
    }
    state.last_seen.store(std::uint64_t{tag()} << 32 | index, std::memory_order_relaxed);
  }
  return Tensor(p.data(), index, tag());
}

Tape::Position Tape::position() const {
  return {BasicTape<double>::position(), statements_.size(), tensors_.size(), parameters_.size(), arena_.position()};
}

void Tape::rewind(const Position& p) {
  destroy_statements(p.statements);
  arena_.rewind(p.arena);
  tensors_.resize(p.tensors);
  parameters_.resize(p.parameters);
  if (elementary_) scalars_.resize(p.scalars.nodes);
  BasicTape<double>::rewind(p.scalars);
  std::erase_if(names_, [&](const auto& e) { return e.first.second >= (e.first.first ? p.tensors : p.scalars.nodes); });
}

void Tape::name(const Var& x, std::string text) { names_[{false, node(x).index}] = std::move(text); }
void Tape::name(const Tensor& x, std::string text) { names_[{true, node(x).index}] = std::move(text); }

std::string Tape::label(NodeId id) const {
  const auto found = names_.find({id.tensor, id.index});
  return found == names_.end() ? std::string() : found->second;
}

NodeId Tape::node(const Var& x) const {
  if (x.tag() == tag()) {
    if (x.index() > size()) refuse_dead();
    x.mark_read();
    return {x.index(), false};
  }
  check(x.tag());
  return {};
}

Var Tape::primal(const Var& x) const {
  if (x.tag() != tag()) return x;
  return elementary_ && x.index() < scalars_.size() ? scalars_[x.index()] : Var(x.value());
}

Tensor Tape::primal(const Tensor& x) const {
  if (x.tag() != tag()) return x;
  return elementary_ && x.index() < tensors_.size() ? tensors_[x.index()].primal : Tensor(x.data());
}

void Tape::push_tensor(const Tensor& primal, const Statement* made_by) {
  const std::uint32_t saved = made_by && made_by->keeps_result;
  make_room(tensors_);
  if (elementary_) tensors_.push_back({primal, core::ArrayWatch(primal.data()), saved + 1, made_by});
  else tensors_.push_back({Tensor(core::Array()), core::ArrayWatch(primal.data()), saved, made_by});
}

void Tape::enter(Statement* s, const SourceLocation& where) {
  // Not with ?:, for which g++ writes a temporary in pieces and waits until it can read it as a whole.
  if (elementary_) s->where = line(where);
  else s->where = where;
  s->scalars_before = static_cast<std::uint32_t>(scalar_statements_.seal());
  // The statement exists already: if the list cannot grow, it must go again.
  try {
    make_room(statements_);
    statements_.push_back(s);
  } catch (...) {
    s->~Statement();
    throw;
  }
  if (std::uint64_t kept = s->kept_arguments)
    for (const NodeId& n : s->arguments()) {
      if (kept & 1 && n.tensor && n.index) ++tensors_[n.index].saved;
      kept >>= 1;
    }
}

Tensor Tape::finish_tensor(Statement* s, Tensor result, const SourceLocation& where) {
  enter(s, where);
  s->result = {static_cast<std::uint32_t>(tensors_.size()), true};
  try {
    push_tensor(result, s);
  } catch (...) {
    destroy_statements(statements_.size() - 1);
    throw;
  }
  return Tensor(std::move(result), s->result.index, tag());
}

Var Tape::finish_scalar(Statement* s, const Var& result, SourceLocation where) {
  enter(s, where);
  s->result = {push_empty(), false};
  if (elementary_) scalars_.push_back(result);
  return Var(result.value(), s->result.index, tag());
}

Tensor add_tensors(const Tensor& a, const Tensor& b) {
  return core::apply_op(op::Add{}, std::array<Tensor, 2>{a, b}, SourceLocation{});
}

Var add_scalars(const Var& a, const Var& b) {
  return core::apply_op(op::Add{}, std::array<Var, 2>{a, b}, SourceLocation{});
}

Tensor core::reshape_recorded(const Tensor& x, const Shape& shape) {
  return core::apply_op(op::Reshape{shape}, std::array<Tensor, 1>{x}, SourceLocation{});
}

Tensor core::broadcast_recorded(const Tensor& x, const Shape& shape) {
  return core::apply_op(op::BroadcastTo{shape}, std::array<Tensor, 1>{x}, SourceLocation{});
}

void core::add_in_place(const Array& to, const Array& x) {
  // The pullback of the identity: to += 1 * x.
  const FusedKernels& k = fused_kernels<Slot>;
  const Slot formula;
  const Array* const argument = &to;
  const AdjointTarget target{&to, true};
  run_backward(to.dtype() == float32 ? k.backward32 : k.backward64, &formula, to.dtype(), to.shape(), {&argument, 1}, x,
               1.0, {&target, 1});
}

}  // namespace autograd
