// Datasets: from tables, by rows, split, standardised, in batches; accuracy and the confusion matrix.
#include <set>
#include <sstream>
#include <autograd/autograd.hpp>
#include <nn/nn.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;

namespace {

using Rows = std::vector<std::int64_t>;

ag::Tensor labels(Rows v) {
  const auto n = static_cast<ag::Index>(v.size());
  return ag::Tensor::of(v, {n});
}

// Row i holds 10 i, 10 i + 1, and has the target i.
nn::Dataset numbered(ag::Index n) {
  std::vector<double> x;
  Rows y;
  for (ag::Index i = 0; i < n; ++i) {
    x.push_back(10.0 * static_cast<double>(i));
    x.push_back(10.0 * static_cast<double>(i) + 1);
    y.push_back(i);
  }
  return {ag::Tensor::of(x, {n, 2}), labels(y)};
}

Rows rows_of(const nn::Dataset& batch) {
  Rows rows;
  for (const double y : batch.targets.to_vector()) rows.push_back(static_cast<std::int64_t>(y));
  for (std::size_t i = 0; i < rows.size(); ++i)
    CHECK(batch.features.to_vector()[2 * i] == 10.0 * static_cast<double>(rows[i]));
  return rows;
}

}  // namespace

TEST_CASE("Dataset: from a table") {
  const nn::Table table = nn::parse_csv("a,b,kind\n1,2,0\n3,4,1\n5,6.5,0\n");
  const nn::Dataset data = nn::from_table(table, "kind");
  CHECK(data.size() == 3);
  CHECK((data.features.dtype() == ag::float32 && data.targets.dtype() == ag::int64));
  CHECK((data.features.shape() == ag::Shape{3, 2} && data.targets.shape() == ag::Shape{3}));
  CHECK(data.features.to_vector() == std::vector<double>{1, 2, 3, 4, 5, 6.5});
  CHECK(data.targets.to_vector() == std::vector<double>{0, 1, 0});
  const nn::Dataset values = nn::from_table(table, 0, {.target = nn::Target::values, .dtype = ag::float64});
  CHECK((values.features.dtype() == ag::float64 && values.targets.dtype() == ag::float64));
  CHECK(values.features.to_vector() == std::vector<double>{2, 0, 4, 1, 6.5, 0});
  CHECK(values.targets.shape() == ag::Shape{3, 1});

  CHECK_THROWS_AS(nn::from_table(table, "nothing"), ag::ShapeError);
  CHECK_THROWS_AS(nn::from_table(table, "b"), ag::DomainError);
  CHECK_THROWS_AS(nn::from_table(nn::parse_csv("1,-1\n2,0\n"), -1), ag::DomainError);
}

TEST_CASE("Dataset: subset and errors") {
  const nn::Dataset data = numbered(5);
  CHECK(rows_of(data.subset(Rows{4, 0, 4})) == Rows{4, 0, 4});
  CHECK(data.subset(Rows{}).size() == 0);
  CHECK_THROWS_AS(data.subset(Rows{5}), ag::ShapeError);
  CHECK_THROWS_AS(data.subset(Rows{-1}), ag::ShapeError);
  CHECK_THROWS_AS((nn::Dataset{ag::Tensor::zeros({3, 2}), labels({0, 1})}.size()), ag::ShapeError);
  CHECK_THROWS_AS((nn::Dataset{ag::Tensor(1.0), labels({0})}.size()), ag::ShapeError);
}

TEST_CASE("Dataset: train and test") {
  nn::Rng rng{4};
  const auto [train, test] = nn::train_test_split(numbered(50), 0.2, rng);
  Rows all = rows_of(train);
  for (const std::int64_t row : rows_of(test)) all.push_back(row);
  CHECK((train.size() == 40 && test.size() == 10));
  CHECK(std::set<std::int64_t>(all.begin(), all.end()).size() == 50);

  nn::Dataset two = numbered(30);
  two.targets = labels(Rows(30, 0));
  for (std::size_t i = 0; i < 10; ++i) two.targets.mutable_array<std::int64_t>()(i) = 1;
  const auto split = nn::train_test_split(two, 0.5, rng);  // stratified
  CHECK(ag::Tensor(sum(split.test.targets)).value() == 5);
  two.targets = ag::Tensor::zeros({30, 1});
  CHECK(nn::train_test_split(two, 0.5, rng).test.size() == 15);

  nn::Rng a{9}, b{9}, c{8};
  const auto first = rows_of(nn::train_test_split(numbered(50), 0.2, a).test);
  CHECK(first == rows_of(nn::train_test_split(numbered(50), 0.2, b).test));
  CHECK(first != rows_of(nn::train_test_split(numbered(50), 0.2, c).test));
}

