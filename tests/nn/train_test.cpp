// Training: XOR, reproducible runs, what fit reports, and how it ends.
#include <csignal>
#include <sstream>
#include <autograd/autograd.hpp>
#include <nn/nn.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;

namespace {

nn::Dataset xor_data(ag::Dtype dtype) {
  return {cast(ag::Tensor::of(std::vector<double>{0, 0, 0, 1, 1, 0, 1, 1}, {4, 2}), dtype),
          cast(ag::Tensor::of(std::vector<double>{0, 1, 1, 0}, {4, 1}), dtype)};
}

// Points around three centres, labelled by their centre.
nn::Dataset clouds(ag::Index n, nn::Rng& rng, ag::Dtype dtype = ag::float32) {
  std::vector<double> x;
  std::vector<std::int64_t> y;
  for (ag::Index i = 0; i < n; ++i) {
    const auto label = static_cast<std::int64_t>(rng.below(3));
    x.push_back(rng.normal() + 4 * static_cast<double>(label == 1));
    x.push_back(rng.normal() + 4 * static_cast<double>(label == 2));
    y.push_back(label);
  }
  return {cast(ag::Tensor::of(x, {n, 2}), dtype), ag::Tensor::of(y, {n})};
}

auto small_net(nn::Rng& rng, ag::Dtype dtype = ag::float32) {
  return nn::Sequential{nn::Dense{2, 8, rng, {.dtype = dtype}}, nn::Tanh{}, nn::Dense{8, 3, rng, {.dtype = dtype}}};
}

}  // namespace

TEST_CASE("XOR: a linear model cannot, two layers can") {
  for (const ag::Dtype dtype : {ag::float32, ag::float64}) {
    const nn::Dataset data = xor_data(dtype);
    const nn::FitOptions options{.epochs = 2000,
                                 .batch_size = 4,
                                 .loss = nn::binary_cross_entropy_with_logits,
                                 .metric = nn::BinaryAccuracy{.threshold = 0},
                                 .out = nullptr};
    nn::Rng rng{1};
    nn::Dense linear{2, 1, rng, {.dtype = dtype}};
    nn::Adam adam{.rate = 0.05};
    CHECK(nn::fit(linear, adam, data, options, rng).epochs.back().metric <= 0.75);
    CHECK(nn::evaluate_on(linear, data, options.loss).loss == Approx(std::log(2)).epsilon(1e-3));

    nn::Sequential two{nn::Dense{2, 4, rng, {.dtype = dtype}}, nn::Sigmoid{}, nn::Dense{4, 1, rng, {.dtype = dtype}}};
    nn::Adam again{.rate = 0.05};
    CHECK(nn::fit(two, again, data, options, rng).epochs.back().metric == 1);
    CHECK(nn::evaluate_on(two, data, options.loss).loss < 0.01);
  }
}

TEST_CASE("fit: learns, and the same seed repeats it to the bit") {
  const auto run = [](auto seed, ag::Dtype dtype, auto optimiser) {
    nn::Rng rng{seed};
    const nn::Dataset train = clouds(300, rng, dtype), test = clouds(300, rng, dtype);
    auto model = small_net(rng, dtype);
    const nn::History history = nn::fit(model, optimiser, train,
                                        {.epochs = 5, .metric = nn::accuracy, .validation = test, .out = nullptr}, rng);
    CHECK(history.stop == nn::Stop::finished);
    CHECK(history.epochs.size() == 5);
    CHECK(history.epochs.back().loss < history.epochs.front().loss);
    CHECK(history.epochs.back().validation_metric > 0.9);
    CHECK(history.epochs.back().seconds > 0);
    const nn::Evaluation evaluation = nn::evaluate_on(model, test, nn::cross_entropy, nn::accuracy, 77);
    CHECK(evaluation.metric == Approx(history.epochs.back().validation_metric).epsilon(1e-12));
    CHECK(evaluation.loss == Approx(history.epochs.back().validation_loss).epsilon(1e-5));
    return model(test.features).to_vector();
  };
  const auto adam = nn::Adam{.rate = 0.01};
  CHECK(run(1, ag::float32, adam) == run(1, ag::float32, adam));
  CHECK(run(1, ag::float32, adam) != run(2, ag::float32, adam));
  run(3, ag::float64, adam);
  run(3, ag::float32, nn::AdamW{.rate = 0.01});
  run(3, ag::float32, nn::Sgd{.rate = 0.05, .momentum = 0.9, .nesterov = true});
}

