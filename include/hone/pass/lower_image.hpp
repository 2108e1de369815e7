#pragma once
#include <hone/nn/activation.hpp>
#include <hone/nn/batch_norm.hpp>
#include <hone/nn/nd/norm.hpp>
#include <hone/nn/nd/pool.hpp>
#include <hone/nn/pooling.hpp>
#include <hone/nn/residual.hpp>
#include <hone/pass/lower_tensor.hpp>
#include <hone/pass/lower_window.hpp>

namespace hone::inline HONE_ABI::pass::lowering {

// f32 operations on images without weights of their own, or with one number a channel: pools, means, softmax, sums,
// normalisation. Each function lowers operation i of the old network if it is one that it knows, and says whether it
// did.

// The mean over windows whose padding counts, as a depthwise convolution.
inline op mean_by_weights(context& c, plane const& p, int x, int layer) {
  int const taps = p.win.taps();
  op o = nn::reading(depthwise_conv2d_kind, x, layer);
  o.param[slot::weight] = c.vector_leaf(
      layer, role::weight, dtype::f32,
      std::vector<float>(
          static_cast<std::size_t>(taps) * static_cast<std::size_t>(p.in.c), 1.f / static_cast<float>(taps)));
  weight& w = weight_at(c.graph(), o.param[slot::weight]);
  w.dims = {p.win.kh, p.win.kw, 1, p.in.c}, w.rows = taps, w.cols = p.in.c;
  c.out.weights.find(tensor_name(c.graph(), w).c_str())->dims = w.dims;
  o.param[slot::bias] =
      c.vector_leaf(layer, role::bias, dtype::f32, std::vector<float>(static_cast<std::size_t>(p.in.c), 0.f));
  return o;
}
// Windows all of whose taps count: none reaches past the padding.
constexpr bool uniform(plane const& p, tensor_form const& f, extents const& x) {
  nd::window_nd const w = nd::window_of(f);
  for (int d = 0; d < w.kernel.rank; ++d)
    if ((f.dims[d + 2] - 1) * w.strides[d] + w.kernel[d] > x[d + 2] + w.before[d] + w.after[d]) return false;
  return p.dilation_h == 1 && p.dilation_w == 1;
}
inline bool lower_pool(context& c, int i) {
  op const& o = c.at(i);
  bool const largest = is(o, nd::max_pool_kind);
  bool const stored = largest && (o.type == dtype::u8 || o.type == dtype::i8);  // moves stored numbers
  if ((!largest && !is(o, nd::average_pool_kind)) || (o.type != dtype::f32 && !stored)) return false;
  extents const x = c.dims(o.input[0]);
  plane const p = plane_of(nd::window_of(c.form(o)), x, c.dims(i));
  if (!p.fits || p.dilation_h != 1 || p.dilation_w != 1) return false;
  bool const padding_counts = c.form(o).i[nd::own_attribute] != 0;
  if (!largest && (!uniform(p, c.form(o), x) || (p.win.padded() && !padding_counts))) return false;
  int const from = c.image(stored ? c.stored_u8(o.input[0], p.from) : c.stored(o.input[0], p.from), p.in);
  op n = !largest && p.win.padded() ? mean_by_weights(c, p, from, o.layer)
                                    : nn::reading(largest ? max_pool_kind : avg_pool_kind, from, o.layer);
  n.win = p.win;
  if (stored) n.from = n.type = dtype::u8;
  c.define(i, emit(c.graph(), n), p.to, o.type == dtype::i8);
  return true;
}

// How many of the dimensions in `order`, from the first, are those of the set `gone` (or of one element). -1: not those
// alone.
inline int leading(extents const& order, extents const& dims, std::int32_t gone) {
  int k = 0, rest = 0;
  while (k < order.rank && (dims[order[k]] == 1 || (gone >> order[k] & 1) != 0)) ++k;
  for (int j = k; j < order.rank; ++j) rest += (gone >> order[j] & 1) != 0;
  return rest == 0 ? k : -1;
}
// Means and maxima over all positions are pools over the whole image; other reductions run on dimensions as they lie.
inline bool lower_reduce(context& c, int i) {
  op const& o = c.at(i);
  if (!is(o, nd::reduce_kind)) return false;
  tensor_form f = c.form(o);
  extents const d = c.dims(o.input[0]);
  std::int32_t const gone = f.i[1];
  extents order = order_of(c.natural(o.input[0]), d), kept = d;
  if (order.rank < 0) order = as_written(d);
  for (int k = 0; k < d.rank; ++k)
    if ((gone >> k & 1) != 0) kept[k] = 1;
  layout const to = stored_in(kept, order);
  auto const fn = static_cast<nd::reduce_fn>(f.i[0]);
  int const first = leading(order, d, gone);
  if (o.type == dtype::f32 && first >= 0 && d.size() > 0 && (fn == nd::reduce_fn::mean || fn == nd::reduce_fn::max)) {
    int const x = c.stored(o.input[0], stored_in(d, order)),
              pixels = static_cast<int>(permuted(d, order).count(0, first));
    shape const whole = op_at(c.graph(), x).out, flat{1, pixels, o.in.size() / pixels};
    bool const image = whole.pixels() == pixels && whole.c == flat.c;
    op n =
        nn::reading(fn == nd::reduce_fn::mean ? avg_pool_kind : max_pool_kind, image ? x : c.image(x, flat), o.layer);
    shape const in = image ? whole : flat;
    n.win = {in.h, in.w, in.h, in.w};
    c.define(i, emit(c.graph(), n), to);
    return true;
  }
  op n = o;
  n.input[0] = static_cast<std::int16_t>(ordered(c, o.input[0], order));
  f.i[1] = 0;
  f.dims = {};
  for (int k = 0; k < d.rank; ++k) {
    bool const reduced = (gone >> order[k] & 1) != 0;
    if (reduced) f.i[1] |= 1 << k;
    f.dims.push_back(reduced ? 1 : d[order[k]]);
  }
  c.define(i, emit_tensor(c.graph(), n, f), to);
  return true;
}

// Softmax along the dimension that is stored innermost.
inline bool lower_softmax(context& c, int i) {
  op const& o = c.at(i);
  if (!is(o, nd::softmax_kind) || o.type != dtype::f32 || c.form(o).i[1] != 0 || o.out.size() == 0) return false;
  extents const d = c.dims(i), order = order_of(c.natural(o.input[0]), d);
  int const axis = c.form(o).i[0], n = d[axis];
  for (int k = order.rank; k-- > 0 && order[k] != axis;)
    if (d[order[k]] != 1) return false;
  if (order.rank < 0 || n == 1) return false;
  layout const l = c.natural(o.input[0]);
  int const x = c.stored(o.input[0], l);
  int const image = op_at(c.graph(), x).out.c == n ? x : c.image(x, {1, o.out.size() / n, n});
  c.define(i, emit(c.graph(), nn::reading(softmax_kind, image, o.layer)), l);
  return true;
}

// The sum of two values of one shape.
inline bool lower_sum(context& c, int i) {
  op const& o = c.at(i);
  if (!is(o, nd::binary_kind) || o.type != dtype::f32 || c.form(o).i[0] != int(nd::binary_fn::add)) return false;
  int const a = o.input[0], b = o.input[1];
  if (c.is_known(a) || c.is_known(b)) return false;
  if (c.at(a).out.size() != o.out.size() || c.at(b).out.size() != o.out.size() || o.out.size() == 0) return false;
  layout const rows = rows_of(o.out.size()), l = c.natural(a) == rows ? c.natural(b) : c.natural(a);
  int x = c.stored(a, l), y = c.stored(b, l);
  shape const sx = op_at(c.graph(), x).out, sy = op_at(c.graph(), y).out, flat{1, 1, sx.size()};
  x = c.image(x, sx == flat ? sy : sx), y = c.image(y, sx == flat ? sy : sx);
  op n = nn::reading(add_kind, x, o.layer);
  n.input[1] = static_cast<std::int16_t>(y);
  c.define(i, emit(c.graph(), n), l);
  return true;
}

// x * scale[c] + shift[c], channels innermost.
inline void emit_norm(context& c, int i, int x, layout const& l, std::vector<float> const& scale,
                      std::vector<float> const& shift) {
  int const layer = c.at(i).layer, n = static_cast<int>(scale.size()), have = c.stored(x, l);
  shape const s = op_at(c.graph(), have).out;
  op o = nn::reading(batch_norm_kind, s.c == n ? have : c.image(have, {1, s.size() / n, n}), layer);
  o.param[slot::weight] = c.vector_leaf(layer, role::scale, dtype::f32, scale);
  o.param[slot::bias] = c.vector_leaf(layer, role::bias, dtype::f32, shift);
  c.define(i, emit(c.graph(), o), l);
}
// A sum, difference, product or quotient with a known tensor of one number a channel.
inline bool lower_channel_constant(context& c, int i) {
  op const& o = c.at(i);
  if (!is(o, nd::binary_kind) || o.type != dtype::f32 || o.out.size() == 0) return false;
  auto const fn = static_cast<nd::binary_fn>(c.form(o).i[0]);
  bool const first_known = c.is_known(o.input[0]);
  int const x = o.input[first_known ? 1 : 0], k = o.input[first_known ? 0 : 1];
  if (!c.is_known(k) || c.at(x).out.size() != o.out.size()) return false;
  extents const d = c.dims(i), dk = padded(c.dims(k), d.rank), order = order_of(c.natural(x), d);
  if (order.rank < 0) return false;
  int at = d.rank;
  while (at > 0 && dk[order[at - 1]] == d[order[at - 1]]) --at;
  for (int j = 0; j < at; ++j)
    if (dk[order[j]] != 1) return false;
  std::vector<float> scale, shift;
  for (std::int32_t index : indices_of(stored_in(dk, order))) {
    float const v = c.known(k).as<float>()[index];
    switch (fn) {
      case nd::binary_fn::add: scale.push_back(1), shift.push_back(v); break;
      case nd::binary_fn::sub: scale.push_back(first_known ? -1.f : 1.f), shift.push_back(first_known ? v : -v); break;
      case nd::binary_fn::mul: scale.push_back(v), shift.push_back(0); break;
      case nd::binary_fn::div:
        if (first_known || v == 0) return false;
        scale.push_back(1 / v), shift.push_back(0);
        break;
      default: return false;
    }
  }
  emit_norm(c, i, x, c.natural(x), scale, shift);
  return true;
}
inline bool lower_batch_norm(context& c, int i) {
  op const& o = c.at(i);
  extents const d = c.dims(i);
  if (!is(o, nd::batch_norm_kind) || o.type != dtype::f32 || d.rank < 2 || d.size() == 0 || d[0] != 1) return false;
  float const* in[4]{};
  for (std::size_t k = 0; k < 4; ++k) {
    in[k] = c.known(o.input[k + 1]).as<float>();
    if (in[k] == nullptr) return false;
  }
  std::vector<float> scale, shift;
  for (int k = 0; k < d[1]; ++k) {
    double const s = double(in[0][k]) / __builtin_sqrt(double(in[3][k]) + double(c.form(o).f[0]));
    scale.push_back(static_cast<float>(s)),
        shift.push_back(static_cast<float>(double(in[1][k]) - double(in[2][k]) * s));
  }
  emit_norm(c, i, o.input[0], stored_in(d, channels_last(d.rank)), scale, shift);
  return true;
}

}  // namespace hone::inline HONE_ABI::pass::lowering
