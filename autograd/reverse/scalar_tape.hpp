// The scalar tape: one statement per named expression, its partial derivatives already multiplied out.
//
// A statement y = f(x1, ..., xn) is stored as the partials dy/dxk and the indices of the xk, of those that are
// variables; a partial of exactly 1 or -1, known from the types, is an index alone. The result's index is the number of
// the statement, so it is not stored either: 12 bytes per argument (4 for a unit one) and 4 per statement.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <vector>

#include <autograd/core/error.hpp>
#include <autograd/core/grow_array.hpp>
#include <autograd/reverse/expression.hpp>

namespace autograd {

namespace core {

/// A number for each tape that ever was, 0 excepted: a variable carries that of its tape.
inline std::uint32_t next_tape_tag() {
  static std::atomic<std::uint32_t> last{0};
  std::uint32_t tag = last.fetch_add(1, std::memory_order_relaxed) + 1;
  return tag ? tag : next_tape_tag();
}

/// The statements of a scalar tape, as arrays that never move.
template <class T>
struct ScalarStatements {
  GrowArray<T> partials;
  GrowArray<std::uint32_t> indices;  // per statement: those with a partial, those with 1, those with -1
  GrowArray<std::uint32_t> headers;  // how many there are of each kind

  static constexpr std::uint32_t max_partials = (1u << 12) - 1, max_units = (1u << 10) - 1;
  static std::uint32_t header(std::size_t general, std::size_t units, std::size_t minus) {
    return static_cast<std::uint32_t>(general | units << 12 | minus << 22);
  }

  struct Position {
    std::size_t partials = 0, indices = 0, statements = 0;
  };
  Position position() const { return {partials.size(), indices.size(), headers.size()}; }
  void rewind(const Position& p) {
    partials.resize(p.partials);
    indices.resize(p.indices);
    headers.resize(p.statements);
  }

  /// Runs the statements [to, from.statements) backwards over the adjoints and leaves `from` at the start of the last.
  void sweep(Position& from, std::size_t to, T* adjoint) const {
    const T* p = partials.data() + from.partials;
    const std::uint32_t* i = indices.data() + from.indices;
    for (std::size_t s = from.statements; s-- > to;) {
      const std::uint32_t h = headers[s], general = h & 0xfff, units = h >> 12 & 0x3ff, minus = h >> 22;
      i -= general + units + minus;
      p -= general;
      const T a = adjoint[s];
      if (exactly_zero(a)) continue;  // a strong zero: also where a partial is infinite
      for (std::uint32_t k = 0; k < general; ++k) adjoint[i[k]] += p[k] * a;
      for (std::uint32_t k = general; k < general + units; ++k) adjoint[i[k]] += a;
      for (std::uint32_t k = general + units; k < general + units + minus; ++k) adjoint[i[k]] -= a;
    }
    from = {static_cast<std::size_t>(p - partials.data()), static_cast<std::size_t>(i - indices.data()), to};
  }

  /// Bytes in use.
  std::size_t bytes() const { return partials.size() * sizeof(T) + (indices.size() + headers.size()) * 4; }
};

/// Statement storage that ended tapes of this thread leave for the next: its pages are warm.
template <class T>
std::vector<ScalarStatements<T>>& spare_statements() {
  static thread_local std::vector<ScalarStatements<T>> spare;
  return spare;
}

}  // namespace core

template <class T>
class BasicGradients;

/// A tape of scalars of type T: records, while it is in scope, every expression of its variables that gets a name.
/// `Tape` (tape.hpp) is the one for double, and also records tensors.
template <class T>
class BasicTape {
 public:
  /// Starts to record on this thread, inside any tape that is recording already.
  BasicTape() : tag_(core::next_tape_tag()), outer_(active_) {
    auto& spare = core::spare_statements<T>();
    if (!spare.empty()) {
      scalar_statements_ = std::move(spare.back());
      spare.pop_back();
    }
    scalar_statements_.rewind({});
    push_empty();  // index 0 stands for "not on the tape"
    active_ = this;
  }
  BasicTape(const BasicTape&) = delete;
  BasicTape& operator=(const BasicTape&) = delete;
  ~BasicTape() {
    active_ = outer_;
    auto& spare = core::spare_statements<T>();
    if (spare.size() < 4) spare.push_back(std::move(scalar_statements_));
  }

  /// A variable of this tape: what gradients can be taken with respect to.
  BasicVar<T> variable(T value) { return BasicVar<T>(value, push_empty(), tag_); }

  /// The gradient of f with respect to every variable and named result; throws TapeError when f is not on this tape.
  BasicGradients<T> gradient(const BasicVar<T>& f) const;
  template <class E>
    requires ScalarExpression<E, T>
  void gradient(const E&) const {
    static_assert(core::leaf_count<E> == 0,
                  "this expression has no name, so it is not on the tape: write `ag::Var f = ...;` "
                  "and ask for the gradient of f");
  }

