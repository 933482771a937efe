// gradcheck(MyOp{}) for an op that is not elementwise: see op_check.hpp.
#include <bit>
#include <cmath>
#include <cstdio>
#include <random>

#include <autograd/check/compare.hpp>
#include <autograd/check/op_check.hpp>

namespace autograd::core {
namespace {

using Shapes = std::vector<Shape>;

// Shapes that some op of n arguments takes: all alike, then those of matrix products and of broadcasts.
std::vector<Shapes> candidates(std::size_t n) {
  std::vector<Shapes> all;
  for (const Shape& s : {Shape{}, Shape{1}, Shape{4}, Shape{0}, Shape{3, 4}, Shape{4, 4}, Shape{2, 0}, Shape{0, 3},
                         Shape{2, 3, 4}, Shape{2, 1, 3, 2}, Shape{2, 0, 3, 1}})
    all.push_back(Shapes(n, s));
  if (n == 1) return all;
  for (const Shapes& two : {Shapes{{3, 4}, {4, 2}}, Shapes{{3, 4}, {4}}, Shapes{{4}, {4, 2}}, Shapes{{3, 0}, {0, 2}},
                            Shapes{{0, 3}, {3, 2}}, Shapes{{2, 3, 4}, {2, 4, 5}}, Shapes{{2, 3, 4}, {4, 2}},
                            Shapes{{2, 1, 3, 2}, {3, 2, 4}}, Shapes{{3, 1}, {1, 4}}, Shapes{{2, 3}, {}}}) {
    all.push_back(two);
    all.back().resize(n, two.back());
  }
  return all;
}

// Numbers inside the domain of each argument, each different from all others.
std::vector<Tensor> samples(const WholeOp& op, const Shapes& shapes, std::uint64_t seed) {
  std::mt19937_64 bits(seed);
  std::vector<Tensor> x;
  for (std::size_t k = 0; k < shapes.size(); ++k) {
    const Domain d = sampled_part(op.domain[k]);
    const Array a = Array::empty(shapes[k], float64);
    for (Index i = 0; i < a.size(); ++i)
      a.data<double>()[i] = d.low + (d.high - d.low) * (0.02 + 0.96 * static_cast<double>(bits() >> 11) * 0x1p-53);
    x.push_back(Tensor(a));
  }
  return x;
}

bool empty(const Shapes& shapes) {
  for (const Shape& s : shapes)
    if (count(s) == 0) return true;
  return false;
}

std::string text_of(const Shapes& shapes) {
  std::string text;
  for (const Shape& s : shapes) text.append(text.empty() ? "" : " and ").append(to_string(s));
  return text;
}

// What goes on in another sentence.
std::string_view without_stop(std::string_view text) {
  return text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
}

class WholeCheck {
 public:
  WholeCheck(const WholeOp& op, const GradcheckOptions& o) : op_(op), o_(o) {}

  GradcheckReport run() {
    report_.cases = 0;
    for (const Shapes& shapes : candidates(op_.domain.size()))
      for (const WholeOp::Variant& v : op_.variants)
        if (v.axis < static_cast<Index>(shapes.front().size()))
          if (auto failure = check(shapes, v)) return *std::move(failure);
    if (report_.cases == 0) {
      report_.cases = 1;
      report_.complaint = op_.name + " takes none of the shapes that were tried; of " + refused_ +
                          ". Give it arguments that it takes: gradcheck(op, x...)";
    }
    return std::move(report_);
  }

 private:
  // A report if it fails.
  std::optional<GradcheckReport> check(const Shapes& shapes, const WholeOp::Variant& variant) {
    const WholeOp::Call& call = variant.call;
    const std::vector<Tensor> x = samples(op_, shapes, o_.seed);
    try {
      const BasicTape<double>::Activate none(nullptr);
      const Tensor y = call(x);
      // The mean of nothing is no number, and has no gradient.
      if (empty(shapes) &&
          !std::isfinite(projected(y.dtype() == float64 ? y : Tensor(y.data().cast(float64)), 1).value()))
        return std::nullopt;
    } catch (const Error& e) {
      if (refused_.empty() || shapes == Shapes(shapes.size(), Shape{3, 4}))
        refused_ = text_of(shapes).append(" it says ").append(without_stop(e.what()));
      return std::nullopt;
    }
    std::vector<std::string> names;
    for (std::size_t k = 0; k < x.size(); ++k) names.push_back(std::string("argument ").append(std::to_string(k)));
    GradcheckReport one = check_subject(subject_of(call, x, std::move(names), o_), o_);
    if (one.ok() && variant.ahead) one.complaint = variant.ahead(x[0].data());
    if (!one.ok()) {
      std::string what = "the op was given arguments of shape ";
      what.append(text_of(shapes));
      if (!variant.text.empty()) what.append(", and ").append(variant.text);
      one.notes.push_back(std::move(what));
      return one;
    }
    ++report_.cases;
    for (GradcheckReading& r : one.readings) {
      r.argument += report_.names.size();
      report_.readings.push_back(std::move(r));
    }
    report_.names.insert(report_.names.end(), one.names.begin(), one.names.end());
    report_.shapes.insert(report_.shapes.end(), one.shapes.begin(), one.shapes.end());
    report_.total += one.total;
    report_.worst = std::max(report_.worst, one.worst);
    if (report_.no_complex_step.empty()) report_.no_complex_step = one.no_complex_step;
    return std::nullopt;
  }

  const WholeOp& op_;
  const GradcheckOptions& o_;
  GradcheckReport report_{};
  std::string refused_;
};

std::string all_digits(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.17g", x);
  return text;
}

// Where two arrays of one dtype first differ, in a sentence; empty if nowhere.
std::string first_difference(const char* what, const Array& given, const Array& right) {
  const std::string start = std::string("value_and_pullback gives ").append(what);
  if (!given || !(given.shape() == right.shape()) || given.dtype() != right.dtype()) {
    const auto describe = [](const Array& a) {
      return a ? std::string(to_string(a.shape())).append(" ").append(name_of(a.dtype())) : std::string("nothing");
    };
    return start + ": " + describe(given) + ", should be " + describe(right);
  }
  const Array a = given.cast(float64).packed(), b = right.cast(float64).packed();
  for (Index i = 0; i < a.size(); ++i) {
    const double x = a.data<double>()[i], y = b.data<double>()[i];
    if (std::bit_cast<std::uint64_t>(x) != std::bit_cast<std::uint64_t>(y) && !(std::isnan(x) && std::isnan(y)))
      return start + " whose element " + std::to_string(i) + " is " + all_digits(x) + ", should be " + all_digits(y);
  }
  return {};
}

}  // namespace

std::string slip_ahead(const Array& x, const std::function<Array(const Array&)>& value,
                       const std::function<Array(const Array& g, const Array& y, const Array& x)>& pullback,
                       const std::function<Array(double g, const Array& x, Array& dx)>& both) {
  const BasicTape<double>::Activate none(nullptr);
  for (const Dtype dtype : {float64, float32}) {
    constexpr double cotangent = 0.7F;
    const Array a = x.cast(dtype), y = value(a);
    const Array dx = pullback(Array::full(y.shape(), y.dtype(), cotangent), y, a);
    Array ahead;
    const Array same_y = both(cotangent, a, ahead);
    if (std::string slip = first_difference("a value", same_y, y); !slip.empty()) return slip;
    if (std::string slip = first_difference("a cotangent", ahead, dx); !slip.empty()) return slip;
  }
  return {};
}

GradcheckReport check_whole(const WholeOp& op, const GradcheckOptions& o) { return WholeCheck(op, o).run(); }

}  // namespace autograd::core
