// Peak memory: how far the resident size rises above what it was with inputs and parameters in place, in three steps.
// Each library runs in a process of its own, started anew, after a small step that loads what it loads once.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include <tests/bench/tensor/table.hpp>

namespace bench {
namespace {

Row small_row(std::string_view name) {
  return name == "mlp" ? classifier({4, 4, 4, 4}, 4, false) : ten_operations(100);
}
Row large_row(std::string_view name) {
  return name == "mlp" ? classifier({784, 512, 512, 10}, 4096, false) : ten_operations(10'000'000);
}

/// A line of /proc/self/status, in bytes.
double status(const char* key) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(key)) return 1024 * std::atof(line.c_str() + std::strlen(key) + 1);
  return 0;
}

double measured(const std::string& name, const std::string& library) {
  char self[4096] = {};
  if (::readlink("/proc/self/exe", self, sizeof self - 1) < 0) return 0;
  const std::string command = "'" + std::string(self) + "' --peak-of " + name + " " + library;
  std::FILE* output = ::popen(command.c_str(), "r");
  double bytes = 0;
  if (!output || std::fscanf(output, "%lf", &bytes) != 1) bytes = 0;
  if (output) ::pclose(output);
  return bytes;
}

}  // namespace

bool run_peak() {
  std::printf("\nPeak memory above inputs and parameters, MB\n%-40s %10s %10s %18s\n", "row", "xgrad", "libtorch",
              "xgrad / libtorch");
  bool measured_all = true;
  for (const std::string name : {"mlp", "operations"}) {
    const double ours = measured(name, "xgrad"), theirs = measured(name, "libtorch");
    measured_all = measured_all && ours > 0;
    std::printf("%-40s %10.1f", name == "mlp" ? "MLP 784-512-512-10, batch 4096, SGD" : "ten operations, n = 1e7",
                ours / 1e6);
    if (theirs > 0) std::printf(" %10.1f %18.2f\n", theirs / 1e6, ours / theirs);
    else std::printf(" %10s %18s\n", "-", "-");
    std::fflush(stdout);
  }
  return measured_all;
}

void print_peak_of(std::string_view name, std::string_view library) {
  const Row small = small_row(name), large = large_row(name);
  const auto of = [&](const Row& row) { return library == "xgrad" ? row.xgrad.step : row.libtorch.step; };
  if (!of(large)) return;
  for (int i = 0; i < 3; ++i) of(small)();
  std::ofstream("/proc/self/clear_refs") << 5;  // the peak is counted from here
  const double before = status("VmRSS:");
  for (int i = 0; i < 3; ++i) of(large)();
  std::printf("%.0f\n", status("VmHWM:") - before);
}

}  // namespace bench
