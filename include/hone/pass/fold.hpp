#pragma once
#include <hone/nn/batch_norm.hpp>
#include <hone/pass/rewrite.hpp>

namespace hone::inline HONE_ABI::pass {

// y[r][c] = w[r][c] * scale[c]; in: w, scale.
inline constexpr weight_kind scale_columns_kind{
    "scale_columns", [](weight const& n, weight_args const& a) {
      auto const* w = static_cast<float const*>(a.in[0]);
      auto const* scale = static_cast<float const*>(a.in[1]);
      for (int r = 0; r < n.rows; ++r)
        for (int c = 0; c < n.cols; ++c) static_cast<float*>(a.out)[r * n.cols + c] = w[r * n.cols + c] * scale[c];
    }};
// y[c] = bias[c] * scale[c] + shift[c]; in: bias, scale, shift.
inline constexpr weight_kind scale_shift_kind{
    "scale_shift", [](weight const& n, weight_args const& a) {
      auto const* bias = static_cast<float const*>(a.in[0]);
      auto const* scale = static_cast<float const*>(a.in[1]);
      auto const* shift = static_cast<float const*>(a.in[2]);
      for (int c = 0; c < n.cols; ++c) static_cast<float*>(a.out)[c] = settled(bias[c] * scale[c]) + shift[c];
    }};

// Folds each batch norm into the linear operation whose result only it reads.
template <class G>
constexpr G fold_batch_norm(G g) {
  absorb(g, [](G& h, op const& o, bool const* sole) -> int {
    if (!is(o, batch_norm_kind) || !sole[0]) return -1;
    op& p = op_at(h, o.input[0]);
    if (!p.kind->linear || !p.act.empty() || p.addend >= 0 || p.param[slot::bias] < 0 || p.from == dtype::u8) return -1;
    weight const w = weight_at(h, p.param[slot::weight]), b = weight_at(h, p.param[slot::bias]);
    std::int16_t const scale = o.param[slot::weight], shift = o.param[slot::bias];
    p.param[slot::weight] = emit(h, step(scale_columns_kind, w, {p.param[slot::weight], scale, -1, -1}));
    p.param[slot::bias] = emit(h, step(scale_shift_kind, b, {p.param[slot::bias], scale, shift, -1}));
    p.act = o.act;
    if (o.form >= 0) p.form = o.form;
    return o.input[0];
  });
  return g;
}

}  // namespace hone::inline HONE_ABI::pass
