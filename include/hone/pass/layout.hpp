#pragma once
#include <hone/nn/conv2d.hpp>
#include <hone/nn/dense.hpp>
#include <hone/nn/depthwise_conv2d.hpp>
#include <hone/nn/int8_conv.hpp>
#include <hone/nn/int8_depthwise.hpp>
#include <hone/pass/rewrite.hpp>

#include <vector>

namespace hone::inline HONE_ABI::pass {

// ---- packing steps: canonical tensors to what kernels read. attr[0] is the block: output channels held at once.

namespace packing {
// Copies element (r, c) of a matrix to out[rows[r] + columns[c]].
template <class T>
void place(void const* from, void* to, std::vector<int> const& rows, std::vector<int> const& columns) {
  T const* in = static_cast<T const*>(from);
  for (int const row : rows) {
    T* const out = static_cast<T*>(to) + row;
    for (int const column : columns) out[column] = *in++;
  }
}
inline void place_any(weight const& source, weight_args const& a, std::vector<int> const& rows,
                      std::vector<int> const& columns) {
  switch (size_of(source.type)) {
    case 1: return place<std::uint8_t>(a.in[0], a.out, rows, columns);
    case 2: return place<std::uint16_t>(a.in[0], a.out, rows, columns);
    default: return place<std::uint32_t>(a.in[0], a.out, rows, columns);
  }
}
// Copies element (r, c) of the source to row(r) + column(c) of the zeroed result. (Divisions once a row and a column: a
// network is packed for several variants before its first call.)
template <class Row, class Column>
void place(weight const& source, weight_args const& a, Row row, Column column) {
  std::vector<int> rows, columns;
  for (int r = 0; r < source.rows; ++r) rows.push_back(row(r));
  for (int c = 0; c < source.cols; ++c) columns.push_back(column(c));
  place_any(source, a, rows, columns);
}
}  // namespace packing

// [rows][cols] -> [cols/block][rows][block], zero padded: convolutions and dense layers in f32,
// depthwise ones in f32 or bf16, biases, scales.
inline constexpr weight_kind pack_columns_kind{
    "pack_columns", [](weight const& n, weight_args const& a) {
      int const block = n.attr[0], rows = a.node[0]->rows;
      packing::place(
          *a.node[0], a, [=](int r) { return r * block; }, [=](int c) { return c / block * rows * block + c % block; });
    }};
// [windows * group][cols] -> [cols/block][windows][ceil(group/unit)][block][unit], zero padded: `unit` consecutive
// elements of the reduction side by side, 2 of bf16, 4 of int8; no unit crosses a group, which is a tap in bf16, a window
// row in int8. attr: block, group, unit, whether elements 1 and 2 of each 4 change places (nn::int8_by_words).
inline constexpr weight_kind pack_units_kind{
    "pack_units", [](weight const& n, weight_args const& a) {
      int const block = n.attr[0], group = n.attr[1], unit = n.attr[2];
      int const units = ceil_div(group, unit), windows = a.node[0]->rows / group;
      bool const swaps = n.attr[3] != 0;
      packing::place(
          *a.node[0], a,
          [=](int r) {
            int const at = r % group % unit, place = swaps && (at == 1 || at == 2) ? 3 - at : at;
            return (r / group * units + r % group / unit) * block * unit + place;
          },
          [=](int c) { return (c / block * windows * units * block + c % block) * unit; });
    }};
// [rows][cols] -> [cols][ceil(rows/(lanes*unit))][lanes][unit], zero padded: a row an output, for dense layers of few
// outputs; units hold elements that lie `lanes` apart. attr: lanes, unit.
inline constexpr weight_kind pack_rows_kind{
    "pack_rows", [](weight const& n, weight_args const& a) {
      int const lanes = n.attr[0], unit = n.attr[1], chunks = ceil_div(a.node[0]->rows, lanes * unit);
      packing::place(
          *a.node[0], a,
          [=](int r) {
            int const chunk = r / (lanes * unit), half = r % (lanes * unit) / lanes;
            return (chunk * lanes + r % lanes) * unit + half;
          },
          [=](int c) { return c * chunks * lanes * unit; });
    }};
// Columns in blocks of 4 * lanes, zero padded, each block in quad order (nn/int8_depthwise.hpp): what int8 depthwise
// kernels read beside weights. All columns again and again where several times as many fit into a block. attr: lanes, times.
inline constexpr weight_kind quad_columns_kind{
    "quad_columns", [](weight const& n, weight_args const& a) {
      int const lanes = n.attr[0], block = 4 * lanes, rows = a.node[0]->rows, cols = a.node[0]->cols;
      for (int i = 0; i < n.attr[1]; ++i)
        packing::place(
            *a.node[0], a, [=](int r) { return r * block; },
            [=](int c) { return c / block * rows * block + nn::quad_position((i * cols + c) % block, lanes); });
    }};
// [kh * kw][cols] -> [cols/block][ceil(kh/4)][kw][block][4], blocks as above, zero padded: int8 depthwise weights, four
// vertical taps side by side. attr: lanes, kh, kw, times.
inline constexpr weight_kind quad_taps_kind{
    "quad_taps", [](weight const& n, weight_args const& a) {
      int const lanes = n.attr[0], kw = n.attr[2], chunks = ceil_div(n.attr[1], 4), block = 4 * lanes,
                cols = a.node[0]->cols;
      for (int i = 0; i < n.attr[3]; ++i)
        packing::place(
            *a.node[0], a,
            [=](int r) {
              int const u = r / kw, v = r % kw;
              return (u / 4 * kw + v) * block * 4 + u % 4;
            },
            [=](int c) {
              return (c / block * chunks * kw * block + nn::quad_position((i * cols + c) % block, lanes)) * 4;
            });
    }};
// What lets int8 kernels multiply stored numbers: bias[c] - zero * (sum over rows of w[r][c]) - addend zero * multiplier[c].
// in: bias, w, multiplier of the addend or none; attr: zero, addend zero. Sums wrap; the accumulator they belong to does not.
inline constexpr weight_kind fold_zeros_kind{
    "fold_zeros", [](weight const& n, weight_args const& a) {
      auto const* bias = static_cast<std::uint32_t const*>(a.in[0]);
      auto const* w = static_cast<std::int8_t const*>(a.in[1]);
      auto const* multiplier = static_cast<std::uint32_t const*>(a.in[2]);
      auto const zero = static_cast<std::uint32_t>(n.attr[0]), addend_zero = static_cast<std::uint32_t>(n.attr[1]);
      for (int c = 0; c < n.cols; ++c) {
        std::int32_t sum = 0;
        for (int r = 0; r < a.node[1]->rows; ++r) sum += w[r * n.cols + c];
        static_cast<std::uint32_t*>(a.out)[c] = bias[c] - zero * static_cast<std::uint32_t>(sum) -
                                                (multiplier != nullptr ? addend_zero * multiplier[c] : 0);
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
    bool const quads = is(o, depthwise_conv2d_kind) && o.from == dtype::u8;
    int const block = (quads ? 4 : o.t.vectors) * lanes;
    int const times = quads ? nn::pixels_of_vector(o, lanes) : 1;
    if (is(o, conv2d_kind) && o.from == dtype::u8) o.scratch = nn::int8_form(o).scratch;
    if (times > 1) o.scratch = nn::scratch_of(nn::int8_square_depthwise_form(o, lanes).frame);
    auto pack = [&](weight_kind const& k, std::int16_t from, int elements, std::array<std::int32_t, 4> attr) {
      weight w = step(k, weight_at(g, from), {from, -1, -1, -1});
      w.attr = attr, w.padded = elements;
      return emit(g, w);
    };
    if (o.from == dtype::u8 && (o.from_zero != 0 || o.addend_zero != 0)) {
      std::array<std::int16_t, 4> const from{o.param[slot::bias], o.param[slot::weight], o.param[slot::addend], -1};
      weight w = step(fold_zeros_kind, weight_at(g, o.param[slot::bias]), from);
      w.attr = {o.from_zero, o.addend_zero, 0, 0};
      o.param[slot::bias] = emit(g, w);
    }
    for (std::size_t k = slot::bias; k < max_params; ++k)
      if (o.param[k] >= 0)
        o.param[k] = pack(quads ? quad_columns_kind : pack_columns_kind, o.param[k],
                          round_up(weight_at(g, o.param[k]).cols, block), {quads ? lanes : block, times});
    weight const w = weight_at(g, o.param[slot::weight]);
    int const padded = round_up(w.cols, block);
    int const unit = o.weights == dtype::i8 ? 4 : o.weights == dtype::bf16 ? 2 : 1;
    int const group = is(o, conv2d_kind) ? (unit == 4 ? o.win.kw : 1) * o.in.c : w.rows;
    if (quads)
      o.param[slot::weight] = pack(quad_taps_kind, o.param[slot::weight], round_up(o.win.kh, 4) * o.win.kw * padded,
                                   {lanes, o.win.kh, o.win.kw, times});
    else if (is(o, dense_kind) && o.t.algorithm == nn::dense_by_rows)
      o.param[slot::weight] =
          pack(pack_rows_kind, o.param[slot::weight], w.cols * round_up(w.rows, lanes * unit), {lanes, unit});
    else if (unit == 1 || is(o, depthwise_conv2d_kind))
      o.param[slot::weight] = pack(pack_columns_kind, o.param[slot::weight], w.rows * padded, {block});
    else
      o.param[slot::weight] =
          pack(pack_units_kind, o.param[slot::weight], w.rows / group * round_up(group, unit) * padded,
               {block, group, unit, o.t.algorithm == nn::int8_by_words});
    g.ops[i] = o;
  }
  return g;
}

}  // namespace hone::inline HONE_ABI::pass
