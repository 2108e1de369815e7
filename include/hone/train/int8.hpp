#pragma once
#include <hone/core/quantized.hpp>
#include <hone/train/float_form.hpp>

namespace hone::inline HONE_ABI::train {

// The numerics of a canonical graph, int8 included: forwards the stored numbers that every kernel gives, bit for bit
// (activations pass between operations as integers less their zero point, held in floats); backwards the derivatives of
// the real numbers that they stand for, straight through roundings, nothing through a result at the bounds of its range.
// Graphs in f32 and with bf16 weights compute as their references do.
class canonical_numerics : public numerics<float> {
 public:
  // g is a canonical graph, v holds masters_of(g); both outlive this.
  canonical_numerics(dynamic_graph const& g, variables<float>& v)
      : numerics(g, v), form_(float_form(g)), steps_(g.ops.size()), real_(g.ops.size()), whole_(g.ops.size()) {
    for (std::size_t i = 0; i < g.ops.size(); ++i) {
      form_.ops[i].act = {};
      range_.push_back(range_of(g, static_cast<int>(i)));
      clips_.push_back(i > 0 && clips(g, static_cast<int>(i)));
    }
  }

  void refresh() override {
    numerics::refresh();
    for (std::size_t i = 0; i < form_.ops.size(); ++i) {
      op const& o = graph().ops[i];
      if (range_[i] >= 0) {
        float const r = state().of(state().find(range_[i]))[0];
        steps_[i] = (r > 0 ? r : 1) / (o.zero == 0 ? 255.f : 127.f);
      }
      if (o.weights == dtype::i8) real_weights(i);
      if (o.from == dtype::u8 && !in_floats(o)) whole_operands(i);
    }
  }

  void forward(std::size_t i, args<float> const& a) const override {
    op const& o = graph().ops[i];
    int const n = a.batch * o.out.size();
    float const* const scale = a.param[slot::scale];
    if (is(o, quantize_kind)) {
      for (int k = 0; k < n; ++k) a.out[k] = static_cast<float>(quantize(a.in[0][k], scale[0], o.zero) - o.zero);
    } else if (is(o, dequantize_kind)) {
      for (int k = 0; k < n; ++k) a.out[k] = rescale(static_cast<std::int32_t>(a.in[0][k]), scale[0]);
    } else if (o.from != dtype::u8) {
      numerics::forward(i, a);
    } else if (in_floats(o)) {
      linear(i, a);
    } else {
      integers(i, a);
    }
  }

  void backward(std::size_t i, grad_args<float> const& a) const override {
    op const& o = graph().ops[i];
    if (o.from != dtype::u8 && o.type != dtype::u8) return numerics::backward(i, a);
    grad_args<float> b = a;
    std::array<std::vector<float>, max_inputs> in;
    for (std::size_t k = 0; k < max_inputs; ++k)
      if (std::int16_t const from = o.input[k]; from >= 0) {
        in[k].assign(a.in[k], a.in[k] + a.batch * op_at(graph(), from).out.size());
        if (float const s = steps_[static_cast<std::size_t>(from)]; s > 0)
          for (float& v : in[k]) v *= s;
        b.in[k] = in[k].data();
      }
    if (!real_[i].empty()) b.param[slot::weight] = real_[i].data();
    std::vector<float> passed;
    if (clips_[i]) {
      auto const least = static_cast<float>(-o.zero), most = static_cast<float>(255 - o.zero);
      passed.resize(static_cast<std::size_t>(a.batch * o.out.size()));
      for (std::size_t k = 0; k < passed.size(); ++k) passed[k] = a.out[k] > least && a.out[k] < most ? a.dout[k] : 0.f;
      b.dout = passed.data();
    }
    nn::derivatives_of<float>(*form_.ops[i].kind).gradient(form_.ops[i], b);
  }

 private:
  // Sums under 2^23 are exact in floats, in any order: the fast way.
  static bool in_floats(op const& o) { return o.kind->linear && !o.convert; }

