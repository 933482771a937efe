// How the battery reports: a failure says which op, at which arguments, in which reading, what came and what
// should have.
#pragma once

#include <cmath>
#include <sstream>
#include <string>

#include <tests/catch.hpp>

namespace battery {

/// Collects the comparisons of one op; prints the first few failures and counts the rest.
class Verdict {
 public:
  explicit Verdict(std::string op) : op_(std::move(op)) {}

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
  std::size_t compared() const { return compared_; }

 private:
  void fail(const char* what, const std::string& facts) {
    if (++failures_ <= 4) FAIL_CHECK(op_ << ", " << place_ << ": " << what << " " << facts);
  }
  std::string op_, place_;
  std::size_t compared_ = 0, failures_ = 0;
};

}  // namespace battery
