// The table: a row is compared with libtorch, timed and printed.
#pragma once

#include <string>
#include <string_view>

#include <tests/bench/tensor/contender.hpp>

namespace bench {

struct Row {
  std::string name, size;
  Contender xgrad;
  Contender libtorch;           ///< empty where it is not installed
  std::function<void()> limit;  ///< what cannot be done faster; may be empty
};

/// How the last column but one shows time / time of the limit.
enum class LimitAs { ratio, percent };

/// Prints the head of a group's table; `limit` says what its limit is.
void print_head(const std::string& title, const std::string& limit, LimitAs as = LimitAs::ratio);

/// Compares, times and prints one row; false, and no times, where xgrad and libtorch differ.
bool run(const Row& row, LimitAs as = LimitAs::ratio);

// The groups, each in the file of its name; false where a row was wrong.
bool run_chain();
bool run_formulas();
bool run_nets();
bool run_memory();
bool run_scaling();
bool run_peak();

/// Rows that more than one group shows.
Row ten_operations(std::int64_t n);
Row classifier(const Extents& widths, std::int64_t batch, bool adam);

/// For a process that run_peak starts: measures one row for one library, "xgrad" or "libtorch", and prints bytes.
void print_peak_of(std::string_view name, std::string_view library);

/// How many cores both libraries may use; with more than one, the table also shows how much faster xgrad is than on
/// one.
void set_cores(int cores);

}  // namespace bench