  // What the stored weights stand for.
  void real_weights(std::size_t i) {
    op const& o = graph().ops[i];
    weight const& w = weight_at(graph(), o.param[slot::weight]);
    float const* const step = node(w.in[1]).as<float>();
    float const* const stored = params(i)[slot::weight];
    real_[i].resize(static_cast<std::size_t>(w.rows * w.cols));
    for (std::size_t k = 0; k < real_[i].size(); ++k)
      real_[i][k] = stored[k] * step[k % static_cast<std::size_t>(w.cols)];
  }
  void whole_operands(std::size_t i) {
    op const& o = graph().ops[i];
    for (std::size_t k = 0; k < max_params; ++k)
      if (int const p = o.param[k]; p >= 0 && weight_at(graph(), p).type != dtype::f32)
        whole_[i][k] = shal::widened<std::int32_t>(weight_at(graph(), p), node(p));
  }

  void linear(std::size_t i, args<float> const& a) const {
    op const& o = graph().ops[i];
    args<float> b = a;
    std::vector<float> summand;
    if (o.addend >= 0) {  // to units of the accumulator, as add_residual does in int8
      auto const k = static_cast<std::size_t>(o.addend), c = static_cast<std::size_t>(o.out.c);
      summand.assign(a.in[k], a.in[k] + a.batch * o.out.size());
      for (std::size_t j = 0; j < summand.size(); ++j) summand[j] *= a.param[slot::addend][j % c];
      b.in[k] = summand.data();
    }
    o.kind->reference_f32(form_.ops[i], b);
    for (int k = 0; k < a.batch * o.out.size(); ++k)
      a.out[k] = stored(o, static_cast<std::int32_t>(a.out[k]), a.param[slot::scale][k % o.out.c]);
  }
  // The result that an accumulator gives.
  static float stored(op const& o, std::int32_t acc, float scale) {
    if (o.type == dtype::f32) return rescale(acc, scale);
    return static_cast<float>(requantize(acc, scale, o.zero) - o.zero);
  }
  // By the kind's reference in integers.
  void integers(std::size_t i, args<float> const& a) const {
    op const& o = graph().ops[i];
    args<std::int32_t> b{};
    std::array<std::vector<std::int32_t>, max_inputs> in;
    for (std::size_t k = 0; k < max_inputs; ++k)
      if (std::int16_t const from = o.input[k]; from >= 0) {
        in[k].assign(a.in[k], a.in[k] + a.batch * op_at(graph(), from).out.size());
        if (o.kind->moves && o.param[slot::scale] >= 0)
          for (std::int32_t& v : in[k]) v = requantize(v, a.param[slot::scale][k], o.zero) - o.zero;
        b.in[k] = in[k].data();
      }
    for (std::size_t k = 0; k < max_params; ++k)
      if (!whole_[i][k].empty()) b.param[k] = whole_[i][k].data();
    std::vector<std::int32_t> acc(static_cast<std::size_t>(a.batch * o.out.size()));
    b.out = acc.data(), b.batch = a.batch;
    o.kind->reference_i32(o, b);
    std::size_t const scales =
        o.param[slot::scale] >= 0 ? static_cast<std::size_t>(weight_at(graph(), o.param[slot::scale]).cols) : 1;
    for (std::size_t k = 0; k < acc.size(); ++k)
      a.out[k] = o.kind->moves ? static_cast<float>(acc[k]) : stored(o, acc[k], a.param[slot::scale][k % scales]);
  }

  dynamic_graph form_;        // activations left out: their clips are told by the bounds of the stored results
  std::vector<float> steps_;  // of each quantised result: the real value of one unit; 0: not quantised
  std::vector<int> range_;
  std::vector<bool> clips_;
  std::vector<std::vector<float>> real_;                                  // weights, by operation
  std::vector<std::array<std::vector<std::int32_t>, max_params>> whole_;  // operands of integer references
};

}  // namespace hone::inline HONE_ABI::train
