// Walks visit what they should with as few dimensions as there can be.
#include <hone/nn/nd/walk.hpp>

#include "catch2.hpp"
#include "nd_random.hpp"

using namespace hone;
using namespace nd_values;

namespace {

constexpr nd::walk same = nd::broadcast_walk({2, 3, 1, 4}, {2, 3, 1, 4});
static_assert(same.rank == 1 && same.inner() == 24 && same.inner_step() == 1);
constexpr nd::walk scalar = nd::broadcast_walk({1, 1}, {2, 3, 4});
static_assert(scalar.rank == 1 && scalar.inner() == 24 && scalar.inner_step() == 0);
constexpr nd::walk channel = nd::broadcast_walk({3, 1, 1}, {2, 3, 4, 5});
static_assert(channel.rank == 3 && channel.inner() == 20 && channel.inner_step() == 0);
constexpr nd::walk point = nd::broadcast_walk({}, {});
static_assert(point.rank == 1 && point.inner() == 1);

constexpr nd::pair_walk rows({2, 3, 4}, {4}, {2, 3, 4});
static_assert(rows.a.rank == 2 && rows.b.rank == 2 && rows.a.inner() == 4 && rows.b.inner_step() == 1);
static_assert(rows.a.extent[0] == 6 && rows.a.step[0] == 4 && rows.b.step[0] == 0);
constexpr nd::pair_walk points({1}, {}, {1, 1});
static_assert(points.a.rank == 1 && points.b.rank == 1 && points.a.inner() == 1);

}  // namespace

TEST_CASE("a walk over a broadcast operand meets its elements in the result's order") {
  CHECK(rc::check([] {
    extents const to = any_dims(), from = any_broadcast_of(to);
    if (to.size() == 0) return;
    nd::walk const w = nd::broadcast_walk(from, to);
    nd::odometer o;
    std::size_t i = 0;
    do {
      for (std::int32_t j = 0; j < w.inner(); ++j, ++i)
        RC_ASSERT(static_cast<std::size_t>(o.offset + j * w.inner_step()) == broadcast_index(from, place_of(to, i)));
    } while (o.next(w, w.rank - 1));
    RC_ASSERT(i == static_cast<std::size_t>(to.size()));
    RC_ASSERT(o.offset == 0);
  }));
}

TEST_CASE("a walk over two broadcast operands meets the elements of both in the result's order") {
  CHECK(rc::check([] {
    extents const to = any_dims(), from_a = any_broadcast_of(to), from_b = any_broadcast_of(to);
    if (to.size() == 0) return;
    nd::pair_walk const w(from_a, from_b, to);
    RC_ASSERT(w.a.rank == w.b.rank);
    nd::odometer a, b;
    std::size_t i = 0;
    do {
      for (std::int32_t j = 0; j < w.a.inner(); ++j, ++i) {
        auto const place = place_of(to, i);
        RC_ASSERT(static_cast<std::size_t>(a.offset + j * w.a.inner_step()) == broadcast_index(from_a, place));
        RC_ASSERT(static_cast<std::size_t>(b.offset + j * w.b.inner_step()) == broadcast_index(from_b, place));
      }
      b.next(w.b, w.b.rank - 1);
    } while (a.next(w.a, w.a.rank - 1));
    RC_ASSERT(i == static_cast<std::size_t>(to.size()));
  }));
}
