// Prints the table of special values as the library is now:
//
//   build/test/tests/xgrad_special_values > tests/op/special_values.txt
//
// Review the difference before it is committed: each row is a promise.
#include <iostream>

#include <tests/op/special_table.hpp>

namespace {

namespace ag = autograd;

namespace op = autograd::op;

template <class T, class Op, std::size_t N>
void print(const Op& o) {
  std::cout << battery::table::heading(battery::title(o), std::string(ag::name_of(ag::core::dtype_of<T>))) << "\n";
  for (std::size_t i = 0; i < battery::special_points; ++i)
    std::cout << battery::table::text_of(battery::special_row<T, N>(o, battery::special_point<T, N>(i))) << "\n";
}

template <class Op>
void print_op() {
  constexpr std::size_t n = battery::elementwise_arity<Op>();
  if constexpr (n > 0 && !op::boolean_result<Op>)
    for (const Op& o : battery::Instances<Op>::list()) print<double, Op, n>(o), print<float, Op, n>(o);
}
template <class... Op>
void print_family(op::List<Op...>) {
  (print_op<Op>(), ...);
}
template <class... Family>
void print_all(op::List<Family...>) {
  (print_family(Family{}), ...);
}

}  // namespace

int main() {
  std::cout << "# Values and slopes of the elementwise ops at special points: arguments | value | slope in each.\n"
               "# Made by special_values_main.cpp and reviewed; compared by the battery, see special_table.hpp.\n";
  print_all(op::Families{});
}
