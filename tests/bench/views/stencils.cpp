// Finite differences on the inside of a grid: shifted views, and the step added to the inside.
#include <tests/bench/scalar/burgers.hpp>
#include <tests/bench/scalar/heat.hpp>
#include <tests/bench/views/problem.hpp>

namespace bench::views {
namespace {

constexpr ag::Range inside = ag::range(1, -1), before = ag::range(0, -2), behind = ag::range(2, ag::none);

struct Diffusion {
  using Problem = Heat;
  ag::Index side;
  int steps;
  double d;

  explicit Diffusion(const Problem& p) : side(p.side), steps(p.steps), d(p.diffusion) {}

  ag::Tensor value(const ag::Tensor& x) const {
    ag::Tensor u = reshape(x, {side, side});
    for (int t = 0; t < steps; ++t) {
      const ag::Tensor center = slice(u, inside, inside), west = slice(u, inside, before),
                       east = slice(u, inside, behind), north = slice(u, before, inside),
                       south = slice(u, behind, inside);
      u = index_add(u, inside, inside, d * (west + east + north + south - 4.0 * center));
    }
    return sum(square(u));
  }
};

struct Flow {
  using Problem = Burgers;
  ag::Index side;
  int steps;
  double a, d;

  explicit Flow(const Problem& p) : side(p.side), steps(p.steps), a(p.advection), d(p.diffusion) {}

  ag::Tensor value(const ag::Tensor& x) const {
    const ag::Tensor both = reshape(x, {2, side, side});
    ag::Tensor u = slice(both, 0), v = slice(both, 1);
    for (int t = 0; t < steps; ++t) {
      const ag::Tensor u0 = slice(u, inside, inside), v0 = slice(v, inside, inside);
      const auto change = [&](const ag::Tensor& w) {
        const ag::Tensor center = slice(w, inside, inside), west = slice(w, inside, before),
                         east = slice(w, inside, behind), north = slice(w, before, inside),
                         south = slice(w, behind, inside);
        return d * (west + east + north + south - 4.0 * center) - a * (u0 * (east - west) + v0 * (south - north));
      };
      const ag::Tensor next_u = index_add(u, inside, inside, change(u));
      v = index_add(v, inside, inside, change(v));
      u = next_u;
    }
    return sum(square(u) + square(v));
  }
};

}  // namespace

std::vector<Row> stencil_rows() { return {row<Diffusion>(), row<Flow>()}; }

}  // namespace bench::views
