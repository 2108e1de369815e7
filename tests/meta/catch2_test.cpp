#include "catch2.hpp"

#include <stdexcept>
#include <string>

// The shim itself: what the other tests use, under Catch2 2 and 3.
TEST_CASE("the Catch2 shim offers one spelling for both versions") {
  auto const n = GENERATE(values({1, 2}), range(3, 5));
  CHECK(n >= 1);
  CHECK(0.1 + 0.2 == Approx(0.3));
  CHECK_THROWS_WITH(throw std::runtime_error("a shape of 3"), Contains("shape"));
  CHECK_THAT(std::string("hone"), Equals("hone") && Matches("h.*e"));
}

TEMPLATE_TEST_CASE("typed tests work", "", float, double) { CHECK(TestType(1) / 2 == TestType(0.5)); }
