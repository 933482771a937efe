// The training loop itself, compiled once.
#include <chrono>
#include <cmath>
#include <iostream>
#include <limits>
#include <nn/interrupt.hpp>
#include <nn/progress.hpp>
#include <nn/train.hpp>

namespace nn {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

// A mean over batches of different sizes.
struct Mean {
  double sum = 0, weight = 0;
  void add(double value, ag::Index n) {
    sum += value * static_cast<double>(n);
    weight += static_cast<double>(n);
  }
  double value() const { return sum / weight; }
};

void show(Progress& progress, const FitOptions& options, const Epoch& epoch) {
  const std::string validation_metric = "validation " + options.metric_name;
  if (options.validation && options.metric)
    progress.end_epoch({{"validation loss", epoch.validation_loss}, {validation_metric, epoch.validation_metric}});
  else if (options.validation) progress.end_epoch({{"validation loss", epoch.validation_loss}});
  else progress.end_epoch();
}

}  // namespace

Evaluation evaluate_on(const Forward& model, const Dataset& data, const LossFunction& loss,
                       const MetricFunction& metric, ag::Index batch_size) {
  Mean losses, metrics;
  for (const auto& [x, y] : Batches{data, batch_size}) {
    const ag::Tensor outputs = model(x);
    losses.add(loss(outputs, y).value(), x.shape()[0]);
    if (metric) metrics.add(metric(outputs, y), x.shape()[0]);
  }
  return {losses.value(), metric ? metrics.value() : nothing};
}

History detail::fit(const Forward& forward, const Step& step, const Dataset& train, const FitOptions& options,
                    Rng& rng) {
  if (options.epochs < 1)
    throw ag::DomainError("fit", std::to_string(options.epochs) + " epochs", "Ask for 1 or more.");
  if (train.size() == 0) throw ag::DomainError("fit", "there are no examples");
  if (!options.loss) throw ag::DomainError("fit", "there is no loss", "Pass one: {.loss = nn::mse}.");

  std::ostream nowhere(nullptr);
  ProgressOptions shown;
  shown.out = options.out ? options.out : &nowhere;
  Progress progress(options.epochs, train.size(), shown);
  const InterruptGuard guard;
  History history;
  while (static_cast<std::int64_t>(history.epochs.size()) < options.epochs) {
    const auto start = std::chrono::steady_clock::now();
    Mean losses, metrics;
    for (const auto& [x, y] : Batches{train, options.batch_size, rng}) {
      ag::Tape tape;
      const ag::Tensor outputs = forward(x);
      const ag::Tensor loss = options.loss(outputs, y);
      const double value = loss.value();
      if (!std::isfinite(value)) {  // a step from here would spoil all weights
        history.stop = Stop::diverged;
        return history;
      }
      step(tape.gradient(loss));

      const ag::Index n = x.shape()[0];
      losses.add(value, n);
      if (options.metric) {
        const double metric = options.metric(outputs, y);
        metrics.add(metric, n);
        progress.advance(n, {{"loss", value}, {options.metric_name, metric}});
      } else {
        progress.advance(n, {{"loss", value}});
      }
      if (guard.interrupted()) {
        history.stop = Stop::interrupted;
        return history;
      }
    }
    Evaluation validation{nothing, nothing};
    if (options.validation) validation = evaluate_on(forward, *options.validation, options.loss, options.metric);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    history.epochs.push_back({losses.value(), options.metric ? metrics.value() : nothing, validation.loss,
                              validation.metric, seconds.count()});
    show(progress, options, history.epochs.back());
    if (options.after_epoch && !options.after_epoch(history.epochs.back())) {
      history.stop = Stop::asked;
      return history;
    }
  }
  return history;
}

}  // namespace nn
