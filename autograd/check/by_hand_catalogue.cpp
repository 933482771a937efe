// Trying the catalogue: every slip by itself, then with a factor or a transposition, then two slips together.
#include <algorithm>
#include <cmath>
#include <map>

#include <autograd/check/by_hand_slips.hpp>

namespace autograd::check {
namespace {

class Catalogue {
 public:
  Catalogue(const HandGraph& graph, const std::vector<HandSubject>& subjects, const std::vector<HandFactor>& factors,
            HandReport& report)
      : graph_(graph), subjects_(subjects), factors_(factors), report_(report) {
    for (std::size_t k = 0; k < subjects.size(); ++k) {
      nodes_.push_back(subjects[k].node);
      matchers_.emplace_back(factors, subjects[k].dtype == float32 ? close32 : close64);
      // What is not finite no mistake of ours explains.
      if (!subjects[k].ok && std::all_of(subjects[k].given.v.begin(), subjects[k].given.v.end(),
                                         [](double x) { return std::isfinite(x); }))
        open_.push_back(k);
    }
    // Each try runs a part of the sweep: so many that it stays a matter of seconds.
    double elements = 0;
    for (const HandEdge& e : graph.edges()) elements += 1000 + static_cast<double>(e.value.size());
    tries_ = static_cast<std::size_t>(std::clamp(1e9 / std::max(elements, 1.0), 50.0, 5000.0));
  }

  void run() {
    for (std::size_t k : open_) found(k) = whole_slips(subjects_, k, matchers_[k]);
    if (!unexplained().empty()) inside();
    for (std::size_t k : open_) choose(found(k));
    for (const HandMatcher& m : matchers_) report_.tried += m.tried();
  }

 private:
  struct Tried {
    const HandSlip* slip;
    std::vector<std::optional<Flat>> gradients;  // of the subjects, where it changes them
  };

  std::vector<Explanation>& found(std::size_t k) { return report_.gradients[k].explanations; }

  void inside() {
    std::vector<HandSlip> slips;
    path_slips(graph_, slips);
    slope_slips(graph_, subjects_, slips);
    product_slips(graph_, subjects_, slips);
    if (slips.size() > tries_) slips.erase(slips.begin() + static_cast<std::ptrdiff_t>(tries_), slips.end());
    for (const HandSlip& s : slips) {
      const Tried t{&s, gradients(s)};
      for (std::size_t k : open_) compare_with(k, t, true);
    }
    std::vector<std::size_t> rest = unexplained();
    if (rest.empty()) return;
    for (const HandSlip& s : slips) {
      const Tried t{&s, gradients(s)};
      for (std::size_t k : rest) {
        part_factor(k, t);
        compare_with(k, t, false);
      }
    }
    if (!unexplained().empty()) pairs(slips);
  }
  std::vector<std::size_t> unexplained() {
    std::vector<std::size_t> out;
    std::copy_if(open_.begin(), open_.end(), std::back_inserter(out), [&](std::size_t k) { return found(k).empty(); });
    return out;
  }

  std::vector<std::optional<Flat>> gradients(const HandSlip& s) const {
    std::vector<std::optional<Flat>> out(subjects_.size());
    if (s.subject) {
      out[*s.subject] = flat(*s.gradient);
      return out;
    }
    const auto edited = graph_.edited(s.edits, nodes_);
    for (std::size_t k = 0; k < out.size(); ++k)
      if (edited[k] && different(flat(*edited[k]), k)) out[k] = flat(*edited[k]);
    return out;
  }
  // A slip that changes nothing but the last digits explains nothing.
  bool different(const Flat& f, std::size_t k) const {
    return !(f.shape == subjects_[k].right.shape) || !compare(f, subjects_[k].right, close64).wrong.empty();
  }

  void compare_with(std::size_t k, const Tried& t, bool simple) {
    if (!t.gradients[k]) return;
    const Flat& candidate = *t.gradients[k];
    if (std::all_of(candidate.v.begin(), candidate.v.end(), [](double x) { return x == 0; })) return;
    const auto m = matchers_[k].match(subjects_[k].given, candidate, simple);
    if (!m) return;
    Explanation e = t.slip->explanation;
    if (m->transposed) e.text += " The result is transposed as well.";
    if (m->factor)
      e.text += " There is also a factor " + m->factor->name +
                (m->factor->legend.empty() ? "." : " (" + m->factor->legend + ").");
    if (m->reshaped) e.text += " The shape should be " + to_string(subjects_[k].right.shape) + ".";
    e.steps = 1 + m->steps();
    add(k, std::move(e));
  }

