#include <hone/nn/nd/resize.hpp>

#include "catch2.hpp"
#include "nd_expected.hpp"
#include "nd_random.hpp"

using namespace hone;
using namespace nd_values;
using mode = nd::resize_mode;
using to = nd::resize_coordinates;
using near = nd::resize_nearest;

namespace {

constexpr auto network = [] {
  graph<2, 0, 0, 2, 1> g;
  int const x = nd::input(g, "x", {1, 3, 4, 5}, dtype::f32);
  nd::resize(g, x, {1, 3, 8, 10}, {}, {.mode = mode::linear});
  return g;
}();
static_assert(network.issue.how == fix::none && dims_of(network, 1) == extents{1, 3, 8, 10});

constexpr std::array<float, max_rank> from_extents{};

// An image with the numbers of scripts/nd_reference.py, resized, is the numbers of `want`.
template <std::size_t N>
void check(double const (&want)[N], extents const& from, extents const& dims, nd::resize_options const& how,
           std::array<float, max_rank> const& scales = from_extents) {
  for (dtype t : {dtype::f32, dtype::f64}) {
    value x(t, from);
    for (std::size_t i = 0; i < x.size(); ++i) x.set(i, (static_cast<int>(37 * i % 97) - 48) / 64.0);
    value const y = evaluate([&](auto& g, int a) { return nd::resize(g, a, dims, scales, how); }, x);
    REQUIRE(y.size() == N);
    for (std::size_t i = 0; i < N; ++i) CHECK(y.at(i) == Approx(want[i]).margin(1e-6));
  }
}
constexpr std::array<float, 2 * max_rank> region() {
  std::array<float, 2 * max_rank> r{};
  r[0] = -0.25f, r[1] = 0.25f, r[max_rank] = 0.75f, r[max_rank + 1] = 1.25f;
  return r;
}

}  // namespace

TEST_CASE("linear and cubic resizes are those of ONNX's reference") {
  namespace want = nd_expected;
  check(want::linear_half_up, {4, 3}, {7, 5}, {.mode = mode::linear});
  check(want::linear_half_down, {7, 5}, {3, 2}, {.mode = mode::linear});
  check(want::linear_corners, {4, 3}, {7, 5}, {.mode = mode::linear, .coordinates = to::align_corners});
  check(want::linear_asymmetric_scales, {4, 5}, {5, 3}, {.mode = mode::linear, .coordinates = to::asymmetric},
        {1.3f, 0.6f});
  check(want::linear_corners_scales, {4, 5}, {5, 3}, {.mode = mode::linear, .coordinates = to::align_corners},
        {1.3f, 0.6f});
  check(want::linear_pytorch, {4, 3}, {1, 5}, {.mode = mode::linear, .coordinates = to::pytorch_half_pixel});
  check(want::linear_symmetric_scales, {4, 5}, {5, 3}, {.mode = mode::linear, .coordinates = to::half_pixel_symmetric},
        {1.3f, 0.7f});
  nd::resize_options crop{.mode = mode::linear, .coordinates = to::tf_crop_and_resize, .extrapolation = 9};
  crop.roi = region();
  check(want::linear_crop, {4, 5}, {3, 4}, crop);
  check(want::linear_antialias, {7, 5}, {3, 2}, {.mode = mode::linear, .antialias = true});
  check(want::cubic_half_up, {4, 3}, {7, 5}, {.mode = mode::cubic});
  check(want::cubic_outside, {4, 3}, {7, 5}, {.mode = mode::cubic, .cubic_a = -0.5f, .exclude_outside = true});
  check(want::cubic_antialias, {7, 5}, {3, 2}, {.mode = mode::cubic, .antialias = true});
}

