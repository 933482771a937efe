// Measures and factors: see by_hand_match.hpp.
#include <autograd/check/by_hand_match.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <autograd/functional.hpp>

namespace autograd::check {

Flat flat(const Tensor& t) { return {t.shape(), t.to_vector()}; }

Flat transposed(const Flat& x) { return flat(Tensor(autograd::transpose(Tensor::of(x.v, x.shape)))); }

Comparison compare(const Flat& a, const Flat& b, const Closeness& close, double c) {
  Comparison out;
  double largest = 0, aa = 0, bb = 0, dd = 0;
  for (std::size_t i = 0; i < a.v.size(); ++i) {
    largest = std::max(largest, std::max(std::abs(a.v[i]), std::abs(c * b.v[i])));
    aa += a.v[i] * a.v[i];
    bb += c * b.v[i] * c * b.v[i];
    dd += (a.v[i] - c * b.v[i]) * (a.v[i] - c * b.v[i]);
  }
  const double total = std::sqrt(aa) + std::sqrt(bb);
  out.normwise = total == 0 ? 0 : std::sqrt(dd) / total;
  for (std::size_t i = 0; i < a.v.size(); ++i) {
    const double gap = std::abs(a.v[i] - c * b.v[i]);
    if (gap <= close.rounding * largest) continue;
    // A NaN is as far off as can be.
    const double r = std::isfinite(gap) ? gap / std::max(std::abs(a.v[i]), std::abs(c * b.v[i]))
                                        : std::numeric_limits<double>::infinity();
    out.elementwise = std::max(out.elementwise, r);
    if (!(r <= close.relative)) out.wrong.push_back(i);
  }
  return out;
}

namespace {

// Every extent that occurs, with the place where it does; results before arguments, since a batch is seen there.
std::map<Index, std::string> extents(const HandGraph& graph, const std::vector<NodeId>& arguments) {
  std::map<Index, std::string> found;
  const auto see = [&](Index n, const std::string& text) {
    if (n > 1) found.emplace(n, text);
  };
  const auto statements = graph.tape().statements();
  for (const Statement* s : statements)
    if (s->name() == "mean" && s->arguments()[0].tensor) {
      const Index of = graph.argument(*s, 0).size(), to = graph.result(*s).size();
      if (to > 0) see(of / to, graph.describe(*s) + " divides by it");
    }
  const auto axes = [&](NodeId n) {
    if (!n.tensor) return;
    const Shape& shape = graph.tape().tensor_at(n.index).shape();
    for (std::size_t d = 0; d < shape.size(); ++d) {
      std::string text("axis ");
      see(shape[d], text.append(std::to_string(d)).append(" of ").append(graph.describe(n)));
    }
  };
  const auto sizes = [&](NodeId n) {
    if (!n.tensor) return;
    std::string text("the elements of ");
    see(graph.tape().tensor_at(n.index).size(), text.append(graph.describe(n)));
  };
  for (NodeId n : arguments) axes(n);
  for (const Statement* s : statements) axes(s->result);
  for (NodeId n : arguments) sizes(n);
  for (const Statement* s : statements) sizes(s->result);
  return found;
}

}  // namespace

std::vector<HandFactor> hand_factors(const HandGraph& graph, const std::vector<NodeId>& arguments) {
  const std::string twice = "Is a factor 1/2 missing, or the 2 of a square there twice?";
  const std::string half = "Is the 2 from the derivative of a square missing, or a factor 1/2 there twice?";
  std::vector<HandFactor> all{{-1, "-1", "", "The sign is wrong."},
                              {2, "2", "", twice},
                              {0.5, "1/2", "", half},
                              {-2, "-2", "", "The sign is wrong too."},
                              {-0.5, "-1/2", "", "The sign is wrong too."},
                              {4, "4", "", ""},
                              {0.25, "1/4", "", ""}};
  const std::string much = "Is 1/m missing, or a sum written for a mean?";
  const std::string little = "Is 1/m applied twice, or a mean written for a sum?";
  const std::string bessel = "Is it n where it should be n - 1, or the other way round?";
  // Every m alone before what takes a second mistake: m = 6 before 2 m for m = 3.
  const std::map<Index, std::string> sizes = extents(graph, arguments);
  for (const bool alone : {true, false})
    for (const auto& size : sizes) {
      const double m = static_cast<double>(size.first);
      const std::string of = std::to_string(size.first) + ": " + size.second, legend = "m = " + of,
                        n_legend = "n = " + of;
      if (alone) {
        all.push_back({m, "m", legend, much});
        all.push_back({1 / m, "1/m", legend, little});
        all.push_back({-m, "-m", legend, much + " The sign is wrong too."});
        all.push_back({-1 / m, "-1/m", legend, little + " The sign is wrong too."});
        continue;
      }
      all.push_back({(m - 1) / m, "(n - 1)/n", n_legend, bessel});
      all.push_back({m / (m - 1), "n/(n - 1)", n_legend, bessel});
      all.push_back({m * m, "m^2", legend, much});
      all.push_back({1 / (m * m), "1/m^2", legend, little});
      all.push_back({2 * m, "2 m", legend, much});
      all.push_back({2 / m, "2/m", legend, little});
      all.push_back({m / 2, "m/2", legend, much});
      all.push_back({0.5 / m, "1/(2 m)", legend, little});
    }
  // m = 2 is also just 2. One factor of each value, but it tells of both.
  std::vector<HandFactor> distinct;
  for (HandFactor& f : all) {
    const auto same = std::find_if(distinct.begin(), distinct.end(), [&](const HandFactor& d) {
      return std::abs(d.value - f.value) < 1e-12 * std::abs(f.value);
    });
    if (f.value == 1) continue;
    if (same == distinct.end()) distinct.push_back(std::move(f));
    else if (same->legend.empty() && (f.name == "m" || f.name == "1/m"))
      same->legend = "or " + f.name + ", " + f.legend;
  }
  return distinct;
}

bool HandMatcher::equal(const Flat& given, const Flat& candidate, double c, double choices) const {
  const Comparison r = compare(given, candidate, close_, c);
  if (!r.wrong.empty()) return false;
  const auto different = std::count_if(given.v.begin(), given.v.end(), [](double x) { return x != 0; });
  const double coincidence =
      std::pow(2 * std::max(r.normwise, 1e-16), static_cast<double>(std::clamp<std::ptrdiff_t>(different, 1, 2)));
  return choices * static_cast<double>(tried_) * coincidence < 1e-3;
}

std::optional<HandMatch> HandMatcher::match(const Flat& given, const Flat& candidate, bool simple) {
  ++tried_;
  const auto with_factor = [&](const Flat& c, HandMatch m) -> std::optional<HandMatch> {
    if (equal(given, c, 1, 1)) return m;
    if (simple) return {};
    double gc = 0, cc = 0;
    for (std::size_t i = 0; i < c.v.size(); ++i) gc += given.v[i] * c.v[i], cc += c.v[i] * c.v[i];
    for (const HandFactor& f : factors_)
      if (std::abs(gc / cc - f.value) <= 10 * close_.relative * std::abs(f.value) &&
          equal(given, c, f.value, static_cast<double>(factors_.size()))) {
        m.factor = &f;
        return m;
      }
    return {};
  };
  if (given.shape == candidate.shape) {
    if (const auto m = with_factor(candidate, {})) return m;
  }
  if (given.v.size() != candidate.v.size()) return {};
  if ((!simple || !(given.shape == candidate.shape)) && given.shape.size() >= 2) {
    const Flat t = transposed(candidate);
    if (given.shape == t.shape && !(given.shape == candidate.shape && t.v == candidate.v))
      if (const auto m = with_factor(t, {nullptr, true, false})) return m;
  }
  // The same but for axes of extent 1.
  const auto squeezed = [](const Shape& s) {
    Shape out;
    for (Index d : s)
      if (d != 1) out.push_back(d);
    return out;
  };
  if (!(given.shape == candidate.shape) && squeezed(given.shape) == squeezed(candidate.shape))
    return with_factor(candidate, {nullptr, false, true});
  return {};
}

}  // namespace autograd::check
