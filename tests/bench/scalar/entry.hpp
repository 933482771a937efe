// What the table needs to know of a problem besides its contenders: how to evaluate it, and its number of operations.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include <tests/bench/scalar/contender.hpp>

namespace bench {

struct Entry {
  std::string_view name;
  std::function<void(Result&)> primal;  // the values only, with plain doubles
  long long operations;                 // elementary ones that depend on the inputs
  std::size_t row;                      // how many elements of the gradient belong together
  Result result;                        // with the right sizes
};

/// All problems, in the order of the table. In a file of its own, so that plain doubles are compiled like the others.
std::vector<Entry> make_entries();

}  // namespace bench
