// The battery on tensors: one elementwise op, in float32 and float64, fused and operation by operation, in
// every layout, at sizes around the edges of registers and blocks, with every mix of constants and variables.
//
// Each result is compared with the op on double, each gradient with the dual numbers' slopes summed in a
// plain loop, and every element's bits with those of the same element in a contiguous tensor.
#pragma once

#include <bit>

#include <tests/op/battery_scalar.hpp>
#include <tests/op/layouts.hpp>
#include <tests/op/reference.hpp>
#include <tests/op/rounded.hpp>

namespace battery {

template <class Op, std::size_t N, class T>
class TensorBattery {
 public:
  TensorBattery(const Op& o, Verdict& verdict) : op_(o), verdict_(verdict) {}

  void run() {
    constexpr ag::Index sizes[] = {0, 1, 7, 8, 9, 15, 16, 17, 511, 512, 513, 2047, 2048, 2049, 2700};
    for (ag::Index n : sizes) {
      arguments(Layout::contiguous, Layout::contiguous, 1, n);
      evaluate<false>(all);
      evaluate<true>(all);
    }
    // (19, 27) is one more than a block, (3, 683) one more than a short run.
    constexpr std::pair<ag::Index, ag::Index> shapes[] = {{3, 5}, {19, 27}, {3, 683}, {0, 3}, {3, 0}};
    unsigned turn = 0;
    for (auto [rows, columns] : shapes)
      for (Layout first : layouts)
        for (Layout other : {first, Layout::contiguous, Layout::row, Layout::reversed}) {
          arguments(first, other, rows, columns);
          if (distinct_ > count_) continue;  // nothing broadcast to nothing: the result has no such argument
          evaluate<false>(1 + turn % all);
          evaluate<true>(1 + (turn + 1) % all);
          ++turn;
          if (N == 1) break;
        }
    arguments(Layout::transposed, Layout::scalar, 3, 5);
    for (unsigned active = 1; active <= all; ++active) {
      evaluate<false>(active);
      evaluate<true>(active);
    }
    literals(std::make_index_sequence<all>{});
    with_scalars();
    position();
    if constexpr (N == 2) twice();
  }

 private:
  static constexpr unsigned all = (1u << N) - 1;
  static constexpr ag::Dtype dtype = ag::core::dtype_of<T>;
  using Tensors = std::array<ag::Tensor, N>;

  Verdict& at(const char* reading, std::size_t i) {
    return verdict_.at(reading, ag::name_of(dtype), name_of(first_), name_of(other_), rows_, columns_, i);
  }
  void arguments(Layout first, Layout other, ag::Index rows, ag::Index columns) {
    first_ = first, other_ = other, rows_ = rows, columns_ = columns;
    for (std::size_t k = 0; k < N; ++k)
      args_[k] = make_argument(k == 0 ? first : other, rows, columns, dtype,
                               [k](std::size_t i) { return sample(op::domain_of<Op>(k), k, i); });
    count_ = args_[0].read.size();
    // The result may be smaller than (rows, columns) when all arguments broadcast.
    shape_ = {};
    for (const Argument& a : args_) shape_ = ag::core::broadcast("battery", shape_, a.tensor.shape());
    distinct_ = static_cast<std::size_t>(ag::core::count(shape_));
  }
  // Result i of the broadcast shape as a place in (rows, columns).
  std::size_t place(std::size_t i) const {
    if (distinct_ == count_) return i;
    return shape_.size() == 2 && shape_[1] == 1 ? i * static_cast<std::size_t>(columns_) : i;
  }
  double read(std::size_t k, std::size_t i) const { return args_[k].elements[args_[k].read[place(i)]]; }
  ag::Tensor call(const Tensors& x) const {
    return std::apply([&](const auto&... t) { return ag::Tensor(ag::evaluate(op_, t...)); }, x);
  }
  static T bits_of(const ag::Tensor& t, std::size_t i) { return t.data().data<const T>()[i]; }

