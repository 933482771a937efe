// A contender is one way to do the work of a row: a step to time, and the results by which contenders are compared.
// What a row is about is given in plain arrays, so that neither library sees the types of the other.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

namespace bench {

using Extents = std::vector<std::int64_t>;
using Elements = std::vector<float>;

/// Row-major. Labels and indices, which the libraries take as int64, are exact in a float here.
struct Array {
  Extents shape;
  Elements elements;
  bool integers = false;
};

struct Contender {
  std::function<void()> step;
  std::function<std::vector<Elements>()> results;  ///< gradients, or what an operation gives
};

inline std::int64_t count(const Extents& shape) {
  std::int64_t n = 1;
  for (const std::int64_t extent : shape) n *= extent;
  return n;
}

/// Numbers in [-scale, scale], the same on every machine.
inline Array numbers(const Extents& shape, double seed, double scale = 1) {
  Array a{shape, Elements(static_cast<std::size_t>(count(shape)))};
  for (std::size_t i = 0; i < a.elements.size(); ++i)
    a.elements[i] = static_cast<float>(scale * std::sin(seed + 0.7 * static_cast<double>(i % 9973)));
  return a;
}

/// The whole numbers 0 to n - 1, shuffled: n and 7919 have no common factor.
inline Array shuffled(std::int64_t n) {
  Array a{{n}, {}, true};
  for (std::int64_t i = 0; i < n; ++i) a.elements.push_back(static_cast<float>(i * 7919 % n));
  return a;
}

/// The class of each of n examples.
inline Array labels(std::int64_t n, std::int64_t classes) {
  Array a{{n}, {}, true};
  for (std::int64_t i = 0; i < n; ++i) a.elements.push_back(static_cast<float>(i * 7919 % 10007 % classes));
  return a;
}

}  // namespace bench
