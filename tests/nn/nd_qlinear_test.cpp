#include <hone/nn/nd/qlinear.hpp>

#include <cmath>

#include "catch2.hpp"
#include "nd_window_random.hpp"

using namespace hone;
using namespace nd_values;

namespace {

dtype any_byte() { return *rc::gen::element(dtype::u8, dtype::i8); }
// Numbers over all of a byte type's range.
value any_bytes(dtype t, extents const& dims) {
  value v = any_value(t, dims, 127);
  for (std::size_t i = 0; t == dtype::u8 && i < v.size(); ++i) v.set(i, v.at(i) * 2);
  return v;
}
value as_f64(value const& v) { return make(dtype::f64, v.dims, v.all()); }
// v minus its zero points, of which there is one, or one for each `inner` elements in turn.
value centred(value const& v, value const& zero, std::size_t inner) {
  value y = as_f64(v);
  for (std::size_t i = 0; i < y.size(); ++i) y.set(i, v.at(i) - zero.at(i / inner % zero.size()));
  return y;
}
double requantized(double sum, float a, float b, float y, double zero, dtype to) {
  float const factor = a * b / y, v = static_cast<float>(sum) * factor;
  double const least = to == dtype::u8 ? 0 : -128;
  return std::fmin(std::fmax(std::nearbyint(static_cast<double>(v)) + zero, least), least + 255);
}
value any_scales(extents const& dims) {
  value v = any_value(dtype::f32, dims);
  for (std::size_t i = 0; i < v.size(); ++i) v.set(i, 0.125 + (v.at(i) + 8) / 37);
  return v;
}

}  // namespace

TEST_CASE("convolutions of stored numbers: exact sums, and their rounded multiples") {
  CHECK(rc::check([] {
    int const groups = *rc::gen::inRange(1, 3), channels = *rc::gen::inRange(1, 4), results = *rc::gen::inRange(1, 4),
              m = groups * results;
    dtype const tx = any_byte(), tw = any_byte(), ty = any_byte();
    extents const image = any_image(groups * channels);
    nd::window_nd const w = any_window(image);
    extents dw{m, channels};
    for (int k : w.kernel) dw.push_back(k);
    bool const each = *rc::gen::arbitrary<bool>();
    extents const per = each ? extents{m} : extents{};
    value const x = any_bytes(tx, image), weights = any_bytes(tw, dw), x_zero = any_bytes(tx, {}),
                w_zero = any_bytes(tw, per), bias = any_value(dtype::i32, {m}, 1000);
    value const sums =
        evaluate([&](auto& g, int a, int b, int za, int zb) { return nd::conv_integer(g, a, b, za, zb, w, groups); }, x,
                 weights, x_zero, w_zero);
    value const want =
        evaluate([&](auto& g, int a, int b) { return nd::conv(g, a, b, -1, w, groups); }, centred(x, x_zero, x.size()),
                 centred(weights, w_zero, static_cast<std::size_t>(dw.count(1, dw.rank))));
    RC_ASSERT(sums.type == dtype::i32);
    RC_ASSERT(sums.all() == want.all());

    value const x_scale = any_scales({}), w_scale = any_scales(per), y_scale = any_scales({}),
                y_zero = any_bytes(ty, {});
    auto const build = [&](auto& g, int a, int sa, int za, int b, int sb, int zb, int sy, int zy, int c) {
      return nd::qlinear_conv(g, a, sa, za, b, sb, zb, sy, zy, c, w, groups);
    };
    value const y = evaluate(build, x, x_scale, x_zero, weights, w_scale, w_zero, y_scale, y_zero, bias);
    RC_ASSERT(y.type == ty);
    std::size_t const inner = static_cast<std::size_t>(y.dims.count(2, y.dims.rank));
    for (std::size_t i = 0; i < y.size(); ++i) {
      std::size_t const k = i / inner % static_cast<std::size_t>(m);
      RC_ASSERT(y.at(i) == requantized(sums.at(i) + bias.at(k), w_scale.as<float>()[each ? k : 0],
                                       x_scale.as<float>()[0], y_scale.as<float>()[0], y_zero.at(0), ty));
    }
  }));
}

