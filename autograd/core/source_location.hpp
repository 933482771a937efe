// Where in the user's source something was named. std::source_location, which clang 14 does not offer.
#pragma once

#include <string>
#include <string_view>

namespace autograd {

/// A file and a line; line 0 when unknown. `SourceLocation where = SourceLocation::current()` as a default argument is
/// the place of the call.
struct SourceLocation {
  const char* file = "";
  unsigned line = 0;
  bool around = false;  ///< of what has no line of its own: where the check or the tape that it belongs to stands

  static constexpr SourceLocation current(const char* file = __builtin_FILE(), unsigned line = __builtin_LINE()) {
    return {file, line, false};
  }
};

/// "net.cpp:12", empty where it is unknown.
inline std::string to_string(SourceLocation where) {
  if (where.line == 0) return {};
  std::string_view file = where.file;
  if (const std::size_t slash = file.find_last_of('/'); slash != file.npos) file.remove_prefix(slash + 1);
  return std::string(file).append(":").append(std::to_string(where.line));
}

}  // namespace autograd
