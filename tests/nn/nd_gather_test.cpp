#include <hone/nn/nd/gather.hpp>

#include "catch2.hpp"
#include "nd_random.hpp"

using namespace hone;
using namespace nd_values;

namespace {

// Indices for an extent of n, negative ones too.
value any_indices(extents const& dims, int n) {
  value v = any_value(*rc::gen::element(dtype::i32, dtype::i64), dims, 1000);
  for (std::size_t i = 0; i < v.size(); ++i) v.set(i, static_cast<double>(static_cast<int>(v.at(i)) % n));
  return v;
}
std::int32_t normal(double index, int n) { return static_cast<std::int32_t>(index) + (index < 0 ? n : 0); }
// Extents without 0.
extents some_dims(int most_rank) {
  extents e = any_dims(most_rank);
  for (int i = 0; i < e.rank; ++i) e[i] = e[i] == 0 ? 2 : e[i];
  while (e.size() > 2000) e[*rc::gen::inRange(0, e.rank)] = 1;
  return e;
}

constexpr auto network = [] {
  graph<8, 0, 0, 8, 4> g;
  int const x = nd::input(g, "x", {2, 3, 4}, dtype::u8), i = nd::input(g, "i", {5, 2}, dtype::i64);
  int const j = nd::input(g, "j", {2, 1, 4}, dtype::i32);
  nd::gather(g, x, i, -2);
  nd::gather_elements(g, x, j, 1);
  nd::gather_nd(g, x, i, 0);
  return g;
}();
static_assert(network.issue.how == fix::none && dims_of(network, 3) == extents{2, 5, 2, 4});
static_assert(dims_of(network, 4) == extents{2, 1, 4} && dims_of(network, 5) == extents{5, 4});

}  // namespace

TEST_CASE("gathering takes whole slices by index") {
  CHECK(rc::check([] {
    extents from = some_dims(4);
    if (from.rank == 0) from.push_back(3);
    int const axis = *rc::gen::inRange(0, from.rank), given = *rc::gen::element(axis, axis - from.rank);
    value const x = any_value(any_type(), from), index = any_indices(any_dims(3), from[axis]);
    value const y = evaluate([&](auto& g, int a, int b) { return nd::gather(g, a, b, given); }, x, index);
    RC_ASSERT(y.type == x.type);
    RC_ASSERT(y.dims.rank == from.rank - 1 + index.dims.rank);
    for (std::size_t i = 0; i < y.size(); ++i) {
      extents const at = place_of(y.dims, i);
      extents place = index.dims, source = from;
      for (int d = 0; d < place.rank; ++d) place[d] = at[axis + d];
      for (int d = 0; d < from.rank; ++d)
        if (d != axis) source[d] = at[d < axis ? d : d - 1 + place.rank];
      source[axis] = normal(index.at(index_of(index.dims, place)), from[axis]);
      RC_ASSERT(same(y, i, x, index_of(from, source)));
    }
  }));
}

TEST_CASE("gathering elements takes one by one along an axis") {
  CHECK(rc::check([] {
    extents from = some_dims(4);
    if (from.rank == 0) from.push_back(3);
    int const axis = *rc::gen::inRange(0, from.rank), given = *rc::gen::element(axis, axis - from.rank);
    extents places = from;
    for (int d = 0; d < from.rank; ++d) places[d] = *rc::gen::inRange(0, from[d] + (d == axis ? 3 : 1));
    value const x = any_value(any_type(), from), index = any_indices(places, from[axis]);
    value const y = evaluate([&](auto& g, int a, int b) { return nd::gather_elements(g, a, b, given); }, x, index);
    RC_ASSERT(y.dims == places);
    for (std::size_t i = 0; i < y.size(); ++i) {
      extents at = place_of(places, i);
      at[axis] = normal(index.at(i), from[axis]);
      RC_ASSERT(same(y, i, x, index_of(from, at)));
    }
  }));
}

