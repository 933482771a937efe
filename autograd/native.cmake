# Sets `xgrad_vector_extensions`: the options that name, one by one, what -march=native selects on this machine.
#
# The width of a batch decides the layout of types in headers, so a program must be compiled with the same extensions as
# the installed library, wherever and by whichever compiler it is built.
execute_process(COMMAND ${CMAKE_CXX_COMPILER} -march=native -dM -E -x c++ /dev/null
                OUTPUT_VARIABLE macros RESULT_VARIABLE failed ERROR_QUIET)
if(failed)
  message(FATAL_ERROR "${CMAKE_CXX_COMPILER} does not know -march=native. Configure with -DXGRAD_NATIVE=OFF.")
endif()
set(xgrad_vector_extensions "")
foreach(extension sse3 ssse3 sse4.1 sse4.2 popcnt avx avx2 fma f16c bmi bmi2 avxvnni avx512f avx512cd avx512dq avx512bw
                  avx512vl avx512ifma avx512vbmi avx512vbmi2 avx512vnni avx512bitalg avx512vpopcntdq)
  string(TOUPPER ${extension} macro)
  string(REPLACE "." "_" macro ${macro})
  if(macros MATCHES "#define __${macro}__ 1")
    list(APPEND xgrad_vector_extensions -m${extension})
  endif()
endforeach()