TEST_CASE("fit: prints a line for each epoch, or nothing") {
  nn::Rng rng{1};
  const nn::Dataset train = clouds(50, rng);
  auto model = small_net(rng);
  nn::Sgd sgd{.rate = 0.1};
  std::ostringstream out;
  nn::fit(model, sgd, train, {.epochs = 2, .metric = nn::accuracy, .validation = train, .out = &out}, rng);
  CHECK_THAT(out.str(), ContainsSubstring("epoch 1/2") && ContainsSubstring("epoch 2/2") && ContainsSubstring("loss") &&
                            ContainsSubstring("accuracy") && ContainsSubstring("validation loss"));
}

TEST_CASE("fit: stops when asked, at a divergence, and at Ctrl-C with what was learnt") {
  nn::Rng rng{1};
  const nn::Dataset train = clouds(64, rng);
  auto model = small_net(rng);
  nn::Sgd sgd{.rate = 0.1};
  nn::FitOptions options{.epochs = 10, .out = nullptr};
  options.after_epoch = [&](const nn::Epoch&) {
    sgd.rate *= 0.5;
    return sgd.rate > 0.03;
  };
  nn::History history = nn::fit(model, sgd, train, options, rng);
  CHECK(history.stop == nn::Stop::asked);
  CHECK(history.epochs.size() == 2);

  options.after_epoch = [](const nn::Epoch&) {
    std::raise(SIGINT);
    return true;
  };
  const auto before = model.get<0>().weight.value().to_vector();
  history = nn::fit(model, sgd, train, options, rng);
  CHECK(history.stop == nn::Stop::interrupted);
  CHECK(history.epochs.size() == 1);
  CHECK(model.get<0>().weight.value().to_vector() != before);

  options.after_epoch = nullptr;
  options.loss = [](const ag::Tensor& a, const ag::Tensor& y) { return nn::cross_entropy(a, y) * INFINITY; };
  const auto kept = model.get<0>().weight.value().to_vector();
  history = nn::fit(model, sgd, train, options, rng);
  CHECK(history.stop == nn::Stop::diverged);
  CHECK(history.epochs.empty());
  CHECK(model.get<0>().weight.value().to_vector() == kept);
}

TEST_CASE("fit: bad input") {
  nn::Rng rng{1};
  const nn::Dataset train = clouds(8, rng);
  auto model = small_net(rng);
  nn::Sgd sgd;
  const auto fails = [&](const nn::Dataset& data, nn::FitOptions options) {
    options.out = nullptr;
    nn::fit(model, sgd, data, options, rng);
  };
  CHECK_THROWS_AS(fails(train, {.epochs = 0}), ag::DomainError);
  CHECK_THROWS_AS(fails(train, {.batch_size = 0}), ag::DomainError);
  CHECK_THROWS_AS(fails(train, {.loss = {}}), ag::DomainError);
  CHECK_THROWS_AS(fails(train, {.loss = nn::mse}), ag::ShapeError);
  CHECK_THROWS_AS(fails({train.features, ag::Tensor::zeros({3}, ag::int64)}, {}), ag::ShapeError);
  CHECK_THROWS_AS(fails(train.subset({}), {}), ag::DomainError);
  const auto each = [](const ag::Tensor& a, const ag::Tensor& y) {
    return nn::cross_entropy(a, y, nn::Reduction::none);
  };
  CHECK_THROWS_AS(fails(train, {.loss = each}), ag::ShapeError);
}
