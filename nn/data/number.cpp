// A short path for what nearly all fields are, std::from_chars for the rest, and what it leaves to be decided.
#include <charconv>
#include <cmath>
#include <cstdint>
#include <system_error>
#include <nn/data/number.hpp>

namespace nn::detail {
namespace {

using Kind = Number::Kind;

/// True if a number outside the range of double is too small rather than too large: by its first digit's exponent.
bool is_tiny(const char* p, const char* end) {
  long long exponent = 0, place = -1;  // of the digits before the point, then of the first one that is not 0
  bool point = false, found = false;
  for (; p != end && *p != 'e' && *p != 'E'; ++p) {
    if (*p == '.') point = true;
    if (*p < '0' || *p > '9') continue;
    found = found || *p != '0';
    if (!point && found) ++place;
    if (point && !found) --place;
  }
  if (p != end) {
    p += p + 1 != end && p[1] == '+' ? 2 : 1;
    if (std::from_chars(p, end, exponent).ec == std::errc::result_out_of_range) return *p == '-';
  }
  return exponent < -place;
}

/// The common case, digits with or without a point: if the digits make an integer below 2^53, one division by an exact
/// power of ten rounds correctly (Clinger 1990). Gives `p` back as the end if the number is not of this kind.
Number parse_short(const char* p, const char* end) {
  static constexpr double power[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                     1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  const char* q = p + (p != end && *p == '-');
  const auto digit = [&] { return q != end && *q >= '0' && *q <= '9'; };
  const char* const first = q;
  const char* point = nullptr;
  std::int64_t integer = 0;
  for (; q - first <= 15 && (digit() || (q != end && *q == '.' && !point)); ++q) {
    if (*q == '.') point = q;
    else integer = integer * 10 + (*q - '0');
  }
  const auto length = q - first;
  if (length == 0 || length > 15 || (length == 1 && point) || (q != end && (*q == 'e' || *q == 'E')))
    return {Kind::text, 0, p};
  double value = static_cast<double>(integer);
  if (point) value /= power[q - point - 1];
  return {Kind::number, *p == '-' ? -value : value, q};
}

}  // namespace

Number parse_number(const char* p, const char* end) {
  if (end - p > 1 && *p == '+' && p[1] != '-') ++p;
  if (const Number n = parse_short(p, end); n.end != p) return n;
  double value = 0;
  const auto [stop, status] = std::from_chars(p, end, value);
  if (status == std::errc::invalid_argument) return {Kind::text, 0, p};
  if (status == std::errc::result_out_of_range) {
    if (is_tiny(p, stop)) return {Kind::number, *p == '-' ? -0.0 : 0.0, stop};
    return {Kind::too_large, 0, stop};
  }
  return {std::isfinite(value) ? Kind::number : Kind::not_finite, value, stop};
}

}  // namespace nn::detail
