#include <hone/run/pace.hpp>

#include "catch2.hpp"

namespace {

TEST_CASE("the first factor is the pace, until more are known") {
  hone::pace p;
  CHECK(p.factor() == 1);
  p.follow(1.3f);
  CHECK(p.factor() == 1.3f);
}

TEST_CASE("calls that something made longer do not show, up to six in nine") {
  hone::pace p;
  for (int i = 0; i < 100; ++i) {
    CHECK(p.follow(1.2f) == 0);
    CHECK(p.follow(i % 3 == 0 ? 1.2f : 1000.0f) == 0);
    CHECK(p.follow(i % 3 == 1 ? 1.2f : 1.9f) == 0);
    CHECK(p.factor() == 1.2f);
  }
}

TEST_CASE(
    "a pace that changes for good is followed within nine timed calls, "
    "and reported once") {
  for (float next : {1.5f, 0.6f}) {
    hone::pace p;
    for (int i = 0; i < 20; ++i) p.follow(1);
    int reported = 0;
    float change = 0;
    for (int i = 0; i < 9; ++i)
      if (float const c = p.follow(next); c != 0) ++reported, change = c;
    CHECK(p.factor() == next);
    CHECK(reported == 1);
    CHECK(change == Approx(next - 1));
  }
}

TEST_CASE("small changes are followed without a report") {
  hone::pace p;
  for (int i = 0; i < 20; ++i) p.follow(1);
  for (int i = 0; i < 20; ++i) CHECK(p.follow(1.05f) == 0);
  CHECK(p.factor() == 1.05f);
}

}  // namespace
