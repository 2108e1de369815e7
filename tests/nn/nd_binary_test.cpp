// Functions of two operands against their definition, element by element, for all types and any extents that broadcast.
#include <hone/nn/nd/binary.hpp>

#include <cmath>

#include "catch2.hpp"
#include "nd_random.hpp"

using namespace hone;
using namespace nd_values;
using nd::binary_fn;

namespace {

value apply(binary_fn fn, value const& a, value const& b) {
  return evaluate([&](auto& g, int x, int y) { return nd::binary(g, x, y, fn); }, a, b);
}
fix refusal(binary_fn fn, value const& a, value const& b) {
  return refused([&](auto& g, int x, int y) { nd::binary(g, x, y, fn); }, a, b);
}

// The definition, for small whole numbers. `whole`: of an integer type.
double defined(binary_fn fn, double a, double b, bool whole) {
  auto const i = static_cast<long>(a), j = static_cast<long>(b);
  switch (fn) {
    case binary_fn::add: return a + b;
    case binary_fn::sub: return a - b;
    case binary_fn::mul: return a * b;
    case binary_fn::div: return !whole ? a / b : j == 0 ? 0 : static_cast<double>(i / j);
    case binary_fn::max: return a > b ? a : b;
    case binary_fn::min: return a < b ? a : b;
    case binary_fn::pow: return whole ? std::trunc(std::pow(a, b)) : std::pow(a, b);
    case binary_fn::mod: return j == 0 ? (whole ? 0 : NAN) : static_cast<double>(((i % j) + j) % j);
    case binary_fn::fmod: return j == 0 ? (whole ? 0 : NAN) : static_cast<double>(i % j);
    case binary_fn::prelu: return a < 0 ? a * b : a;
    case binary_fn::equal: return a == b;
    case binary_fn::less: return a < b;
    case binary_fn::less_or_equal: return a <= b;
    case binary_fn::greater: return a > b;
    case binary_fn::greater_or_equal: return a >= b;
    case binary_fn::logical_and:
    case binary_fn::bitwise_and: return static_cast<double>(i & j);
    case binary_fn::logical_or:
    case binary_fn::bitwise_or: return static_cast<double>(i | j);
    case binary_fn::logical_xor:
    case binary_fn::bitwise_xor: return static_cast<double>(i ^ j);
    case binary_fn::shift_left: return static_cast<double>(i * (1L << j));
    case binary_fn::shift_right: return static_cast<double>(i >> j);
  }
  return 0;
}
constexpr int function_count = static_cast<int>(binary_fn::shift_right) + 1;
bool shifts(binary_fn fn) { return fn == binary_fn::shift_left || fn == binary_fn::shift_right; }

void check_all(binary_fn fn, value a, value b, extents const& dims) {
  if (shifts(fn) || fn == binary_fn::pow)  // by 0 to 3
    for (std::size_t i = 0; i < b.size(); ++i) b.set(i, static_cast<double>(static_cast<long>(b.at(i)) & 3));
  value const y = apply(fn, a, b);
  REQUIRE(y.dims == dims);
  REQUIRE(y.type == (nd::compares(fn) ? dtype::boolean : a.type));
  value want(y.type, dims);
  for (std::size_t i = 0; i < y.size(); ++i) {
    extents const at = place_of(dims, i);
    want.set(
        i, defined(fn, a.at(broadcast_index(a.dims, at)), b.at(broadcast_index(b.dims, at)), !nd::is_float(a.type)));
    if (y.at(i) != want.at(i) && !(std::isnan(y.at(i)) && std::isnan(want.at(i))))
      FAIL(name(a.type) << " function " << int(fn) << " element " << i << ": " << y.at(i) << " not " << want.at(i));
  }
}

constexpr auto sum = [] {
  graph<4, 0, 0, 4, 3> g;
  int const x = nd::input(g, "x", {2, 1, 3}, dtype::f32), y = nd::input(g, "y", {4, 1}, dtype::f32);
  nd::output(g, "z", nd::binary(g, x, y, binary_fn::less));
  return g;
}();
static_assert(sum.issue.how == fix::none && dims_of(sum, 2) == extents{2, 4, 3});
static_assert(op_at(sum, 2).type == dtype::boolean && op_at(sum, 2).from == dtype::f32);

}  // namespace

TEST_CASE("functions of two operands are what they are defined as, for every type") {
  for (int f = 0; f < function_count; ++f)
    for (int t = 0; t < dtypes; ++t) {
      auto const fn = static_cast<binary_fn>(f);
      auto const type = static_cast<dtype>(t);
      if (!nd::supports(fn, type)) {
        CHECK(refusal(fn, value(type, {2}), value(type, {2})) == fix::give_a_supported_type);
        continue;
      }
      value a(type, {17, 17}), b(type, {17, 17});
      bool const negative = !nd::is_unsigned(type) && type != dtype::boolean;
      for (std::size_t i = 0; i < a.size(); ++i) {
        int const u = static_cast<int>(i) % 17, v = static_cast<int>(i) / 17;
        a.set(i, type == dtype::boolean ? u % 2 : negative ? u - 8 : u);
        b.set(i, type == dtype::boolean ? v % 2 : negative ? v - 8 : v);
      }
      if (type == dtype::i8 && fn == binary_fn::pow) continue;  // leaves the type: below
      check_all(fn, a, b, {17, 17});
    }
}

TEST_CASE("both sides broadcast, whatever the extents") {
  CHECK(rc::check([] {
    extents const dims = any_dims();
    dtype const type = any_number();
    value const a = any_value(type, any_broadcast_of(dims)), b = any_value(type, any_broadcast_of(dims));
    extents both;
    RC_ASSERT(nd::broadcast(a.dims, b.dims, &both));
    check_all(*rc::gen::element(binary_fn::sub, binary_fn::div, binary_fn::max, binary_fn::less), a, b, both);
  }));
}

