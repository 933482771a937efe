// What must be the same on one thread and on several.
#pragma once

#include <initializer_list>

#ifdef _OPENMP
#include <omp.h>
#endif

/// Calls f on one thread and on three; without OpenMP once.
template <class F>
void on_threads(const F& f) {
#ifdef _OPENMP
  const int before = omp_get_max_threads();
  for (const int threads : {1, 3}) {
    omp_set_num_threads(threads);
    f();
  }
  omp_set_num_threads(before);
#else
  f();
#endif
}
