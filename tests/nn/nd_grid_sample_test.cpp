#include <hone/nn/nd/grid_sample.hpp>

#include <limits>

#include "catch2.hpp"
#include "nd_random.hpp"

using namespace hone;
using namespace nd_values;
using list = std::vector<double>;

namespace {

value apply(value const& x, value const& grid, nd::grid_options const& how) {
  return evaluate([&](auto& g, int a, int b) { return nd::grid_sample(g, a, b, how); }, x, grid);
}
// Of the row 10 20 30 40.
list in_row(std::vector<double> const& places, nd::grid_options const& how) {
  int const n = static_cast<int>(places.size());
  return apply(floats({1, 1, 4}, {10, 20, 30, 40}), floats({1, n, 1}, places), how).all();
}
using nd::grid_mode;
using nd::grid_padding;

}  // namespace

TEST_CASE("places go from -1 to 1, between edges or between centres") {
  CHECK(in_row({-0.75, -0.25, 0, 0.5}, {}) == list{10, 20, 25, 35});
  CHECK(in_row({-1, 0, 1}, {grid_mode::linear, grid_padding::zeros, true}) == list{10, 25, 40});
  CHECK(in_row({-0.8, 0.3}, {grid_mode::nearest}) == list{10, 30});
}

TEST_CASE("what lies outside is zero, the border, or the inside mirrored") {
  CHECK(in_row({-1, 1, 3}, {}) == list{5, 20, 0});
  CHECK(in_row({-1, 1, 3}, {grid_mode::linear, grid_padding::border}) == list{10, 40, 40});
  CHECK(in_row({-1.25, 1.25, 1.75}, {grid_mode::linear, grid_padding::reflection}) == list{10, 40, 30});
  CHECK(in_row({-3, 3, 5}, {grid_mode::linear, grid_padding::reflection, true}) == list{40, 10, 40});
}

TEST_CASE("places on the elements give them, in one to three dimensions and every mode") {
  CHECK(rc::check([] {
    int const rank = *rc::gen::inRange(1, 4), channels = *rc::gen::inRange(1, 3);
    extents dims{*rc::gen::inRange(1, 3), channels}, places{dims[0]};
    for (int d = 0; d < rank; ++d) dims.push_back(*rc::gen::inRange(1, 5)), places.push_back(dims[d + 2]);
    places.push_back(rank);
    value const x = any_value(*rc::gen::element(dtype::f32, dtype::f64), dims, 9);
    value grid(x.type, places);
    for (std::size_t i = 0; i < grid.size(); ++i) {
      extents const at = place_of(places, i);
      int const d = rank - 1 - at[rank + 1], n = dims[d + 2];  // the innermost dimension comes first
      grid.set(i, (2.0 * at[d + 1] + 1) / n - 1);
    }
    auto const how = nd::grid_options{
        static_cast<grid_mode>(*rc::gen::inRange(0, 3)), static_cast<grid_padding>(*rc::gen::inRange(0, 3)), false};
    value const y = apply(x, grid, how);
    RC_ASSERT(y.dims == dims);
    for (std::size_t i = 0; i < y.size(); ++i) RC_ASSERT(std::abs(y.at(i) - x.at(i)) < 1e-4);
  }));
}

TEST_CASE("no place makes it read what is not there") {
  double const most = std::numeric_limits<float>::max(), nan = std::numeric_limits<double>::quiet_NaN();
  for (int mode = 0; mode < 3; ++mode)
    for (int padding = 0; padding < 3; ++padding)
      for (bool align : {false, true})
        CHECK(in_row({most, -most, nan, HUGE_VAL, 1e9, -1e9},
                     {static_cast<grid_mode>(mode), static_cast<grid_padding>(padding), align})
                  .size() == 6);
  value const one = floats({1, 1, 1}, {7});
  CHECK(apply(one, floats({1, 1, 1}, {5}), {grid_mode::linear, grid_padding::reflection, true}).at(0) == 7);
}

TEST_CASE("grids that do not fit are refused") {
  auto const sample = [](auto& g, int a, int b) { nd::grid_sample(g, a, b, {}); };
  CHECK(refused(sample, floats({1, 1, 2}, {1, 2}), floats({1, 1, 2}, {0, 0})) == fix::give_extents_that_match);
  CHECK(refused(sample, floats({1, 1, 2}, {1, 2}), floats({2, 1, 1}, {0, 0})) == fix::give_extents_that_match);
}
