// One int8 operation with random numbers: its parameters as canonical tensors and packed for a kernel, its inputs, and
// the result that the definition gives (the kind's exact reference, core/quantized.hpp).
#pragma once
#include <hone/core/buffer.hpp>
#include <hone/core/quantized.hpp>
#include <hone/nn/concat.hpp>
#include <hone/nn/conv2d.hpp>
#include <hone/nn/dense.hpp>
#include <hone/nn/depthwise_conv2d.hpp>
#include <hone/nn/input.hpp>
#include <hone/nn/int8_edges.hpp>
#include <hone/nn/pooling.hpp>
#include <hone/nn/quantize.hpp>
#include <hone/nn/residual.hpp>
#include <hone/pass/layout.hpp>
#include <hone/pass/prepare.hpp>
#include <hone/simd/dynamic_form.hpp>
#include <tests/simd/guarded.hpp>

#include <algorithm>
#include <array>

namespace tests::inline int8_kernels {

using namespace hone;

class random_numbers {
 public:
  explicit random_numbers(std::uint32_t seed) : s_(seed * 2654435761u + 99991u) {}
  std::uint32_t operator()() {
    s_ ^= s_ << 13, s_ ^= s_ >> 17, s_ ^= s_ << 5;
    return s_;
  }
  int between(int low, int high) {
    return low + static_cast<int>((*this)() % static_cast<std::uint32_t>(high - low + 1));
  }

 private:
  std::uint32_t s_;
};

// Ordinary numbers, or the largest of all.
enum class numbers { random, extreme };

// An int8 operation of kind k with `channels` results, in tile t, with weights as the quantiser makes them.
constexpr op int8_op(op_kind const& k, shape in, int channels, window w = {}, tile t = {}) {
  op o{};
  o.kind = &k, o.in = in, o.win = w, o.t = t, o.from = o.type = dtype::u8, o.out.c = channels;
  o.pairs_fit = is(o, conv2d_kind) || is(o, dense_kind);
  shape const inputs[]{in, in};
  if (!is(o, concat_kind))
    o.out = k.infer(o, inputs).out;
  else
    o.out = {in.h, in.w, channels};
  return o;
}
constexpr window same(int h, int w) {
  auto const half = [](int v) { return static_cast<std::int16_t>(v); };
  return {half(h), half(w), 1, 1, half((h - 1) / 2), half((w - 1) / 2), half(h / 2), half(w / 2)};
}
constexpr window strided(window w, int stride) {
  w.sh = w.sw = static_cast<std::int16_t>(stride);
  return w;
}
constexpr window valid(int h, int w) { return {static_cast<std::int16_t>(h), static_cast<std::int16_t>(w)}; }
// Zero points of the input, the result and the addend.
constexpr op with_zeros(op o, int from, int to, int addend = 0) {
  o.from_zero = static_cast<std::uint8_t>(from), o.zero = static_cast<std::uint8_t>(to);
  o.addend_zero = static_cast<std::uint8_t>(addend);
  return o;
}
// With results clipped.
constexpr op clipping(op o, int least, int most) {
  o.least = static_cast<std::uint8_t>(least), o.most = static_cast<std::uint8_t>(most);
  return o;
}
constexpr bool is_pair(op const& o) { return is(o, qadd_kind) || is(o, qmul_kind); }
constexpr op with_addend(op o) {
  o.addend = 1;
  return o;
}
constexpr op with_f32(op o) {
  o.type = dtype::f32;
  return o;
}
constexpr op quantizing(shape s, int zero) {
  op o = with_zeros(int8_op(quantize_kind, s, s.c), 0, zero);
  o.from = dtype::f32;
  return o;
}
constexpr op dequantizing(shape s, int zero) { return with_f32(with_zeros(int8_op(dequantize_kind, s, s.c), zero, 0)); }
constexpr op converting(op o) {
  o.convert = true;
  return o;
}
// With any weights, -128 too.
constexpr op of_any_weights(op o) {
  o.pairs_fit = false;
  return o;
}

// A graph of the inputs of o, their parameters, and o.
constexpr auto alone(op o) {
  graph<3, 16, 1> g{};
  auto const input = [&](shape s) {
    op x{};
    x.kind = &input_kind, x.out = s, x.type = o.from;
    g.ops.push_back(x);
    return static_cast<std::int16_t>(g.ops.size() - 1);
  };
  auto const leaf = [&](role what, dtype type, int rows, int cols) {
    return parameter(g, 0, what, {1, 1, rows, cols}, type);
  };
  shape const in = o.in, out = o.out;
  o.input[0] = input(in);
  if (o.addend >= 0 || is(o, add_kind) || is_pair(o)) o.input[1] = input(out);
  if (is(o, concat_kind)) o.input[1] = input({in.h, in.w, out.c - in.c});
  int const c = o.kind->linear ? out.c : is(o, concat_kind) ? 2 : is_pair(o) ? 3 : 1;
  if (is(o, table_kind)) o.param[slot::weight] = leaf(role::weight, dtype::u8, 1, 256);
  if (o.kind->linear) {
    int const rows = is(o, dense_kind) ? in.size() : o.win.taps() * (is(o, conv2d_kind) ? in.c : 1);
    o.weights = dtype::i8;
    o.param[slot::weight] = leaf(role::weight, dtype::i8, rows, out.c);
    o.param[slot::bias] = leaf(role::bias, dtype::i32, 1, out.c);
  }
  if (!is(o, max_pool_kind) && !is(o, table_kind)) o.param[slot::scale] = leaf(role::scale, dtype::f32, 1, c);
  if (is(o, add_kind)) o.param[slot::addend] = leaf(role::addend, dtype::i32, 1, 2);
  if (o.addend >= 0) o.param[slot::addend] = leaf(role::addend, dtype::i32, 1, out.c);
  g.ops.push_back(o);
  return g;
}
template <op O>
inline constexpr auto canonical_graph = alone(O);
template <op O, int Lanes>
inline constexpr auto final_graph = pass::lay_out(canonical_graph<O>, Lanes);
template <op O, int Lanes>
inline constexpr op final_op = final_graph<O, Lanes>.ops.back();

class int8_case {
 public:
  int8_case(op const& o, std::uint32_t seed, numbers kind) : op_(o), next_(seed), extreme_(kind == numbers::extreme) {
    auto const g = alone(o);
    op_ = g.ops.back();
    for (std::size_t i = 0; i + 1 < g.ops.size(); ++i) inputs_.push_back(make_input(g.ops[i].out));
    for (weight const& w : g.weights) leaves_.push_back(make_leaf(w));
    compute();
  }

