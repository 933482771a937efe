// See kinks.hpp.
#include <autograd/check/kinks.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>

#include <autograd/check/report.hpp>
#include <autograd/core/number.hpp>

namespace autograd::core {

Course::Course(const Recording& recording, bool also_choices)
    : branches(recording.branches()), with_choices(also_choices), finite(std::isfinite(recording.result().value())) {
  for (const Statement* s : recording.tape().statements()) {
    operations.emplace_back(s->name(), s->where);
    if (!also_choices || !s->elementwise()) continue;
    std::vector<Array> x;
    for (std::size_t k = 0; k < s->arguments().size(); ++k) x.push_back(recording.value_of(*s, k));
    std::vector<std::int64_t> ways = choices_of(*s, x);
    if (ways.empty()) continue;
    choosers.push_back(operations.size() - 1);
    choices.push_back({s->name(), s->where, std::move(ways)});
  }
}

std::vector<std::int64_t> choices_of(const Statement& s, std::span<const Array> x) {
  if (!std::all_of(x.begin(), x.end(), [](const Array& a) { return static_cast<bool>(a); }) || !s.elementwise() ||
      !s.branches(x).empty())
    return {};
  std::vector<ComplexArray> z;
  for (const Array& a : x) z.push_back({a, Array()});
  ComplexArray y;
  const Choices noted;
  if (s.complex_value(z, y)) return {};
  const auto& ways = noted.ways();
  if (std::all_of(ways.begin(), ways.end(), [](std::int64_t w) { return w == Choices::none; })) return {};
  return ways;
}

std::vector<std::size_t> other_choices(const Course& a, const Course& b) {
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < std::min(a.choices.size(), b.choices.size()); ++i)
    if (a.choosers[i] == b.choosers[i] && a.choices[i].ways != b.choices[i].ways) others.push_back(i);
  return others;
}

std::string difference(const Course& a, const Course& b) {
  const std::size_t common = std::min(a.branches.size(), b.branches.size());
  for (std::size_t i = 0; i < common; ++i) {
    const Branches &l = a.branches[i], &r = b.branches[i];
    if (l.op == r.op && l.where.line == r.where.line && l.ways != r.ways) {
      std::string text = "a kink in ";
      return text.append(op_text(l.op, l.where));
    }
  }
  const std::size_t length = std::min(a.operations.size(), b.operations.size());
  for (std::size_t i = 0; i < length; ++i)
    if (a.operations[i].first != b.operations[i].first || a.operations[i].second.line != b.operations[i].second.line) {
      std::string text = "into another way through the program, from ";
      return text.append(op_text(a.operations[i].first, a.operations[i].second)).append(" on");
    }
  if (a.operations.size() != b.operations.size() || a.branches.size() != b.branches.size())
    return "into another way through the program, of another number of operations";
  if (const auto others = other_choices(a, b); !others.empty()) {
    const Branches& chooser = a.choices[others.front()];
    std::string text = "a kink in ";
    return text.append(op_text(chooser.op, chooser.where));
  }
  if (a.finite && !b.finite) return "the end of the function's domain";
  return {};
}

Course course_of(const Subject& subject, bool choices) { return Course(Recording(subject), choices); }

Reach reach(const Subject& subject, const Course& here, const std::function<void(double)>& move, double first,
            int rungs) {
  Reach r;
  double h = first;
  for (int i = 0; i < rungs; ++i, h /= rung) {
    r.obstacle.clear();
    for (const double t : {h, -h}) {
      move(t);
      r.obstacle = difference(here, course_of(subject, here.with_choices));
      if (!r.obstacle.empty()) break;
    }
    if (r.obstacle.empty()) {
      r.step = h;
      break;
    }
  }
  move(0);
  return r;
}

double reach_on_side(const Subject& subject, const std::function<void(double)>& move, double first, bool choices) {
  double smallest = first;
  for (int i = 1; i < ladder; ++i) smallest /= rung;
  move(smallest / 512);  // where the last of its differences lies
  const Course near = course_of(subject, choices);
  double h = first;
  for (int i = 0; i + 1 < ladder; ++i, h /= rung) {
    move(h);
    if (difference(near, course_of(subject, choices)).empty()) break;
  }
  move(0);
  return h;
}

}  // namespace autograd::core
