// Kinks: which steps from x stay on one smooth piece of the function, and what stands in the way of the others.
#pragma once

#include <string>

#include <autograd/check/recording.hpp>

namespace autograd::core {

/// What a function does at x, to be compared with what it does nearby.
struct Course {
  /// Also with the choices of the formulas that declare no branch, if `choices`.
  explicit Course(const Recording& recording, bool choices = false);
  std::vector<Branches> branches, choices;
  std::vector<std::size_t> choosers;  ///< the statements that choices are of
  bool with_choices;
  std::vector<std::pair<std::string_view, SourceLocation>> operations;
  bool finite;
};

/// The choices that each element of an operation makes, by its formula on complex numbers; none if it declares its
/// branches, is not elementwise or has no choice.
std::vector<std::int64_t> choices_of(const Statement& s, std::span<const Array> x);

/// What differs between two courses: "a kink in relu at net.cpp:12", "another way through the program, from multiply at
/// net.cpp:15 on"; nothing if they are of one smooth piece.
std::string difference(const Course& a, const Course& b);

/// Whose choices differ: positions in a.choices.
std::vector<std::size_t> other_choices(const Course& a, const Course& b);

/// The course of a function whose arguments have just been changed.
Course course_of(const Subject& subject, bool choices = false);

/// How far differences at x may reach: the largest step of a few for which both neighbours are on the piece of x.
struct Reach {
  double step = 0;       ///< 0 when even the smallest crosses something
  std::string obstacle;  ///< what the smallest crosses
};
/// `move(t)` puts the arguments at distance t from where they are; it is called with 0 at the end.
Reach reach(const Subject& subject, const Course& here, const std::function<void(double)>& move, double first,
            int rungs);

/// The largest step on one side for which the piece next to x is not left; its sign is that of `first`.
double reach_on_side(const Subject& subject, const std::function<void(double)>& move, double first,
                     bool choices = false);

/// The steps that are tried, as parts of the first: the last is 1/4096 of it.
inline constexpr int ladder = 5;
/// Where choices tell of a kink beside x: the last is 1e-8 of the first.
inline constexpr int long_ladder = 10;
inline constexpr double rung = 8;

}  // namespace autograd::core
