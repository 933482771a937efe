# Finds what xgrad is built on. Read twice: by the build, and by find_package(xgrad) in a user's project.
#
# Headers and libraries are looked up directly. The packages' own configuration files differ between versions, are
# missing for some (SLEEF), and ask for more than what xgrad uses.
#
# Afterwards `xgrad_missing` is empty, or says what to install, one indented line each (which CMake does not re-wrap).
set(xgrad_missing "")

# xgrad_dependency(<name> <Debian package> HEADERS <one of these>... [LIBRARY <name>] [FOLDERS <to look in first>...])
# gives the target xgrad::<name>.
macro(xgrad_dependency name package)
  cmake_parse_arguments(xgrad "" "LIBRARY" "HEADERS;FOLDERS" ${ARGN})
  find_path(XGRAD_${name}_INCLUDE_DIR NAMES ${xgrad_HEADERS} PATH_SUFFIXES ${xgrad_FOLDERS})
  mark_as_advanced(XGRAD_${name}_INCLUDE_DIR)
  if(xgrad_LIBRARY)
    find_library(XGRAD_${name}_LIBRARY NAMES ${xgrad_LIBRARY} PATH_SUFFIXES ${xgrad_FOLDERS})
    mark_as_advanced(XGRAD_${name}_LIBRARY)
  endif()
  if(NOT XGRAD_${name}_INCLUDE_DIR OR (xgrad_LIBRARY AND NOT XGRAD_${name}_LIBRARY))
    string(APPEND xgrad_missing "\n  ${name} not found. Install it: apt-get install ${package}")
  elseif(NOT TARGET xgrad::${name})
    add_library(xgrad::${name} INTERFACE IMPORTED GLOBAL)
    target_include_directories(xgrad::${name} INTERFACE ${XGRAD_${name}_INCLUDE_DIR})
    if(xgrad_LIBRARY)
      target_link_libraries(xgrad::${name} INTERFACE ${XGRAD_${name}_LIBRARY})
    endif()
  endif()
endmacro()

# xtensor moved its headers into subfolders with 0.26.
xgrad_dependency(xtensor libxtensor-dev HEADERS xtensor/xtensor_config.hpp xtensor/core/xtensor_config.hpp)
xgrad_dependency(xtl xtl-dev HEADERS xtl/xtl_config.hpp)
xgrad_dependency(xsimd libxsimd-dev HEADERS xsimd/xsimd.hpp)
xgrad_dependency(sleef libsleef-dev HEADERS sleef.h LIBRARY sleef)
# The OpenBLAS that shares OpenMP's threads, if there is one: another brings threads of its own, and on several cores
# the two kinds wait for each other's cores (a step of a network took ten times as long).
xgrad_dependency(openblas libopenblas-openmp-dev HEADERS cblas.h LIBRARY openblas
                 FOLDERS openblas-openmp openblas-pthread openblas-serial openblas)

# Quad precision, for checks: a library of g++'s own, which clang finds too. Where there is no __float128 (64-bit ARM)
# long double takes its place, and nothing is needed.
include(CheckCXXSourceCompiles)
check_cxx_source_compiles("#ifndef __SIZEOF_FLOAT128__
#error none
#endif
int main() { return 0; }" XGRAD_HAS_FLOAT128)
if(XGRAD_HAS_FLOAT128)
  set(CMAKE_REQUIRED_LIBRARIES quadmath)
  check_cxx_source_compiles("extern \"C\" __float128 expq(__float128);
int main() { return expq(0) == 1 ? 0 : 1; }" XGRAD_HAS_QUADMATH)
  unset(CMAKE_REQUIRED_LIBRARIES)
  if(NOT XGRAD_HAS_QUADMATH)
    string(APPEND xgrad_missing "\n  libquadmath not found. Install it: apt-get install g++")
  endif()
endif()
if(NOT TARGET xgrad::quadmath)
  add_library(xgrad::quadmath INTERFACE IMPORTED GLOBAL)
  if(XGRAD_HAS_FLOAT128)
    target_link_libraries(xgrad::quadmath INTERFACE quadmath)
  endif()
endif()

find_package(ZLIB QUIET)
if(NOT ZLIB_FOUND)
  string(APPEND xgrad_missing "\n  zlib not found. Install it: apt-get install zlib1g-dev")
endif()
find_package(OpenMP QUIET COMPONENTS CXX)
if(NOT OpenMP_CXX_FOUND)
  string(APPEND xgrad_missing "\n  OpenMP not found. g++ brings its own; for clang: apt-get install libomp-dev")
endif()
