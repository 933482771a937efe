// See blame.hpp.
#include <autograd/check/blame.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <autograd/check/differences.hpp>
#include <autograd/check/local_rule.hpp>
#include <autograd/core/number_text.hpp>

namespace autograd::core {
namespace {

// The first operation that reads a constant which changes with the arguments: what the tape does not see.
std::string hidden_dependence(const Subject& s, const GradcheckReport& report) {
  const auto wrong = std::find_if(report.readings.begin(), report.readings.end(), [](const auto& r) { return !r.ok; });
  if (wrong == report.readings.end()) return {};
  double& element = s.arguments[wrong->argument].data<double>()[wrong->element];
  const Recording here(s);
  if (!here.tape().node(here.result()))
    return "The result is a constant for the tape, though it changes with " + report.place(*wrong) +
           ": it came through stop_gradient, value(), data() or array()";
  // Values are compared only after the argument is back: the tape's first nodes look at its memory.
  const auto constants = [](const Recording& r) {
    std::vector<std::vector<Array>> all;
    for (const Statement* t : r.tape().statements()) {
      all.emplace_back();
      for (std::size_t k = 0; k < t->arguments().size(); ++k)
        all.back().push_back(t->arguments()[k] ? Array() : t->constant(k));
      for (Array& c : all.back())
        if (c) c = c.copy();
    }
    return all;
  };
  const auto before = constants(here);
  element = wrong->at + first_step(wrong->at);
  std::vector<std::vector<Array>> after;
  try {
    const Recording there(s);
    after = constants(there);
  } catch (...) {
    element = wrong->at;
    throw;
  }
  element = wrong->at;
  for (std::size_t i = 0; i < std::min(before.size(), after.size()); ++i)
    for (std::size_t k = 0; k < std::min(before[i].size(), after[i].size()); ++k) {
      const Array &a = before[i][k], &b = after[i][k];
      if (!a || !b || !(a.shape() == b.shape())) continue;
      if (Tensor(a).to_vector() == Tensor(b).to_vector()) continue;
      const Statement& t = *here.tape().statements()[i];
      return "argument " + std::to_string(k) + " of " + op_text(t.name(), t.where) + " changes with " +
             report.place(*wrong) +
             ", but is a constant for the tape: it came through stop_gradient, value(), data() or array()";
    }
  return {};
}

// How many decimal digits a sum loses: the size of its terms over its own.
struct Cancellation {
  double digits = 0;
  std::string text;
};

constexpr std::string_view movers[] = {
    "element", "stack",  "reshape",  "broadcast_to",    "transpose",   "flip", "roll", "slice",
    "take",    "gather", "diagonal", "diagonal_matrix", "concatenate", "tril", "triu", "negate"};

Cancellation worst_cancellation(const Subject& s) {
  const Recording recorded(s);
  Cancellation worst;
  std::vector<bool> computed(recorded.tape().size() + 1), tensors(recorded.tape().tensor_count());
  for (const Statement* t : recorded.tape().statements()) {
    // What is only moved to another place is as exact as it was.
    bool exact = std::find(std::begin(movers), std::end(movers), t->name()) != std::end(movers);
    for (const NodeId n : t->arguments()) exact = exact && !(n && (n.tensor ? tensors : computed)[n.index]);
    (t->result.tensor ? tensors : computed)[t->result.index] = !exact;
    if ((t->name() != "add" && t->name() != "subtract") || t->arguments().size() != 2) continue;
    // The rounding of a term is lost only where it was rounded: where it was computed.
    bool rounded = false;
    for (const NodeId n : t->arguments()) rounded |= n && (n.tensor ? tensors : computed)[n.index];
    if (!rounded) continue;
    const Array y = recorded.value_of(t->result).packed();
    if (y.dtype() != float64) continue;
    const Array a = alone::spread(recorded.value_of(*t, 0), y.shape());
    const Array b = alone::spread(recorded.value_of(*t, 1), y.shape());
    for (Index i = 0; i < y.size(); ++i) {
      const double size = std::max(std::abs(a.data<double>()[i]), std::abs(b.data<double>()[i]));
      const double left = std::abs(y.data<double>()[i]);
      if (!(size > 0) || !std::isfinite(size)) continue;
      const double digits = left > 0 ? std::min(16.0, std::log10(size / left)) : 16.0;
      if (digits <= worst.digits) continue;
      char lost[64];
      std::snprintf(lost, sizeof lost, ": %.0f of 16 digits are lost", digits);
      worst = {digits, op_text(t->name(), t->where) + " cancels: " + number_text(a.data<double>()[i]) +
                           (t->name() == "add" ? " + " : " - ") + number_text(b.data<double>()[i]) + " = " +
                           number_text(y.data<double>()[i]) + lost};
    }
  }
  return worst;
}

// The first operation in float32.
std::string narrow_operation(const Subject& s) {
  const Recording recorded(s);
  for (const Statement* t : recorded.tape().statements())
    if (recorded.value_of(t->result).dtype() == float32)
      return "What remains is float32: " + op_text(t->name(), t->where) +
             " gives 7 digits, too few for differences. Convert with cast(x, y.dtype()), so that a check runs in "
             "float64";
  return {};
}

// Which elements of the failing ones the tape that records every operation has right.
bool fused_differs(const Subject& s, const GradcheckReport& report) {
  const std::vector<Tensor> plain = s.reverse_elementary();
  for (const GradcheckReading& r : report.readings) {
    if (r.ok || !r.kink.empty()) continue;
    const double v = plain[r.argument].to_vector()[static_cast<std::size_t>(r.element)];
    if (!(std::abs(v - r.reference()) < 1e-3 * std::abs(r.reverse - r.reference()))) return false;
  }
  return true;
}

std::string remaining(const Subject& s, GradcheckReport& report) {
  std::string text = "every operation's rule is right alone. ";
  const std::string slopes = slopes_apart(report), hidden = hidden_dependence(s, report);
  if (!hidden.empty()) return text + hidden + (slopes.empty() ? slopes : "; " + slopes);
  const Cancellation lost = worst_cancellation(s);
  if (lost.digits >= 6) return text + "What remains is rounding: " + lost.text;
  const bool only_kinks = std::all_of(report.readings.begin(), report.readings.end(),
                                      [](const auto& r) { return r.ok || !r.kink.empty(); });
  if (only_kinks && report.dot.ok)
    return text + "What remains is a kink: the gradient there lies outside the two slopes beside it";
  if (!slopes.empty()) return "every operation's rule is right alone, as far as can be told; " + slopes;
  const std::string narrow = narrow_operation(s);
  if (!narrow.empty()) return text + narrow;
  if (fused_differs(s, report))
    return text +
           "Recorded one by one they give the right gradient, fused they do not: this is a defect of xgrad, "
           "please report it";
  return text +
         "What remains are operations that cannot be computed again alone, or differences that are not good "
         "enough here: a function that oscillates or jumps within a step";
}

}  // namespace

std::string first_not_finite(const Subject& s) {
  s.restart();
  const BasicTape<double>::Activate none(nullptr);
  const Tape tape{detect_anomaly, s.where};
  std::vector<Tensor> x;
  try {
    projected(s.run(x), s.seed);
  } catch (const AnomalyError& e) {
    return std::string(": ").append(e.what());
  }
  return {};
}

void note_cancellation(const Subject& s, GradcheckReport& report) {
  const Cancellation lost = worst_cancellation(s);
  if (lost.digits < 12) return;
  report.notes.push_back(lost.text + ". The gradient may be rounding alone, in every reading");
}

void explain(const Subject& s, const GradcheckOptions& o, GradcheckReport& report) {
  {
    const Recording recorded(s);
    const auto statements = recorded.tape().statements();
    for (std::size_t i = 0; i < statements.size() && !report.blame; ++i) {
      report.blame = wrong_rule(recorded, *statements[i], o);
      if (report.blame) {
        report.blame->position = i + 1;
        report.blame->operations = statements.size();
      }
    }
  }
  if (!report.blame) report.remains = remaining(s, report);
}

}  // namespace autograd::core
