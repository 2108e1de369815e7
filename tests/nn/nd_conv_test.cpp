#include <hone/nn/nd/conv.hpp>

#include "catch2.hpp"
#include "nd_window_random.hpp"

using namespace hone;
using namespace nd_values;

namespace {

// A network in the compiler: 1-D, dilated, of two groups.
constexpr auto network = [] {
  graph<3, 2, 1, 3, 2> g;
  g.layers.push_back({});
  int const x = nd::input(g, "x", {1, 4, 20}, dtype::f32);
  int const w = constant(g, 0, {6, 2, 3}, dtype::f32);
  nd::output(g, "y", nd::conv(g, x, w, -1, {.strides = {2}, .before = {4}, .dilations = {2}}, 2));
  return g;
}();
static_assert(network.issue.how == fix::none && dims_of(network, 2) == extents{1, 6, 10});
static_assert(op_at(network, 2).macs == 6 * 10 * 2 * 3);

// The definition, tap by tap.
value plain_conv(value const& x, value const& w, value const* bias, nd::window_nd const& win, int groups,
                 extents const& dims) {
  value y(x.type, dims);
  int const channels = w.dims[1], results = w.dims[0] / groups;
  each_place(dims, [&](extents const& at, std::size_t i) {
    double sum = bias != nullptr ? bias->at(static_cast<std::size_t>(at[1])) : 0;
    extents taps = w.dims;
    taps[0] = 1;
    each_place(taps, [&](extents tap, std::size_t) {
      extents spatial;
      for (int d = 2; d < tap.rank; ++d) spatial.push_back(tap[d]);
      extents from = nd_values::read_by(win, at, spatial);
      from[1] = at[1] / results * channels + tap[1];
      std::int64_t const k = offset_of(x.dims, from);
      tap[0] = at[1];
      if (k >= 0) sum += x.at(static_cast<std::size_t>(k)) * w.at(static_cast<std::size_t>(offset_of(w.dims, tap)));
    });
    y.set(i, sum);
  });
  return y;
}

}  // namespace

TEST_CASE("convolutions of one to three dimensions, any stride, dilation, padding and groups, equal their definition") {
  CHECK(rc::check([] {
    int const groups = *rc::gen::inRange(1, 4), channels = *rc::gen::inRange(1, 4), results = *rc::gen::inRange(1, 7);
    dtype const type = *rc::gen::element(dtype::f32, dtype::f64, dtype::f16);
    extents const image = any_image(groups * channels);
    nd::window_nd const w = any_window(image);
    extents dw{groups * results, channels};
    for (int k : w.kernel) dw.push_back(k);
    // whole numbers: every sum is exact
    value const x = any_value(type, image, 2), weights = any_value(type, dw, 2),
                bias = any_value(type, {groups * results});
    bool const biased = *rc::gen::arbitrary<bool>();
    value const y = evaluate(
        [&](auto& g, int a, int b, int c) { return nd::conv(g, a, b, biased ? c : -1, w, groups); }, x, weights, bias);
    RC_ASSERT(y.all() == plain_conv(x, weights, biased ? &bias : nullptr, w, groups, y.dims).all());
  }));
}

TEST_CASE("convolutions of many positions and of few are cut up and still whole") {
  for (extents const& image : {extents{1, 5, 3000}, extents{1, 130, 9}, extents{2, 3, 40, 41}}) {
    nd::window_nd w{.kernel = {}};
    extents dw{9, image[1]};
    for (int d = 2; d < image.rank; ++d) w.kernel.push_back(7), dw.push_back(7);
    REQUIRE(nd::complete(w, image.rank - 2));
    value x(dtype::f32, image), weights(dtype::f32, dw);
    for (std::size_t i = 0; i < x.size(); ++i) x.set(i, static_cast<double>(i * 7 % 11) - 5);
    for (std::size_t i = 0; i < weights.size(); ++i) weights.set(i, static_cast<double>(i * 5 % 7) - 3);
    value const y = evaluate([&](auto& g, int a, int b) { return nd::conv(g, a, b, -1, w); }, x, weights);
    CHECK(y.all() == plain_conv(x, weights, nullptr, w, 1, y.dims).all());
  }
}

TEST_CASE("convolutions refuse what does not fit") {
  value const x(dtype::f32, {1, 4, 8}), w(dtype::f32, {6, 2, 3}), two(dtype::f32, {2}), wide(dtype::f64, {6, 2, 3}),
      image(dtype::f32, {1, 4, 8, 8});
  auto const how = [&](value const& a, value const& b, value const& c, nd::window_nd const& win, int groups) {
    return refused([&](auto& g, int i, int j, int k) { return nd::conv(g, i, j, k, win, groups); }, a, b, c);
  };
  value const six(dtype::f32, {6});
  CHECK(how(x, w, six, {}, 2) == fix::none);
  CHECK(how(x, w, two, {}, 2) == fix::give_extents_that_match);
  CHECK(how(x, w, six, {}, 1) == fix::give_extents_that_match);
  CHECK(how(x, w, six, {}, 0) == fix::give_extents_that_match);
  CHECK(how(x, wide, six, {}, 2) == fix::give_a_supported_type);
  CHECK(how(image, w, six, {}, 2) == fix::give_a_supported_rank);
  CHECK(how(x, w, six, {.kernel = {5}}, 2) == fix::give_extents_that_match);
  CHECK(how(x, w, six, {.strides = {0}}, 2) == fix::give_valid_attributes);
  CHECK(how(x, w, six, {.dilations = {4}}, 2) == fix::use_same_padding_or_a_smaller_window);
  CHECK(how(x, w, six, {.before = {most_elements}, .after = {most_elements}}, 2) == fix::use_smaller_extents);
}
