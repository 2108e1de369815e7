#pragma once
#include <hone/nn/activation.hpp>
#include <hone/nn/concat.hpp>
#include <hone/nn/conv2d.hpp>
#include <hone/nn/dense.hpp>
#include <hone/nn/depthwise_conv2d.hpp>
#include <hone/nn/flatten.hpp>
#include <hone/nn/input.hpp>
#include <hone/nn/pooling.hpp>
#include <hone/nn/quantize.hpp>
#include <hone/nn/residual.hpp>
#include <hone/pass/int8_steps.hpp>
#include <hone/pass/proofs.hpp>
#include <hone/pass/rewrite.hpp>

namespace hone::inline HONE_ABI::pass {

// A reduction up to this long gets weight steps that keep the accumulator under 2^23 whatever the input, so that kernels
// may requantise by the 2^23-bias trick (INT8.md); longer ones would lose precision by it and convert instead.
inline constexpr int longest_bounded_reduction = 1024;

// The quantised form of a graph under construction: where each old result lives in it.
template <class G>
class quantizer {
 public:
  constexpr explicit quantizer(G const& old)
      : old_(old), out_(old), u8_(old.ops.size(), -1), f32_(old.ops.size(), -1), wanted_(old.ops.size()),
        ranges_(old.layers.size()), scales_(old.layers.size()) {
    out_.ops.clear();
    for (op const& o : old.ops)  // what has a tensor of that name already: a batch norm
      for (std::int16_t p : o.param)
        if (p >= 0 && weight_at(old, p).what == role::scale) ++scales_[at(weight_at(old, p).layer)];
  }

  constexpr G run() {
    for (op const& o : old_.ops)
      if (quantizable(o))
        for (std::int16_t i : o.input)
          if (i >= 0) wanted_[static_cast<std::size_t>(i)] = 1;
    for (std::size_t i = 0; i < old_.ops.size(); ++i) translate(i);
    if (old_.ports.empty()) as_f32(static_cast<int>(old_.ops.size()) - 1);
    for (port& p : out_.ports) p.op = static_cast<std::int16_t>(as_f32(p.op));
    return out_;
  }

 private:
  // An edge of the new graph: the operation, and the leaf that holds its range (-1: not quantised).
  struct edge {
    int at{-1}, range{-1};
    bool is_signed{};
  };

  static constexpr bool quantizable(op const& o) {
    bool const has_weights = o.param[slot::weight] >= 0 && o.param[slot::bias] >= 0;
    return o.kind->reference_i32.present && as_clip(o.act).clips && (has_weights || !o.kind->linear) &&
           (o.act.empty() || o.kind->linear || is(o, add_kind));
  }
  constexpr std::size_t at(int i) const { return static_cast<std::size_t>(i); }

  constexpr std::int16_t node(weight_kind const& k, role what, int layer, int cols, dtype type, std::array<int, 4> in,
                              std::array<int, 4> attr) {
    weight w{};
    w.kind = &k, w.what = what, w.layer = static_cast<std::int16_t>(layer), w.rows = 1, w.cols = cols, w.type = type;
    w.dims = {1, 1, 1, cols};
    for (std::size_t i = 0; i < 4; ++i) w.in[i] = static_cast<std::int16_t>(in[i]), w.attr[i] = attr[i];
    return emit(out_, w);
  }
  // A scale that an operation reads: artifacts hold it under its layer's name and a number.
  constexpr std::int16_t named(std::int16_t scale) {
    weight& w = weight_at(out_, scale);
    w.ordinal = scales_[at(w.layer)]++;
    return scale;
  }
  // attr[0] holds the bits of the range where the activation fixes it (relu6: 6), else 0: then the tensor does.
  constexpr int range_leaf(int layer, float fixed = 0) {
    weight w{};
    w.what = role::range, w.layer = static_cast<std::int16_t>(layer), w.rows = 1, w.cols = 1;
    w.ordinal = ranges_[at(layer)]++, w.attr[0] = std::bit_cast<std::int32_t>(fixed);
    return emit(out_, w);
  }
  constexpr bool nonnegative(op const& o) const { return as_clip(o.act).from_zero; }

