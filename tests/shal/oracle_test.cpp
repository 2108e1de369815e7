#include <hone/nn/quantize.hpp>
#include <hone/shal/oracle.hpp>

#include "catch2.hpp"
#include "tests/shal/support.hpp"

namespace nn = hone::nn;
using hone::shal::evaluate;
using hone::shal::evaluate_all;
using shal_test::holding;

namespace {
struct window_sum : hone::model<nn::input<2, 2>, nn::conv2d<1, 3>> {};
struct two_dense : hone::model<nn::input<1, 1, 2>, nn::dense<2>, nn::relu, nn::residual<nn::dense<2>>> {};
}  // namespace

TEST_CASE("the oracle computes what a pencil does") {
  SECTION("a 3x3 window of ones over 2x2 sums the whole image everywhere") {
    std::vector<hone::buffer> const values{holding(std::vector<float>(9, 1.0f)), holding<float>({0.5f})};
    std::vector<double> const x{1, 2, 3, 4};
    CHECK(evaluate<double>(window_sum::description, values, std::span<double const>(x)) ==
          std::vector<double>{10.5, 10.5, 10.5, 10.5});
  }
  SECTION("dense, relu, and a residual dense: every result is there, operation by operation") {
    std::vector<hone::buffer> const values{holding<float>({1, -1, 2, 1}), holding<float>({0, 0.5f}),
                                           holding<float>({1, 0, 0, 2}), holding<float>({-1, 0})};
    std::vector<float> const x{3, -1};
    auto const all = evaluate_all<float>(two_dense::description, values, std::span<float const>(x));
    REQUIRE(all.size() == 5);
    CHECK(all[1] == std::vector<float>{1, -3.5f});
    CHECK(all[2] == std::vector<float>{1, 0});
    CHECK(all[3] == std::vector<float>{0, 0});
    CHECK(all[4] == std::vector<float>{1, 0});
  }
}

TEST_CASE("a batch is its images one by one, and float follows double") {
  auto const& g = shal_test::small::description;
  auto const values = shal_test::noisy_leaves(g, 7);
  std::vector<float> const images = shal_test::noise(3 * 64, 99);
  auto const together = evaluate<float>(g, values, std::span<float const>(images));
  REQUIRE(together.size() == 30);
  std::vector<double> const wide(images.begin(), images.end());
  auto const exact = evaluate<double>(g, values, std::span<double const>(wide));
  for (std::size_t i = 0; i < 3; ++i) {
    auto const one = evaluate<float>(g, values, std::span<float const>(images).subspan(64 * i, 64));
    for (std::size_t k = 0; k < 10; ++k) {
      CHECK(one[k] == together[10 * i + k]);
      CHECK(static_cast<double>(one[k]) == Approx(exact[10 * i + k]).margin(1e-5));
    }
  }
}

TEST_CASE("bf16 weights are widened exactly") {
  hone::dynamic_graph g = hone::thaw(two_dense::description);
  std::vector<hone::buffer> const f32{holding<float>({1, -1.5f, 2, 0.25f}), holding<float>({0, 0.5f}),
                                      holding<float>({1, 0, 0, 2}), holding<float>({-1, 0})};
  std::vector<hone::buffer> bf16 = f32;
  std::vector<std::uint16_t> half;
  for (float v : {1.0f, -1.5f, 2.0f, 0.25f}) half.push_back(hone::to_bf16(v));
  bf16[0] = holding(half);
  std::vector<float> const x{3, -1};
  auto const full = evaluate<float>(g, f32, std::span<float const>(x));
  g.weights[0].type = hone::dtype::bf16;
  CHECK(evaluate<float>(g, bf16, std::span<float const>(x)) == full);
}

#if HONE_HAS_EXCEPTIONS
TEST_CASE("the oracle refuses what it cannot evaluate") {
  auto const& g = window_sum::description;
  std::vector<hone::buffer> const values{holding(std::vector<float>(9, 1.0f)), holding<float>({0.5f})};
  std::vector<float> const five(5), four(4);
  CHECK_THROWS_WITH(evaluate<float>(g, values, std::span<float const>(five)), Contains("5 values"));
  CHECK_THROWS_WITH(evaluate<float>(g, values, std::span<float const>()), Contains("0 values"));
  CHECK_THROWS_WITH(evaluate<float>(g, std::vector<hone::buffer>(2), std::span<float const>(four)),
                    Contains("0 bytes are too few for 9 x 1"));
  hone::dynamic_graph quantised = hone::thaw(g);
  quantised.ops[1].kind = &hone::quantize_kind;
  CHECK_THROWS_WITH(
      evaluate<float>(quantised, values, std::span<float const>(four)), Contains("quantize has no reference"));
}
#endif
