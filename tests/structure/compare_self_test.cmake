# Shows that run_and_compare.cmake accepts what it should and nothing else.
# Run as: cmake -D SCRATCH=<folder> -P compare_self_test.cmake
cmake_minimum_required(VERSION 3.25)

# expect(OK or DIFFERS, <what the program prints>, <what is expected of it>)
function(expect verdict printed expected)
  file(WRITE ${SCRATCH}/printed "${printed}")
  file(WRITE ${SCRATCH}/expected "${expected}")
  execute_process(COMMAND ${CMAKE_COMMAND} "-D PROGRAM=${CMAKE_COMMAND};-E;cat;${SCRATCH}/printed"
                          -D EXPECTED=${SCRATCH}/expected -P ${CMAKE_CURRENT_LIST_DIR}/../run_and_compare.cmake
                  RESULT_VARIABLE failed OUTPUT_QUIET ERROR_QUIET)
  if((verdict STREQUAL "OK" AND failed) OR (verdict STREQUAL "DIFFERS" AND NOT failed))
    message(SEND_ERROR "'${printed}' against '${expected}' should be: ${verdict}")
  endif()
endfunction()

expect(OK "x = 1.25\n" "x = 1.25\n")
expect(DIFFERS "x = 1.26\n" "x = 1.25\n")
expect(DIFFERS "x = 1.25\nmore\n" "x = 1.25\n")
expect(DIFFERS "x = 1.25\n" "x = 1.25\nmore\n")
expect(DIFFERS "x = 1x25\n" "x = 1.25\n")
expect(OK "a [b]; (c) $^*+?|\\ {d}\n\nlast" "a [b]; (c) $^*+?|\\ {d}\n\nlast")
expect(DIFFERS "a\n\nb\n" "a\nb\n")
expect(OK "took   12.5 |  -3e-05, nan.\n" "took ~1.25 | ~4, ~0.\n")
expect(DIFFERS "took long\n" "took ~1.25\n")
expect(OK "took 12.5 us, 3s, 1:02 left\n" "took {time}, {time}, {time} left\n")
expect(DIFFERS "took us\n" "took {time}\n")
file(REMOVE_RECURSE ${SCRATCH})
