#pragma once
#include <hone/nn/nd/conv.hpp>
#include <hone/nn/nd/matmul.hpp>
#include <hone/nn/nd/quantize.hpp>

namespace hone::inline HONE_ABI::nd {

// Products of stored numbers, exact in i32 (sums wrap), and what ONNX's QLinear operations make of them: first the i32
// sums, then `requantize`.

// to[i] = from[i] - the zero point of i, for rows of n numbers; there is one zero, or one a row.
template <class X>
void subtract_zero(std::uint32_t* to, X const* from, tensor_view const& zero, std::ptrdiff_t first_row,
                   std::ptrdiff_t rows, std::ptrdiff_t n) {
  std::ptrdiff_t const zeros = zero.present() ? zero.dims.size() : 0;
  for (std::ptrdiff_t r = 0; r < rows; ++r)
    for (std::ptrdiff_t i = 0; i < n; ++i)
      to[r * n + i] = static_cast<std::uint32_t>(from[r * n + i]) -
                      (zeros > 0 ? element<std::uint32_t>(zero, (first_row + r) % zeros) : 0u);
}
template <class F>
void with_byte(dtype t, F f) {
  if (t == dtype::i8)
    f(std::int8_t{});
  else
    f(std::uint8_t{});
}

// Operands: x, w, zero of x, zero of w, bias.
inline void evaluate_conv_integer(tensor_args const& a) {
  extents const& dw = a.in[1].dims;
  std::uint32_t* const weights = static_cast<std::uint32_t*>(a.scratch);
  with_byte(a.in[1].type,
            [&]<class W>(W) { subtract_zero(weights, a.in[1].as<W>(), a.in[3], 0, dw[0], dw.count(1, dw.rank)); });
  with_byte(a.in[0].type, [&]<class X>(X) {
    auto c = convolution_of<std::uint32_t, X>(*a.form, a.in[0], dw);
    c.zero = a.in[2].present() ? element<std::uint32_t>(a.in[2], 0) : 0u;
    c.weights = weights, c.scratch = weights + dw.size();
    c.run(static_cast<std::uint32_t*>(a.out), a.in[0].dims[0], a.in[4].as<std::uint32_t>());
  });
}
inline constexpr op_kind conv_integer_kind = tensor_kind("conv_integer", evaluate_conv_integer);

// The sums (i32) of a convolution of stored numbers, u8 or i8, minus their zero points (-1: 0; w's may be one a result
// channel), plus a bias ([m], i32; -1: none).
template <class G>
constexpr int conv_sums(G& g, int x, int w, int x_zero, int w_zero, int bias, window_nd const& win, int groups,
                        int layer) {
  op o = reading(g, conv_integer_kind, layer, {x, w, x_zero, w_zero, bias});
  extents const dx = dims_of(g, x), dw = dims_of(g, w);
  tensor_form f{};
  want_type(g, o, is_byte(o.type) && is_byte(op_at(g, w).type));
  dtype const tx = o.type, tw = op_at(g, w).type;
  o.type = dtype::i32;
  if (!infer_conv(g, o, f, dx, dw, win, groups, 4)) return emit_tensor(g, o, f);
  if (!fits(g, x_zero, tx, 1) || (!fits(g, w_zero, tw, 1) && !fits(g, w_zero, tw, dw[0])) ||
      !fits(g, bias, dtype::i32, dw[0]))
    misfit(g, o, fix::give_extents_that_match, dx, dw);
  set_work(g, o, o.macs, o.scratch + 4.0 * static_cast<double>(dw.size()));
  return emit_tensor(g, o, f);
}
// ONNX's ConvInteger: the same without a bias.
template <class G>
constexpr int conv_integer(G& g, int x, int w, int x_zero, int w_zero, window_nd const& win, int groups = 1,
                           int layer = -1) {
  return conv_sums(g, x, w, x_zero, w_zero, -1, win, groups, layer);
}

// Operands: a, b, zero of a, zero of b.
inline void evaluate_matmul_integer(tensor_args const& t) {
  matmul_shape const s = matmul_of(t.in[0].dims, t.in[1].dims);
  std::ptrdiff_t const na = std::ptrdiff_t{s.m} * s.k, nb = std::ptrdiff_t{s.k} * s.n,
                       zeros = t.in[3].present() ? t.in[3].dims.size() : 0;
  std::uint32_t *const a = static_cast<std::uint32_t*>(t.scratch), *const b = a + na;
  each_matrix(s, [&](std::ptrdiff_t ia, std::ptrdiff_t ib, std::ptrdiff_t iy) {
    with_byte(
        t.in[0].type, [&]<class X>(X) { subtract_zero(a, t.in[0].as<X>() + ia * na, t.in[2], ia * s.m, s.m, s.k); });
    with_byte(t.in[1].type, [&]<class X>(X) {
      for (std::ptrdiff_t i = 0; i < nb; ++i) b[i] = static_cast<std::uint32_t>(t.in[1].as<X>()[ib * nb + i]);
    });
    for (std::ptrdiff_t c = 0; zeros > 0 && c < s.n; ++c) {
      auto const zero = element<std::uint32_t>(t.in[3], zeros == 1 ? 0 : ib % (zeros / s.n) * s.n + c);
      for (std::ptrdiff_t r = 0; r < s.k; ++r) b[r * s.n + c] -= zero;
    }
    multiply(routines<std::uint32_t>{}, static_cast<std::uint32_t*>(t.out) + iy * s.m * s.n, a, b, s.m, s.n, s.k);
  });
}
inline constexpr op_kind matmul_integer_kind = tensor_kind("matmul_integer", evaluate_matmul_integer);

// Whether there is none, one, or one of each of `n` (of the batch's matrices, too: a multiple of n that divides `all`).
template <class G>
constexpr bool one_or_each(G const& g, int x, std::int64_t n, std::int64_t all) {
  if (x < 0) return true;
  std::int64_t const have = op_at(g, x).out.size();
  return have == 1 || (n > 0 && have > 0 && have % n == 0 && all % have == 0);
}

// The sums (i32) of a product of stored numbers, u8 or i8, minus their zero points: -1: 0; a's may be one a row, b's
// one a column.
template <class G>
constexpr int matmul_integer(G& g, int a, int b, int a_zero, int b_zero, int layer = -1) {
  op o = reading(g, matmul_integer_kind, layer, {a, b, a_zero, b_zero});
  extents const da = dims_of(g, a), db = dims_of(g, b);
  matmul_shape const s = matmul_of(da, db);
  tensor_form f{};
  want_type(g, o,
            is_byte(o.type) && is_byte(op_at(g, b).type) && (a_zero < 0 || op_at(g, a_zero).type == o.type) &&
                (b_zero < 0 || op_at(g, b_zero).type == op_at(g, b).type));
  o.type = dtype::i32;
  if (!s.good || !one_or_each(g, a_zero, s.m, s.a.size() * s.m) || !one_or_each(g, b_zero, s.n, s.b.size() * s.n))
    misfit(g, o, fix::give_extents_that_match, da, db);
  else
    f.dims = matmul_dims(s, da, db);
  set_work(g, o, static_cast<double>(f.dims.size()) * s.k, 4.0 * s.k * (static_cast<double>(s.m) + s.n));
  return emit_tensor(g, o, f);
}

// Operands: sums, scale of rows, scale of columns, scale and zero of the result. Attributes: i = { rows, columns }.
inline void evaluate_requantize(tensor_args const& t) {
  std::ptrdiff_t const rows = t.form->i[0], columns = t.form->i[1], all = t.form->dims.size(),
                       by_row = t.in[1].dims.size(), by_column = t.in[2].dims.size();
  std::int32_t const zero = t.in[4].present() ? element<std::int32_t>(t.in[4], 0) : 0;
  float const result = element<float>(t.in[3], 0);
  with_byte(t.type, [&]<class Y>(Y) {
    for (std::ptrdiff_t row = 0; row * columns < all; ++row) {
      float const own = element<float>(t.in[1], row % by_row);
      std::ptrdiff_t const first = by_column == 1 ? 0 : row / rows % (by_column / columns) * columns;
      float factor{};
      for (std::ptrdiff_t c = 0; c < columns; ++c) {
        if (c == 0 || by_column > 1)
          factor = quotient(settled(own * element<float>(t.in[2], by_column == 1 ? 0 : first + c)), result);
        static_cast<Y*>(t.out)[row * columns + c] =
            to_stored<Y>(rescale(t.in[0].as<std::int32_t>()[row * columns + c], factor), zero);
      }
    }
  });
}
inline constexpr op_kind requantize_kind = tensor_kind("requantize", evaluate_requantize);

// clip(round(f32(sum) * (row scale * column scale / result scale)) + zero): stored numbers of zero's type. sums are
// i32, seen as [...][rows][columns]; a scale is one number, or one a row (or column).
template <class G>
constexpr int requantize(G& g, int sums, int row_scale, int column_scale, int scale, int zero, dtype to, int rows,
                         int columns, int layer = -1) {
  op o = reading(g, requantize_kind, layer, {sums, row_scale, column_scale, scale, zero});
  o.type = to;
  extents const d = dims_of(g, sums);
  want_type(g, o, is_byte(to) && op_at(g, sums).type == dtype::i32 && (zero < 0 || op_at(g, zero).type == to));
  for (int s : {row_scale, column_scale, scale}) want_type(g, o, is_float(op_at(g, s).type));
  std::int64_t const lines = columns > 0 ? d.size() / columns : 0, matrices = rows > 0 ? lines / rows : 0;
  if (!one_or_each(g, row_scale, rows, lines) || !one_or_each(g, column_scale, columns, matrices * columns) ||
      !one_or_each(g, scale, 1, 1) || !one_or_each(g, zero, 1, 1))
    misfit(g, o, fix::give_extents_that_match, d, dims_of(g, row_scale));
  return emit_tensor(g, o, {.dims = d, .i = {rows, columns}});
}

// ONNX's QLinearConv, operands in its order: scales and zero points of x, w and y; w's may be one a result channel;
// bias is i32. Appends a conv_integer and a requantize.
template <class G>
constexpr int qlinear_conv(G& g, int x, int x_scale, int x_zero, int w, int w_scale, int w_zero, int y_scale,
                           int y_zero, int bias, window_nd const& win, int groups = 1, int layer = -1) {
  dtype const to = op_at(g, y_zero >= 0 ? y_zero : x).type;
  int const sums = conv_sums(g, x, w, x_zero, w_zero, bias, win, groups, layer);
  extents const d = dims_of(g, sums);
  int const rows = d.rank > 1 ? d[1] : 1;
  // Rows are channels here: the scale of w goes by row.
  return requantize(g, sums, w_scale, x_scale, y_scale, y_zero, to, rows, static_cast<int>(d.count(2, d.rank)), layer);
}
// ONNX's QLinearMatMul, operands in its order: a's scale and zero point may be one a row, b's one a column.
template <class G>
constexpr int qlinear_matmul(G& g, int a, int a_scale, int a_zero, int b, int b_scale, int b_zero, int y_scale,
                             int y_zero, int layer = -1) {
  dtype const to = op_at(g, y_zero >= 0 ? y_zero : a).type;
  int const sums = matmul_integer(g, a, b, a_zero, b_zero, layer);
  matmul_shape const s = matmul_of(dims_of(g, a), dims_of(g, b));
  return requantize(g, sums, a_scale, b_scale, y_scale, y_zero, to, s.m, s.n, layer);
}

}  // namespace hone::inline HONE_ABI::nd
