// How a report reads on a terminal: one line when all is well, and after a failure a table and sentences.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ostream>

#include <autograd/check/report.hpp>
#include <autograd/core/number_text.hpp>

namespace autograd {
namespace {

double shown(double x) { return core::printable(x); }
template <class T>
const T& shown(const T& x) {
  return x;
}

template <class... A>
std::string format(const char* text, const A&... a) {
  char buffer[256];
  std::snprintf(buffer, sizeof buffer, text, shown(a)...);
  return buffer;
}

// "1 element", "2 elements".
std::string several(std::size_t n, const char* what) {
  std::string text = std::to_string(n);
  return text.append(" ").append(what).append(n == 1 ? "" : "s");
}

// A NaN is as wrong as can be; as a NaN it would be in no order at all.
double badness(const GradcheckReading& r) {
  const double b = r.kink.empty() ? std::abs(r.reverse - r.reference()) / r.allowed : 0;
  return std::isnan(b) ? std::numeric_limits<double>::infinity() : b;
}

class Printer {
 public:
  Printer(std::ostream& out, const GradcheckReport& report) : out_(out), report_(report) {
    for (const GradcheckReading& r : report.readings) {
      has_complex_ = has_complex_ || r.complex;
      has_quad_ = has_quad_ || r.quad;
    }
  }

  void print() {
    headline();
    if (!report_.complaint.empty()) {
      out_ << "  " << report_.complaint << '\n';
      notes();
      return;
    }
    kinks();
    notes();
    if (report_.ok()) return;
    measures();
    worst_elements();
    pairs();
    dot_product();
    if (report_.symmetry && !report_.symmetry->ok)
      out_ << format("  the Hessian is not symmetric: <u, H v> = %.12g, but <v, H u> = %.12g\n",
                     report_.symmetry->reverse, report_.symmetry->forward);
    blame();
  }

 private:
  void notes() {
    for (const std::string& note : report_.notes) out_ << "  note: " << note << '\n';
  }

  void headline() {
    out_ << report_.title << ": " << (report_.ok() ? "ok" : "FAILED");
    if (!report_.complaint.empty()) {
      out_ << '\n';
      return;
    }
    out_ << ", " << report_.readings.size();
    if (report_.total > static_cast<Index>(report_.readings.size())) out_ << " of " << report_.total;
    out_ << " element" << (report_.readings.size() == 1 ? "" : "s") << " of "
         << several(report_.names.size() / report_.cases, "argument");
    if (report_.cases > 1) out_ << " in " << report_.cases << " shapes and axes";
    out_ << " by reverse, forward, numeric" << (has_complex_ ? ", complex step" : "") << (has_quad_ ? ", quad" : "")
         << format("; worst relative difference %.1e\n", report_.worst);
    if (!report_.no_complex_step.empty()) out_ << "  no complex step: " << report_.no_complex_step << '\n';
  }

  // Kinks that were met, each named once.
  void kinks() {
    std::vector<std::pair<std::string, std::size_t>> met;
    std::size_t count = 0;
    for (const GradcheckReading& r : report_.readings) {
      if (r.kink.empty() || !r.ok) continue;
      ++count;
      const auto known = std::find_if(met.begin(), met.end(), [&](const auto& m) { return m.first == r.kink; });
      if (known == met.end()) met.emplace_back(r.kink, 1);
      else ++known->second;
    }
    if (!count) return;
    out_ << "  " << several(count, "element") << " not compared, the gradient lies between the slopes on both sides:\n";
    for (std::size_t i = 0; i < std::min<std::size_t>(met.size(), 5); ++i)
      out_ << "    " << met[i].second << (met[i].second == 1 ? " " : " times ") << met[i].first << '\n';
    if (met.size() > 5) out_ << "    and " << met.size() - 5 << " more places\n";
  }

