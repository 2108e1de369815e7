#include <hone/nn/nd/scatter.hpp>

#include "catch2.hpp"
#include "nd_random.hpp"

using namespace hone;
using namespace nd_values;
using nd::scatter_fn;

namespace {

auto elements(int axis, scatter_fn fn = scatter_fn::replace) {
  return [=](auto& g, int x, int i, int u) { return nd::scatter_elements(g, x, i, u, axis, fn); };
}
auto by_place(scatter_fn fn = scatter_fn::replace) {
  return [=](auto& g, int x, int i, int u) { return nd::scatter_nd(g, x, i, u, fn); };
}
void update(value& to, std::size_t at, value const& by, std::size_t from, scatter_fn fn) {
  double const a = to.at(at), b = by.at(from);
  to.set(at, fn == scatter_fn::replace ? b
             : fn == scatter_fn::add   ? a + b
             : fn == scatter_fn::mul   ? a * b
             : fn == scatter_fn::max   ? (a > b ? a : b)
                                       : (a < b ? a : b));
}
void check_same(value const& y, value const& want) {
  RC_ASSERT(y.dims == want.dims);
  RC_ASSERT(y.type == want.type);
  for (std::size_t i = 0; i < y.size(); ++i) RC_ASSERT(same(y, i, want, i));
}
scatter_fn any_function(dtype t) {
  return t == dtype::boolean ? scatter_fn::replace : static_cast<scatter_fn>(*rc::gen::inRange(0, 5));
}
// Indices for extents n(i), negative ones and some that are not there.
template <class N>
value any_indices(extents const& dims, N&& n) {
  value v = any_value(*rc::gen::element(dtype::i32, dtype::i64), dims, 1000);
  for (std::size_t i = 0; i < v.size(); ++i) v.set(i, static_cast<double>(static_cast<int>(v.at(i)) % (n(i) + 1)));
  return v;
}

constexpr auto network = [] {
  graph<6, 0, 0, 6, 5> g;
  int const x = nd::input(g, "x", {2, 3}, dtype::u8), i = nd::input(g, "i", {1, 2}, dtype::i64);
  int const u = nd::input(g, "u", {1, 2}, dtype::u8), v = nd::input(g, "v", {1}, dtype::u8);
  nd::scatter_elements(g, x, i, u, -1);
  nd::output(g, "y", nd::scatter_nd(g, x, i, v, scatter_fn::add));
  return g;
}();
static_assert(network.issue.how == fix::none && dims_of(network, 4) == extents{2, 3});
static_assert(dims_of(network, 5) == extents{2, 3});

}  // namespace

TEST_CASE("scattering elements puts one by one along an axis, in order") {
  CHECK(rc::check([] {
    extents dims = any_dims(4);
    if (dims.rank == 0) dims.push_back(3);
    int const axis = *rc::gen::inRange(0, dims.rank), given = *rc::gen::element(axis, axis - dims.rank);
    extents places = dims;
    for (int d = 0; d < dims.rank; ++d) places[d] = *rc::gen::inRange(0, dims[d] + (d == axis ? 3 : 1));
    value const x = any_value(any_type(), dims, 2), updates = any_value(x.type, places, 2);
    value const index = any_indices(places, [&](std::size_t) { return dims[axis]; });
    scatter_fn const fn = any_function(x.type);
    value want = x;
    for (std::size_t i = 0; i < updates.size(); ++i) {
      extents at = place_of(places, i);
      auto const k = static_cast<std::int32_t>(index.at(i));
      if (k < -dims[axis] || k >= dims[axis]) continue;
      at[axis] = k < 0 ? k + dims[axis] : k;
      update(want, index_of(dims, at), updates, i, fn);
    }
    check_same(evaluate(elements(given, fn), x, index, updates), want);
  }));
}

TEST_CASE("scattering by places puts whole slices, in order") {
  CHECK(rc::check([] {
    extents const dims = any_dims(5);
    int const depth = *rc::gen::inRange(0, dims.rank + 1);
    extents places = any_dims(2), shape = places;
    places.push_back(depth);
    for (int d = depth; d < dims.rank; ++d) shape.push_back(dims[d]);
    value const x = any_value(any_type(), dims, 2), updates = any_value(x.type, shape, 2);
    value const index = any_indices(places, [&](std::size_t i) { return dims[place_of(places, i)[places.rank - 1]]; });
    scatter_fn const fn = any_function(x.type);
    value want = x;
    for (std::size_t i = 0; i < updates.size(); ++i) {
      extents const from = place_of(shape, i);
      extents at = dims, place = places;
      bool there = true;
      for (int d = 0; d + 1 < places.rank; ++d) place[d] = from[d];
      for (int d = 0; d < depth; ++d) {
        place[places.rank - 1] = d;
        auto const k = static_cast<std::int32_t>(index.at(index_of(places, place)));
        there = there && k >= -dims[d] && k < dims[d];
        at[d] = k < 0 ? k + dims[d] : k;
      }
      for (int d = depth; d < dims.rank; ++d) at[d] = from[places.rank - 1 + d - depth];
      if (there) update(want, index_of(dims, at), updates, i, fn);
    }
    check_same(evaluate(by_place(fn), x, index, updates), want);
  }));
}

TEST_CASE("what cannot be scattered is refused") {
  value const x(dtype::f32, {2, 3}), i(dtype::i64, {1, 2}), u(dtype::f32, {1, 2}), truths(dtype::boolean, {2, 3});
  CHECK(refused(elements(0), x, u, u) == fix::give_a_supported_type);
  CHECK(refused(elements(0), x, i, i) == fix::give_a_supported_type);
  CHECK(refused(elements(0, scatter_fn::add), truths, i, value(dtype::boolean, {1, 2})) == fix::give_a_supported_type);
  CHECK(refused(elements(2), x, i, u) == fix::give_an_axis_that_is_there);
  CHECK(refused(elements(0), x, i, value(dtype::f32, {2, 1})) == fix::give_extents_that_match);
  CHECK(refused(elements(0), x, value(dtype::i32, {1, 4}), value(dtype::f32, {1, 4})) == fix::give_extents_that_match);
  CHECK(refused(by_place(), x, i, u) == fix::give_extents_that_match);
  CHECK(refused(by_place(), x, value(dtype::i32, {1, 3}), value(dtype::f32, {1})) == fix::give_extents_that_match);
  CHECK(refused(by_place(), x, value(dtype::i32, {}), value(dtype::f32, {1})) == fix::give_extents_that_match);
}
