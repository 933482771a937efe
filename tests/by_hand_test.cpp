// check_by_hand on the lecture's network of two layers: each of the usual mistakes is made on purpose, and must be
// found, in the gradients where it shows and in no other.
#include <random>
#include <sstream>

#include <autograd/autograd.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;
using ag::Mistake, ag::Tensor;

namespace {

constexpr double m = 5;

// Z1 = W1 X + b1, A1 = tanh(Z1), Z2 = W2 A1 + b2, A2 = s(Z2); examples are columns. The formulas of the lecture, with
// what they pass through at hand for those who take a wrong turn.
struct Lecture {
  Tensor X = sin(Tensor::linspace(1, 30, {3, 5})), Y = Tensor::of<double>({1, 0, 1, 1, 0}, {1, 5});
  Tensor W1 = sin(Tensor::linspace(1, 12, {4, 3})), b1 = cos(Tensor::linspace(1, 9, {4, 1}));
  Tensor W2 = sin(Tensor::linspace(3, 5, {1, 4})), b2 = Tensor::of<double>({0.3}, {1, 1});
  Tensor Z1 = matmul(W1, X) + b1, A1 = tanh(Z1), Z2 = matmul(W2, A1) + b2, A2 = sigmoid(Z2);
  Tensor dZ2 = A2 - Y, dA1 = matmul(transpose(W2), dZ2), dZ1 = dA1 * (1.0 - square(A1));
  Tensor dW2 = matmul(dZ2, transpose(A1)) / m, db2 = sum(dZ2, 1, true) / m;
  Tensor dW1 = matmul(dZ1, transpose(X)) / m, db1 = sum(dZ1, 1, true) / m;

  Tensor cost(const Tensor& w1, const Tensor& c1, const Tensor& w2, const Tensor& c2) const {
    const Tensor z1 = matmul(w1, X) + c1;
    const Tensor a1 = tanh(z1);
    const Tensor z2 = matmul(w2, a1) + c2;
    const Tensor a2 = sigmoid(z2);
    return mean(-(Y * log(a2) + (1.0 - Y) * log(1.0 - a2)));
  }
  ag::HandReport check() const {
    const auto f = [this](auto... a) { return cost(a...); };
    return ag::check_by_hand(f, {{"W1", W1, dW1}, {"b1", b1, db1}, {"W2", W2, dW2}, {"b2", b2, db2}});
  }
  // What follows from dZ1.
  void first_layer() {
    dW1 = matmul(dZ1, transpose(X)) / m;
    db1 = sum(dZ1, 1, true) / m;
  }
};

// The best explanation of one gradient.
ag::Explanation explanation(const ag::HandReport& report, std::size_t k) {
  return report.gradients[k].explanations.empty() ? ag::Explanation{} : report.gradients[k].explanations[0];
}
bool says(const ag::HandReport& report, std::size_t k, Mistake mistake, const std::string& text) {
  const ag::Explanation e = explanation(report, k);
  INFO(report);
  const bool found = e.mistake == mistake && e.text.find(text) != std::string::npos;
  CHECK(found);
  return found;
}
std::vector<bool> verdicts(const ag::HandReport& report) {
  std::vector<bool> ok;
  for (const auto& g : report.gradients) ok.push_back(g.ok);
  return ok;
}

}  // namespace

TEST_CASE("check_by_hand accepts the formulas of the lecture, also computed in float32") {
  Lecture l;
  const ag::HandReport report = l.check();
  CHECK(report);
  CHECK(report.gradients.size() == 4);
  for (const auto& g : report.gradients) {
    CHECK(g.explanations.empty());
    CHECK(g.normwise < 1e-14);
    CHECK(g.band() == "good");
  }
  l.dW1 = cast(l.dW1, ag::float32);
  CHECK(l.check());
  l.dW1 = Tensor(l.dW1 * 1.001f);
  CHECK_FALSE(l.check());
}

