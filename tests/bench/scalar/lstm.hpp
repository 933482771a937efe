// The mean loss of a two-layer LSTM that predicts the next character, with diagonal weights, as in ADBench (see
// gmm.hpp): 14 units, 100 characters. Long dependencies and many exponentials. Its adjoint is in lstm_by_hand.hpp.
//
// Parameters: for each layer the weights and then the biases of the gates forget, input, output and change; then the
// weights of the input, the weights of the output and its biases. All have one number for each unit.
#pragma once

#include <cmath>
#include <cstddef>

#include <tests/bench/scalar/problem.hpp>

namespace bench {

struct Lstm {
  static constexpr std::string_view name = "lstm";
  int layers, characters, units;
  std::vector<double> text;           // characters x units, bits
  std::vector<double> initial_state;  // for each layer the outputs, then the cells
  std::vector<double> start;

  explicit Lstm(int layer_count = 2, int character_count = 101, int unit_count = 14)
      : layers(layer_count),
        characters(character_count),
        units(unit_count),
        text(static_cast<std::size_t>(characters) * units),
        initial_state(static_cast<std::size_t>(2) * layers * units),
        start(static_cast<std::size_t>(8) * layers * units + 3 * units) {
    Random random(7);
    for (double& e : text) e = random.uniform() < 0.5 ? 0.0 : 1.0;
    for (double& e : initial_state) e = 0.3 * random.normal();
    for (double& e : start) e = 0.5 * random.normal();
  }

  /// One layer, one character: from its input to its new outputs and cells.
  template <class T>
  void layer(const T* weights, const T* input, T* output, T* cell) const {
    using std::exp, std::tanh;
    const int n = units;
    const T* bias = weights + 4 * n;
    for (int i = 0; i < n; ++i) {
      T forget = 1.0 / (1.0 + exp(-(input[i] * weights[i] + bias[i])));
      T admit = 1.0 / (1.0 + exp(-(output[i] * weights[n + i] + bias[n + i])));
      T show = 1.0 / (1.0 + exp(-(input[i] * weights[2 * n + i] + bias[2 * n + i])));
      T change = tanh(output[i] * weights[3 * n + i] + bias[3 * n + i]);
      cell[i] = cell[i] * forget + admit * change;
      output[i] = show * tanh(cell[i]);
    }
  }

  template <class T>
  T value(const T* x) const {
    using std::exp, std::log;
    const int n = units;
    const T *in_weights = x + static_cast<std::size_t>(8) * layers * n, *out_weights = in_weights + n,
            *out_bias = out_weights + n;
    std::vector<T> output(static_cast<std::size_t>(layers) * n), cell(output.size()), prediction(n);
    for (int l = 0; l < layers; ++l)
      for (int i = 0; i < n; ++i) {
        output[l * n + i] = initial_state[2 * l * n + i];
        cell[l * n + i] = initial_state[(2 * l + 1) * n + i];
      }
    T total = 0.0;
    for (int t = 0; t + 1 < characters; ++t) {
      const double *character = &text[t * n], *next = character + n;
      for (int i = 0; i < n; ++i) prediction[i] = character[i] * in_weights[i];
      const T* input = prediction.data();
      for (int l = 0; l < layers; ++l) {
        layer(x + static_cast<std::size_t>(8) * l * n, input, &output[l * n], &cell[l * n]);
        input = &output[l * n];
      }
      T sum = 2.0;
      for (int i = 0; i < n; ++i) {
        prediction[i] = input[i] * out_weights[i] + out_bias[i];
        sum += exp(prediction[i]);
      }
      T normaliser = log(sum);
      for (int i = 0; i < n; ++i) total += next[i] * (prediction[i] - normaliser);
    }
    return -total / static_cast<double>(n * (characters - 1));
  }

  class ByHand;
};

}  // namespace bench
