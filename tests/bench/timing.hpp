// Timing: contenders take turns, round by round, so that the machine's moods hit all alike.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <vector>

namespace bench {

inline double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Quartiles {
  double low, median, high;
};

inline Quartiles quartiles(std::vector<double> x) {
  std::sort(x.begin(), x.end());
  return {x[x.size() / 4], x[x.size() / 2], x[3 * x.size() / 4]};
}

/// How often to run f so that it takes about ten milliseconds.
inline int repeats_of(const std::function<void()>& f) {
  constexpr double enough = 0.01;
  for (int repeats = 1;; repeats *= 4) {
    const double start = now();
    for (int i = 0; i < repeats; ++i) f();
    const double time = now() - start;
    if (time >= enough) return repeats;
    if (time >= enough / 8) return static_cast<int>(repeats * enough / time) + 1;
  }
}

/// Seconds of one run: of each contender, in each round.
inline std::vector<std::vector<double>> race(const std::vector<std::function<void()>>& contenders, int rounds) {
  std::vector<int> repeats;
  for (const auto& f : contenders) repeats.push_back(repeats_of(f));
  std::vector<std::vector<double>> times(contenders.size());
  for (int r = 0; r < rounds; ++r)
    for (std::size_t k = 0; k < contenders.size(); ++k) {
      contenders[k]();  // warm its own caches and pools again
      const double start = now();
      for (int i = 0; i < repeats[k]; ++i) contenders[k]();
      times[k].push_back((now() - start) / repeats[k]);
    }
  return times;
}

}  // namespace bench
