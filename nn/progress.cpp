// Composing, fitting and redrawing the progress line. Numbers go through std::to_chars, so no locale gets in.
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <autograd/core/error.hpp>
#include <nn/progress.hpp>

namespace nn {
namespace {

constexpr double redraw_seconds = 0.1;
constexpr int wide_terminal = 100, wide_bar = 32, usual_bar = 12, narrowest_bar = 6;  // brackets included

/// 0.1234 where four decimals say enough, 1.2346e-05 elsewhere.
std::string decimal(double x) {
  const double size = std::abs(x);
  const bool fixed = !(size >= 1e5 || (size > 0 && size < 1e-3));
  char text[64];
  const auto end =
      std::to_chars(text, text + sizeof text, x, fixed ? std::chars_format::fixed : std::chars_format::scientific, 4)
          .ptr;
  return {text, end};
}

/// 12,345.
std::string with_commas(double x) {
  std::string digits = std::to_string(std::llround(std::min(x, 1e15)));
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
  return digits;
}

/// 0:07, 12:34, 3:25:45.
std::string duration(double seconds) {
  const long long total = std::llround(std::min(seconds, 1e12)), minutes = total / 60;
  const auto two = [](long long n) { return std::string(n < 10 ? "0" : "") + std::to_string(n); };
  if (minutes < 60) return std::to_string(minutes) + ":" + two(total % 60);
  return std::to_string(minutes / 60) + ":" + two(minutes % 60) + ":" + two(total % 60);
}

/// [=====>    ], `width` characters with the brackets.
std::string bar(double fraction, int width) {
  const auto inside = static_cast<std::size_t>(width - 2);
  const auto full = std::min(inside, static_cast<std::size_t>(fraction * static_cast<double>(inside)));
  std::string text(full, '=');
  if (full < inside) text += '>';
  text.resize(inside, ' ');
  return std::string("[") + text + "]";
}

int descriptor(const std::ostream& out) {
  return &out == &std::cout ? STDOUT_FILENO : &out == &std::cerr || &out == &std::clog ? STDERR_FILENO : -1;
}

int terminal_width(const std::ostream& out) {
  if (const char* columns = std::getenv("COLUMNS"))
    if (const long n = std::strtol(columns, nullptr, 10); n > 0 && n < 10000) return static_cast<int>(n);
  winsize size{};
  if (descriptor(out) >= 0 && ioctl(descriptor(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

Progress::Progress(std::int64_t epochs, std::int64_t samples, ProgressOptions options)
    : epochs_(epochs),
      samples_(samples),
      out_(options.out ? *options.out : std::cout),
      terminal_(options.terminal.value_or(descriptor(out_) >= 0 && isatty(descriptor(out_)) == 1)),
      fixed_width_(options.width),
      clock_(options.clock ? std::move(options.clock) : steady_seconds) {
  if (epochs < 1 || samples < 0)
    throw autograd::DomainError("Progress",
                                std::to_string(epochs) + " epochs of " + std::to_string(samples) + " samples",
                                "Need 1 epoch or more, and 0 samples (not known) or more.");
  run_start_ = epoch_start_ = now_ = clock_();
  last_draw_ = run_start_ - 2 * redraw_seconds;
}

Progress::~Progress() {
  if (drawn_ > 0) out_ << '\n' << std::flush;
}

void Progress::record(const Metric& metric, double weight, bool replace) {
  auto found = std::find_if(metrics_.begin(), metrics_.end(), [&](const Shown& m) { return m.name == metric.name; });
  if (found == metrics_.end()) found = metrics_.insert(found, {std::string{metric.name}, 0, 0});
  if (replace) found->sum = found->weight = 0;
  found->sum += metric.value * weight;
  found->weight += weight;
}

void Progress::advance(std::int64_t samples, std::initializer_list<Metric> metrics) {
  if (samples < 0)
    throw autograd::DomainError("Progress::advance", std::to_string(samples) + " samples", "Need 0 or more.");
  done_ += samples;
  if (samples > 0)
    for (const Metric& m : metrics) record(m, static_cast<double>(samples), false);
  if (!terminal_) return;
  now_ = clock_();
  if (now_ - last_draw_ >= redraw_seconds) draw(false);
}

void Progress::end_epoch(std::initializer_list<Metric> metrics) {
  for (const Metric& m : metrics) record(m, 1, true);
  now_ = clock_();
  draw(true);
  epoch_start_ = now_;
  last_draw_ = now_ - 2 * redraw_seconds;
  ++epoch_;
  done_ = 0;
  metrics_.clear();
}

/// The parts that fit, from the most to the least important: epoch, metrics, time, speed, bar.
std::string Progress::line(bool ended) const {
  const int width = terminal_ ? std::max(fixed_width_.value_or(terminal_width(out_)) - 1, 1) : 1 << 20;
  const auto room = static_cast<std::size_t>(width);
  const double elapsed = now_ - epoch_start_;
  std::string speed, time;
  if (elapsed > 0 && done_ > 0)
    speed = std::string(" ") + with_commas(static_cast<double>(done_) / elapsed) + " samples/s";
  if (ended) {
    time = std::string(" ") + duration(elapsed);
  } else if (samples_ > 0 && done_ > 0) {
    const double fraction = static_cast<double>(std::min(done_, samples_)) / static_cast<double>(samples_);
    const double epochs_done = static_cast<double>(epoch_ - 1) + fraction;
    const double epochs_left = std::max(static_cast<double>(epochs_) - epochs_done, 0.0);
    time = std::string(" ") + duration((now_ - run_start_) / epochs_done * epochs_left) + " left";
  }
  std::string head = "epoch " + std::to_string(epoch_) + "/" + std::to_string(epochs_), tail;
  bool all_fit = true;
  const auto fit = [&](const std::string& part) {
    all_fit = all_fit && head.size() + tail.size() + part.size() <= room;
    return all_fit;
  };
  for (const Shown& m : metrics_)
    if (const std::string text = std::string(" ") + m.name + " " + decimal(m.value()); fit(text)) tail += text;
  const std::size_t before_time = tail.size();
  if (fit(time)) tail += time;
  if (fit(speed)) tail.insert(before_time, speed);
  const int free = width - static_cast<int>(head.size() + tail.size()) - 1;
  if (terminal_ && samples_ > 0 && all_fit && free >= narrowest_bar) {
    const double fraction = ended ? 1 : static_cast<double>(std::min(done_, samples_)) / static_cast<double>(samples_);
    head += std::string(" ") + bar(fraction, std::min(free, width >= wide_terminal ? wide_bar : usual_bar));
  }
  return (head + tail).substr(0, room);
}

void Progress::draw(bool ended) {
  std::string text = line(ended);
  const std::size_t size = text.size();
  if (terminal_) {
    if (size < drawn_) text.append(drawn_ - size, ' ');  // wipes the rest of the longer line before
    text.insert(0, 1, '\r');
  }
  drawn_ = ended ? 0 : size;
  last_draw_ = now_;
  out_ << text << (ended ? "\n" : "") << std::flush;
}

}  // namespace nn
