// Optimisers: how parameters move, given the gradient g of the loss.
//
//   nn::Adam optimiser{.rate = 1e-3};
//   optimiser.step(model, tape.gradient(loss));
//   optimiser.rate *= 0.5;                                  // any setting may change between steps
//
// They are plain structs. What they remember (`state`) is made at the first step, has one entry for each
// parameter in the order of the model's visitor lines, is copied with them, and can be saved. A step is one
// pass over each parameter.
#pragma once

#include <autograd/reverse/tape.hpp>
#include <nn/layer.hpp>

namespace nn {

/// What an optimiser remembers between steps.
struct OptimiserState {
  std::int64_t steps = 0;               ///< how many were made
  std::vector<ag::Parameter> first;     ///< of each parameter: its velocity, or the mean of its gradients
  std::vector<ag::Parameter> second;    ///< of each parameter: the mean of its squared gradients
  std::vector<ag::Parameter*> found{};  ///< the parameters of this step; only here to keep its memory
};

/// Stochastic gradient descent, in PyTorch's convention:
///   g += weight_decay w;  v = momentum v + g;  w -= rate v   (with nesterov: w -= rate (g + momentum v))
/// Another common one, v = momentum v - rate g; w += v, is the same while the rate does not change, its v
/// being -rate times ours. Source: torch.optim.SGD; Sutskever et al. (2013).
struct Sgd {
  double rate = 0.01;
  double momentum = 0;
  bool nesterov = false;
  double weight_decay = 0;  ///< adds weight_decay/2 |w|^2 to the loss (L2)
  OptimiserState state{};

  /// Moves every parameter of the model. Throws DomainError for settings out of range, and ShapeError or
  /// DtypeError if the parameters changed since the first step.
  template <class Model>
  void step(Model& model, const ag::Gradients& gradients) {
    detail::collect(model, state.found);
    update(gradients);
  }

 private:
  void update(const ag::Gradients& gradients);
};

/// Adam, with t counting steps from 1:
///   g += weight_decay w;  m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
///   w -= rate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
/// Source: Kingma and Ba (2015), algorithm 1.
struct Adam {
  double rate = 1e-3;
  double beta1 = 0.9, beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;  ///< L2, as part of g
  OptimiserState state{};

  /// As Sgd::step.
  template <class Model>
  void step(Model& model, const ag::Gradients& gradients) {
    detail::collect(model, state.found);
    update(gradients);
  }

 private:
  void update(const ag::Gradients& gradients);
};

/// Adam with decoupled weight decay: first w -= rate weight_decay w, then Adam's step without the decay in g.
/// Source: Loshchilov and Hutter (2019), algorithm 2, with PyTorch's scaling by the rate.
struct AdamW {
  double rate = 1e-3;
  double beta1 = 0.9, beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.01;
  OptimiserState state{};

  /// As Sgd::step.
  template <class Model>
  void step(Model& model, const ag::Gradients& gradients) {
    detail::collect(model, state.found);
    update(gradients);
  }

 private:
  void update(const ag::Gradients& gradients);
};

}  // namespace nn
