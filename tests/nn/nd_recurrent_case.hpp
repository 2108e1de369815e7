// What the tests of gru, lstm and rnn share.
#pragma once
#include <cmath>
#include <iterator>

#include "catch2.hpp"
#include "nd_expected.hpp"
#include "nd_random.hpp"

namespace nd_values {

// The operands x, W, R, B, lens, h0, c0, P of a layer.
struct recurrent_operands {
  value x, w, r, b, lens, h0, c0, p;
};
enum given : unsigned { bias = 1, lens = 2, h0 = 4, c0 = 8, peepholes = 16, all = 31 };
inline int if_given(int x, unsigned mask, given bit) { return (mask & bit) != 0 ? x : -1; }

inline recurrent_operands recurrent_tensors(dtype t, int time, int batch, int inputs, int hidden, int gates, int ways) {
  extents const state{ways, batch, hidden};
  return {value(t, {time, batch, inputs}),
          value(t, {ways, gates * hidden, inputs}),
          value(t, {ways, gates * hidden, hidden}),
          value(t, {ways, 2 * gates * hidden}),
          value(dtype::i32, {batch}),
          value(t, state),
          value(t, state),
          value(t, {ways, 3 * hidden})};
}
// With the numbers of scripts/nd_reference.py.
inline recurrent_operands expected_operands(int gates, int ways, dtype t = dtype::f32) {
  recurrent_operands o = recurrent_tensors(t, 4, 2, 3, 3, gates, ways);
  unsigned k = 0;
  for (value* v : {&o.x, &o.w, &o.r, &o.b, &o.lens, &o.h0, &o.c0, &o.p}) {
    for (std::size_t i = 0; i < v->size(); ++i) v->set(i, (static_cast<int>((37 * i + 101 * k) % 97) - 48) / 64.0);
    ++k;
  }
  o.lens.set(0, 4), o.lens.set(1, 2);
  return o;
}
// Random ones, whose numbers keep states small.
inline recurrent_operands any_operands(dtype t, int gates, int ways) {
  int const time = *rc::gen::inRange(1, 6), batch = *rc::gen::inRange(1, 4);
  recurrent_operands o =
      recurrent_tensors(t, time, batch, *rc::gen::inRange(1, 12), *rc::gen::inRange(1, 20), gates, ways);
  for (value* v : {&o.x, &o.w, &o.r, &o.b, &o.h0, &o.c0, &o.p}) {
    *v = any_value(v->type, v->dims);
    for (std::size_t i = 0; i < v->size(); ++i) v->set(i, v->at(i) / 16);
  }
  for (std::size_t i = 0; i < o.lens.size(); ++i) o.lens.set(i, *rc::gen::inRange(0, time + 1));
  return o;
}
// Time step t of every sequence in its place counted from the end.
inline value reversed(value const& x) {
  value y = x;
  std::size_t const time = static_cast<std::size_t>(x.dims[0]), row = x.size() / time;
  for (std::size_t i = 0; i < x.size(); ++i) y.set(i, x.at((time - 1 - i / row) * row + i % row));
  return y;
}
// The dimensions `a` and `b` of x exchanged.
inline value swapped(value const& x, int a, int b) {
  return evaluate(
      [&](auto& g, int i) {
        extents perm;
        for (int d = 0; d < x.dims.rank; ++d) perm.push_back(d == a ? b : d == b ? a : d);
        return nd::transpose(g, i, perm);
      },
      x);
}
// The largest difference of elements.
inline double distance(value const& a, value const& b) {
  if (!(a.dims == b.dims)) return 1e30;
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    double const d = std::fabs(a.at(i) - b.at(i));
    most = d <= most ? most : d;
  }
  return most;
}
// That results, behind each other, are the numbers of `want`.
template <std::size_t N>
void check_expected(std::initializer_list<value> results, double const (&want)[N]) {
  std::size_t n = 0;
  for (value const& v : results)
    for (std::size_t i = 0; i < v.size(); ++i, ++n) {
      REQUIRE(n < N);
      CHECK(v.at(i) == Approx(want[n]).margin(1e-6));
    }
  CHECK(n == N);
}

}  // namespace nd_values
