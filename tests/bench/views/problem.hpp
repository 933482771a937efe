// The scalar problems once more, as expressions on tensors and views.
//
// A formulation is a class with
//   Problem             which of tests/bench/scalar it computes
//   start(problem)      its variables, float64
//   value(x...)         the results, each a tensor; the gradient of each one's sum is taken
// and a constructor from the problem, which keeps the data as tensors.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include <nn/nn.hpp>

namespace bench::views {

namespace ag = autograd;
using Tensors = std::vector<ag::Tensor>;
using Numbers = std::vector<double>;

/// One row of the table.
struct Row {
  std::string_view name;
  std::function<void()> by_hand, primal, gradient;
  std::function<std::vector<Numbers>()> expected, results;  // gradients, in the same order
};

inline ag::Tensor to_tensor(const Numbers& x, const ag::Shape& shape) { return ag::Tensor::of(x, shape); }

/// A row for a problem with one gradient by one vector of parameters.
template <class Formulation>
Row row() {
  using Problem = typename Formulation::Problem;
  struct State {
    Problem problem{};
    typename Problem::ByHand by_hand{};
    Numbers expected = problem.start;
    Formulation formulation{problem};
    ag::Tensor start = to_tensor(problem.start, {static_cast<ag::Index>(problem.start.size())}), gradient;
  };
  const auto s = std::make_shared<State>();
  const auto by_hand = [s] { s->by_hand.gradient(s->problem, s->problem.start.data(), s->expected.data()); };
  const auto gradient = [s] {
    ag::Tape tape;
    const ag::Tensor x = tape.variable(s->start);
    const ag::Tensor f = s->formulation.value(x);
    s->gradient = tape.gradient(f)[x];
  };
  return {Problem::name,
          by_hand,
          [s] { s->formulation.value(s->start); },
          gradient,
          [s, by_hand] {
            by_hand();
            return std::vector<Numbers>{s->expected,
                                        {s->by_hand.gradient(s->problem, s->problem.start.data(), s->expected.data())}};
          },
          [s, gradient] {
            gradient();
            return std::vector<Numbers>{s->gradient.to_vector(), {s->formulation.value(s->start).value()}};
          }};
}

// Each in the file of its name.
std::vector<Row> vector_rows();
std::vector<Row> learning_rows();
Row gmm_row();
Row bundle_adjustment_row();
Row lstm_row();
std::vector<Row> stencil_rows();

}  // namespace bench::views
