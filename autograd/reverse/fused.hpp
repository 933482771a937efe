// Fused statements: a whole expression of tensors, evaluated and differentiated in one pass each.
//
// The expression's type, its tensors replaced by slots, is the formula of a kernel: for each SIMD register of elements
// the forward kernel evaluates it, the backward kernel evaluates it again and pulls the cotangent back to all leaves,
// everything between in registers. The tape keeps handles on the leaves and the formula's few bytes (its literals and
// its ops' parameters); all else is compiled once, in fused.cpp and in core/block_loop.cpp.
#pragma once

#include <array>
#include <cstring>

#include <autograd/core/block_loop.hpp>
#include <autograd/core/slice.hpp>
#include <autograd/op/arithmetic.hpp>
#include <autograd/reverse/cotangent_guess.hpp>
#include <autograd/reverse/leaf_facts.hpp>
#include <autograd/reverse/tape.hpp>

namespace autograd {
namespace core {

/// The place of a tensor in a formula.
struct Slot {};

template <class E>
struct SignatureOf {
  using type = Slot;
  static type make(const E&) { return {}; }
};
template <>
struct SignatureOf<Literal> {
  using type = Literal;
  static type make(const Literal& l) { return l; }
};
template <class Op, class... A>
struct SignatureOf<Expression<Op, A...>> {
  using type = Expression<Op, typename SignatureOf<A>::type...>;
  static type make(const Expression<Op, A...>& e) { return make(e, std::index_sequence_for<A...>{}); }

 private:
  template <std::size_t... k>
  static type make(const Expression<Op, A...>& e, std::index_sequence<k...>) {
    return {e.op, {SignatureOf<A>::make(get<k>(e.args))...}};
  }
};

template <class T>
struct LoadLeaf {
  const T* const* from;
  std::size_t at;
  template <std::size_t k>
  Pack<T> operator()(Slot) const {
    return Pack<T>::load(from[k] + at);
  }
};

// Flat: a call in the loop would spill every register that holds a part of the formula.
template <class T, class F>
[[gnu::flatten]] void forward_kernel(const void* formula, std::size_t n, const void* const* in, void* out, bool past) {
  constexpr std::size_t leaves = leaf_count<F>;
  const F f = *static_cast<const F*>(formula);
  const T* from[leaves];
  for (std::size_t k = 0; k < leaves; ++k) from[k] = static_cast<const T*>(in[k]);
  T* to = static_cast<T*>(out);
  for (std::size_t i = 0; i < n; i += Pack<T>::size) {
    const Pack<T> value = value_of<Pack<T>>(f, LoadLeaf<T>{from, i});
    asm volatile("" : "+r"(past));  // tested each time: one loop for both has half the code
    if (past) [[unlikely]]
      value.stream(to + i);
    else value.store(to + i);
  }
}

template <class T, class C>
[[gnu::always_inline]] inline void store_adjoint(T* to, bool plain, bool adds, const C& c) {
  Pack<T> value;
  if constexpr (std::is_same_v<C, One>) value = Pack<T>(1.0);
  else if constexpr (std::is_same_v<C, MinusOne>) value = Pack<T>(-1.0);
  else value = Pack<T>(c);
  if (plain) [[likely]]
    value.store(to);
  else if (adds) (value + Pack<T>::load(to)).store(to);
  else value.stream(to);
}

// Stores or adds the cotangents of one register of elements.
template <class T, std::size_t leaves>
struct StoreAdjoint {
  T* const* to;
  std::size_t at;
  std::uint64_t plain, add_mask, wanted;

  template <std::size_t first, std::size_t count>
  bool wants() const {
    return (wanted & bits(first, count)) != 0;
  }
  // A slope of the type Zero contributes nothing, but what is not added to must be written.
  template <std::size_t first, class E>
  void unreached(const E&) {
    for (std::size_t k = first; k < first + leaf_count<E>; ++k)
      if (wanted >> k & 1 && !(add_mask >> k & 1)) Pack<T>(0.0).store(to[k] + at);
  }
  template <std::size_t k, class C>
  void add(Slot, const C& c) {
    store_adjoint(to[k] + at, (plain >> k & 1) != 0, (add_mask >> k & 1) != 0, c);
  }
};

// Stores or adds the cotangents of one leaf.
template <class T, std::size_t leaf>
struct StoreOneAdjoint {
  T* to;
  std::size_t at;
  bool plain, adds;

