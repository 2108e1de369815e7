#pragma once
#include <hone/nn/nd/norm.hpp>
#include <hone/nn/nd/reduce.hpp>
#include <hone/pass/lower_image.hpp>
#include <hone/pass/lower_linear.hpp>
#include <hone/pass/lower_stored.hpp>
#include <hone/pass/proofs.hpp>

namespace hone::inline HONE_ABI::pass::lowering {

// The numbers of an int8 linear operation, its weights in ONNX's order.
struct stored_linear {
  int at{-1};  // the convolution or product of the old network; -1: there is none
  edge x{};
  bounds within{};
  linear_form image{};  // of a convolution
  product rows{};       // of a product
  std::vector<std::int8_t> weights{};
  std::vector<double> steps{};  // real value of one unit of each column's accumulator
  std::vector<std::int32_t> bias{};
  std::vector<float> scale{};  // from accumulators to the result, where a file says it

  bool fits() const { return at >= 0; }
};

// Weights that a network holds as stored numbers, and the operations that hold their scale and zero point (-1: 0).
struct stored_matrix {
  int numbers{-1}, scale{-1}, zero{-1};
  int axis{-1};  // along which scales and zero points go; -1: there is one of each
};
inline stored_matrix dequantised_matrix(context const& c, int w) {
  op const& o = c.at(c.root(w));
  bool const fits = is(o, nd::dequantize_linear_kind) && o.type == dtype::f32 && c.form(o).i[1] == 0;
  if (!fits || (c.form(o).i[0] >= 0 && !(c.dims(w) == c.dims(c.root(w))))) return {};
  return {o.input[0], o.input[1], o.input[2], c.form(o).i[0]};
}
// Reads w as numbers - zero, which must be i8, and the step of each result channel.
inline bool read_weights(context& c, stored_matrix const& w, int channel_axis, int channels, stored_linear& s) {
  if (!c.is_known(w.numbers) || !c.is_known(w.scale) || (w.zero >= 0 && !c.is_known(w.zero))) return false;
  extents const d = c.dims(w.numbers);
  tensor_view const v = c.known(w.numbers), scale = c.known(w.scale), zero = c.known(w.zero);
  bool const along = w.axis >= 0 && (scale.dims.size() > 1 || zero.dims.size() > 1);
  if (!is_byte_edge(v.type) || scale.type != dtype::f32 || (along && (w.axis != channel_axis || d[w.axis] != channels)))
    return false;
  auto const counts = [&](tensor_view const& t) { return t.dims.size() == 1 || (along && t.dims.size() == channels); };
  if (!counts(scale) || (zero.present() && (!counts(zero) || zero.type != v.type))) return false;
  auto const number = [](tensor_view const& t, std::int64_t k) -> int {
    std::int64_t const own = t.dims.size() == 1 ? 0 : k;
    return t.type == dtype::i8 ? t.as<std::int8_t>()[own] : t.as<std::uint8_t>()[own];
  };
  std::int64_t const inner = along ? d.count(w.axis + 1, d.rank) : 1;
  for (std::int64_t k = 0; k < d.size(); ++k) {
    int const q = number(v, k) - (zero.present() ? number(zero, along ? k / inner % channels : 0) : 0);
    if (q < -128 || q > 127) return false;
    s.weights.push_back(static_cast<std::int8_t>(q));
  }
  for (int k = 0; k < channels; ++k) {
    float const step = scale.as<float>()[scale.dims.size() == 1 ? 0 : k];
    if (!(step > 0 && step <= 0x1p50f)) return false;
    s.steps.push_back(double(step));
  }
  return true;
}
// Adds a known vector (or one number) to a bias in units of the accumulators. It may be stored as i32 by nearly those
// units: then it is those numbers.
inline bool add_bias(context& c, int b, double factor, stored_linear const& s, std::vector<double>& sum) {
  if (b < 0) return true;
  if (!c.is_known(b) || c.at(b).type != dtype::f32) return false;
  op const& o = c.at(c.root(b));
  bool const whole =
      is(o, nd::dequantize_linear_kind) && c.at(o.input[0]).type == dtype::i32 && c.form(o).i[1] == 0 && factor == 1;
  tensor_view const v = c.known(whole ? o.input[0] : b), scale = whole ? c.known(o.input[1]) : tensor_view{},
                    zero = whole ? c.known(o.input[2]) : tensor_view{};
  std::size_t const n = static_cast<std::size_t>(c.at(b).out.size());
  if (n != 1 && n != sum.size()) return false;
  for (std::size_t k = 0; k < sum.size(); ++k) {
    std::size_t const from = n == 1 ? 0 : k;
    if (!whole) {
      sum[k] += factor * double(v.as<float>()[from]) / s.steps[k];
      continue;
    }
    std::size_t const own = scale.dims.size() == 1 ? 0 : from;
    double const ratio = double(scale.as<float>()[own]) / s.steps[k];
    double const q = double(v.as<std::int32_t>()[from]) - (zero.present() ? double(zero.as<std::int32_t>()[own]) : 0.0);
    sum[k] += ratio > 1 - 1e-6 && ratio < 1 + 1e-6 ? q : q * ratio;
  }
  return true;
}

// Rounds the bias. A column in which it is so large that the weights do not count (quantisers leave such where all
// weights are nearly nothing) loses them, and gets a coarser step. False: a sum may leave 32 bits.
inline bool settle_sums(stored_linear& s, std::vector<double> const& bias) {
  std::size_t const n = bias.size();
  std::vector<double> reach(n, 0.0);
  auto const column = [&](std::size_t k) {
    if (s.image.fits) return k / (s.weights.size() / n);
    return s.rows.column_step == 1 ? k % n : k / static_cast<std::size_t>(s.rows.column_step);
  };
  for (std::size_t k = 0; k < s.weights.size(); ++k) reach[column(k)] += 255.0 * exact::magnitude(s.weights[k]);
  for (std::size_t k = 0; k < n; ++k) {
    double b = bias[k];
    if (!(exact::magnitude(b) + reach[k] < 0x1p31 - 1)) {
      if (!(reach[k] < 0x1p-20 * exact::magnitude(b)) || !(exact::magnitude(b) < 0x1p200)) return false;
      for (std::size_t w = 0; w < s.weights.size(); ++w)
        if (column(w) == k) s.weights[w] = 0;
      while (exact::magnitude(b) >= 0x1p23) b *= 0.5, s.steps[k] *= 2;
    }
    s.bias.push_back(static_cast<std::int32_t>(__builtin_rint(b)));
  }
  return true;
}

// The dimension of a product's matrix that counts its columns.
inline int column_axis(context const& c, product const& p) {
  int const rank = c.dims(p.w).rank;
  return rank < 2 ? 0 : p.column_step == 1 ? rank - 1 : rank - 2;
}
// The int8 linear operation that value i is, without what bounds it: a convolution or product of an edge by stored
// weights, to which a known vector may be added.
inline stored_linear linear_of(context& c, int i) {
  stored_linear s{};
  i = c.root(i);
  int added = -1, channel = -1;  // a sum with a known vector
  if (op const& o = c.at(i); is(o, nd::binary_kind) && c.form(o).i[0] == int(nd::binary_fn::add)) {
    bool const first = c.is_known(o.input[0]);
    int const x = o.input[first ? 1 : 0];
    added = o.input[first ? 0 : 1];
    if (!c.is_known(added) || c.uses(x) != 1 || c.at(x).out.size() != o.out.size()) return s;
    extents const d = padded(c.dims(added), c.dims(i).rank);
    for (int k = 0; k < d.rank; ++k)
      if (d[k] != 1) {
        if (channel >= 0) return s;
        channel = k;
      }
    if (channel >= 0 && d[channel] != c.dims(i)[channel]) return s;
    if (!(c.dims(x) == c.dims(i))) return s;
    i = c.root(x);
  }
  op const& o = c.at(i);
  int w = -1, axis = 0, bias = -1;
  double alpha = 1, beta = 1;
  int results = 0;
  if (is(o, nd::conv_kind)) {
    tensor_form const& f = c.form(o);
    w = o.input[1], bias = o.input[2], s.x = edge_of(c, o.input[0]);
    s.image = linear_form_of(nd::window_of(f), f.i[nd::conv_groups], c.dims(o.input[0]), c.dims(w), c.dims(i));
    if (!s.image.fits || (channel >= 0 && channel != 1)) return s;
    results = s.image.results;
  } else {
    s.rows = product_of(c, i);
    if (!s.rows.fits) return s;
    w = s.rows.w, bias = s.rows.bias, alpha = double(s.rows.alpha), beta = double(s.rows.beta);
    results = s.rows.n, s.x = edge_of(c, s.rows.x);
    if (channel >= 0 && (c.dims(i)[channel] != results || channel != c.dims(i).rank - 1)) return s;
    axis = column_axis(c, s.rows);
  }
  if (o.type != dtype::f32 || !s.x.fits() || c.is_known(s.x.value) || !(alpha > 0)) return s;
  if (!read_weights(c, dequantised_matrix(c, w), axis, results, s)) return s;
  for (double& step : s.steps) step *= double(s.x.step) * alpha;
  std::vector<double> sum(static_cast<std::size_t>(results), 0.0);
  if (!add_bias(c, bias, beta, s, sum) || !add_bias(c, added, 1, s, sum)) return s;
  if (settle_sums(s, sum)) s.at = i;
  return s;
}

// The same where a file has it in ONNX's QLinear form: i requantises the exact sums of an operation that nothing else
// reads. y: the edge that i writes.
inline stored_linear requantised_linear(context& c, int i, edge& y) {
  op const& q = c.at(i);
  stored_linear s{};
  y = {};
  if (!is(q, nd::requantize_kind)) return s;
  int const at = c.root(q.input[0]), row = q.input[1], column = q.input[2];
  op const& o = c.at(at);
  edge const result = edge_by(c, i, q.type, q.input[3], q.input[4]);
  if (c.uses(at) != 1 || !result.fits()) return s;
  stored_matrix w{};
  int axis = 0, results = 0;
  if (is(o, nd::conv_integer_kind)) {
    tensor_form const& f = c.form(o);
    s.x = edge_by(c, c.root(o.input[0]), c.at(o.input[0]).type, column, o.input[2]);
    s.image =
        linear_form_of(nd::window_of(f), f.i[nd::conv_groups], c.dims(o.input[0]), c.dims(o.input[1]), c.dims(at));
    if (!s.image.fits || (o.input[4] >= 0 && !c.is_known(o.input[4]))) return s;
    w = {o.input[1], row, o.input[3], 0}, results = s.image.results;
  } else {
    s.rows = product_of(c, at);
    if (!is(o, nd::matmul_integer_kind) || !s.rows.fits || s.rows.x != o.input[0]) return s;
    s.x = edge_by(c, c.root(o.input[0]), c.at(o.input[0]).type, row, o.input[2]);
    axis = column_axis(c, s.rows), results = s.rows.n;
    w = {o.input[1], column, o.input[3], axis};
  }
  if (!s.x.fits() || c.is_known(s.x.value) || !read_weights(c, w, axis, results, s)) return s;
  tensor_view const bias = is(o, nd::conv_integer_kind) ? c.known(o.input[4]) : tensor_view{};
  std::vector<double> sum(s.steps.size(), 0.0);
  for (std::size_t k = 0; k < sum.size(); ++k) {
    if (bias.present()) sum[k] = double(bias.as<std::int32_t>()[k]);
    float const step = nd::quotient(settled(static_cast<float>(s.steps[k]) * settled(s.x.step)), result.step);
    s.scale.push_back(stored_scale(double(step)));
    if (!(exact::magnitude(sum[k]) < 0x1p30)) return s;
  }
  if (!settle_sums(s, sum)) return s;
  s.at = at, y = result;
  return s;
}

// What an int8 linear operation is besides its place: zero points, format, clip. y: the edge that it writes, or none
// where its result is f32.
inline op linear_numbers(stored_linear const& s, edge const& y, op o) {
  o.from = dtype::u8, o.weights = dtype::i8, o.type = y.fits() ? dtype::u8 : dtype::f32;
  o.from_zero = static_cast<std::uint8_t>(s.x.zero);
  if (!y.fits()) return o;
  o.zero = static_cast<std::uint8_t>(y.zero);
  if (s.within.low > -__builtin_inff()) o.least = stored_number(y, s.within.low);
  if (s.within.high < __builtin_inff()) o.most = stored_number(y, s.within.high);
  return o;
}
// Lowers s as value i.
inline void emit_linear(context& c, int i, stored_linear const& s, edge const& y) {
  op const& old = c.at(s.at);
  bool const conv = s.image.fits;
  layout const from = conv               ? s.image.p.from
                      : s.rows.rows == 1 ? c.natural(s.x.value)
                                         : rows_of(c.at(s.x.value).out.size());
  int const x = c.stored_u8(s.x.value, from);
  op o = linear_numbers(s, y, conv ? linear_op(c, s.image, x, old.layer) : product_op(c, s.rows, x, old.layer));
  buffer w = conv ? s.image.weights(s.weights.data())
                  : product_weights(s.rows, s.weights.data(), s.rows.rows == 1 ? from : rows_of(s.rows.k));
  std::array<int, 4> const dims = conv ? s.image.dims : std::array<int, 4>{1, 1, s.rows.k, s.rows.n};
  std::vector<std::int32_t> bias = s.bias;
  std::vector<float> scale = s.scale;
  for (double step : s.scale.empty() ? s.steps : std::vector<double>{})
    scale.push_back(stored_scale(y.fits() ? step / double(y.step) : step));
  o.in = op_at(c.graph(), o.input[0]).out;
  int const rows = dims[0] * dims[1] * dims[2];
  settle_constant_columns(o, rows, w.as<std::int8_t>(), bias.data(), scale.data());
  char const* const flaw = set_int8_flags(o, {rows, w.as<std::int8_t>(), bias.data(), nullptr});
  if (flaw != nullptr)
    raise("cannot lower a network", message() << "its int8 weights have " << flaw,
          c.old.layers[static_cast<std::size_t>(old.layer)].name.c_str(), "quantise this layer with smaller weights");
  o.param[slot::weight] = c.leaf(o.layer, role::weight, dims, dtype::i8, static_cast<buffer&&>(w));
  o.param[slot::bias] = c.vector_leaf(o.layer, role::bias, dtype::i32, bias);
  o.param[slot::scale] = c.vector_leaf(o.layer, role::scale, dtype::f32, scale);
  c.define(i, emit(c.graph(), o), conv ? s.image.p.to : rows_of(c.at(i).out.size()), c.at(i).type == dtype::i8);
}

// A sum or product of two edges, or the mean of one over windows or all positions.
struct stored_pair {
  edge a{}, b{};
  bool product{};
  bounds within{};
};
inline stored_pair pair_of(context& c, int i, bounds const& b) {
  op const& o = c.at(i);
  stored_pair p{};
  if (!is(o, nd::binary_kind) || o.type != dtype::f32) return p;
  auto const fn = static_cast<nd::binary_fn>(c.form(o).i[0]);
  if (fn != nd::binary_fn::add && fn != nd::binary_fn::mul) return p;
  for (std::size_t k = 0; k < 2; ++k)
    if (c.at(o.input[k]).out.size() != o.out.size()) return p;
  p.a = edge_of(c, o.input[0]), p.b = edge_of(c, o.input[1]);
  if (!p.b.fits()) p.a = {};
  p.product = fn == nd::binary_fn::mul, p.within = b;
  return p;
}
inline op bounded(op o, edge const& y, bounds const& b) {
  o.from = o.type = dtype::u8, o.zero = static_cast<std::uint8_t>(y.zero);
  if (b.low > -__builtin_inff()) o.least = stored_number(y, b.low);
  if (b.high < __builtin_inff()) o.most = stored_number(y, b.high);
  return o;
}
inline void emit_pair(context& c, int i, stored_pair const& p, edge const& y, int layer) {
  layout const rows = rows_of(c.at(i).out.size()), first = c.natural(p.a.value),
               l = c.is_known(p.a.value) || first == rows ? c.natural(p.b.value) : first;
  int a = c.stored_u8(p.a.value, l), b = c.stored_u8(p.b.value, l);
  shape const sa = op_at(c.graph(), a).out, sb = op_at(c.graph(), b).out, s = sa == shape{1, 1, sa.size()} ? sb : sa;
  a = c.image(a, s), b = c.image(b, s);
  op o = bounded(nn::reading(p.product ? qmul_kind : qadd_kind, a, layer), y, p.within);
  o.input[1] = static_cast<std::int16_t>(b);
  o.from_zero = static_cast<std::uint8_t>(p.a.zero), o.addend_zero = static_cast<std::uint8_t>(p.b.zero);
  o.param[slot::scale] = c.vector_leaf(
      layer, role::scale, dtype::f32, std::vector<float>{p.a.step, p.b.step, stored_scale(1 / double(y.step))});
  c.define(i, emit(c.graph(), o), l, c.at(i).type == dtype::i8);
}

struct stored_mean {
  edge x{};
  plane window{};  // of a pool
  int at{-1};      // the pool or reduction; -1: there is none
  bounds within{};
};
inline stored_mean mean_of(context& c, int i, bounds const& b) {
  op const& o = c.at(i);
  stored_mean m{};
  bool const pool = is(o, nd::average_pool_kind);
  if ((!pool && !is(o, nd::reduce_kind)) || o.type != dtype::f32 || o.out.size() == 0) return m;
  m.x = edge_of(c, o.input[0]), m.within = b;
  if (!m.x.fits() || c.is_known(m.x.value)) return m;
  extents const d = c.dims(o.input[0]);
  if (pool) {
    m.window = plane_of(nd::window_of(c.form(o)), d, c.dims(i));
    bool const fits = m.window.fits && uniform(m.window, c.form(o), d) && !m.window.win.padded();
    if (!fits) return m;
  } else {
    if (c.form(o).i[0] != int(nd::reduce_fn::mean)) return m;
  }
  m.at = i;
  return m;
}
inline void emit_mean(context& c, int i, stored_mean const& m, edge const& y) {
  op const& old = c.at(m.at);
  extents const d = c.dims(old.input[0]);
  layout from = m.window.from, to = m.window.to;
  plane p = m.window;
  if (!p.fits) {  // over dimensions: those are the pixels
    std::int32_t const gone = c.form(old).i[1];
    extents order, kept = d;
    for (int k = 0; k < d.rank; ++k)
      if ((gone >> k & 1) != 0) order.push_back(k), kept[k] = 1;
    int const pixels = static_cast<int>(d.size() / kept.size());
    for (int k = 0; k < d.rank; ++k)
      if ((gone >> k & 1) == 0) order.push_back(k);
    from = stored_in(d, order), to = stored_in(kept, order);
    p.in = {1, pixels, static_cast<int>(kept.size())}, p.win = {1, pixels, 1, pixels};
  }
  op o = bounded(nn::reading(avg_pool_kind, c.image(c.stored_u8(m.x.value, from), p.in), old.layer), y, m.within);
  o.win = p.win, o.from_zero = static_cast<std::uint8_t>(m.x.zero);
  float const scale = stored_scale(double(m.x.step) / (double(y.step) * p.win.taps()));
  o.param[slot::scale] = c.vector_leaf(old.layer, role::scale, dtype::f32, std::vector<float>{scale});
  c.define(i, emit(c.graph(), o), to, c.at(i).type == dtype::i8);
}

// f32 value x as an edge.
inline void emit_quantize(context& c, int i, edge const& y) {
  op const& old = c.at(i);
  layout const l = c.natural(old.input[0]);
  op o = nn::reading(quantize_kind, c.stored(old.input[0], l), old.layer);
  o.type = dtype::u8, o.zero = static_cast<std::uint8_t>(y.zero), o.form = op_at(c.graph(), o.input[0]).form;
  o.param[slot::scale] =
      c.vector_leaf(old.layer, role::scale, dtype::f32, std::vector<float>{stored_scale(1 / double(y.step))});
  c.define(i, emit(c.graph(), o), l, old.type == dtype::i8);
}
// An edge as f32 value i.
inline void emit_dequantize(context& c, int i, edge const& x) {
  layout const l = c.natural(x.value);
  op o = nn::reading(dequantize_kind, c.stored_u8(x.value, l), c.at(i).layer);
  o.from = dtype::u8, o.from_zero = static_cast<std::uint8_t>(x.zero), o.form = op_at(c.graph(), o.input[0]).form;
  o.param[slot::scale] = c.vector_leaf(o.layer, role::scale, dtype::f32, std::vector<float>{x.step});
  c.define(i, emit(c.graph(), o), l);
}

}  // namespace hone::inline HONE_ABI::pass::lowering
