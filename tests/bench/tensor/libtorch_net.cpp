// libtorch's networks: torch::nn::Linear with the weights of the other side, and the optimisers of torch::optim.
#ifdef XGRAD_HAS_TORCH

#include <memory>

#include <tests/bench/tensor/libtorch_tensor.hpp>

namespace bench {
namespace {

class LibtorchNet {
 public:
  explicit LibtorchNet(const Net& net)
      : classifies_(net.target.integers), input_(to_torch(net.input)), target_(to_torch(net.target)) {
    for (std::size_t l = 0; l + 1 < net.widths.size(); ++l) {
      torch::nn::Linear layer(net.widths[l], net.widths[l + 1]);
      const torch::NoGradGuard constant;
      layer->weight.copy_(to_torch(net.parameters[2 * l]));
      layer->bias.copy_(to_torch(net.parameters[2 * l + 1]));
      layers_.push_back(layer);
      for (const torch::Tensor& p : layer->parameters()) parameters_.push_back(p);
    }
    if (net.adam) optimiser_ = std::make_unique<torch::optim::Adam>(parameters_, learning_rate);
    else optimiser_ = std::make_unique<torch::optim::SGD>(parameters_, learning_rate);
  }

  void gradient() {
    forget_gradients(parameters_);
    torch::Tensor y = input_;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      y = layers_[l]->forward(y);
      if (l + 1 < layers_.size()) y = classifies_ ? torch::nn::functional::relu(y) : torch::tanh(y);
    }
    const torch::Tensor loss =
        classifies_ ? torch::nn::functional::cross_entropy(y, target_) : torch::nn::functional::mse_loss(y, target_);
    loss.backward();
  }

  void step() {
    gradient();
    optimiser_->step();
  }

  std::vector<Elements> results() {
    gradient();
    return gradients_of(parameters_);
  }

 private:
  bool classifies_;
  torch::Tensor input_, target_;
  std::vector<torch::nn::Linear> layers_;
  std::vector<torch::Tensor> parameters_;
  std::unique_ptr<torch::optim::Optimizer> optimiser_;
};

}  // namespace

Contender libtorch_net(const Net& net) {
  const auto state = std::make_shared<LibtorchNet>(net);
  return {[state] { state->step(); }, [state] { return state->results(); }};
}

}  // namespace bench

#endif
