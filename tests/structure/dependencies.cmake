# Each dependency is included by one file of ours, so that another version of it, or a replacement, touches one file.
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)

# Two regular expressions each: what is included, and who may include it.
set(rules
  "^<xsimd"             "^autograd/core/simd\\.hpp$"
  "^<sleef"             "^autograd/core/simd\\.hpp$"
  "^<(xtensor|xtl)/"    "^autograd/core/xtensor\\.hpp$"
  "^<(cblas|openblas)"  "^(autograd/core/blas\\.(hpp|cpp)$|tests/bench/)"
  "^<zlib"              "^nn/data/gzip\\.cpp$"
  "^<catch2/"           "^tests/catch\\.hpp$"
  "^<(torch|benchmark)/" "^tests/bench/")

find_sources(sources)
foreach(source IN LISTS sources)
  read_includes(${source} includes)
  foreach(include IN LISTS includes)
    set(remaining ${rules})
    while(remaining)
      list(POP_FRONT remaining what who)
      if(include MATCHES "${what}" AND NOT source MATCHES "${who}")
        problem("${source} includes ${include}, which only ${who} may do")
      endif()
    endwhile()
  endforeach()
endforeach()
report()
