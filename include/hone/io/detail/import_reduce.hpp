#pragma once
#include <hone/io/detail/import_known.hpp>
#include <hone/nn/nd/arg.hpp>
#include <hone/nn/nd/reduce.hpp>
#include <hone/nn/nd/scan.hpp>
#include <hone/nn/nd/softmax.hpp>

// Operators along axes: reductions, and what normalises by them.
namespace hone::inline HONE_ABI::io::importing {

inline int reduce(call& c, int x, extents const& axes, bool keep, nd::reduce_fn fn) {
  return c.ok(nd::reduce(c.graph(), x, axes, keep, fn, c.layer()));
}
inline extents axes_from(int first, int rank) {
  extents axes;
  for (int i = first; i < rank; ++i) axes.push_back(i);
  return axes;
}

// Axes are an attribute in old opsets; where none are given all are meant, or with noop_with_empty_axes none.
template <nd::reduce_fn Fn>
void translate_reduce(call& c) {
  int const rank = c.rank(0);
  std::vector<std::int64_t> const list = list_of(c, "axes", 1).value_or(std::vector<std::int64_t>{});
  bool const all = list.empty() && c.integer("noop_with_empty_axes", 0) == 0;
  auto const named = named_axes(c, list, rank);
  extents axes;
  for (int i = 0; i < rank; ++i)
    if (all || named[static_cast<std::size_t>(i)]) axes.push_back(i);
  c.result(reduce(c, c.operand(0), axes, c.integer("keepdims", 1) != 0, Fn));
}
template <nd::reduce_fn Fn>
void translate_global_pool(call& c) {
  if (c.rank(0) < 2) c.refuse(message("its operand has the rank ") << c.rank(0), "give [n][c][spatial]");
  c.result(reduce(c, c.operand(0), axes_from(2, c.rank(0)), true, Fn));
}
template <bool Most>
void translate_arg(call& c) {
  int const axis = c.axis(c.integer("axis", 0), c.rank(0));
  bool const keep = c.integer("keepdims", 1) != 0, last = c.integer("select_last_index", 0) != 0;
  c.result(Most ? nd::arg_max(c.graph(), c.operand(0), axis, keep, last, c.layer())
                : nd::arg_min(c.graph(), c.operand(0), axis, keep, last, c.layer()));
}
inline void translate_cumsum(call& c) {
  c.result(nd::cumsum(c.graph(), c.operand(0), c.axis(c.known_integer(1), c.rank(0)), c.integer("exclusive", 0) != 0,
                      c.integer("reverse", 0) != 0, c.layer()));
}

// Along one axis; before opset 13 over all dimensions from that axis on.
inline int along_axis(call& c, int (*f)(call&, int x, int axis)) {
  extents const d = c.dims(0);
  int const axis = c.axis(c.integer("axis", c.opset < 13 ? 1 : -1), d.rank);
  if (c.opset >= 13 || d.count(axis + 1, d.rank) == 1) return f(c, c.operand(0), axis);
  int const flat = reshape(c, c.operand(0), checked_dims(c, {d.count(0, axis), d.count(axis, d.rank)}));
  return reshape(c, f(c, flat, 1), d);
}
template <bool Log>
void translate_softmax(call& c) {
  c.result(
      along_axis(c, [](call& k, int x, int axis) { return k.ok(nd::softmax(k.graph(), x, axis, Log, k.layer())); }));
}
// 1 at the first largest element along an axis, 0 elsewhere.
inline void translate_hardmax(call& c) {
  c.result(along_axis(c, [](call& k, int x, int axis) {
    extents const d = k.extents_of(x);
    extents places = d;
    for (int i = 0; i < d.rank; ++i)
      if (i != axis) places[i] = 1;
    known_values::writable const all = k.make(dtype::i64, places);
    for (std::int64_t i = 0; i < d[axis]; ++i) std::memcpy(all.data + i * 8, &i, 8);
    int const at = k.ok(nd::arg_max(k.graph(), x, axis, true, false, k.layer()));
    return cast(k, binary(k, at, k.constant(all.view), nd::binary_fn::equal), k.type_of(x));
  }));
}

// (x - mean) / (standard deviation + 1e-9) over the axes.
inline void translate_mean_variance_normalization(call& c) {
  std::vector<std::int64_t> list = c.has("axes") ? c.integers("axes") : std::vector<std::int64_t>{0, 2, 3};
  for (std::int64_t& v : list) v = c.axis(v, c.rank(0));
  extents const axes = to_list(c, list, "axes");
  dtype const type = c.type(0);
  int const x = c.operand(0);
  int const centred = binary(c, x, reduce(c, x, axes, true, nd::reduce_fn::mean), nd::binary_fn::sub);
  int const squares = binary(c, centred, centred, nd::binary_fn::mul);
  int const deviation = unary(c, reduce(c, squares, axes, true, nd::reduce_fn::mean), nd::unary_fn::sqrt);
  c.result(binary(c, centred, binary(c, deviation, c.scalar(1e-9, type), nd::binary_fn::add), nd::binary_fn::div));
}
// x by its norm along an axis; 0 where that is 0.
inline void translate_lp_normalization(call& c) {
  int const axis = c.axis(c.integer("axis", -1), c.rank(0));
  std::int64_t const p = c.integer("p", 2);
  if (p != 1 && p != 2) c.refuse_value("p", std::to_string(p), "1 and 2");
  int const x = c.operand(0), zero = c.scalar(0, c.type(0));
  int const norm = reduce(c, x, {axis}, true, p == 1 ? nd::reduce_fn::l1 : nd::reduce_fn::l2);
  int const none = binary(c, norm, zero, nd::binary_fn::equal);
  c.result(nd::where(c.graph(), none, zero, binary(c, x, norm, nd::binary_fn::div), c.layer()));
}
// x / sqrt(mean of squares over the dimensions from `axis` on + epsilon) * scale.
inline void translate_rms_normalization(call& c) {
  int const axis = c.axis(c.integer("axis", -1), c.rank(0));
  int x = c.operand(0);
  bool const narrow = c.type(0) == dtype::f16 || c.type(0) == dtype::bf16;
  if (narrow) x = cast(c, x, dtype::f32);
  dtype const type = c.type_of(x);
  int const squares =
      reduce(c, binary(c, x, x, nd::binary_fn::mul), axes_from(axis, c.rank(0)), true, nd::reduce_fn::mean);
  int const with =
      binary(c, squares, c.scalar(static_cast<double>(c.number("epsilon", 1e-5f)), type), nd::binary_fn::add);
  int const y = binary(c, x, unary(c, with, nd::unary_fn::sqrt), nd::binary_fn::div);
  int const scaled = binary(c, y, cast(c, c.operand(1), type), nd::binary_fn::mul);
  c.result(cast(c, scaled, c.type(0)));
}

}  // namespace hone::inline HONE_ABI::io::importing
