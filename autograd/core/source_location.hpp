// Where in the user's source something was named. std::source_location, which clang 14 does not offer.
#pragma once

namespace autograd {

/// A file and a line; line 0 when unknown. `SourceLocation where = SourceLocation::current()` as a default argument is
/// the place of the call.
struct SourceLocation {
  const char* file = "";
  unsigned line = 0;

  static constexpr SourceLocation current(const char* file = __builtin_FILE(), unsigned line = __builtin_LINE()) {
    return {file, line};
  }
};

}  // namespace autograd
