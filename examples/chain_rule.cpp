// The chain rule on f = (x + y) z at (-2, 5, -4). The tape records each operation, forwards; the gradient
// comes from walking it backwards, the adjoint of a node being df/dnode.
//
// Expect q = x + y = 3 and f = q z = -12; df/dq = z = -4, so df/dx = df/dy = -4; df/dz = q = 3.
#include <iostream>
#include <autograd/autograd.hpp>

namespace ag = autograd;

int main() {
  ag::Tape tape{ag::record_graph};
  auto x = tape.variable(-2.0, "x"), y = tape.variable(5.0, "y"), z = tape.variable(-4.0, "z");
  ag::Var q = x + y;
  ag::Var f = q * z;
  tape.name(q, "q");
  tape.name(f, "f");

  auto g = tape.gradient(f);
  std::cout << "f = " << f << ", df/dx = " << g[x] << ", df/dy = " << g[y] << ", df/dz = " << g[z] << "\n\n"
            << ag::to_text(tape, g) << "\nThe same for Graphviz (dot -Tsvg):\n"
            << ag::to_dot(tape, g);
}
