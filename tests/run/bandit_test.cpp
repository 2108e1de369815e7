#include <hone/run/bandit.hpp>

#include <cmath>

#include "catch2.hpp"

namespace {

using namespace hone;

exploration_policy const policy{};

arm predicted(float ns) {
  arm a;
  a.mean = ns, a.doubt = policy.prior_spread * policy.prior_spread;
  return a;
}

TEST_CASE("a time of nothing, again and again, and then of something, leaves figures that are numbers") {
  arm a{.mean = 5, .doubt = 0.04f};
  for (std::uint32_t i = 0; i < 100'000; ++i) a.observe(0, i, {});
  CHECK(a.mean > 0);
  for (std::uint32_t i = 100'000; i < 100'200; ++i) a.observe(100, i, {});
  CHECK(a.mean > 0);
  CHECK(a.mean < 200);
  CHECK(a.doubt >= 0);
  CHECK(a.noise > 0);
  CHECK(a.noise < 1e6f);
}

TEST_CASE("an arm learns its mean and its noise, and knows how well") {
  random_bits random(3);
  arm a = predicted(100);
  for (std::uint32_t t = 0; t < 500; ++t) a.observe(130 * (1 + 0.05f * random.normal()), t, policy);
  CHECK(a.mean == Approx(130).epsilon(0.02));
  CHECK(std::sqrt(a.noise) == Approx(0.05).epsilon(0.3));
  CHECK(std::sqrt(a.doubt) < 0.02);
  CHECK(a.samples == 500);
}

TEST_CASE("one observation outweighs a prediction as far as it is more certain") {
  arm a = predicted(100);
  a.observe(120, 1, policy);
  CHECK(a.mean > 110);
  CHECK(a.mean < 120);
}

TEST_CASE("a lost time slice hardly moves the mean, however long it was") {
  random_bits random(5);
  arm a = predicted(100);
  for (std::uint32_t t = 0; t < 200; ++t) a.observe(100 * (1 + 0.03f * random.normal()), t, policy);
  float const before = a.mean;
  a.observe(1e9f, 200, policy);
  CHECK(a.mean == Approx(before).epsilon(0.02));
  a.observe(100, 201, policy), a.observe(1e9f, 202, policy);
  CHECK(a.mean == Approx(before).epsilon(0.03));
}

TEST_CASE(
    "the third surprise in a row is believed, and says by how much "
    "things changed") {
  arm a = predicted(100);
  for (std::uint32_t t = 0; t < 100; ++t) a.observe(100, t, policy);
  CHECK(a.observe(150, 100, policy) == 0);
  CHECK(a.observe(150, 101, policy) == 0);
  CHECK(a.observe(150, 102, policy) == Approx(0.5).epsilon(0.05));
  CHECK(a.mean == Approx(150).epsilon(0.02));
  for (std::uint32_t t = 103; t < 106; ++t) a.observe(80, t, policy);
  CHECK(a.mean == Approx(80).epsilon(0.05));
}

TEST_CASE("doubt grows while nobody looks") {
  arm a = predicted(100);
  for (std::uint32_t t = 0; t < 100; ++t) a.observe(100, t, policy);
  CHECK(a.doubt_at(10'000, policy) > 10 * a.doubt_at(100, policy));
  CHECK(optimistic(a, 10'000, policy) < optimistic(a, 100, policy));
  CHECK(optimistic(a, 100, policy) < a.mean);
}

TEST_CASE("an arm beats another by more than 1%, and beyond doubt") {
  arm a = predicted(100), b = predicted(80);
  CHECK_FALSE(beats(b, a, 0, policy));  // predictions alone prove nothing
  for (std::uint32_t t = 0; t < 200; ++t) a.observe(100, t, policy), b.observe(80, t, policy);
  CHECK(beats(b, a, 200, policy));
  CHECK_FALSE(beats(a, b, 200, policy));
  CHECK_FALSE(beats(b, a, 4'000'000'000u, policy));  // after a day nobody knows
  for (std::uint32_t t = 200; t < 2000; ++t) b.observe(99.5f, t, policy);
  CHECK_FALSE(beats(b, a, 200, policy));
}

TEST_CASE("no times, however odd, make a mean that is no positive number") {
  arm a = predicted(0.1f);
  std::uint32_t t = 0;
  for (float ns : {0.0f, 0.0f, 0.0f, 0.0f, 1e30f, 1e30f, 1e30f, 0.0f, 1e-30f}) {
    a.observe(ns, ++t, policy);
    CHECK(a.mean > 0);
    CHECK(std::isfinite(a.mean));
    CHECK(a.doubt >= 0);
    CHECK(a.noise > 0);
  }
}

TEST_CASE("random bits are the same for a seed, and about what they claim to be") {
  random_bits a(7), b(7), c(8);
  CHECK(a.next() == b.next());
  CHECK(a.next() != c.next());
  double sum = 0, squares = 0, uniform = 0;
  for (int i = 0; i < 10'000; ++i) {
    float const n = a.normal(), u = a.uniform();
    sum += n, squares += n * n, uniform += u;
    if (u < 0 || u >= 1) FAIL("a uniform number outside [0, 1)");
  }
  CHECK(std::fabs(sum / 10'000) < 0.04);
  CHECK(squares / 10'000 == Approx(1).epsilon(0.05));
  CHECK(uniform / 10'000 == Approx(0.5).epsilon(0.03));
}

}  // namespace
