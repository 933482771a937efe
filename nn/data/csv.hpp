// Reading tables of numbers from CSV files, plain or gzip, strictly: a file either is a table or the error
// says where it is not. A reader that guesses turns a damaged file into a model that is quietly wrong.
#pragma once

#include <filesystem>
#include <string_view>

#include <nn/data/table.hpp>

namespace nn {

/// Whether the first line names the columns. `automatic`: it does if any of its fields is not a number.
enum class Header { automatic, yes, no };

/// What an empty field is: a mistake in the file, or a NaN.
enum class Missing { error, nan };

/// How read_csv reads.
struct CsvOptions {
  char separator = ',';  ///< ',' ';' '\t' ' ' '|' and the like: neither letter, digit, sign, point, quote nor line end
  Header header = Header::automatic;
  Missing missing = Missing::error;
  bool allow_nan = false;  ///< accept the texts nan, inf and infinity
};

/// Reads a CSV file of numbers, unpacking it if it is gzip. Fields may be in double quotes and padded with blanks; line
/// ends are \n or \r\n; a byte order mark, blank lines at the end and a missing last line end are fine; text after # is
/// not special. Numbers are decimal with a point in every locale; those below the smallest double are 0. Throws
/// FileError, naming file, line and column, for anything else, and DomainError for an impossible separator.
Table read_csv(const std::filesystem::path& path, const CsvOptions& options = {});

/// The same for bytes in memory; `name` stands for the file in messages.
Table parse_csv(std::string_view text, const CsvOptions& options = {}, std::string_view name = "text");

}  // namespace nn
