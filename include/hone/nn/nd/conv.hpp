#pragma once
#include <hone/nn/nd/routines.hpp>
#include <hone/nn/nd/widened.hpp>
#include <hone/nn/nd/window.hpp>

namespace hone::inline HONE_ABI::nd {

// Convolutions over one to three spatial dimensions: y[n][m][p] = bias[m] + sum of w[m][c][t] * x[n][c][p + t] over the
// taps t and the channels c of m's group. x is [n][c][spatial], w is [m][c / groups][kernel].

// Attributes of a convolution's form, after the window.
inline constexpr std::size_t conv_groups = own_attribute, conv_columns = own_attribute + 1;

// One call, a group's share of channels at a time.
template <class T, class X>
struct convolution {
  window_3d w{};
  int groups{}, channels{}, results{}, columns{};  // channels and results of one group
  X const* x{};
  T zero{};  // stored number of x that stands for 0
  T const* weights{};
  T* scratch{};  // `columns` positions of what the taps see
  routines<T> math{};

  // An output position: what the first tap sees there.
  struct place {
    int plane{}, row{}, column{};
  };
  place place_of(int position) const {
    return {position / w.out[2] / w.out[1], position / w.out[2] % w.out[1], position % w.out[2]};
  }
  // The line of channel `from` that taps (a, b, .) see at p, null where it lies in the padding.
  X const* line_of(X const* from, place const& p, int a, int b) const {
    int const plane = p.plane * w.stride[0] + a * w.dilation[0] - w.before[0],
              row = p.row * w.stride[1] + b * w.dilation[1] - w.before[1];
    bool const inside = plane >= 0 && plane < w.in[0] && row >= 0 && row < w.in[1];
    return inside ? from + (std::ptrdiff_t{plane} * w.in[1] + row) * w.in[2] : nullptr;
  }
  // scratch[c][tap][p] = what tap `tap` of channel c sees at position first + p, p < n.
  void gather_rows(X const* from, int first, int n) const {
    T* to = scratch;
    place const start = place_of(first);
    for (int c = 0; c < channels; ++c, from += w.positions_in())
      for (int a = 0; a < w.kernel[0]; ++a)
        for (int b = 0; b < w.kernel[1]; ++b)
          for (int e = 0; e < w.kernel[2]; ++e) {
            place at = start;
            for (int left = n; left > 0;) {
              int const run = left < w.out[2] - at.column ? left : w.out[2] - at.column;
              copy_row(to, line_of(from, at, a, b), at.column * w.stride[2] + e * w.dilation[2] - w.before[2],
                       w.stride[2], run);
              to += run, left -= run, at.column = 0;
              if (++at.row == w.out[1]) at.row = 0, ++at.plane;
            }
          }
  }
  // The same as scratch[p][c][tap].
  void gather_windows(X const* from, int first, int n) const {
    T* to = scratch;
    for (int p = 0; p < n; ++p) {
      place const at = place_of(first + p);
      X const* channel = from;
      for (int c = 0; c < channels; ++c, channel += w.positions_in())
        for (int a = 0; a < w.kernel[0]; ++a)
          for (int b = 0; b < w.kernel[1]; ++b, to += w.kernel[2])
            copy_row(to, line_of(channel, at, a, b), at.column * w.stride[2] - w.before[2], w.dilation[2], w.kernel[2]);
    }
  }
  // to[i] = line[from + i * step], i < n, 0 where that is outside or there is no line.
  void copy_row(T* to, X const* line, int from, int step, int n) const {
    int begin = from >= 0 ? 0 : ceil_div(-from, step), end = n;
    if (begin > n || line == nullptr) begin = n;
    if (from + (n - 1) * step >= w.in[2]) end = from < w.in[2] ? ceil_div(w.in[2] - from, step) : 0;
    if (end < begin) end = begin;
    for (int i = 0; i < begin; ++i) to[i] = T{};
    if (step == 1)
      for (int i = begin; i < end; ++i) to[i] = static_cast<T>(static_cast<T>(line[from + i]) - zero);
    else
      for (int i = begin; i < end; ++i) to[i] = static_cast<T>(static_cast<T>(line[from + i * step]) - zero);
    for (int i = end; i < n; ++i) to[i] = T{};
  }

