// The LSTM: vectors of 14 units, so that what counts is the cost of a statement. What does not depend on the state is
// done for all characters at once.
#include <tests/bench/scalar/lstm_by_hand.hpp>
#include <tests/bench/views/problem.hpp>

namespace bench::views {
namespace {

struct Recurrent {
  using Problem = Lstm;
  ag::Index layers, steps, n;
  ag::Tensor text, next, state;

  explicit Recurrent(const Problem& p) : layers(p.layers), steps(p.characters - 1), n(p.units) {
    const ag::Tensor all = to_tensor(p.text, {steps + 1, n});
    text = slice(all, ag::range(0, -1)), next = slice(all, ag::range(1, ag::none));
    state = to_tensor(p.initial_state, {layers, 2, n});
  }

  ag::Tensor value(const ag::Tensor& x) const {
    const ag::Tensor weights = reshape(slice(x, ag::range(0, 8 * layers * n)), {layers, 8, n});
    const ag::Tensor ends = reshape(slice(x, ag::range(8 * layers * n, ag::none)), {3, n});
    std::vector<std::array<ag::Tensor, 8>> of(static_cast<std::size_t>(layers));
    std::vector<ag::Tensor> output, cell, tops;
    for (ag::Index l = 0; l < layers; ++l) {
      for (ag::Index k = 0; k < 8; ++k)
        of[static_cast<std::size_t>(l)][static_cast<std::size_t>(k)] = slice(weights, l, k);
      output.push_back(slice(state, l, 0)), cell.push_back(slice(state, l, 1));
    }
    const ag::Tensor inputs = text * slice(ends, 0);
    for (ag::Index t = 0; t < steps; ++t) {
      ag::Tensor input = slice(inputs, t);
      for (std::size_t l = 0; l < of.size(); ++l) {
        const auto& [forget, admit, show, change, forget_bias, admit_bias, show_bias, change_bias] = of[l];
        ag::Tensor &h = output[l], &c = cell[l];
        c = c * sigmoid(input * forget + forget_bias) +
            sigmoid(h * admit + admit_bias) * tanh(h * change + change_bias);
        h = sigmoid(input * show + show_bias) * tanh(c);
        input = h;
      }
      tops.push_back(input);
    }
    const ag::Tensor prediction = ag::stack(tops) * slice(ends, 1) + slice(ends, 2);
    const ag::Tensor total = sum(exp(prediction), 1, true);
    return -mean(next * (prediction - log(total + 2.0)));
  }
};

}  // namespace

Row lstm_row() { return row<Recurrent>(); }

}  // namespace bench::views
