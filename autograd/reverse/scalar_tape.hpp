// BasicTape: the scalar tape. Every expression of its variables that gets a name becomes one statement.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <autograd/reverse/scalar_arguments.hpp>

namespace autograd {

namespace core {

/// A number for each tape that ever was, 0 excepted: a variable carries that of its tape.
inline std::uint32_t next_tape_tag() {
  static std::atomic<std::uint32_t> last{0};
  std::uint32_t tag = last.fetch_add(1, std::memory_order_relaxed) + 1;
  return tag ? tag : next_tape_tag();
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
    scalar_statements_.start(tag_);
    push_empty();  // index 0 stands for "not on the tape"
    activate(this);
  }
  BasicTape(const BasicTape&) = delete;
  BasicTape& operator=(const BasicTape&) = delete;
  ~BasicTape() {
    activate(outer_);
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

  /// Variables and named results.
  std::size_t size() const { return scalar_statements_.nodes() - 1; }
  /// Bytes that the recorded statements take.
  std::size_t bytes() const { return scalar_statements_.bytes(); }

  /// The innermost tape of this thread, or null.
  static BasicTape* active() { return active_; }
  /// The same, but null if it records every elementary operation: what a statement of scalars asks first.
  static BasicTape* active_fused() { return active_fused_; }
  /// The number that this tape's variables carry.
  std::uint32_t tag() const { return tag_; }
  /// The tape that was recording when this one was opened, or null.
  BasicTape* outer() const { return outer_; }
  /// True when every elementary operation is recorded as a node of its own (see Tape).
  bool elementary() const { return elementary_; }

  /// Makes `tape` the active one for a scope; null stops recording.
  class Activate {
   public:
    explicit Activate(BasicTape* tape) : before_(active_) { activate(tape); }
    ~Activate() { activate(before_); }
    Activate(const Activate&) = delete;
    Activate& operator=(const Activate&) = delete;

   private:
    BasicTape* before_;
  };

  /// Records y = e, whose interior values are `in`; gives the identity of y, 0 when no argument is a variable here.
  template <class E>
  [[gnu::always_inline]] std::uint64_t record(const E& e, const core::Interior<T, E>& in) {
    core::ScalarArguments<T, core::leaf_count<E>> arguments;
    core::pull<T>(e, in, one, arguments);
    constexpr bool looks = core::ScalarArguments<T, core::leaf_count<E>>::template looks_for_equal<E>;
    auto cursor = scalar_statements_.begin(looks ? 16 : core::leaf_count<E>);
    if constexpr (looks) {
      const core::IdentityLanes<core::leaf_count<E>> lanes(arguments.id);
      if (!lanes.all_beside(scalar_statements_.next())) [[unlikely]]
        return record_mixed(arguments.mixed());
      const auto* begin = cursor.index;
      if (arguments.write_merged(lanes, cursor)) {
        const auto general = static_cast<std::uint32_t>(cursor.index - begin);
        return scalar_statements_.finish_result(cursor, {begin, begin}, general, false);
      }
    } else if (!arguments.all_beside(scalar_statements_.next())) [[unlikely]] {
      return record_mixed(arguments.mixed());
    }
    if (arguments.template pairs<E>()) {
      arguments.template merge_pairs<E>();
      return finish_result<E>(arguments, cursor);
    }
    return finish_result<E>(arguments, cursor);
  }

  /// Records s += e, or s -= e with `sign` minus_one, where s is a node of this tape that nothing has read.
  template <class E, class Sign>
  [[gnu::always_inline]] void accumulate(std::uint32_t node, const E& e, const core::Interior<T, E>& in, Sign sign) {
    core::ScalarArguments<T, core::leaf_count<E>> arguments;
    core::pull<T>(e, in, sign, arguments);
    auto cursor = scalar_statements_.begin(core::leaf_count<E>);
    const bool extends = scalar_statements_.can_extend(node, core::leaf_count<E>);
    if (!extends) {
      if (node >= scalar_statements_.nodes()) [[unlikely]]
        refuse_dead();
      *cursor.index++ = node;
    }
    if (!arguments.all_beside(scalar_statements_.next())) [[unlikely]]
      return finish_accumulation(node, extends, arguments.mixed(), cursor);
    if (arguments.template pairs<E>()) {
      arguments.template merge_pairs<E>();
      return finish_accumulation(node, extends, arguments, cursor);
    }
    finish_accumulation(node, extends, arguments, cursor);
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
  using Cursor = typename core::ScalarStatements<T>::Cursor;

  template <class E>
  [[gnu::always_inline]] std::uint64_t finish_result(const core::ScalarArguments<T, core::leaf_count<E>>& arguments,
                                                     Cursor cursor) {
    const bool repeats = core::is_affine<E> && arguments.repeat(scalar_statements_);
    if (!repeats) arguments.write_partials(cursor);
    const auto ends = arguments.write_indices(cursor);
    return scalar_statements_.finish_result(cursor, ends, arguments.numbers(), repeats);
  }
  template <std::size_t count>
  [[gnu::always_inline]] void finish_accumulation(std::uint32_t node, bool extends,
                                                  const core::ScalarArguments<T, count>& arguments, Cursor cursor) {
    if (extends) {
      arguments.write_numbers(cursor);
      scalar_statements_.extend(cursor);
    } else {
      arguments.write_partials(cursor);
      scalar_statements_.finish_accumulation(node, cursor, arguments.write_indices(cursor));
    }
  }

  // The same where an argument is a constant, or a variable of an outer tape.
  template <std::size_t count>
  std::uint64_t record_mixed(const core::MixedArguments<T, count>& arguments) {
    return record_mixed(arguments.argument, arguments.argument + count);
  }
  [[gnu::noinline]] std::uint64_t record_mixed(const core::MixedArgument<T>* begin, const core::MixedArgument<T>* end) {
    auto cursor = scalar_statements_.begin(static_cast<std::size_t>(end - begin));
    const auto start = cursor;
    const auto ends = write_mixed(begin, end, cursor);
    const auto own = [this](const auto& x) { return static_cast<std::uint32_t>(x.id >> 32) == tag_; };
    if (cursor.index == start.index && std::none_of(begin, end, own)) return 0;
    const auto general = static_cast<std::uint32_t>(cursor.partial - start.partial);
    return scalar_statements_.finish_result(cursor, ends, general, false);
  }
  template <std::size_t count>
  void finish_accumulation(std::uint32_t node, bool extends, const core::MixedArguments<T, count>& arguments,
                           Cursor cursor) {
    finish_accumulation(node, extends, arguments.argument, arguments.argument + count, cursor);
  }
  [[gnu::noinline]] void finish_accumulation(std::uint32_t node, bool extends, const core::MixedArgument<T>* begin,
                                             const core::MixedArgument<T>* end, Cursor cursor) {
    if (!extends) return scalar_statements_.finish_accumulation(node, cursor, write_mixed(begin, end, cursor));
    for (const auto* x = begin; x != end; ++x)
      if (x->kind != core::PartialKind::absent) write_mixed(*x, true, cursor);
    scalar_statements_.extend(cursor);
  }
  // Gives where the indices of partial 1 and of -1 end.
  typename core::ScalarStatements<T>::Ends write_mixed(const core::MixedArgument<T>* begin,
                                                       const core::MixedArgument<T>* end, Cursor& cursor) const {
    using enum core::PartialKind;
    const auto write = [&](core::PartialKind kind) {
      for (const auto* x = begin; x != end; ++x)
        if (x->kind == kind) write_mixed(*x, kind == number, cursor);
      return cursor.index;
    };
    const std::uint32_t *units = write(plus_one), *minus = write(minus_one);
    write(number);
    return {units, minus};
  }
  void write_mixed(const core::MixedArgument<T>& x, bool with_partial, Cursor& cursor) const {
    const auto tag = static_cast<std::uint32_t>(x.id >> 32);
    if (tag != tag_) return check(tag);
    *cursor.index++ = static_cast<std::uint32_t>(x.id);
    if (with_partial) *cursor.partial++ = x.partial;
  }

  [[noreturn]] static void refuse_dead() {
    throw TapeError("tape", "a variable is used that was made after the position the tape was rewound to",
                    "Make it again.");
  }
  // Statements do not ask whether a variable that they name is one that a rewind has made dead; such a one's adjoint
  // has a place until the end of the sweep, and is an error there. Throws TapeError.
  template <class Vector>
  void drop_dead(Vector& adjoints) const {
    using core::exactly_zero;
    for (std::size_t i = scalar_statements_.nodes(); i < adjoints.size(); ++i)
      if (!exactly_zero(adjoints[i])) refuse_dead();
    adjoints.resize(scalar_statements_.nodes());
  }

  std::uint32_t push_empty() { return scalar_statements_.push_variable(); }

  static void activate(BasicTape* tape) {
    active_ = tape;
    active_fused_ = tape && !tape->elementary_ ? tape : nullptr;
  }
  void record_elementary() {
    elementary_ = true;
    activate(active_);
  }

  static inline constinit thread_local BasicTape *active_ = nullptr, *active_fused_ = nullptr;

  core::ScalarStatements<T> scalar_statements_;
  std::uint32_t tag_;
  bool elementary_ = false;
  BasicTape* outer_;
};

}  // namespace autograd
