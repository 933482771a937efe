// What a check found, as a value: it converts to bool, prints, can be walked, and is written as a table.
#pragma once

#include <array>
#include <iosfwd>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <autograd/core/shape.hpp>
#include <autograd/core/source_location.hpp>

namespace autograd {

/// How far two derivatives are apart, |a - n| / max(|a|, |n|), in the bands of Stanford's CS231n: good below 1e-7, fine
/// (for a function with kinks) below 1e-4, uneasy below 1e-2, else wrong.
enum class Band { good, fine, uneasy, wrong };
Band band_of(double relative_difference);
std::string to_string(Band);

/// One element of one argument, and every reading of its derivative.
struct GradcheckReading {
  static constexpr double none = std::numeric_limits<double>::quiet_NaN();

  std::size_t argument = 0;          ///< position among the arguments
  Index element = 0;                 ///< row-major position in that argument
  double at = 0;                     ///< its value
  double reverse = 0;                ///< by the pullbacks
  double forward = 0;                ///< by the pushforwards
  double numeric = none;             ///< extrapolated central differences; none at a kink
  double uncertainty = 0;            ///< the error that the extrapolation estimates
  std::optional<double> complex;     ///< complex step, where every op on the way has a complex version
  std::optional<double> quad;        ///< five-point differences in quad precision, for a single op
  std::optional<double> formula;     ///< the derivative's formula itself in quad precision, for a single op
  std::string kink;                  ///< "crosses a kink in relu at net.cpp:12" and then the slopes on both sides
  double left = none, right = none;  ///< these; also of a failing element where they differ for no reason that is known
  double allowed = 0;                ///< the largest |reverse - numeric| that passes
  double noise = 0;                  ///< the part of it that rounding in the function's value accounts for
  bool ok = true;

  /// The most exact of the independent readings: quad, complex or numeric. The complex step only counts where it agrees
  /// with numeric: it follows the recorded operations, and knows nothing of what the tape does not see.
  double reference() const;
  /// |reverse - reference| / max(|reverse|, |reference|); 0 when both are 0 or drown in noise, NaN when either is NaN.
  double relative() const;
  Band band() const { return band_of(relative()); }
  /// Whether reverse lies between `left` and `right`, up to what differences leave open.
  bool between_slopes() const;
};

/// <u, J v> = <J'u, v> along one random direction v through all elements of all arguments, also those not sampled.
struct DotProduct {
  double reverse = 0, forward = 0;
  double numeric = GradcheckReading::none;  ///< none if the direction crosses a kink
  std::optional<double> complex;
  double allowed = 0, allowed_numeric = 0;
  bool done = false, ok = true;
};

/// The operation at fault: its rule, checked alone at the values that it saw.
struct Blame {
  std::string op;                            ///< its name
  SourceLocation where;                      ///< the line that recorded it
  std::size_t position = 0, operations = 0;  ///< it is number `position` of the `operations` recorded
  std::size_t argument = 0;                  ///< of the op
  Index element = 0, output = 0;             ///< row-major, of that argument and of the result
  Shape argument_shape, output_shape;
  std::vector<double> at;       ///< the values of the arguments there (for an elementwise op)
  double given = 0, right = 0;  ///< d result[output] / d argument[element]: as the rule has it, and as it should be
  double other = GradcheckReading::none;     ///< at a kink all from `right` to this is right: the slopes on both sides
  bool pullback = true, pushforward = true;  ///< which rule is wrong
};

/// The result of a check.
struct GradcheckReport {
  std::string title = "gradcheck";
  std::vector<std::string> names;  ///< of the arguments
  std::vector<Shape> shapes;
  std::vector<GradcheckReading> readings;
  std::size_t cases = 1;  ///< that an op was tried at, of different shapes and axes; `names` has the arguments of each
  Index total = 0;        ///< elements that there are
  double worst = 0;       ///< the largest relative difference of reverse and reference
  DotProduct dot;
  std::optional<DotProduct> symmetry;  ///< <u, H v> (reverse) = <v, H u> (forward), of a check of second order
  std::string no_complex_step;         ///< what prevents it, empty if nothing does
  std::string complaint;               ///< why the function could not be checked, empty if it could
  std::optional<Blame> blame;          ///< after a failure, the first operation whose rule is wrong alone
  std::string remains;                 ///< after a failure, what else explains it
  std::vector<std::string> notes;      ///< what to know also when it passes

  bool ok() const;
  explicit operator bool() const { return ok(); }

  /// ||a - n|| / (||a|| + ||n||) over the elements of one argument, or of all: the measure of the course.
  double normwise(std::size_t argument) const;
  double normwise() const;
  /// Elements of each band, in the order of Band; those at kinks are not counted.
  std::array<std::size_t, 4> bands() const;
  /// "W[2, 0]": an element by name and index.
  std::string place(const GradcheckReading&) const;
};

/// Prints one line when all is well, and otherwise where, at what value, every reading, what disagrees and whose fault
/// it is.
std::ostream& operator<<(std::ostream& out, const GradcheckReport& report);

/// A line for each element, comma-separated under a line of headings, with all digits; absent readings are empty.
void write_csv(std::ostream& out, const GradcheckReport& report);

namespace core {
/// "net.cpp:12", or nothing when unknown; the file without its folders.
std::string place_of(SourceLocation where);
/// "[2, 0]" for a row-major position, nothing for a scalar.
std::string index_text(Index element, const Shape& shape);
/// "At W[2, 0] the slopes on both sides differ, ...": of the first failing element where they do for no known reason;
/// nothing if there is none.
std::string slopes_apart(const GradcheckReport& report);
/// "relu at net.cpp:12"; "relu within net.cpp:20" where only the check or the tape that it belongs to has a line.
std::string op_text(std::string_view op, SourceLocation where);
}  // namespace core

}  // namespace autograd
