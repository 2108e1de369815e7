#include <hone/pass/pipeline.hpp>
#include <hone/pass/prepare.hpp>
#include <hone/shal/numerics.hpp>

#include "catch2.hpp"
#include "tests/shal/support.hpp"

namespace nn = hone::nn;
using hone::dtype;
using hone::shal::emulator;
using shal_test::holding;

namespace {

hone::weight node(int rows, int cols, dtype type, hone::role what) {
  hone::weight w{};
  w.rows = rows, w.cols = cols, w.type = type, w.what = what, w.layer = 0, w.dims = {1, 1, rows, cols};
  return w;
}

// input [2] -> quantize -> dense 2x2 -> dequantize, all numbers chosen by hand.
struct by_hand {
  hone::dynamic_graph g{};
  std::vector<hone::buffer> values;

  explicit by_hand(dtype result) {
    g.layers.push_back({});
    g.weights = {node(1, 1, dtype::f32, hone::role::scale), node(2, 2, dtype::i8, hone::role::weight),
                 node(1, 2, dtype::i32, hone::role::bias), node(1, 2, dtype::f32, hone::role::scale)};
    hone::op o{};
    o.kind = &hone::input_kind, o.out = {1, 1, 2};
    emit(g, o);
    hone::op q = nn::reading(hone::quantize_kind, 0, 0);
    q.type = dtype::u8, q.zero = 128, q.param[hone::slot::scale] = 0;
    emit(g, q);
    hone::op d = nn::reading(hone::dense_kind, 1, 0);
    d.from = dtype::u8, d.from_zero = 128, d.type = result, d.weights = dtype::i8, d.zero = 0, d.out.c = 2;
    d.param = {1, 2, 3, -1, -1, -1};
    emit(g, d);
    values = {holding<float>({10.0f}), holding<std::int8_t>({3, -4, 5, 6}), holding<std::int32_t>({1, -2}),
              holding<float>({0.5f, 0.25f})};
  }
};

}  // namespace

TEST_CASE("int8 emulation computes what a pencil does") {
  // x = (0.25, -1): q = rne(2.5) + 128 = 130 (ties to even), rne(-10) + 128 = 118, so centred (2, -10).
  // acc = (2*3 - 10*5 + 1, 2*-4 - 10*6 - 2) = (-43, -70).
  SECTION("logits are the accumulator times the scale") {
    by_hand net(dtype::f32);
    CHECK(emulator(net.g, net.values)(std::vector<float>{0.25f, -1}) == std::vector<float>{-21.5f, -17.5f});
  }
  SECTION("stored results are rounded to even and clipped") {
    by_hand net(dtype::u8);
    emulator e(net.g, net.values);
    CHECK(e(std::vector<float>{0.25f, -1}) == std::vector<float>{0, 0});
    net.g.ops[2].zero = 128;  // rne(-21.5) = -22, rne(-17.5) = -18
    CHECK(emulator(net.g, net.values)(std::vector<float>{0.25f, -1}) == std::vector<float>{106, 110});
    // x = (100, 100) saturates at 255 - 128 = 127: acc = (127*8 + 1, 127*2 - 2) = (1017, 252)
    CHECK(emulator(net.g, net.values)(std::vector<float>{100, 100}) == std::vector<float>{255, 128 + 63});
  }
}

TEST_CASE("emulated f32 follows the double oracle, and bf16 the double oracle on rounded weights") {
  hone::dynamic_graph const f32 = hone::thaw(shal_test::small::description);
  hone::dynamic_graph const bf16 = hone::pass::store_bf16(f32);
  std::vector<float> const images = shal_test::noise(2 * 64, 3);
  std::vector<double> const wide(images.begin(), images.end());
  auto const leaves = shal_test::noisy_leaves(f32, 5);
  auto const expected = hone::shal::evaluate<double>(f32, leaves, std::span<double const>(wide));
  auto const got = emulator(f32, leaves)(images);
  for (std::size_t i = 0; i < 20; ++i) CHECK(static_cast<double>(got[i]) == Approx(expected[i]).margin(1e-5));

  hone::tensor_set parameters;
  for (std::size_t i = 0; i < leaves.size(); ++i)
    parameters.add(hone::tensor_name(f32, f32.weights[i]).c_str(), dtype::f32, f32.weights[i].dims).data = leaves[i];
  auto const rounded = hone::pass::evaluate_parameters(bf16, parameters);
  auto const exact = hone::shal::evaluate<double>(bf16, rounded, std::span<double const>(wide));
  auto const half = hone::shal::emulate(bf16, hone::pass::canonical_tensors(bf16, parameters), images);
  bool differs = false;
  for (std::size_t i = 0; i < 20; ++i) {
    CHECK(static_cast<double>(half[i]) == Approx(exact[i]).margin(1e-5));
    differs = differs || half[i] != got[i];
  }
  CHECK(differs);
}

