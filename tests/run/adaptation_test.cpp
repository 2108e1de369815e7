#include <hone/run/adaptation.hpp>

#include <limits>
#include <string>

#include "catch2.hpp"

namespace {

using namespace hone;

std::string refusal(adaptation const& a) {
  try {
    check(a);
  } catch (error const& e) {
    CHECK(std::string(e.parts().where) == "hone::adaptation");
    CHECK(*e.parts().fix != 0);
    return e.parts().why;
  }
  return "";
}

TEST_CASE("the defaults, and the edges of what is allowed, are accepted") {
  CHECK(refusal({}).empty());
  CHECK(refusal({.performance_threshold = 1, .merging_threshold = 0, .exploration = 0}).empty());
  CHECK(refusal({.initial_granularity = 1, .shortest = {}, .sample_period = 1, .regroup_period = 1}).empty());
  CHECK(refusal({.warm_up = 0, .rl_training_epochs = 0, .resident_variants = 1000}).empty());
}

TEST_CASE("figures that make no sense are refused, by what is wrong with them") {
  float const nan = std::numeric_limits<float>::quiet_NaN();
  for (float share : {-0.1f, 1.0f, nan}) CHECK_THAT(refusal({.exploration = share}), Contains("exploration"));
  for (float share : {0.0f, -1.0f, 1.1f, nan})
    CHECK_THAT(refusal({.performance_threshold = share, .merging_threshold = 0}), Contains("thresholds"));
  for (float share : {-0.1f, nan}) CHECK_THAT(refusal({.merging_threshold = share}), Contains("thresholds"));
  CHECK_THAT(refusal({.performance_threshold = 0.3f, .merging_threshold = 0.3f}), Contains("split again"));
  CHECK_THAT(refusal({.initial_granularity = 0}), Contains("initial_granularity"));
  CHECK_THAT(refusal({.sample_period = 0}), Contains("sample_period"));
  for (int most : {(1 << 30) + 1, std::numeric_limits<int>::max()}) {
    CHECK_THAT(refusal({.sample_period = most}), Contains("sample_period"));
    CHECK_THAT(refusal({.warm_up = most}), Contains("warm_up"));
    CHECK_THAT(refusal({.initial_granularity = most}), Contains("initial_granularity"));
  }
  CHECK_THAT(refusal({.regroup_period = -1}), Contains("regroup_period"));
  CHECK_THAT(refusal({.warm_up = -1}), Contains("warm_up"));
  CHECK_THAT(refusal({.rl_training_epochs = -1}), Contains("rl_training_epochs"));
  CHECK_THAT(refusal({.resident_variants = 0}), Contains("resident_variants"));
  CHECK_THAT(refusal({.deadline = {-1}}), Contains("deadline"));
  CHECK_THAT(refusal({.shortest = {std::numeric_limits<double>::quiet_NaN()}}), Contains("shortest"));
  CHECK_THAT(refusal({.policy = {.boldness = -1}}), Contains("policy"));
  CHECK_THAT(refusal({.policy = {.prior_spread = nan}}), Contains("policy"));
  CHECK_THAT(refusal({.policy = {.drift = -1}}), Contains("policy"));
}

}  // namespace
