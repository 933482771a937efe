// Kinks of ops that declare no `branch`. Such an op counts as smooth, and an element beside its kink seems to be wrong
// however right the gradient is. What its formula chooses on complex numbers tells of the kink: but smooth functions
// choose too (softplus is max(x, 0) + log1p(exp(-|x|))), so choices are asked only about elements that fail, and are
// believed only where the operation's slopes on both sides differ.
#pragma once

#include <functional>
#include <optional>

#include <autograd/check/differences.hpp>
#include <autograd/check/kinks.hpp>
#include <autograd/check/report.hpp>

namespace autograd::core {

class Undeclared {
 public:
  using Move = std::function<void(double)>;

  Undeclared(const Subject& subject, const Recording& recording, const GradcheckOptions& options)
      : s_(subject), recording_(recording), o_(options) {}

  /// Looks again at an element that failed with differences of this step. `move` puts it at a distance from where it
  /// is, `tangents` are 1 there; `floor` is what rounding leaves in the exact readings, `noise` in a value. If the
  /// element still fails and its slopes differ, it gets them, as its left and right.
  void look_again(GradcheckReading& r, double step, const std::vector<Array>& tangents, const Move& move, double floor,
                  double noise);

  /// The longest step along `move`, of those from `first` on, that does not even cross an undeclared kink; 0 if there
  /// is none. As `step`, which crosses no declared one, where there is no such kink in it.
  double shortened(double step, double first, const Move& move);

  /// The complex step where formulas choose at x itself, and the slopes on both sides agree: these. At a tie a formula
  /// may take one side here and the other there, and its slope then is of neither.
  std::optional<double> complex_at_tie(double first, const std::vector<Array>& tangents, const Move& move);

  /// "my_relu at net.cpp:12", for each whose kink explained an element.
  const std::vector<std::string>& met() const { return met_; }

 private:
  struct Side {
    Difference slope;
    double slack;
    bool jump;
  };
  struct Around {
    double reached;
    std::vector<std::size_t> kinks;  // in a longer step, as positions of statements
  };
  bool any();
  Around around(double step, double first, const Move& move);
  std::vector<std::size_t> kinks_between(double step, const Move& move);
  Side side(double first, const Move& move, const std::function<double(double)>& g, double noise);
  bool at_kink(GradcheckReading& r, const std::vector<Array>& tangents, const Move& move, double floor, double noise);
  std::pair<double, double> complex_on_sides(double first, const std::vector<Array>& tangents, const Move& move);
  bool rules_right(const std::vector<std::size_t>& statements);
  std::string text_of(std::size_t statement) const;

  const Subject& s_;
  const Recording& recording_;
  const GradcheckOptions& o_;
  std::optional<Course> here_;
  std::vector<std::string> met_;
};

/// The slopes on both sides of a failing element, as its left and right, where they differ within the step for no
/// reason that can be read from formulas.
void slopes_beside(GradcheckReading& r, const std::function<double(double)>& g, double step,
                   const GradcheckOptions& options);

/// "... declares no branch": what a report says of an op whose kinks were seen by its choices.
std::string undeclared_note(const std::string& op);

}  // namespace autograd::core
