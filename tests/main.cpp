// The test program's main(). Catch2 version 3 brings its own as a library; version 2 generates it here.
#define CATCH_CONFIG_MAIN
#include <tests/catch.hpp>