  // y, which holds the bias, of group `group` of one image.
  void add_group(T* y, int image, int group) const {
    std::ptrdiff_t const out = w.positions_out(), depth = std::ptrdiff_t{channels} * w.taps();
    X const* const from = x + (std::ptrdiff_t{image} * groups + group) * channels * w.positions_in();
    T const* const own = weights + group * results * depth;
    for (int first = 0; first < out; first += columns) {
      int const n = static_cast<int>(out - first < columns ? out - first : columns);
      if (n < 4) {
        gather_windows(from, first, n);
        math.add_dots(y + first, out, 1, own, depth, scratch, depth, results, n, static_cast<int>(depth));
      } else {
        gather_rows(from, first, n);
        math.add_product(y + first, out, own, depth, 1, scratch, n, results, n, static_cast<int>(depth));
      }
    }
  }
  // All of it. bias is null, or has one number a result channel.
  void run(T* y, int images, T const* bias) const {
    std::ptrdiff_t const out = w.positions_out();
    for (int i = 0; i < images; ++i)
      for (int group = 0; group < groups; ++group) {
        for (int m = 0; m < results; ++m)
          for (std::ptrdiff_t p = 0; p < out; ++p) y[m * out + p] = bias != nullptr ? bias[group * results + m] : T{};
        add_group(y, i, group);
        y += results * out;
      }
  }
};

// The convolution of form f that reads x and w.
template <class T, class X>
convolution<T, X> convolution_of(tensor_form const& f, tensor_view const& x, extents const& w) {
  convolution<T, X> c{};
  c.w = window_between(f, x.dims, f.dims), c.groups = f.i[conv_groups], c.columns = f.i[conv_columns];
  c.channels = w[1], c.results = w[0] / c.groups, c.x = x.as<X>();
  return c;
}

inline void evaluate_conv(tensor_args const& a) {
  with_float(a.type, [&]<class T>(T) {
    auto c = convolution_of<T, T>(*a.form, a.in[0], a.in[1].dims);
    c.weights = a.in[1].as<T>(), c.scratch = static_cast<T*>(a.scratch), c.math = routines<T>(a);
    c.run(static_cast<T*>(a.out), a.in[0].dims[0], a.in[2].as<T>());
  });
}
inline constexpr op_kind conv_kind = tensor_kind("conv", evaluate_conv);

// Completes o and f for a convolution of x by w in numbers of `bytes` bytes. False, having noted it, where they do not
// fit.
template <class G>
constexpr bool infer_conv(G& g, op& o, tensor_form& f, extents const& x, extents const& w, window_nd win, int groups,
                          int bytes) {
  if (x.rank != w.rank || x.rank < 3 || x.rank > 5) return misfit(g, o, fix::give_a_supported_rank, w, x), false;
  if (groups < 1 || w[0] % groups != 0 || x[1] != std::int64_t{w[1]} * groups)
    return misfit(g, o, fix::give_extents_that_match, w, x), false;
  extents kernel{};
  for (int d = 2; d < w.rank; ++d) kernel.push_back(w[d]);
  if (win.kernel.rank != 0 && !(win.kernel == kernel))
    return misfit(g, o, fix::give_extents_that_match, kernel, win.kernel), false;
  win.kernel = kernel;
  f.dims = {x[0], w[0]};
  if (!slide(g, o, f, x, win)) return false;
  double const depth = static_cast<double>(w.count(1, w.rank));
  std::int64_t const out = f.dims.count(2, f.dims.rank);
  int columns = static_cast<int>((1 << 16) / (depth * bytes + 1)) / 64 * 64;  // fit the caches
  if (columns < 64) columns = 64;
  f.i[conv_groups] = groups, f.i[conv_columns] = columns < out ? columns : static_cast<int>(out);
  set_work(g, o, static_cast<double>(f.dims[0]) * w[0] * static_cast<double>(out) * depth,
           depth * f.i[conv_columns] * bytes);
  return true;
}

// The convolution of x by w; bias (-1: none) is [m]. Operands are floats, all of one type.
template <class G>
constexpr int conv(G& g, int x, int w, int bias, window_nd const& win, int groups = 1, int layer = -1) {
  if (is_short(g, x)) {
    auto const in = widened(g, {x, w, bias}, layer);
    int const y = conv(g, in[0], in[1], in[2], win, groups, layer);
    return typed_as(g, y, x, layer);
  }
  op o = nn::reading(conv_kind, x, layer);
  set_operand(o, 1, w), set_operand(o, 2, bias);
  o.type = op_at(g, x).type;
  tensor_form f{};
  extents const dx = dims_of(g, x), dw = dims_of(g, w);
  bool const fit = infer_conv(g, o, f, dx, dw, win, groups, size_of(o.type));
  if (!is_real(o.type) || op_at(g, w).type != o.type) misfit(g, o, fix::give_a_supported_type, dx, dw);
  if (fit && !fits(g, bias, o.type, dw[0])) misfit(g, o, fix::give_extents_that_match, {dw[0]}, dims_of(g, bias));
  return emit_tensor(g, o, f);
}

}  // namespace hone::inline HONE_ABI::nd
