// The adjoint of the LSTM, written by hand: backpropagation through time over saved gates, outputs and cells.
#pragma once

#include <algorithm>

#include <tests/bench/scalar/lstm.hpp>

namespace bench {

class Lstm::ByHand {
 public:
  double gradient(const Lstm& problem, const double* x, double* g) {
    const int n = problem.units, layers = problem.layers, steps = problem.characters - 1, state = layers * n;
    const double *in_weights = x + static_cast<std::size_t>(8) * state, *out_weights = in_weights + n;
    double *g_in_weights = g + static_cast<std::size_t>(8) * state, *g_out_weights = g_in_weights + n,
           *g_out_bias = g_out_weights + n;
    std::fill(g, g + problem.start.size(), 0.0);
    const double total = forward(problem, x);
    const double scale = -1.0 / (n * steps);

    d_output_.assign(state, 0.0), d_cell_.assign(state, 0.0), d_input_.resize(n);
    for (int t = steps - 1; t >= 0; --t) {
      const double *slope = &slopes_[static_cast<std::size_t>(t) * n], *character = &problem.text[t * n];
      const double* top = &outputs_[static_cast<std::size_t>(t + 1) * state + (layers - 1) * n];
      double* d_top = &d_output_[(layers - 1) * n];
      for (int i = 0; i < n; ++i) {
        const double d = scale * slope[i];
        g_out_weights[i] += d * top[i];
        g_out_bias[i] += d;
        d_top[i] += d * out_weights[i];
      }
      for (int l = layers - 1; l >= 0; --l) {
        const double* input = l ? &outputs_[static_cast<std::size_t>(t + 1) * state + (l - 1) * n]
                                : &inputs_[static_cast<std::size_t>(t) * n];
        backward(n, x + static_cast<std::size_t>(8) * l * n, input, static_cast<std::size_t>(t) * state + l * n, l * n,
                 g + static_cast<std::size_t>(8) * l * n);
        if (l)
          for (int i = 0; i < n; ++i) d_output_[(l - 1) * n + i] += d_input_[i];
        else
          for (int i = 0; i < n; ++i) g_in_weights[i] += d_input_[i] * character[i];
      }
    }
    return scale * total;
  }

 private:
  static constexpr int kept = 5;  // the four gates, and the tanh of the cell

  double forward(const Lstm& problem, const double* x) {
    const int n = problem.units, layers = problem.layers, steps = problem.characters - 1, state = layers * n;
    const double *in_weights = x + static_cast<std::size_t>(8) * state, *out_weights = in_weights + n,
                 *out_bias = out_weights + n;
    outputs_.resize(static_cast<std::size_t>(steps + 1) * state), cells_.resize(outputs_.size());
    gates_.resize(static_cast<std::size_t>(steps) * state * kept);
    inputs_.resize(static_cast<std::size_t>(steps) * n), slopes_.resize(inputs_.size());
    for (int l = 0; l < layers; ++l)
      for (int i = 0; i < n; ++i) {
        outputs_[l * n + i] = problem.initial_state[2 * l * n + i];
        cells_[l * n + i] = problem.initial_state[(2 * l + 1) * n + i];
      }
    double total = 0;
    for (int t = 0; t < steps; ++t) {
      const double *character = &problem.text[t * n], *next = character + n;
      double *first = &inputs_[static_cast<std::size_t>(t) * n], *slope = &slopes_[static_cast<std::size_t>(t) * n];
      for (int i = 0; i < n; ++i) first[i] = character[i] * in_weights[i];
      const double* input = first;
      for (int l = 0; l < layers; ++l) {
        const double *w = x + static_cast<std::size_t>(8) * l * n, *b = w + 4 * n;
        const std::size_t at = static_cast<std::size_t>(t) * state + l * n;
        const double *output = &outputs_[at], *cell = &cells_[at];
        double *new_output = &outputs_[at + state], *new_cell = &cells_[at + state], *gate = &gates_[at * kept];
        for (int i = 0; i < n; ++i, gate += kept) {
          gate[0] = 1 / (1 + std::exp(-(input[i] * w[i] + b[i])));
          gate[1] = 1 / (1 + std::exp(-(output[i] * w[n + i] + b[n + i])));
          gate[2] = 1 / (1 + std::exp(-(input[i] * w[2 * n + i] + b[2 * n + i])));
          gate[3] = std::tanh(output[i] * w[3 * n + i] + b[3 * n + i]);
          new_cell[i] = cell[i] * gate[0] + gate[1] * gate[3];
          gate[4] = std::tanh(new_cell[i]);
          new_output[i] = gate[2] * gate[4];
        }
        input = new_output;
      }
      double sum = 2, bits = 0;
      for (int i = 0; i < n; ++i) {
        const double prediction = input[i] * out_weights[i] + out_bias[i];
        slope[i] = std::exp(prediction);
        sum += slope[i];
        bits += next[i];
        total += next[i] * prediction;
      }
      total -= bits * std::log(sum);
      for (int i = 0; i < n; ++i) slope[i] = next[i] - bits * slope[i] / sum;  // of the total, by the prediction
    }
    return total;
  }

  // One layer, one character: `at` is its place in the saved states, `here` in the running derivatives.
  void backward(int n, const double* w, const double* input, std::size_t at, int here, double* g_weights) {
    const double *output = &outputs_[at], *cell = &cells_[at], *gate = &gates_[at * kept];
    double *d_output = &d_output_[here], *d_cell = &d_cell_[here], *d_input = d_input_.data();
    double* g_bias = g_weights + 4 * n;
    for (int i = 0; i < n; ++i, gate += kept) {
      const double dh = d_output[i], dc = d_cell[i] + dh * gate[2] * (1 - gate[4] * gate[4]);
      const double forget = dc * cell[i] * gate[0] * (1 - gate[0]), admit = dc * gate[3] * gate[1] * (1 - gate[1]);
      const double show = dh * gate[4] * gate[2] * (1 - gate[2]), change = dc * gate[1] * (1 - gate[3] * gate[3]);
      g_weights[i] += forget * input[i], g_bias[i] += forget;
      g_weights[n + i] += admit * output[i], g_bias[n + i] += admit;
      g_weights[2 * n + i] += show * input[i], g_bias[2 * n + i] += show;
      g_weights[3 * n + i] += change * output[i], g_bias[3 * n + i] += change;
      d_input[i] = forget * w[i] + show * w[2 * n + i];
      d_output[i] = admit * w[n + i] + change * w[3 * n + i];
      d_cell[i] = dc * gate[0];
    }
  }

  std::vector<double> outputs_, cells_, gates_, inputs_, slopes_;
  std::vector<double> d_output_, d_cell_, d_input_;
};

}  // namespace bench