  void measures() {
    const auto bands = report_.bands();
    if (bands == std::array<std::size_t, 4>{}) return;  // every element is at a kink
    out_ << "  |a - n| / max(|a|, |n|):";
    for (const Band b : {Band::wrong, Band::uneasy, Band::fine, Band::good})
      if (bands[static_cast<std::size_t>(b)])
        out_ << ' ' << bands[static_cast<std::size_t>(b)] << ' ' << to_string(b) << ',';
    out_ << format(" and ||a - n|| / (||a|| + ||n||) = %.1e", report_.normwise());
    if (report_.names.size() > 1) {
      out_ << " in all,\n   ";
      for (std::size_t k = 0; k < report_.names.size(); ++k)
        out_ << ' ' << report_.names[k] << format(" %.1e", report_.normwise(k))
             << (k + 1 < report_.names.size() ? "," : "");
    }
    out_ << '\n';
  }

  void worst_elements() {
    std::vector<GradcheckReading> bad;
    std::copy_if(report_.readings.begin(), report_.readings.end(), std::back_inserter(bad),
                 [](const auto& r) { return !r.ok; });
    if (bad.empty()) return;
    std::stable_sort(bad.begin(), bad.end(), [](const auto& l, const auto& r) { return badness(l) > badness(r); });
    std::size_t width = 5;
    for (std::size_t k = 0; k < std::min<std::size_t>(bad.size(), 10); ++k)
      width = std::max(width, report_.place(bad[k]).size());
    const int w = static_cast<int>(width);
    out_ << "  " << bad.size() << " wrong, the worst first:\n"
         << format("  %-*s %12s %16s %16s %16s", w, "where", "at", "reverse", "forward", "numeric");
    if (has_complex_) out_ << format(" %16s", "complex step");
    if (has_quad_) out_ << format(" %16s", "quad");
    out_ << format(" %10s %8s\n", "relative", "allowed");
    for (std::size_t k = 0; k < std::min<std::size_t>(bad.size(), 10); ++k) {
      const GradcheckReading& r = bad[k];
      const std::string where = report_.place(r);
      out_ << format("  %-*s %12.6g %16.9g %16.9g", w, where.c_str(), r.at, r.reverse, r.forward);
      if (!r.kink.empty()) {
        out_ << "  " << r.kink << format(", slopes %.9g and %.9g on its sides\n", r.left, r.right);
        continue;
      }
      out_ << format(" %16.9g", r.numeric);
      if (has_complex_) out_ << (r.complex ? format(" %16.9g", *r.complex) : format(" %16s", "-"));
      if (has_quad_) out_ << (r.quad ? format(" %16.9g", *r.quad) : format(" %16s", "-"));
      out_ << format(" %10.1e %8.0e\n", r.relative(), r.allowed);
    }
    if (bad.size() > 10) out_ << "  and " << bad.size() - 10 << " more\n";
  }

