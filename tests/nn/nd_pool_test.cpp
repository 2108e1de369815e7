#include <hone/nn/nd/pool.hpp>

#include "catch2.hpp"
#include "nd_window_random.hpp"

using namespace hone;
using namespace nd_values;

namespace {

constexpr auto network = [] {
  graph<3, 0, 0, 3, 1> g;
  int const x = nd::input(g, "x", {1, 4, 9, 7}, dtype::f32);
  int const y = nd::max_pool(g, x, {.kernel = {3, 2}, .strides = {2, 2}}, true);
  nd::average_pool(g, y, {.kernel = {2, 2}, .before = {1, 1}});
  return g;
}();
static_assert(network.issue.how == fix::none && dims_of(network, 1) == extents{1, 4, 4, 4});
static_assert(dims_of(network, 2) == extents{1, 4, 4, 4});

// The elements of x, and how many places in x or its padding, that the window at output `at` sees.
template <class F>
int each_seen(value const& x, nd::window_nd const& w, extents const& at, F f) {
  int padded = 0;
  each_place(w.kernel, [&](extents const& tap, std::size_t) {
    extents const from = nd_values::read_by(w, at, tap);
    bool within = true;
    for (int d = 0; d < tap.rank; ++d) within = within && from[d + 2] < x.dims[d + 2] + w.after[d];
    padded += within;
    if (std::int64_t const k = offset_of(x.dims, from); k >= 0) f(static_cast<std::size_t>(k));
  });
  return padded;
}

}  // namespace

TEST_CASE("max pools give each window's largest element and where the first of them lies") {
  CHECK(rc::check([] {
    dtype const type = *rc::gen::element(dtype::f32, dtype::f64, dtype::f16, dtype::u8, dtype::i8);
    value const x = any_value(type, any_image(*rc::gen::inRange(1, 4)));
    nd::window_nd const w = any_window(x.dims, true);
    bool const ceil = *rc::gen::arbitrary<bool>(), columns = *rc::gen::arbitrary<bool>();
    value const y = evaluate([&](auto& g, int a) { return nd::max_pool(g, a, w, ceil); }, x);
    value const where = evaluate([&](auto& g, int a) { return nd::max_pool_indices(g, a, w, ceil, columns); }, x);
    RC_ASSERT(where.dims == y.dims);
    RC_ASSERT(where.type == dtype::i64);
    each_place(y.dims, [&](extents const& at, std::size_t i) {
      double most = 0;
      std::int64_t first = -1;
      each_seen(x, w, at, [&](std::size_t k) {
        if (first < 0 || x.at(k) > most) most = x.at(k), first = static_cast<std::int64_t>(k);
      });
      if (first < 0) return;  // nothing but padding
      RC_ASSERT(y.at(i) == most);
      if (columns) {  // the same place, counted with the first spatial dimension fastest
        std::int64_t rest = first % x.dims.count(2, x.dims.rank), swapped = 0, step = 1;
        extents place = x.dims;
        for (int d = x.dims.rank; d-- > 2; rest /= x.dims[d]) place[d] = static_cast<std::int32_t>(rest % x.dims[d]);
        for (int d = 2; d < x.dims.rank; step *= x.dims[d], ++d) swapped += place[d] * step;
        first += swapped - first % x.dims.count(2, x.dims.rank);
      }
      RC_ASSERT(where.at(i) == static_cast<double>(first));
    });
  }));
}

TEST_CASE("average pools divide by what is in x, or in x and its padding") {
  CHECK(rc::check([] {
    dtype const type = *rc::gen::element(dtype::f32, dtype::f64);
    value const x = any_value(type, any_image(*rc::gen::inRange(1, 4)));
    nd::window_nd const w = any_window(x.dims, true);
    bool const ceil = *rc::gen::arbitrary<bool>(), pads = *rc::gen::arbitrary<bool>();
    value const y = evaluate([&](auto& g, int a) { return nd::average_pool(g, a, w, ceil, pads); }, x);
    each_place(y.dims, [&](extents const& at, std::size_t i) {
      double sum = 0;
      int n = 0;
      int const padded = each_seen(x, w, at, [&](std::size_t k) { sum += x.at(k), ++n; });
      int const by = pads ? padded : n;
      double const mean = by > 0 ? sum / by : 0;
      RC_ASSERT(y.at(i) == (type == dtype::f32 ? static_cast<double>(static_cast<float>(mean)) : mean));
    });
  }));
}

TEST_CASE("pools refuse what does not fit") {
  value const x(dtype::f32, {1, 4, 8}), words(dtype::i32, {1, 4, 8}), bytes(dtype::u8, {1, 4, 8});
  auto const max = [&](value const& a, nd::window_nd const& w) {
    return refused([&](auto& g, int i) { return nd::max_pool(g, i, w); }, a);
  };
  CHECK(max(x, {.kernel = {2}}) == fix::none);
  CHECK(max(words, {.kernel = {2}}) == fix::give_a_supported_type);
  CHECK(max(x, {.kernel = {2, 2}}) == fix::give_a_supported_rank);
  CHECK(max(x, {.kernel = {9}}) == fix::use_same_padding_or_a_smaller_window);
  CHECK(max(x, {.kernel = {0}}) == fix::give_valid_attributes);
  CHECK(refused([](auto& g, int i) { return nd::average_pool(g, i, {.kernel = {2}}); }, bytes) ==
        fix::give_a_supported_type);
}
