// Progress with a clock and a stream of our own, so that every character is known; InterruptGuard with real signals.
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <autograd/core/error.hpp>
#include <nn/interrupt.hpp>
#include <nn/progress.hpp>
#include <tests/catch.hpp>

using nn::Progress;

namespace {

struct Screen {
  std::ostringstream out;
  double now = 100;
  nn::ProgressOptions options(bool terminal, int width = 80) {
    return {.out = &out, .terminal = terminal, .width = width, .clock = [this] { return now; }};
  }
  /// What was written since the last call.
  std::string take() {
    std::string text = out.str();
    out.str("");
    return text;
  }
};

}  // namespace

TEST_CASE("Progress: plain lines, one for each epoch") {
  Screen screen;
  Progress progress{2, 1000, screen.options(false)};
  for (int i = 0; i < 10; ++i) {
    screen.now += 1;
    progress.advance(100, {{"loss", i < 5 ? 0.5 : 0.25}});
  }
  CHECK(screen.take().empty());
  progress.end_epoch({{"acc", 0.97123}});
  CHECK(screen.take() == "epoch 1/2 loss 0.3750 acc 0.9712 100 samples/s 0:10\n");
  screen.now += 0.01;
  progress.advance(1000, {{"loss", 2e-5}});
  progress.end_epoch();
  CHECK(screen.take() == "epoch 2/2 loss 2.0000e-05 100,000 samples/s 0:00\n");
}

TEST_CASE("Progress: the bar of a terminal") {
  Screen screen;
  Progress progress{20, 1000, screen.options(true)};
  progress.end_epoch();
  screen.now = 100 + 4;
  progress.end_epoch();
  screen.take();
  screen.now += 2;
  progress.advance(600, {{"loss", 0.12341}, {"acc", 0.97118}});
  // 2.6 epochs took 6 s, so the other 17.4 will take 40.15 s.
  CHECK(screen.take() == "\repoch 3/20 [======>   ] loss 0.1234 acc 0.9712 300 samples/s 0:40 left");
  screen.now += 2;
  progress.advance(400);
  CHECK(screen.take() == "\repoch 3/20 [==========] loss 0.1234 acc 0.9712 250 samples/s 0:45 left");
  progress.end_epoch();
  CHECK(screen.take() == "\repoch 3/20 [==========] loss 0.1234 acc 0.9712 250 samples/s 0:04     \n");
}

TEST_CASE("Progress: metrics are means weighted by samples, unless given at the end") {
  Screen screen;
  Progress progress{3, 0, screen.options(false)};
  progress.advance(3, {{"loss", 1}});
  progress.advance(1, {{"loss", 5}});
  progress.advance(0, {{"loss", 1000}});
  progress.end_epoch();
  CHECK_THAT(screen.take(), ContainsSubstring("epoch 1/3 loss 2.0000"));
  progress.advance(3, {{"loss", 1}});
  progress.end_epoch({{"loss", 7}, {"worse", std::nan("")}, {"big", -123456.0}, {"zero", 0}});
  CHECK(screen.take() == "epoch 2/3 loss 7.0000 worse nan big -1.2346e+05 zero 0.0000 0:00\n");
  progress.advance(0, {{"loss", 1}});  // of no samples: no mean
  progress.end_epoch();
  CHECK(screen.take() == "epoch 3/3 0:00\n");
}

TEST_CASE("Progress: at most ten redraws a second, and longer lines are wiped") {
  Screen screen;
  {
    Progress progress{1, 100000, screen.options(true)};
    int drawn = 0;
    for (int i = 0; i < 1000; ++i) {
      screen.now += 0.001;
      progress.advance(10, {{"loss", 1}});
      drawn += screen.take().empty() ? 0 : 1;
    }
    CHECK(drawn >= 9);
    CHECK(drawn <= 11);
    screen.now += 1000;
    progress.advance(10, {{"loss", 1}});
    const std::string shown = screen.take();
    CHECK_THAT(shown, ContainsSubstring(" left"));
    screen.now += 1;
    progress.advance(85000, {{"loss", 1}});
    const std::string over = screen.take();  // what a terminal shows after it: the new line, blanks, nothing else
    CAPTURE(shown, over);
    REQUIRE(over[0] == '\r');
    CHECK(over.find_last_not_of(' ') < shown.find_last_not_of(' '));
    CHECK(over.size() > shown.find_last_not_of(' '));
  }
  CHECK(screen.take() == "\n");  // the open line is ended by the destructor
  {
    Progress idle{1, 10, screen.options(true)};
  }
  CHECK(screen.take().empty());
}

TEST_CASE("Progress: no line is wider than the terminal, and the least important goes first") {
  std::size_t previous = 0;
  for (int width = 1; width < 100; ++width) {
    Screen screen;
    Progress progress{20, 1000, screen.options(true, width)};
    screen.now += 1;
    progress.advance(500, {{"loss", 0.5}, {"acc", 0.25}});
    const std::string line = screen.take().substr(1);
    CAPTURE(width, line);
    CHECK(line.size() < static_cast<std::size_t>(std::max(width, 2)));
    const bool bar = line.find('[') != line.npos, speed = line.find("samples/s") != line.npos;
    const bool time = line.find("left") != line.npos, acc = line.find("acc 0.2500") != line.npos;
    CHECK((!bar || speed));
    CHECK((!speed || time));
    const std::size_t parts = bar + speed + time + acc;
    CHECK(parts >= previous);
    previous = parts;
  }
  CHECK(previous == 4);
}

