// The chain sum(tanh(x * w + b) * z) in float32: value and the gradients of x, w, b and z, beside libtorch.
//
// Both run in one process and take turns; each figure is the median of several rounds, with the quartiles. Gradients
// are compared before anything is timed. libtorch is used as its documentation says: leaves with requires_grad,
// backward(), gradients reset to undefined between steps.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <vector>

#include <autograd/autograd.hpp>

#ifdef _OPENMP
#include <omp.h>
#endif
#ifdef XGRAD_HAS_TORCH
#include <torch/torch.h>
#endif

namespace ag = autograd;

namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

struct Time {
  double median, low, high;
};

Time summary(std::vector<double> t) {
  std::sort(t.begin(), t.end());
  return {t[t.size() / 2], t[t.size() / 4], t[3 * t.size() / 4]};
}

// Rounds of each contender in turn, so that the machine's moods hit all alike.
std::vector<Time> race(const std::vector<std::function<void()>>& contenders, int repeats) {
  constexpr int rounds = 11;
  std::vector<std::vector<double>> times(contenders.size());
  for (int r = 0; r < rounds; ++r)
    for (std::size_t k = 0; k < contenders.size(); ++k) {
      contenders[k]();  // warm its own caches and pools again
      const double start = now();
      for (int i = 0; i < repeats; ++i) contenders[k]();
      times[k].push_back((now() - start) / repeats);
    }
  std::vector<Time> out;
  for (auto& t : times) out.push_back(summary(t));
  return out;
}

std::vector<float> numbers(ag::Index n, double seed) {
  std::vector<float> v(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < v.size(); ++i)
    v[i] = static_cast<float>(std::sin(seed + 0.7 * static_cast<double>(i % 997)));
  return v;
}

#ifdef XGRAD_HAS_TORCH
// The largest difference of two gradients, relative to the largest element.
double difference(const ag::Tensor& a, const torch::Tensor& b) {
  const float* p = b.data_ptr<float>();
  const auto v = a.array<float>();
  double worst = 0, scale = 0;
  for (ag::Index i = 0; i < a.size(); ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(v(i)) - p[i]));
    scale = std::max(scale, std::abs(static_cast<double>(p[i])));
  }
  return worst / scale;
}
#endif

}  // namespace

int main() {
#ifdef _OPENMP
  omp_set_num_threads(1);
#endif
#ifdef XGRAD_HAS_TORCH
  at::set_num_threads(1);
  std::printf("sum(tanh(x*w+b)*z), float32, four gradients, one core; medians (quartiles)\n");
  std::printf("%10s %28s %28s %8s %12s\n", "n", "xgrad us", "libtorch us", "ratio", "ns/element");
#else
  std::printf("libtorch-dev is not installed: only xgrad is measured\n%10s %28s %12s\n", "n", "xgrad us", "ns/element");
#endif
  for (const ag::Index n : {100, 10'000, 100'000, 1'000'000, 10'000'000}) {
    std::vector<float> data[4] = {numbers(n, 0.1), numbers(n, 1.2), numbers(n, 2.3), numbers(n, 3.4)};
    ag::Tensor leaf[4];
    for (int k = 0; k < 4; ++k) leaf[k] = ag::Tensor::of(data[k], {n});
    ag::Tensor gradient[4];
    const auto ours = [&] {
      ag::Tape tape;
      const ag::Tensor x = tape.variable(leaf[0]), w = tape.variable(leaf[1]), b = tape.variable(leaf[2]),
                       z = tape.variable(leaf[3]);
      const ag::Tensor f = sum(tanh(x * w + b) * z);
      const auto g = tape.gradient(f);
      gradient[0] = g[x], gradient[1] = g[w], gradient[2] = g[b], gradient[3] = g[z];
    };
    const int repeats = static_cast<int>(std::max<ag::Index>(1, std::min<ag::Index>(2000, 3'000'000 / n)));
    ours();
#ifdef XGRAD_HAS_TORCH
    torch::Tensor t[4];
    for (int k = 0; k < 4; ++k) t[k] = torch::from_blob(data[k].data(), {n}).clone().requires_grad_(true);
    const auto theirs = [&] {
      for (auto& e : t) e.mutable_grad() = torch::Tensor();
      (torch::tanh(t[0] * t[1] + t[2]) * t[3]).sum().backward();
    };
    theirs();
    for (int k = 0; k < 4; ++k)
      if (const double d = difference(gradient[k], t[k].grad()); !(d < 1e-5)) {
        std::printf("gradient %d differs from libtorch's by %g\n", k, d);
        return 1;
      }
    const auto times = race({ours, theirs}, repeats);
    std::printf("%10lld %12.2f (%6.2f-%7.2f) %12.2f (%6.2f-%7.2f) %7.1fx %5.2f %6.2f\n", static_cast<long long>(n),
                times[0].median * 1e6, times[0].low * 1e6, times[0].high * 1e6, times[1].median * 1e6,
                times[1].low * 1e6, times[1].high * 1e6, times[1].median / times[0].median,
                times[0].median / static_cast<double>(n) * 1e9, times[1].median / static_cast<double>(n) * 1e9);
#else
    const auto times = race({ours}, repeats);
    std::printf("%10lld %12.2f (%6.2f-%7.2f) %12.2f\n", static_cast<long long>(n), times[0].median * 1e6,
                times[0].low * 1e6, times[0].high * 1e6, times[0].median / static_cast<double>(n) * 1e9);
#endif
  }
}