  template <std::size_t first, std::size_t count>
  static constexpr bool wants() {
    return first <= leaf && leaf < first + count;
  }
  template <std::size_t first, class E>
  void unreached(const E&) {
    if (!adds) Pack<T>(0.0).store(to + at);
  }
  template <std::size_t, class C>
  void add(Slot, const C& c) {
    store_adjoint(to + at, plain, adds, c);
  }
};

// Where no slope reads a value, one leaf after the other: to ask for each register which leaves are wanted takes longer
// than the arithmetic. Not where a cotangent overwrites the one that all are computed from.
template <class T, class F, std::size_t... k>
[[gnu::always_inline]] inline void backward_by_leaves(const F& f, std::size_t n, const T* const* from, const T* g,
                                                      T* const* to, AdjointStores stores, std::index_sequence<k...>) {
  const auto leaf =
      [&]<std::size_t number>(std::integral_constant<std::size_t, number>) __attribute__((always_inline)) {
        if (!to[number]) return;
        StoreOneAdjoint<T, number> sink{to[number], 0, ((stores.add | stores.past) >> number & 1) == 0,
                                        (stores.add >> number & 1) != 0};
        for (; sink.at < n; sink.at += Pack<T>::size)
          pull<Pack<T>>(f, interior_of<Pack<T>>(f, LoadLeaf<T>{from, sink.at}), Pack<T>::load(g + sink.at), sink);
      };
  (leaf(std::integral_constant<std::size_t, k>{}), ...);
}

/// What is done with the values of a formula.
enum class Values {
  stored,
  by_result,  // stored, and the slopes computed from them: the last op's depend on its result alone, and nothing below
              // reads a leaf. The result is what follows the leaves in `in`.
  summed
};

// Of a sum one loop computes values, slopes or both, so that a value has the same bits with slopes and without: whether
// the compiler rounds a product on its way into a sum depends on what else reads it.
template <class T, class F, Values values = Values::stored>
[[gnu::flatten]] void backward_kernel(const void* formula, std::size_t n, const void* const* in, const void* cotangent,
                                      void* const* adjoint, AdjointStores stores, void* value) {
  constexpr std::size_t leaves = leaf_count<F>;
  const F f = *static_cast<const F*>(formula);
  const T* from[leaves];
  T* to[leaves];
  const T* const g = static_cast<const T*>(cotangent);
  std::uint64_t wanted = 0;
  bool overwrites = false;
  for (std::size_t k = 0; k < leaves; ++k) {
    from[k] = static_cast<const T*>(in[k]);
    to[k] = static_cast<T*>(adjoint[k]);
    if (to[k]) wanted |= std::uint64_t{1} << k;
    overwrites |= to[k] == g;
  }
  if constexpr (reads_nothing<F> && values != Values::summed)
    if (!overwrites) return backward_by_leaves(f, n, from, g, to, stores, std::make_index_sequence<leaves>{});
  std::uint64_t plain = ~(stores.add | stores.past);
  for (std::size_t i = 0; i < n; i += Pack<T>::size) {
    auto interior = interior_of<Pack<T>>(f, LoadLeaf<T>{from, i});
    if constexpr (values == Values::by_result) interior.value = Pack<T>::load(static_cast<const T*>(in[leaves]) + i);
    if constexpr (values == Values::summed) {
      // Tested each time: there is one loop for all.
      asm volatile("" : "+r"(value), "+r"(wanted), "+r"(plain), "+r"(stores.add));
      if (value) interior.value.store(static_cast<T*>(value) + i);
      if (!wanted) continue;
    }
    StoreAdjoint<T, leaves> sink{to, i, plain, stores.add, wanted};
    pull<Pack<T>>(f, interior, Pack<T>::load(g + i), sink);
  }
}

// The values alone, of a formula that is summed. The kernel is called as it stands, not as a version of its own.
template <class T, class F>
void summed_values(const void* formula, std::size_t n, const void* const* in, void* out, bool) {
  void* const no_adjoints[leaf_count<F>] = {};
  BackwardKernel kernel = backward_kernel<T, F, Values::summed>;
  asm volatile("" : "+r"(kernel));
  kernel(formula, n, in, nullptr, no_adjoints, {}, out);
}

template <class T, class F, Values values>
constexpr ForwardKernel values_of() {
  if constexpr (values == Values::summed) return summed_values<T, F>;
  else return forward_kernel<T, F>;
}
template <class T, class F, Values values>
constexpr BackwardKernel kernel_by_result() {
  if constexpr (reads_result_only<F> && values == Values::stored) return backward_kernel<T, F, Values::by_result>;
  else return nullptr;
}

/// What is known of a formula without its type.
struct FusedKernels {
  ForwardKernel forward32, forward64;
  BackwardKernel backward32, backward64;
  BackwardKernel by_result32, by_result64;  // null where values of leaves are read
  CotangentGuess* guess;                    // of a formula that is summed, else null
  const std::uint64_t* reads;               // for each leaf; see leaf_reads
  const std::uint8_t* alike;                // for each leaf; see leaf_alike
  std::uint64_t passes;                     // a bit for each leaf; see leaf_passes
  std::string_view name;
  bool boolean;
  std::size_t leaves, bytes;
  void (*check)(const Shape* leaves);  // throws the ShapeError of the op whose arguments do not broadcast
};

template <class F, std::size_t first = 0>
Shape check_shapes(const Shape* leaves) {
  if constexpr (std::is_same_v<F, Literal>) {
    return {};
  } else if constexpr (!is_expression<F>) {
    return leaves[first];
  } else {
    return [&]<class Op, class... A, std::size_t... I>(std::type_identity<Expression<Op, A...>>,
                                                       std::index_sequence<I...>) {
      Shape out;
      ((out = broadcast(Op::name, out, check_shapes<A, first_leaf_of<first, I, A...>()>(leaves))), ...);
      return out;
    }(std::type_identity<F>{}, std::make_index_sequence<F::arity>{});
  }
}

template <class F>
struct NameOf {
  static constexpr std::string_view value = "identity";
  static constexpr bool boolean = false;
};
template <class Op, class... A>
struct NameOf<Expression<Op, A...>> {
  static constexpr std::string_view value = Op::name;
  static constexpr bool boolean = op::boolean_result<Op>;
};

/// The cotangents that the sums of a formula have been given.
template <class F>
inline constinit CotangentGuess cotangent_guess;

/// The kernels of a formula, one table for each type.
template <class F, Values values = Values::stored>
inline constexpr FusedKernels fused_kernels{values_of<float, F, values>(),
                                            values_of<double, F, values>(),
                                            backward_kernel<float, F, values>,
                                            backward_kernel<double, F, values>,
                                            kernel_by_result<float, F, values>(),
                                            kernel_by_result<double, F, values>(),
                                            values == Values::summed ? &cotangent_guess<F> : nullptr,
                                            leaf_reads<F>.data(),
                                            leaf_alike<F>.data(),
                                            leaf_passes<F>,
                                            NameOf<F>::value,
                                            NameOf<F>::boolean,
                                            leaf_count<F>,
                                            sizeof(F),
                                            [](const Shape* leaves) { check_shapes<F>(leaves); }};

/// How a fused result is formed: stored, or summed over some axes and scaled.
struct Reduction {
  bool active = false;
  Axes axes;
  bool keepdims = false;
  bool mean = false;  // divide by the number of elements summed
};

/// Evaluates a formula on its leaves, and records one statement if a tape is in scope and a leaf is on it.
Tensor evaluate_fused(const FusedKernels& kernels, const void* formula, std::span<const Tensor* const> leaves,
                      const Reduction& reduction, const SourceLocation& where);

/// x, but in a window the formula of leaves, as one statement. False where that cannot be: where dtypes or shapes
/// differ, or the formula gives masks.
bool evaluate_fused_update(std::string_view name, const FusedKernels& kernels, const void* formula,
                           std::span<const Tensor* const> leaves, bool adds, const Window& window, const Tensor& x,
                           const SourceLocation& where, Tensor& y);

/// A scalar as a 0-dimensional tensor on the same tape.
Tensor to_tensor(const Var& x, Dtype dtype, SourceLocation where);

/// The common floating dtype of the leaves; float64 where there is none. Throws DtypeError when two differ.
class LeafDtype {
 public:
  void see(const Tensor& t) {
    if (!is_floating(t.dtype())) return;
    if (found_ && dtype_ != t.dtype()) mismatch();
    dtype_ = t.dtype();
    found_ = true;
  }
  void see(const Var&) {}
  void see(const Literal&) {}
  template <class Op, class... A>
  void see(const Expression<Op, A...>& e) {
    apply([this](const A&... a) { (see(a), ...); }, e.args);
  }
  Dtype get() const { return dtype_; }
  bool found() const { return found_; }

