// InterruptGuard: Ctrl-C ends a training loop at the next epoch instead of killing the process with the weights.
#pragma once

#include <csignal>

namespace nn {

/// While a guard lives, the first SIGINT only makes interrupted() true; a second one does what it does by
/// default and ends the process. The destructor restores the handler that was there before. Guards nest (the
/// inner one must go first); a process that ignores SIGINT, as under nohup, keeps ignoring it. Signals belong
/// to the whole process, so create guards in one thread.
class [[nodiscard]] InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  /// True once a SIGINT came since this guard was made. May be asked from any thread.
  bool interrupted() const noexcept;

 private:
  struct sigaction previous_{};
  int count_at_start_;
};

}  // namespace nn
