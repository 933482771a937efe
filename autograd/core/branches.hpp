// Which way an operation went where it has a kink or a step: relu to its left or right, maximum to one argument or the
// other, argmax to an index. A check notes them at neighbouring points: where they differ, a difference quotient says
// nothing about the derivative.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <autograd/core/array.hpp>
#include <autograd/core/source_location.hpp>

namespace autograd::core {

/// The ways that the elements of one operation went.
struct Branches {
  std::string_view op;
  SourceLocation where;
  std::vector<std::int64_t> ways;
};

/// While one is in scope, operations note their branches in it, if a tape records every operation.
class BranchLog {
 public:
  BranchLog() : outer_(active_) { active_ = this; }
  ~BranchLog() { active_ = outer_; }
  BranchLog(const BranchLog&) = delete;
  BranchLog& operator=(const BranchLog&) = delete;

  /// The innermost one of this thread, or null.
  static BranchLog* active() { return active_; }
  void note(std::string_view op, SourceLocation where, std::vector<std::int64_t> ways) {
    entries_.push_back({op, where, std::move(ways)});
  }
  const std::vector<Branches>& entries() const { return entries_; }

 private:
  static inline thread_local BranchLog* active_ = nullptr;
  BranchLog* outer_;
  std::vector<Branches> entries_;
};

/// The elements of an array of integers.
inline std::vector<std::int64_t> integers(const Array& a) {
  const Array packed = a.cast(int64).packed();
  return {packed.data<std::int64_t>(), packed.data<std::int64_t>() + packed.size()};
}

}  // namespace autograd::core