TEST_CASE("Progress: COLUMNS sets the width") {
  const char* before = std::getenv("COLUMNS");
  const std::string saved = before ? before : "";
  for (const auto& [columns, size] : {std::pair{"25", 24}, std::pair{"nonsense", 79}, std::pair{"0", 79}}) {
    setenv("COLUMNS", columns, 1);
    Screen screen;
    nn::ProgressOptions options = screen.options(true);
    options.width.reset();
    Progress progress{1, 10, options};
    progress.end_epoch({{"one", 1}, {"two", 2}, {"three", 3}, {"four", 4}, {"five", 5}});
    CAPTURE(columns);
    const std::string text = screen.take();
    CHECK(static_cast<int>(text.size()) - 2 <= size);
    CHECK((text.find("five") != text.npos) == (size > 30));
  }
  if (before) setenv("COLUMNS", saved.c_str(), 1);
  else unsetenv("COLUMNS");
}

TEST_CASE("Progress: durations and speeds") {
  const auto shown = [](double seconds, std::int64_t samples) {
    Screen screen;
    Progress progress{1, 0, screen.options(false)};
    screen.now += seconds;
    progress.advance(samples);
    progress.end_epoch();
    return screen.take();
  };
  CHECK(shown(59.4, 0) == "epoch 1/1 0:59\n");
  CHECK(shown(59.6, 0) == "epoch 1/1 1:00\n");
  CHECK(shown(754, 0) == "epoch 1/1 12:34\n");
  CHECK(shown(12345, 0) == "epoch 1/1 3:25:45\n");
  CHECK(shown(1, 999) == "epoch 1/1 999 samples/s 0:01\n");
  CHECK(shown(1, 1000) == "epoch 1/1 1,000 samples/s 0:01\n");
  CHECK(shown(1, 1234567) == "epoch 1/1 1,234,567 samples/s 0:01\n");
  CHECK(shown(0, 10) == "epoch 1/1 0:00\n");
}

TEST_CASE("Progress: impossible counts are refused") {
  CHECK_THROWS_AS((Progress{0, 10}), autograd::DomainError);
  CHECK_THROWS_AS((Progress{1, -1}), autograd::DomainError);
  Screen screen;
  Progress progress{1, 10, screen.options(false)};
  CHECK_THROWS_AS(progress.advance(-1), autograd::DomainError);
  progress.advance(1000);  // more than announced is no error
  progress.end_epoch();
}

namespace {

volatile std::sig_atomic_t handled = 0;
extern "C" void count_signal(int) { handled = handled + 1; }

/// Runs `body` in a child process and gives its wait status.
template <class Body>
int status_of(Body body) {
  const pid_t child = fork();
  if (child == 0) {
    body();
    _exit(0);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return status;
}

}  // namespace

TEST_CASE("InterruptGuard: the first signal is noted, the handler of before comes back") {
  struct sigaction mine{}, before{};
  mine.sa_handler = count_signal;
  sigaction(SIGINT, &mine, &before);
  handled = 0;
  {
    const nn::InterruptGuard guard;
    CHECK_FALSE(guard.interrupted());
    std::raise(SIGINT);
    CHECK(guard.interrupted());
    CHECK(handled == 0);
  }
  std::raise(SIGINT);
  CHECK(handled == 1);
  {
    const nn::InterruptGuard again;
    CHECK_FALSE(again.interrupted());
  }
  sigaction(SIGINT, &before, nullptr);
}

TEST_CASE("InterruptGuard: the second signal ends the process") {
  const auto killed = [](int status) { return WIFSIGNALED(status) && WTERMSIG(status) == SIGINT; };
  CHECK(killed(status_of([] {
    const nn::InterruptGuard guard;
    std::raise(SIGINT);
    if (!guard.interrupted()) _exit(1);
    std::raise(SIGINT);
  })));
  CHECK(killed(status_of([] {  // the first in an inner guard, the second in the outer one
    const nn::InterruptGuard outer;
    {
      const nn::InterruptGuard inner;
      std::raise(SIGINT);
    }
    if (!outer.interrupted()) _exit(1);
    std::raise(SIGINT);
  })));
  CHECK(status_of([] {  // an inner guard that saw nothing leaves the outer one as it was
          const nn::InterruptGuard outer;
          {
            const nn::InterruptGuard inner;
          }
          std::raise(SIGINT);
          if (!outer.interrupted()) _exit(1);
        }) == 0);
  CHECK(status_of([] {  // nohup: what is ignored stays ignored
          std::signal(SIGINT, SIG_IGN);
          const nn::InterruptGuard guard;
          std::raise(SIGINT);
          std::raise(SIGINT);
          if (guard.interrupted()) _exit(1);
        }) == 0);
}
