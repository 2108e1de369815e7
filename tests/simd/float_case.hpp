// One operation with f32 activations and random numbers: its kernel on every ISA of this machine against the reference
// in double precision.
#pragma once
#include <hone/nn/model.hpp>
#include <hone/pass/layout.hpp>
#include <hone/pass/prepare.hpp>
#include <hone/simd/entry.hpp>
#include <tests/simd/guarded.hpp>
#include <tests/simd/machine.hpp>

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "catch2.hpp"

namespace tests::inline float_kernels {

using namespace hone;

constexpr op with(op o, pointwise const& act) {
  o.act = act;
  return o;
}
constexpr op with_addend(op o) {
  o.addend = 1;
  return o;
}
constexpr op with_bf16(op o) {
  o.weights = dtype::bf16;
  return o;
}
// The tile that o has, or candidate number `n` of those that the kind offers for vectors of `lanes` lanes.
constexpr op with_tile(op o, isa i, int n) {
  bool const wide = i == isa::avx512 || i == isa::neon;
  vector_shape const v{lanes_of(i), wide ? 32 : 16, 4, i != isa::sse4 && i != isa::scalar};
  tile list[32]{};
  int const count = o.kind->tiles ? o.kind->tiles(o, v, list) : 0;
  if (count > 0 && o.t == tile{}) o.t = list[n % count];
  return o;
}

// The graph of o, its inputs and its parameters as leaves in canonical layouts.
constexpr auto alone(op o) {
  graph<3, 8, 1> g{};
  auto const input = [&](shape s) {
    op x{};
    x.kind = &input_kind, x.out = s;
    g.ops.push_back(x);
    return static_cast<std::int16_t>(g.ops.size() - 1);
  };
  bool const norm = is(o, batch_norm_kind);
  o.input[0] = input(o.in);
  if (o.addend >= 0 || is(o, add_kind)) o.input[1] = input(o.out);
  if (is(o, concat_kind)) o.input[1] = input({o.in.h, o.in.w, o.out.c - o.in.c});
  if (o.kind->linear || norm) {
    int const channels = is(o, depthwise_conv2d_kind) || norm ? 1 : o.in.c;
    int const rows = is(o, dense_kind) ? o.in.size() : norm ? 1 : o.win.taps() * channels;
    o.param[slot::weight] = parameter(g, 0, role::weight, {1, 1, rows, o.out.c}, o.weights);
    o.param[slot::bias] = parameter(g, 0, role::bias, {1, 1, 1, o.out.c});
  }
  g.ops.push_back(o);
  return g;
}

// By its bits: compilers that may assume that there is no NaN refuse std::isnan.
constexpr bool is_nan(double v) { return (std::bit_cast<std::uint64_t>(v) & ~0ull >> 1) > 0x7ff0000000000000u; }

class float_case {
 public:
  // poisoned: one number of the input is a NaN.
  float_case(op const& o, std::uint32_t seed, bool poisoned = false) : state_(seed * 2654435761u + 12345u) {
    auto const g = alone(o);
    op_ = g.ops.back();
    for (std::size_t i = 0; i + 1 < g.ops.size(); ++i) inputs_.push_back(numbers(g.ops[i].out.size(), false));
    if (poisoned) inputs_[0][inputs_[0].size() / 2] = std::numeric_limits<float>::quiet_NaN();
    for (weight const& w : g.weights) parameters_.push_back(numbers(w.rows * w.cols, w.type == dtype::bf16));
    expected_ = reference([](double v) { return v; }, op_.act);
    magnitude_ = reference([](double v) { return std::fabs(v); }, {});
  }

