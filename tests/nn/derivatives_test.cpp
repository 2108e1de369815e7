#include <hone/nn/derivatives.hpp>
#include <hone/nn/model.hpp>

#include "catch2.hpp"
#include "networks.hpp"

using namespace hone;

namespace {

void own_gradient(op const&, grad_args<float> const&) {}
constexpr op_kind known_by_name{.name = "conv2d", .infer = nn::keep_shape, .count = nn::pointwise_count};
constexpr op_kind with_own{
    .name = "conv2d", .infer = nn::keep_shape, .count = nn::pointwise_count, .gradient_f32 = own_gradient};
constexpr op_kind elementwise = nn::pointwise_kind("soft_sign");
constexpr op_kind opaque{.name = "opaque", .infer = nn::keep_shape, .count = nn::pointwise_count};

}  // namespace

TEST_CASE("every kind that Hone trains has a gradient in float and double") {
  auto const check = [](auto const& g) {
    for (op const& o : g.ops)
      if (!is(o, input_kind)) {
        CAPTURE(o.kind->name);
        CHECK(nn::derivatives_of<float>(*o.kind).gradient != nullptr);
        CHECK(nn::derivatives_of<double>(*o.kind).gradient != nullptr);
        CHECK((nn::derivatives_of<float>(*o.kind).form != nullptr) == is(o, batch_norm_kind));
      }
  };
  check(networks::residual_net::description);
  check(networks::branching_net::description);
}

TEST_CASE("a descriptor's own gradient goes first, elementwise kinds need none, others have none") {
  CHECK(nn::derivatives_of<float>(with_own).gradient == &own_gradient);
  CHECK(nn::derivatives_of<float>(known_by_name).gradient == &nn::conv2d_gradient<float>);
  CHECK(nn::derivatives_of<double>(elementwise).gradient == &nn::pointwise_gradient<double>);
  CHECK(nn::derivatives_of<float>(opaque).gradient == nullptr);
  CHECK(nn::derivatives_of<float>(opaque).form == nullptr);
}
