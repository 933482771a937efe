// The table of special values: what each elementwise op gives, and its slopes, at 24 points where formulas break:
// zeros of both signs, subnormal numbers, limits, infinities, NaN, kinks and ties. It is a file in the tree,
// special_values.txt, made by the program special_values_main.cpp and reviewed against the conventions at the edges;
// a change of any row is a change of what the library promises.
#pragma once

#include <array>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <tests/op/instances.hpp>

namespace battery {

inline constexpr std::size_t special_points = 24;

/// Point i of an op with N arguments, in the range of T.
template <class T, std::size_t N>
std::array<double, N> special_point(std::size_t i) {
  using L = std::numeric_limits<T>;
  constexpr double least = L::denorm_min(), small = L::min(), most = L::max(), inf = L::infinity();
  const double nan = L::quiet_NaN();
  if constexpr (N == 1) {
    const double points[special_points] = {0,  -0.0, least, -least, small, -small, 0.5,  -0.5, 1,     -1,  1.5,  2,
                                           -2, 3,    -3,    40,     -40,   800,    -800, most, -most, inf, -inf, nan};
    return {points[i]};
  } else if constexpr (N == 2) {
    const double points[special_points][2] = {
        {0, 0},       {-0.0, 0},     {0, -0.0}, {0, 1},   {1, 0},     {-1, 0},     {0, -1},        {1, 1},
        {-2, -2},     {2, -3},       {-2, 3},   {-2, 2},  {least, 1}, {1, least},  {least, least}, {most, 2},
        {most, most}, {-most, most}, {inf, 1},  {1, inf}, {inf, inf}, {inf, -inf}, {nan, 1},       {1, nan}};
    return {points[i][0], points[i][1]};
  } else {
    static_assert(N == 3, "the table has no points for an op of so many arguments");
    const double points[special_points][3] = {
        {0, 0, 1},      {1, 0, 1},    {-1, 0, 1},     {2, 0, 1},        {0.5, 0, 1},   {0, 0, 0},
        {2, 3, 1},      {5, 3, 1},    {0, 3, 1},      {nan, 0, 1},      {0, nan, 1},   {0, 0, nan},
        {inf, 0, 1},    {-inf, 0, 1}, {0, -inf, inf}, {inf, -inf, inf}, {least, 0, 1}, {-least, 0, 1},
        {most, 0, inf}, {-0.0, 0, 1}, {0, -0.0, 1},   {1, 2, 2},        {2, 2, 2},     {3, 2, 2}};
    return {points[i][0], points[i][1], points[i][2]};
  }
}

/// A row: the arguments, the value and the slopes, with the digits that tell numbers of T apart.
template <class T, std::size_t N>
struct SpecialRow {
  std::array<double, N> x{}, slopes{};
  double value = 0;
};

/// An op with its parameters, as failures and the table name it.
template <class Op>
std::string title(const Op& o) {
  std::ostringstream text;
  text << Op::name;
  if constexpr (requires { o.exponent; }) text << " " << o.exponent;
  if constexpr (requires { o.order; }) text << " " << o.order;
  if constexpr (requires { double{o.slope}; }) text << " " << o.slope;
  if constexpr (requires { double{o.alpha}; }) text << " " << o.alpha;
  return text.str();
}

namespace table {

template <class T>
std::string text_of(double x) {
  std::ostringstream out;
  out.precision(std::numeric_limits<T>::max_digits10);
  if (x != x) out << "nan";  // the sign of a NaN means nothing
  else out << x;
  return out.str();
}
template <class T, std::size_t N>
std::string text_of(const SpecialRow<T, N>& row) {
  std::string out;
  for (double x : row.x) out.append(text_of<T>(x)).append(" ");
  out.append("| ").append(text_of<T>(row.value)).append(" |");
  for (double p : row.slopes) out.append(" ").append(text_of<T>(p));
  return out;
}
template <class T, std::size_t N>
SpecialRow<T, N> row_from(const std::string& text) {
  std::istringstream in(text);
  std::string word;
  const auto number = [&] {
    while (in >> word && word == "|") {
    }
    return std::strtod(word.c_str(), nullptr);  // std::stod throws for a subnormal number
  };
  SpecialRow<T, N> row;
  for (double& x : row.x) x = number();
  row.value = number();
  for (double& p : row.slopes) p = number();
  return row;
}

/// The heading of an op's rows for an element type.
inline std::string heading(const std::string& op, const std::string& dtype) { return "[" + op + ", " + dtype + "]"; }

/// The rows of the file below each heading.
inline const std::map<std::string, std::vector<std::string>>& file() {
  static const auto all = [] {
    std::map<std::string, std::vector<std::string>> found;
    std::ifstream in("tests/op/special_values.txt");
    std::string line, under;
    while (std::getline(in, line)) {
      if (line.empty() || line[0] == '#') continue;
      if (line[0] == '[') under = line;
      else found[under].push_back(line);
    }
    return found;
  }();
  return all;
}

}  // namespace table

/// The row that an op gives: float64 as scalar variables of a tape, float32 as tensors.
template <class T, std::size_t N, class Op>
SpecialRow<T, N> special_row(const Op& o, const std::array<double, N>& at) {
  SpecialRow<T, N> row;
  row.x = at;
  ag::Tape tape;
  if constexpr (std::is_same_v<T, double>) {
    std::array<ag::Var, N> x;
    for (std::size_t k = 0; k < N; ++k) x[k] = tape.variable(at[k]);
    const ag::Var y = std::apply([&](auto... v) { return ag::Var(ag::evaluate(o, v...)); }, x);
    const auto g = tape.gradient(y);
    row.value = y.value();
    for (std::size_t k = 0; k < N; ++k) row.slopes[k] = g[x[k]].value();
  } else {
    std::array<ag::Tensor, N> x;
    for (std::size_t k = 0; k < N; ++k) x[k] = tape.variable(ag::Tensor(at[k], ag::core::dtype_of<T>));
    const ag::Tensor y = ag::core::apply_op(o, x, {});
    const auto g = tape.gradient(y);
    row.value = y.value();
    for (std::size_t k = 0; k < N; ++k) row.slopes[k] = g[x[k]].value();
  }
  return row;
}

}  // namespace battery
