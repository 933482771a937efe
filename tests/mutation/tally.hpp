// The count of the mutants: how many were made, killed, or would have changed nothing.
#pragma once

#include <string>
#include <vector>

namespace mutation {

struct Tally {
  std::size_t ops = 0, made = 0, killed = 0, without_effect = 0;
  std::vector<std::string> survivors, complaints;

  /// One mutant that was made.
  void count(const std::string& op, const std::string& what, bool dead) {
    ++made;
    if (dead) ++killed;
    else survivors.push_back(op + ": " + what);
  }
  Tally& operator+=(const Tally& other) {
    ops += other.ops, made += other.made, killed += other.killed, without_effect += other.without_effect;
    survivors.insert(survivors.end(), other.survivors.begin(), other.survivors.end());
    complaints.insert(complaints.end(), other.complaints.begin(), other.complaints.end());
    return *this;
  }
};

/// The mutants of the derivatives of a family's elementwise ops; of the rules of its other ops; of how the engine makes
/// a rule for tensors that broadcast from a derivative. Each is instantiated in a file of its own.
template <class Family>
Tally formula_mutants();
template <class Family>
Tally rule_mutants();
template <class Family>
Tally broadcast_mutants();

}  // namespace mutation
