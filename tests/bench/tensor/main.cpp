// Tensor benchmarks in float32, beside libtorch in one process: forward and backward, and the step of the optimiser
// where there is one. Contenders take turns; results are compared before anything is timed.
//
//   bench_tensor [--cores N] [chain] [formulas] [nets] [memory] [peak] [scaling]
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <tests/bench/tensor/table.hpp>

int main(int argc, char** argv) {
  struct Group {
    std::string_view name;
    bool (*run)();
    bool wanted = false;
  };
  Group groups[] = {{"chain", bench::run_chain},   {"formulas", bench::run_formulas}, {"nets", bench::run_nets},
                    {"memory", bench::run_memory}, {"peak", bench::run_peak},         {"scaling", bench::run_scaling}};
  if (argc == 4 && std::string_view(argv[1]) == "--peak-of") {
    bench::set_cores(1);
    bench::print_peak_of(argv[2], argv[3]);
    return 0;
  }
  int cores = 1;
  bool all = true;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    bool known = false;
    if (argument == "--cores" && i + 1 < argc) known = (cores = std::atoi(argv[++i])) >= 1;
    for (Group& group : groups)
      if (group.name == argument) known = group.wanted = true, all = false;
    if (!known) {
      std::printf("bench_tensor [--cores N] [chain] [formulas] [nets] [memory] [peak] [scaling]\n");
      return 2;
    }
  }
  bench::set_cores(cores);

  std::printf(
      "Tensors, float32, %d %s; medians (quartiles). Ratio: time of libtorch / time of xgrad; new/step: calls of\n"
      "operator new in a steady state, of xgrad / of libtorch\n",
      cores, cores == 1 ? "core" : "cores");
#ifndef XGRAD_HAS_TORCH
  std::printf("libtorch-dev is not installed: only xgrad is measured\n");
#endif
  bool correct = true;
  for (const Group& group : groups)
    if (all || group.wanted) correct = group.run() && correct;
  return correct ? 0 : 1;
}
