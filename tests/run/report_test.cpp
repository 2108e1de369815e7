#include <hone/run/report.hpp>

#include <string>

#include "catch2.hpp"
#include "tests/run/fake_plan.hpp"

namespace {

using namespace hone;

TEST_CASE("a report has a row a subgraph: layers, variant, share, predicted and measured times") {
  plan_view const plan = fake::plan({1, 1.5, 3, 1});
  adaptation how;
  how.initial_granularity = 3, how.rl_training_epochs = 0;
  fake::today() = {};
  for (auto& v : fake::today().ns)
    for (double& t : v) t = 300;
  executor e(plan, packed_weights(plan, fake::tensors(), 2, nullptr), how);
  float const x[2]{};
  for (int i = 0; i < 2000; ++i) e.run<sizeof x>(x);
  std::vector<subgraph_figures> const rows = report(e.plan(), e.agent());
  REQUIRE(rows.size() == e.agent().groups().size());
  int at = 0;
  float shares = 0;
  for (subgraph_figures const& r : rows) {
    CHECK(r.first == at);
    CHECK(std::string(r.from.c_str()) == "step_" + std::to_string(r.first));
    CHECK(std::string(r.to.c_str()) == "step_" + std::to_string(r.last - 1));
    REQUIRE(r.variants.size() == fake::variants);
    variant_figures const& chosen = r.variants[static_cast<std::size_t>(r.chosen)];
    CHECK(chosen.usable);
    CHECK(chosen.samples > 0);
    CHECK(chosen.measured.value > 0);
    int const steps = r.last - (r.first == 0 ? 1 : r.first);  // the input takes no time
    CHECK(r.variants[1].predicted.value == Approx(1500.0 * steps));
    CHECK_FALSE(r.variants[2].usable);
    CHECK(r.variants[2].measured.value == 0);
    at = r.last, shares += r.share;
  }
  CHECK(at == fake::ops);
  CHECK(shares == Approx(1));
}

}  // namespace
