#include <hone/search/training.hpp>

#include "catch2.hpp"
#include "tests/search/digit_space.hpp"
#include "tests/train/blobs.hpp"

namespace {

using namespace hone;

search::blueprint small(dtype precision, double rate = 0.01) {
  search::blueprint b;
  builder made(b.graph);
  shape const s = blobs::examples(4, 1).image_shape();
  int x = made.relu(made.dense("hidden", made.image("image", s), 12));
  made.output("class", made.dense("scores", x, blobs::examples(4, 1).classes));
  b.how.precision = precision;
  b.training = {.epochs = 18, .batch = 20, .rate = rate, .threads = 1};
  return b;
}
train::divided data() { return {blobs::examples(96, 1), blobs::examples(48, 2)}; }

TEST_CASE("rungs are thirds of thirds of the epochs") {
  CHECK(search::rungs_of(27, {}) == std::vector<int>{3, 9});
  CHECK(search::rungs_of(27, {.rungs = 3}) == std::vector<int>{1, 3, 9});
  CHECK(search::rungs_of(2, {}).empty());
  CHECK(search::rungs_of(27, {.rungs = 0}).empty());
}

TEST_CASE("a training that goes on is train's and fine_tune's, with errors on the way") {
  for (dtype t : {dtype::f32, dtype::i8}) {
    auto const b = small(t);
    auto const r = search::train_candidate(b, hw::haswell::value, data(), {}, [](auto) { return true; });
    INFO(r.note);
    REQUIRE(r.how == search::outcome::finished);
    REQUIRE(r.rungs.size() == 2);
    CHECK((r.rungs[0].epochs == 2 && r.rungs[1].epochs == 6));
    auto const base = train::train(b.graph, train::initialize(b.graph, 1), data().train, b.training);
    auto const tuned = train::fine_tune(b.graph, base, b.how, hw::haswell::value, data().train, data().test,
                                        {.training = {.epochs = 4, .rate = 2e-5, .threads = 1}});
    CHECK(r.error == 1 - tuned.after.accuracy);
    CHECK(r.network.weights.size() == tuned.weights.size());
    CHECK(r.error < 0.2);
  }
}

TEST_CASE("a training that is stopped has the error of its last rung") {
  int asked = 0;
  auto const r = search::train_candidate(small(dtype::f32), hw::haswell::value, data(), {}, [&](search::rung at) {
    CHECK(at.epochs == (asked == 0 ? 2 : 6));
    return ++asked < 2;
  });
  CHECK(asked == 2);
  CHECK(r.how == search::outcome::stopped);
  CHECK(r.error == r.rungs[1].error);
  CHECK(r.network.weights.size() == 0);
}

TEST_CASE("what diverges or does not fit is recorded, not raised") {
  auto const diverged =
      search::train_candidate(small(dtype::f32, 1e9), hw::haswell::value, data(), {}, [](auto) { return true; });
  CHECK(diverged.how == search::outcome::failed);
  CHECK_THAT(diverged.note, Contains("diverged"));
  CHECK(diverged.error == 1);
  auto b = small(dtype::f32);
  b.graph = {};
  builder made(b.graph);
  made.output("class", made.dense("scores", made.image("image", {3, 3, 3}), 2));
  CHECK(search::train_candidate(b, hw::haswell::value, data(), {}, [](auto) { return true; }).how ==
        search::outcome::failed);
}

TEST_CASE("a training goes on while its end may add to the front") {
  search::learning_curve curve;
  search::improvement const front({search::objectives_of(0.1, {100})}, search::objectives_of(0.5, {1000}));
  CHECK(search::is_promising({3, 0.9}, {100}, curve, front));  // nothing is known yet
  for (double noise : {0.9, 1.0, 1.1, 1.0}) curve.add({{3, 0.4}, {9, 0.2}}, 0.1 * noise);
  REQUIRE(curve.knows(3));
  CHECK_FALSE(curve.knows(4));
  CHECK(std::exp(curve.at_end({3, 0.4}).log_mean) == Approx(0.1).epsilon(0.02));
  CHECK(std::exp(curve.at_end({9, 0.1}).log_mean) == Approx(0.05).epsilon(0.02));
  CHECK(search::is_promising({3, 0.4}, {100}, curve, front));         // may be a little better
  CHECK_FALSE(search::is_promising({3, 0.8}, {100}, curve, front));   // about 0.2 at the end: dominated
  CHECK(search::is_promising({3, 0.8}, {50}, curve, front));          // but cheaper it would count
  CHECK_FALSE(search::is_promising({3, 0.8}, {2000}, curve, front));  // beyond the reference
}

}  // namespace
