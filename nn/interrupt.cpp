// SIGINT by sigaction. The handler does one atomic increment, which is safe in a signal; SA_RESETHAND lets
// the kernel put the default back before the handler even runs, so that a second Ctrl-C always works.
#include <atomic>
#include <nn/interrupt.hpp>

namespace nn {
namespace {

std::atomic<int> interrupts{0};
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void nn_count_interrupt(int) { interrupts.fetch_add(1, std::memory_order_relaxed); }

bool is_ours(const struct sigaction& action) {
  return (action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == nn_count_interrupt;
}

}  // namespace

InterruptGuard::InterruptGuard() : count_at_start_(interrupts.load()) {
  struct sigaction ours{};
  ours.sa_handler = nn_count_interrupt;
  ours.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigemptyset(&ours.sa_mask);
  sigaction(SIGINT, nullptr, &previous_);
  const bool ignored = (previous_.sa_flags & SA_SIGINFO) == 0 && previous_.sa_handler == SIG_IGN;
  if (!ignored) sigaction(SIGINT, &ours, nullptr);
}

InterruptGuard::~InterruptGuard() {
  // After a Ctrl-C in an inner guard the outer one has had its first as well: leave the default in place.
  if (is_ours(previous_) && interrupted()) return;
  sigaction(SIGINT, &previous_, nullptr);
}

bool InterruptGuard::interrupted() const noexcept { return interrupts.load() != count_at_start_; }

}  // namespace nn