  // How many bytes `run`, a kernel for the last operation of the laid out graph g, gets wrong or writes after its
  // result. Its operands lie against inaccessible pages.
  template <class G>
  int differences(G const& g, kernel_entry run, against side) const {
    return differences(g, {run, g.ops.back().scratch}, side, nullptr);
  }
  // The same of a run-time kernel.
  template <class G>
  int differences(G const& g, dynamic_kernel const& kernel, against side, dynamic_form const* form) const {
    op const& o = g.ops.back();
    std::vector<buffer> const values = packed(g);
    std::vector<guarded> memory;
    memory.reserve(max_inputs + max_params);
    auto const place = [&](buffer const& b) {
      memory.emplace_back(b.size(), side);
      std::memcpy(memory.back().as<>(), b.data(), b.size());
      return memory.back().as<>();
    };
    kernel_args a{};
    for (std::size_t i = 0; i < inputs_.size(); ++i) a.in[i] = place(inputs_[i]);
    for (std::size_t i = 0; i < max_params; ++i)
      if (o.param[i] >= 0) a.param[i] = place(values[static_cast<std::size_t>(o.param[i])]);
    guarded out(expected_.size(), side), scratch(static_cast<std::size_t>(kernel.scratch), side);
    a.out = out.as<>(), a.scratch = scratch.as<>(), a.form = form;
    kernel.entry(a);
    int wrong = out.untouched_after() && scratch.untouched_after() ? 0 : 1;
    for (std::size_t i = 0; i < expected_.size(); ++i)
      wrong += out.as<std::uint8_t>()[i] != expected_.as<std::uint8_t>()[i];
    return wrong;
  }
  template <class G>
  std::vector<buffer> packed(G const& g) const {
    std::vector<bool> needed = pass::parameters_of(g), given(g.weights.size(), false);
    pass::need_inputs(g, needed, given);
    std::size_t at = 0;
    std::vector<std::size_t> leaf(g.weights.size());
    for (std::size_t i = 0; i < g.weights.size(); ++i) leaf[i] = g.weights[i].leaf() ? at++ : 0;
    return pass::evaluate_nodes(g, needed, given, [&](weight const& w) {
      return leaves_[leaf[static_cast<std::size_t>(&w - g.weights.begin())]];
    });
  }

