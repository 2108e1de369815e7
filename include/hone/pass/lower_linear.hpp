#pragma once
#include <hone/nn/nd/conv.hpp>
#include <hone/nn/nd/matmul.hpp>
#include <hone/nn/nd/qlinear.hpp>
#include <hone/pass/lower_window.hpp>

namespace hone::inline HONE_ABI::pass::lowering {

// Linear operations in f32 with known weights: convolutions, matrix products. Each function lowers operation i of the
// old network if it is one that it knows, and says whether it did.

// bias[n] as a parameter, zeros where there is none.
inline std::int16_t bias_leaf(context& c, int layer, float const* bias, int n, float factor = 1) {
  std::vector<float> b(static_cast<std::size_t>(n), 0.f);
  for (std::size_t k = 0; bias != nullptr && k < b.size(); ++k) b[k] = factor * bias[k];
  return c.vector_leaf(layer, role::bias, dtype::f32, b);
}

inline bool lower_conv(context& c, int i) {
  op const& o = c.at(i);
  tensor_view const w = c.known(o.input[1]), bias = c.known(o.input[2]);
  if (!is(o, nd::conv_kind) || o.type != dtype::f32 || !w.present() || (o.input[2] >= 0 && !bias.present()))
    return false;
  int const x = o.input[0];
  linear_form const f =
      linear_form_of(nd::window_of(c.form(o)), c.form(o).i[nd::conv_groups], c.dims(x), w.dims, c.dims(i));
  if (!f.fits) return false;
  op n = linear_op(c, f, c.stored(x, f.p.from), o.layer);
  n.param[slot::weight] = c.leaf(o.layer, role::weight, f.dims, dtype::f32, f.weights(w.as<float>()));
  n.param[slot::bias] = bias_leaf(c, o.layer, bias.as<float>(), f.results);
  c.define(i, emit(c.graph(), n), f.p.to);
  return true;
}

// A product of some rows [rows][k] by a known matrix [k][n], to which a known vector [n] may be added.
struct product {
  bool fits{};
  int x{}, w{}, bias{-1};  // the operand that is not known, the matrix, the vector (-1: none)
  int rows{}, k{}, n{};
  std::int32_t row_step{}, column_step{};  // weight [a][b] is matrix[a * row_step + b * column_step]
  float alpha{1}, beta{1};
};
inline product product_of(context const& c, int i) {
  op const& o = c.at(i);
  product p{};
  bool const gemm = is(o, nd::gemm_kind);
  if (!gemm && !is(o, nd::matmul_kind) && !is(o, nd::matmul_integer_kind)) return p;
  p.x = o.input[0], p.w = o.input[1];
  extents const a = c.dims(p.x), b = c.dims(p.w), y = c.dims(i);
  if (a.size() == 0 || b.size() == 0) return p;
  if (!c.is_known(p.w)) {  // a known matrix by a vector
    p.x = o.input[1], p.w = o.input[0];
    bool const vector = b.rank == 1 || (b.rank == 2 && b[1] == 1);
    p.rows = 1, p.k = b[0], p.n = a[0], p.row_step = 1, p.column_step = p.k;
    p.fits = !gemm && c.is_known(p.w) && vector && a.rank == 2;
    return p;
  }
  auto const& f = c.form(o);
  bool const turned_a = gemm && f.i[0] != 0, turned_b = gemm && f.i[1] != 0;
  if (gemm) p.alpha = f.f[0], p.beta = f.f[1], p.bias = o.input[2];
  p.n = b.rank == 1 ? 1 : y[y.rank - 1];
  p.k = static_cast<std::int32_t>(b.size() / p.n), p.rows = static_cast<std::int32_t>(a.size() / p.k);
  p.row_step = turned_b ? 1 : p.n, p.column_step = turned_b ? p.k : 1;
  bool const one_matrix = b.rank == 1 || b.count(0, b.rank - 2) == 1;
  bool const whole = a[a.rank - (turned_a ? 2 : 1)] == p.k && b[b.rank == 1 ? 0 : b.rank - (turned_b ? 1 : 2)] == p.k;
  p.fits = one_matrix && whole && (!turned_a || p.rows == 1);
  if (p.bias >= 0) {
    extents const d = c.dims(p.bias);
    bool const row = d.size() == 1 || (d.size() == p.n && (d.rank == 0 || d[d.rank - 1] == p.n));
    p.fits = p.fits && c.is_known(p.bias) && row;
  }
  return p;
}
// The matrix as weights [k][n], the rows in the order in which the operand is stored.
template <class T>
buffer product_weights(product const& p, T const* matrix, layout const& stored) {
  buffer b(static_cast<std::size_t>(p.k) * static_cast<std::size_t>(p.n) * sizeof(T));
  T* to = b.as<T>();
  for (std::int32_t row : indices_of(stored))
    for (int col = 0; col < p.n; ++col) *to++ = matrix[row * p.row_step + col * p.column_step];
  return b;
}
// The operation: one row is a vector, whatever its layout; several are pixels.
inline op product_op(context& c, product const& p, int x, int layer) {
  op o = nn::reading(p.rows == 1 ? dense_kind : conv2d_kind, p.rows == 1 ? x : c.image(x, {1, p.rows, p.k}), layer);
  o.out.c = p.n;
  return o;
}
inline layout product_layout(context const& c, product const& p) {
  return p.rows == 1 ? c.natural(p.x) : rows_of(c.at(p.x).out.size());
}
inline bool lower_product(context& c, int i) {
  op const& o = c.at(i);
  product const p = o.type == dtype::f32 ? product_of(c, i) : product{};
  if (!p.fits) return false;
  layout const from = product_layout(c, p);
  op n = product_op(c, p, c.stored(p.x, from), o.layer);
  buffer w = product_weights(p, c.known(p.w).as<float>(), p.rows == 1 ? from : rows_of(p.k));
  for (std::size_t k = 0; p.alpha != 1 && k < w.size() / sizeof(float); ++k) w.as<float>()[k] *= p.alpha;
  n.param[slot::weight] = c.leaf(o.layer, role::weight, {1, 1, p.k, p.n}, dtype::f32, static_cast<buffer&&>(w));
  std::vector<float> bias(static_cast<std::size_t>(p.n), 0.f);
  tensor_view const v = c.known(p.bias);
  for (std::size_t k = 0; v.present() && k < bias.size(); ++k)
    bias[k] = p.beta * v.as<float>()[v.dims.size() == 1 ? 0 : k];
  n.param[slot::bias] = c.vector_leaf(o.layer, role::bias, dtype::f32, bias);
  c.define(i, emit(c.graph(), n), rows_of(o.out.size()));
  return true;
}

}  // namespace hone::inline HONE_ABI::pass::lowering
