// ADOL-C: records an operation tape with the values for the reverse sweep (`keep`), so that no forward sweep over the
// tape is needed, and with buffers in which the whole tape has room, as its manual recommends for speed.
#ifdef XGRAD_HAS_ADOLC

#include <adolc/adolc.h>

#include <tests/bench/scalar/contender.hpp>

namespace bench {
namespace {

class Adolc {
 public:
  static constexpr std::string_view name = "ADOL-C";
  static constexpr Role role = Role::peer;
  std::size_t tape_bytes = 0;

  Adolc() : tag_(next_tag++) {}

  template <class Problem>
  double gradient(const Problem& problem, double* g) {
    const int size = static_cast<int>(problem.start.size());
    double value = 0;
    record(problem.start.data(), size, &value, 1, [&](const adouble* x, adouble* y) { *y = problem.value(x); });
    reverse(tag_, 1, size, 0, 1.0, g);
    return value;
  }

  void jacobian(const BundleAdjustment& problem, int block, double* values, double* j) {
    constexpr int inputs = BundleAdjustment::block_inputs, outputs = BundleAdjustment::block_outputs;
    record(problem.block(block), inputs, values, outputs,
           [&](const adouble* x, adouble* y) { problem.residual(block, x, y); });
    double unit[outputs][outputs] = {}, *weights[outputs], *rows[outputs];
    for (int k = 0; k < outputs; ++k) {
      unit[k][k] = 1;
      weights[k] = unit[k];
      rows[k] = j + k * inputs;
    }
    reverse(tag_, outputs, inputs, 0, outputs, weights, rows);  // both rows in one sweep
  }

 private:
  template <class F>
  void record(const double* x, int inputs, double* y, int outputs, const F& f) {
    const auto run = [&] {
      {
        std::vector<adouble> active_x(inputs), active_y(outputs);
        for (int i = 0; i < inputs; ++i) active_x[i] <<= x[i];
        f(active_x.data(), active_y.data());
        for (int k = 0; k < outputs; ++k) active_y[k] >>= y[k];
      }
      trace_off();
    };
    if (!tape_bytes) {
      trace_on(tag_);
      run();
      measure();
      removeTape(tag_, ADOLC_REMOVE_COMPLETELY);  // with its files
    }
    constexpr int keep = 1;
    trace_on(tag_, keep, room_[0], room_[1], room_[2], room_[3]);
    run();
  }

  // The length of the tape, and buffers that will hold another one.
  void measure() {
    std::size_t counts[STAT_SIZE];
    tapestats(tag_, counts);
    const std::size_t used[] = {counts[NUM_OPERATIONS], counts[NUM_LOCATIONS], counts[NUM_VALUES],
                                counts[TAY_STACK_SIZE]};
    constexpr std::size_t sizes[] = {1, sizeof(locint), sizeof(double), sizeof(double)};
    for (int i = 0; i < 4; ++i) {
      tape_bytes += used[i] * sizes[i];
      room_[i] = static_cast<unsigned>(used[i] + used[i] / 16 + 4096);
    }
  }

  static inline short next_tag = 1;
  short tag_;
  unsigned room_[4] = {};
};

}  // namespace

void enter_adolc(Contenders& contenders) { enter<Adolc>(contenders); }

}  // namespace bench

#endif
