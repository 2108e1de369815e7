#include <hone/shal/ranking.hpp>

#include "catch2.hpp"

#include <vector>

using hone::shal::kendall;
using times = std::vector<hone::nanoseconds>;

TEST_CASE("Kendall's correlation counts the pairs that are ordered right") {
  times const measured{{10}, {20}, {30}, {40}};
  CHECK(kendall(times{{1}, {2}, {3}, {4}}, measured) == 1);
  CHECK(kendall(times{{4}, {3}, {2}, {1}}, measured) == -1);
  CHECK(kendall(times{{2}, {1}, {3}, {4}}, measured) == Approx(4.0 / 6));  // one pair of six is wrong
  CHECK(kendall(times{{1}, {1}, {3}, {4}}, measured) == Approx(5.0 / 6));  // and here undecided
}

TEST_CASE("pairs that measure alike do not count") {
  times const measured{{100}, {104}, {200}};
  CHECK(kendall(times{{2}, {1}, {3}}, measured) == 1);
  CHECK(kendall(times{{2}, {1}, {3}}, measured, 0.03) == Approx(1.0 / 3));
  CHECK(kendall(times{{1}, {2}}, times{{10}, {10}}) == 1);
  CHECK(kendall(times{}, times{}) == 1);
}