  // Runs the kernel of g's last operation, with its form if it has one; what is wrong with its result, or an empty text.
  template <class G>
  std::string run(G const& g, kernel_entry kernel, against side, void const* form = nullptr) const {
    op const& o = g.ops.back();
    kernel_args a{};
    a.form = form;
    std::vector<guarded> memory;
    memory.reserve(16);
    auto const place = [&](void const* from, std::size_t bytes) {
      memory.emplace_back(bytes, side);
      std::memcpy(memory.back().template as<>(), from, bytes);
      return memory.back().template as<>();
    };
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      a.in[i] = place(inputs_[i].data(), inputs_[i].size() * sizeof(float));
    std::vector<buffer> const packed = pack(g);
    for (std::size_t i = 0; i < max_params; ++i)
      if (o.param[i] >= 0) {
        buffer const& b = packed[static_cast<std::size_t>(o.param[i])];
        a.param[i] = place(b.data(), b.size());
      }
    guarded out(expected_.size() * sizeof(float), side), scratch(static_cast<std::size_t>(o.scratch), side);
    a.out = out.as<>(), a.scratch = scratch.as<>();
    kernel(a);
    if (!out.untouched_after()) return "written after the result";
    for (std::size_t i = 0; i < expected_.size(); ++i) {
      double const got = static_cast<double>(out.as<float>()[i]), error = std::fabs(got - expected_[i]);
      if (!(error <= 1e-5 * magnitude_[i] + 1e-6) && !(is_nan(expected_[i]) && is_nan(got)))
        return "element " + std::to_string(i) + " is " + std::to_string(got) + ", not " + std::to_string(expected_[i]);
    }
    return {};
  }

 private:
  std::vector<float> numbers(int n, bool bf16) {
    std::vector<float> v;
    for (int i = 0; i < n; ++i) {
      state_ ^= state_ << 13, state_ ^= state_ >> 17, state_ ^= state_ << 5;
      float const x = static_cast<float>(static_cast<std::int32_t>(state_)) * 0x1p-31f;
      v.push_back(bf16 ? from_bf16(to_bf16(x)) : x);
    }
    return v;
  }
  template <class F>
  std::vector<double> reference(F of, pointwise const& act) const {
    args<double> a{};
    std::vector<std::vector<double>> values;
    auto const convert = [&](std::vector<float> const& from) {
      std::vector<double> to;
      for (float v : from) to.push_back(of(static_cast<double>(v)));
      values.push_back(to);
      return values.back().data();
    };
    values.reserve(16);
    for (std::size_t i = 0; i < inputs_.size(); ++i) a.in[i] = convert(inputs_[i]);
    for (std::size_t i = 0; i < parameters_.size(); ++i) a.param[i] = convert(parameters_[i]);
    std::vector<double> out(static_cast<std::size_t>(op_.out.size()));
    a.out = out.data();
    op o = op_;
    o.act = act;
    o.kind->reference_f64(o, a);
    return out;
  }
  template <class G>
  std::vector<buffer> pack(G const& g) const {
    std::vector<bool> needed = pass::parameters_of(g), given(g.weights.size(), false);
    pass::need_inputs(g, needed, given);
    return pass::evaluate_nodes(g, needed, given, [&](weight const& w) {
      std::vector<float> const& from = parameters_[static_cast<std::size_t>(&w - g.weights.begin())];
      buffer b(static_cast<std::size_t>(w.size()));
      for (std::size_t i = 0; i < from.size(); ++i)
        if (w.type == dtype::bf16)
          b.as<std::uint16_t>()[i] = to_bf16(from[i]);
        else
          b.as<float>()[i] = from[i];
      return b;
    });
  }

  std::uint32_t state_;
  op op_{};
  std::vector<std::vector<float>> inputs_, parameters_;
  std::vector<double> expected_, magnitude_;
};

template <op O, int Tile, isa I>
inline constexpr auto laid_out = pass::lay_out(alone(with_tile(O, I, Tile)), lanes_of(I));

// Checks the kernel of O on every ISA, cut as the `Tile`-th candidate says.
template <op O, int Tile = 0>
void check_kernel(bool poisoned = false) {
  on_each_isa([=]<isa I>() {
    if (I == isa::avx512_vnni) return;  // the code of avx512
    static constexpr auto const& g = laid_out<O, Tile, I>;
    static constexpr kernel_entry kernel = simd::entry_of<g.ops.back(), lanes_of(I), I>();
    CAPTURE(name(I), g.ops.back().t.cols, g.ops.back().t.vectors, g.ops.back().t.split);
    REQUIRE(kernel != nullptr);
    for (std::uint32_t seed = 1; seed <= 3; ++seed) {
      float_case const c(O, seed, poisoned);
      CHECK(c.run(g, kernel, seed % 2 != 0 ? against::end : against::start) == "");
    }
  });
}
// A NaN in the input reaches the results that see it and no other: nothing reads padding and multiplies it by zero.
template <op O, int Tile = 0>
void check_poisoned() {
  check_kernel<O, Tile>(true);
}

}  // namespace tests::inline float_kernels