  // The quantised form of old result i; quantises it where only f32 is there.
  constexpr edge as_u8(int i) {
    if (u8_[at(i)] >= 0) return {u8_[at(i)], op_range_[at(u8_[at(i)])], op_signed_[at(u8_[at(i)])] != 0};
    op const& source = op_at(out_, f32_[at(i)]);
    op o = nn::reading(quantize_kind, f32_[at(i)], source.layer);
    o.type = dtype::u8, o.form = source.form;
    bool const is_signed = !nonnegative(source);
    int const range = range_leaf(source.layer);
    o.zero = is_signed ? 128 : 0;
    o.param[slot::scale] =
        named(node(edge_ratio_kind, role::scale, o.layer, 1, dtype::f32, {-1, range, -1, -1}, {0, is_signed, 0, 1}));
    u8_[at(i)] = place(o, range, is_signed);
    return {u8_[at(i)], range, is_signed};
  }
  // The f32 form of old result i; dequantises it where only u8 is there.
  constexpr int as_f32(int i) {
    if (f32_[at(i)] >= 0) return f32_[at(i)];
    edge const e = as_u8(i);
    op o = nn::reading(dequantize_kind, e.at, op_at(out_, e.at).layer);
    o.from = dtype::u8, o.from_zero = e.is_signed ? 128 : 0, o.form = op_at(out_, e.at).form;
    o.param[slot::scale] = named(
        node(edge_ratio_kind, role::scale, o.layer, 1, dtype::f32, {e.range, -1, -1, -1}, {e.is_signed, 0, 0, 1}));
    return f32_[at(i)] = place(o, -1, false);
  }
  constexpr std::int16_t place(op const& o, int range, bool is_signed) {
    std::int16_t const index = emit(out_, o);
    op_range_.push_back(static_cast<std::int16_t>(range));
    op_signed_.push_back(is_signed ? 1 : 0);
    return index;
  }

  constexpr void translate(std::size_t i) {
    op o = old_.ops[i];
    if (!quantizable(o)) {
      for (std::int16_t& k : o.input)
        if (k >= 0) k = static_cast<std::int16_t>(as_f32(k));
      f32_[i] = place(o, -1, false);
    } else if (o.kind->linear) {
      linear(i, o);
    } else if (is(o, add_kind) || is(o, concat_kind)) {
      joined(i, o);
    } else {
      pooled(i, o);
    }
  }

