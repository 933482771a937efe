# The top level stays what a newcomer can take in at one glance: the files listed here, and dot-files.
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)

set(expected autograd nn tests examples CMakeLists.txt README.md CMakePresets.json LICENSE)
set(ignored build compile_commands.json CMakeUserPresets.json)  # made by whoever builds here

file(GLOB found RELATIVE ${ROOT} ${ROOT}/*)
list(FILTER found EXCLUDE REGEX "^\\.")
foreach(name IN LISTS found)
  if(NOT name IN_LIST expected AND NOT name IN_LIST ignored)
    problem("${name} does not belong on the top level")
  endif()
endforeach()
foreach(name IN LISTS expected)
  if(NOT name IN_LIST found)
    problem("${name} is missing on the top level")
  endif()
endforeach()
report()
