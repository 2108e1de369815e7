// Catch2 3 brings its own main(); Catch2 2 defines it, with the rest of its library, in the file that asks for it.
#if !__has_include(<catch2/catch_test_macros.hpp>)
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif
