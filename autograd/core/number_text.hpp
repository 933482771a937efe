// Numbers in messages and reports.
#pragma once

#include <cmath>
#include <cstdio>
#include <limits>
#include <string>

namespace autograd::core {

/// The same number; a NaN without its sign, which says nothing, and which processors choose by chance.
inline double printable(double x) { return std::isnan(x) ? std::numeric_limits<double>::quiet_NaN() : x; }

/// Six digits: "0.25", "1e+20", "nan".
inline std::string number_text(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", printable(x));
  return text;
}

}  // namespace autograd::core
