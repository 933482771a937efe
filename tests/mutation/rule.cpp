// The mutants of a rule, and of its broadcasting, one after the other.
#include <tests/mutation/broadcast.hpp>

namespace mutation {

std::vector<double> fingerprint(const battery::Example& e) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> number(-2, 2);
  const auto draw = [&](const Shape& shape) {
    std::vector<double> v;
    for (Index i = 0; i < ag::core::count(shape); ++i)
      v.push_back(e.positive ? 0.25 + std::fabs(number(random)) : number(random));
    return Tensor::of(v, shape);
  };
  std::vector<double> out;
  ag::Tape tape{ag::record_graph};
  std::vector<Tensor> x, dx;
  for (const Shape& s : e.shapes) x.push_back(tape.variable(draw(s))), dx.push_back(draw(s));
  const Tensor y = e.call(x);
  const auto g = tape.gradient(y, draw(y.shape()));
  for (const Tensor& t : x)
    for (double v : g[t].to_vector()) out.push_back(v);
  for (double v : tape.pushforward(x, dx, {y})[0].to_vector()) out.push_back(v);
  return out;
}

namespace {

// The first thing that the battery says of some examples, empty if nothing.
std::string found(const std::string& name, const battery::Example& e) {
  battery::Verdict verdict(name, battery::Failures::counted);
  battery::ExampleBattery(e, verdict).run();
  return verdict.first();
}
bool differ(const std::vector<double>& a, const std::vector<double>& b) {
  for (std::size_t j = 0; j < a.size(); ++j)
    if (!(std::fabs(a[j] - b[j]) <= 1e-14 * (1 + std::fabs(b[j])))) return true;
  return false;
}
// What the examples give without a mutation, which must be right.
std::vector<std::vector<double>> right(const std::string& name, const std::vector<battery::Example>& examples,
                                       Tally& tally) {
  ++tally.ops;
  std::vector<std::vector<double>> out;
  for (const battery::Example& e : examples) {
    const std::string complaint = found(name, e);
    if (!complaint.empty()) tally.complaints.push_back(complaint);
    out.push_back(fingerprint(e));
  }
  return out;
}
// The mutation that is chosen.
void kill(const std::string& name, const std::string& what, const std::vector<battery::Example>& examples,
          const std::vector<std::vector<double>>& want, bool always, Tally& tally) {
  bool some = false, dead = false;
  for (std::size_t i = 0; i < examples.size() && !dead; ++i) {
    if (!always && !differ(fingerprint(examples[i]), want[i])) continue;
    some = true;
    dead = !found(name, examples[i]).empty();
  }
  if (some) tally.count(name, what, dead);
  else ++tally.without_effect;
}

}  // namespace

void mutate_rule(const std::string& name, const std::vector<battery::Example>& examples, bool general, Tally& tally) {
  chosen_rule = {};
  const auto want = right(name, examples, tally);
  std::size_t arguments = 0;
  Index axes = 0;
  for (const battery::Example& e : examples) {
    arguments = std::max(arguments, e.shapes.size());
    for (const Shape& s : e.shapes) axes = std::max(axes, static_cast<Index>(s.size()));
  }
  for (bool pushforward : {false, true}) {
    if (pushforward && !general) continue;
    for (int f = 1; f < static_cast<int>(Fault::count); ++f)
      for (Index axis = 0; axis < (at_axis(static_cast<Fault>(f)) ? axes : 1); ++axis)
        for (std::size_t k = 0; k < (at_argument(static_cast<Fault>(f)) ? arguments : 1); ++k) {
          chosen_rule = {static_cast<Fault>(f), axis, k, pushforward};
          const std::string what = std::string(pushforward ? "pushforward " : "") + fault_names[f] + ", axis " +
                                   std::to_string(axis) + ", argument " + std::to_string(k);
          kill(name, what, examples, want, false, tally);
        }
  }
  chosen_rule = {};
}

void mutate_broadcast(const std::string& name, const std::vector<battery::Example>& examples, Tally& tally) {
  chosen_broadcast = {};
  const auto want = right(name, examples, tally);
  for (int s = 1; s < static_cast<int>(Slack::count); ++s)
    for (std::size_t k = 0; k < examples[0].shapes.size(); ++k) {
      const auto slack = static_cast<Slack>(s);
      if (k > 0 && (slack == Slack::second_lost || slack == Slack::stale)) continue;
      chosen_broadcast = {slack, k};
      kill(name, slack_names[s] + std::string(", argument ") + std::to_string(k), examples, want,
           slack == Slack::second_lost, tally);
    }
  chosen_broadcast = {};
}

}  // namespace mutation
