// Random tensors for properties of tensor operations.
#pragma once
#include <rapidcheck.h>

#include "nd_values.hpp"

namespace nd_values {

// Ranks 0 to 6; extents 0 (seldom), 1, even and odd ones.
inline extents any_dims(int most_rank = 6) {
  extents e;
  int const rank = *rc::gen::inRange(0, most_rank + 1);
  for (int i = 0; i < rank; ++i)
    e.push_back(*rc::gen::weightedElement<int>({{1, 0}, {6, 1}, {4, 2}, {4, 3}, {3, 5}, {i < 2 ? 1U : 0U, 67}}));
  while (e.size() > 5000) e[*rc::gen::inRange(0, e.rank)] = 1;
  return e;
}
// Extents that broadcast to e.
inline extents any_broadcast_of(extents const& e) {
  extents r;
  for (int i = *rc::gen::inRange(0, e.rank + 1); i < e.rank; ++i) r.push_back(*rc::gen::inRange(0, 3) == 0 ? 1 : e[i]);
  return r;
}
inline dtype any_type() { return static_cast<dtype>(*rc::gen::inRange(0, dtypes)); }
inline dtype any_number() {
  return *rc::gen::suchThat(
      rc::gen::map(rc::gen::inRange(0, dtypes), [](int t) { return static_cast<dtype>(t); }), nd::is_number);
}
// A tensor of small whole numbers (booleans: 0 and 1), negative ones too where its type has them.
inline value any_value(dtype t, extents const& dims, int most = 8) {
  value v(t, dims);
  auto seed = static_cast<std::uint32_t>(*rc::gen::arbitrary<int>());
  int const least = nd::is_unsigned(t) || t == dtype::boolean ? 0 : -most;
  if (t == dtype::boolean) most = 1;
  for (std::size_t i = 0; i < v.size(); ++i) {
    seed = seed * 1664525u + 1013904223u;
    v.set(i, least + static_cast<int>((seed >> 8) % static_cast<std::uint32_t>(most - least + 1)));
  }
  return v;
}

}  // namespace nd_values
