// The errors a user can catch, one type for each kind of mistake, all below `Error`.
//
// A message reads `[where] facts, with shapes. What to do.`; checks are made in every build type, before any
// other library sees the arguments.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace autograd {

/// The root of every exception that xgrad throws on purpose.
class Error : public std::runtime_error {
 public:
  /// `where` is the op or function at fault, `facts` what was found there, `hint` (may be empty) what to do.
  Error(std::string_view where, std::string_view facts, std::string_view hint = {})
      : std::runtime_error(format(where, facts, hint)) {}

 private:
  static std::string format(std::string_view where, std::string_view facts, std::string_view hint) {
    std::string text = "[";
    text.append(where).append("] ").append(facts).append(".");
    if (!hint.empty()) text.append(" ").append(hint);
    return text;
  }
};

/// Shapes, axes or indices that do not fit.
class ShapeError : public Error {
  using Error::Error;
};

/// Element types that do not fit: mixed floating dtypes, arithmetic on labels, an index tensor of floats.
class DtypeError : public Error {
  using Error::Error;
};

/// A variable of another tape, of a tape that has ended, or a gradient that cannot be asked for.
class TapeError : public Error {
  using Error::Error;
};

/// A value outside the domain of an op or of an option.
class DomainError : public Error {
  using Error::Error;
};

/// A file that cannot be read, or that does not hold what it should.
class FileError : public Error {
  using Error::Error;
};

}  // namespace autograd
