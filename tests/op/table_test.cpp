// The README's table of ops is what the list makes: adding an op without its entry there fails here, and prints the
// table.
#include <fstream>
#include <iterator>
#include <string>

#include <autograd/autograd.hpp>
#include <tests/catch.hpp>

namespace op = autograd::op;

namespace {

template <class... Op>
std::string row(const char* family, op::List<Op...>) {
  std::string text = std::string("| ") + family + " |";
  ((text += " `" + std::string(Op::name) + "`"), ...);
  return text + " |\n";
}

std::string table() {
  return "| family | ops |\n|---|---|\n" + row("arithmetic", op::Arithmetic{}) + row("exponential", op::Exponential{}) +
         row("trigonometric", op::Trigonometric{}) + row("special", op::Special{}) +
         row("activation", op::Activation{}) + row("selection", op::Selection{}) + row("comparison", op::Comparison{}) +
         row("reductions", op::Reductions{}) + row("softmax", op::Softmaxes{}) + row("linear", op::Linear{}) +
         row("layout", op::Layout{}) + row("indexing", op::Indexing{}) + row("joining", op::Joining{});
}

template <class... Family>
constexpr std::size_t size_of(op::List<Family...>) {
  return (Family::size + ...);
}

}  // namespace

TEST_CASE("the README's table of ops is that of the list") {
  std::ifstream file("README.md");
  const std::string readme{std::istreambuf_iterator<char>(file), {}};
  INFO(table());
  CHECK(readme.find(table()) != std::string::npos);
}

TEST_CASE("the table has every listed op") {
  const std::string text = table();
  std::size_t entries = 0;
  for (std::size_t at = text.find('`'); at != std::string::npos; at = text.find('`', at + 1)) ++entries;
  CHECK(entries == 2 * (size_of(op::Families{}) + op::Joining::size));
}
