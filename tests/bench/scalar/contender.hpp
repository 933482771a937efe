// A contender is one way to get the gradient of one problem. A library enters with an adapter, a class with
//   name, role              static constexpr
//   gradient(problem, g)    writes the gradient of any problem and returns the value; may be left out
//   jacobian(problem, block, y, j)   the same for one block of a blocked problem; may be left out
//   tape_bytes              how long the tape was after the last recording; 0 if that is not known
//
// Each adapter is a translation unit of its own, so that the headers of two libraries never meet, and how far the
// compiler inlines one does not depend on the others.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include <tests/bench/scalar/problems.hpp>

namespace bench {

/// What is computed: values and gradient; for a blocked problem those of all blocks, one behind the other.
struct Result {
  std::vector<double> values, gradient;
};

enum class Role { by_hand, ours, peer };

struct Contender {
  std::string_view library;
  Role role;
  std::function<void(Result&)> run;
  std::function<std::size_t()> tape_bytes;
};

/// By the name of the problem.
using Contenders = std::map<std::string_view, std::vector<Contender>>;

/// Enters a library at each problem it can do.
template <class Library>
void enter(Contenders& contenders) {
  for_each_problem([&]<class Problem>(const Problem& problem) {
    const auto library = std::make_shared<Library>();
    std::function<void(Result&)> run;
    std::size_t recordings = 1;
    if constexpr (is_blocked<Problem>) {
      if constexpr (requires(double* out) { library->jacobian(problem, 0, out, out); }) {
        recordings = problem.blocks;
        run = [&problem, library](Result& result) {
          constexpr std::size_t inputs = Problem::block_inputs, outputs = Problem::block_outputs;
          for (int b = 0; b < problem.blocks; ++b)
            library->jacobian(problem, b, &result.values[b * outputs], &result.gradient[b * outputs * inputs]);
        };
      }
    } else if constexpr (requires(double* g) { library->gradient(problem, g); }) {
      run = [&problem, library](Result& result) {
        result.values[0] = library->gradient(problem, result.gradient.data());
      };
    }
    if (run)
      contenders[Problem::name].push_back(
          {Library::name, Library::role, run, [library, recordings] { return recordings * library->tape_bytes; }});
  });
}

// Each in the file of its name.
void enter_by_hand(Contenders&);
void enter_xgrad(Contenders&);
void enter_adolc(Contenders&);
void enter_sacado(Contenders&);
void enter_stan(Contenders&);
void enter_ceres(Contenders&);
void enter_eigen(Contenders&);

}  // namespace bench
