#include <hone/nn/model.hpp>

#include "catch2.hpp"
#include "networks.hpp"

#include <cmath>

using namespace hone;

namespace {

// A result by the definition, one element at a time, padding written out as zeros.
double padded(std::vector<double> const& x, shape s, int i, int j, int c) {
  if (i < 0 || j < 0 || i >= s.h || j >= s.w) return 0;
  return x[static_cast<std::size_t>((i * s.w + j) * s.c + c)];
}
std::vector<double> numbers(int n, std::uint32_t seed) {
  networks::noise next(seed);
  std::vector<double> v(static_cast<std::size_t>(n));
  for (double& e : v) e = double(next());
  return v;
}

template <class Model>
void check_convolution() {
  op const o = Model::description.ops.back();
  bool const depthwise = is(o, depthwise_conv2d_kind);
  auto const x = numbers(2 * o.in.size(), 1);
  auto const w = numbers(o.win.taps() * (depthwise ? 1 : o.in.c) * o.out.c, 2), bias = numbers(o.out.c, 3);
  std::vector<double> y(static_cast<std::size_t>(2 * o.out.size()));
  args<double> a{};
  a.in[0] = x.data(), a.param[0] = w.data(), a.param[1] = bias.data(), a.out = y.data(), a.batch = 2;
  o.kind->reference_f64(o, a);
  for (int n = 0; n < 2; ++n) {
    std::vector<double> const image(x.begin() + n * o.in.size(), x.begin() + (n + 1) * o.in.size());
    for (int i = 0; i < o.out.h; ++i)
      for (int j = 0; j < o.out.w; ++j)
        for (int k = 0; k < o.out.c; ++k) {
          double sum = bias[static_cast<std::size_t>(k)];
          for (int u = 0; u < o.win.kh; ++u)
            for (int v = 0; v < o.win.kw; ++v)
              for (int c = 0; c < o.in.c; ++c) {
                if (depthwise && c != k) continue;
                int const tap = u * o.win.kw + v;
                int const index = depthwise ? tap * o.out.c + k : (tap * o.in.c + c) * o.out.c + k;
                sum += padded(image, o.in, i * o.win.sh + u - o.win.top, j * o.win.sw + v - o.win.left, c) *
                       w[static_cast<std::size_t>(index)];
              }
          REQUIRE(y[static_cast<std::size_t>(n * o.out.size() + (i * o.out.w + j) * o.out.c + k)] ==
                  Approx(sum).margin(1e-12));
        }
  }
}

}  // namespace

TEST_CASE("convolutions compute their definition, at borders, with strides, odd sizes and one pixel") {
  check_convolution<model<nn::input<5, 4, 3>, nn::conv2d<2, 3>>>();
  check_convolution<model<nn::input<8, 8, 1>, nn::conv2d<3, 3, 2>>>();
  check_convolution<model<nn::input<7, 5, 2>, nn::conv2d<3, nn::extent{4, 2}, nn::extent{2, 3}>>>();
  check_convolution<model<nn::input<5, 5, 2>, nn::conv2d<1, 5, 1, nn::padding::valid>>>();
  check_convolution<model<nn::input<1, 1, 4>, nn::conv2d<3, 3>>>();
  check_convolution<model<nn::input<6, 7, 5>, nn::depthwise_conv2d<3>>>();
  check_convolution<model<nn::input<9, 6, 2>, nn::depthwise_conv2d<nn::extent{5, 3}, 2>>>();
  check_convolution<model<nn::input<8, 8, 1>, nn::conv2d<3, 3, 2, 1>>>();
  check_convolution<model<nn::input<6, 5, 2>, nn::conv2d<3, 4, 1, nn::padding{1, 0, 3, 2}>>>();
  check_convolution<model<nn::input<6, 7, 3>, nn::depthwise_conv2d<3, 2, nn::padding{1, 2}>>>();
}

