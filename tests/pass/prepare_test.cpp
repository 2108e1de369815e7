#include <hone/pass/pipeline.hpp>
#include <hone/pass/prepare.hpp>

#include "catch2.hpp"
#include "networks.hpp"

#include <cmath>
#include <limits>
#include <string_view>

using namespace hone;

namespace {

constexpr profile plain{
    .name = "plain", .target = isa::scalar, .vectors = {4, 16, 4, true}, .clock = {3.0}, .f32 = {2}, .int8 = {1}};
using net = networks::residual_net;

dynamic_graph canonical(dtype precision) {
  return pass::canonical(thaw(net::description), {.precision = precision}, plain);
}

}  // namespace

TEST_CASE("packing places every weight where its layout says") {
  for (dtype precision : {dtype::f32, dtype::bf16, dtype::i8}) {
    dynamic_graph const c = canonical(precision), f = pass::finalize(c, plain);
    tensor_set const stored = pass::canonical_tensors(c, networks::parameters_of(c, 1));
    buffer const block = pass::pack(c, f, stored);
    op const& conv = f.ops[precision == dtype::i8 ? 2 : 1];  // 7x5x3 -> 6 channels, 3x3
    int const lanes = 4, ob = conv.t.vectors * lanes, kw_ci = 9;
    tensor const& w = stored.at("conv2d_1.weight");
    std::byte const* at = block.data() + weight_at(f, conv.param[0]).at;
    for (int u = 0; u < 3; ++u)
      for (int k = 0; k < kw_ci; ++k)
        for (int o = 0; o < 6; ++o) {
          auto const source = static_cast<std::size_t>((u * kw_ci + k) * 6 + o);
          if (precision == dtype::f32) {
            auto const to = static_cast<std::size_t>(((o / ob) * 27 + u * kw_ci + k) * ob + o % ob);
            CHECK(reinterpret_cast<float const*>(at)[to] == w.values<float>()[source]);
          } else {
            int const unit = precision == dtype::i8 ? 4 : 2;
            int const group = unit == 4 ? kw_ci : 3;  // a window row, a tap
            int const row = u * kw_ci + k, units = ceil_div(group, unit), in_group = row % group;
            int const before = ((o / ob) * (27 / group) + row / group) * units + in_group / unit;
            auto const to = static_cast<std::size_t>((before * ob + o % ob) * unit + in_group % unit);
            if (unit == 4)
              CHECK(reinterpret_cast<std::int8_t const*>(at)[to] == w.values<std::int8_t>()[source]);
            else
              CHECK(reinterpret_cast<std::uint16_t const*>(at)[to] == w.values<std::uint16_t>()[source]);
          }
        }
  }
}

TEST_CASE("quantised weights are within half a step of the floats and never reach the accumulator's bound") {
  dynamic_graph const c = canonical(dtype::i8);
  tensor_set parameters = networks::parameters_of(c, 2);
  // A dead channel with a huge bias: the step grows until its bias fits.
  for (std::size_t r = 0; r < 27; ++r) parameters.find("conv2d_1.weight")->values<float>()[r * 6 + 2] = 1e-9f;
  parameters.find("conv2d_1.bias")->values<float>()[2] = 3;
  tensor_set const stored = pass::canonical_tensors(c, parameters);
  for (op const& o : c.ops) {
    if (!o.kind->linear) continue;
    weight const& w = weight_at(c, o.param[slot::weight]);
    auto const q = stored.at(tensor_name(c, w).c_str()).values<std::int8_t>();
    auto const bias = stored.at(tensor_name(c, weight_at(c, o.param[slot::bias])).c_str()).values<std::int32_t>();
    for (int k = 0; k < w.cols; ++k) {
      long reach = std::labs(bias[static_cast<std::size_t>(k)]);
      for (int r = 0; r < w.rows; ++r) reach += 255L * std::abs(q[static_cast<std::size_t>(r * w.cols + k)]);
      if (o.param[slot::addend] >= 0)
        reach += 255L * stored.at(tensor_name(c, weight_at(c, o.param[slot::addend])).c_str())
                            .values<std::int32_t>()[static_cast<std::size_t>(k)];
      CHECK(reach < 8388608);
    }
    if (!o.pairs_fit) continue;
    int const run = is(o, conv2d_kind) ? o.win.kw * o.in.c : w.rows;
    for (int r = 1; r < w.rows; ++r)
      for (int k = 0; k < w.cols && r % run % 2 != 0; ++k) {
        auto const at = static_cast<std::size_t>(r * w.cols + k);
        CHECK(std::abs(q[at] + q[at - static_cast<std::size_t>(w.cols)]) <= 128);
      }
  }
}

// Small weights beside a large residual input: multipliers of it just under and over 16 bits, if nothing bounded them.
TEST_CASE("the multiplier of a residual addend fits 16 bits") {
  dynamic_graph const c = canonical(dtype::i8);
  tensor_set const parameters = networks::parameters_of(c, 4);
  int most = 0;
  for (int step = 0; step < 200; ++step) {
    tensor_set shrunk = parameters;
    float const factor = std::exp2(-10 - static_cast<float>(step) / 200);
    for (tensor& t : shrunk) {
      std::string_view const name = t.name.data();
      bool const shift = name.ends_with("bias") || name.ends_with("beta") || name.ends_with("mean");
      for (float& v : t.values<float>()) v = shift ? 0 : name.ends_with(".weight") ? v * factor : v;
    }
    tensor_set const stored = pass::canonical_tensors(c, shrunk);
    for (op const& o : c.ops) {
      if (o.addend < 0) continue;
      label const multipliers = tensor_name(c, weight_at(c, o.param[slot::addend]));
      for (std::int32_t m : stored.at(multipliers.c_str()).values<std::int32_t>()) most = std::max(most, m);
    }
  }
  CHECK(most <= 32767);
  CHECK(most > 32000);
}

