#include <hone/nn/nd/part.hpp>

#include "catch2.hpp"
#include "nd_random.hpp"

using namespace hone;
using namespace nd_values;

TEST_CASE("a part is elements in order, of any type, as a tensor of any extents") {
  CHECK(rc::check([] {
    value const x = any_value(any_type(), {2, 3, 7});
    int const at = *rc::gen::inRange(0, 30);
    value const y = evaluate([&](auto& g, int a) { return nd::part(g, a, at, {3, 4}); }, x);
    RC_ASSERT(y.type == x.type);
    RC_ASSERT(y.dims == (extents{3, 4}));
    for (std::size_t i = 0; i < y.size(); ++i) RC_ASSERT(y.at(i) == x.at(i + static_cast<std::size_t>(at)));
  }));
}

TEST_CASE("a part refuses elements that are not there") {
  value const x(dtype::f32, {2, 3, 7});
  auto const how = [&](int at) { return refused([&](auto& g, int a) { return nd::part(g, a, at, {3, 4}); }, x); };
  CHECK(how(30) == fix::none);
  CHECK(how(31) == fix::give_extents_that_match);
  CHECK(how(-1) == fix::give_extents_that_match);
}
