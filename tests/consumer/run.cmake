# Installs xgrad, then configures, builds and runs the consumer project against the installed copy.
# BUILD is xgrad's build folder, SCRATCH a folder of our own; GENERATOR, COMPILER, BUILD_TYPE and FLAGS are xgrad's.
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE ${SCRATCH})

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${SCRATCH}/installed --config ${BUILD_TYPE})
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${SCRATCH}/build -G ${GENERATOR}
    -D CMAKE_CXX_COMPILER=${COMPILER} -D CMAKE_BUILD_TYPE=${BUILD_TYPE} "-D CMAKE_CXX_FLAGS=${FLAGS}"
    -D CMAKE_PREFIX_PATH=${SCRATCH}/installed)
run(${CMAKE_COMMAND} --build ${SCRATCH}/build --config ${BUILD_TYPE})
run(${SCRATCH}/build/consumer)
run(${SCRATCH}/build/own_op)
