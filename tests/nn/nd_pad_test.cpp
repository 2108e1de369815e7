#include <hone/nn/nd/pad.hpp>

#include <algorithm>

#include "catch2.hpp"
#include "nd_random.hpp"

using namespace hone;
using namespace nd_values;
using nd::pad_mode;

namespace {

auto pads(extents const& before, extents const& after, pad_mode mode) {
  return [=](auto& g, int x, auto... v) { return nd::pad(g, x, before, after, mode, v...); };
}

// Walks from the element that is kept to the one that is asked for, step by step; -1: a new value.
int source(int at, int n, pad_mode mode) {
  int from = 0, step = at < 0 ? -1 : 1;
  for (int i = 0; i != at; i += at < 0 ? -1 : 1) {
    if (from + step >= 0 && from + step < n) {
      from += step;
    } else if (mode == pad_mode::constant) {
      return -1;
    } else if (mode == pad_mode::wrap) {
      from = step > 0 ? 0 : n - 1;
    } else if (mode == pad_mode::reflect && n > 1) {
      step = -step, from += step;
    }
  }
  return from;
}

constexpr auto network = [] {
  graph<2, 0, 0, 2, 2> g;
  nd::output(g, "y", nd::pad(g, nd::input(g, "x", {2, 3}, dtype::f32), {1, -1}, {0, 2}, pad_mode::edge));
  return g;
}();
static_assert(network.issue.how == fix::none && dims_of(network, 1) == extents{3, 4});

}  // namespace

TEST_CASE("pads put values around, reflect, repeat and wrap, and negative ones cut off") {
  CHECK(rc::check([] {
    value const x = any_value(any_type(), any_dims(4));
    auto const mode = static_cast<pad_mode>(*rc::gen::inRange(0, 4));
    extents before, after, kept, dims;
    for (std::int32_t n : x.dims) {
      before.push_back(*rc::gen::inRange(-1, 5)), after.push_back(*rc::gen::inRange(-1, 5));
      int const i = before.rank - 1;
      if (n < 2) before[i] = before[i] < 0 ? 0 : before[i], after[i] = after[i] < 0 ? 0 : after[i];
      kept.push_back(n + std::min(before[i], 0) + std::min(after[i], 0));
      if (kept[i] == 0 && mode != pad_mode::constant)
        before[i] = std::min(before[i], 0), after[i] = std::min(after[i], 0);
      dims.push_back(n + before[i] + after[i]);
    }
    value const fill = any_value(x.type, {});
    bool const given = *rc::gen::arbitrary<bool>();
    value const y = given ? evaluate(pads(before, after, mode), x, fill) : evaluate(pads(before, after, mode), x);
    value zero = fill;
    zero.set(0, 0);
    RC_ASSERT(y.dims == dims);
    RC_ASSERT(y.type == x.type);
    for (std::size_t i = 0; i < y.size(); ++i) {
      extents at = place_of(dims, i);
      bool fresh = false;
      for (int d = 0; d < at.rank; ++d) {
        int const s = kept[d] == 0 ? -1 : source(at[d] - std::max(before[d], 0), kept[d], mode);
        fresh = fresh || s < 0;
        at[d] = s - std::min(before[d], 0);
      }
      RC_ASSERT((fresh ? same(y, i, given ? fill : zero, 0) : same(y, i, x, index_of(x.dims, at))));
    }
  }));
}

TEST_CASE("pads that do not fit are refused") {
  value const x(dtype::f32, {2, 3}), none(dtype::f32, {0});
  CHECK(refused(pads({1}, {1}, pad_mode::constant), x) == fix::give_valid_attributes);
  CHECK(refused(pads({0, -2}, {0, -2}, pad_mode::constant), x) == fix::give_valid_attributes);
  CHECK(refused(pads({-2147483647, 0}, {0, 0}, pad_mode::constant), x) == fix::give_valid_attributes);
  CHECK(refused(pads({2147483647, 0}, {0, 0}, pad_mode::constant), x) == fix::give_valid_attributes);
  CHECK(refused(pads({1}, {0}, pad_mode::edge), none) == fix::give_valid_attributes);
  CHECK(refused(pads({1, 1}, {1, 1}, pad_mode::constant), x, value(dtype::f64, {})) == fix::give_a_supported_type);
  CHECK(refused(pads({1, 1}, {1, 1}, pad_mode::constant), x, value(dtype::f32, {2})) == fix::give_valid_attributes);
}
