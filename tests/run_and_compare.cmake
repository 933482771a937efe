# Runs PROGRAM and compares what it prints with the file EXPECTED, line by line. Numbers count exactly as printed, but
# for what differs from run to run:
#   ~1.25   any number, however many blanks are before it (1.25 is what one run printed); also ~12,345
#   {time}  a number and its unit, as in 3.2 ms
# Run as: cmake -D PROGRAM=<path> -D EXPECTED=<path> -P run_and_compare.cmake
cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE actual RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "${PROGRAM} ended with: ${failed}\n${actual}")
endif()
if(NOT EXISTS ${EXPECTED})
  message(FATAL_ERROR "${EXPECTED} is missing. If this is right, save it there:\n${actual}")
endif()
file(READ ${EXPECTED} expected)

include(${CMAKE_CURRENT_LIST_DIR}/take_line.cmake)
string(ASCII 1 number)
string(ASCII 2 time)
set(rest "${actual}")
set(count 0)
while(NOT "${expected}${rest}" STREQUAL "")
  math(EXPR count "${count} + 1")
  take_line(expected wanted)
  take_line(rest got)
  string(REGEX REPLACE " *~[-+]?[0-9]+(,[0-9]+)*(\\.[0-9]+)?(e[-+]?[0-9]+)?" "${number}" pattern "${wanted}")
  string(REGEX REPLACE " *{time}" "${time}" pattern "${pattern}")
  string(REGEX REPLACE "([][+.*()^$?|\\\\])" "\\\\\\1" pattern "${pattern}")
  string(REPLACE "${number}" " *[-+.,0-9einfa]+" pattern "${pattern}")
  string(REPLACE "${time}" " *[.:0-9]+ *[a-z]*" pattern "${pattern}")
  if(NOT got MATCHES "^${pattern}$")
    message(FATAL_ERROR "Line ${count} differs from ${EXPECTED}\n  expected: ${wanted}\n  printed:  ${got}\n"
                        "The whole output:\n${actual}")
  endif()
endwhile()