TEST_CASE("check_by_hand names the factor a gradient is off by") {
  const std::vector<std::pair<double, std::string>> factors = {
      {2, "factor 2 in dW2"},         {0.5, "factor 1/2 in dW2"},          {-1, "factor -1 in dW2"},
      {m, "factor m in dW2 (m = 5"},  {1 / m, "factor 1/m in dW2 (m = 5"}, {1 / m / m, "factor 1/m^2 in dW2 (m = 5"},
      {-m, "factor -m in dW2 (m = 5"}};
  for (const auto& [factor, text] : factors) {
    Lecture l;
    l.dW2 = factor * l.dW2;
    const auto report = l.check();
    says(report, 2, Mistake::factor, "Off by exactly a " + text);
    CHECK(verdicts(report) == std::vector<bool>{true, true, false, true});
  }
}

TEST_CASE("check_by_hand sees transpositions and shapes") {
  Lecture l;
  l.dW1 = transpose(l.dW1);
  l.db1 = reshape(l.db1, {4});
  const auto report = l.check();
  says(report, 0, Mistake::transposed, "its shape is (3, 4), that of `W1` is (4, 3)");
  says(report, 1, Mistake::shape, "its shape (4,) is not");
}

TEST_CASE("check_by_hand sees sums that are missing, over the wrong axis, or over one example") {
  Lecture l;
  l.db1 = l.dZ1 / m;
  says(l.check(), 1, Mistake::missing_sum, "A sum over axis 1 is missing in db1: its shape is (4, 5)");
  l.db1 = l.dZ1;
  const auto twice = l.check();
  says(twice, 1, Mistake::missing_sum, "factor m (m = 5");
  CHECK(explanation(twice, 1).steps == 2);
  l.db1 = sum(l.dZ1, 0, true) / m;
  says(l.check(), 1, Mistake::wrong_axis, "the sum is over axis 0, it must be over axis 1");
  l.db1 = mean(l.dZ1, 1, true) / m;
  says(l.check(), 1, Mistake::factor, "1/m");
  l.db1 = slice(l.dZ1, ag::all, ag::range(4, 5)) / m;
  l.dW1 =
      matmul(Tensor(slice(l.dZ1, ag::all, ag::range(4, 5))), transpose(Tensor(slice(l.X, ag::all, ag::range(4, 5))))) /
      m;
  const auto last = l.check();
  says(last, 0, Mistake::one_example, "only the last of the 5");
  says(last, 1, Mistake::one_example, "only the last of 5 counts");
}

TEST_CASE("check_by_hand sees what became of the derivative of an activation") {
  const auto first_layer_is = [](const std::function<Tensor(const Lecture&)>& dZ1, Mistake mistake,
                                 const std::string& text) {
    Lecture l;
    l.dZ1 = dZ1(l);
    l.first_layer();
    const auto report = l.check();
    CHECK(verdicts(report) == std::vector<bool>{false, false, true, true});
    for (std::size_t k : {0u, 1u})
      if (says(report, k, mistake, text)) {
        CHECK(explanation(report, k).op == "tanh");
        CHECK(explanation(report, k).where.line > 0);
      }
  };
  first_layer_is([](const Lecture& l) { return l.dA1; }, Mistake::missing_slope,
                 "The derivative of `tanh` (by_hand_test.cpp:");
  first_layer_is([](const Lecture& l) { return Tensor(l.dA1 * (1.0 - square(tanh(l.A1)))); }, Mistake::slope_elsewhere,
                 "taken at its result (a) instead of its argument (z)");
  first_layer_is([](const Lecture& l) { return Tensor(l.dA1 * (1.0 - square(l.Z1))); }, Mistake::slope_elsewhere,
                 "the formula in terms of its result (a), but its argument (z) was put in");
  first_layer_is([](const Lecture& l) { return Tensor(l.dZ1 * (1.0 - square(l.A1))); }, Mistake::slope_twice,
                 "there twice");

  // At the output: A2 - Y is dZ2 already, and the slope of the sigmoid in it.
  Lecture l;
  const Tensor dZ2 = l.dZ2 * l.A2 * (1.0 - l.A2);
  l.dW2 = matmul(dZ2, transpose(l.A1)) / m;
  l.db2 = sum(dZ2, 1, true) / m;
  const auto report = l.check();
  says(report, 2, Mistake::slope_twice, "The derivative of `sigmoid`");
  says(report, 3, Mistake::slope_twice, "The derivative of `sigmoid`");
}