TEST_CASE("Dataset: standardised by what was seen in training") {
  nn::Dataset train = numbered(3), test = numbered(1);  // columns 0 10 20 and 1 11 21
  const nn::Standardizer fitted = nn::standardize(train, test);
  CHECK(fitted.mean == std::vector<double>{10, 11});
  const double s = std::sqrt(200.0 / 3);
  for (std::size_t i = 0; i < 6; ++i)
    CHECK(train.features.to_vector()[i] == Approx(10 * (static_cast<double>(i / 2) - 1) / s).margin(1e-15));
  CHECK(test.features.to_vector()[0] == Approx(-10 / s));
  nn::Dataset other{ag::Tensor::zeros({2, 3}, ag::float32), labels({0, 1})};
  CHECK_THROWS_AS(nn::standardized(other, fitted), ag::ShapeError);
  nn::standardize(other);
  CHECK(other.features.dtype() == ag::float32);
}

TEST_CASE("Batches: every row once, seeded, the last one smaller or left out") {
  const nn::Dataset data = numbered(10);
  nn::Rng rng{3}, same{3}, other{4};
  const auto epoch = [&](nn::Rng& from, nn::BatchOptions options = {}) {
    std::vector<Rows> batches;
    for (const nn::Dataset& batch : nn::Batches{data, 4, from, options}) batches.push_back(rows_of(batch));
    return batches;
  };
  const auto first = epoch(rng);
  REQUIRE(first.size() == 3);
  CHECK((first[0].size() == 4 && first[1].size() == 4 && first[2].size() == 2));
  std::set<std::int64_t> seen;
  for (const Rows& b : first) seen.insert(b.begin(), b.end());
  CHECK(seen.size() == 10);
  CHECK(epoch(same) == first);
  CHECK(epoch(other) != first);
  CHECK(epoch(rng) != first);  // the next epoch
  CHECK(epoch(rng, {.drop_last = true}).size() == 2);

  nn::Batches in_order{data, 4};
  CHECK(in_order.size() == 3);
  CHECK(rows_of(*in_order.begin()) == Rows{0, 1, 2, 3});
  for (const auto& [x, y] : in_order) CHECK(x.shape(0) == y.shape(0));
  CHECK((nn::Batches{data, 100}.size()) == 1);
  CHECK((nn::Batches{data, 100, {.drop_last = true}}.size()) == 0);
  CHECK((nn::Batches{numbered(0), 4}.size()) == 0);
  CHECK_THROWS_AS((nn::Batches{data, 0}), ag::DomainError);
}

TEST_CASE("accuracy") {
  const ag::Tensor scores = ag::Tensor::of(std::vector<float>{1, 2, 0, 3, 1, 1, 0, 0, 5, 2, 2, 0}, {4, 3});
  CHECK(nn::accuracy(scores, labels({1, 0, 2, 0})) == 1);  // the first largest wins
  CHECK(nn::accuracy(scores, labels({1, 1, 2, 1})) == 0.5);
  CHECK(nn::accuracy(labels({1, 2}), labels({1, 0})) == 0.5);
  CHECK_THROWS_AS(nn::accuracy(scores, labels({1})), ag::ShapeError);
  CHECK_THROWS_AS(nn::accuracy(ag::Tensor::zeros({2, 1}), labels({0, 1})), ag::ShapeError);
  CHECK_THROWS_AS(nn::accuracy(scores, ag::Tensor::zeros({4})), ag::DtypeError);
  CHECK_THROWS_AS(nn::accuracy(labels({}), labels({})), ag::DomainError);

  const ag::Tensor outputs = ag::Tensor::of(std::vector<double>{0.2, 0.7, 0.6, 0.5}, {4, 1});
  const ag::Tensor targets = ag::Tensor::of(std::vector<double>{0, 1, 0, 0}, {4, 1});
  CHECK(nn::BinaryAccuracy{}(outputs, targets) == 0.75);
  CHECK(nn::BinaryAccuracy{.threshold = 0}(outputs, targets) == 0.25);
  CHECK_THROWS_AS(nn::BinaryAccuracy{}(outputs, labels({0, 1, 0, 0})), ag::ShapeError);
}

TEST_CASE("confusion_matrix") {
  const auto matrix = nn::confusion_matrix(labels({0, 1, 1, 2, 0}), labels({0, 1, 2, 2, 1}), 3);
  CHECK(matrix.counts.to_vector() == std::vector<double>{1, 0, 0, 1, 1, 0, 0, 1, 1});
  CHECK(matrix.accuracy() == 0.6);
  std::ostringstream out;
  out << matrix;
  CHECK(out.str() ==
        "label \\ predicted\n"
        "        0   1   2\n"
        "    0   1   .   .\n"
        "    1   1   1   .\n"
        "    2   .   1   1\n");
  CHECK_THROWS_AS(nn::confusion_matrix(labels({0, 3}), labels({0, 1}), 3), ag::DomainError);
  CHECK_THROWS_AS(nn::confusion_matrix(labels({0}), labels({0, 1}), 3), ag::ShapeError);
}