  /// Where the tape is now; `rewind` to it forgets what was recorded since. Variables made since are dead.
  using Position = typename core::ScalarStatements<T>::Position;
  Position position() const { return scalar_statements_.position(); }
  void rewind(const Position& p) { scalar_statements_.rewind(p); }

  /// Statements recorded, variables included.
  std::size_t size() const { return scalar_statements_.headers.size() - 1; }
  /// Bytes that the recorded statements take.
  std::size_t bytes() const { return scalar_statements_.bytes(); }

  /// The innermost tape of this thread, or null.
  static BasicTape* active() { return active_; }
  /// The number that this tape's variables carry.
  std::uint32_t tag() const { return tag_; }
  /// The tape that was recording when this one was opened, or null.
  BasicTape* outer() const { return outer_; }
  /// True when every elementary operation is recorded as a node of its own (see Tape).
  bool elementary() const { return elementary_; }

  /// Makes `tape` the active one for a scope; null stops recording.
  class Activate {
   public:
    explicit Activate(BasicTape* tape) : before_(active_) { active_ = tape; }
    ~Activate() { active_ = before_; }
    Activate(const Activate&) = delete;
    Activate& operator=(const Activate&) = delete;

   private:
    BasicTape* before_;
  };

  /// Records y = e, whose interior values are `in`; gives the index of y, 0 when no argument is a variable here.
  template <class E>
  std::uint32_t record(const E& e, const core::Interior<T, E>& in) {
    scalar_statements_.partials.reserve(core::leaf_count<E>);
    scalar_statements_.indices.reserve(core::leaf_count<E>);
    scalar_statements_.headers.reserve(1);
    const Position before = position();
    Sink<General> general{*this, before};
    core::pull<T>(e, in, one, general);
    Sink<One> units{*this, before};
    core::pull<T>(e, in, one, units);
    Sink<MinusOne> minus{*this, before};
    core::pull<T>(e, in, one, minus);
    if (scalar_statements_.indices.size() == before.indices && !mentions(e)) return 0;
    scalar_statements_.headers.push(core::ScalarStatements<T>::header(general.count, units.count, minus.count));
    return static_cast<std::uint32_t>(before.statements);
  }

  /// Throws TapeError unless `tag` is that of this tape, of an outer one, or 0.
  void check(std::uint32_t tag) const {
    if (tag == 0) return;
    for (const BasicTape* t = this; t; t = t->outer_)
      if (t->tag_ == tag) return;
    throw TapeError("tape", "a variable of another tape, or of one that has ended, is used",
                    "Make it a variable of this tape, or a constant with stop_gradient.");
  }

 protected:
  struct General {};

  // Appends the arguments of one statement whose partial is of one kind.
  template <class Kind>
  struct Sink {
    BasicTape& tape;
    const Position& before;
    std::uint32_t count = 0;

    template <std::size_t, std::size_t>
    static constexpr bool wants() {
      return true;
    }
    template <std::size_t, std::size_t>
    void unreached() {}
    template <std::size_t, class C>
    void add(const BasicVar<T>& x, const C& partial) {
      constexpr bool unit = std::is_same_v<C, One> || std::is_same_v<C, MinusOne>;
      if constexpr (std::is_same_v<C, Kind> || (!unit && std::is_same_v<Kind, General>)) {
        if (x.tag() != tape.tag_) {
          if (x.tag() != 0) [[unlikely]]
            tape.foreign(x.tag(), before);
          return;
        }
        if constexpr (!unit) {
          using core::exactly_zero;
          const T p(partial);
          if (exactly_zero(p)) return;  // takes no part, whatever cotangent comes
          tape.scalar_statements_.partials.push(p);
        }
        tape.scalar_statements_.indices.push(x.index());
        ++count;
      }
    }
  };

  // True when a variable of this tape is in the expression, be it with a slope of 0 everywhere.
  template <class E>
  bool mentions(const E& e) const {
    if constexpr (core::is_expression<E>)
      return std::apply([&](const auto&... a) { return (mentions(a) || ...); }, e.args);
    else if constexpr (std::is_same_v<E, BasicVar<T>>) return e.tag() == tag_;
    else return false;
  }

  [[gnu::noinline]] void foreign(std::uint32_t tag, const Position& before) {
    scalar_statements_.rewind(before);
    check(tag);
  }

  std::uint32_t push_empty() {
    scalar_statements_.headers.reserve(1);
    scalar_statements_.headers.push(0);
    return static_cast<std::uint32_t>(scalar_statements_.headers.size() - 1);
  }

  static inline constinit thread_local BasicTape* active_ = nullptr;

  core::ScalarStatements<T> scalar_statements_;
  std::uint32_t tag_;
  bool elementary_ = false;
  BasicTape* outer_;
};

}  // namespace autograd
