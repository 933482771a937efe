// A user's program, built against an installed copy: d((x + y) z) is z, z and x + y.
#include <iostream>

#include <autograd/autograd.hpp>
#include <nn/nn.hpp>

namespace ag = autograd;

int main() {
  ag::Tape tape;
  auto x = tape.variable(-2.0), y = tape.variable(5.0), z = tape.variable(-4.0);
  ag::Var f = (x + y) * z;
  auto g = tape.gradient(f);
  std::cout << "f = " << f.value() << ", df/dx = " << g[x] << ", df/dy = " << g[y] << ", df/dz = " << g[z] << '\n';
  return g[x] == -4 && g[y] == -4 && g[z] == 3 ? 0 : 1;
}
