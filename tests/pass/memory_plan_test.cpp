#include <hone/pass/memory_plan.hpp>
#include <hone/pass/partition.hpp>
#include <hone/pass/pipeline.hpp>

#include "catch2.hpp"
#include "networks.hpp"
#include "overlap.hpp"

using namespace hone;

namespace {

constexpr profile plain{
    .name = "plain", .target = isa::scalar, .vectors = {4, 16, 4, true}, .clock = {3.0}, .f32 = {2}, .int8 = {1}};

}  // namespace

TEST_CASE("results that live at the same time never share memory, in any precision") {
  for (dtype precision : {dtype::f32, dtype::i8}) {
    CHECK(overlap(pass::canonical(thaw(networks::residual_net::description), {.precision = precision}, plain)) == "");
    CHECK(overlap(pass::canonical(thaw(networks::branching_net::description), {.precision = precision}, plain)) == "");
    CHECK(overlap(pass::plan_activations(thaw(networks::residual_net::description))) == "");
  }
}

TEST_CASE("memory is reused: a long chain needs room for two results") {
  using chain =
      model<nn::input<8, 8, 4>, nn::relu, nn::tanh, nn::relu, nn::tanh, nn::relu, nn::tanh, nn::relu, nn::tanh>;
  dynamic_graph const g = pass::plan_activations(thaw(chain::description));
  CHECK(g.arena == 2 * (8 * 8 * 4 * 4 + 64));
}

TEST_CASE("a flatten lies where its input lies") {
  dynamic_graph const g = pass::plan_activations(thaw(networks::branching_net::description));
  for (op const& o : g.ops)
    if (is(o, flatten_kind)) CHECK(o.at == op_at(g, o.input[0]).at);
}

TEST_CASE("packed weights are aligned, apart and inside the block") {
  dynamic_graph const g = pass::finalize(
      pass::canonical(thaw(networks::residual_net::description), {.precision = dtype::i8}, plain), plain);
  std::vector<std::pair<int, int>> used;
  for (weight const& w : g.weights)
    if (w.at >= 0) {
      CHECK(w.at % 64 == 0);
      CHECK(w.at + w.size() <= g.packed);
      used.emplace_back(w.at, w.at + w.size());
    }
  std::sort(used.begin(), used.end());
  for (std::size_t i = 1; i < used.size(); ++i) CHECK(used[i - 1].second <= used[i].first);
  for (op const& o : g.ops)
    for (std::int16_t p : o.param)
      if (p >= 0) CHECK(weight_at(g, p).at >= 0);
}

TEST_CASE("a partition covers every operation once, for every number of parts") {
  dynamic_graph const g = pass::finalize(pass::canonical(thaw(networks::residual_net::description), {}, plain), plain);
  for (int parts = 1; parts < 20; ++parts) {
    pass::subgraph out[32]{};
    int const n = pass::partition(g, plain, parts, out);
    CHECK(n == std::min(parts, static_cast<int>(g.ops.size())));
    int at = 0;
    for (int i = 0; i < n; ++i) {
      CHECK(out[i].first == at);
      CHECK(out[i].size() >= 1);
      at = out[i].last;
    }
    CHECK(at == static_cast<int>(g.ops.size()));
  }
}

TEST_CASE("a cut balances the predicted time, and avoids places that several results cross") {
  using chain = model<nn::input<8, 8, 8>, nn::conv2d<8, 3>, nn::conv2d<8, 3>, nn::conv2d<8, 3>, nn::conv2d<8, 3>>;
  dynamic_graph const even = pass::canonical(thaw(chain::description), {}, plain);
  CHECK(pass::split_point(even, {0, 5}, plain) == 3);
  // The middle of this one is inside the residual; just before or after it is nearly as good.
  using bulge = model<nn::input<8, 8, 8>, nn::conv2d<8, 3>, nn::conv2d<8, 3>,
                      nn::residual<nn::conv2d<1, 1>, nn::conv2d<8, 1>>, nn::conv2d<8, 3>, nn::conv2d<8, 3>>;
  dynamic_graph const g = pass::canonical(thaw(bulge::description), {}, plain);
  pass::subgraph const all{0, static_cast<std::int16_t>(g.ops.size())};
  std::vector<std::int16_t> live(g.ops.size());
  pass::count_live(g, live.data());
  CHECK(live[0] == 0);
  CHECK(live[1] == 1);
  CHECK(live[4] == 2);
  CHECK(live[static_cast<std::size_t>(pass::split_point(g, all, plain))] == 1);
}