TEST_CASE("gathering by places takes what lies at each, batch by batch") {
  CHECK(rc::check([] {
    extents const from = some_dims(5);
    int const batches = *rc::gen::inRange(0, from.rank + 1), depth = *rc::gen::inRange(0, from.rank - batches + 1);
    extents places, between = any_dims(2);
    for (int d = 0; d < batches; ++d) places.push_back(from[d]);
    for (std::int32_t d : between) places.push_back(d);
    places.push_back(depth);
    value index = any_indices(places, 1);
    for (std::size_t i = 0; i < index.size(); ++i) {
      std::int32_t const n = from[batches + place_of(places, i)[places.rank - 1]];
      index.set(i, static_cast<double>(static_cast<int>(i * 7 + 3) % (2 * n)) - n);
    }
    value const x = any_value(any_type(), from);
    value const y = evaluate([&](auto& g, int a, int b) { return nd::gather_nd(g, a, b, batches); }, x, index);
    extents dims;
    for (int d = 0; d + 1 < places.rank; ++d) dims.push_back(places[d]);
    for (int d = batches + depth; d < from.rank; ++d) dims.push_back(from[d]);
    RC_ASSERT(y.dims == dims);
    for (std::size_t i = 0; i < y.size(); ++i) {
      extents const at = place_of(dims, i);
      extents place = places, source = from;
      for (int d = 0; d + 1 < places.rank; ++d) place[d] = at[d];
      for (int d = 0; d < batches; ++d) source[d] = at[d];
      for (int d = 0; d < depth; ++d) {
        place[places.rank - 1] = d;
        source[batches + d] = normal(index.at(index_of(places, place)), from[batches + d]);
      }
      for (int d = batches + depth; d < from.rank; ++d) source[d] = at[places.rank - 1 + d - batches - depth];
      RC_ASSERT(same(y, i, x, index_of(from, source)));
    }
  }));
}

TEST_CASE("indices that are not there take the nearest that is") {
  value const x = floats({3}, {1, 2, 3}), far = make(dtype::i64, {4}, {3, -4, 9e18, -9e18});
  std::vector<double> const want{3, 1, 3, 1};
  CHECK(evaluate([](auto& g, int a, int b) { return nd::gather(g, a, b, 0); }, x, far).all() == want);
  CHECK(evaluate([](auto& g, int a, int b) { return nd::gather_elements(g, a, b, 0); }, x, far).all() == want);
  value const places = make(dtype::i64, {4, 1}, {3, -4, 9e18, -9e18});
  CHECK(evaluate([](auto& g, int a, int b) { return nd::gather_nd(g, a, b, 0); }, x, places).all() == want);
}

TEST_CASE("what cannot be gathered is refused") {
  auto const gather = [](int axis) { return [=](auto& g, int a, int b) { nd::gather(g, a, b, axis); }; };
  auto const elements = [](int axis) { return [=](auto& g, int a, int b) { nd::gather_elements(g, a, b, axis); }; };
  auto const by_place = [](int batches) { return [=](auto& g, int a, int b) { nd::gather_nd(g, a, b, batches); }; };
  value const x(dtype::f32, {2, 3}), none(dtype::f32, {0, 3}), i(dtype::i64, {1, 2});
  CHECK(refused(gather(2), x, i) == fix::give_an_axis_that_is_there);
  CHECK(refused(gather(0), x, x) == fix::give_a_supported_type);
  CHECK(refused(gather(0), none, i) == fix::use_positive_extents);
  CHECK(refused(gather(0), x, value(dtype::i32, {1, 1, 1, 1, 1, 1, 1, 1})) == fix::give_a_supported_rank);
  CHECK(refused(elements(0), x, value(dtype::i32, {1, 4})) == fix::give_extents_that_match);
  CHECK(refused(elements(0), x, value(dtype::i32, {1})) == fix::give_extents_that_match);
  CHECK(refused(elements(0), none, i) == fix::give_extents_that_match);
  CHECK(refused(by_place(0), x, value(dtype::i32, {1, 3})) == fix::give_extents_that_match);
  CHECK(refused(by_place(1), x, value(dtype::i32, {1, 1})) == fix::give_extents_that_match);
  CHECK(refused(by_place(-1), x, i) == fix::give_extents_that_match);
  CHECK(refused(by_place(0), none, i) == fix::give_extents_that_match);
}
