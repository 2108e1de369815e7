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

namespace {
// A convolution 2x2 of one channel to two, with the zero points of an imported network.
op imported() {
  op o{};
  o.kind = &conv2d_kind, o.in = {4, 4, 1}, o.out = {3, 3, 2}, o.win.kh = o.win.kw = 2;
  o.from = o.type = dtype::u8, o.weights = dtype::i8, o.from_zero = 7, o.zero = 200;
  return o;
}
}  // namespace

TEST_CASE("flags of imported int8 weights say what their values allow") {
  op o = imported();
  std::int8_t w[]{100, -128, 28, -1, -50, 127, 60, 1};  // [4][2]: rows 0 and 1, 2 and 3 are neighbours
  std::int32_t bias[]{1000, -1000};
  CHECK(pass::set_int8_flags(o, {4, w, bias}) == nullptr);
  CHECK_FALSE(o.convert);
  CHECK_FALSE(o.pairs_fit);  // -128 - 1
  w[3] = 0;
  CHECK(pass::set_int8_flags(o, {4, w, bias}) == nullptr);
  CHECK(o.pairs_fit);
  w[6] = 127, w[4] = 2;
  CHECK(pass::set_int8_flags(o, {4, w, bias}) == nullptr);
  CHECK_FALSE(o.pairs_fit);

  // the most that inputs of -7 to 248 make of column 0: 100 * 248 + 28 * 248 + 2 * 248 + 127 * 248
  std::int32_t const most = 257 * 248;
  bias[0] = (1 << 23) - 1 - most;
  CHECK(pass::set_int8_flags(o, {4, w, bias}) == nullptr);
  CHECK_FALSE(o.convert);
  ++bias[0];
  CHECK(pass::set_int8_flags(o, {4, w, bias}) == nullptr);
  CHECK(o.convert);
  bias[0] = 0x7fffffff - most;
  CHECK(pass::set_int8_flags(o, {4, w, bias}) == nullptr);
  ++bias[0];
  CHECK(pass::set_int8_flags(o, {4, w, bias}) != nullptr);
}

TEST_CASE("columns that no input changes become constants") {
  op const o = imported();
  std::int8_t w[]{1, 100, 0, 28, 0, -50, -1, 60};
  std::int32_t bias[]{1 << 30, 0};
  float scale[]{0x1p-27f, 0.01f};  // column 0: 8 + 200, whatever the input adds
  CHECK(pass::settle_constant_columns(o, 4, w, bias, scale) == 1);
  CHECK(bias[0] == 8);
  CHECK(scale[0] == 1);
  for (int r = 0; r < 4; ++r) CHECK(w[2 * r] == 0);
  CHECK(w[1] == 100);
  CHECK(scale[1] == 0.01f);
  op flagged = o;
  CHECK(pass::set_int8_flags(flagged, {4, w, bias}) == nullptr);
  CHECK_FALSE(flagged.convert);
}

TEST_CASE("steps that a sum of quantised edges cannot have are refused") {
  float const fine[]{0.5f, 0.f, 0x1p125f}, negative[]{0.5f, -1.f, 1.f}, huge[]{0.5f, 0x1p51f, 1.f},
      reciprocal[]{1.f, 1.f, 0x1p126f};
  CHECK(pass::flaw_of_pair(fine) == nullptr);
  CHECK(pass::flaw_of_pair(negative) != nullptr);
  CHECK(pass::flaw_of_pair(huge) != nullptr);
  CHECK(pass::flaw_of_pair(reciprocal) != nullptr);
}