TEST_CASE("check_by_hand sees * in the place of a matrix product, also with a factor") {
  // In a layer that is square there is nothing to be seen from the shapes.
  const Tensor W = sin(Tensor::linspace(1, 12, {3, 3})), X = cos(Tensor::linspace(1, 9, {3, 3}));
  const auto f = [&X](const Tensor& w) { return sum(square(Tensor(matmul(w, X)))); };
  const Tensor g = 2.0 * matmul(W, X);
  CHECK(ag::check_by_hand(f, W, Tensor(matmul(g, transpose(X)))));
  says(ag::check_by_hand(f, W, Tensor(g * X)), 0, Mistake::elementwise_product, "* stands for a matrix product");
  says(ag::check_by_hand(f, W, Tensor(g * transpose(X))), 0, Mistake::elementwise_product,
       "* stands for a matrix product");
  says(ag::check_by_hand(f, W, Tensor(matmul(g, X))), 0, Mistake::transposed_product, "is not transposed");
  says(ag::check_by_hand(f, W, Tensor(matmul(transpose(X), g))), 0, Mistake::transposed_product, "wrong order");
  const auto halved = ag::check_by_hand(f, W, Tensor(0.5 * g * X));
  says(halved, 0, Mistake::elementwise_product, "There is also a factor 1/2.");
  CHECK(explanation(halved, 0).steps == 2);
}

TEST_CASE("check_by_hand sees gradients that are missing, 0 or another's") {
  Lecture l;
  std::swap(l.db1, l.dW2);
  const auto swapped = l.check();
  says(swapped, 1, Mistake::swapped, "db1 and dW2 are swapped");
  says(swapped, 2, Mistake::swapped, "dW2 and db1 are swapped");
  Lecture zero;
  zero.dW1 = Tensor::zeros({4, 3});
  zero.dW2 = where(zero.dW2 > 0.0, zero.dW2, 0.0);
  const auto report = zero.check();
  says(report, 0, Mistake::not_reached, "dW1 is 0 everywhere");
  says(report, 2, Mistake::not_reached, "dW2 is right except where it is 0");
  const auto f = [](const Tensor& a, const Tensor&) { return sum(a); };
  const Tensor x = Tensor::ones({2});
  says(ag::check_by_hand(f, {{"a", x, x}, {"b", x, x}}), 1, Mistake::not_reached, "does not depend on `b`");
}

TEST_CASE("check_by_hand gives no explanation for a gradient that is just wrong") {
  std::mt19937_64 bits(7);
  std::normal_distribution<double> normal;
  const auto noise = [&](const Tensor& like) {
    std::vector<double> v(static_cast<std::size_t>(like.size()));
    for (double& e : v) e = normal(bits);
    return Tensor::of(v, like.shape());
  };
  for (int run = 0; run < 20; ++run) {
    Lecture l;
    l.dW1 = noise(l.dW1);
    l.db1 = l.db1 * normal(bits);         // a factor of no meaning
    l.dW2 = l.dW2 + 1e-4 * noise(l.dW2);  // nearly right
    l.db2 = noise(l.db2);                 // a single number
    const auto report = l.check();
    INFO(report);
    CHECK(verdicts(report) == std::vector<bool>{false, false, false, false});
    for (const auto& g : report.gradients) CHECK(g.explanations.empty());
    CHECK(report.tried > 100);
    std::ostringstream text;
    text << report;
    CHECK(text.str().find("No mistake of the catalogue explains the difference.") != std::string::npos);
  }
}