TEST_CASE("padding by pixels is PyTorch's: it begins before the image at any stride") {
  using strided = model<nn::input<8, 8, 1>, nn::conv2d<1, 3, 2, 1>>;
  window const w = strided::description.ops[1].win;
  CHECK((w.top == 1 && w.bottom == 1 && w.left == 1 && w.right == 1));
  STATIC_REQUIRE(strided::output_shape == shape{4, 4, 1});
  STATIC_REQUIRE(model<nn::input<7, 9, 1>, nn::max_pool<3, 2, nn::padding{0, 1}>>::output_shape == shape{3, 5, 1});
  STATIC_REQUIRE(
      model<nn::input<5, 5, 1>, nn::conv2d<1, 3, 1, nn::padding{2, 0, 0, 1}>>::output_shape == shape{5, 4, 1});
  STATIC_REQUIRE(model<nn::input<5, 5, 1>, nn::conv2d<1, 3, 1, nn::padding{0, 0, 0, 3}>>::description.issue.how ==
                 fix::use_padding_within_the_window);
  STATIC_REQUIRE(
      model<nn::input<5, 5, 1>, nn::max_pool<2, 2, -1>>::description.issue.how == fix::use_padding_within_the_window);
}

TEST_CASE("same padding follows TensorFlow's rule, valid has none") {
  using strided = model<nn::input<8, 8, 1>, nn::conv2d<1, 3, 2>>;
  window const w = strided::description.ops[1].win;
  CHECK((w.top == 0 && w.bottom == 1 && w.left == 0 && w.right == 1));
  STATIC_REQUIRE(strided::output_shape == shape{4, 4, 1});
  STATIC_REQUIRE(model<nn::input<49, 10, 1>, nn::conv2d<64, nn::extent{10, 4}, 2>>::output_shape == shape{25, 5, 64});
  STATIC_REQUIRE(model<nn::input<6, 5, 2>, nn::conv2d<3, nn::extent{3, 2}, 1, nn::padding::valid>>::output_shape ==
                 shape{4, 4, 3});
}

TEST_CASE("a batch norm computes gamma (x - mean) / sqrt(variance + epsilon) + beta") {
  using net = model<nn::input<1, 1, 2>, nn::batch_norm>;
  auto const& g = net::description;
  float const gamma[]{2, 3}, beta[]{0.5f, -1}, mean[]{1, 2}, variance[]{4, 0.25f};
  float scale[2], shift[2];
  weight const& s = weight_at(g, g.ops[1].param[0]);
  weight_args a{};
  a.in[0] = gamma, a.in[1] = variance, a.out = scale;
  s.kind->run(s, a);
  a.in[0] = beta, a.in[1] = mean, a.in[2] = scale, a.out = shift;
  weight_at(g, g.ops[1].param[1]).kind->run(weight_at(g, g.ops[1].param[1]), a);
  float const x[]{3, 5};
  float y[2];
  args<float> r{};
  r.in[0] = x, r.param[0] = scale, r.param[1] = shift, r.out = y;
  batch_norm_kind.reference_f32(g.ops[1], r);
  for (std::size_t c = 0; c < 2; ++c)
    CHECK(y[c] == Approx(gamma[c] * (x[c] - mean[c]) / std::sqrt(variance[c] + 1e-5f) + beta[c]));
}

TEST_CASE("pooling ignores padding, averages whole windows, and covers the plane when global") {
  std::vector<double> const x{-5, -1, -3, -2, -8, -4, -7, -6, -9};
  auto run = [&](op const& o) {
    std::vector<double> y(static_cast<std::size_t>(o.out.size()));
    args<double> a{};
    a.in[0] = x.data(), a.out = y.data();
    o.kind->reference_f64(o, a);
    return y;
  };
  using plane = nn::input<3, 3>;
  CHECK(run(model<plane, nn::max_pool<2, 2, nn::padding::same>>::description.ops[1]) ==
        std::vector<double>{-1, -3, -6, -9});
  CHECK(run(model<plane, nn::max_pool<2, 1>>::description.ops[1]) == std::vector<double>{-1, -1, -2, -4});
  CHECK(run(model<plane, nn::avg_pool<2, 1>>::description.ops[1]) == std::vector<double>{-4, -4, -5.75, -6.75});
  CHECK(run(model<plane, nn::global_avg_pool>::description.ops[1]) == std::vector<double>{-5});
  CHECK(run(model<plane, nn::global_max_pool>::description.ops[1]) == std::vector<double>{-1});
}

