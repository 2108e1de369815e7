#pragma once
#include <hone/io/detail/import_movement.hpp>
#include <hone/nn/nd/scatter.hpp>
#include <hone/nn/nd/top_k.hpp>

// Operators that put elements where indices say, and that choose some.
namespace hone::inline HONE_ABI::io::importing {

inline nd::scatter_fn scatter_fn_of(call& c) {
  std::string_view const how = c.text("reduction", "none");
  if (how == "none") return nd::scatter_fn::replace;
  if (how == "add") return nd::scatter_fn::add;
  if (how == "mul") return nd::scatter_fn::mul;
  if (how == "max") return nd::scatter_fn::max;
  if (how == "min") return nd::scatter_fn::min;
  c.refuse_value("reduction", how, "none, add, mul, max and min");
}
inline void translate_scatter_elements(call& c) {
  int const axis = c.axis(c.integer("axis", 0), c.rank(0));
  c.result(
      nd::scatter_elements(c.graph(), c.operand(0), c.operand(1), c.operand(2), axis, scatter_fn_of(c), c.layer()));
}
inline void translate_scatter_nd(call& c) {
  c.result(nd::scatter_nd(c.graph(), c.operand(0), c.operand(1), c.operand(2), scatter_fn_of(c), c.layer()));
}

// How many are wanted is an attribute before opset 10. Both orders of the result are sorted.
inline void translate_top_k(call& c) {
  std::int64_t const k = c.has("k") ? c.integer("k", 0) : c.known_integer(1);
  int const axis = c.axis(c.integer("axis", -1), c.rank(0)), n = c.dims(0)[axis];
  if (k < 0 || k > n)
    c.refuse(message("it wants ") << static_cast<long long>(k) << " of " << n << " elements", "give a smaller k");
  int const x = c.operand(0);
  int const places = c.ok(nd::top_k(c.graph(), x, static_cast<int>(k), axis, c.integer("largest", 1) != 0, c.layer()));
  if (c.wanted(0)) c.result(0, nd::gather_elements(c.graph(), x, places, axis, c.layer()));
  if (c.wanted(1)) c.result(1, places);
}

// The slices along an axis (or, without one, the elements) for which a known list says true.
inline void translate_compress(call& c) {
  tensor_view const& chosen = c.must_know(1);
  bool const flat = !c.has("axis");
  int const axis = flat ? 0 : c.axis(c.integer("axis", 0), c.rank(0));
  std::int64_t const n = flat ? c.dims(0).size() : c.dims(0)[axis];
  std::vector<std::int64_t> places;
  for (std::int64_t i = 0; i < std::min(n, chosen.dims.size()); ++i)
    if (number_at(chosen, i) != 0) places.push_back(i);
  known_values::writable const list = c.make(dtype::i64, checked_dims(c, {static_cast<std::int64_t>(places.size())}));
  if (!places.empty()) std::memcpy(list.data, places.data(), places.size() * 8);
  int const x = flat ? reshape(c, c.operand(0), checked_dims(c, {n})) : c.operand(0);
  c.result(nd::gather(c.graph(), x, c.constant(list.view), axis, c.layer()));
}

// Cut or padded with zeros to known extents along some axes, the same on both sides; odd ones have one more at the end.
inline void translate_center_crop_pad(call& c) {
  std::vector<std::int64_t> const wanted = c.known_integers(1);
  extents const d = c.dims(0);
  std::vector<std::int64_t> axes = c.integers("axes");
  if (!c.has("axes"))
    for (int i = 0; i < d.rank; ++i) axes.push_back(i);
  named_axes(c, axes, d.rank);
  if (axes.size() != wanted.size()) c.refuse("its axes and extents differ in length", "export it again");
  extents before = d, after = d;
  for (int i = 0; i < d.rank; ++i) before[i] = after[i] = 0;
  for (std::size_t k = 0; k < axes.size(); ++k) {
    int const i = c.axis(axes[k], d.rank), to = checked_dims(c, {wanted[k]})[0], more = to - d[i];
    before[i] = more >= 0 ? more / 2 : -(-more / 2), after[i] = more - before[i];
  }
  c.result(nd::pad(c.graph(), c.operand(0), before, after, nd::pad_mode::constant, -1, c.layer()));
}

// Of every sequence of a batch the first lengths[k] elements in reverse, the others as they are: element t is element
// length - 1 - t while that is not negative.
inline void translate_reverse_sequence(call& c) {
  extents const d = c.dims(0);
  int const batch = c.axis(c.integer("batch_axis", 1), d.rank), time = c.axis(c.integer("time_axis", 0), d.rank);
  if (batch == time || c.dims(1).size() != d[batch])
    c.refuse("its axes or lengths do not fit its operand", "give a length for every sequence");
  extents beside = d, along = d;
  for (int i = 0; i < d.rank; ++i) beside[i] = i == batch ? d[i] : 1, along[i] = i == time ? d[i] : 1;
  known_values::writable const all = c.make(dtype::i64, along);
  for (std::int64_t t = 0; t < d[time]; ++t) std::memcpy(all.data + t * 8, &t, 8);
  int const places = c.constant(all.view), one = c.scalar(1, dtype::i64),
            lengths = reshape(c, cast(c, c.operand(1), dtype::i64), beside),
            last = binary(c, lengths, one, nd::binary_fn::sub), mirrored = binary(c, last, places, nd::binary_fn::sub),
            inside = binary(c, places, lengths, nd::binary_fn::less),
            from = c.ok(nd::where(c.graph(), inside, mirrored, places, c.layer()));
  c.result(
      nd::gather_elements(c.graph(), c.operand(0), c.ok(nd::expand(c.graph(), from, d, c.layer())), time, c.layer()));
}

}  // namespace hone::inline HONE_ABI::io::importing
