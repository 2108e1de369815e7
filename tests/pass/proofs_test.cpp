#include <hone/pass/pipeline.hpp>
#include <hone/pass/prepare.hpp>

#include "catch2.hpp"
#include "networks.hpp"

using namespace hone;

namespace {

constexpr profile plain{
    .name = "plain", .target = isa::scalar, .vectors = {4, 16, 4, true}, .clock = {3.0}, .f32 = {2}, .int8 = {1}};

dynamic_graph canonical() {
  return pass::canonical(thaw(networks::residual_net::description), {.precision = dtype::i8}, plain);
}

// Stored tensors of the network, after `change` on the one called `name`.
template <class T, class F>
void check_refused(char const* name, F change, char const* why) {
  dynamic_graph const c = canonical();
  tensor_set stored = pass::canonical_tensors(c, networks::parameters_of(c, 1));
  CHECK_NOTHROW(pass::load_canonical(c, stored));
  change(stored.find(name)->values<T>());
  CHECK_THROWS_WITH(pass::load_canonical(c, stored), Contains(why));
  CHECK_THROWS_WITH(pass::pack(c, pass::finalize(c, plain), stored), Contains(why));
}

}  // namespace

TEST_CASE("stored int8 parameters without what kernels take as proved are refused") {
  // columns are 6 output channels: rows 4 and 5 of 9 are neighbours, rows 8 and 9 are not
  auto const set = [](int first, int second, int row) {
    return [=](std::span<std::int8_t> w) {
      auto const at = static_cast<std::size_t>(row * 6 + 2);
      w[at] = static_cast<std::int8_t>(first), w[at + 6] = static_cast<std::int8_t>(second);
    };
  };
  check_refused<std::int8_t>(
      "conv2d_1.weight", set(127, 2, 4), "conv2d_1.weight has neighbours whose products leave 16 bits");
  check_refused<std::int8_t>("conv2d_1.weight", set(-65, -64, 4), "neighbours");
  check_refused<std::int32_t>(
      "conv2d_1.bias", [](std::span<std::int32_t> b) { b[3] = -8388608; }, "conv2d_1.weight has sums that reach 2^23");
  check_refused<float>(
      "conv2d_1.scale", [](std::span<float> s) { s[5] = -1; }, "conv2d_1.weight has a negative scale");
}

TEST_CASE("only rows that a dot product takes together are neighbours") {
  dynamic_graph const c = canonical();
  tensor_set stored = pass::canonical_tensors(c, networks::parameters_of(c, 1));
  auto const w = stored.find("conv2d_1.weight")->values<std::int8_t>();
  for (std::size_t r = 0; r < 27; ++r) w[r * 6 + 2] = 0;
  w[8 * 6 + 2] = w[9 * 6 + 2] = 127;  // the end of a window row and the beginning of the next
  w[4 * 6 + 2] = 127, w[5 * 6 + 2] = -128, w[2 * 6 + 2] = 127, w[3 * 6 + 2] = 1;
  CHECK_NOTHROW(pass::load_canonical(c, stored));
}