  // Which readings are of one opinion, over all failing elements.
  void pairs() {
    bool forward = true, complex = true, forward_right = true, recorded = has_complex_, any = false;
    double formula = 0, formula_of_worst = 1, worst = 0;
    for (const GradcheckReading& r : report_.readings) {
      if (r.ok || !r.kink.empty()) continue;
      any = true;
      const double scale = std::max(std::abs(r.reverse), std::abs(r.reference()));
      const double slack = 1e-9 * scale + r.noise;
      forward = forward && std::abs(r.reverse - r.forward) <= slack;
      forward_right =
          forward_right && std::abs(r.forward - r.reference()) <= 1e-8 * scale + 2 * r.uncertainty + r.noise;
      recorded = recorded && r.complex && std::abs(*r.complex - r.reverse) <= slack &&
                 !(std::abs(r.numeric - r.reverse) <= r.allowed);
      if (r.formula && r.quad && *r.quad != 0) {
        const double off = std::abs((*r.formula - *r.quad) / *r.quad), apart = r.relative();
        formula = std::max(formula, off);
        if (apart > worst) worst = apart, formula_of_worst = off;
      }
      if (r.complex) complex = complex && std::abs(*r.complex - r.numeric) <= r.allowed;
    }
    if (!any) return;
    const bool both = has_complex_ && complex;
    if (forward && recorded)
      out_
          << "  reverse, forward and complex step, which follow the recorded operations, agree; numeric, which follows "
             "the\n  function itself, does not: it changes in a way that the tape does not see, or too fast for "
             "differences.\n";
    else if (forward)
      out_ << "  reverse and forward agree with each other, but not with "
           << (both ? "numeric and complex step, which agree too" : "the others") << why(formula_of_worst, worst);
    else if (forward_right)
      out_ << "  forward agrees with " << (both ? "numeric and complex step" : "the numeric derivative")
           << ", reverse does not: a pullback is wrong, or a sum in it.\n";
    else out_ << "  reverse and forward disagree with each other and with the numeric derivative.\n";
    if (has_complex_ && !complex && !recorded)
      out_ << "  numeric and complex step disagree: the function is not smooth enough here.\n";
    if (formula > 1e-13)
      out_ << format("  In quad precision too the formula of the derivative is off, by up to %.1e.\n", formula);
  }

  // What a formula of a derivative is that disagrees, if anything is known: where every rule is right alone, nothing
  // is.
  std::string why(double formula_of_worst, double worst) const {
    if (!report_.remains.empty()) return ".\n";
    if (formula_of_worst > 1e-13) return ":\n  a derivative's formula does not belong to its value.\n";
    return format(
        ":\n  in quad precision the formula of the derivative is right; in double precision it cancels, and %.0f of 16 "
        "digits are lost.\n",
        std::min(16.0, 16 + std::log10(worst)));
  }

  void dot_product() {
    const DotProduct& d = report_.dot;
    if (!d.done || d.ok || report_.total < 2) return;
    out_ << format("  along a random direction: <J'u, v> = %.9g (reverse), <u, J v> = %.9g (forward)", d.reverse,
                   d.forward);
    if (!std::isnan(d.numeric)) out_ << format(", %.9g (numeric)", d.numeric);
    if (d.complex) out_ << format(", %.9g (complex step)", *d.complex);
    out_ << '\n';
  }

  void blame() {
    if (!report_.blame) {
      if (!report_.remains.empty()) out_ << "  blame: " << report_.remains << ".\n";
      return;
    }
    const Blame& b = *report_.blame;
    out_ << "  blame: " << core::op_text(b.op, b.where) << ", operation " << b.position << " of " << b.operations
         << ", is wrong by itself ("
         << (b.pullback ? b.pushforward ? "reverse and forward" : "its pullback" : "its pushforward") << "):\n"
         << "    d result" << core::index_text(b.output, b.output_shape) << " / d argument " << b.argument
         << core::index_text(b.element, b.argument_shape);
    if (!b.at.empty()) {
      out_ << " at ";
      for (std::size_t k = 0; k < b.at.size(); ++k) out_ << (k ? ", " : "") << format("%.9g", b.at[k]);
    }
    out_ << format(" is %.12g, should be ", b.given);
    const double ratio = b.given / b.right;
    if (!std::isnan(b.other)) {
      out_ << format("between %.12g and %.12g, the slopes on both sides of a kink\n", std::min(b.right, b.other),
                     std::max(b.right, b.other));
      return;
    }
    out_ << format("%.12g", b.right);
    if (b.right != 0 && b.given != 0 && std::isfinite(ratio))
      out_ << (std::abs(ratio - 1) > 1e-6 ? format(" (%.9g times as much)", ratio)
                                          : format(" (off by %.1e)", std::abs(ratio - 1)));
    out_ << '\n';
  }

  std::ostream& out_;
  const GradcheckReport& report_;
  bool has_complex_ = false, has_quad_ = false;
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const GradcheckReport& report) {
  Printer(out, report).print();
  return out;
}

}  // namespace autograd
