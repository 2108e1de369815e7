#include <hone/nn/nd/gru.hpp>
#include <hone/nn/nd/move.hpp>

#include "nd_recurrent_case.hpp"

using namespace hone;
using namespace nd_values;
using nd::direction;

namespace {

constexpr auto network = [] {
  graph<8, 4, 1, 8, 1> g;
  g.layers.push_back({});
  int const x = nd::input(g, "x", {7, 1, 4}, dtype::f32);
  int const w = constant(g, 0, {2, 9, 4}, dtype::f32), r = constant(g, 0, {2, 9, 3}, dtype::f32);
  int const y = nd::gru(g, x, w, r, -1, -1, -1, {.hidden = 3, .way = direction::bidirectional});
  nd::gru_y(g, y), nd::gru_y_h(g, y);
  return g;
}();
static_assert(network.issue.how == fix::none && dims_of(network, 4) == extents{7, 2, 1, 3});
static_assert(dims_of(network, 5) == extents{2, 1, 3} && op_at(network, 3).macs == 7 * 2 * 9 * 7);

value run(recurrent_operands const& o, nd::recurrent_options const& how, unsigned mask, bool last) {
  return evaluate(
      [&](auto& g, int x, int w, int r, int b, int l, int h) {
        int const y = nd::gru(g, x, w, r, if_given(b, mask, bias), if_given(l, mask, lens), if_given(h, mask, h0), how);
        return last ? nd::gru_y_h(g, y) : nd::gru_y(g, y);
      },
      o.x, o.w, o.r, o.b, o.lens, o.h0);
}
template <std::size_t N>
void check(recurrent_operands const& o, nd::recurrent_options const& how, unsigned mask, double const (&want)[N]) {
  check_expected({run(o, how, mask, false), run(o, how, mask, true)}, want);
}

}  // namespace

TEST_CASE("gru: what ONNX Runtime computes") {
  for (dtype t : {dtype::f32, dtype::f64}) {
    check(expected_operands(3, 1, t), {.hidden = 3}, 0, nd_expected::gru_plain);
    check(expected_operands(3, 2, t), {.hidden = 3, .way = direction::bidirectional, .linear_before_reset = true},
          bias | lens | h0, nd_expected::gru_both);
    nd::recurrent_options o{.hidden = 3, .way = direction::reverse, .clip = 0.5f};
    o.activation = {nd::recurrent_activation{nd::recurrent_fn::hard_sigmoid, 0.25f, 0.5f},
                    nd::recurrent_activation{nd::recurrent_fn::elu, 0.5f, 0}};
    check(expected_operands(3, 1, t), o, bias | h0, nd_expected::gru_reset_first);
  }
}

TEST_CASE("gru: a reverse layer is a forward one of the sequence reversed, a bidirectional one is both") {
  CHECK(rc::check([] {
    recurrent_operands const both = any_operands(dtype::f32, 3, 2);
    int const hidden = both.r.dims[2];
    bool const linear = *rc::gen::arbitrary<bool>();
    auto const part = [&](value const& v, int d) {  // of direction d
      extents dims = v.dims;
      dims[0] = 1;
      value p(v.type, dims);
      for (std::size_t i = 0; i < p.size(); ++i) p.set(i, v.at(static_cast<std::size_t>(d) * p.size() + i));
      return p;
    };
    auto const of = [&](int d) {
      return recurrent_operands{both.x,    part(both.w, d),  part(both.r, d),  part(both.b, d),
                                both.lens, part(both.h0, d), part(both.c0, d), part(both.p, d)};
    };
    nd::recurrent_options how{.hidden = hidden, .way = direction::bidirectional, .linear_before_reset = linear};
    value const y = run(both, how, bias | h0, false), y_h = run(both, how, bias | h0, true);
    how.way = direction::forward;
    recurrent_operands back = of(1);
    back.x = reversed(back.x);
    value const f = run(of(0), how, bias | h0, false), b = reversed(run(back, how, bias | h0, false));
    value const f_h = run(of(0), how, bias | h0, true), b_h = run(back, how, bias | h0, true);
    how.way = direction::reverse;
    RC_ASSERT(run(of(1), how, bias | h0, false).all() == b.all());
    std::size_t const state = f_h.size();
    for (std::size_t i = 0; i < f.size(); ++i) {
      std::size_t const at = i / state * 2 * state + i % state;
      RC_ASSERT(y.at(at) == f.at(i));
      RC_ASSERT(y.at(at + state) == b.at(i));
    }
    for (std::size_t i = 0; i < state; ++i) {
      RC_ASSERT(y_h.at(i) == f_h.at(i));
      RC_ASSERT(y_h.at(state + i) == b_h.at(i));
    }
  }));
}

