// What the scalar tape stores: for each statement the nodes it read and the partial derivatives, multiplied out.
//
// A statement y = f(x1, ..., xn) is the partials dy/dxk and the indices of the xk, of those that are variables; a
// partial of exactly 1 or -1, known from the types, is an index alone. The result's index is the number of results so
// far, so it is not stored either: 12 bytes for an argument (4 for a unit one) and 4 for a statement.
//
// Note [Accumulating in place] `s += expr` needs no new node: its adjoint is that of s before and after. Such a
// statement names its node instead of making one; and where the last statement made s, or added to it, the arguments
// simply join that statement: a dot product is one statement of n arguments. This is right for every other adjoint. For
// that of s it is so as long as nothing has read the s in between, and a Var knows whether it was read (see var.hpp).
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include <autograd/core/error.hpp>
#include <autograd/core/grow_array.hpp>
#include <autograd/op/math.hpp>

namespace autograd::core {

/// The statements of one tape, as arrays that never move.
template <class T>
class ScalarStatements {
 public:
  /// The most arguments of one statement with a partial, with the partial 1, and with -1.
  static constexpr std::uint32_t max_general = (1u << 12) - 1, max_units = (1u << 9) - 1, max_minus = (1u << 9) - 1;

  /// The most statements: an index has 31 bits.
  static constexpr std::size_t max_statements = std::size_t{1} << 31;

  /// A place between two statements. The last one may since have grown, so its header is kept.
  struct Position {
    std::size_t partials = 0, indices = 0, headers = 0;
    std::uint32_t nodes = 0, last = 0;
  };
  Position position() const {
    const std::size_t n = headers_.size();
    return {partials_.size(), indices_.size(), n, nodes_, n ? headers_[n - 1] : 0};
  }
  /// Forgets all that came after.
  void rewind(const Position& p) {
    partials_.resize(p.partials);
    indices_.resize(p.indices);
    headers_.resize(p.headers);
    if (p.headers) headers_[p.headers - 1] = p.last;
    nodes_ = p.nodes;
    open_ = 0;
  }

  /// Variables and results so far; the index of the next one.
  std::uint32_t nodes() const { return nodes_; }
  /// Statements so far. From now on none of them grows.
  std::size_t seal() {
    open_ = 0;
    return headers_.size();
  }
  /// Bytes in use.
  std::size_t bytes() const { return partials_.size() * sizeof(T) + (indices_.size() + headers_.size()) * 4; }

  /// A node that no statement computes: a variable. Gives its index.
  [[gnu::always_inline]] std::uint32_t push_variable() {
    need_header();
    finish(0);
    open_ = 0;
    return nodes_++;
  }

  /// Where the arguments of a statement are written: first those of partial 1, then of -1, then the others. They count
  /// once the statement is finished, so an exception before that leaves nothing behind.
  struct Cursor {
    T* partial;
    std::uint32_t* index;
  };
  /// Where the indices of partial 1 and of -1 end.
  struct Ends {
    const std::uint32_t *units, *minus;
  };
  /// Room for a statement with so many arguments.
  [[gnu::always_inline]] Cursor begin(std::size_t arguments) {
    if (indices_.room() <= arguments) [[unlikely]]
      grow(arguments + 1);
    return {partials_.end(), indices_.end()};
  }
  /// Ends a statement that makes a node, and gives its index.
  [[gnu::always_inline]] std::uint32_t finish_result(const Cursor& c, const Ends& ends) {
    if (c.index == indices_.end()) need_header();  // arguments that none of its slopes reaches
    const std::uint32_t counts = header(c, indices_.end(), ends);
    if (repeats(c.partial)) {
      finish(counts | repeated);
      indices_.set_end(c.index);
    } else {
      finish(counts);
      set_end(c);
    }
    open_ = nodes_;
    return nodes_++;
  }
  /// Ends a statement that adds to a node, which is the first of its indices.
  [[gnu::always_inline]] void finish_accumulation(const Cursor& c, const Ends& ends) {
    const std::uint32_t* begin = indices_.end();
    open_ = *begin;
    finish(header(c, begin + 1, ends) | in_place);
    set_end(c);
  }

  /// True if so many arguments can join the last statement and so be added to this node.
  [[gnu::always_inline]] bool can_extend(std::uint32_t node, std::size_t arguments) const {
    return open_ == node && (headers_.end()[-1] & (general_mask | repeated)) + arguments <= max_general;
  }
  /// Adds the arguments to the last statement.
  [[gnu::always_inline]] void extend(const Cursor& c) {
    headers_.end()[-1] += static_cast<std::uint32_t>(c.partial - partials_.end());
    set_end(c);
  }

