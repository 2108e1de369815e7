#include <hone/train/crew.hpp>

#include <stdexcept>

#include "catch2.hpp"

using hone::train::crew;

TEST_CASE("every task runs once, whatever the number of threads") {
  for (int threads : {0, 1, 2, 5}) {
    crew hands(threads);
    if (threads > 0) CHECK(hands.size() == threads);
    std::vector<int> count(1000, 0);
    for (int round = 0; round < 50; ++round)
      hands(static_cast<int>(count.size()), [&](int i) { ++count[static_cast<std::size_t>(i)]; });
    for (int c : count) REQUIRE(c == 50);
    hands(0, [&](int) { count[0] = -1; });
    CHECK(count[0] == 50);
  }
}

TEST_CASE("a system that gives no threads leaves the caller to work alone") {
  pthread_attr_t usual, larger;
  REQUIRE(pthread_getattr_default_np(&usual) == 0);
  REQUIRE(pthread_getattr_default_np(&larger) == 0);
  REQUIRE(pthread_attr_setstacksize(&larger, std::size_t{1} << 47) == 0);  // more than there are addresses
  REQUIRE(pthread_setattr_default_np(&larger) == 0);
  crew hands(4);
  REQUIRE(pthread_setattr_default_np(&usual) == 0);
  CHECK(hands.size() == 1);
  int sum = 0;
  hands(10, [&](int i) { sum += i; });
  CHECK(sum == 45);
}

TEST_CASE("the first error of a task reaches the caller, and the crew goes on") {
  crew hands(3);
  for (int round = 0; round < 20; ++round)
    CHECK_THROWS_WITH(hands(40,
                            [](int i) {
                              if (i % 10 == 7) throw std::runtime_error("task " + std::to_string(i));
                            }),
                      "task 7");
  std::atomic<int> sum{0};
  hands(10, [&](int i) { sum += i; });
  CHECK(sum == 45);
}

TEST_CASE("tasks flush denormals, the caller keeps its own arithmetic") {
  crew hands(3);
  std::vector<int> flushed(64, 0);
  hands(64, [&](int i) {
    float volatile least = 1.2e-38f;
    flushed[static_cast<std::size_t>(i)] = least * 0.5f == 0 ? 1 : 0;
  });
  for (int f : flushed) CHECK(f == 1);
  float volatile least = 1.2e-38f;
  CHECK(least * 0.5f != 0);
}
