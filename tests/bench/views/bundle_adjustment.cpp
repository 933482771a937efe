// Bundle adjustment, all observations at once: the inputs are 15 vectors, and since a residual depends on its own
// observation alone, the gradient of the sum of all first residuals has the first row of every Jacobian.
#include <tests/bench/scalar/bundle_adjustment_by_hand.hpp>
#include <tests/bench/views/problem.hpp>

namespace bench::views {
namespace {

using Problem = BundleAdjustment;
constexpr std::size_t inputs = Problem::block_inputs, outputs = Problem::block_outputs;

struct Observations {
  std::array<ag::Tensor, inputs> start;
  std::array<ag::Tensor, outputs> measured;

  explicit Observations(const Problem& p) {
    const ag::Tensor x = to_tensor(p.start, {p.blocks, inputs}), y = to_tensor(p.measurements, {p.blocks, outputs});
    for (std::size_t i = 0; i < inputs; ++i) start[i] = ag::Tensor(ag::Tensor(slice(x, ag::all, i)).data().copy());
    for (std::size_t k = 0; k < outputs; ++k) measured[k] = ag::Tensor(ag::Tensor(slice(y, ag::all, k)).data().copy());
  }

  // As BundleAdjustment::residual; the rotation must not be zero.
  std::array<ag::Tensor, outputs> residuals(const std::array<ag::Tensor, inputs>& x) const {
    std::array<ag::Tensor, 3> p, w, rotated;
    const ag::Tensor angle = sqrt(square(x[0]) + square(x[1]) + square(x[2]));
    for (std::size_t i = 0; i < 3; ++i) p[i] = x[11 + i] - x[3 + i], w[i] = x[i] / angle;
    const ag::Tensor cosine = cos(angle), sine = sin(angle);
    const ag::Tensor along = (w[0] * p[0] + w[1] * p[1] + w[2] * p[2]) * (1.0 - cosine);
    for (std::size_t i = 0; i < 3; ++i) {
      const std::size_t j = (i + 1) % 3, k = (i + 2) % 3;
      rotated[i] = p[i] * cosine + (w[j] * p[k] - w[k] * p[j]) * sine + w[i] * along;
    }
    const ag::Tensor u = rotated[0] / rotated[2], v = rotated[1] / rotated[2];
    const ag::Tensor radius2 = square(u) + square(v);
    const ag::Tensor scale = x[6] * (1.0 + x[9] * radius2 + x[10] * square(radius2));
    return {x[14] * (u * scale + x[7] - measured[0]), x[14] * (v * scale + x[8] - measured[1])};
  }
};

struct State {
  Problem problem{};
  Problem::ByHand adjoint{};
  Numbers values = problem.measurements, jacobian = Numbers(problem.start.size() * outputs);
  Observations observations{problem};
  std::array<ag::Tensor, outputs> residuals;
  std::array<std::array<ag::Tensor, inputs>, outputs> gradients;

  void by_hand() {
    for (int b = 0; b < problem.blocks; ++b)
      adjoint.jacobian(problem, b, problem.block(b), &values[static_cast<std::size_t>(b) * outputs],
                       &jacobian[static_cast<std::size_t>(b) * outputs * inputs]);
  }

  void gradient() {
    ag::Tape tape;
    std::array<ag::Tensor, inputs> x;
    for (std::size_t i = 0; i < inputs; ++i) x[i] = tape.variable(observations.start[i]);
    residuals = observations.residuals(x);
    for (std::size_t k = 0; k < outputs; ++k) {
      const auto g = tape.gradient(residuals[k], ag::Tensor(1.0));
      for (std::size_t i = 0; i < inputs; ++i) gradients[k][i] = g[x[i]];
    }
    for (ag::Tensor& y : residuals) y = stop_gradient(y);
  }
};

}  // namespace

Row bundle_adjustment_row() {
  const auto s = std::make_shared<State>();
  return {Problem::name,
          [s] { s->by_hand(); },
          [s] { s->observations.residuals(s->observations.start); },
          [s] { s->gradient(); },
          [s] {
            s->by_hand();
            std::vector<Numbers> rows(outputs * (inputs + 1));
            for (int b = 0; b < s->problem.blocks; ++b)
              for (std::size_t k = 0; k < outputs; ++k) {
                const std::size_t at = static_cast<std::size_t>(b) * outputs + k;
                for (std::size_t i = 0; i < inputs; ++i) rows[k * inputs + i].push_back(s->jacobian[at * inputs + i]);
                rows[outputs * inputs + k].push_back(s->values[at]);
              }
            return rows;
          },
          [s] {
            s->gradient();
            std::vector<Numbers> rows;
            for (const auto& of_residual : s->gradients)
              for (const ag::Tensor& g : of_residual) rows.push_back(g.to_vector());
            for (const ag::Tensor& y : s->residuals) rows.push_back(y.to_vector());
            return rows;
          }};
}

}  // namespace bench::views