  double plain(std::size_t i) const {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return static_cast<double>(ag::evaluate(op_, read(I, i)...));
    }(std::make_index_sequence<N>{});
  }
  double slope(std::size_t k, std::size_t i) const {
    using D = ag::Dual<double>;
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return D(ag::evaluate(op_, D{read(I, i), I == k ? 1.0 : 0.0}...)).tangent;
    }(std::make_index_sequence<N>{});
  }

  void compare_values(const char* reading, const ag::Tensor& y) {
    at(reading, 0)
        .is(y.shape() == shape_ && y.dtype() == (op::boolean_result<Op> ? ag::boolean : dtype), "shape and dtype");
    const std::vector<double> got = y.to_vector();
    Tensors packed;
    for (std::size_t k = 0; k < N; ++k) {
      std::vector<T> elements;
      for (std::size_t i = 0; i < distinct_; ++i) elements.push_back(static_cast<T>(read(k, i)));
      packed[k] = ag::Tensor::of(elements, {static_cast<ag::Index>(distinct_)});
    }
    const ag::Tensor flat = call(packed);
    const double allowed = std::is_same_v<T, float> ? Reference<Op>::float_ulp : 4;
    for (std::size_t i = 0; i < distinct_; ++i) {
      const double want = plain(i);
      at(reading, i)
          .is(ulps<T>(got[i], want) <= allowed || std::fabs(got[i] - want) < eps, "the value of the double op");
      if constexpr (!op::boolean_result<Op>)
        verdict_.is(std::bit_cast<Bits>(bits_of(y.data().contiguous() ? y : ag::Tensor(y.data().packed()), i)) ==
                        std::bit_cast<Bits>(bits_of(flat, i)),
                    "the bits of a contiguous tensor");
    }
  }

  static constexpr double eps = std::is_same_v<T, float> ? 1e-7 : 2e-16;
  // A slope p is good to 4 ULP, or to what rounding each operation of its formula does; sums add up these errors.
  double slope_error(std::size_t k, std::size_t i, double p) const {
    std::array<double, N> x;
    for (std::size_t l = 0; l < N; ++l) x[l] = read(l, i);
    return std::numeric_limits<T>::epsilon() * std::max(4 * std::fabs(p), 3 * slope_errors(op_, x)[k]) +
           std::numeric_limits<T>::min();
  }
  using Bits = std::conditional_t<std::is_same_v<T, float>, std::uint32_t, std::uint64_t>;

  template <bool elementary>
  void evaluate(unsigned active) {
    const auto run = [&](ag::Tape& tape) {
      const char* reading = elementary ? "Tensor, one operation at a time" : "Tensor, fused";
      Tensors x;
      for (std::size_t k = 0; k < N; ++k) x[k] = active >> k & 1 ? tape.variable(args_[k].tensor) : args_[k].tensor;
      const ag::Tensor y = call(x);
      compare_values(reading, y);
      if constexpr (!op::boolean_result<Op>) {
        const ag::Tensor cotangent = cotangents();
        compare_gradients(reading, active, x, tape.gradient(y, cotangent));
      }
    };
    if constexpr (elementary) {
      ag::Tape tape{ag::record_graph};
      run(tape);
    } else {
      ag::Tape tape;
      run(tape);
    }
  }

  static double cotangent(std::size_t i) { return 0.25 + 0.125 * static_cast<double>(i % 9) - (i % 2 ? 1.5 : 0.0); }
  ag::Tensor cotangents() const {
    std::vector<T> c;
    for (std::size_t i = 0; i < distinct_; ++i) c.push_back(static_cast<T>(cotangent(i)));
    return ag::Tensor::of(c, shape_);
  }
  void compare_gradients(const char* reading, unsigned active, const Tensors& x, const ag::Gradients& g) {
    for (std::size_t k = 0; k < N; ++k) {
      if (!(active >> k & 1)) continue;
      std::vector<double> want(args_[k].elements.size()), allowed(want.size());
      for (std::size_t i = 0; i < distinct_; ++i) {
        const std::size_t j = args_[k].read[place(i)];
        const double p = slope(k, i), c = cotangent(i);
        want[j] += c * p;
        allowed[j] += std::fabs(c) * slope_error(k, i, p);
      }
      const ag::Tensor got = g[x[k]];
      at(reading, 0).is(got.shape() == x[k].shape() && got.dtype() == dtype, "shape and dtype of the gradient");
      const std::vector<double> elements = got.to_vector();
      for (std::size_t j = 0; j < want.size(); ++j) at(reading, j).near(elements[j], want[j], allowed[j], "gradient");
    }
  }

  // Bit k of the mask: argument k is a literal.
  template <std::size_t... mask>
  void literals(std::index_sequence<mask...>) {
    (literal<mask>(std::make_index_sequence<N>{}), ...);
  }
  template <std::size_t mask, std::size_t... I>
  void literal(std::index_sequence<I...>) {
    arguments(Layout::scalar, Layout::scalar, 1, 1);
    ag::Tape tape;
    const Tensors x{tape.variable(args_[I].tensor)...};
    const auto argument = [&](auto k) {
      if constexpr (mask >> k & 1) return read(k, 0);
      else return x[k];
    };
    const ag::Tensor y = ag::evaluate(op_, argument(std::integral_constant<std::size_t, I>{})...);
    compare_values("Tensor beside literals", y);
    if constexpr (!op::boolean_result<Op>)
      compare_gradients("Tensor beside literals", all & ~static_cast<unsigned>(mask), x,
                        tape.gradient(y, cotangents()));
  }

  // A Var beside tensors is a tensor of no dimensions.
  void with_scalars() {
    if constexpr (N > 1 && !op::boolean_result<Op>) {
      arguments(Layout::contiguous, Layout::scalar, 3, 5);
      ag::Tape tape;
      const ag::Tensor x = tape.variable(args_[0].tensor);
      std::array<ag::Var, N> v;
      for (std::size_t k = 1; k < N; ++k) v[k] = tape.variable(args_[k].elements[0]);
      const ag::Tensor y = [&]<std::size_t... I>(std::index_sequence<I...>) {
        return ag::Tensor(ag::evaluate(op_, x, v[I + 1]...));
      }(std::make_index_sequence<N - 1>{});
      compare_values("Tensor with Var", y);
      const auto g = tape.gradient(y, cotangents());
      for (std::size_t k = 1; k < N; ++k) {
        double want = 0, allowed = 0;
        for (std::size_t i = 0; i < distinct_; ++i) {
          want += cotangent(i) * slope(k, i);
          allowed += std::fabs(cotangent(i)) * slope_error(k, i, slope(k, i));
        }
        at("Tensor with Var", k).near(g[v[k]].value(), want, allowed, "gradient of the Var");
      }
    }
  }

  // An element's bits depend on nothing but its arguments: windows of one tensor at every offset.
  void position() {
    if constexpr (!op::boolean_result<Op>) {
      arguments(Layout::contiguous, Layout::contiguous, 1, 70);
      Tensors whole, window;
      for (std::size_t k = 0; k < N; ++k) whole[k] = args_[k].tensor;
      const ag::Tensor y = call(whole);
      for (ag::Index begin = 0; begin < 20; ++begin) {
        const ag::Index n = 33 - begin % 5;
        for (std::size_t k = 0; k < N; ++k) window[k] = ag::Tensor(whole[k].data().view({n}, {1}, begin));
        const ag::Tensor part = call(window);
        for (ag::Index i = 0; i < n; ++i)
          at("window", static_cast<std::size_t>(begin))
              .is(std::bit_cast<Bits>(bits_of(part, static_cast<std::size_t>(i))) ==
                      std::bit_cast<Bits>(bits_of(y, static_cast<std::size_t>(begin + i))),
                  "the same bits at another offset");
      }
    }
  }

  // The same tensor on both sides receives both slopes.
  void twice() {
    if constexpr (!op::boolean_result<Op>) {
      arguments(Layout::contiguous, Layout::contiguous, 1, 37);
      args_[1] = args_[0];
      ag::Tape tape;
      const ag::Tensor x = tape.variable(args_[0].tensor), y = ag::evaluate(op_, x, x);
      const std::vector<double> got = tape.gradient(y, cotangents())[x].to_vector();
      for (std::size_t i = 0; i < distinct_; ++i) {
        const double a = slope(0, i), b = slope(1, i);
        at("twice the same tensor", i)
            .near(got[i], cotangent(i) * (a + b),
                  std::fabs(cotangent(i)) * (slope_error(0, i, a) + slope_error(1, i, b)), "gradient");
      }
    }
  }

  const Op& op_;
  Verdict& verdict_;
  std::array<Argument, N> args_;
  ag::Shape shape_;
  std::size_t count_ = 0, distinct_ = 0;
  Layout first_{}, other_{};
  ag::Index rows_ = 0, columns_ = 0;
};

}  // namespace battery
