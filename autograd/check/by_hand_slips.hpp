// The catalogue: what people get wrong when they derive a gradient by hand, as something to be tried.
//
// A slip in the whole gradient (a factor, a transposition, a sum) is seen from the elements; a slip inside the
// derivation is made in the recorded function, in every place where it can be made. None is believed before the
// gradient it leads to has been compared with the one that was given.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <autograd/check/by_hand_match.hpp>
#include <autograd/check_by_hand.hpp>

namespace autograd::check {

/// An argument whose gradient was given.
struct HandSubject {
  std::string name;
  NodeId node;
  Flat right, given;
  Dtype dtype;  // of what was given
  bool ok = false;
  /// "dW", or "the gradient of 0.weight" where that would not read as a name.
  std::string gradient() const;
};

/// A mistake to be tried: edits of the sweep, or at once the gradient of one subject.
struct HandSlip {
  Explanation explanation;
  std::vector<HandEdit> edits;
  std::optional<std::size_t> subject;
  std::optional<Tensor> gradient;
  bool pairs = false;  // common enough to be tried together with another

  HandSlip(Mistake mistake, std::string text, std::string op, SourceLocation where);
  HandSlip(Mistake mistake, std::string text, const Statement& s)
      : HandSlip(mistake, std::move(text), std::string(s.name()), s.where) {}
};

/// Slips in the gradient as a whole, already compared: those that explain subject k.
std::vector<Explanation> whole_slips(const std::vector<HandSubject>& subjects, std::size_t k, HandMatcher& matcher);
/// Derivatives of elementwise ops: missing, twice, at another value; sums over what was broadcast.
void slope_slips(const HandGraph& graph, const std::vector<HandSubject>& subjects, std::vector<HandSlip>& out);
/// Matrix products: elementwise, transposed, one example only, another layer's factors.
void product_slips(const HandGraph& graph, const std::vector<HandSubject>& subjects, std::vector<HandSlip>& out);
/// Contributions that are lost where a value is used more than once, and terms without a derivative.
void path_slips(const HandGraph& graph, std::vector<HandSlip>& out);

/// Explains what is wrong with the subjects that are not ok, into the report.
void explain(const HandGraph& graph, const std::vector<HandSubject>& subjects, const std::vector<HandFactor>& factors,
             HandReport& report);

/// A value that may stand where another belongs, and what it is called.
struct HandValue {
  Tensor value;
  std::string name;
};
/// The results and arguments of the recorded function, constants included, each once.
std::vector<HandValue> values_of(const HandGraph& graph);

}  // namespace autograd::check
