// Makes every mutant of every derivative and rule, one after the other in this one program, and has the op's own
// battery find it. A survivor is a gap of the battery.
#include <cstdio>
#include <fstream>

#include <autograd/op/list.hpp>
#include <tests/catch.hpp>
#include <tests/mutation/tally.hpp>

namespace {

namespace op = autograd::op;

void print(const char* what, const mutation::Tally& t) {
  std::printf("%-42s %4zu ops %6zu mutants made %6zu killed %6zu not made, without effect\n", what, t.ops, t.made,
              t.killed, t.without_effect);
}

template <class... Family>
mutation::Tally formulas(op::List<Family...>) {
  mutation::Tally sum;
  ((sum += mutation::formula_mutants<Family>()), ...);
  return sum;
}
template <class... Family>
mutation::Tally rules(op::List<Family...>) {
  mutation::Tally sum;
  ((sum += mutation::rule_mutants<Family>()), ...);
  return sum;
}
template <class... Family>
mutation::Tally broadcasts(op::List<Family...>) {
  mutation::Tally sum;
  ((sum += mutation::broadcast_mutants<Family>()), ...);
  return sum;
}

}  // namespace

TEST_CASE("every mutant of every derivative and rule is killed by the op's own battery") {
  INFO("The battery reads tests/op/special_values.txt: run this from the root of the repository.");
  REQUIRE(std::ifstream("tests/op/special_values.txt"));
  using Elementwise =
      op::List<op::Arithmetic, op::Exponential, op::Trigonometric, op::Special, op::Activation, op::Selection>;
  using Others = op::List<op::Reductions, op::Softmaxes, op::Linear, op::Layout, op::Indexing, op::Joining>;
  using Several = op::List<op::Arithmetic, op::Exponential, op::Trigonometric, op::Selection>;
  mutation::Tally all = formulas(Elementwise{});
  print("formulas of derivatives", all);
  const mutation::Tally of_rules = rules(Others{}), of_broadcasts = broadcasts(Several{});
  print("pullbacks and pushforwards", of_rules);
  print("derivatives on tensors that broadcast", of_broadcasts);
  (all += of_rules) += of_broadcasts;
  print("total", all);
  for (const std::string& survivor : all.survivors) UNSCOPED_INFO("survivor: " << survivor);
  CHECK(all.survivors.empty());
  for (const std::string& complaint : all.complaints) UNSCOPED_INFO("fails without a mutation: " << complaint);
  CHECK(all.complaints.empty());
  CHECK(all.made >= 600);
}
