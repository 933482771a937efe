// When two gradients count as equal, and the factors by which a gradient can be off.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <autograd/check/by_hand_graph.hpp>

namespace autograd::check {

/// The elements of a tensor, row-major.
struct Flat {
  Shape shape;
  std::vector<double> v;
};
Flat flat(const Tensor& t);
/// With the axes in reverse order.
Flat transposed(const Flat& x);

/// How close is close: of the larger of two elements, and of the largest element of all, below which all is rounding.
struct Closeness {
  double relative = 1e-7, rounding = 1e-12;
};
inline constexpr Closeness close64{1e-7, 1e-12}, close32{1e-4, 5e-6};

/// The measures of the courses.
struct Comparison {
  double elementwise = 0;  ///< the largest |a - b| / max(|a|, |b|) above rounding
  double normwise = 0;     ///< ||a - b|| / (||a|| + ||b||)
  std::vector<std::size_t> wrong;
};
/// a against b, or against c b; they have equally many elements.
Comparison compare(const Flat& a, const Flat& b, const Closeness& close, double c = 1);

/// A number that a gradient may be multiplied with by mistake.
struct HandFactor {
  double value;
  std::string name;    ///< "1/m"
  std::string legend;  ///< "m = 3: axis 1 of the result of `matmul` (net.cpp:12)", empty for plain numbers
  std::string hint;    ///< a question, may be empty
};

/// 2, -1 and the like, and what can be made of the extents in a recorded function.
std::vector<HandFactor> hand_factors(const HandGraph& graph, const std::vector<NodeId>& arguments);

/// What it takes to turn one gradient into another.
struct HandMatch {
  const HandFactor* factor = nullptr;
  bool transposed = false, reshaped = false;
  int steps() const { return (factor != nullptr) + transposed; }
};

/// Compares candidates with a gradient that was given. With every comparison a coincidence becomes more likely, so the
/// more there were, the closer the next must be.
class HandMatcher {
 public:
  HandMatcher(const std::vector<HandFactor>& factors, Closeness close) : factors_(factors), close_(close) {}
  /// `simple`: without factors and transposition.
  std::optional<HandMatch> match(const Flat& given, const Flat& candidate, bool simple);
  const Closeness& close() const { return close_; }
  /// How many candidates there were.
  std::size_t tried() const { return tried_; }

 private:
  bool equal(const Flat& given, const Flat& candidate, double c, double choices) const;

  const std::vector<HandFactor>& factors_;
  Closeness close_;
  std::size_t tried_ = 0;
};

}  // namespace autograd::check