TEST_CASE("gru: batch first is the same with dimensions exchanged, and f64 nearly the same") {
  CHECK(rc::check([] {
    recurrent_operands o = any_operands(dtype::f32, 3, 2);
    nd::recurrent_options how{.hidden = o.r.dims[2], .way = direction::bidirectional};
    unsigned const mask = static_cast<unsigned>(*rc::gen::inRange(0, 8));
    value const y = run(o, how, mask, false), y_h = run(o, how, mask, true);
    recurrent_operands wide = o;
    for (value* v : {&wide.x, &wide.w, &wide.r, &wide.b, &wide.h0}) {
      value const narrow = *v;
      *v = make(dtype::f64, narrow.dims, narrow.all());
    }
    RC_ASSERT(distance(run(wide, how, mask, false), y) < 1e-5);
    o.x = swapped(o.x, 0, 1), o.h0 = swapped(o.h0, 0, 1);
    how.batch_first = true;
    RC_ASSERT(run(o, how, mask, true).all() == swapped(y_h, 0, 1).all());
    value const first =
        run(o, how, mask, false);  // [batch][time][directions][hidden] of [time][directions][batch][hidden]
    RC_ASSERT(first.all() == swapped(swapped(y, 1, 2), 0, 1).all());
  }));
}

TEST_CASE("gru: sequences end where their lengths say, whatever those are") {
  recurrent_operands o = expected_operands(3, 1);
  nd::recurrent_options const how{.hidden = 3};
  value const whole = run(o, how, 0, false);
  for (double length : {-5.0, 0.0, 1.0, 3.0, 4.0, 9.0, 2147483647.0}) {
    o.lens.set(0, length), o.lens.set(1, length);
    value const y = run(o, how, lens, false), last = run(o, how, lens, true);
    int const steps = length < 0 ? 0 : length > 4 ? 4 : static_cast<int>(length);
    for (std::size_t i = 0; i < y.size(); ++i) CHECK(y.at(i) == (static_cast<int>(i) / 6 < steps ? whole.at(i) : 0));
    for (std::size_t i = 0; i < last.size(); ++i)
      CHECK(last.at(i) == (steps == 0 ? 0 : whole.at(static_cast<std::size_t>(steps - 1) * 6 + i)));
  }
}

TEST_CASE("gru: f16 is computed in f32") {
  recurrent_operands const o = expected_operands(3, 1, dtype::f16);
  value const y = run(o, {.hidden = 3}, bias, false), exact = run(expected_operands(3, 1), {.hidden = 3}, bias, false);
  CHECK(y.type == dtype::f16);
  CHECK(distance(make(dtype::f32, y.dims, y.all()), exact) < 1e-3);
}

TEST_CASE("gru refuses what does not fit") {
  recurrent_operands const o = expected_operands(3, 1);
  auto const how = [&](value const& x, value const& w, value const& h, nd::recurrent_options const& with) {
    return refused(
        [&](auto& g, int a, int b, int r, int s) { return nd::gru(g, a, b, r, -1, -1, s, with); }, x, w, o.r, h);
  };
  CHECK(how(o.x, o.w, o.h0, {.hidden = 3}) == fix::none);
  CHECK(how(o.x, o.w, o.h0, {.hidden = 4}) == fix::give_extents_that_match);
  CHECK(how(o.x, o.w, o.h0, {.hidden = 0}) == fix::give_valid_attributes);
  CHECK(how(o.x, o.w, o.h0, {.hidden = 3, .way = direction::bidirectional}) == fix::give_extents_that_match);
  CHECK(how(o.x, o.w, o.h0, {.hidden = 3, .clip = -1}) == fix::give_valid_attributes);
  CHECK(how(o.w, o.w, o.h0, {.hidden = 3}) != fix::none);
  CHECK(how(o.b, o.w, o.h0, {.hidden = 3}) == fix::give_a_supported_rank);
  CHECK(how(value(dtype::i32, {4, 2, 3}), o.w, o.h0, {.hidden = 3}) == fix::give_a_supported_type);
}
