// Fused statements: sums that never store what they sum, many leaves, scalars among tensors, threads.
#include <sys/resource.h>

#include <array>
#include <cmath>
#include <thread>
#include <autograd/autograd.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;

namespace {
// The largest resident memory so far.
long resident_kilobytes() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}
}  // namespace

TEST_CASE("the sum of an expression is never stored") {
  // (n, 1) + (1, n) in float32 would take 1.6 GB at n = 20000, and more than this test allows at 5000: 100
  // MB. Summed as it is evaluated it takes next to none, which the resident memory shows.
  const ag::Index n = 5000;
  const long before = resident_kilobytes();
  ag::Tape tape;
  const auto x = tape.variable(ag::Tensor::linspace(-1, 1, {n, 1}, ag::float32));
  const auto y = tape.variable(ag::Tensor::linspace(0, 2, {1, n}, ag::float32));
  const ag::Tensor s = sum(x + y);
  CHECK(s.value() == Approx(static_cast<double>(n) * static_cast<double>(n)).epsilon(1e-6));
  const auto g = tape.gradient(s);
  CHECK(g[x].shape() == ag::Shape{n, 1});
  CHECK(g[x](7, 0).value() == n);
  CHECK(g[y](0, 9).value() == n);
  CHECK(resident_kilobytes() - before < 20'000);
}

TEST_CASE("a mean over one axis of an expression, and its gradient") {
  ag::Tape tape;
  const auto x = tape.variable(ag::Tensor::of<double>({1, 2, 3, 4, 5, 6}, {2, 3}));
  const ag::Tensor m = mean(x * x, 1);
  CHECK(m.shape() == ag::Shape{2});
  CHECK(m.to_vector()[0] == Approx(14.0 / 3));
  const ag::Tensor kept = mean(x * x, -1, true);
  CHECK(kept.shape() == ag::Shape{2, 1});
  const auto g = tape.gradient(m, ag::Tensor::of<double>({3, 30}, {2}));
  CHECK(g[x].to_vector() == std::vector<double>{2, 4, 6, 80, 100, 120});
}

TEST_CASE("cotangents and columns are repeated along rows of several blocks") {
  const ag::Index rows = 3, columns = 2500;
  ag::Tape tape;
  const auto x = tape.variable(ag::Tensor::linspace(-1, 2, {rows, columns}));
  const auto c = tape.variable(ag::Tensor::of<double>({2, 3, 5}, {rows, 1}));
  const ag::Tensor m = mean(x * c, 1);
  const std::vector<double> cotangent{7, 11, 13}, factor{2, 3, 5};
  const auto g = tape.gradient(m, ag::Tensor::of(cotangent, {rows}));
  for (ag::Index i = 0; i < rows; ++i) {
    const auto k = static_cast<std::size_t>(i);
    const ag::Tensor row = slice(x, i);
    CHECK(m(i).value() == Approx(factor[k] * mean(row).value()).epsilon(1e-14));
    CHECK(g[c](i, 0).value() == Approx(cotangent[k] * mean(row).value()).epsilon(1e-14));
    const std::vector<double> slopes = ag::Tensor(slice(g[x], i)).to_vector();
    CHECK(slopes == std::vector<double>(columns, cotangent[k] * (1.0 / columns) * factor[k]));
  }
}

TEST_CASE("an expression reads up to 64 tensors") {
  ag::Tape tape;
  const auto x = tape.variable(ag::Tensor::ones({3}));
  const auto y = tape.variable(ag::Tensor::full({3}, 2));
  const auto four = x * y + x * y;
  const auto sixteen = four + four + four + four;
  const auto sixty_four = sixteen + sixteen + sixteen + sixteen;
  const ag::Tensor f = sum(sixty_four);
  CHECK(f.value() == 3 * 64);
  const auto g = tape.gradient(f);
  CHECK(g[x].to_vector() == std::vector<double>(3, 64.0));
  CHECK(g[y].to_vector() == std::vector<double>(3, 32.0));
}

TEST_CASE("scalars and tensors in one expression") {
  for (ag::Dtype dtype : {ag::float32, ag::float64}) {
    ag::Tape tape;
    const auto a = tape.variable(2.0), b = tape.variable(0.5);
    const auto x = tape.variable(ag::Tensor::linspace(1, 4, {4}, dtype));
    const ag::Tensor y = a * x + b * x * x - a / b;
    CHECK(y.dtype() == dtype);
    const ag::Tensor f = sum(y);
    const auto g = tape.gradient(f);
    CHECK(f.value() == 20 + 15 - 16);
    CHECK(g[a].value() == 10 - 8);
    CHECK(g[b].value() == 30 + 32);
    CHECK(g[x].to_vector() == std::vector<double>{3, 4, 5, 6});
  }
}

TEST_CASE("sums into broadcast leaves on several threads equal a loop, whatever the number of threads") {
  // 2^15 elements are where threads start.
  const ag::Index rows = 300, columns = 257;
  ag::Tape tape;
  const auto x = tape.variable(ag::Tensor::linspace(-1, 2, {rows, columns}));
  const auto w = tape.variable(ag::Tensor::linspace(0.5, 1.5, {columns}));
  const auto c = tape.variable(ag::Tensor::linspace(-2, 3, {rows, 1}));
  const auto s = tape.variable(ag::Tensor(0.25));
  const ag::Tensor f = sum(x * w * c + s * w * x * x);
  const auto g = tape.gradient(f);
  std::vector<double> gw(columns), gc(rows);
  double gs = 0, value = 0;
  const auto xs = x.array<double>(), cs = c.array<double>(), ws = w.array<double>();
  for (ag::Index i = 0; i < rows; ++i)
    for (ag::Index j = 0; j < columns; ++j) {
      const double v = xs(i, j);
      gw[static_cast<std::size_t>(j)] += v * cs(i, 0) + 0.25 * v * v;
      gc[static_cast<std::size_t>(i)] += v * ws(j);
      gs += ws(j) * v * v;
      value += v * ws(j) * cs(i, 0) + 0.25 * ws(j) * v * v;
    }
  // Both sums round in another order: 77100 terms of size 1 and 1e-16 each.
  CHECK(f.value() == Approx(value).epsilon(1e-12));
  CHECK(g[s].value() == Approx(gs).epsilon(1e-12));
  for (std::size_t j = 0; j < gw.size(); ++j)
    REQUIRE(g[w].to_vector()[j] == Approx(gw[j]).epsilon(1e-12).margin(1e-11));
  for (std::size_t i = 0; i < gc.size(); i += 7)
    REQUIRE(g[c].to_vector()[i] == Approx(gc[i]).epsilon(1e-12).margin(1e-11));
  const ag::Tensor again = sum(x * w * c + s * w * x * x);
  CHECK(again.value() == f.value());
}

TEST_CASE("short results and gradients have the same bits at every length, and nothing beside them changes") {
  // What lies behind the last element of an array of its own is written by kernels, that behind a part is not.
  for (const ag::Dtype dtype : {ag::float32, ag::float64})
    for (ag::Index n = 1; n <= 40; ++n) {
      INFO(n);
      const ag::Tensor grid = cast(sin(ag::Tensor::linspace(-3, 5, {3, n})), dtype);
      const auto f = [](const auto& a, const auto& b) { return exp(a) * tanh(b) + 2.0 * a; };
      const auto run = [&](const ag::Tensor& u, const ag::Tensor& v) {
        ag::Tape tape;
        const ag::Tensor x = tape.variable(u), y = tape.variable(v);
        const ag::Tensor z = f(x, y), twice = f(z, x);
        const ag::Tensor s = sum(twice);
        const auto g = tape.gradient(s);
        return std::array{twice.to_vector(), g[x].to_vector(), g[y].to_vector()};
      };
      const auto row = run(slice(grid, 0), slice(grid, 1));  // views, of elements with others behind them
      const auto copy = run(ag::Tensor(slice(grid, 0).data().copy()), ag::Tensor(slice(grid, 1).data().copy()));
      const ag::Tensor large = broadcast_to(slice(grid, 0), {2100, n}), other = broadcast_to(slice(grid, 1), {2100, n});
      const auto many = run(large, other);
      for (std::size_t k = 0; k < 3; ++k) {
        CHECK(row[k] == copy[k]);
        CHECK(std::vector(many[k].end() - n, many[k].end()) == row[k]);
      }
      const ag::Tensor updated = index_update(grid, 1, f(slice(grid, 0), slice(grid, 2)));
      CHECK(ag::Tensor(slice(updated, 0)).to_vector() == ag::Tensor(slice(grid, 0)).to_vector());
      CHECK(ag::Tensor(slice(updated, 2)).to_vector() == ag::Tensor(slice(grid, 2)).to_vector());
    }
}

TEST_CASE("a sum of multiples: a cotangent in the memory of the result's, repeated variables, and a constant") {
  for (const ag::Index n : {5, 100, 700, 5000}) {
    INFO(n);
    const ag::Tensor start = sin(ag::Tensor::linspace(-3, 5, {n})), w = cos(ag::Tensor::linspace(0, 9, {n}));
    ag::Tape tape;
    const ag::Tensor x = tape.variable(start), y = tape.variable(start);
    ag::Tensor u = 2.0 * x, v = 3.0 * y;
    ag::Tensor z = 5.0 * u - 7.0 * (v - w) + 11.0 * u - v;
    u = v = ag::Tensor();
    const ag::Tensor s = sum(z * w);
    z = ag::Tensor();
    const auto g = tape.gradient(s);
    const auto gx = g[x].to_vector(), gy = g[y].to_vector(), c = w.to_vector();
    for (std::size_t k = 0; k < c.size(); ++k) {
      REQUIRE(gx[k] == Approx(32 * c[k]));
      REQUIRE(gy[k] == Approx(-24 * c[k]));
    }
  }
}

TEST_CASE("an argument whose cotangent is the result's takes its memory as it is, whatever else does") {
  using T = ag::Tensor;
  const auto check = [](ag::Index n, const auto& formula, double of_u, double of_v) {
    std::vector<float> whole;  // numbers, which no order of additions rounds
    for (ag::Index i = 0; i < n; ++i) whole.push_back(static_cast<float>(i % 7));
    const T start = T::of(whole, {n}), weight = 3.0 + start;
    ag::Tape tape;
    const T x = tape.variable(start), y = tape.variable(start);
    T u = 2.0 * x, v = 2.0 * y, z = formula(u, v);
    u = v = T();
    const T s = sum(square(z) * weight);
    const std::vector<double> value = z.to_vector(), w = weight.to_vector();
    z = T();
    const auto g = tape.gradient(s);
    const auto gx = g[x].to_vector(), gy = g[y].to_vector();
    for (std::size_t k = 0; k < w.size(); ++k) {
      REQUIRE(gx[k] == static_cast<float>(2 * of_u * 2 * value[k] * w[k]));
      REQUIRE(gy[k] == static_cast<float>(2 * of_v * 2 * value[k] * w[k]));
    }
  };
  for (const ag::Index n : {1, 5, 100, 5000, 40'000}) {
    INFO(n);
    check(n, [](const T& u, const T& v) { return T(u + v); }, 1, 1);
    check(n, [](const T& u, const T& v) { return T(u - v); }, 1, -1);
    check(n, [](const T& u, const T& v) { return T(2.0 * v - (1.0 - u)); }, 1, 2);
    check(n, [](const T& u, const T&) { return T(u + 3.0); }, 1, 0);
    check(n, [](const T& u, const T&) { return T(u + 3.0 * u + u); }, 5, 0);
    check(n, [](const T& u, const T& v) { return T(3.0 * v + u - v); }, 1, 2);
  }
}

TEST_CASE("shapes that do not broadcast are named") {
  const ag::Tensor a = ag::Tensor::ones({2, 3}), b = ag::Tensor::ones({4});
  CHECK_THROWS_AS(ag::Tensor(a * a + b), ag::ShapeError);
  CHECK_THROWS_WITH(ag::Tensor(a * a + b),
                    ContainsSubstring("[add]") && ContainsSubstring("(2, 3)") && ContainsSubstring("(4,)"));
}

TEST_CASE("each thread has its own tapes") {
  double slopes[2] = {};
  const auto work = [&](int k) {
    ag::Tape tape;
    const auto x = tape.variable(k + 2.0);
    const auto t = tape.variable(ag::Tensor::full({1000}, k + 1.0));
    for (int i = 0; i < 200; ++i) {
      const auto here = tape.position();
      const ag::Tensor s = sum(t * t * x);
      slopes[k] = tape.gradient(s)[x].value();
      tape.rewind(here);
    }
  };
  std::thread first(work, 0), second(work, 1);
  first.join();
  second.join();
  CHECK(slopes[0] == 1000);
  CHECK(slopes[1] == 4000);
}

TEST_CASE("a tensor may travel to another thread") {
  const ag::Tensor shared = ag::Tensor::ones({100});
  double got = 0;
  std::thread([&, copy = shared] {
    ag::Tape tape;
    const auto x = tape.variable(copy);
    const ag::Tensor s = sum(x * shared);
    got = tape.gradient(s)[x].to_vector()[5];
  }).join();
  CHECK(got == 1);
}

TEST_CASE("a value is kept by its users and by the statements whose pullbacks read it, by nobody else") {
  // Large enough for the elements to have memory of their own.
  const ag::Tensor start = ag::Tensor::linspace(-1, 1, {5000});
  const auto kept = [&](const auto& second, const auto& third) {
    ag::Tape tape;
    const ag::Tensor x = tape.variable(start);
    ag::Tensor u = third(x);
    const ag::core::ArrayWatch watch(u.data());
    ag::Tensor v = second(u);
    CHECK(watch.references() > 0);
    u = ag::Tensor();
    const bool is_kept = watch.references() > 0;
    CHECK(tape.gradient(ag::Tensor(sum(v)))[x].size() == 5000);
    return is_kept;
  };
  const auto cubed = [](const ag::Tensor& t) { return ag::Tensor(t * t * t); };
  CHECK_FALSE(kept([](const ag::Tensor& t) { return ag::Tensor(0.5 * t - t / 3.0 + 1.0); }, cubed));
  CHECK(kept([](const ag::Tensor& t) { return ag::Tensor(t * t); }, cubed));
  CHECK(kept([](const ag::Tensor& t) { return ag::Tensor(3.0 / t); }, cubed));
  // An activation keeps its result alone.
  CHECK_FALSE(kept([](const ag::Tensor& t) { return ag::Tensor(tanh(t + 1.0)); }, cubed));
  CHECK(kept([](const ag::Tensor& t) { return ag::Tensor(tanh(t * t)); }, cubed));
  CHECK(kept([](const ag::Tensor& t) { return ag::Tensor(t + 1.0); },
             [](const ag::Tensor& t) { return ag::Tensor(tanh(t + 1.0)); }));
  // A factor is kept for the other one's cotangent, if that is asked for.
  const ag::Tensor mask = start + 2.0;
  CHECK_FALSE(kept([&](const ag::Tensor& t) { return ag::Tensor(t * mask); }, cubed));
  // The product of matrices keeps what it read, not what it gave.
  const ag::Tensor weights = ag::Tensor::linspace(0, 1, {50, 50});
  CHECK_FALSE(kept([](const ag::Tensor& t) { return ag::Tensor(t + 1.0); },
                   [&](const ag::Tensor& t) { return matmul(reshape(t, {100, 50}), weights); }));
}

TEST_CASE("what a linear statement read may change after it was recorded") {
  ag::Tape tape;
  const auto x = tape.variable(ag::Tensor::ones({600}));
  ag::Tensor c = ag::Tensor::ones({600});
  const ag::Tensor linear = sum(square(3.0 * x - c));
  const ag::Tensor y = 2.0 * x - c;
  c.mutable_array<double>()(7) = 100;
  CHECK(tape.gradient(y, ag::Tensor::ones({600}))[x].to_vector() == std::vector<double>(600, 2.0));
  CHECK_THROWS_AS(tape.gradient(linear), ag::TapeError);
}

TEST_CASE("gradients by way of the result: of every activation, of slices, of rows that are repeated") {
  for (const ag::Dtype dtype : {ag::float32, ag::float64})
    for (const ag::Index n : {5, 16, 700, 40'000}) {
      INFO(n);
      const auto compare = [&](const auto& f) {
        const ag::Tensor start = ag::Tensor::linspace(-2, 2, {2, n}, dtype), b = ag::Tensor::linspace(0, 1, {n}, dtype);
        const auto of = [&](ag::Tape& tape) {
          const ag::Tensor x = tape.variable(start), row = tape.variable(b);
          const ag::Tensor y = f(x, row);
          const ag::Tensor z = sum(square(y - 0.3));
          const auto g = tape.gradient(z);
          return std::pair(g[x].to_vector(), g[row].to_vector());
        };
        ag::Tape fused;
        const auto a = of(fused);
        const auto b_each = [&] {
          ag::Tape each{ag::record_graph};
          return of(each);
        }();
        for (std::size_t i = 0; i < a.first.size(); ++i) REQUIRE(a.first[i] == Approx(b_each.first[i]).margin(1e-5));
        for (std::size_t i = 0; i < a.second.size(); ++i) REQUIRE(a.second[i] == Approx(b_each.second[i]).margin(1e-5));
      };
      compare([](const auto& x, const auto& row) { return ag::Tensor(tanh(x + row)); });
      compare([](const auto& x, const auto& row) { return ag::Tensor(sigmoid(2.0 * x - row)); });
      compare([](const auto& x, const auto& row) { return ag::Tensor(relu(row - x)); });
      compare([](const auto& x, const auto& row) { return ag::Tensor(exp(x / 2.0 + row)); });
      compare([](const auto& x, const auto& row) { return ag::Tensor(sqrt(3.0 + x + row)); });
      compare([](const auto& x, const auto& row) { return ag::Tensor(tanh(slice(x, 1) + row)); });
    }
}

namespace {

// What an op says of its slopes is so: with NaN in place of what they are not computed from they are the same.
template <class Op>
void check_declarations() {
  const double nan = std::nan("");
  if constexpr (ag::op::by_result<Op>) {
    INFO(Op::name);
    for (const double x : {-2.0, -0.5, 0.0, 0.25, 3.0}) {
      if (!ag::op::domain_of<Op>().contains(x)) continue;
      const double y = Op{}.value(x);
      CHECK(std::get<0>(Op{}.derivative(nan, y).values) == std::get<0>(Op{}.derivative(x, y).values));
    }
  }
  if constexpr (requires { Op::linear; }) {
    INFO(Op::name);
    static_assert(Op::linear.size() == 2);
    const Op op{};
    if (ag::op::linear_in<Op>(0))
      CHECK(std::get<0>(op.derivative(nan, 3.0, nan).values) ==
            std::get<0>(op.derivative(2.0, 3.0, op.value(2.0, 3.0)).values));
    if (ag::op::linear_in<Op>(1))
      CHECK(std::get<1>(op.derivative(2.0, nan, nan).values) ==
            std::get<1>(op.derivative(2.0, 3.0, op.value(2.0, 3.0)).values));
  }
}

template <class... Op>
void check_family(ag::op::List<Op...>) {
  (check_declarations<Op>(), ...);
}
template <class... Family>
void check_families(ag::op::List<Family...>) {
  (check_family(Family{}), ...);
}

}  // namespace

TEST_CASE("ops that say what their slopes are computed from say so rightly") { check_families(ag::op::Families{}); }