 private:
  [[noreturn]] static void mismatch();
  Dtype dtype_ = float64;
  bool found_ = false;
};

/// How many leaves of an expression are scalars.
template <class E>
inline constexpr std::size_t scalar_leaves = !std::is_same_v<E, Tensor>;
template <>
inline constexpr std::size_t scalar_leaves<Literal> = 0;
template <class Op, class... A>
inline constexpr std::size_t scalar_leaves<Expression<Op, A...>> = (scalar_leaves<A> + ... + 0);

/// The tensors at the leaves, in order, where the expression holds them; scalars among them become tensors of the
/// common dtype.
template <class E>
class LeafList {
 public:
  LeafList(const E& e, Dtype dtype, SourceLocation where) : dtype_(dtype), where_(where) { add(e); }
  std::span<const Tensor* const> get() const { return leaves_; }

 private:
  void add(const Tensor& t) { leaves_[count_++] = &t; }
  void add(const Var& x) { add(converted_[scalars_++] = to_tensor(x, dtype_, where_)); }
  void add(const Literal&) {}
  template <class Op, class... A>
  void add(const Expression<Op, A...>& e) {
    apply([this](const A&... a) { (add(a), ...); }, e.args);
  }

  std::array<const Tensor*, leaf_count<E>> leaves_;
  std::array<Tensor, scalar_leaves<E>> converted_;
  std::size_t count_ = 0, scalars_ = 0;
  Dtype dtype_;
  SourceLocation where_;
};

/// True when the tape in scope wants every operation as a node of its own.
inline bool records_elementary() {
  const Tape* t = Tape::active();
  return t && t->elementary();
}

template <Values values = Values::stored, class E>
Tensor evaluate_expression(const E& e, const Reduction& reduction, SourceLocation where) {
  using F = typename SignatureOf<E>::type;
  static_assert(std::is_trivially_copy_constructible_v<F> && std::is_trivially_destructible_v<F>,
                "an op used in expressions of tensors holds only plain numbers");
  static_assert(leaf_count<F> <= max_leaves, "an expression may read at most 64 tensors: name a part of it");
  LeafDtype dtype;
  if constexpr (scalar_leaves<E> > 0) dtype.see(e);
  const LeafList<E> leaves(e, dtype.get(), where);
  const F formula = SignatureOf<E>::make(e);
  // What is stored already is summed without a formula.
  constexpr const FusedKernels &kernels = fused_kernels < F, std::is_same_v<F, Slot> ? Values::stored : values > ;
  return evaluate_fused(kernels, &formula, leaves.get(), reduction, where);
}

/// x, but in a window the expression, or the window plus the expression, as one statement. False where
/// evaluate_fused_update is.
template <bool adds, class E>
bool update_fused(std::string_view name, const Window& window, const Tensor& x, const E& e, SourceLocation where,
                  Tensor& y) {
  LeafDtype dtype;
  dtype.see(e);
  if (!dtype.found() || dtype.get() != x.dtype()) return false;
  const auto update = [&](const auto& value) {
    using F = typename SignatureOf<std::remove_cvref_t<decltype(value)>>::type;
    if constexpr (leaf_count<F> > max_leaves || NameOf<F>::boolean) {
      return false;
    } else {
      const LeafList<std::remove_cvref_t<decltype(value)>> leaves(value, x.dtype(), where);
      const F formula = SignatureOf<std::remove_cvref_t<decltype(value)>>::make(value);
      return evaluate_fused_update(name, fused_kernels<F>, &formula, leaves.get(), adds, window, x, where, y);
    }
  };
  if constexpr (adds && !NameOf<typename SignatureOf<E>::type>::boolean)
    return update(Expression<op::Add, Tensor, E>{{}, {Tensor(window.of(name, x.data())), e}});
  else return update(e);
}

}  // namespace core
}  // namespace autograd
