// The battery on special values: an elementwise op against its rows of the table, see special_table.hpp.
#pragma once

#include <tests/op/special_table.hpp>
#include <tests/op/verdict.hpp>

namespace battery {

template <class Op, std::size_t N, class T>
class SpecialBattery {
 public:
  explicit SpecialBattery(const Op& o) {
    const std::string heading = table::heading(title(o), std::string(ag::name_of(ag::core::dtype_of<T>)));
    const auto found = table::file().find(heading);
    if (found == table::file().end()) return;
    for (const std::string& line : found->second) rows_.push_back(table::row_from<T, N>(line));
  }

  /// Whether the table has this op, which a user's op need not be in.
  bool listed() const { return rows_.size() == special_points; }

  /// Compares an op that should be this one.
  template <class Tested>
  void compare(const Tested& tested, Verdict& verdict) const {
    for (const SpecialRow<T, N>& want : rows_) {
      if (verdict.enough()) return;
      const SpecialRow<T, N> got = special_row<T, N>(tested, want.x);
      bool same =
          agree(got.value, want.value, 8) && (want.value != 0 || std::signbit(got.value) == std::signbit(want.value));
      // A slope may have lost digits to rounding, which other instructions do otherwise.
      for (std::size_t k = 0; k < N; ++k) same &= agree(got.slopes[k], want.slopes[k], 4096);
      if (same) verdict.count();
      else verdict.at("special values, row", table::text_of(want)).is(false, ("got " + table::text_of(got)).c_str());
    }
  }

 private:
  static bool agree(double got, double want, double units) {
    if (want != want) return got != got;
    return got == want || std::fabs(got - want) <= units * std::numeric_limits<T>::epsilon() * std::fabs(want);
  }

  std::vector<SpecialRow<T, N>> rows_;
};

}  // namespace battery
