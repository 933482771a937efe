// 100,000 expressions made at random: reverse, forward and differences agree on all of them. And the proof that this
// can fail: an op with a wrong derivative is found and shrunk to a line.
#include <cstdio>

#include <tests/catch.hpp>
#include <tests/random_graph/graph.hpp>

using namespace random_graph;

namespace {

constexpr std::uint64_t graphs = 100000;

/// x sin(y), with a slope in y that forgets x.
struct WrongProduct {
  static constexpr std::string_view name = "wrong_product";
  auto value(const auto& x, const auto& y) const { return x * sin(y); }
  auto derivative(const auto&, const auto& y, const auto&) const { return ag::partials(sin(y), cos(y)); }
};

std::vector<Function> with_a_wrong_one() {
  std::vector<Function> all = functions();
  Function wrong;
  wrong.name = "wrong_product";
  wrong.arity = 2;
  wrong.tensors = [](const Tensor* x, const Parameters&) { return Tensor(ag::evaluate(WrongProduct{}, x[0], x[1])); };
  wrong.scalars = [](const Var* x) { return Var(ag::evaluate(WrongProduct{}, x[0], x[1])); };
  wrong.code = [](const std::vector<std::string>& x, const Parameters&) {
    return "ag::evaluate(WrongProduct{}, " + x[0] + ", " + x[1] + ")";
  };
  all.push_back(wrong);
  return all;
}

}  // namespace

TEST_CASE("reverse, forward and differences agree on 100,000 random expressions") {
  std::size_t calls = 0, scalars = 0, kinks = 0, ill = 0, wrong = 0, not_computable = 0, differenced = 0;
  for (std::uint64_t seed = 1; seed <= graphs; ++seed) {
    const Graph graph = generate(seed, functions());
    const Finding finding = check(graph);
    calls += graph.calls(), scalars += graph.scalars, kinks += finding.at_a_kink, ill += finding.ill_conditioned;
    not_computable += finding.kind == Finding::not_computable;
    differenced += finding.kind == Finding::fine && !finding.at_a_kink && !finding.ill_conditioned;
    if (finding.kind == Finding::not_computable && not_computable <= 3)
      UNSCOPED_INFO("seed " << seed << ": " << finding.what);
    if (finding.wrong() && ++wrong <= 3) {
      const Graph small = shrink(graph);
      FAIL_CHECK("seed " << seed << ": " << finding.what << "\nshrunk from " << graph.calls() << " calls to "
                         << small.calls() << ", where " << check(small).what << "\n"
                         << code(small));
    }
  }
  std::printf(
      "%llu graphs of %zu calls, %zu of scalars, the rest of tensors: reverse and forward compared on all, "
      "with differences on %zu; at a kink %zu, differences without digits %zu\n",
      static_cast<unsigned long long>(graphs), calls, scalars, differenced, kinks, ill);
  CHECK(wrong == 0);
  CHECK(not_computable == 0);
  CHECK(differenced + kinks + ill + wrong == graphs);
  CHECK(kinks <= graphs / 5000);
  CHECK(ill <= graphs / 1000);
}

TEST_CASE("an op with a wrong derivative is found and shrunk to a line") {
  const std::vector<Function> all = with_a_wrong_one();
  std::size_t found = 0;
  for (std::uint64_t seed = 1; seed <= 3000 && found < 5; ++seed) {
    const Graph graph = generate(seed, all);
    if (!check(graph).wrong()) continue;
    ++found;
    const Graph small = shrink(graph);
    INFO(code(small));
    CHECK(check(small).wrong());
    CHECK(small.calls() == 1);
    CHECK(small.values.back().function->name == "wrong_product");
    CHECK_THAT(code(small), ContainsSubstring("ag::evaluate(WrongProduct{}, "));
  }
  CHECK(found == 5);
}