TEST_CASE("dense, softmax, sum and concat compute their definitions") {
  double const x[]{1, -2, 3, 0.5}, w[]{1, 0, 0, 1, 2, 2, -1, 4}, bias[]{0.25, -0.25};
  double y[6];
  args<double> a{};
  a.in[0] = x, a.param[0] = w, a.param[1] = bias, a.out = y;
  op const dense = model<nn::input<2, 1, 2>, nn::dense<2>>::description.ops[1];
  dense.kind->reference_f64(dense, a);
  CHECK(y[0] == 1 + 6 - 0.5 + 0.25);
  CHECK(y[1] == -2 + 6 + 2 - 0.25);
  op const soft = model<nn::input<2, 1, 2>, nn::softmax>::description.ops[1];
  soft.kind->reference_f64(soft, a);
  CHECK(y[0] == Approx(1 / (1 + std::exp(-3.0))));
  CHECK(y[0] + y[1] == Approx(1));
  CHECK(y[2] + y[3] == Approx(1));
  op const joined = model<nn::input<2, 1, 2>, nn::concat<nn::identity, nn::conv2d<1, 1>>>::description.ops[2];
  double const second[]{7, 8};
  a.in[1] = second;
  joined.kind->reference_f64(joined, a);
  CHECK(std::vector<double>(y, y + 6) == std::vector<double>{1, -2, 7, 3, 0.5, 8});
  op const sum = model<nn::input<2, 1, 2>, nn::residual<nn::identity>>::description.ops[1];
  a.in[1] = x;
  sum.kind->reference_f64(sum, a);
  CHECK(std::vector<double>(y, y + 4) == std::vector<double>{2, -4, 6, 1});
}

TEST_CASE("layers are named by their place, or as the user says") {
  auto const& g = networks::residual_net::description;
  CHECK(std::string(g.layers[1].name.c_str()) == "conv2d_1");
  std::vector<std::string> names;
  for (layer const& l : g.layers) names.emplace_back(l.name.c_str());
  CHECK(std::find(names.begin(), names.end(), "residual_4.batch_norm_1") != names.end());
  using named = model<nn::input<4>, nn::named<"head", nn::dense<2>>>;
  CHECK(std::string(named::description.layers[1].name.c_str()) == "head");
  CHECK(std::string(tensor_name(named::description, named::description.weights[0]).c_str()) == "head.weight");
}

TEST_CASE("misfits are found with the layer, both shapes and the fix") {
  using bad = model<nn::input<8, 8, 4>, nn::relu, nn::residual<nn::conv2d<4, 3, 2>>>;
  constexpr problem p = bad::description.issue;
  STATIC_REQUIRE(p.kind == &add_kind);
  STATIC_REQUIRE(p.wanted == shape{8, 8, 4});
  STATIC_REQUIRE(p.got == shape{4, 4, 4});
  STATIC_REQUIRE(p.how == fix::give_both_branches_the_same_shape);
  using tall = model<nn::input<2, 2, 1>, nn::conv2d<4, 3, 1, nn::padding::valid>>;
  STATIC_REQUIRE(tall::description.issue.how == fix::use_same_padding_or_a_smaller_window);
  using apart = model<nn::input<4, 4, 1>, nn::concat<nn::identity, nn::max_pool<2>>>;
  STATIC_REQUIRE(apart::description.issue.how == fix::give_all_branches_the_same_height_and_width);
  STATIC_REQUIRE(model<nn::input<0, 4, 1>, nn::relu>::description.issue.how == fix::use_positive_extents);
  STATIC_REQUIRE(networks::residual_net::description.issue.how == fix::none);
  STATIC_REQUIRE(networks::branching_net::shapes_fit());
}

TEST_CASE("layers are named by kind and place, sequences by place, others as their user says") {
  using net =
      model<nn::input<4, 4, 2>,
            nn::concat<nn::identity, nn::sequence<nn::relu, nn::named<"join", nn::residual<nn::conv2d<2, 3>>>>>>;
  auto const name = [](std::size_t i) { return std::string(net::description.layers[i].name.c_str()); };
  CHECK(name(2) == "concat_1.identity_0");
  CHECK(name(3) == "concat_1.1");
  CHECK(name(4) == "concat_1.1.relu_0");
  CHECK(name(6) == "concat_1.1.join.conv2d_0");
  CHECK(net::shapes_fit());
}