TEST_CASE("emulated int8 stays near the float network when ranges cover the values") {
  hone::dynamic_graph const fused =
      hone::pass::fuse_activation(hone::pass::fuse_residual(hone::thaw(shal_test::small::description)));
  hone::dynamic_graph const g = hone::pass::quantize(fused);
  hone::tensor_set parameters;
  auto const leaves = shal_test::noisy_leaves(fused, 11);
  for (std::size_t i = 0; i < leaves.size(); ++i)
    parameters.add(hone::tensor_name(fused, fused.weights[i]).c_str(), dtype::f32, fused.weights[i].dims).data =
        leaves[i];
  for (hone::weight const& w : g.weights)
    if (w.leaf() && w.what == hone::role::range)
      parameters.add(hone::tensor_name(g, w).c_str(), dtype::f32, w.dims).values<float>()[0] = 3;
  std::vector<float> const images = shal_test::noise(4 * 64, 23);
  auto const expected = hone::shal::evaluate<float>(fused, leaves, std::span<float const>(images));
  auto const got = emulator(g, hone::pass::evaluate_parameters(g, parameters))(images);
  float largest = 0, worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    float const size = expected[i] < 0 ? -expected[i] : expected[i], off = got[i] - expected[i];
    largest = size > largest ? size : largest;
    worst = off > worst ? off : -off > worst ? -off : worst;
  }
  CAPTURE(largest, worst);
  CHECK(worst < 0.06f * largest);
  CHECK(worst > 0);
}

TEST_CASE("a batch is its images one by one, in every stored bit") {
  hone::dynamic_graph const fused =
      hone::pass::fuse_activation(hone::pass::fuse_residual(hone::thaw(shal_test::small::description)));
  hone::dynamic_graph const g = hone::pass::quantize(fused);
  hone::tensor_set parameters;
  for (hone::weight const& w : g.weights)
    if (w.leaf()) {
      hone::tensor& t = parameters.add(hone::tensor_name(g, w).c_str(), dtype::f32, w.dims);
      t.data = holding(shal_test::noise(t.elements(), 31));
      if (w.what == hone::role::range) t.values<float>()[0] = 4;
    }
  emulator e(g, hone::pass::evaluate_parameters(g, parameters));
  std::vector<float> const images = shal_test::noise(2 * 64, 41);
  std::vector<hone::buffer> const both = e.edges(images);
  std::vector<hone::buffer> const second = e.edges(std::span<float const>(images).subspan(64));
  for (std::size_t i = 0; i < both.size(); ++i) {
    REQUIRE(both[i].size() == 2 * second[i].size());
    CHECK(std::memcmp(both[i].data() + second[i].size(), second[i].data(), second[i].size()) == 0);
  }
}

#if HONE_HAS_EXCEPTIONS
TEST_CASE("the emulator refuses weights and images that are not the graph's") {
  by_hand net(dtype::f32);
  CHECK_THROWS_WITH(emulator(net.g, net.values)(std::vector<float>(3)), Contains("3 values"));
  hone::tensor_set tensors;
  CHECK_THROWS_WITH(emulator(net.g, tensors), Contains("no tensor is named"));
  net.values[1] = holding<std::int8_t>({1, 2, 3});
  CHECK_THROWS_WITH(emulator(net.g, net.values), Contains("3 bytes are too few"));
  by_hand unscaled(dtype::u8);
  unscaled.g.ops[2].param[hone::slot::scale] = -1;
  emulator e(unscaled.g, unscaled.values);
  CHECK_THROWS_WITH(e(std::vector<float>{0, 0}), Contains("dense"));
  by_hand sized(dtype::f32);
  sized.g.layers[0].name = "head";
  hone::tensor_set canonical;
  canonical.add("head.scale", dtype::f32, {1, 1, 1, 2});
  CHECK_THROWS_WITH(emulator(sized.g, canonical), Contains("the graph wants 1 of f32, the tensor has 2"));
}
#endif
