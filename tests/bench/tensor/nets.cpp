// Networks as nn's users write them: forward, backward and the step of the optimiser. The limit is the same matrix
// products called bare: what a training step costs beyond them is ours.
#include <cblas.h>

#include <nn/nn.hpp>

#include <tests/bench/tensor/libtorch.hpp>
#include <tests/bench/tensor/table.hpp>
#include <tests/bench/tensor/xgrad.hpp>

namespace bench {
namespace {

template <class Model, class Optimiser>
Contender xgrad_net(const Model& start, const Optimiser& settings, const Net& net) {
  struct State {
    Model model;
    Optimiser optimiser;
    ag::Tensor input, target;

    ag::Tensor loss() const {
      const ag::Tensor y = model(input);
      return target.dtype() == ag::int64 ? nn::cross_entropy(y, target) : nn::mse(y, target);
    }
  };
  const auto state = std::make_shared<State>(State{start, settings, to_tensor(net.input), to_tensor(net.target)});
  return {[state] {
            ag::Tape tape;
            const ag::Tensor loss = state->loss();
            state->optimiser.step(state->model, tape.gradient(loss));
          },
          [state] {
            ag::Tape tape;
            const ag::Tensor loss = state->loss();
            const auto gradient = tape.gradient(loss);
            std::vector<Elements> results;
            for (const auto& named : nn::parameters(state->model))
              results.push_back(to_elements(gradient[*named.parameter]));
            return results;
          }};
}

/// Adam's step over plain arrays, as one would write it by hand after the products.
void adam_by_hand(std::size_t n, float* __restrict w, const float* __restrict g, float* __restrict m,
                  float* __restrict v) {
  constexpr float beta1 = 0.9f, beta2 = 0.999f, rest1 = 1 - beta1, rest2 = 1 - beta2, epsilon = 1e-8f;
  constexpr float rate = static_cast<float>(learning_rate);  // after many steps, when m and v need no correction
  for (std::size_t i = 0; i < n; ++i) {
    m[i] = beta1 * m[i] + rest1 * g[i];
    v[i] = beta2 * v[i] + rest2 * g[i] * g[i];
    w[i] -= rate * m[i] / (std::sqrt(v[i]) + epsilon);
  }
}

enum class Limit { products, products_and_adam };

/// y = x w', dw = dy' x, and but for the first layer dx = dy w; with Adam's step for the weights or without.
std::function<void()> bare(Limit limit, const Net& net) {
  struct Layer {
    int in, out;
    Elements weight, weight_gradient, first{}, second{};
  };
  struct State {
    int batch;
    std::vector<Layer> layers;
    std::vector<Elements> activations, deltas;  // before each layer, and behind the last
  };
  const auto state = std::make_shared<State>();
  state->batch = static_cast<int>(net.batch);
  for (std::size_t l = 0; l < net.widths.size(); ++l) {
    const Elements numbers_of_layer = numbers({net.batch, net.widths[l]}, 0.1).elements;
    state->activations.push_back(numbers_of_layer);
    state->deltas.push_back(numbers_of_layer);
    if (l + 1 == net.widths.size()) break;
    const Elements& weight = net.parameters[2 * l].elements;
    state->layers.push_back({static_cast<int>(net.widths[l]), static_cast<int>(net.widths[l + 1]), weight, weight});
    if (limit == Limit::products) continue;
    state->layers.back().first.assign(weight.size(), 0);
    state->layers.back().second.assign(weight.size(), 0);
  }
  return [state, limit] {
    const int n = state->batch;
    auto &x = state->activations, &d = state->deltas;
    for (std::size_t l = 0; l < state->layers.size(); ++l) {
      const Layer& layer = state->layers[l];
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, layer.out, layer.in, 1, x[l].data(), layer.in,
                  layer.weight.data(), layer.in, 0, x[l + 1].data(), layer.out);
    }
    for (std::size_t l = state->layers.size(); l-- > 0;) {
      Layer& layer = state->layers[l];
      cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, layer.out, layer.in, n, 1, d[l + 1].data(), layer.out,
                  x[l].data(), layer.in, 0, layer.weight_gradient.data(), layer.in);
      if (l == 0) break;
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, layer.in, layer.out, 1, d[l + 1].data(), layer.out,
                  layer.weight.data(), layer.in, 0, d[l].data(), layer.in);
    }
    if (limit == Limit::products) return;
    for (Layer& layer : state->layers)
      adam_by_hand(layer.weight.size(), layer.weight.data(), layer.weight_gradient.data(), layer.first.data(),
                   layer.second.data());
  };
}

template <class Model, class Optimiser>
Row net_row(const std::string& size, const Model& model, const Optimiser& optimiser, Net net,
            Limit limit = Limit::products) {
  for (const auto& named : nn::parameters(model)) {
    const ag::Tensor value = named.parameter->value();
    net.parameters.push_back({Extents(value.shape().begin(), value.shape().end()), to_elements(value)});
  }
  return {net.adam ? "Adam" : "SGD", size, xgrad_net(model, optimiser, net), libtorch_net(net), bare(limit, net)};
}

Row classifier_beside(Limit limit, const Extents& widths, std::int64_t batch, bool adam) {
  nn::Rng rng(1);
  const nn::Sequential model{nn::Dense{widths[0], widths[1], rng}, nn::Relu{}, nn::Dense{widths[1], widths[2], rng},
                             nn::Relu{}, nn::Dense{widths[2], widths[3], rng}};
  std::string size;
  for (const std::int64_t width : widths) size.append(size.empty() ? "" : "-").append(std::to_string(width));
  size.append(" x ").append(std::to_string(batch));
  Net net{widths, batch, false, numbers({batch, widths[0]}, 0.1), labels(batch, widths[3])};
  if (!adam) return net_row(size, model, nn::Sgd{.rate = learning_rate}, net, limit);
  net.adam = true;
  return net_row(size, model, nn::Adam{.rate = learning_rate}, net, limit);
}

}  // namespace

Row classifier(const Extents& widths, std::int64_t batch, bool adam) {
  return classifier_beside(Limit::products, widths, batch, adam);
}

namespace {

bool run_classifier(const Extents& widths, std::int64_t batch) {
  const bool correct = run(classifier(widths, batch, false));
  return run(classifier(widths, batch, true)) && correct;
}

bool run_small() {
  nn::Rng rng(1);
  const nn::Sequential model{nn::Dense{2, 4, rng}, nn::Tanh{}, nn::Dense{4, 1, rng}};
  return run(net_row("2-4-1 x 4, tanh, mse", model, nn::Sgd{.rate = learning_rate},
                     {{2, 4, 1}, 4, false, numbers({4, 2}, 0.1), numbers({4, 1}, 1.2)}));
}

}  // namespace

bool run_nets() {
  print_head("Training steps of dense networks: forward, backward, optimiser", "the matrix products alone");
  bool correct = run_small();
  correct = run_classifier({64, 32, 32, 10}, 32) && correct;
  correct = run_classifier({784, 128, 128, 10}, 64) && correct;
  correct = run_classifier({784, 512, 512, 10}, 64) && correct;
  correct = run_classifier({784, 512, 512, 10}, 256) && correct;
  correct = run_classifier({1024, 1024, 1024, 1024}, 256) && correct;

  print_head("Adam once more", "the matrix products alone and a loop of Adam by hand");
  for (const std::int64_t batch : {64, 256})
    correct = run(classifier_beside(Limit::products_and_adam, {784, 512, 512, 10}, batch, true)) && correct;
  return run(classifier_beside(Limit::products_and_adam, {1024, 1024, 1024, 1024}, 256, true)) && correct;
}

}  // namespace bench
