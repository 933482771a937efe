// fit: the training loop. Epochs of shuffled mini-batches, a line or a bar of progress, and a clean end on Ctrl-C.
//
//   const nn::History history = nn::fit(model, optimiser, train, {.epochs = 20, .metric = nn::accuracy},
//   rng);
//
// It is what a user would write with Batches, a Tape and an optimiser, no more: where it does not fit, write that.
#pragma once

#include <functional>
#include <iostream>
#include <optional>

#include <nn/data/dataset.hpp>
#include <nn/loss.hpp>
#include <nn/metric.hpp>
#include <nn/optimiser.hpp>

namespace nn {

/// What training makes small: a scalar from outputs and targets.
using LossFunction = std::function<ag::Tensor(const ag::Tensor& outputs, const ag::Tensor& targets)>;
/// What people read: a number from outputs and targets, averaged over the batches by their sizes.
using MetricFunction = std::function<double(const ag::Tensor& outputs, const ag::Tensor& targets)>;

/// What one epoch came to. Loss and metric are means over the epoch, taken while the model learns; those of
/// the validation data are taken after it. What was not asked for is NaN.
struct Epoch {
  double loss, metric, validation_loss, validation_metric;
  double seconds;
};

/// Where a training run stopped: at its last epoch, by Ctrl-C, at a loss that was infinite or NaN, or as
/// after_epoch said.
enum class Stop { finished, interrupted, diverged, asked };

/// A training run, epoch by epoch. After Ctrl-C or a divergence the last, unfinished epoch is not in it.
struct History {
  std::vector<Epoch> epochs;
  Stop stop = Stop::finished;
};

/// How to train.
struct FitOptions {
  std::int64_t epochs = 10;
  ag::Index batch_size = 32;
  LossFunction loss = cross_entropy;
  MetricFunction metric{};  ///< none if empty
  std::string metric_name = "accuracy";
  std::optional<Dataset> validation{};  ///< looked at after each epoch, never trained on
  std::ostream* out = &std::cout;       ///< where progress is shown; nowhere if null
  /// Called after each epoch: false ends the training. A place to change the rate.
  std::function<bool(const Epoch&)> after_epoch{};
};

/// Outputs of a model without its type.
using Forward = std::function<ag::Tensor(const ag::Tensor&)>;

namespace detail {
using Step = std::function<void(const ag::Gradients&)>;
History fit(const Forward& forward, const Step& step, const Dataset& train, const FitOptions& options, Rng& rng);
}  // namespace detail

/// Trains the model on mini-batches, whose order comes from rng. Ctrl-C ends it after the batch at hand, a
/// second Ctrl-C at once. Throws DomainError for options out of range or no examples, and what the model,
/// loss and optimiser throw.
template <Layer Model, class Optimiser>
History fit(Model& model, Optimiser& optimiser, const Dataset& train, const FitOptions& options, Rng& rng) {
  return detail::fit([&](const ag::Tensor& x) { return ag::Tensor(model(x)); },
                     [&](const ag::Gradients& gradients) { optimiser.step(model, gradients); }, train, options, rng);
}

/// The mean loss and metric of a model on data, batch by batch and without a tape; the metric is NaN if there is none.
struct Evaluation {
  double loss, metric;
};
Evaluation evaluate_on(const Forward& model, const Dataset& data, const LossFunction& loss,
                       const MetricFunction& metric = {}, ag::Index batch_size = 1024);

}  // namespace nn
