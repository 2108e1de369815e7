#pragma once
#include <hone/nn/conv2d.hpp>
#include <hone/nn/dense.hpp>
#include <hone/nn/depthwise_conv2d.hpp>
#include <hone/nn/int8_conv.hpp>
#include <hone/pass/rewrite.hpp>

namespace hone::inline HONE_ABI::pass {

// ---- packing steps: canonical tensors to what kernels read. attr[0] is the block: output channels held at once.

namespace packing {
// Copies element (r, c) of the [rows][cols] source to at(r, c) of the zeroed result.
template <class T, class F>
void place(weight const& source, weight_args const& a, F at) {
  for (int r = 0; r < source.rows; ++r)
    for (int c = 0; c < source.cols; ++c)
      static_cast<T*>(a.out)[at(r, c)] = static_cast<T const*>(a.in[0])[r * source.cols + c];
}
template <class F>
void place_any(weight const& source, weight_args const& a, F at) {
  switch (size_of(source.type)) {
    case 1:
      return place<std::uint8_t>(source, a, at);
    case 2:
      return place<std::uint16_t>(source, a, at);
    default:
      return place<std::uint32_t>(source, a, at);
  }
}
}  // namespace packing

// [rows][cols] -> [cols/block][rows][block], zero padded: f32 convolutions and dense layers, biases, scales.
inline constexpr weight_kind pack_columns_kind{
    "pack_columns", [](weight const& n, weight_args const& a) {
      int const block = n.attr[0], rows = a.node[0]->rows;
      packing::place_any(*a.node[0], a, [=](int r, int c) { return (c / block * rows + r) * block + c % block; });
    }};
// [windows * group][cols] -> [cols/block][windows][ceil(group/unit)][block][unit], zero padded: `unit` consecutive
// elements of the reduction side by side, 2 of bf16, 4 of int8; no unit crosses a window row. attr: block, group, unit.
inline constexpr weight_kind pack_units_kind{
    "pack_units", [](weight const& n, weight_args const& a) {
      int const block = n.attr[0], group = n.attr[1], unit = n.attr[2];
      int const units = ceil_div(group, unit), windows = a.node[0]->rows / group;
      packing::place_any(*a.node[0], a, [=](int r, int c) {
        int const u = (c / block * windows + r / group) * units + r % group / unit;
        return (u * block + c % block) * unit + r % group % unit;
      });
    }};
// [rows][cols] -> [rows][round_up(cols, block)], zero padded: depthwise weights.
inline constexpr weight_kind pad_columns_kind{
    "pad_columns", [](weight const& n, weight_args const& a) {
      int const pitch = round_up(a.node[0]->cols, n.attr[0]);
      packing::place_any(*a.node[0], a, [=](int r, int c) { return r * pitch + c; });
    }};
// bias[c] - zero * sum over rows of w[r][c]: lets int8 kernels multiply stored numbers. in: bias, w; attr[0]: zero.
inline constexpr weight_kind fold_zero_kind{"fold_zero", [](weight const& n, weight_args const& a) {
                                              auto const* bias = static_cast<std::int32_t const*>(a.in[0]);
                                              auto const* w = static_cast<std::int8_t const*>(a.in[1]);
                                              for (int c = 0; c < n.cols; ++c) {
                                                std::int32_t sum = 0;
                                                for (int r = 0; r < a.node[1]->rows; ++r) sum += w[r * n.cols + c];
                                                static_cast<std::int32_t*>(a.out)[c] = bias[c] - n.attr[0] * sum;
                                              }
                                            }};

// True for the operations whose kernels read packed parameters; all others get theirs in canonical layouts.
constexpr bool has_packing(op const& o) {
  return is(o, conv2d_kind) || is(o, dense_kind) || is(o, depthwise_conv2d_kind);
}

// Appends the packing of every parameter for kernels of `lanes` lanes and the tiles in g; the ops then name packed nodes.
template <class G>
constexpr G lay_out(G g, int lanes) {
  for (std::size_t i = 0; i < g.ops.size(); ++i) {
    op o = g.ops[i];
    if (!has_packing(o)) continue;
    int const block = o.t.vectors * lanes;
    if (o.kind == &conv2d_kind && o.from == dtype::u8) o.scratch = nn::int8_form(o).scratch;
    auto pack = [&](weight_kind const& k, std::int16_t from, int elements, std::array<std::int32_t, 4> attr) {
      weight w = step(k, weight_at(g, from), {from, -1, -1, -1});
      w.attr = attr, w.padded = elements;
      return emit(g, w);
    };
    if (o.from_zero != 0) {
      weight w =
          step(fold_zero_kind, weight_at(g, o.param[slot::bias]), {o.param[slot::bias], o.param[slot::weight], -1, -1});
      w.attr[0] = o.from_zero;
      o.param[slot::bias] = emit(g, w);
    }
    for (std::size_t k = slot::bias; k < max_params; ++k)
      if (o.param[k] >= 0)
        o.param[k] = pack(pack_columns_kind, o.param[k], round_up(weight_at(g, o.param[k]).cols, block), {block});
    weight const w = weight_at(g, o.param[slot::weight]);
    int const padded = round_up(w.cols, block);
    int const group = is(o, conv2d_kind) ? o.win.kw * o.in.c : w.rows;
    int const unit = o.weights == dtype::i8 ? 4 : o.weights == dtype::bf16 ? 2 : 1;
    if (is(o, depthwise_conv2d_kind))
      o.param[slot::weight] = pack(pad_columns_kind, o.param[slot::weight], w.rows * padded, {block});
    else if (unit == 1)
      o.param[slot::weight] = pack(pack_columns_kind, o.param[slot::weight], w.rows * padded, {block});
    else
      o.param[slot::weight] = pack(pack_units_kind, o.param[slot::weight],
                                   w.rows / group * round_up(group, unit) * padded, {block, group, unit});
    g.ops[i] = o;
  }
  return g;
}

}  // namespace hone::inline HONE_ABI::pass
