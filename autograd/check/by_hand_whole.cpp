// Slips that show in the gradient as a whole: a factor, a transposition, a missing sum, another argument's gradient.
#include <algorithm>
#include <cctype>
#include <cmath>

#include <autograd/check/by_hand_slips.hpp>

namespace autograd::check {

std::string HandSubject::gradient() const {
  const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '_'; });
  return std::string(plain ? "d" : "the gradient of ").append(name);
}

namespace {

using Found = std::vector<Explanation>;

void add(Found& found, Mistake mistake, std::string text, int steps = 1) {
  found.push_back({mistake, std::move(text), "", {}, steps});
}

std::string shape_of(const Flat& x) { return to_string(x.shape); }

std::string with_legend(const HandFactor& f) { return f.legend.empty() ? f.name : f.name + " (" + f.legend + ")"; }

// "and besides ..." for what a match took.
std::string besides(const HandMatch& m) {
  std::string text;
  if (m.transposed) text += " It is transposed as well.";
  if (m.factor) text.append(" There is also a factor ").append(with_legend(*m.factor)).append(".");
  return text;
}

// 0 everywhere, or right except where it is 0.
void zeros(const HandSubject& s, const HandMatcher& matcher, Found& found) {
  const auto is_zero = [](double x) { return x == 0; };
  const bool given_zero = std::all_of(s.given.v.begin(), s.given.v.end(), is_zero);
  if (std::all_of(s.right.v.begin(), s.right.v.end(), is_zero))
    return add(found, Mistake::not_reached, "The function does not depend on `" + s.name + "`: its gradient is 0.");
  if (given_zero) return add(found, Mistake::not_reached, s.gradient() + " is 0 everywhere: was it never computed?");
  if (!(s.given.shape == s.right.shape)) return;
  const Comparison c = compare(s.given, s.right, matcher.close());
  if (std::all_of(c.wrong.begin(), c.wrong.end(), [&](std::size_t i) { return s.given.v[i] == 0; }))
    add(found, Mistake::not_reached,
        s.gradient() + " is right except where it is 0: " + std::to_string(c.wrong.size()) +
            " of its elements, the first at " + core::index_text(s.given.shape, static_cast<Index>(c.wrong.front())) +
            ", were never computed.");
}

void shape_and_factor(const HandSubject& s, HandMatcher& matcher, Found& found) {
  const auto m = matcher.match(s.given, s.right, false);
  if (!m) return;
  const std::string d = s.gradient();
  if (m->factor) {
    std::string text = "Off by exactly a factor " + m->factor->name + " in " + d;
    if (!m->factor->legend.empty()) text += " (" + m->factor->legend + ")";
    text += ".";
    if (!m->factor->hint.empty()) text += " " + m->factor->hint;
    if (m->transposed) text += " It is transposed as well.";
    if (m->reshaped) text += " Its shape " + shape_of(s.given) + " should be " + shape_of(s.right) + ".";
    add(found, Mistake::factor, text, m->steps());
  } else if (m->transposed) {
    std::string text = d + " is the transpose of the gradient";
    if (!(s.given.shape == s.right.shape))
      text += ": its shape is " + shape_of(s.given) + ", that of `" + s.name + "` is " + shape_of(s.right);
    add(found, Mistake::transposed, text + ".");
  } else if (m->reshaped) {
    add(found, Mistake::shape,
        "The elements of " + d + " are right, its shape " + shape_of(s.given) + " is not: `" + s.name +
            "` has the shape " + shape_of(s.right) + ".");
  }
}

// Summed over some of its axes, it would be right.
void missing_sum(const HandSubject& s, HandMatcher& matcher, Found& found) {
  const std::size_t rank = s.given.shape.size();
  if (rank == 0 || rank > 4 || s.given.v.size() <= s.right.v.size()) return;
  const Tensor given = Tensor::of(s.given.v, s.given.shape);
  for (unsigned subset = 1; subset < 1u << rank; ++subset) {
    Shape axes;
    std::string names;
    for (std::size_t d = 0; d < rank; ++d)
      if (subset >> d & 1) {
        axes.push_back(static_cast<Index>(d));
        names += (names.empty() ? "" : " and ") + std::to_string(d);
      }
    const Flat total = flat(Tensor(sum(given, Axes(axes))));
    if (total.v.size() != s.right.v.size()) continue;
    const auto m = matcher.match(total, Flat{total.shape, s.right.v}, false);
    if (!m) continue;
    add(found, Mistake::missing_sum,
        "A sum over axis " + names + " is missing in " + s.gradient() + ": its shape is " + shape_of(s.given) +
            ", that of `" + s.name + "` is " + shape_of(s.right) + "." + besides(*m),
        1 + m->steps());
    return;
  }
}

void other_argument(const std::vector<HandSubject>& subjects, std::size_t k, HandMatcher& matcher, Found& found) {
  const HandSubject& s = subjects[k];
  for (std::size_t j = 0; j < subjects.size(); ++j) {
    if (j == k) continue;
    const HandSubject& other = subjects[j];
    const auto m = matcher.match(s.given, other.right, false);
    if (!m) continue;
    const bool both = !other.ok && matcher.match(other.given, s.right, true) && m->steps() == 0;
    add(found, Mistake::swapped,
        both ? s.gradient() + " and " + other.gradient() + " are swapped."
             : s.gradient() + " is the gradient of `" + other.name + "`: is an index shifted?" + besides(*m),
        1 + m->steps());
  }
}

}  // namespace

std::vector<Explanation> whole_slips(const std::vector<HandSubject>& subjects, std::size_t k, HandMatcher& matcher) {
  Found found;
  zeros(subjects[k], matcher, found);
  if (!found.empty()) return found;
  shape_and_factor(subjects[k], matcher, found);
  missing_sum(subjects[k], matcher, found);
  other_argument(subjects, k, matcher, found);
  return found;
}

}  // namespace autograd::check
