#include <hone/nn/nd/conv_transpose.hpp>

#include "catch2.hpp"
#include "nd_window_random.hpp"

using namespace hone;
using namespace nd_values;

TEST_CASE("transposed convolutions add every input's window to the result") {
  CHECK(rc::check([] {
    int const groups = *rc::gen::inRange(1, 4), channels = *rc::gen::inRange(1, 4), results = *rc::gen::inRange(1, 5);
    dtype const type = *rc::gen::element(dtype::f32, dtype::f64, dtype::f16);
    extents const image = any_image(groups * channels);
    nd::window_nd w = any_window(image);
    extents more, dw{groups * channels, results}, dims{image[0], groups * results};
    for (int d = 0; d < w.kernel.rank; ++d) {
      more.push_back(*rc::gen::inRange(0, 3)), dw.push_back(w.kernel[d]);
      int const span = (w.kernel[d] - 1) * w.dilations[d] + 1;
      if (w.before[d] + w.after[d] >= span) w.before[d] = w.after[d] = 0;
      dims.push_back(w.strides[d] * (image[d + 2] - 1) + span + more[d] - w.before[d] - w.after[d]);
    }
    value const x = any_value(type, image, 2), weights = any_value(type, dw, 2),
                bias = any_value(type, {groups * results});
    value const y =
        evaluate([&](auto& g, int a, int b, int c) { return nd::conv_transpose(g, a, b, c, w, more, groups); }, x,
                 weights, bias);
    RC_ASSERT(y.dims == dims);
    std::vector<double> sums(y.size());
    each_place(dims, [&](extents const& at, std::size_t i) { sums[i] = bias.at(static_cast<std::size_t>(at[1])); });
    each_place(image, [&](extents const& at, std::size_t i) {
      extents taps = dw;
      taps[0] = 1;
      each_place(taps, [&](extents tap, std::size_t) {
        extents to{at[0], at[1] / channels * results + tap[1]};
        for (int d = 0; d < w.kernel.rank; ++d)
          to.push_back(at[d + 2] * w.strides[d] + tap[d + 2] * w.dilations[d] - w.before[d]);
        tap[0] = at[1];
        std::int64_t const k = offset_of(dims, to);
        if (k >= 0)
          sums[static_cast<std::size_t>(k)] += x.at(i) * weights.at(static_cast<std::size_t>(offset_of(dw, tap)));
      });
    });
    RC_ASSERT(y.all() == sums);
  }));
}

TEST_CASE("a transposed convolution of many inputs is cut up and still whole") {
  value x(dtype::f32, {1, 2, 5000}), w(dtype::f32, {2, 3, 2});
  for (std::size_t i = 0; i < x.size(); ++i) x.set(i, static_cast<double>(i % 9) - 4);
  for (std::size_t i = 0; i < w.size(); ++i) w.set(i, static_cast<double>(i) - 5);
  value const y =
      evaluate([](auto& g, int a, int b) { return nd::conv_transpose(g, a, b, -1, {.strides = {2}}); }, x, w);
  REQUIRE(y.dims == extents{1, 3, 10000});
  for (std::size_t m = 0; m < 3; ++m)
    for (std::size_t i = 0; i < 10000; ++i)
      REQUIRE(y.at(m * 10000 + i) ==
              x.at(i / 2) * w.at(m * 2 + i % 2) + x.at(5000 + i / 2) * w.at((3 + m) * 2 + i % 2));
}

TEST_CASE("transposed convolutions refuse what does not fit") {
  value const x(dtype::f32, {1, 4, 8}), w(dtype::f32, {4, 2, 3}), six(dtype::f32, {6}), bytes(dtype::u8, {1, 4, 8});
  auto const how = [&](value const& a, nd::window_nd const& win, extents const& more, int groups, bool bias) {
    return refused(
        [&](auto& g, int i, int j, int k) { return nd::conv_transpose(g, i, j, bias ? k : -1, win, more, groups); }, a,
        w, six);
  };
  CHECK(how(x, {}, {}, 2, false) == fix::none);
  CHECK(how(x, {}, {}, 2, true) == fix::give_extents_that_match);
  CHECK(how(x, {}, {}, 3, true) == fix::give_extents_that_match);
  CHECK(how(bytes, {}, {}, 2, false) == fix::give_a_supported_type);
  CHECK(how(x, {}, {1, 1}, 2, false) == fix::give_valid_attributes);
  CHECK(how(x, {.before = {9}, .after = {9}}, {}, 2, false) == fix::give_valid_attributes);
  CHECK(how(x, {.strides = {most_elements}}, {}, 2, false) == fix::use_smaller_extents);
}