TEST_CASE("products of stored numbers: zero points and scales by row and by column") {
  CHECK(rc::check([] {
    dtype const ta = any_byte(), tb = any_byte(), ty = any_byte();
    int const m = *rc::gen::inRange(1, 6), n = *rc::gen::inRange(1, 6), k = *rc::gen::inRange(1, 9);
    bool const batched = *rc::gen::arbitrary<bool>(), rows = *rc::gen::arbitrary<bool>(),
               columns = *rc::gen::arbitrary<bool>();
    value const a = any_bytes(ta, batched ? extents{3, m, k} : extents{m, k}), b = any_bytes(tb, {k, n});
    extents const by_row = rows ? extents{m} : extents{}, by_column = columns ? extents{n} : extents{};
    value const za = any_bytes(ta, by_row), zb = any_bytes(tb, by_column);
    value const sums =
        evaluate([](auto& g, int i, int j, int p, int q) { return nd::matmul_integer(g, i, j, p, q); }, a, b, za, zb);
    value const want = evaluate([](auto& g, int i, int j) { return nd::matmul(g, i, j); },
                                centred(a, za, static_cast<std::size_t>(k)), centred(b, zb, 1));
    RC_ASSERT(sums.all() == want.all());

    value const sa = any_scales(by_row), sb = any_scales(by_column), sy = any_scales({}), zy = any_bytes(ty, {});
    value const y = evaluate([](auto& g, int i, int si, int zi, int j, int sj, int zj, int s,
                                int z) { return nd::qlinear_matmul(g, i, si, zi, j, sj, zj, s, z); },
                             a, sa, za, b, sb, zb, sy, zy);
    for (std::size_t i = 0; i < y.size(); ++i) {
      std::size_t const c = i % static_cast<std::size_t>(n),
                        r = i / static_cast<std::size_t>(n) % static_cast<std::size_t>(m);
      RC_ASSERT(y.at(i) == requantized(sums.at(i), sa.as<float>()[rows ? r : 0], sb.as<float>()[columns ? c : 0],
                                       sy.as<float>()[0], zy.at(0), ty));
    }
  }));
}

TEST_CASE("zero points may be absent, and sums wrap") {
  value x(dtype::u8, {1, 1, 3}), w(dtype::i8, {1, 1, 2});
  for (std::size_t i = 0; i < 3; ++i) x.set(i, 255);
  w.set(0, -128), w.set(1, 3);
  CHECK(evaluate([](auto& g, int a, int b) { return nd::conv_integer(g, a, b, -1, -1, {}); }, x, w).all() ==
        std::vector<double>{255 * -125, 255 * -125});
  value const bias = make(dtype::i32, {1}, {-2147483648.0});
  value const one = floats({}, {1});
  auto const build = [](auto& g, int a, int s, int b, int c) {
    return nd::qlinear_conv(g, a, s, -1, b, s, -1, s, -1, c, {});
  };
  CHECK(evaluate(build, x, one, w, bias).all() == std::vector<double>{255, 255});  // -2^31 - 31875 wraps
}

TEST_CASE("operations on stored numbers refuse what does not fit") {
  value const x(dtype::u8, {1, 4, 8}), w(dtype::i8, {6, 4, 3}), floating(dtype::f32, {1, 4, 8}), zero(dtype::u8, {}),
      zeros(dtype::i8, {6}), five(dtype::i8, {5});
  auto const conv = [&](value const& a, value const& za, value const& zb) {
    return refused(
        [](auto& g, int i, int j, int p, int q) { return nd::conv_integer(g, i, j, p, q, {}); }, a, w, za, zb);
  };
  CHECK(conv(x, zero, zeros) == fix::none);
  CHECK(conv(x, zero, five) == fix::give_extents_that_match);
  CHECK(conv(x, zeros, zeros) == fix::give_extents_that_match);
  CHECK(conv(floating, zero, zeros) == fix::give_a_supported_type);
  value const a(dtype::u8, {2, 3}), b(dtype::i8, {3, 5});
  auto const matmul = [&](value const& za, value const& zb) {
    return refused([](auto& g, int i, int j, int p, int q) { return nd::matmul_integer(g, i, j, p, q); }, a, b, za, zb);
  };
  CHECK(matmul(zero, five) == fix::none);
  CHECK(matmul(zero, zeros) == fix::give_extents_that_match);
  CHECK(matmul(five, five) == fix::give_a_supported_type);
}