 private:
  buffer make_input(shape s) {
    buffer b(static_cast<std::size_t>(s.size() * size_of(op_.from)));
    for (int i = 0; i < s.size(); ++i) {
      if (op_.from == dtype::u8) {
        b.as<std::uint8_t>()[i] = static_cast<std::uint8_t>(extreme_ ? 255 : next_());
      } else {
        float const v = static_cast<float>(static_cast<std::int32_t>(next_())) * 0x1p-31f;
        b.as<float>()[i] = next_() % 8 != 0 ? v : static_cast<float>(next_.between(-300, 300)) * 0.5f / 100;
      }
    }
    return b;
  }
  // Weights whose sums stay under 2^23 unless o.convert: any, or the largest, of one sign a column.
  void make_weights(weight const& w, std::int8_t* to) {
    rows_ = w.rows, most_ = op_.convert ? 127 : std::min(127, 6'000'000 / (255 * w.rows));
    int const run = is(op_, conv2d_kind) ? op_.win.kw * op_.in.c : w.rows;
    for (int i = 0; i < w.rows * w.cols; ++i) {
      int const r = i / w.cols, least = most_ == 127 && !op_.pairs_fit ? -128 : -most_;
      int v = !extreme_ ? next_.between(least, most_) : i % w.cols % 2 == 0 ? least : most_;
      if (op_.pairs_fit && r % run % 2 != 0) {  // with its neighbour, -128 to 128
        int const before = to[i - w.cols];
        v = std::clamp(v, -128 - std::min(before, 0), 128 - std::max(before, 0));
      }
      to[i] = static_cast<std::int8_t>(v);
    }
  }
  // Biases and addends in what weights leave.
  buffer make_leaf(weight const& w) {
    int const n = w.rows * w.cols;
    buffer b(static_cast<std::size_t>(n * size_of(w.type)));
    if (w.type == dtype::u8) {
      for (int i = 0; i < n; ++i) b.as<std::uint8_t>()[i] = static_cast<std::uint8_t>(next_());
      return b;
    }
    if (w.what == role::weight) {
      make_weights(w, b.as<std::int8_t>());
      return b;
    }
    for (int i = 0; i < n; ++i) switch (w.what) {
        case role::bias: {
          int const range = op_.convert ? 1 << 28 : 1 << (next_() % 20), half = 255 * most_ * rows_ / 2;
          b.as<std::int32_t>()[i] = next_.between(-range, range) + (!extreme_ ? 0 : i % 2 == 0 ? half : -half);
          break;
        }
        case role::addend: {
          int const range = op_.kind == &add_kind ? 16383 : op_.convert ? 1 << 20 : extreme_ ? most_addend() : 5000;
          b.as<std::int32_t>()[i] = extreme_ ? range : next_.between(0, range);
          break;
        }
        default: b.as<float>()[i] = is_pair(op_) ? make_pair_scale(i) : make_scale();
      }
    return b;
  }
  // A multiplier that brings sums near 2^23.
  int most_addend() const { return 7'500'000 / 255 - most_ * rows_; }
  // Mostly such that results fill a byte; sometimes of few bits (ties), zero, or huge.
  float make_scale() {
    if (op_.kind == &quantize_kind) return next_() % 2 != 0 ? 100.f : 127.5f;
    if (op_.kind == &dequantize_kind || op_.type == dtype::f32)
      return 0.01f + static_cast<float>(next_() % 1000) * 1e-4f;
    float const reach =
        op_.kind->linear             ? 60.f * static_cast<float>(most_ * rows_)
        : op_.kind == &add_kind      ? 255.f * 16384
        : op_.kind == &avg_pool_kind ? 255.f * static_cast<float>(op_.win.taps())
                                     : 255.f;
    switch (next_() % 16) {
      case 0: return 0.5f;
      case 1: return 0x1p-10f;
      case 2: return std::array{0.f, 0x1p-126f, 1000.f, 3e38f}[next_() % 4];
      default: return static_cast<float>(100 + next_() % 800) / (reach + 1);
    }
  }