  // One contribution times c: with the contribution lost the gradient is r, so given = r + c (right - r).
  void part_factor(std::size_t k, const Tried& t) {
    const Mistake m = t.slip->explanation.mistake;
    if (m != Mistake::lost_contribution && m != Mistake::missing_term) return;
    if (!t.gradients[k] || !(t.gradients[k]->shape == subjects_[k].given.shape)) return;
    const Flat& rest = *t.gradients[k];
    Flat part = subjects_[k].right, given = subjects_[k].given;
    double pp = 0, pg = 0;
    for (std::size_t i = 0; i < part.v.size(); ++i) {
      part.v[i] -= rest.v[i];
      given.v[i] -= rest.v[i];
      pp += part.v[i] * part.v[i];
      pg += part.v[i] * given.v[i];
    }
    for (const HandFactor& f : factors_) {
      if (!(std::abs(pg / pp - f.value) <= 1e-5 * std::abs(f.value))) continue;
      Flat whole = rest;
      for (std::size_t i = 0; i < whole.v.size(); ++i) whole.v[i] += f.value * part.v[i];
      if (!matchers_[k].match(subjects_[k].given, whole, true)) continue;
      const HandEdge& edge = graph_.edges()[t.slip->edits[0].edge];
      const Statement& s = graph_.statement(edge);
      std::string text = "The contribution through " + graph_.describe(s) + " to " + graph_.describe(edge.to) +
                         " is off by a factor " + f.name;
      if (!f.legend.empty()) text += " (" + f.legend + ")";
      text += ".";
      if (!f.hint.empty()) text += " " + f.hint;
      add(k, {Mistake::part_factor, std::move(text), std::string(s.name()), s.where, 2});
    }
  }

  void pairs(const std::vector<HandSlip>& slips) {
    std::vector<const HandSlip*> common;
    for (const HandSlip& s : slips)
      if (s.pairs) common.push_back(&s);
    std::size_t left = tries_;
    for (std::size_t i = 0; i < common.size(); ++i)
      for (std::size_t j = i + 1; j < common.size() && left > 0; ++j) {
        if (common[i]->edits[0].edge == common[j]->edits[0].edge) continue;
        --left;
        HandSlip both = *common[i];
        both.edits.insert(both.edits.end(), common[j]->edits.begin(), common[j]->edits.end());
        both.explanation.text += " And: " + common[j]->explanation.text;
        both.explanation.steps = 2;
        const Tried t{&both, gradients(both)};
        for (std::size_t k : open_) {
          if (!t.gradients[k] || (!found(k).empty() && found(k)[0].steps < 2)) continue;
          if (matchers_[k].match(subjects_[k].given, *t.gradients[k], true)) add(k, both.explanation);
        }
      }
  }

  void add(std::size_t k, Explanation e) {
    for (const Explanation& known : found(k))
      if (known.text == e.text) return;
    ++explains_[e.text];
    found(k).push_back(std::move(e));
  }

  // The fewest mistakes first; among equals that which explains most arguments. Three at most.
  void choose(std::vector<Explanation>& all) {
    std::stable_sort(all.begin(), all.end(), [&](const Explanation& l, const Explanation& r) {
      if (l.steps != r.steps) return l.steps < r.steps;
      return explains_[l.text] > explains_[r.text];
    });
    const auto more =
        std::find_if(all.begin(), all.end(), [&](const Explanation& e) { return e.steps > all[0].steps; });
    all.erase(more, all.end());
    // A value of another layer may also just be the next one: then it says the same, and less clearly.
    const auto plain = [](const Explanation& e) { return e.mistake != Mistake::other_layer; };
    if (std::any_of(all.begin(), all.end(), plain)) std::erase_if(all, [&](const Explanation& e) { return !plain(e); });
    if (all.size() > 3) all.resize(3);
  }

  const HandGraph& graph_;
  const std::vector<HandSubject>& subjects_;
  const std::vector<HandFactor>& factors_;
  HandReport& report_;
  std::vector<NodeId> nodes_;
  std::vector<HandMatcher> matchers_;
  std::vector<std::size_t> open_;
  std::map<std::string, int> explains_;
  std::size_t tries_;
};

}  // namespace

HandSlip::HandSlip(Mistake mistake, std::string text, std::string op, SourceLocation where) {
  explanation.mistake = mistake;
  explanation.text = std::move(text);
  explanation.op = std::move(op);
  explanation.where = where;
}

void explain(const HandGraph& graph, const std::vector<HandSubject>& subjects, const std::vector<HandFactor>& factors,
             HandReport& report) {
  Catalogue(graph, subjects, factors, report).run();
}

}  // namespace autograd::check
