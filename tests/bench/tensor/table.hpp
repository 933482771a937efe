// The table: a row is compared with libtorch, timed and printed.
#pragma once

#include <string>

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

}  // namespace bench
