// What the numbers of a report say: measures, bands, places. Printing is in print_report.cpp.
#include <autograd/check/report.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iomanip>
#include <ostream>

namespace autograd {

Band band_of(double relative) {
  return relative < 1e-7 ? Band::good : relative < 1e-4 ? Band::fine : relative <= 1e-2 ? Band::uneasy : Band::wrong;
}

std::string to_string(Band band) {
  constexpr const char* names[] = {"good", "fine", "uneasy", "wrong"};
  return names[static_cast<int>(band)];
}

double GradcheckReading::reference() const {
  if (quad) return *quad;
  return complex && !(std::abs(*complex - numeric) > allowed) ? *complex : numeric;
}

double GradcheckReading::relative() const {
  const double n = reference(), gap = std::abs(reverse - n), scale = std::max(std::abs(reverse), std::abs(n));
  if (std::isnan(gap)) return std::numeric_limits<double>::infinity();
  return gap == 0 || (gap <= allowed && scale <= 1e3 * noise) ? 0 : gap / scale;
}

bool GradcheckReading::between_slopes() const {
  const double slack = 1e-6 * std::max(std::abs(left), std::abs(right));
  return reverse >= std::min(left, right) - slack && reverse <= std::max(left, right) + slack;
}

bool GradcheckReport::ok() const {
  return complaint.empty() && dot.ok && (!symmetry || symmetry->ok) &&
         std::all_of(readings.begin(), readings.end(), [](const auto& r) { return r.ok; });
}

namespace {
double normwise_of(const std::vector<GradcheckReading>& readings, const std::size_t* argument) {
  double apart = 0, a = 0, n = 0;
  for (const GradcheckReading& r : readings) {
    if ((argument && r.argument != *argument) || !r.kink.empty()) continue;
    apart += (r.reverse - r.reference()) * (r.reverse - r.reference());
    a += r.reverse * r.reverse;
    n += r.reference() * r.reference();
  }
  return apart == 0 ? 0 : std::sqrt(apart) / (std::sqrt(a) + std::sqrt(n));
}
}  // namespace

double GradcheckReport::normwise(std::size_t argument) const { return normwise_of(readings, &argument); }
double GradcheckReport::normwise() const { return normwise_of(readings, nullptr); }

std::array<std::size_t, 4> GradcheckReport::bands() const {
  std::array<std::size_t, 4> counts{};
  for (const GradcheckReading& r : readings)
    if (r.kink.empty()) ++counts[static_cast<std::size_t>(r.band())];
  return counts;
}

std::string GradcheckReport::place(const GradcheckReading& r) const {
  return names[r.argument] + core::index_text(r.element, shapes[r.argument]);
}

void write_csv(std::ostream& out, const GradcheckReport& report) {
  const auto before = out.precision(17);
  const auto number = [&](double v) {
    out << ',';
    if (!std::isnan(v)) out << v;
  };
  const auto optional = [&](const std::optional<double>& v) { v ? number(*v) : number(GradcheckReading::none); };
  // A field with a comma or a quote in it goes between quotes.
  const auto text = [&](std::string_view s) {
    if (s.find_first_of(",\"\n") == s.npos) {
      out << s;
      return;
    }
    out << '"';
    for (const char c : s) out << (c == '"' ? "\"\"" : std::string_view(&c, 1));
    out << '"';
  };
  out << "argument,element,index,at,reverse,forward,numeric,uncertainty,complex,quad,left,right,allowed,relative,band,"
         "kink,ok\n";
  for (const GradcheckReading& r : report.readings) {
    text(report.names[r.argument]);
    out << ',' << r.element << ',';
    text(core::index_text(r.element, report.shapes[r.argument]));
    for (const double v : {r.at, r.reverse, r.forward, r.numeric, r.uncertainty}) number(v);
    optional(r.complex);
    optional(r.quad);
    for (const double v : {r.left, r.right, r.allowed}) number(v);
    number(r.kink.empty() ? r.relative() : GradcheckReading::none);
    out << ',' << (r.kink.empty() ? to_string(r.band()) : std::string("kink")) << ',';
    text(r.kink);
    out << ',' << (r.ok ? "yes" : "no") << '\n';
  }
  out.precision(before);
}

namespace core {

std::string place_of(SourceLocation where) {
  if (!where.line) return {};
  const std::string_view file = where.file;
  const std::size_t slash = file.find_last_of("/\\");
  std::string text(slash == file.npos ? file : file.substr(slash + 1));
  return text.append(":").append(std::to_string(where.line));
}

std::string index_text(Index element, const Shape& shape) {
  if (shape.empty()) return {};
  std::string at;
  for (std::size_t d = shape.size(); d-- > 0; element /= std::max<Index>(shape[d], 1)) {
    std::string part = std::to_string(element % std::max<Index>(shape[d], 1));
    if (!at.empty()) part.append(", ").append(at);
    at = part;
  }
  return std::string("[").append(at).append("]");
}

std::string slopes_apart(const GradcheckReport& report) {
  for (const GradcheckReading& r : report.readings) {
    if (r.ok || !r.kink.empty() || std::isnan(r.left)) continue;
    char slopes[80];
    std::snprintf(slopes, sizeof slopes, "%.6g and %.6g", r.left, r.right);
    std::string text = "at ";
    return text.append(report.place(r))
        .append(" the slopes on both sides differ, ")
        .append(slopes)
        .append(
            ". If an operation has a kink there, its op has to declare `branch` (autograd/op/contract.hpp): at a kink "
            "an element is judged by the slopes on its sides");
  }
  return {};
}

std::string op_text(std::string_view op, SourceLocation where) {
  std::string text(op);
  const std::string place = place_of(where);
  return place.empty() ? text : text.append(where.around ? " within " : " at ").append(place);
}

}  // namespace core
}  // namespace autograd
