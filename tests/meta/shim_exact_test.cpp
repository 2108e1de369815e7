#include <type_traits>

#include "catch2.hpp"

// What exact tests use, under Catch2 and under support/tiny_catch.hpp.
TEST_CASE("each section runs once, after the lines before it", "[shim]") {
  static int before = 0;
  static int first = 0;
  static int second = 0;
  ++before;
  SECTION("first") { ++first; }
  SECTION("second") {
    ++second;
    CHECK(before == 2);
    CHECK(first == 1);
  }
  CHECK(first + second == before);
}

TEST_CASE("checks take commas and notes") {
  int const n = 2;
  CAPTURE(n, n + 1);
  INFO("n is " << n);
  CHECK(std::is_same_v<decltype(n), int const>);
  CHECK_FALSE(n == 3);
  REQUIRE(n == 2);
}
