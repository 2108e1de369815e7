#pragma once
#include <hone/nn/nd/arithmetic.hpp>

namespace hone::inline HONE_ABI::nd {

// The window of a convolution or pool over one to three spatial dimensions. An empty list means ones (strides,
// dilations), zeros (before, after: the padding) or, for convolutions, the weights' extents (kernel).
struct window_nd {
  extents kernel{}, strides{}, before{}, after{}, dilations{};
};

// The same for three dimensions, missing ones in front, with the spatial extents of both sides: what evaluations use.
struct window_3d {
  std::array<int, 3> kernel{}, stride{}, before{}, after{}, dilation{}, in{}, out{};

  constexpr int taps() const { return kernel[0] * kernel[1] * kernel[2]; }
  constexpr std::ptrdiff_t positions_in() const { return std::ptrdiff_t{in[0]} * in[1] * in[2]; }
  constexpr std::ptrdiff_t positions_out() const { return std::ptrdiff_t{out[0]} * out[1] * out[2]; }
};

// Attributes of a form that hold a window: 15, then the number of spatial dimensions; the kind's own begin at
// own_attribute.
inline constexpr std::size_t own_attribute = 16;

// The window of an operation whose result has form f, as its builder completed it.
constexpr window_nd window_of(tensor_form const& f) {
  window_nd w{};
  extents* const lists[5] = {&w.kernel, &w.strides, &w.before, &w.after, &w.dilations};
  int const rank = f.i[15];
  for (int l = 0; l < 5; ++l)
    for (int d = 3 - rank; d < 3; ++d) lists[l]->push_back(f.i[static_cast<std::size_t>(3 * l + d)]);
  return w;
}
constexpr void set_window(tensor_form& f, window_nd const& w) {
  extents const* const lists[5] = {&w.kernel, &w.strides, &w.before, &w.after, &w.dilations};
  int const rank = w.kernel.rank;
  for (int l = 0; l < 5; ++l)
    for (int d = 0; d < 3; ++d) {
      int const missing = l == 2 || l == 3 ? 0 : 1;
      f.i[static_cast<std::size_t>(3 * l + d)] = d < 3 - rank ? missing : (*lists[l])[d - (3 - rank)];
    }
  f.i[15] = rank;
}
// For evaluation: `in` and `out` are [n][c][spatial].
constexpr window_3d window_between(tensor_form const& f, extents const& in, extents const& out) {
  window_3d w{};
  int const missing = 3 - f.i[15];
  for (std::size_t d = 0; d < 3; ++d) {
    w.kernel[d] = f.i[d], w.stride[d] = f.i[3 + d], w.before[d] = f.i[6 + d], w.after[d] = f.i[9 + d];
    w.dilation[d] = f.i[12 + d];
    int const at = static_cast<int>(d) - missing;
    w.in[d] = at < 0 ? 1 : in[at + 2], w.out[d] = at < 0 ? 1 : out[at + 2];
  }
  return w;
}

// w with its empty lists filled in for `rank` spatial dimensions. False where a list has another length, or numbers
// that no window can have.
constexpr bool complete(window_nd& w, int rank) {
  if (rank < 1 || rank > 3) return false;
  auto const filled = [rank](extents& list, int value, int least) {
    for (bool const empty = list.rank == 0; empty && list.rank < rank;) list.push_back(value);
    if (list.rank != rank) return false;
    for (int v : list)
      if (v < least || v > most_elements) return false;
    return true;
  };
  return filled(w.kernel, 1, 1) && filled(w.strides, 1, 1) && filled(w.before, 0, -most_elements) &&
         filled(w.after, 0, -most_elements) && filled(w.dilations, 1, 1);
}

// How many windows of one dimension fit into n with the padding, less one stride at most; with `ceil` a last one may
// reach past the padding's end, if it begins before (ONNX, PyTorch). -1: not even one.
constexpr std::int64_t windows(std::int64_t n, window_nd const& w, int d, bool ceil) {
  std::int64_t const span = std::int64_t{w.kernel[d] - 1} * w.dilations[d] + 1, stride = w.strides[d],
                     room = n + w.before[d] + w.after[d] - span;
  if (room < 0) return -1;
  std::int64_t const count = (ceil ? room + stride - 1 : room) / stride + 1;
  return ceil && (count - 1) * stride >= n + w.before[d] ? count - 1 : count;
}

// Fills in f.dims[2..) and the window of f for a window that slides over x. False, having noted it, where it does not
// fit.
template <class G>
constexpr bool slide(G& g, op const& o, tensor_form& f, extents const& x, window_nd w, bool ceil = false) {
  int const rank = x.rank - 2;
  if (rank < 1 || rank > 3) return misfit(g, o, fix::give_a_supported_rank, {1, 1, 1}, x), false;
  if (!complete(w, rank)) return misfit(g, o, fix::give_valid_attributes, w.strides, w.kernel), false;
  for (int d = 0; d < rank; ++d) {
    std::int64_t const n = windows(x[d + 2], w, d, ceil);
    if (n < 0) return misfit(g, o, fix::use_same_padding_or_a_smaller_window, w.kernel, x), false;
    f.dims.push_back(static_cast<std::int32_t>(n < most_elements ? n : most_elements + 1));
  }
  set_window(f, w);
  return true;
}

}  // namespace hone::inline HONE_ABI::nd
