#pragma once
#include <hone/nn/nd/routines.hpp>
#include <hone/nn/nd/widened.hpp>
#include <hone/nn/nd/window.hpp>

namespace hone::inline HONE_ABI::nd {

// Transposed convolutions: every element of x adds w, times itself, to a window of y. x is [n][c][spatial], w is
// [c][m / groups][kernel]; in each dimension y has stride * (in - 1) + output_padding + dilation * (kernel - 1) + 1 -
// before - after elements.

inline constexpr std::size_t conv_transpose_groups = own_attribute, conv_transpose_columns = own_attribute + 1;

// y[m][.] += columns[p][m][taps], for the n positions p of x from `first`: window p, where it lies inside y.
template <class T>
void add_windows(T* y, window_3d const& w, int results, T const* columns, int first, int n) {
  for (int p = first; p < first + n; ++p) {
    int const c = p % w.in[2] * w.stride[2] - w.before[2], r = p / w.in[2] % w.in[1] * w.stride[1] - w.before[1],
              l = p / w.in[2] / w.in[1] * w.stride[0] - w.before[0];
    T* to = y;
    for (int m = 0; m < results; ++m, to += w.positions_out())
      for (int a = 0; a < w.kernel[0]; ++a)
        for (int b = 0; b < w.kernel[1]; ++b, columns += w.kernel[2]) {
          int const ya = l + a * w.dilation[0], yb = r + b * w.dilation[1];
          if (ya < 0 || ya >= w.out[0] || yb < 0 || yb >= w.out[1]) continue;
          T* const line = to + (std::ptrdiff_t{ya} * w.out[1] + yb) * w.out[2];
          for (int e = 0; e < w.kernel[2]; ++e) {
            int const ye = c + e * w.dilation[2];
            if (ye >= 0 && ye < w.out[2]) line[ye] += columns[e];
          }
        }
  }
}

inline void evaluate_conv_transpose(tensor_args const& a) {
  with_float(a.type, [&]<class T>(T) {
    extents const &dx = a.in[0].dims, &dw = a.in[1].dims;
    window_3d const w = window_between(*a.form, dx, a.form->dims);
    int const groups = a.form->i[conv_transpose_groups], most = a.form->i[conv_transpose_columns],
              channels = dw[0] / groups, results = dw[1], in = static_cast<int>(w.positions_in()),
              row = results * w.taps();
    std::ptrdiff_t const out = w.positions_out();
    T const *x = a.in[0].as<T>(), *bias = a.in[2].as<T>();
    T *y = static_cast<T*>(a.out), *columns = static_cast<T*>(a.scratch);
    for (int i = 0; i < dx[0]; ++i)
      for (int g = 0; g < groups; ++g, x += std::ptrdiff_t{channels} * in, y += results * out) {
        for (int m = 0; m < results; ++m)
          for (std::ptrdiff_t p = 0; p < out; ++p) y[m * out + p] = bias != nullptr ? bias[g * results + m] : T{};
        T const* const own = a.in[1].as<T>() + std::ptrdiff_t{g} * channels * row;
        for (int first = 0; first < in; first += most) {
          int const n = in - first < most ? in - first : most;
          for (std::ptrdiff_t k = 0; k < std::ptrdiff_t{n} * row; ++k) columns[k] = T{};
          routines<T>(a).add_product(columns, row, x + first, 1, in, own, row, n, row, channels);
          add_windows(y, w, results, columns, first, n);
        }
      }
  });
}
inline constexpr op_kind conv_transpose_kind = tensor_kind("conv_transpose", evaluate_conv_transpose);

// bias (-1: none) is [m]; output_padding may be empty (zeros). Operands are floats, all of one type.
template <class G>
constexpr int conv_transpose(G& g, int x, int w, int bias, window_nd win, extents const& output_padding = {},
                             int groups = 1, int layer = -1) {
  if (is_short(g, x)) {
    auto const in = widened(g, {x, w, bias}, layer);
    int const y = conv_transpose(g, in[0], in[1], in[2], win, output_padding, groups, layer);
    return typed_as(g, y, x, layer);
  }
  op o = nn::reading(conv_transpose_kind, x, layer);
  set_operand(o, 1, w), set_operand(o, 2, bias);
  o.type = op_at(g, x).type;
  extents const dx = dims_of(g, x), dw = dims_of(g, w);
  tensor_form f{};
  f.dims = {1};
  auto const refuse = [&](fix how) { return misfit(g, o, how, dw, dx), emit_tensor(g, o, f); };
  if (!is_real(o.type) || op_at(g, w).type != o.type) return refuse(fix::give_a_supported_type);
  int const rank = dx.rank - 2;
  if (dx.rank != dw.rank || rank < 1 || rank > 3) return refuse(fix::give_a_supported_rank);
  if (groups < 1 || dw[0] != dx[1] || dw[0] % groups != 0 || std::int64_t{dw[1]} * groups > most_elements)
    return refuse(fix::give_extents_that_match);
  if (!fits(g, bias, o.type, std::int64_t{dw[1]} * groups)) return refuse(fix::give_extents_that_match);
  extents kernel{};
  for (int d = 0; d < rank; ++d) kernel.push_back(dw[d + 2]);
  if (win.kernel.rank != 0 && !(win.kernel == kernel)) return refuse(fix::give_extents_that_match);
  win.kernel = kernel;
  if (!complete(win, rank) || (output_padding.rank != 0 && output_padding.rank != rank))
    return refuse(fix::give_valid_attributes);
  f.dims = {dx[0], dw[1] * groups};
  for (int d = 0; d < rank; ++d) {
    std::int64_t const n =
        std::int64_t{win.strides[d]} * (dx[d + 2] - 1) + (output_padding.rank != 0 ? output_padding[d] : 0) +
        std::int64_t{win.kernel[d] - 1} * win.dilations[d] + 1 - win.before[d] - win.after[d];
    if (n < 0) return refuse(fix::give_valid_attributes);
    f.dims.push_back(static_cast<std::int32_t>(n < most_elements ? n : most_elements + 1));
  }
  set_window(f, win);
  double const row = static_cast<double>(dw.count(1, dw.rank)), in = static_cast<double>(dx.count(2, dx.rank));
  int const fitting = static_cast<int>((1 << 17) / (row * size_of(o.type) + 1));
  f.i[conv_transpose_groups] = groups;
  f.i[conv_transpose_columns] = fitting < 4 ? 4 : fitting < 4096 ? fitting : 4096;
  set_work(g, o, dx[0] * in * dw[0] * row, row * f.i[conv_transpose_columns] * size_of(o.type));
  return emit_tensor(g, o, f);
}

}  // namespace hone::inline HONE_ABI::nd
