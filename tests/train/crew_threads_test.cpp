#include <hone/train/crew.hpp>

#include "catch2.hpp"

// Under the thread sanitizer: what tasks wrote without locks is there for the caller, and for the tasks of the next round.
TEST_CASE("rounds of tasks see each other's results") {
  hone::train::crew hands(4);
  std::vector<int> value(64, 0), sum(8, 0);
  for (int round = 1; round <= 500; ++round) {
    hands(64, [&](int i) { value[static_cast<std::size_t>(i)] += i; });
    hands(8, [&](int s) {
      for (int i = 0; i < 8; ++i) sum[static_cast<std::size_t>(s)] += value[static_cast<std::size_t>(8 * i + s)];
    });
    REQUIRE(value[63] == 63 * round);
  }
  CHECK(sum[7] == (7 + 15 + 23 + 31 + 39 + 47 + 55 + 63) * 500 * 501 / 2);
}
