#include <hone/hw/catalogue/cortex_a53.hpp>
#include <hone/hw/catalogue/haswell.hpp>
#include <hone/pass/predict.hpp>

#include "catch2.hpp"
#include "networks.hpp"

using namespace hone;
namespace nn = hone::nn;

namespace {

template <class Model>
using in_int8 = specialized<Model, options{.precision = dtype::i8}>;

// Long rows: a second of sound, and pixel-wise convolutions of images (which kernels see as one row).
struct sound : model<nn::input<44100, 1, 1>, nn::conv2d<16, nn::extent{9, 1}, nn::extent{2, 1}>, nn::relu,
                     nn::depthwise_conv2d<nn::extent{9, 1}, nn::extent{2, 1}>, nn::conv2d<32, 1>, nn::relu,
                     nn::max_pool<nn::extent{4, 1}>, nn::global_avg_pool, nn::dense<10>> {};
struct wide : model<nn::input<1, 48000, 2>, nn::conv2d<8, nn::extent{1, 25}, nn::extent{1, 4}>, nn::relu,
                    nn::depthwise_conv2d<nn::extent{1, 9}>, nn::conv2d<16, 1>, nn::global_max_pool, nn::dense<4>> {};
struct image : model<nn::input<224, 224, 3>, nn::conv2d<32, 3, 2>, nn::relu6, nn::depthwise_conv2d<3>, nn::relu6,
                     nn::conv2d<64, 1>, nn::relu6, nn::global_avg_pool, nn::dense<10>> {};

template <class Model>
constexpr bool predicts() {
  return predict<Model, hw::haswell>().latency.value > 0 && predict<in_int8<Model>, hw::haswell>().latency.value > 0 &&
         predict<in_int8<Model>, hw::cortex_a53>().latency.value > 0;
}

}  // namespace

TEST_CASE("a prediction is a constant expression within the compilers' own limits, however long the rows") {
  STATIC_REQUIRE(predicts<sound>());
  STATIC_REQUIRE(predicts<wide>());
  STATIC_REQUIRE(predicts<image>());
}

TEST_CASE("an explanation has every operation that runs, and their times are the latency") {
  constexpr auto rows = explain<in_int8<image>, hw::haswell>();
  constexpr auto const& g = plan<in_int8<image>, hw::haswell>::final_graph;
  REQUIRE(rows.size() == g.ops.size());
  nanoseconds sum = hw::haswell::value.call;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(std::string(rows[i].kind) == g.ops[i].kind->name);
    CHECK(rows[i].layer == g.layers[static_cast<std::size_t>(g.ops[i].layer)].name);
    sum += rows[i].time;
  }
  CHECK(sum.value == Approx(predict<in_int8<image>, hw::haswell>().latency.value).epsilon(1e-9));
}

TEST_CASE("a budget that is kept is just true") {
  STATIC_REQUIRE(require<networks::residual_net, hw::haswell, 1'000'000'000>());
}

TEST_CASE("what the compiler specialises is what the same passes give at run time") {
  using pruned = specialized<networks::residual_net, options{.precision = dtype::i8, .prune = 0.5f}, hw::haswell>;
  dynamic_graph const c =
      pass::canonical(thaw(networks::residual_net::description), pruned::chosen, hw::haswell::value);
  REQUIRE(c.ops.size() == pruned::canonical.ops.size());
  CHECK(std::equal(c.ops.begin(), c.ops.end(), pruned::canonical.ops.begin()));
  CHECK(pass::plan_id(c) == pruned::plan_id);
  dynamic_graph const f = pass::finalize(c, hw::haswell::value);
  auto const& g = plan<pruned, hw::haswell>::final_graph;
  REQUIRE(f.ops.size() == g.ops.size());
  CHECK(std::equal(f.ops.begin(), f.ops.end(), g.ops.begin()));
  REQUIRE(f.weights.size() == g.weights.size());
  CHECK(std::equal(f.weights.begin(), f.weights.end(), g.weights.begin()));
  CHECK(f.arena == g.arena);
  CHECK(f.packed == g.packed);
}
