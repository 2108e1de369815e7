#include "catch2.hpp"
#include "nd_window_random.hpp"

using namespace hone;
using namespace nd_values;

TEST_CASE("empty lists of a window are filled in, lists of another length and impossible numbers refused") {
  nd::window_nd w{.kernel = {3, 3}};
  REQUIRE(nd::complete(w, 2));
  CHECK(w.strides == extents{1, 1});
  CHECK(w.dilations == extents{1, 1});
  CHECK(w.before == extents{0, 0});
  CHECK_FALSE(nd::complete(w = {.kernel = {3}}, 2));
  CHECK_FALSE(nd::complete(w = {.kernel = {3, 0}}, 2));
  CHECK_FALSE(nd::complete(w = {.kernel = {3, 3}, .strides = {0, 1}}, 2));
  CHECK_FALSE(nd::complete(w = {.kernel = {3, 3}, .dilations = {1, -1}}, 2));
  CHECK_FALSE(nd::complete(w = {.kernel = {3, 3, 3, 3}}, 4));
}

TEST_CASE("a form keeps its window") {
  CHECK(rc::check([] {
    extents const image = any_image(3);
    nd::window_nd const w = any_window(image);
    tensor_form f{.dims = image};
    nd::set_window(f, w);
    nd::window_nd const back = nd::window_of(f);
    RC_ASSERT(back.kernel == w.kernel);
    RC_ASSERT(back.strides == w.strides);
    RC_ASSERT(back.before == w.before);
    RC_ASSERT(back.after == w.after);
    RC_ASSERT(back.dilations == w.dilations);
    RC_ASSERT(nd::window_between(f, image, image).taps() == w.kernel.size());
  }));
}

TEST_CASE("windows are counted as they fit one by one") {
  CHECK(rc::check([] {
    extents const image{1, 1, *rc::gen::inRange(1, 30)};
    nd::window_nd const w = any_window(image, true);
    int const span = (w.kernel[0] - 1) * w.dilations[0] + 1, end = image[2] + w.before[0] + w.after[0];
    std::int64_t floor = 0, ceil = 0;
    for (int at = 0; at + span <= end; at += w.strides[0]) ++floor;
    // With ceil as long as the one before leaves something, and a window begins before the padding at the end.
    for (int at = 0; at < image[2] + w.before[0] && (at == 0 || at - w.strides[0] + span < end); at += w.strides[0])
      ++ceil;
    RC_ASSERT(nd::windows(image[2], w, 0, false) == floor);
    RC_ASSERT(nd::windows(image[2], w, 0, true) == ceil);
  }));
  CHECK(nd::windows(2, {.kernel = {4}, .strides = {1}, .before = {0}, .after = {1}, .dilations = {1}}, 0, true) == -1);
}
