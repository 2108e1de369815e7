#include <hone/nn/nd/lstm.hpp>
#include <hone/nn/nd/move.hpp>

#include "nd_recurrent_case.hpp"

using namespace hone;
using namespace nd_values;
using nd::direction;

namespace {

enum class part { y, h, c };

value run(recurrent_operands const& o, nd::recurrent_options const& how, unsigned mask, part which) {
  return evaluate(
      [&](auto& g, int x, int w, int r, int b, int l, int h, int c, int p) {
        int const y = nd::lstm(g, x, w, r, if_given(b, mask, bias), if_given(l, mask, lens), if_given(h, mask, h0),
                               if_given(c, mask, c0), if_given(p, mask, peepholes), how);
        return which == part::y ? nd::lstm_y(g, y) : which == part::h ? nd::lstm_y_h(g, y) : nd::lstm_y_c(g, y);
      },
      o.x, o.w, o.r, o.b, o.lens, o.h0, o.c0, o.p);
}
template <std::size_t N>
void check(recurrent_operands const& o, nd::recurrent_options const& how, unsigned mask, double const (&want)[N]) {
  check_expected({run(o, how, mask, part::y), run(o, how, mask, part::h), run(o, how, mask, part::c)}, want);
}

}  // namespace

TEST_CASE("lstm: what ONNX Runtime computes") {
  for (dtype t : {dtype::f32, dtype::f64}) {
    check(expected_operands(4, 1, t), {.hidden = 3}, 0, nd_expected::lstm_plain);
    check(expected_operands(4, 2, t), {.hidden = 3, .way = direction::bidirectional}, all, nd_expected::lstm_both);
    nd::recurrent_options o{.hidden = 3, .way = direction::reverse, .input_forget = true, .clip = 0.25f};
    o.activation = {nd::recurrent_fn::sigmoid, nd::recurrent_fn::softsign,
                    nd::recurrent_activation{nd::recurrent_fn::leaky_relu, 0.125f, 0}};
    check(expected_operands(4, 1, t), o, bias | c0, nd_expected::lstm_coupled);
  }
}

TEST_CASE("lstm: one call of many steps is many calls of one step with the states handed on") {
  CHECK(rc::check([] {
    recurrent_operands o = any_operands(dtype::f32, 4, 1);
    nd::recurrent_options const how{.hidden = o.r.dims[2]};
    unsigned const mask = bias | h0 | c0 | peepholes;
    value const y = run(o, how, mask, part::y), h = run(o, how, mask, part::h), c = run(o, how, mask, part::c);
    value const x = o.x;
    std::size_t const row = x.size() / static_cast<std::size_t>(x.dims[0]);
    o.x = value(dtype::f32, {1, x.dims[1], x.dims[2]});
    for (std::size_t t = 0; t < static_cast<std::size_t>(x.dims[0]); ++t) {
      for (std::size_t i = 0; i < row; ++i) o.x.set(i, x.at(t * row + i));
      value const next = run(o, how, mask, part::h), cell = run(o, how, mask, part::c);
      for (std::size_t i = 0; i < next.size(); ++i) RC_ASSERT(y.at(t * next.size() + i) == next.at(i));
      o.h0 = next, o.c0 = cell;
    }
    RC_ASSERT(h.all() == o.h0.all());
    RC_ASSERT(c.all() == o.c0.all());
  }));
}

TEST_CASE("lstm: batch first is the same with dimensions exchanged, and f64 nearly the same") {
  CHECK(rc::check([] {
    recurrent_operands o = any_operands(dtype::f32, 4, 2);
    nd::recurrent_options how{.hidden = o.r.dims[2], .way = direction::bidirectional};
    unsigned const mask = static_cast<unsigned>(*rc::gen::inRange(0, 32));
    value const y = run(o, how, mask, part::y), h = run(o, how, mask, part::h), c = run(o, how, mask, part::c);
    recurrent_operands wide = o;
    for (value* v : {&wide.x, &wide.w, &wide.r, &wide.b, &wide.h0, &wide.c0, &wide.p}) {
      value const narrow = *v;
      *v = make(dtype::f64, narrow.dims, narrow.all());
    }
    RC_ASSERT(distance(run(wide, how, mask, part::y), y) < 1e-5);
    for (value* v : {&o.x, &o.h0, &o.c0}) *v = swapped(*v, 0, 1);
    how.batch_first = true;
    RC_ASSERT(run(o, how, mask, part::h).all() == swapped(h, 0, 1).all());
    RC_ASSERT(run(o, how, mask, part::c).all() == swapped(c, 0, 1).all());
    RC_ASSERT(run(o, how, mask, part::y).all() == swapped(swapped(y, 1, 2), 0, 1).all());
  }));
}

TEST_CASE("lstm refuses what does not fit") {
  recurrent_operands const o = expected_operands(4, 1);
  auto const how = [&](value const& c, value const& p) {
    return refused([&](auto& g, int x, int w, int r, int cell,
                       int holes) { return nd::lstm(g, x, w, r, -1, -1, -1, cell, holes, {.hidden = 3}); },
                   o.x, o.w, o.r, c, p);
  };
  CHECK(how(o.c0, o.p) == fix::none);
  CHECK(how(o.x, o.p) == fix::give_extents_that_match);
  CHECK(how(o.c0, o.b) == fix::give_extents_that_match);
  CHECK(how(value(dtype::f64, {1, 2, 3}), o.p) == fix::give_a_supported_type);
}
