// What the scalar tape stores: for each statement the nodes it read and the partial derivatives, multiplied out.
//
// A statement y = f(x1, ..., xn) is the partials dy/dxk and the indices of the xk, of those that are variables; a
// partial of exactly 1 or -1, known from the types, is an index alone. The result's index is the number of results so
// far, so it is not stored either: 12 bytes for an argument (4 for a unit one) and 4 for a statement. Variables made
// one after the other take 4 bytes together.
//
// Note [Accumulating in place] `s += expr` needs no new node: its adjoint is that of s before and after. Such a
// statement names its node instead of making one; and where the last statement made s, or added to it, the arguments
// simply join that statement: a dot product is one statement of n arguments. This is right for every other adjoint. For
// that of s it is so as long as nothing has read the s in between, and a Var knows whether it was read (see var.hpp).
#pragma once

#include <algorithm>
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
    return {partials_.size(), indices_.size(), n, nodes(), n ? headers_[n - 1] : 0};
  }
  /// Forgets everything; nodes are those of the tape with this number from now on.
  void start(std::uint32_t tag) {
    next_ = std::uint64_t{tag} << 32;
    rewind({});
    most_nodes_ = 0;
  }
  /// Forgets all that came after.
  void rewind(const Position& p) {
    most_nodes_ = most_nodes();
    partials_.resize(p.partials);
    indices_.resize(p.indices);
    headers_.resize(p.headers);
    if (p.headers) headers_[p.headers - 1] = p.last;
    next_ = next_ >> 32 << 32 | p.nodes;
    open_ = 0;
  }

  /// Variables and results so far; the index of the next one.
  std::uint32_t nodes() const { return static_cast<std::uint32_t>(next_); }
  /// The same before anything was forgotten: statements may name nodes that no longer are.
  std::uint32_t most_nodes() const { return std::max(most_nodes_, nodes()); }
  /// The identity of the next one: the number of the tape and, in the lower half, the index.
  std::uint64_t next() const { return next_; }
  /// Statements so far. From now on none of them grows.
  std::size_t seal() {
    open_ = 0;
    return headers_.size();
  }
  /// Bytes in use.
  std::size_t bytes() const { return partials_.size() * sizeof(T) + (indices_.size() + headers_.size()) * 4; }

  /// A node that no statement computes: a variable. Gives its index.
  [[gnu::always_inline]] std::uint32_t push_variable() {
    if (open_ == variables && (headers_.end()[-1] & max_run) != max_run) [[likely]] {
      ++headers_.end()[-1];
    } else {
      need_header();
      if (nodes() >= max_statements - max_run) [[unlikely]]
        too_many();
      finish(run_of_variables | 1);
      open_ = variables;
    }
    return static_cast<std::uint32_t>(next_++);
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
  /// Where the last partials end, and how many there are.
  const T* last_partials() const { return partials_.end(); }
  std::size_t partials() const { return partials_.size(); }
  /// Room for a statement with so many arguments.
  [[gnu::always_inline]] Cursor begin(std::size_t arguments) {
    if (indices_.room() <= arguments) [[unlikely]]
      grow(arguments + 1);
    return {partials_.end(), indices_.end()};
  }
  /// Ends a statement that makes a node, and gives its identity. With `repeats` its partials are those that were stored
  /// last, and are not stored again.
  [[gnu::always_inline]] std::uint64_t finish_result(const Cursor& c, const Ends& ends, std::uint32_t general,
                                                     bool repeats) {
    const std::uint32_t* begin = indices_.end();
    if (c.index == begin) need_header();  // arguments that none of its slopes reaches
    finish(static_cast<std::uint32_t>(general | (ends.units - begin) << 12 | (ends.minus - ends.units) << 21 |
                                      (repeats ? repeated : 0)));
    set_end(c);
    const std::uint64_t id = next_++;
    open_ = static_cast<std::uint32_t>(id);
    return id;
  }
  /// Ends a statement that adds to a node, which is the first of its indices.
  [[gnu::always_inline]] void finish_accumulation(std::uint32_t node, const Cursor& c, const Ends& ends) {
    const std::uint32_t* begin = indices_.end() + 1;
    open_ = node;
    finish(static_cast<std::uint32_t>((c.index - ends.minus) | (ends.units - begin) << 12 |
                                      (ends.minus - ends.units) << 21) |
           in_place);
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
      if (counts == 2) {
        // A chain of products, each a factor of the next: what goes down it stays in a register.
        T a = adjoint[--nodes];
        for (;;) {
          if (!ordinary(a)) [[unlikely]] {
            if (!exactly_zero(a)) add_unordinary(a, i, 0, 0, 2, p, adjoint);
            break;
          }
          const T first = adjoint[i[0]] + p[0] * a;
          adjoint[i[0]] = first;
          const T second = adjoint[i[1]] + p[1] * a;
          adjoint[i[1]] = second;
          const std::uint32_t before = nodes - 1;
          if ((i[0] != before && i[1] != before) || h == last || h[-1] != 2) break;
          a = i[1] == before ? second : first;
          nodes = before;
          --h;
          i -= 2;
          p -= 2;
        }
      } else if (counts <= general_mask) {
        const T a = adjoint[--nodes];
        if (ordinary(a)) [[likely]]
          add(a, i + general, general, p + general, adjoint);
        else if (!exactly_zero(a)) add_unordinary(a, i, 0, 0, general, p, adjoint);
      } else if (counts == (in_place | 2)) {
        --i;
        if (h != last && h[-1] == counts && i[-1] == i[2]) sweep_products<1>(h, last, i, p, adjoint);
        else if (h != last && h[-1] == counts && i[-2] == i[1]) sweep_products<0>(h, last, i, p, adjoint);
        else sweep_products<2>(h, last, i, p, adjoint);
      } else if ((counts & ~general_mask) == in_place) {
        const T a = adjoint[*--i];
        if (ordinary(a)) [[likely]]
          add(a, i + 1 + general, general, p + general, adjoint);
        else if (!exactly_zero(a)) add_unordinary(a, i + 1, 0, 0, general, p, adjoint);
      } else if (counts >= run_of_variables) {
        i += general;
        p += general;
        nodes -= counts & max_run;
      } else if (counts == one_unit || counts == one_minus) {
        const T a = adjoint[--nodes];
        T& argument = adjoint[*--i];
        if (!exactly_zero(a)) [[likely]]
          argument = counts == one_unit ? argument + a : argument - a;
      } else {
        const std::uint32_t units = counts >> 12 & max_units, minus = counts >> 21 & max_minus;
        const std::uint32_t* argument = i -= units + minus;
        const T a = adjoint[counts & in_place ? *--i : --nodes];
        if (ordinary(a)) [[likely]] {
          for (const std::uint32_t* end = argument + units; argument != end; ++argument) adjoint[*argument] += a;
          for (const std::uint32_t* end = argument + minus; argument != end; ++argument) adjoint[*argument] -= a;
          add(a, argument + general, general, p + general, adjoint);
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
    if (nodes() >= max_statements || headers_.size() >= max_statements) too_many();
    indices_.reserve(arguments);
    partials_.reserve(indices_.capacity() - partials_.size());
    headers_.reserve(indices_.room() + 1);
  }
  [[noreturn, gnu::noinline, gnu::cold]] static void too_many() {
    throw TapeError("tape", "2^31 statements are as many as a tape can hold",
                    "Take gradients of parts, with a tape for each or with rewind.");
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
  // Statements s += x * y with the same x or y, for each time another s: `h`, `i` and `p` stand at the start of the
  // last one, and are left at that of the first. The adjoint that all of them add to stays in a register meanwhile.
  // `same` is the number of that argument; with 2 there is none, and only one statement.
  template <std::size_t same>
  [[gnu::always_inline]] static void sweep_products(const std::uint32_t*& h, const std::uint32_t* last,
                                                    const std::uint32_t*& i, const T*& p, T* adjoint) {
    if constexpr (same == 2) {
      const T a = adjoint[i[0]];
      if (ordinary(a)) [[likely]] {
        adjoint[i[1]] += p[0] * a;
        adjoint[i[2]] += p[1] * a;
      } else if (!exactly_zero(a)) {
        add_unordinary(a, i + 1, 0, 0, 2, p, adjoint);
      }
      return;
    } else {
      constexpr std::size_t other = 1 - same;
      const std::uint32_t kept = i[1 + same];
      T sum = adjoint[kept];
      for (;;) {
        const T a = adjoint[i[0]];
        if (i[0] == kept || i[1 + other] == kept || !ordinary(a)) [[unlikely]]
          break;
        adjoint[i[1 + other]] += p[other] * a;
        sum += p[same] * a;
        if (h == last || h[-1] != (in_place | 2) || *(i - (2 - same)) != kept) {
          adjoint[kept] = sum;
          return;
        }
        --h;
        i -= 3;
        p -= 2;
      }
      adjoint[kept] = sum;
      sweep_products<2>(h, last, i, p, adjoint);
    }
  }
  // Adds to the adjoints of the `count` arguments that end at `argument` and `p`.
  [[gnu::always_inline]] static void add(const T& a, const std::uint32_t* argument, std::uint32_t count, const T* p,
                                         T* adjoint) {
    const auto one = [&](std::ptrdiff_t k) __attribute__((always_inline)) { adjoint[argument[-k]] += p[-k] * a; };
    std::ptrdiff_t k = count;
    for (; k >= 8; k -= 4) {
      one(k);
      one(k - 1);
      one(k - 2);
      one(k - 3);
    }
    if (k & 4) {
      one(k);
      one(k - 1);
      one(k - 2);
      one(k - 3);
      k -= 4;
    }
    if (k & 2) {
      one(k);
      one(k - 1);
      k -= 2;
    }
    if (k & 1) one(1);
  }
  // The same for an adjoint that is infinite or NaN: an argument whose partial is 0 takes no part.
  [[gnu::noinline, gnu::cold]] static void add_unordinary(T a, const std::uint32_t* argument, std::uint32_t units,
                                                          std::uint32_t minus, std::uint32_t general, const T* p,
                                                          T* adjoint) {
    for (std::uint32_t k = 0; k < units; ++k) adjoint[*argument++] += a;
    for (std::uint32_t k = 0; k < minus; ++k) adjoint[*argument++] -= a;
    for (std::uint32_t k = 0; k < general; ++k)
      if (!exactly_zero(p[k])) adjoint[argument[k]] += p[k] * a;
  }

  static constexpr std::uint32_t one_unit = 1u << 12, one_minus = 1u << 21;
  static constexpr std::uint32_t general_mask = max_general, repeated = 1u << 30, in_place = 1u << 31;
  // A header of variables: how many there are, and two bits that no statement has both.
  static constexpr std::uint32_t run_of_variables = repeated | in_place, max_run = (1u << 20) - 1;
  static constexpr std::uint32_t variables = ~0u;  // what `open_` is then

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
  GrowArray<std::uint32_t, 1344> indices_;
  GrowArray<std::uint32_t, 2688> headers_;  // how many arguments of each kind, and whether the node is named
  std::uint32_t most_nodes_ = 0;
  std::uint64_t next_ = 0;
  std::uint32_t open_ = 0;  // the node of the last statement, while that may grow; 0 otherwise
};

/// Statement storage that ended tapes of this thread leave for the next: its pages are warm.
template <class T>
std::vector<ScalarStatements<T>>& spare_statements() {
  static thread_local std::vector<ScalarStatements<T>> spare;
  return spare;
}

}  // namespace autograd::core
