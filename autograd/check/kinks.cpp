// See kinks.hpp.
#include <autograd/check/kinks.hpp>

#include <cmath>
#include <cstring>

#include <autograd/check/report.hpp>

namespace autograd::core {

Course::Course(const Recording& recording)
    : branches(recording.branches()), finite(std::isfinite(recording.result().value())) {
  for (const Statement* s : recording.tape().statements()) operations.emplace_back(s->name(), s->where);
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
  if (a.finite && !b.finite) return "the end of the function's domain";
  return {};
}

Course course_of(const Subject& subject) { return Course(Recording(subject)); }

Reach reach(const Subject& subject, const Course& here, const std::function<void(double)>& move, double first) {
  Reach r;
  double h = first;
  for (int i = 0; i < ladder; ++i, h /= rung) {
    r.obstacle.clear();
    for (const double t : {h, -h}) {
      move(t);
      r.obstacle = difference(here, course_of(subject));
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

double reach_on_side(const Subject& subject, const std::function<void(double)>& move, double first) {
  double smallest = first;
  for (int i = 1; i < ladder; ++i) smallest /= rung;
  move(smallest / 512);  // where the last of its differences lies
  const Course near = course_of(subject);
  double h = first;
  for (int i = 0; i + 1 < ladder; ++i, h /= rung) {
    move(h);
    if (difference(near, course_of(subject)).empty()) break;
  }
  move(0);
  return h;
}

}  // namespace autograd::core