  // Steps, and the reciprocal of one: mostly so that results fill a byte, sometimes with many ties or huge.
  float make_pair_scale(int i) {
    if (next_() % 8 == 0) return std::array{0.5f, 1.f, 0.25f, 0x1p50f}[next_() % 4];
    float const v = 0.5f + static_cast<float>(next_() % 1000) * 1e-3f;
    return i < 2 ? v : v / (is(op_, qmul_kind) ? 200 : 2);
  }

  void compute() {
    int const n = op_.out.size();
    expected_ = buffer(static_cast<std::size_t>(n * size_of(op_.type)));
    auto* const q = expected_.as<std::uint8_t>();
    auto* const y = expected_.as<float>();
    if (op_.kind == &quantize_kind) {
      for (int i = 0; i < n; ++i) q[i] = quantize(inputs_[0].as<float>()[i], scale(0), op_.zero);
      return;
    }
    if (op_.kind == &dequantize_kind) {
      for (int i = 0; i < n; ++i) y[i] = dequantize(inputs_[0].as<std::uint8_t>()[i], op_.from_zero, scale(0));
      return;
    }
    if (op_.kind->reference_u8) {
      stored_args a{};
      for (std::size_t k = 0; k < inputs_.size(); ++k) a.in[k] = inputs_[k].as<std::uint8_t>();
      for (std::size_t k = 0; k < max_params; ++k) a.param[k] = op_.param[k] >= 0 ? leaf(k).data() : nullptr;
      a.out = q;
      op_.kind->reference_u8(op_, a);
      return;
    }
    std::vector<std::int32_t> const acc = accumulators();
    for (int i = 0; i < n; ++i) {
      std::int32_t const v = acc[static_cast<std::size_t>(i)];
      int const c = i % op_.out.c;
      if (op_.kind == &max_pool_kind)
        q[i] = static_cast<std::uint8_t>(v + op_.zero);
      else if (op_.kind == &concat_kind)
        q[i] = requantize(v, scale(c < op_.in.c ? 0 : 1), op_.zero);
      else if (op_.type == dtype::f32)
        y[i] = rescale(v, scale(op_.kind->linear ? c : 0));
      else
        q[i] = clipped(requantize(v, scale(op_.kind->linear ? c : 0), op_.zero), op_.least, op_.most);
    }
  }
  std::vector<std::int32_t> accumulators() const {
    std::vector<std::vector<std::int32_t>> in(inputs_.size()), param(max_params);
    args<std::int32_t> a{};
    for (std::size_t k = 0; k < inputs_.size(); ++k) {
      for (std::size_t i = 0; i < inputs_[k].size(); ++i)
        in[k].push_back(inputs_[k].as<std::uint8_t>()[i] - (k == 0 ? op_.from_zero : op_.addend_zero));
      a.in[k] = in[k].data();
    }
    for (std::size_t k = 0; k < max_params; ++k) {
      if (op_.param[k] < 0) continue;
      buffer const& b = leaf(k);
      if (k == slot::weight)
        for (std::size_t i = 0; i < b.size(); ++i) param[k].push_back(b.as<std::int8_t>()[i]);
      else
        param[k].assign(b.as<std::int32_t>(), b.as<std::int32_t>() + b.size() / 4);
      a.param[k] = param[k].data();
    }
    std::vector<std::int32_t> out(static_cast<std::size_t>(op_.out.size()));
    a.out = out.data();
    op_.kind->reference_i32(op_, a);
    return out;
  }
  buffer const& leaf(std::size_t k) const { return leaves_[static_cast<std::size_t>(op_.param[k])]; }
  float scale(int c) const { return leaf(slot::scale).as<float>()[c]; }

  op op_;
  random_numbers next_;
  bool extreme_;
  int most_{127}, rows_{1};
  std::vector<buffer> inputs_, leaves_;
  buffer expected_;
};

}  // namespace tests::inline int8_kernels
