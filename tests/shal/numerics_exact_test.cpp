#include <hone/core/hash.hpp>
#include <hone/pass/pipeline.hpp>
#include <hone/pass/prepare.hpp>
#include <hone/shal/numerics.hpp>

#include "catch2.hpp"
#include "tests/shal/support.hpp"

// Built with many sets of flags and for aarch64: the same bits everywhere.

namespace nn = hone::nn;

namespace {
// Everything that has an int8 form, and a batch norm to fold: windows, strides, depthwise, residuals fused and not, concat, pooling of both kinds.
struct all
    : hone::model<nn::input<9, 7, 3>, nn::conv2d<16, 3>, nn::batch_norm, nn::relu,
                  nn::residual<nn::conv2d<16, 3>, nn::relu, nn::depthwise_conv2d<3>>,
                  nn::concat<nn::identity, nn::conv2d<8, 1>>, nn::conv2d<12, nn::extent{3, 2}, 2, nn::padding::valid>,
                  nn::relu6, nn::max_pool<2, 1>, nn::residual<nn::max_pool<3, 1, nn::padding::same>>,
                  nn::global_avg_pool, nn::flatten, nn::dense<10>> {};

hone::tensor_set noisy_parameters(hone::dynamic_graph const& g) {
  hone::tensor_set out;
  std::uint32_t seed = 1;
  for (hone::weight const& w : g.weights) {
    if (!w.leaf()) continue;
    hone::tensor& t = out.add(hone::tensor_name(g, w).c_str(), w.type, w.dims);
    std::vector<float> const v = shal_test::noise(t.elements(), ++seed);
    for (std::size_t i = 0; i < v.size(); ++i)
      t.values<float>()[i] = w.what == hone::role::range || w.what == hone::role::variance ? 1.5f + v[i] : v[i] * 0.25f;
  }
  return out;
}
}  // namespace

TEST_CASE("int8 emulation gives the same bits whatever the compiler, its flags and the machine") {
  hone::dynamic_graph const described = hone::thaw(all::description);
  hone::dynamic_graph const g = hone::pass::reduce_precision(
      hone::pass::fuse_activation(hone::pass::fuse_residual(hone::pass::fold_batch_norm(described))),
      hone::options{.precision = hone::dtype::i8});
  hone::shal::emulator emulator(g, hone::pass::evaluate_parameters(g, noisy_parameters(g)));
  auto const& edges = emulator.edges(shal_test::noise(3 * 9 * 7 * 3, 17));
  hone::hasher all_edges;
  for (std::size_t i = 1; i < edges.size(); ++i) {
    hone::hasher one;
    for (std::size_t k = 0; k < edges[i].size(); ++k) one.add(static_cast<std::uint64_t>(edges[i].data()[k]));
    INFO("operation " << i << ", " << g.ops[i].kind->name << ": " << one.value());
    bool varied = false;
    for (std::size_t k = 1; k < edges[i].size(); ++k) varied = varied || edges[i].data()[k] != edges[i].data()[0];
    CHECK(varied);
    all_edges.add(one.value());
  }
  CHECK(all_edges.value() == 14438492206819174117u);
}
