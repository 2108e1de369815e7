// What only moves elements gives, for any extents and any type, the element that its definition names.
#include <hone/nn/nd/move.hpp>

#include "catch2.hpp"
#include "nd_random.hpp"

using namespace hone;
using namespace nd_values;

namespace {

// The value of `build` has these extents, and element at[] of it is element from(at) of x.
template <class Build, class From>
void check_moved(value const& x, extents const& dims, Build&& build, From&& from) {
  value const y = evaluate(build, x);
  RC_ASSERT(y.dims == dims);
  RC_ASSERT(y.type == x.type);
  for (std::size_t i = 0; i < y.size(); ++i) RC_ASSERT(same(y, i, x, from(place_of(dims, i))));
}

constexpr auto moved = [] {
  graph<8, 0, 0, 8, 2> g;
  int const x = nd::input(g, "x", {2, 1, 3}, dtype::i16);
  int const wide = nd::expand(g, x, {4, 1});
  int const turned = nd::transpose(g, wide, {2, 0, 1});
  int const part = nd::slice(g, turned, {2, 0, 3}, {-1, 1, -2}, {3, 1, 2});
  nd::output(g, "y", nd::copy(g, nd::tile(g, part, {1, 2, 3})));
  return g;
}();
static_assert(moved.issue.how == fix::none);
static_assert(dims_of(moved, 1) == extents{2, 4, 3} && dims_of(moved, 2) == extents{3, 2, 4});
static_assert(dims_of(moved, 3) == extents{3, 1, 2} && dims_of(moved, 5) == extents{3, 2, 6});
static_assert(op_at(moved, 5).type == dtype::i16 && op_at(moved, 5).out.size() == 36);

}  // namespace

TEST_CASE("copies are the same tensor") {
  CHECK(rc::check([] {
    value const x = any_value(any_type(), any_dims());
    check_moved(
        x, x.dims, [](auto& g, int a) { return nd::copy(g, a); },
        [&](extents const& at) { return index_of(x.dims, at); });
  }));
}

TEST_CASE("expanding repeats elements along extents of 1, of the operand and of what is asked for") {
  CHECK(rc::check([] {
    extents const dims = any_dims();
    value const x = any_value(any_type(), any_broadcast_of(dims));
    extents const asked = any_broadcast_of(dims);
    extents both;
    RC_ASSERT(nd::broadcast(x.dims, asked, &both));
    check_moved(
        x, both, [&](auto& g, int a) { return nd::expand(g, a, asked); },
        [&](extents const& at) { return broadcast_index(x.dims, at); });
  }));
  CHECK(refused(
            [](auto& g, int a) {
              nd::expand(g, a, {2, 4});
            },
            floats({3}, {1, 2, 3})) == fix::give_extents_that_broadcast);
}

TEST_CASE("transposing permutes dimensions") {
  CHECK(rc::check([] {
    value const x = any_value(any_type(), any_dims());
    extents perm, dims;
    std::vector<int> left;
    for (int i = 0; i < x.dims.rank; ++i) left.push_back(i);
    while (!left.empty()) {
      auto const pick = left.begin() + *rc::gen::inRange(0, static_cast<int>(left.size()));
      perm.push_back(*pick), dims.push_back(x.dims[*pick]);
      left.erase(pick);
    }
    check_moved(
        x, dims, [&](auto& g, int a) { return nd::transpose(g, a, perm); },
        [&](extents const& at) {
          extents from = x.dims;
          for (int i = 0; i < at.rank; ++i) from[perm[i]] = at[i];
          return index_of(x.dims, from);
        });
  }));
  value const x = floats({1, 2}, {1, 2});
  CHECK(refused([](auto& g, int a) { nd::transpose(g, a, {0, 0}); }, x) == fix::give_valid_attributes);
  CHECK(refused([](auto& g, int a) { nd::transpose(g, a, {0}); }, x) == fix::give_valid_attributes);
  CHECK(refused([](auto& g, int a) { nd::transpose(g, a, {-1, 0}); }, x) == fix::give_valid_attributes);
}

TEST_CASE("slices take every so many elements, forwards and backwards") {
  CHECK(rc::check([] {
    value const x = any_value(any_type(), any_dims());
    extents starts, steps, dims;
    for (std::int32_t n : x.dims) {
      std::int32_t const start = n == 0 ? 0 : *rc::gen::inRange(0, n);
      std::int32_t const step = *rc::gen::element(1, 2, 3, -1, -2, 70);
      std::int32_t const most = n == 0 ? 0 : (step > 0 ? n - 1 - start : start) / (step > 0 ? step : -step) + 1;
      starts.push_back(start), steps.push_back(step), dims.push_back(*rc::gen::inRange(0, most + 1));
    }
    check_moved(
        x, dims, [&](auto& g, int a) { return nd::slice(g, a, starts, steps, dims); },
        [&](extents at) {
          for (int i = 0; i < at.rank; ++i) at[i] = starts[i] + at[i] * steps[i];
          return index_of(x.dims, at);
        });
  }));
  value const x = floats({3}, {1, 2, 3});
  CHECK(refused([](auto& g, int a) { nd::slice(g, a, {1}, {1}, {3}); }, x) == fix::give_valid_attributes);
  CHECK(refused([](auto& g, int a) { nd::slice(g, a, {1}, {-1}, {3}); }, x) == fix::give_valid_attributes);
  CHECK(refused([](auto& g, int a) { nd::slice(g, a, {-1}, {1}, {1}); }, x) == fix::give_valid_attributes);
  CHECK(refused([](auto& g, int a) { nd::slice(g, a, {0, 0}, {1, 1}, {1, 1}); }, x) == fix::give_valid_attributes);
}

TEST_CASE("tiles repeat the whole tensor") {
  CHECK(rc::check([] {
    value const x = any_value(any_type(), any_dims(4));
    extents repeats, dims;
    for (std::int32_t n : x.dims) {
      repeats.push_back(*rc::gen::inRange(0, 4));
      dims.push_back(n * repeats[repeats.rank - 1]);
    }
    check_moved(
        x, dims, [&](auto& g, int a) { return nd::tile(g, a, repeats); },
        [&](extents at) {
          for (int i = 0; i < at.rank; ++i) at[i] %= x.dims[i];
          return index_of(x.dims, at);
        });
  }));
  value const x = floats({3}, {1, 2, 3});
  CHECK(refused([](auto& g, int a) { nd::tile(g, a, {1 << 30}); }, x) == fix::give_valid_attributes);
  CHECK(refused([](auto& g, int a) { nd::tile(g, a, {-1}); }, x) == fix::give_valid_attributes);
  CHECK(refused([](auto& g, int a) { nd::tile(g, a, {1, 1}); }, x) == fix::give_valid_attributes);
}