  // conv2d, depthwise, dense: u8 in, u8 out; f32 out where nothing quantised reads it.
  constexpr void linear(std::size_t i, op o) {
    edge const x = as_u8(o.input[0]);
    edge r{};
    if (o.addend >= 0) r = as_u8(o.input[at(o.addend)]);
    bool const f32_result = wanted_[i] == 0;
    pointwise const act = o.act;
    clip_range const clip = as_clip(act);
    bool const is_signed = !clip.from_zero;
    o.input[0] = static_cast<std::int16_t>(x.at);
    if (o.addend >= 0) o.input[at(o.addend)] = static_cast<std::int16_t>(r.at), o.addend_zero = r.is_signed ? 128 : 0;
    o.act = {}, o.from = dtype::u8, o.weights = dtype::i8, o.type = f32_result ? dtype::f32 : dtype::u8;
    o.from_zero = x.is_signed ? 128 : 0, o.zero = f32_result || !is_signed ? 0 : 128;

    weight const w = weight_at(out_, o.param[slot::weight]);
    int const bias = o.param[slot::bias], cols = w.cols;
    o.convert = w.rows > longest_bounded_reduction;
    o.pairs_fit = !is(o, depthwise_conv2d_kind);
    int const run = o.pairs_fit ? pair_run(o, w.rows) : 0;
    int const range = f32_result ? -1 : range_leaf(o.layer, clip.high);
    int const steps =
        node(weight_step_kind, role::scale, o.layer, cols, dtype::f32, {o.param[slot::weight], x.range, bias, r.range},
             {!o.convert, x.is_signed, run, r.is_signed});
    weight q = step(quantize_weight_kind, w, {o.param[slot::weight], static_cast<std::int16_t>(steps), -1, -1});
    q.type = dtype::i8;
    o.param[slot::weight] = emit(out_, q);
    o.param[slot::bias] = node(
        quantize_bias_kind, role::bias, o.layer, cols, dtype::i32, {bias, x.range, steps, -1}, {0, x.is_signed, 0, 0});
    o.param[slot::scale] = named(node(result_scale_kind, role::scale, o.layer, cols, dtype::f32,
                                      {x.range, steps, range, -1}, {x.is_signed, 0, is_signed, 0}));
    if (o.addend >= 0)
      o.param[slot::addend] = node(quantize_addend_kind, role::addend, o.layer, cols, dtype::i32,
                                   {r.range, x.range, steps, -1}, {r.is_signed, x.is_signed, 0, 0});
    std::int16_t const index = place(o, range, is_signed && !f32_result);
    if (!f32_result) {
      u8_[i] = index;
    } else if (act.empty()) {
      f32_[i] = index;
    } else {
      op f = nn::reading(relu_kind, index, o.layer);
      f.act = act;
      f32_[i] = place(f, -1, false);
    }
  }
  // add and concat: two u8 inputs of their own ranges.
  constexpr void joined(std::size_t i, op o) {
    edge const a = as_u8(o.input[0]), b = as_u8(o.input[1]);
    clip_range const clip = as_clip(o.act);
    bool const is_signed = (a.is_signed || b.is_signed) && !clip.from_zero;
    int const range = range_leaf(o.layer, clip.high);
    o.act = {};
    o.input[0] = static_cast<std::int16_t>(a.at), o.input[1] = static_cast<std::int16_t>(b.at);
    o.from = o.type = dtype::u8, o.from_zero = a.is_signed ? 128 : 0, o.addend_zero = b.is_signed ? 128 : 0;
    o.zero = is_signed ? 128 : 0;
    if (is(o, add_kind)) {
      o.param[slot::addend] = node(sum_multipliers_kind, role::addend, o.layer, 2, dtype::i32,
                                   {a.range, b.range, -1, -1}, {a.is_signed, b.is_signed, 0, 0});
      o.param[slot::scale] = named(node(sum_scale_kind, role::scale, o.layer, 1, dtype::f32,
                                        {a.range, b.range, range, -1}, {a.is_signed, b.is_signed, is_signed, 0}));
    } else {
      auto ratio = [&](edge e) {
        return node(edge_ratio_kind, role::scale, o.layer, 1, dtype::f32, {e.range, range, -1, -1},
                    {e.is_signed, is_signed, 0, 1});
      };
      std::int16_t const first = ratio(a), second = ratio(b);
      o.param[slot::scale] = named(node(join_kind, role::scale, o.layer, 2, dtype::f32, {first, second, -1, -1}, {}));
    }
    u8_[i] = place(o, range, is_signed);
  }
  // Pooling and flatten keep their input's range; the mean's division is in its scale.
  constexpr void pooled(std::size_t i, op o) {
    edge const x = as_u8(o.input[0]);
    o.input[0] = static_cast<std::int16_t>(x.at);
    o.from = o.type = dtype::u8, o.from_zero = o.zero = x.is_signed ? 128 : 0;
    if (is(o, avg_pool_kind))
      o.param[slot::scale] = named(node(edge_ratio_kind, role::scale, o.layer, 1, dtype::f32,
                                        {x.range, x.range, -1, -1}, {x.is_signed, x.is_signed, 0, o.win.taps()}));
    u8_[i] = place(o, x.range, x.is_signed);
  }

  G const& old_;
  G out_;
  scratch<std::int16_t> u8_, f32_;        // old result -> operation of the new graph, -1: not there
  scratch<std::int8_t> wanted_;           // old result is read by something quantisable
  scratch<std::int8_t> ranges_, scales_;  // of these, named so far, by layer
  std::vector<std::int16_t> op_range_;    // range leaf of each new operation's result
  std::vector<std::int8_t> op_signed_;
};

// Rewrites g (folded and fused) for int8: what has an int8 form computes on u8 activations, the rest stays in f32 behind
// dequantize and quantize. New leaves: the range of every quantised edge.
template <class G>
constexpr G quantize(G const& g) {
  return quantizer<G>(g).run();
}

}  // namespace hone::inline HONE_ABI::pass
