// Progress: what a training loop shows while it runs. A bar on a terminal, one plain line for each epoch elsewhere.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nn {

/// A named number to show, such as {"loss", 0.3}.
struct Metric {
  std::string_view name;
  double value;
};

/// Where and how to show progress; what is not set is found out.
struct ProgressOptions {
  std::ostream* out = nullptr;      ///< std::cout if null
  std::optional<bool> terminal{};   ///< whether `out` is one; for std::cout and std::cerr isatty() knows, else no
  std::optional<int> width{};       ///< in characters; $COLUMNS, else what the terminal says, else 80
  std::function<double()> clock{};  ///< seconds that never go back; std::chrono::steady_clock if empty
};

/// Shows the epochs of a training run:
///
///     epoch 3/20 [=====>    ] loss 0.1234 acc 0.9712 12,345 samples/s 0:07 left
///
/// On a terminal the line is redrawn at most 10 times a second and stays when its epoch ends; the bar is that
/// of the epoch, the time left that of the whole run. Elsewhere the line of an epoch is printed when it ends.
/// Lines that are too wide for the terminal lose the bar first, then the speed, then the time, then metrics.
class Progress {
 public:
  /// `samples` is the size of an epoch, or 0 if not known: no bar then. Throws DomainError unless epochs >= 1
  /// and samples >= 0.
  Progress(std::int64_t epochs, std::int64_t samples, ProgressOptions options = {});

  /// Ends a line that is still open, so that a message printed after an exception starts on its own line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `samples` more are done in this epoch. What is shown of a metric is its mean over the epoch, weighted by samples.
  void advance(std::int64_t samples, std::initializer_list<Metric> metrics = {});

  /// Ends the epoch and shows its line with the seconds it took; these metrics are shown as they are, and
  /// replace means of the same name.
  void end_epoch(std::initializer_list<Metric> metrics = {});

 private:
  struct Shown {
    std::string name;
    double sum, weight;
    double value() const { return sum / weight; }
  };

  void record(const Metric& metric, double weight, bool replace);
  std::string line(bool ended) const;
  void draw(bool ended);

  std::int64_t epochs_, samples_;
  std::int64_t epoch_ = 1, done_ = 0;
  std::ostream& out_;
  bool terminal_;
  std::optional<int> fixed_width_;
  std::function<double()> clock_;
  double run_start_, epoch_start_, now_, last_draw_;
  std::size_t drawn_ = 0;  // characters of the open line
  std::vector<Shown> metrics_;
};

}  // namespace nn
