#pragma once
#include <hone/core/weight.hpp>
#include <hone/pass/exact.hpp>

namespace hone::inline HONE_ABI::pass {

// Weight steps of int8: what pass/quantize.hpp appends. Edge ranges are leaves f32 [1]; attr[k] = 1 says that the range
// in input k is of a signed edge (zero point 128).

// The step (real value of one unit) of a quantised edge: from the range that its activation fixes, else from the range's
// tensor. A range that is nothing, nearly nothing or negative (an edge that is always 0) counts as 1.
inline double edge_step(weight_args const& a, weight const& n, std::size_t k) {
  float const fixed = std::bit_cast<float>(a.node[k]->attr[0]);
  double const range = fixed > 0 ? fixed : *static_cast<float const*>(a.in[k]);
  return exact::divide(range > 0x1p-100 ? range : 1.0, n.attr[k] != 0 ? 127.0 : 255.0);
}
// A scale as it is stored: 0 or normal, so that kernels that flush denormals give the same bits.
inline float stored_scale(double v) { return v < 0x1p-126 ? 0.f : static_cast<float>(v); }

// The largest absolute weight of column c, or sum of two neighbours of one sign if that is larger. Neighbours are the
// elements 2k and 2k + 1 of each run of `run` rows (0: there are none).
inline double largest_of_column(float const* w, int rows, int cols, int c, int run) {
  double largest = 0, before = 0;
  for (int r = 0; r < rows; ++r) {
    double const v = w[r * cols + c], size = exact::magnitude(v);
    largest = size > largest ? size : largest;
    bool const second = run > 0 && r % run % 2 != 0;
    if (second && v * before > 0) {
      double const both = exact::add(size, exact::magnitude(before));
      largest = both > largest ? both : largest;
    }
    before = v;
  }
  return largest;
}

// Step of each column of w, f32 [1][cols]: the largest absolute weight, or sum of two neighbours, / 127, so that two
// stored neighbours sum to 128 at most (op::pairs_fit: 255 * 128 < 2^15); doubled until no input can drive the
// accumulator (products, bias, addend) to 2^30, or if attr[0] to 2^23 with a multiplier of the addend that fits 16 bits.
// Of a column of zeros, bias and addend alone decide. in: w, range of the input, bias, range of the addend (or none);
// attr[2]: length of a run of neighbours, 0: none.
inline constexpr weight_kind weight_step_kind{
    "weight_step", [](weight const& n, weight_args const& a) {
      auto const* w = static_cast<float const*>(a.in[0]);
      auto const* bias = static_cast<float const*>(a.in[2]);
      int const rows = a.node[0]->rows;
      double const in = edge_step(a, n, 1);
      double const addend = a.in[3] != nullptr ? exact::multiply(edge_step(a, n, 3), 255.0) : 0.0;
      for (int c = 0; c < n.cols; ++c) {
        double sum = 0;
        for (int r = 0; r < rows; ++r) sum = exact::add(sum, exact::magnitude(w[r * n.cols + c]));
        double const largest = largest_of_column(w, rows, n.cols, c, n.attr[2]);
        double s = exact::divide(largest, 127.0);
        if (!(s > 0x1p-100)) s = 0x1p-100;
        double const rest = exact::add(exact::magnitude(bias[c]), addend);
        // 255 * (sum of |q|: |w| / s rounded, so neither half a step more a row nor doubled), + (|bias| + |addend|) /
        // (in * s), and room for their rounding
        auto reach = [&] {
          double const q = exact::divide(sum, s), rounded = q < 0.5 * rows ? q : 0.5 * rows;
          double const products = exact::multiply(255.0, exact::add(q, rounded));
          return exact::add(exact::add(products, exact::divide(rest, exact::multiply(in, s))), 512.0);
        };
        auto multiplier = [&] { return exact::divide(addend, exact::multiply(exact::multiply(in, s), 255.0)); };
        double const limit = n.attr[0] != 0 ? 0x1p23 : 0x1p30;
        while (reach() >= limit || (n.attr[0] != 0 && multiplier() >= 32767.0)) s = exact::multiply(s, 2.0);
        static_cast<float*>(a.out)[c] = static_cast<float>(s);
      }
    }};
// i8 weights: clamp(rne(w / step), -127, 127); in: w, steps.
inline constexpr weight_kind quantize_weight_kind{
    "quantize_weight", [](weight const& n, weight_args const& a) {
      auto const* w = static_cast<float const*>(a.in[0]);
      auto const* s = static_cast<float const*>(a.in[1]);
      for (int i = 0; i < n.rows * n.cols; ++i)
        static_cast<std::int8_t*>(a.out)[i] =
            static_cast<std::int8_t>(exact::round(exact::divide(w[i], s[i % n.cols]), -127, 127));
    }};
// i32 bias in accumulator units: rne(bias / (step of the input * step of the column)); in: bias, range, steps.
inline constexpr weight_kind quantize_bias_kind{
    "quantize_bias", [](weight const& n, weight_args const& a) {
      auto const* b = static_cast<float const*>(a.in[0]);
      auto const* s = static_cast<float const*>(a.in[2]);
      double const in = edge_step(a, n, 1);
      for (int c = 0; c < n.cols; ++c)
        static_cast<std::int32_t*>(a.out)[c] =
            exact::round(exact::divide(b[c], exact::multiply(in, s[c])), -(1 << 30), 1 << 30);
    }};
// i32 multiplier of the residual addend, in accumulator units; in: range of the addend, range of the input, steps.
inline constexpr weight_kind quantize_addend_kind{
    "quantize_addend", [](weight const& n, weight_args const& a) {
      auto const* s = static_cast<float const*>(a.in[2]);
      double const addend = edge_step(a, n, 0), in = edge_step(a, n, 1);
      for (int c = 0; c < n.cols; ++c)
        static_cast<std::int32_t*>(a.out)[c] =
            exact::round(exact::divide(addend, exact::multiply(in, s[c])), 0, 1 << 22);
    }};
// f32 scale from accumulator to result: step of the input * step of the column / step of the result (f32 results: no
// division). in: range of the input, steps, range of the result (or none).
inline constexpr weight_kind result_scale_kind{
    "result_scale", [](weight const& n, weight_args const& a) {
      auto const* s = static_cast<float const*>(a.in[1]);
      double const in = edge_step(a, n, 0), out = a.in[2] != nullptr ? edge_step(a, n, 2) : 1.0;
      for (int c = 0; c < n.cols; ++c)
        static_cast<float*>(a.out)[c] = stored_scale(exact::divide(exact::multiply(in, s[c]), out));
    }};
// f32 [1]: step of input 0 / (attr[3] * step of input 1); an absent range has step 1. in: range or none, range or none.
inline constexpr weight_kind edge_ratio_kind{
    "edge_ratio", [](weight const& n, weight_args const& a) {
      double const from = a.in[0] != nullptr ? edge_step(a, n, 0) : 1.0,
                   to = a.in[1] != nullptr ? edge_step(a, n, 1) : 1.0;
      *static_cast<float*>(a.out) = stored_scale(exact::divide(from, exact::multiply(to, n.attr[3])));
    }};
// The parameters of an unfused int8 sum: multipliers i32 [2] of its inputs, the larger 2^13; in: two ranges.
inline constexpr weight_kind sum_multipliers_kind{
    "sum_multipliers", [](weight const& n, weight_args const& a) {
      double const s0 = edge_step(a, n, 0), s1 = edge_step(a, n, 1), unit = exact::divide(s0 > s1 ? s0 : s1, 8192.0);
      static_cast<std::int32_t*>(a.out)[0] = exact::round(exact::divide(s0, unit), 0, 8192);
      static_cast<std::int32_t*>(a.out)[1] = exact::round(exact::divide(s1, unit), 0, 8192);
    }};
// Its scale f32 [1] from accumulator to result; in: two ranges, range of the result.
inline constexpr weight_kind sum_scale_kind{
    "sum_scale", [](weight const& n, weight_args const& a) {
      double const s0 = edge_step(a, n, 0), s1 = edge_step(a, n, 1), unit = exact::divide(s0 > s1 ? s0 : s1, 8192.0);
      *static_cast<float*>(a.out) = stored_scale(exact::divide(unit, edge_step(a, n, 2)));
    }};
// Two f32 [1] nodes as one f32 [2]: the scales of a concat; in: two scales.
inline constexpr weight_kind join_kind{"join", [](weight const&, weight_args const& a) {
                                         static_cast<float*>(a.out)[0] = *static_cast<float const*>(a.in[0]);
                                         static_cast<float*>(a.out)[1] = *static_cast<float const*>(a.in[1]);
                                       }};

}  // namespace hone::inline HONE_ABI::pass
