// Squares of elements transposed in registers: for copies of transposed arrays, and for rows that advance side by side.
#pragma once

#include <cstring>
#include <utility>

#include <autograd/core/pack.hpp>
#include <autograd/core/shape.hpp>

namespace autograd::core {

/// Squares of n by n elements of 4 or 8 bytes whose rows fill a register, n a power of two.
template <class T>
struct Square {
  /// Registers of 32 bytes exchange elements between their halves slowly: there half of one is used.
  static constexpr Index n = static_cast<Index>((Pack<float>::size == 16 ? 64 : 16) / sizeof(T));
  typedef T Row __attribute__((vector_size(n * sizeof(T))));

  /// to[j][i] = from[i * from_row + j]: for each k = 1, 2, 4 ... the blocks of k by k elements off the diagonals of
  /// those of 2k by 2k change places.
  static void transpose(T (*to)[n], const T* from, Index from_row) {
    Row row[n];
    for (Index i = 0; i < n; ++i) std::memcpy(&row[i], from + i * from_row, sizeof(Row));
    step<1>(row, std::make_integer_sequence<Index, n>());
    std::memcpy(to, row, sizeof(row));
  }

 private:
  template <Index k, Index... i>
  [[gnu::always_inline]] static void step(Row* row, std::integer_sequence<Index, i...> lanes) {
    if constexpr (k < n) {
      const auto exchange = [](Row& a, Row& b) __attribute__((always_inline)) {
        const Row upper = __builtin_shufflevector(a, b, (i & k ? n + i - k : i)...);
        b = __builtin_shufflevector(a, b, (i & k ? n + i : i + k)...);
        a = upper;
      };
      ((i & k ? void() : exchange(row[i], row[i | k])), ...);
      step<2 * k>(row, lanes);
    }
  }
};

}  // namespace autograd::core
