// The battery: every op of the list, in every reading. Iterating over op::Families is what makes an op that
// is not tested impossible to add: an elementwise one is tested by its definition and its line in
// reference.hpp, any other by its examples in examples.hpp, and a family without a test file does not link.
#pragma once

#include <tests/op/battery_example.hpp>
#include <tests/op/battery_scalar.hpp>
#include <tests/op/battery_tensor.hpp>
#include <tests/op/battery_values.hpp>

namespace battery {

/// The number of ops of a family that are tested; defined by the family's test file.
template <class Family>
std::size_t ops_tested();

template <class Op>
std::string title(const Op& o) {
  std::ostringstream text;
  text << Op::name;
  if constexpr (requires { o.exponent; }) text << " " << o.exponent;
  if constexpr (requires { o.order; }) text << " " << o.order;
  return text.str();
}

template <class Op>
std::size_t check_op() {
  std::size_t compared = 0;
  constexpr std::size_t n = elementwise_arity<Op>();
  if constexpr (n > 0) {
    for (const Op& o : Instances<Op>::list()) {
      Verdict verdict(title(o));
      ScalarBattery<Op, n>(o, verdict).run();
      if constexpr (!op::boolean_result<Op>) ValuesBattery<Op, n>(o, verdict).run();
      TensorBattery<Op, n, float>(o, verdict).run();
      TensorBattery<Op, n, double>(o, verdict).run();
      compared += verdict.compared();
    }
  } else {
    static_assert(
        requires { Examples<Op>::list(); }, "this op has no examples: add an Examples<Op> to tests/op/examples.hpp");
    for (const Example& e : Examples<Op>::list()) {
      Verdict verdict{std::string(Op::name)};
      ExampleBattery(e, verdict).run();
      compared += verdict.compared();
    }
  }
  return compared;
}

template <class... Op>
void check_family(op::List<Op...>) {
  const bool all[] = {(check_op<Op>() > 0)...};
  for (bool some : all) CHECK(some);
}

}  // namespace battery

#define XGRAD_BATTERY(Family)                               \
  template <>                                               \
  std::size_t battery::ops_tested<autograd::op::Family>() { \
    return autograd::op::Family::size;                      \
  }                                                         \
  TEST_CASE("every op of the family " #Family) { battery::check_family(autograd::op::Family{}); }