TEST_CASE("nearest resizes are those of ONNX's reference") {
  namespace want = nd_expected;
  check(want::nearest_half_floor, {4, 5}, {7, 3}, {});
  check(want::nearest_half_ceil, {4, 4}, {2, 2}, {.nearest = near::round_prefer_ceil});
  check(want::nearest_asymmetric_floor, {3, 4}, {8, 6}, {.coordinates = to::asymmetric, .nearest = near::floor});
  check(want::nearest_corners_ceil, {4, 5}, {7, 3}, {.coordinates = to::align_corners, .nearest = near::ceil});
  nd::resize_options crop{.coordinates = to::tf_crop_and_resize, .extrapolation = 9};
  crop.roi = region();
  check(want::nearest_crop, {4, 5}, {3, 4}, crop);
}

TEST_CASE("nearest by whole factors repeats elements of any type") {
  CHECK(rc::check([] {
    value const x = any_value(any_type(), {2, *rc::gen::inRange(1, 5), *rc::gen::inRange(1, 5)});
    int const rows = *rc::gen::inRange(1, 4), columns = *rc::gen::inRange(1, 4);
    extents const dims{2, x.dims[1] * rows, x.dims[2] * columns};
    value const y = evaluate(
        [&](auto& g, int a) {
          return nd::resize(g, a, dims, {}, {.coordinates = to::asymmetric, .nearest = near::floor});
        },
        x);
    RC_ASSERT(y.type == x.type);
    for (int i = 0; i < static_cast<int>(y.size()); ++i) {
      int const c = i % dims[2], r = i / dims[2] % dims[1], n = i / dims[2] / dims[1];
      RC_ASSERT(y.at(static_cast<std::size_t>(i)) ==
                x.at(static_cast<std::size_t>((n * x.dims[1] + r / rows) * x.dims[2] + c / columns)));
    }
  }));
}

TEST_CASE("whatever the mode, a constant stays a constant, in any order of dimensions and any type") {
  CHECK(rc::check([] {
    dtype const type = *rc::gen::element(dtype::f32, dtype::f64, dtype::f16, dtype::u8, dtype::i8);
    value x(type, {*rc::gen::inRange(1, 6), *rc::gen::inRange(1, 6), *rc::gen::inRange(1, 6)});
    for (std::size_t i = 0; i < x.size(); ++i) x.set(i, 64);
    extents const dims{*rc::gen::inRange(1, 9), *rc::gen::inRange(1, 9), *rc::gen::inRange(1, 9)};
    nd::resize_options how{};
    how.mode = static_cast<mode>(*rc::gen::inRange(0, 3));
    how.coordinates = static_cast<to>(*rc::gen::inRange(0, 5));
    how.nearest = static_cast<near>(*rc::gen::inRange(0, 4));
    how.antialias = how.mode != mode::nearest && *rc::gen::arbitrary<bool>();
    value const y = evaluate([&](auto& g, int a) { return nd::resize(g, a, dims, {}, how); }, x);
    // integers are cut off: a sum that is 64 but for rounding may be 63
    for (std::size_t i = 0; i < y.size(); ++i) RC_ASSERT(std::fabs(y.at(i) - 64) <= (size_of(type) == 1 ? 1 : 1e-4));
  }));
}

TEST_CASE("resizes refuse what does not fit") {
  value const x(dtype::f32, {4, 5});
  auto const how = [&](extents const& dims, float scale, nd::resize_options const& o) {
    return refused([&](auto& g, int a) { return nd::resize(g, a, dims, {scale}, o); }, x);
  };
  CHECK(how({8, 5}, 2, {}) == fix::none);
  CHECK(how({8, 5, 1}, 2, {}) == fix::give_a_supported_rank);
  CHECK(how({0, 5}, 0, {}) == fix::give_valid_attributes);
  CHECK(how({8, 5}, 1e-30f, {}) == fix::give_valid_attributes);
  CHECK(how({8, 5}, 2, {.antialias = true}) == fix::give_valid_attributes);
  CHECK(how({most_elements, 5}, 0, {}) == fix::use_smaller_extents);
}
