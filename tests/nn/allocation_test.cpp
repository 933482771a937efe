// In a steady state a training step does not touch the heap: what it needs, the step before it has given back.
//
// The operators new of this program count; the pool, which has its own memory, is not seen by them.
#include <cstdlib>
#include <new>
#include <vector>

#include <autograd/autograd.hpp>
#include <nn/nn.hpp>
#include <tests/catch.hpp>

namespace {
thread_local long allocations = 0;

void* counted(std::size_t bytes, std::size_t align) {
  ++allocations;
  void* p = align ? std::aligned_alloc(align, (bytes + align - 1) / align * align) : std::malloc(bytes ? bytes : 1);
  if (!p) throw std::bad_alloc();
  return p;
}
}  // namespace

// All of them: a sanitizer wants memory to be freed by the family that it came from.
void* operator new(std::size_t bytes) { return counted(bytes, 0); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return std::malloc(bytes ? bytes : 1); }
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept { return std::malloc(bytes ? bytes : 1); }
void operator delete(void* p, const std::nothrow_t&) noexcept { std::free(p); }
void operator delete[](void* p, const std::nothrow_t&) noexcept { std::free(p); }
void* operator new[](std::size_t bytes) { return counted(bytes, 0); }
void* operator new(std::size_t bytes, std::align_val_t align) {
  return counted(bytes, static_cast<std::size_t>(align));
}
void* operator new[](std::size_t bytes, std::align_val_t align) {
  return counted(bytes, static_cast<std::size_t>(align));
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

namespace ag = autograd;

namespace {
template <class Step>
long in_steady_state(const Step& step) {
  for (int i = 0; i < 5; ++i) step();
  const long before = allocations;
  step();
  return allocations - before;
}
}  // namespace

TEST_CASE("the counter counts") {
  CHECK(in_steady_state([] { std::vector<int> v(1); }) == 1);
}

TEST_CASE("a training step in a steady state allocates nothing") {
  nn::Rng rng(1);
  nn::Sequential model{nn::Dense{4, 8, rng}, nn::Relu{}, nn::Dense{8, 3, rng}};
  const ag::Tensor x = ag::Tensor::linspace(-1, 1, {6, 4}, ag::float32);
  const ag::Tensor labels = ag::Tensor::of<std::int64_t>({0, 1, 2, 0, 1, 2}, {6});
  const auto train = [&](auto& optimiser) {
    return in_steady_state([&] {
      ag::Tape tape;
      const ag::Tensor loss = nn::cross_entropy(model(x), labels);
      optimiser.step(model, tape.gradient(loss));
    });
  };
  nn::Sgd sgd{.momentum = 0.9};
  CHECK(train(sgd) == 0);
  nn::Adam adam;
  CHECK(train(adam) == 0);
  nn::AdamW adamw;
  CHECK(train(adamw) == 0);
  CHECK(in_steady_state([&] { const ag::Tensor y = softmax(model(x), 1); }) == 0);
}

TEST_CASE("the gradient of an expression of tensors or of scalars allocates nothing") {
  const ag::Tensor a = ag::Tensor::linspace(-1, 1, {1000}), b = ag::Tensor::linspace(0, 1, {20, 50});
  CHECK(in_steady_state([&] {
          ag::Tape tape;
          const ag::Tensor x = tape.variable(a), w = tape.variable(b);
          const ag::Tensor f = sum(tanh(reshape(x, {20, 50}) * w) + mean(w, 0));
          const auto g = tape.gradient(f);
          const ag::Tensor dx = g[x];
        }) == 0);
  CHECK(in_steady_state([&] {  // of more leaves than have room on the stack
          ag::Tape tape;
          const ag::Tensor x = tape.variable(b);
          const ag::Tensor f = sum(x * x * x * x * x * x * x * x * x * x * x * x * x * x * x * x);
          const auto g = tape.gradient(f);
          const ag::Tensor dx = g[x];
        }) == 0);
  CHECK(in_steady_state([&] {
          ag::Tape tape;
          const ag::Var x = tape.variable(2.0);
          ag::Var sum = 0;
          for (int i = 0; i < 100; ++i) sum += sin(x) * i;
          const double dx = tape.gradient(sum)[x].value();
          if (dx == 0) throw 0;  // CHECK allocates
        }) == 0);
}
