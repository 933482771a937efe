// The pictures of a tape: what each line and each node says, and that odd names cannot break the drawing.
#include <string>

#include <autograd/autograd.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;

namespace {
// A tensor, a scalar that becomes one, a crossing back, and a name full of what dot would take for its own.
struct Graph {
  ag::Tape tape{ag::record_graph};
  ag::Tensor w = tape.variable(ag::Tensor::ones({2, 3}, ag::float32), R"(w "1"\)");
  ag::Var s = tape.variable(2.0, "s");
  ag::Tensor y = sum(w * s);
  ag::Var z = y() * s;
  Graph() { tape.name(y, "y"); }
};
}  // namespace

TEST_CASE("a tape as text: names, operations, values or shapes, adjoints") {
  const Graph g;
  const std::string expected = R"text(s      = variable             = 2               adjoint 24
t2     = stack(s)             = 2               adjoint 12
w "1"\ = variable             = float32(2, 3)   adjoint float32(2, 3)
t3     = multiply(w "1"\, t2) = float32(2, 3)   adjoint float32(2, 3)
y      = sum(t3)              = 12              adjoint 2
v2     = element(y)           = 12              adjoint 2
v3     = multiply(v2, s)      = 24              adjoint 1
)text";
  CHECK(to_text(g.tape, g.tape.gradient(g.z)) == expected);
  const std::string plain = to_text(g.tape);
  CHECK(plain.find("adjoint") == std::string::npos);
  CHECK(plain.find("v3     = multiply(v2, s)      = 24\n") != std::string::npos);
}

TEST_CASE("a tape as a graph in dot, with quotes and backslashes escaped") {
  const Graph g;
  const std::string expected = R"dot(digraph tape {
  rankdir=LR;
  v1 [shape=box, label="s\n2\nadjoint 24"];
  t2 [shape=ellipse, label="t2 = stack\n2\nadjoint 12"];
  v1 -> t2;
  t1 [shape=box, label="w \"1\"\\\nfloat32(2, 3)\nadjoint float32(2, 3)"];
  t3 [shape=ellipse, label="t3 = multiply\nfloat32(2, 3)\nadjoint float32(2, 3)"];
  t1 -> t3;
  t2 -> t3;
  t4 [shape=ellipse, label="y = sum\n12\nadjoint 2"];
  t3 -> t4;
  v2 [shape=ellipse, label="v2 = element\n12\nadjoint 2"];
  t4 -> v2;
  v3 [shape=ellipse, label="v3 = multiply\n24\nadjoint 1"];
  v2 -> v3;
  v1 -> v3;
}
)dot";
  CHECK(to_dot(g.tape, g.tape.gradient(g.z)) == expected);
}

TEST_CASE("a tape of fused statements has no picture") {
  const ag::Tape tape;
  CHECK_THROWS_AS(to_text(tape), ag::TapeError);
  CHECK_THROWS_AS(to_dot(tape), ag::TapeError);
}