  /// Runs the statements [to, from.headers) backwards over the adjoints and leaves `from` at the start of the last. An
  /// adjoint of 0 contributes nothing, also where a partial is infinite: a strong zero.
  void sweep(Position& from, std::size_t to, T* adjoint) const {
    const T* p = partials_.data() + from.partials;
    const std::uint32_t* i = indices_.data() + from.indices;
    std::uint32_t nodes = from.nodes;
    for (const std::uint32_t *h = headers_.data() + from.headers, *last = headers_.data() + to; h != last;) {
      const std::uint32_t counts = *--h;
      const std::uint32_t general = counts & general_mask;
      i -= general;
      p -= general;
      if (counts <= general_mask) {
        const T a = adjoint[--nodes];
        if (ordinary(a)) [[likely]]
          add(a, i, general, p, adjoint);
        else if (!exactly_zero(a)) add_unordinary(a, i, 0, 0, general, p, adjoint);
      } else {
        const std::uint32_t units = counts >> 12 & max_units, minus = counts >> 21 & max_minus;
        const std::uint32_t* argument = i -= units + minus;
        const T a = adjoint[counts & in_place ? *--i : --nodes];
        if (ordinary(a)) [[likely]] {
          for (const std::uint32_t* end = argument + units; argument != end; ++argument) adjoint[*argument] += a;
          for (const std::uint32_t* end = argument + minus; argument != end; ++argument) adjoint[*argument] -= a;
          add(a, argument, general, p, adjoint);
        } else if (!exactly_zero(a)) {
          add_unordinary(a, argument, units, minus, general, p, adjoint);
        }
        if (counts & repeated) p += general;
      }
    }
    from = {static_cast<std::size_t>(p - partials_.data()), static_cast<std::size_t>(i - indices_.data()), to, nodes,
            0};
  }

 private:
  // There are never more partials than indices, and never less room for headers than for indices: a statement takes an
  // index or more and one header, so that one test serves all three. What takes a header alone asks for it.
  [[gnu::always_inline]] void need_header() {
    if (headers_.room() <= indices_.room()) [[unlikely]]
      grow(0);
  }
  [[gnu::noinline, gnu::cold]] void grow(std::size_t arguments) {
    if (headers_.size() >= max_statements)
      throw TapeError("tape", "2^31 statements are as many as a tape can hold",
                      "Take gradients of parts, with a tape for each or with rewind.");
    indices_.reserve(arguments);
    partials_.reserve(indices_.capacity() - partials_.size());
    headers_.reserve(indices_.room() + 1);
  }

  // Neither 0 nor infinite nor NaN: for a double, in one comparison of its bits.
  static bool ordinary(const T& a) {
    if constexpr (std::is_same_v<T, double>) {
      constexpr std::uint64_t infinity = std::uint64_t{0x7ff} << 53;  // without the sign, one place to the left
      return (std::bit_cast<std::uint64_t>(a) << 1) - 1 < infinity - 1;
    } else {
      return !exactly_zero(a) && exactly_zero(a - a);
    }
  }
  [[gnu::always_inline]] static void add(const T& a, const std::uint32_t* argument, std::uint32_t count, const T* p,
                                         T* adjoint) {
    std::uint32_t k = 0;
    for (; k + 4 <= count; k += 4) {
      adjoint[argument[k]] += p[k] * a;
      adjoint[argument[k + 1]] += p[k + 1] * a;
      adjoint[argument[k + 2]] += p[k + 2] * a;
      adjoint[argument[k + 3]] += p[k + 3] * a;
    }
    for (; k < count; ++k) adjoint[argument[k]] += p[k] * a;
  }
  // The same for an adjoint that is infinite or NaN: an argument whose partial is 0 takes no part.
  [[gnu::noinline]] static void add_unordinary(const T& a, const std::uint32_t* argument, std::uint32_t units,
                                               std::uint32_t minus, std::uint32_t general, const T* p, T* adjoint) {
    for (std::uint32_t k = 0; k < units; ++k) adjoint[*argument++] += a;
    for (std::uint32_t k = 0; k < minus; ++k) adjoint[*argument++] -= a;
    for (std::uint32_t k = 0; k < general; ++k)
      if (!exactly_zero(p[k])) adjoint[argument[k]] += p[k] * a;
  }

  static constexpr std::uint32_t general_mask = max_general, repeated = 1u << 30, in_place = 1u << 31;

  // True if the partials up to `end`, which do not count yet, are those that were stored last, bit by bit: then they
  // need not be stored again. A stencil with constant coefficients has the same ones at every point.
  [[gnu::always_inline]] bool repeats(const T* end) const {
    if constexpr (std::is_floating_point_v<T>) {
      const T* begin = partials_.end();
      const auto n = static_cast<std::size_t>(end - begin);
      if (n == 0 || n > 8 || partials_.size() < n) return false;
      const auto same = [&](std::size_t k) { return std::memcmp(begin + k, begin + k - n, sizeof(T)) == 0; };
      if (!same(0)) [[likely]]
        return false;
      for (std::size_t k = 1; k < n; ++k)
        if (!same(k)) return false;
      return true;
    }
    return false;
  }
  static std::uint32_t header(const Cursor& c, const std::uint32_t* begin, const Ends& ends) {
    return static_cast<std::uint32_t>((c.index - ends.minus) | (ends.units - begin) << 12 |
                                      (ends.minus - ends.units) << 21);
  }
  void finish(std::uint32_t header) {
    std::uint32_t* end = headers_.end();
    *end = header;
    headers_.set_end(end + 1);
  }
  void set_end(const Cursor& c) {
    partials_.set_end(c.partial);
    indices_.set_end(c.index);
  }

  GrowArray<T> partials_;
  GrowArray<std::uint32_t> indices_;
  GrowArray<std::uint32_t> headers_;  // how many arguments of each kind, and whether the node is named
  std::uint32_t nodes_ = 0;
  std::uint32_t open_ = 0;  // the node of the last statement, while that may grow; 0 otherwise
};

/// Statement storage that ended tapes of this thread leave for the next: its pages are warm.
template <class T>
std::vector<ScalarStatements<T>>& spare_statements() {
  static thread_local std::vector<ScalarStatements<T>> spare;
  return spare;
}

}  // namespace autograd::core
