#include <hone/hw/catalogue/cortex_a53.hpp>
#include <hone/hw/catalogue/haswell.hpp>
#include <hone/train/met.hpp>
#include <hone/train/trainer.hpp>

#include "blobs.hpp"
#include "catch2.hpp"

using namespace hone;
using namespace hone::train;

namespace {

struct setting {
  dynamic_graph g = thaw(blobs::net::description);
  data_set d = blobs::examples(90, 1), judge = blobs::examples(90, 2);
  tensor_set base = train::train(g, initialize(g, 1), d, {.epochs = 10, .batch = 15, .rate = 0.02});
  std::vector<shal::environment> machines{{hw::haswell::value, 1, {{0.5, 1}, {}, {}}}, {hw::cortex_a53::value, 1}};

  std::vector<met_result> run(met_options const& o) const {
    std::vector<met_result> all;
    multi_environment_train(g, base, machines, d, judge, o, [&](met_result const& r, int n, int of) {
      CHECK((n == static_cast<int>(all.size()) + 1 && of == o.samples));
      all.push_back(r);
    });
    return all;
  }
};
met_options quick_met() {
  met_options o;
  o.samples = 4, o.seed = 1, o.accuracy_floor = 0.8, o.model = "blobs", o.origin.seed = 1;
  o.tuning.training.epochs = 1, o.tuning.thinning_epochs = 1;
  return o;
}

}  // namespace

TEST_CASE("every sampled machine gets the artifact that it is predicted to run fastest") {
  setting const s;
  std::vector<met_result> const all = s.run(quick_met());
  REQUIRE(all.size() == 4);
  bool seen[2]{};
  for (met_result const& r : all) {
    seen[r.environment.index] = true;
    profile const& m = r.environment.machine;
    for (dtype precision : {dtype::f32, dtype::bf16, dtype::i8}) {
      dynamic_graph const other = pass::canonical(s.g, options{.precision = precision}, m);
      CHECK(r.predicted.latency <= shal::predict(pass::finalize(other, m), m).latency);
    }
    artifact const& a = r.artifact;
    CHECK((a.model == "blobs" && a.plan_id == pass::plan_id(r.network.canonical)));
    CHECK((a.precision == r.chosen.precision && a.made_for.name == m.name));
    CHECK(a.figures.latency == r.predicted.latency);
    CHECK(a.figures.energy == r.predicted.energy);
    CHECK((a.figures.accuracy == r.network.after.accuracy && a.figures.accuracy >= 0.8));
    CHECK(a.figures.accuracy_before == r.network.before.accuracy);
    CHECK((a.origin.seed == 1 && a.origin.data_hash == fingerprint(s.d)));
    CHECK(a.weights.bytes() == r.network.weights.bytes());
    CHECK_NOTHROW(pass::load_canonical(r.network.canonical, a.weights));
  }
  CHECK((seen[0] && seen[1]));
}

TEST_CASE("nothing is chosen that is not allowed") {
  setting const s;
  met_options o = quick_met();
  o.samples = 1, o.precisions = {dtype::bf16}, o.prune = 0.5f;
  for (met_result const& r : s.run(o)) CHECK(r.chosen.precision == dtype::bf16);
}

TEST_CASE("a floor that nothing reaches, and empty choices, are errors") {
  setting const s;
  met_options o = quick_met();
  o.samples = 1, o.accuracy_floor = 1.01;
  CHECK_THROWS_WITH(s.run(o), Contains("accuracy floor") && Contains("wanted 101%"));
  o = quick_met(), o.precisions.clear();
  CHECK_THROWS_WITH(s.run(o), Contains("no precision is allowed"));
  o = quick_met(), o.samples = 0;
  CHECK_THROWS_WITH(s.run(o), Contains("no environment is to be drawn"));
  setting none;
  none.machines.clear();
  CHECK_THROWS_WITH(none.run(quick_met()), Contains("cannot sample environments"));
}
