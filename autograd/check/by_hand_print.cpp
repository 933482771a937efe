// How a check by hand reads.
#include <algorithm>
#include <cstdio>
#include <ostream>

#include <autograd/check_by_hand.hpp>
#include <autograd/core/number_text.hpp>

namespace autograd {

std::string_view HandGradient::band() const {
  if (!(elementwise <= 1e-2)) return "wrong";
  if (elementwise > 1e-4) return "uneasy";
  return elementwise > 1e-7 ? "fine with kinks" : "good";
}

bool HandReport::ok() const {
  return complaint.empty() && std::all_of(gradients.begin(), gradients.end(), [](const auto& g) { return g.ok; });
}

namespace {

// "dW[0, 2]" and "dx".
std::string element_name(const HandGradient& g, Index element) {
  std::string name("d");
  name.append(g.name);
  return g.shape.empty() ? name : name.append(core::index_text(g.shape, element));
}

void print(std::ostream& out, const HandGradient& g, std::size_t width) {
  char text[200];
  std::snprintf(text, sizeof text, "  %-*s  %s  ", static_cast<int>(width), g.name.c_str(), g.ok ? "right" : "WRONG");
  out << text << to_string(g.shape);
  if (!(g.shape == g.given_shape)) out << ", given " << to_string(g.given_shape);
  if (std::size_t(core::count(g.given_shape)) == std::size_t(core::count(g.shape))) {
    const std::string band(g.band());
    std::snprintf(text, sizeof text, ": worst element %.1e (%s), norm-wise %.1e", g.elementwise, band.c_str(),
                  core::printable(g.normwise));
    out << text;
  }
  out << '\n';
  if (g.ok) return;
  if (g.not_finite > 0) out << "      " << g.not_finite << " of the elements given are NaN or infinite.\n";
  for (std::size_t k = 0; k < g.explanations.size(); ++k)
    out << (k == 0 ? "      " : "      or: ") << g.explanations[k].text << '\n';
  if (g.explanations.empty() && g.not_finite == 0)
    out << "      No mistake of the catalogue explains the difference.\n";
  if (g.worst.empty()) return;
  std::string of;
  if (const Index all = core::count(g.shape); all > 1)
    of = std::to_string(g.wrong) + " of " + std::to_string(all) +
         (g.wrong == 1 ? " elements differs" : " elements differ");
  std::snprintf(text, sizeof text, "      %-27s %14s %14s\n", of.c_str(), "yours", "right");
  out << text;
  for (const HandGradient::Element& e : g.worst) {
    std::snprintf(text, sizeof text, "      %-27s %14s %14s\n", element_name(g, e.element).c_str(),
                  core::number_text(e.given).c_str(), core::number_text(e.right).c_str());
    out << text;
  }
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const HandReport& report) {
  const auto wrong =
      std::count_if(report.gradients.begin(), report.gradients.end(), [](const auto& g) { return !g.ok; });
  out << "check_by_hand: ";
  if (report.ok()) out << "right";
  else if (wrong > 0) out << "WRONG, " << wrong << " of " << report.gradients.size();
  else out << "not checked";
  out << (wrong > 0 ? " gradients\n" : "\n");
  if (!report.complaint.empty()) out << "  " << report.complaint << ".\n";
  std::size_t width = 0;
  for (const HandGradient& g : report.gradients) width = std::max(width, g.name.size());
  for (const HandGradient& g : report.gradients) print(out, g, width);
  return out;
}

}  // namespace autograd
