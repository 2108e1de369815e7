#include <hone/simd/conv2d_int8-inl.hpp>
#include <tests/simd/int8_on_all.hpp>

using namespace tests;

namespace {
constexpr op conv(shape in, int channels, window w, tile t) { return int8_op(conv2d_kind, in, channels, w, t); }
constexpr op dense(int from, int to, tile t) { return int8_op(dense_kind, {1, 1, from}, to, {}, t); }
}  // namespace

TEST_CASE("int8 convolutions of the usual shapes are exact") {
  SECTION("one channel") { check_exact<conv({8, 8, 1}, 16, same(3, 3), {1, 8, 1})>(); }
  SECTION("3x3") { check_exact<conv({8, 8, 16}, 16, same(3, 3), {1, 8, 1, 2})>(); }
  SECTION("3x3, residual") { check_exact<with_addend(conv({5, 8, 16}, 16, same(3, 3), {1, 8, 1, 2}))>(); }
  SECTION("3x3, stride 2") { check_exact<conv({8, 8, 16}, 32, strided(same(3, 3), 2), {1, 4, 2, 2})>(); }
  SECTION("1x1") { check_exact<conv({5, 5, 64}, 64, valid(1, 1), {1, 5, 4})>(); }
}

TEST_CASE("int8 convolutions of odd shapes are exact") {
  SECTION("one pixel") { check_exact<conv({1, 1, 4}, 5, same(3, 3), {1, 4, 1})>(); }
  SECTION("three channels, stride 2") { check_exact<conv({7, 9, 3}, 8, strided(same(3, 3), 2), {1, 3, 1})>(); }
  SECTION("wide, several tiles") { check_exact<conv({2, 23, 8}, 24, same(3, 3), {1, 5, 3})>(); }
  SECTION("half a vector of channels") { check_exact<conv({3, 13, 4}, 8, same(3, 3), {1, 7, 1})>(); }
  SECTION("three quarters of a vector") { check_exact<conv({3, 9, 4}, 12, valid(1, 1), {1, 6, 1})>(); }
  SECTION("channels that fill no vector") { check_exact<conv({4, 5, 12}, 37, same(3, 2), {1, 4, 2, 3})>(); }
  SECTION("long kernel") { check_exact<conv({9, 6, 4}, 10, same(7, 5), {1, 6, 1})>(); }
  SECTION("valid, 2x4, uneven strides") {
    constexpr window w{2, 4, 1, 3, 0, 0, 0, 0};
    check_exact<conv({5, 14, 8}, 17, w, {1, 2, 1})>();
  }
  SECTION("rows of three bytes") { check_exact<conv({4, 3, 1}, 7, same(3, 3), {1, 2, 1})>(); }
  SECTION("rows cut into pieces") { check_exact<conv({5, 7, 2}, 16, strided(same(5, 5), 2), {1, 2, 1, 3})>(); }
  SECTION("three channels, several tiles") { check_exact<conv({3, 11, 3}, 16, same(3, 3), {1, 3, 1})>(); }
  SECTION("1x1, stride 2") { check_exact<conv({5, 7, 20}, 3, strided(valid(1, 1), 2), {1, 4, 1})>(); }
  SECTION("one column") { check_exact<conv({6, 1, 1}, 1, same(3, 1), {1, 1, 1})>(); }
  SECTION("padding wider than tiles") { check_exact<conv({3, 4, 4}, 6, same(1, 4), {1, 1, 1})>(); }
}

TEST_CASE("int8 convolutions are exact with every zero point and result") {
  SECTION("input 128") { check_exact<with_zeros(conv({6, 5, 8}, 16, same(3, 3), {1, 5, 1}), 128, 0)>(); }
  SECTION("input 128, three channels") {
    check_exact<with_zeros(conv({6, 5, 3}, 16, same(3, 3), {1, 5, 1}), 128, 128)>();
  }
  SECTION("input 128, no padding") { check_exact<with_zeros(conv({4, 4, 8}, 18, valid(2, 2), {1, 3, 2}), 128, 128)>(); }
  SECTION("all 128, residual") {
    check_exact<with_zeros(with_addend(conv({4, 6, 8}, 20, same(3, 3), {1, 6, 2})), 128, 128, 128)>();
  }
  SECTION("odd zero points, residual") {
    check_exact<with_zeros(with_addend(conv({3, 5, 5}, 9, strided(same(3, 3), 2), {1, 2, 1})), 255, 1, 254)>();
  }
  SECTION("f32") { check_exact<with_f32(conv({4, 6, 8}, 11, same(3, 3), {1, 6, 1}))>(); }
  SECTION("f32, residual") {
    check_exact<with_f32(with_zeros(with_addend(conv({4, 6, 8}, 16, same(3, 3), {1, 6, 1})), 0, 0, 128))>();
  }
  SECTION("converting") { check_exact<converting(conv({4, 4, 160}, 16, same(3, 3), {1, 4, 1, 2}))>(); }
  SECTION("converting, residual, 128") {
    check_exact<converting(with_zeros(with_addend(conv({4, 4, 32}, 16, same(3, 3), {1, 4, 1, 2})), 0, 128, 0))>();
  }
}

TEST_CASE("int8 convolutions are exact with weights whose pairs of products leave 16 bits") {
  SECTION("3x3") { check_exact<of_any_weights(conv({4, 7, 8}, 19, same(3, 3), {1, 4, 2}))>(); }
  SECTION("three channels, 255") {
    check_exact<with_zeros(of_any_weights(conv({5, 6, 3}, 16, same(3, 3), {1, 3, 1})), 255, 255)>();
  }
  SECTION("dense, f32") { check_exact<with_f32(of_any_weights(dense(61, 11, {1, 1, 1, 4})))>(); }
}

TEST_CASE("int8 dense layers are exact") {
  SECTION("logits") { check_exact<with_f32(dense(32, 10, {1, 1, 1, 4}))>(); }
  SECTION("one input, one output") { check_exact<dense(1, 1, {})>(); }
  SECTION("odd") { check_exact<with_zeros(dense(49, 33, {1, 1, 2, 4}), 128, 128)>(); }
  SECTION("wide") { check_exact<dense(100, 130, {1, 1, 4, 1})>(); }
  SECTION("residual, converting") { check_exact<converting(with_addend(dense(64, 64, {1, 1, 4, 2})))>(); }
}

namespace {
constexpr op residual = with_addend(conv({4, 6, 8}, 20, same(3, 3), {1, 6, 2}));
template <isa I, int Lanes>
void check_lanes() {
  if (!hw::supported(I)) return;
  constexpr kernel_entry run = simd::entry_of<final_op<residual, Lanes>, Lanes, I>();
  CAPTURE(name(I));
  CAPTURE(Lanes);
  CHECK(int8_case(residual, 7, numbers::random).differences(final_graph<residual, Lanes>, run, against::end) == 0);
}
}  // namespace

TEST_CASE("int8 kernels for narrower vectors than the ISA's are exact") {
  check_lanes<isa::avx512_vnni, 8>();
  check_lanes<isa::avx512_vnni, 4>();
  check_lanes<isa::avx512, 4>();
  check_lanes<isa::avx2, 4>();
  check_lanes<isa::sse4, 1>();
  CHECK(hw::supported(isa::scalar));
}
