// How the battery reports: a failure says which op, at which arguments, in which reading, what came and what
// should have.
#pragma once

#include <cmath>
#include <sstream>
#include <string>

#include <tests/catch.hpp>

namespace battery {

/// Whether failures are failures of the test, or what the test wants to see: a mutant's.
enum class Failures { reported, counted };

/// Collects the comparisons of one op; prints the first few failures and counts the rest.
class Verdict {
 public:
  explicit Verdict(std::string op, Failures failures = Failures::reported) : op_(std::move(op)), kind_(failures) {}

  /// Where the next comparisons are made.
  template <class... P>
  Verdict& at(const char* reading, const P&... place) {
    std::ostringstream text;
    text.precision(17);
    text << reading << " at (";
    ((text << place << " "), ...);
    place_ = text.str() + ")";
    return *this;
  }
  void near(double got, double want, double tolerance, const char* what) {
    ++compared_;
    const bool same = got == want || (std::isnan(got) && std::isnan(want));
    if (same || std::fabs(got - want) <= tolerance) return;
    std::ostringstream text;
    text.precision(17);
    text << got << ", not " << want << " +- " << tolerance;
    fail(what, text.str());
  }
  void is(bool holds, const char* what) {
    ++compared_;
    if (!holds) fail(what, "");
  }
  /// One more comparison, which held.
  void count() { ++compared_; }
  std::size_t compared() const { return compared_; }
  std::size_t failures() const { return failures_; }
  /// A mutant is dead after its first failure.
  bool enough() const { return kind_ == Failures::counted && failures_ > 0; }
  /// The first failure, in words.
  const std::string& first() const { return first_; }

 private:
  void fail(const char* what, const std::string& facts) {
    const std::string text = op_ + ", " + place_ + ": " + what + " " + facts;
    if (failures_ == 0) first_ = text;
    if (++failures_ <= 4 && kind_ == Failures::reported) FAIL_CHECK(text);
  }
  std::string op_, place_, first_;
  Failures kind_;
  std::size_t compared_ = 0, failures_ = 0;
};

}  // namespace battery