TEST_CASE("weights that do not fit are refused with the name, what came and what was wanted") {
  dynamic_graph const c = canonical(dtype::f32);
  tensor_set const good = networks::parameters_of(c, 3);
  auto without = [&](char const* name) {
    tensor_set s;
    for (tensor const& t : good)
      if (std::strcmp(t.name.data(), name) != 0) s.add(t.name.data(), t.type, t.dims).data = t.data;
    return s;
  };
  CHECK_THROWS_WITH(pass::canonical_tensors(c, without("conv2d_1.weight")), Contains("conv2d_1.weight"));
  tensor_set shape = without("dense_11.bias");
  shape.add("dense_11.bias", dtype::f32, {1, 1, 1, 5});
  CHECK_THROWS_WITH(pass::canonical_tensors(c, shape), Contains("dense_11.bias is 1 1 1 5, the plan wants 1 1 1 4"));
  tensor_set type = without("dense_11.bias");
  type.add("dense_11.bias", dtype::i8, {1, 1, 1, 4});
  CHECK_THROWS_WITH(pass::canonical_tensors(c, type), Contains("dense_11.bias is int8, the plan wants f32"));
  tensor_set nan = good;
  nan.find("dense_11.weight")->values<float>()[3] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH(pass::canonical_tensors(c, nan), Contains("dense_11.weight holds a NaN"));
  CHECK_THROWS_WITH(pass::canonical_tensors(canonical(dtype::i8), networks::parameters_of(net::description, 3)),
                    Contains("the range of an activation is missing"));
  tensor_set cut = good;
  cut.find("dense_11.weight")->data = buffer(8);
  CHECK_THROWS_WITH(pass::canonical_tensors(c, cut), Contains("dense_11.weight has 8 bytes for 36 elements"));
}

TEST_CASE("finite weights of which no finite ones can be made are refused") {
  tensor_set negative = networks::parameters_of(net::description, 3);
  negative.find("batch_norm_2.variance")->values<float>()[1] = -1;
  CHECK_THROWS_WITH(pass::canonical_tensors(canonical(dtype::f32), negative), Contains("batch_norm_2.scale"));
  tensor_set huge = networks::parameters_of(net::description, 3);
  huge.find("dense_11.weight")->values<float>()[1] = std::numeric_limits<float>::max();  // rounds up to infinity
  CHECK_NOTHROW(pass::canonical_tensors(canonical(dtype::f32), huge));
  CHECK_THROWS_WITH(pass::canonical_tensors(canonical(dtype::bf16), huge), Contains("dense_11.weight"));
}

TEST_CASE("the tensors of an int8 network have names of their own, also where one layer joins many branches") {
  using joined = model<nn::input<4, 4, 2>,
                       nn::concat<nn::conv2d<3, 1>, nn::identity, nn::conv2d<2, 3>, nn::max_pool<1>>, nn::softmax>;
  dynamic_graph const c = pass::canonical(thaw(joined::description), {.precision = dtype::i8}, plain);
  tensor_set const stored = pass::canonical_tensors(c, networks::parameters_of(c, 1));
  CHECK(stored.find("concat_1.scale") != nullptr);
  CHECK(stored.find("concat_1.scale_3") != nullptr);  // three joints, and the way back to floats
}

TEST_CASE("the range of an edge that an activation bounds is that bound, whatever its tensor says") {
  using bounded = model<nn::input<4>, nn::dense<3>, nn::relu6, nn::dense<2>>;
  dynamic_graph const c = pass::canonical(thaw(bounded::description), {.precision = dtype::i8}, plain);
  auto const scale_for = [&](float range) {
    tensor_set parameters = networks::parameters_of(c, 1);
    parameters.find("dense_1.range")->values<float>()[0] = range;
    return pass::canonical_tensors(c, parameters).at("dense_3.scale").values<float>()[0];
  };
  CHECK(scale_for(100) == scale_for(6));
  CHECK(scale_for(0) == scale_for(6));
}

TEST_CASE("a dead channel of int8 keeps its bias, in a short and in a long reduction") {
  using short_one = model<nn::input<8>, nn::dense<2>>;
  using long_one = model<nn::input<2000>, nn::dense<2>>;
  auto const bias_of = [](auto const& description, float weight) {
    dynamic_graph const c = pass::canonical(thaw(description), {.precision = dtype::i8}, plain);
    tensor_set parameters = networks::parameters_of(c, 1);
    std::span<float> const w = parameters.find("dense_1.weight")->values<float>();
    for (std::size_t i = 1; i < w.size(); i += 2) w[i] = weight;
    parameters.find("dense_1.bias")->values<float>()[1] = 0.0123f;
    tensor_set const stored = pass::canonical_tensors(c, parameters);
    return double(stored.at("dense_1.bias").values<std::int32_t>()[1]) *
           double(stored.at("dense_1.scale").values<float>()[1]);
  };
  for (float weight : {0.f, 1e-42f, 1e-9f}) {
    CAPTURE(weight);
    CHECK(bias_of(short_one::description, weight) == Approx(0.0123).epsilon(1e-5));
    CHECK(bias_of(long_one::description, weight) == Approx(0.0123).epsilon(1e-5));
  }
}
