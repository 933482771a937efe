# Shows that each structure check can fail: runs it on a small tree with one fault and expects its complaint.
# Run as: cmake -D SCRATCH=<folder> -P self_test.cmake
cmake_minimum_required(VERSION 3.25)

# expect(<check> <complaint, a regular expression, or OK> <file> <its content>)
function(expect check complaint file content)
  file(REMOVE_RECURSE ${SCRATCH})
  file(MAKE_DIRECTORY ${SCRATCH}/autograd ${SCRATCH}/nn ${SCRATCH}/tests ${SCRATCH}/examples)
  foreach(name CMakeLists.txt README.md CMakePresets.json LICENSE autograd/core/a.hpp autograd/reverse/r.hpp)
    file(WRITE ${SCRATCH}/${name} "\n")
  endforeach()
  file(WRITE ${SCRATCH}/${file} "${content}\n")
  execute_process(COMMAND ${CMAKE_COMMAND} -D ROOT=${SCRATCH} -P ${CMAKE_CURRENT_LIST_DIR}/${check}.cmake
                  RESULT_VARIABLE failed ERROR_VARIABLE errors OUTPUT_QUIET)
  string(REGEX REPLACE "[ \n]+" " " errors "${errors}")
  if(complaint STREQUAL "OK" AND failed)
    message(SEND_ERROR "${check} complained about ${file} with '${content}':\n${errors}")
  elseif(NOT complaint STREQUAL "OK" AND NOT (failed AND errors MATCHES "${complaint}"))
    message(SEND_ERROR "${check} did not say '${complaint}' about ${file} with '${content}':\n${errors}")
  endif()
endfunction()

expect(floors OK "autograd/op/x.hpp" "#include <autograd/core/a.hpp>\n#include <vector>")
expect(floors "op/x.hpp \\(floor 1\\) includes autograd/reverse/r.hpp \\(floor 2\\)"
       autograd/op/x.hpp "#include <autograd/reverse/r.hpp>")
expect(floors "must not know each other" autograd/forward/x.hpp "#include <autograd/reverse/r.hpp>")
expect(floors "must not know each other" autograd/reverse/x.cpp "  # include <autograd/forward/x.hpp> // why")
expect(floors "floor 2\\) includes autograd/evaluate.hpp \\(floor 3" autograd/reverse/x.hpp "#include <autograd/evaluate.hpp>")
expect(floors "floor 3\\) includes autograd/gradcheck.hpp \\(floor 4" autograd/evaluate.hpp "#include <autograd/gradcheck.hpp>")
expect(floors "floor 4\\) includes nn/nn.hpp \\(floor 5" autograd/autograd.hpp "#include <nn/nn.hpp>")
expect(floors "floor 5\\) includes tests/catch.hpp" nn/nn.hpp "#include <tests/catch.hpp>")
expect(floors "repository root" autograd/core/x.cpp "#include \"a.hpp\"")

expect(dependencies OK autograd/core/simd.hpp "#include <xsimd/xsimd.hpp>\n#include <sleef.h>")
expect(dependencies "x.hpp includes <xsimd" autograd/core/x.hpp "#include <xsimd/xsimd.hpp>")
expect(dependencies "x.hpp includes <sleef" autograd/core/x.hpp "#include <sleef.h>")
expect(dependencies "x.cpp includes <xtensor" examples/x.cpp "#include <xtensor/xarray.hpp>")
expect(dependencies "x.cpp includes <cblas" nn/x.cpp "#include <cblas.h>")
expect(dependencies "x.cpp includes <zlib" nn/x.cpp "#include <zlib.h>")
expect(dependencies "x_test.cpp includes <catch2" tests/x_test.cpp "#include <catch2/catch.hpp>")

expect(includes_exist OK nn/x.cpp "#include <autograd/core/a.hpp>")
expect(includes_exist "no autograd/core/b.hpp" nn/x.cpp "#include <autograd/core/b.hpp>")
expect(includes_exist "no tests/b.hpp" tests/x.cpp "#include \"tests/b.hpp\"")

string(REPEAT "\n" 399 lines)
expect(file_length OK nn/x.cpp "${lines}")
expect(file_length "has 401 lines" nn/x.cpp "${lines}\n")

expect(top_level OK .clang-format "")
expect(top_level "docs does not belong" docs/index.md "")
file(REMOVE_RECURSE ${SCRATCH})