TEST_CASE("operands of any length, beside a scalar and a row") {
  for (int n : {1, 15, 16, 17, 127, 128, 129, 300}) {
    value a(dtype::f32, {3, n}), row(dtype::f32, {n}), one(dtype::f32, {});
    for (std::size_t i = 0; i < a.size(); ++i) a.set(i, static_cast<double>(i % 13));
    for (std::size_t i = 0; i < row.size(); ++i) row.set(i, static_cast<double>(i % 7));
    one.set(0, 3);
    check_all(binary_fn::sub, a, a, {3, n});
    check_all(binary_fn::sub, a, row, {3, n});
    check_all(binary_fn::sub, row, a, {3, n});
    check_all(binary_fn::sub, a, one, {3, n});
    check_all(binary_fn::sub, one, a, {3, n});
  }
}

TEST_CASE("integers keep all bits and wrap") {
  auto const pair = [](std::int64_t a, std::int64_t b) {
    value x(dtype::i64, {2});
    x.as<std::int64_t>()[0] = a, x.as<std::int64_t>()[1] = b;
    return x;
  };
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min(), most = ~least;
  value const x = pair(most, least);
  auto const gives = [&](binary_fn fn, value const& y, std::int64_t a, std::int64_t b) {
    value const r = apply(fn, x, y);
    CHECK(r.as<std::int64_t>()[0] == a);
    CHECK(r.as<std::int64_t>()[1] == b);
  };
  gives(binary_fn::add, pair(1, -1), least, most);
  gives(binary_fn::sub, pair(-1, 1), least, most);
  gives(binary_fn::mul, pair(2, 2), -2, 0);
  gives(binary_fn::div, pair(0, -1), 0, least);
  gives(binary_fn::mod, pair(0, -1), 0, 0);
  gives(binary_fn::fmod, pair(10, 10), 7, -8);
  gives(binary_fn::mod, pair(10, 10), 7, 2);
  gives(binary_fn::max, pair(3, 3), most, 3);
  gives(binary_fn::shift_right, pair(62, 63), 1, -1);
  gives(binary_fn::shift_right, pair(64, -1), 0, -1);
  gives(binary_fn::shift_left, pair(64, 1), 0, 0);
  CHECK(apply(binary_fn::add, make(dtype::u8, {1}, {200}), make(dtype::u8, {1}, {100})).at(0) == 44);
  CHECK(apply(binary_fn::mul, make(dtype::u16, {1}, {65535}), make(dtype::u16, {1}, {65535})).at(0) == 1);
  CHECK(apply(binary_fn::pow, make(dtype::i8, {1}, {-8}), make(dtype::i8, {1}, {3})).at(0) == 0);
  CHECK(apply(binary_fn::div, make(dtype::u32, {1}, {4e9}), make(dtype::u32, {1}, {3})).at(0) == 1333333333);
}

TEST_CASE("powers take exponents of another type, and negative ones") {
  auto const power = [](dtype ta, double a, dtype tb, double b) {
    value const y = apply(binary_fn::pow, make(ta, {1}, {a}), make(tb, {1}, {b}));
    CHECK(y.type == ta);
    return y.at(0);
  };
  CHECK(power(dtype::i32, 9, dtype::f32, 0.5) == 3);
  CHECK(power(dtype::f32, 0.5, dtype::i64, -2) == 4);
  CHECK(power(dtype::f16, 2, dtype::u8, 10) == 1024);
  CHECK(power(dtype::i32, 2, dtype::i32, -1) == 0);
  CHECK(power(dtype::i32, -1, dtype::i32, -3) == -1);
  CHECK(power(dtype::i32, 1, dtype::i32, -3) == 1);
  CHECK(power(dtype::f64, 2, dtype::f64, 0.5) == std::sqrt(2.0));
}

TEST_CASE("NaN passes through the larger and the smaller, and compares with nothing") {
  value const x = floats({3}, {NAN, 1, NAN}), y = floats({3}, {1, NAN, NAN});
  for (binary_fn fn : {binary_fn::max, binary_fn::min})
    for (double v : apply(fn, x, y).all()) CHECK(std::isnan(v));
  for (binary_fn fn :
       {binary_fn::equal, binary_fn::less, binary_fn::less_or_equal, binary_fn::greater, binary_fn::greater_or_equal})
    for (double v : apply(fn, x, y).all()) CHECK(v == 0);
}

TEST_CASE("f16 and bf16 round once, ties to even") {
  CHECK(apply(binary_fn::add, make(dtype::f16, {3}, {2048, 2050, 65504}), make(dtype::f16, {3}, {1, 1, 16})).all() ==
        std::vector<double>{2048, 2052, HUGE_VAL});
  CHECK(apply(binary_fn::add, make(dtype::bf16, {2}, {256, 258}), make(dtype::bf16, {2}, {1, 1})).all() ==
        std::vector<double>{256, 260});
}

TEST_CASE("two operands fit together or are refused") {
  CHECK(refusal(binary_fn::add, value(dtype::f32, {2}), value(dtype::f64, {2})) == fix::give_a_supported_type);
  CHECK(refusal(binary_fn::pow, value(dtype::boolean, {2}), value(dtype::f32, {2})) == fix::give_a_supported_type);
  CHECK(refusal(binary_fn::add, value(dtype::f32, {2}), value(dtype::f32, {3})) == fix::give_extents_that_broadcast);
}
