// The battery: every op of the list, in every reading. Iterating over op::Families is what makes an op that
// is not tested impossible to add: an elementwise one is tested by its definition and its line in
// reference.hpp, any other by its examples in examples.hpp, and a family without a test file does not link.
#pragma once

#include <tests/op/battery_example.hpp>
#include <tests/op/battery_formula.hpp>
#include <tests/op/battery_scalar.hpp>
#include <tests/op/battery_special.hpp>
#include <tests/op/battery_tensor.hpp>
#include <tests/op/battery_values.hpp>
#include <tests/op/broadcast_examples.hpp>

namespace battery {

/// The number of ops of a family that are tested; defined by the family's test file.
template <class Family>
std::size_t ops_tested();

/// The samples of slopes that a family's formulas give; defined by its test file.
template <class Family>
std::size_t slopes_sampled();

/// An elementwise op, in every reading. Returns the number of slopes compared with quad precision.
template <class Op, std::size_t N>
std::size_t check_elementwise(const Op& o, Verdict& verdict) {
  const std::size_t samples = FormulaBattery<Op, N>(o).compare(o, verdict);
  if constexpr (!op::boolean_result<Op>) {
    const SpecialBattery<Op, N, double> of_double(o);
    const SpecialBattery<Op, N, float> of_float(o);
    if constexpr (op::family_of<Op> != op::not_listed)
      verdict.at("table of special values").is(of_double.listed() && of_float.listed(), "has 24 rows for this op");
    of_double.compare(o, verdict);
    of_float.compare(o, verdict);
    ValuesBattery<Op, N>(o, verdict).run();
  }
  ScalarBattery<Op, N>(o, verdict).run();
  if constexpr (N > 1 && !op::boolean_result<Op>)
    for (const Example& e : broadcast_examples<Op, N>(o)) ExampleBattery(e, verdict).run();
  TensorBattery<Op, N, float>(o, verdict).run();
  TensorBattery<Op, N, double>(o, verdict).run();
  return samples;
}

/// The whole battery for an op of one's own, elementwise: TEST_CASE("swish") { battery::check(mine::Swish{}); }
///
/// Its derivative is compared with differences of its own value in quad precision, in the op's domain; for a value to
/// be compared with as well, write a Reference<mine::Swish>. Returns true if nothing failed.
template <class Op>
bool check(const Op& o, Failures failures = Failures::reported) {
  static_assert(elementwise_arity<Op>() > 0,
                "an op that is not elementwise needs shapes: battery::check(op, {{3, 4}})");
  Verdict verdict(title(o), failures);
  check_elementwise<Op, elementwise_arity<Op>()>(o, verdict);
  return verdict.failures() == 0;
}
/// The same for an op of another kind, of one tensor or two of these shapes: battery::check(mine::Flip{}, {{2, 4}}).
template <class Op>
bool check(const Op& o, const std::vector<ag::Shape>& shapes, Failures failures = Failures::reported) {
  Verdict verdict{std::string(Op::name), failures};
  const Example e = [&] {
    if constexpr (requires(const ag::Tensor& t) { o.pullback(t, t, t, t); })
      return example("of two tensors", o, shapes.at(0), shapes.at(1));
    else return example("of a tensor", o, shapes.at(0));
  }();
  ExampleBattery(e, verdict).run();
  return verdict.failures() == 0;
}

template <class Op>
std::size_t check_op() {
  std::size_t samples = 0;
  constexpr std::size_t n = elementwise_arity<Op>();
  if constexpr (n > 0) {
    for (const Op& o : Instances<Op>::list()) {
      Verdict verdict(title(o));
      samples += check_elementwise<Op, n>(o, verdict);
    }
    CHECK(samples == slope_samples<Op>());  // none skipped
  } else {
    static_assert(
        requires { Examples<Op>::list(); }, "this op has no examples: add an Examples<Op> to tests/op/examples.hpp");
    for (const Example& e : Examples<Op>::list()) {
      Verdict verdict{std::string(Op::name)};
      ExampleBattery(e, verdict).run();
      CHECK(verdict.compared() > 0);
    }
  }
  return samples;
}

template <class... Op>
void check_family(op::List<Op...>) {
  (check_op<Op>(), ...);
}
template <class... Op>
std::size_t slopes_of(op::List<Op...>) {
  const auto samples = []<class O>(std::type_identity<O>) -> std::size_t {
    if constexpr (elementwise_arity<O>() > 0) return slope_samples<O>();
    else return 0;
  };
  return (samples(std::type_identity<Op>{}) + ...);
}

}  // namespace battery

#define XGRAD_BATTERY(Family)                                   \
  template <>                                                   \
  std::size_t battery::ops_tested<autograd::op::Family>() {     \
    return autograd::op::Family::size;                          \
  }                                                             \
  template <>                                                   \
  std::size_t battery::slopes_sampled<autograd::op::Family>() { \
    return battery::slopes_of(autograd::op::Family{});          \
  }                                                             \
  TEST_CASE("every op of the family " #Family) { battery::check_family(autograd::op::Family{}); }
