# What the structure checks share. Each is run as: cmake -D ROOT=<repository> -P <check>.cmake
cmake_minimum_required(VERSION 3.25)

set(problems "")

# Paths of our C++ files below ROOT.
macro(find_sources out)
  set(${out} "")
  foreach(folder autograd nn tests examples)
    file(GLOB_RECURSE found RELATIVE ${ROOT} ${ROOT}/${folder}/*.hpp ${ROOT}/${folder}/*.cpp)
    list(APPEND ${out} ${found})
  endforeach()
endmacro()

# The includes of a file, each as it is written: <autograd/op/math.hpp> or "math.hpp".
function(read_includes file out)
  file(STRINGS ${ROOT}/${file} lines REGEX "^[ \t]*#[ \t]*include[ \t]*[<\"]")
  list(TRANSFORM lines REPLACE "^[ \t]*#[ \t]*include[ \t]*([<\"][^>\"]*[>\"]).*" "\\1")
  set(${out} "${lines}" PARENT_SCOPE)
endfunction()

macro(problem text)
  string(APPEND problems "  ${text}\n")
endmacro()

macro(report)
  if(problems)
    message(FATAL_ERROR "\n${problems}")
  endif()
endmacro()
