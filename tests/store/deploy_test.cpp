#include <hone/hone.hpp>
#include <hone/hw/catalogue/any.hpp>
#include <hone/store/deploy.hpp>

#include "catch2.hpp"
#include "engines.hpp"
#include "sample.hpp"

namespace store = hone::store;
using sample::engine;

namespace {

struct tiny : hone::model<hone::nn::input<3>, hone::nn::dense<3>> {};
static_assert(store::deployable<hone::engine<tiny, hone::hw::any>>);
static_assert(requires { hone::engine<tiny, hone::hw::any>::view().variants; });

store::repository filled(std::vector<hone::artifact> const& artifacts) {
  auto r = store::repository::open(":memory:");
  for (auto const& a : artifacts) r.put(a);
  return r;
}

hone::artifact with_plan(std::uint64_t plan, double latency, double accuracy = 0.98) {
  auto i = sample::info(plan);
  i.figures.latency = {latency}, i.figures.accuracy = accuracy;
  return sample::artifact(plan, i);
}

store::request asking() {
  store::request r{};
  r.model = "digits", r.machine = sample::info().made_for;
  return r;
}

}  // namespace

TEST_CASE("the best artifact that an engine was compiled for serves the request") {
  store::deployment<engine<1>, engine<2>> d(filled({with_plan(1, 900), with_plan(2, 500), with_plan(3, 100)}));
  auto const got = d.serve(asking());
  CHECK(got.network.about().plan_id == 2);
  CHECK(got.failed.empty());
  REQUIRE(got.considered.ranked.size() == 3);
  CHECK_THAT(store::explain(got.considered), Contains("no engine of the program"));

  std::array<float, 3> const x{1, 2, 3};
  auto const y = got.network(x);
  auto const bias = sample::artifact(2).weights;
  REQUIRE(y.size() == 3);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(y[i] == 2 * x[i] + static_cast<float>(bias.at("dense_1.bias").values<std::int32_t>()[i]));
}

TEST_CASE("a request that says nothing of a machine means this one") {
  auto const here = hone::hw::metadata(hone::hw::detect());
  auto native = sample::info(1), other = sample::info(2);
  native.made_for = here, other.made_for.isa = "another";
  store::deployment<engine<1>, engine<2>> d(filled({sample::artifact(1, native), sample::artifact(2, other)}));
  auto const got = d.serve({});
  CHECK(got.network.about().plan_id == 1);
  CHECK(got.considered.ranked[0].like == store::likeness::same_processor);
  CHECK(got.considered.ranked[1].like == store::likeness::same_device);
}

TEST_CASE("an input of another size is refused") {
  store::deployment<engine<1>> d(filled({with_plan(1, 900)}));
  auto& net = d.serve(asking()).network;
  CHECK(net.inputs() == 3);
  CHECK_THROWS_WITH(net(std::array<float, 2>{}), Contains("the input has 2 numbers, 3 are wanted"));
}

TEST_CASE("what engines are predicted to take here counts more than what is stored") {
  using slow = sample::predicted_engine<2, 300>;
  using quick = sample::predicted_engine<1, 200>;
  store::deployment<slow, quick> d(filled({with_plan(1, 900), with_plan(2, 500)}));
  auto const got = d.serve(asking());
  CHECK(got.network.about().plan_id == 1);
  CHECK(got.considered.ranked[0].latency.value == 200);
  CHECK(got.considered.ranked[1].latency.value == 300);
}

TEST_CASE("a network is loaded once") {
  store::deployment<engine<1>, engine<2>> d(filled({with_plan(1, 900), with_plan(2, 500, 0.9)}));
  auto& first = d.serve(asking()).network;
  CHECK(&first == &d.serve(asking()).network);
  CHECK(d.loaded() == 1);
  auto exact = asking();
  exact.accuracy = 0.95;
  CHECK(d.serve(exact).network.about().plan_id == 1);
  CHECK(d.loaded() == 2);
  exact.plans = {{1}, {7}};
  CHECK(d.serve(exact).network.about().plan_id == 1);
}

TEST_CASE("an artifact that cannot be loaded gives way to the next best") {
  auto broken = with_plan(2, 100);
  broken.weights = {};
  store::deployment<engine<1>, engine<2>> d(filled({with_plan(1, 900), broken}));
  auto const got = d.serve(asking());
  CHECK(got.network.about().plan_id == 1);
  REQUIRE(got.failed.size() == 1);
  CHECK_THAT(got.failed[0], Contains("artifact 2") && Contains("dense_1.bias"));
  CHECK(d.loaded() == 1);

  auto only = asking();
  only.plans = {{2}};
  CHECK_THROWS_WITH(d.serve(only), Contains("failed to load") && Contains("dense_1.bias"));
}

TEST_CASE("when nothing fits, the error tells the nearest") {
  store::deployment<engine<1>> d(filled({with_plan(1, 900, 0.97)}));
  auto r = asking();
  r.accuracy = 0.98;
  CHECK_THROWS_WITH(d.serve(r), Contains("none of 1 artifacts fits; artifact 1: accuracy 97%"));
  r.model = "kws";
  CHECK_THROWS_WITH(d.serve(r), Contains("no artifact of this model (model kws)"));
  r.plans = {{2}, {3}};
  CHECK_THROWS_WITH(d.serve(r), Contains("no engine of this program has one of the plans asked for"));
  store::deployment<engine<4>> other(filled({with_plan(1, 900)}));
  CHECK_THROWS_WITH(other.serve(asking()), Contains("no engine of the program was compiled for its plan"));
}
