// Whatever the network of tensor operations, lowering keeps what it computes.
#include <hone/pass/lower_layout.hpp>

#include "catch2.hpp"
#include "tests/pass/lowered.hpp"

#include <rapidcheck.h>

using namespace hone;

namespace {

// Networks from tapes of choices (support/random_network.hpp): tensor operations whose extents fit.
class random_tensors : public lowered::builder_of {
 public:
  explicit random_tensors(std::vector<std::uint8_t> tape, std::uint32_t seed)
      : builder_of(seed), tape_(std::move(tape)) {
    extents d{1};
    for (int rank = 1 + choice(3); d.rank <= rank;) d.push_back(1 + choice(6));
    int x = input("x", d);
    if (choice(3) == 0) values_.push_back(input("second", d));
    values_.push_back(x);
    while (at_ < tape_.size() && graph.ops.size() < 60) {
      x = choice(4) == 0 ? values_[static_cast<std::size_t>(choice(static_cast<int>(values_.size())))] : values_.back();
      x = step(x);
      if (op_at(graph, x).out.size() <= 4000) values_.push_back(x);
    }
    output("last", values_.back());
    output("some", values_[values_.size() / 2]);
  }

 private:
  int choice(int n) { return at_ < tape_.size() ? tape_[at_++] % n : 0; }
  extents dims(int x) const { return dims_of(graph, x); }

  int step(int x) {
    extents const d = dims(x);
    switch (choice(18)) {
      case 0:
      case 1:
      case 2: return conv(x);
      case 3:
      case 4: return function(x);
      case 5:
      case 6: return with_constant(x);
      case 7: return with_value(x);
      case 8: return transposed(x);
      case 9: return reshaped(x);
      case 10: return pool(x);
      case 11: return reduced(x);
      case 12: return d.rank > 0 ? nd::softmax(graph, x, choice(d.rank), choice(4) == 0, layer("softmax")) : x;
      case 13: return product(x);
      case 14: return moved(x);
      case 15: return transposed_conv(x);
      case 16: return resized(x);
      default: return normalised(x);
    }
  }

  int conv(int x) {
    extents const d = dims(x);
    if (d.rank < 3 || d.rank > 5 || d[0] != 1) return function(x);
    int const c = d[1], kind = choice(4), groups = kind < 2 ? 1 : kind == 2 ? c : (c % 2 == 0 ? 2 : 1);
    int const results = kind == 2 ? c : (1 + choice(4)) * groups;
    nd::window_nd w{};
    extents weight_dims{results, c / groups};
    for (int k = 2; k < d.rank; ++k) {
      int const kernel = 1 + choice(3), dilation = 1 + (choice(4) == 0), reach = (kernel - 1) * dilation + 1;
      int const before = choice(reach), after = std::max(choice(reach), reach - d[k] - before);
      weight_dims.push_back(kernel), w.strides.push_back(1 + choice(2)), w.dilations.push_back(dilation);
      w.before.push_back(before), w.after.push_back(after);
    }
    double const scale = 1 / std::sqrt(static_cast<double>(weight_dims.count(1, weight_dims.rank)));
    int const weight = weights(weight_dims, static_cast<float>(scale)), bias = choice(2) ? weights({results}) : -1;
    return nd::conv(graph, x, weight, bias, w, groups, layer("conv"));
  }
  int transposed_conv(int x) {
    extents const d = dims(x);
    if (d.rank < 3 || d.rank > 4 || d[0] != 1) return function(x);
    int const groups = d[1] % 2 == 0 && choice(2) == 0 ? 2 : 1, own = 1 + choice(3);
    nd::window_nd w{};
    extents weight_dims{d[1], own}, padding{};
    for (int k = 2; k < d.rank; ++k) {
      int const kernel = 1 + choice(4), stride = 1 + choice(3), most = stride * (d[k] - 1) + kernel - 1;
      weight_dims.push_back(kernel), w.strides.push_back(stride), padding.push_back(choice(stride));
      w.before.push_back(std::min(choice(kernel), most));
      w.after.push_back(std::min(choice(kernel), most - w.before[k - 2]));
    }
    int const weight = weights(weight_dims, 0.5f), bias = choice(2) == 0 ? weights({own * groups}) : -1;
    return nd::conv_transpose(graph, x, weight, bias, w, padding, groups, layer("conv_transpose"));
  }
  int resized(int x) {
    extents const d = dims(x);
    if (d.rank < 3) return function(x);
    extents to = d;
    for (int k = 2; k < d.rank; ++k) to[k] = 1 + choice(2 * d[k]);
    nd::resize_options how{};
    how.mode = choice(2) == 0 ? nd::resize_mode::nearest : nd::resize_mode::linear;
    return nd::resize(graph, x, to, {}, how, layer("resize"));
  }
  int function(int x) {
    using enum nd::unary_fn;
    constexpr nd::unary_fn list[]{
        relu,     abs,   neg,  sigmoid, tanh,     leaky_relu, hard_sigmoid, hard_swish, clip,     erf,
        softsign, swish, gelu, sin,     identity, elu,        mish,         relu,       softplus, relu};
    nd::unary_fn const fn = list[choice(20)];
    float const p = fn == clip ? -0.5f : fn == swish ? 1.25f : 0.2f, q = fn == clip ? 0.75f : 0.5f;
    int const y = nd::unary(graph, x, fn, p, q, layer("unary"));
    return choice(4) == 0 ? nd::binary(graph, x, y, nd::binary_fn::mul, layer("gate")) : y;
  }
  int with_constant(int x) {
    extents d = dims(x);
    int const shape = choice(4);
    for (int k = 0; k < d.rank; ++k)
      if (shape == 0 || (shape == 1 && k != 1) || (shape == 2 && choice(2) == 0)) d[k] = 1;
    int const c = weights(d, 0.5f, 1);
    using enum nd::binary_fn;
    constexpr nd::binary_fn list[]{add, sub, mul, div, max, min, prelu};
    nd::binary_fn const fn = list[choice(7)];
    bool const first = choice(3) == 0 && fn != div && fn != prelu;
    return nd::binary(graph, first ? c : x, first ? x : c, fn, layer("binary"));
  }
  int with_value(int x) {
    using enum nd::binary_fn;
    constexpr nd::binary_fn list[]{add, add, sub, mul, max, min};
    for (int y : values_) {
      extents both;
      if (y == x && choice(2) == 0) continue;
      if (!nd::broadcast(dims(x), dims(y), &both) || both.size() > 4000) continue;
      if (choice(3) == 0) continue;
      return nd::binary(graph, y, x, list[choice(6)], layer("join"));
    }
    return nd::binary(graph, x, x, add, layer("twice"));
  }
  int transposed(int x) {
    extents perm = as_written(x);
    for (int k = 0; k < perm.rank; ++k) std::swap(perm[k], perm[k + choice(perm.rank - k)]);
    return nd::transpose(graph, x, perm, layer("transpose"));
  }
  extents as_written(int x) const { return pass::lowering::as_written(dims(x)); }
  int reshaped(int x) {
    extents const d = dims(x);
    std::int64_t const n = d.size();
    extents to;
    if (choice(3) == 0 && d.rank < 5) {  // split a dimension, or add one
      for (int k = 0; k < d.rank; ++k) {
        int const part = d[k] % 2 == 0 && choice(2) == 0 ? 2 : 1;
        if (part == 2 && to.rank + d.rank - k < max_rank) to.push_back(2);
        to.push_back(to.rank > 0 && part == 2 && to[to.rank - 1] == 2 && d[k] % 2 == 0 ? d[k] / 2 : d[k]);
      }
      if (to.size() == n) return nd::reshape(graph, x, to, layer("split"));
    }
    to = {1};
    if (choice(3) == 0) return nd::reshape(graph, x, {1, static_cast<std::int32_t>(n)}, layer("flatten"));
    if (d.rank >= 2) {  // merge two neighbours
      int const at = choice(d.rank - 1);
      to = {};
      for (int k = 0; k < d.rank; ++k)
        if (k == at + 1)
          to[to.rank - 1] *= d[k];
        else
          to.push_back(d[k]);
      if (to.rank < 3) to.push_back(1);
      return nd::reshape(graph, x, to, layer("merge"));
    }
    for (int v : d) to.push_back(v);
    return nd::reshape(graph, x, to, layer("more"));
  }
  int pool(int x) {
    extents const d = dims(x);
    if (d.rank < 3 || d.rank > 5) return function(x);
    nd::window_nd w{};
    for (int k = 2; k < d.rank; ++k) {
      int const kernel = 1 + choice(std::min(3, d[k]));
      w.kernel.push_back(kernel), w.strides.push_back(1 + choice(2)), w.dilations.push_back(1);
      w.before.push_back(choice(3) == 0 ? choice(kernel) : 0), w.after.push_back(choice(3) == 0 ? choice(kernel) : 0);
    }
    bool const ceil = choice(3) == 0;
    if (choice(2) == 0) return nd::max_pool(graph, x, w, ceil, layer("max_pool"));
    return nd::average_pool(graph, x, w, ceil, choice(2) == 0, layer("average_pool"));
  }
  int reduced(int x) {
    using enum nd::reduce_fn;
    constexpr nd::reduce_fn list[]{mean, mean, max, sum, l2};
    extents axes;
    for (int k = 0; k < dims(x).rank; ++k)
      if (k >= 2 ? choice(4) != 0 : choice(4) == 0) axes.push_back(k);
    return nd::reduce(graph, x, axes, choice(2) == 0, list[choice(5)], layer("reduce"));
  }
  int product(int x) {
    extents const d = dims(x);
    if (d.rank == 0) return function(x);
    int const k = d[d.rank - 1], n = 1 + choice(5);
    float const scale = 1 / std::sqrt(static_cast<float>(k));
    if (choice(4) == 0) {
      int const flat = nd::reshape(graph, x, {static_cast<std::int32_t>(d.size()), 1}, layer("column"));
      return nd::matmul(graph, weights({3, dims(flat)[0]}, scale), flat, layer("matmul"));
    }
    if (d.rank == 2 && choice(2) == 0) {
      bool const turned = choice(2) == 0;
      int const w = turned ? weights({n, k}, scale) : weights({k, n}, scale);
      int const bias = choice(2) == 0 ? weights({choice(2) == 0 ? 1 : n}) : -1;
      return nd::gemm(graph, x, w, bias, 0.5f, 2, false, turned, layer("gemm"));
    }
    int const y = nd::matmul(graph, x, weights({k, n}, scale), layer("matmul"));
    return choice(2) == 0 ? nd::binary(graph, y, weights({n}), nd::binary_fn::add, layer("bias")) : y;
  }
  int moved(int x) {
    extents const d = dims(x);
    if (d.rank == 0) return x;
    int const axis = choice(d.rank);
    if (choice(3) == 0) {
      for (int y : values_)
        if (dims(y) == d && choice(2) == 0) return nd::concat(graph, y, x, axis, layer("concat"));
      return nd::concat(graph, x, x, axis, layer("concat"));
    }
    extents zeros = d, before = d, after = d, steps = d, to = d;
    for (int k = 0; k < d.rank; ++k) {
      zeros[k] = 0, steps[k] = 1, before[k] = choice(3) == 0, after[k] = choice(3) == 0;
    }
    if (choice(2) == 0)
      return nd::pad(graph, x, before, after, nd::pad_mode::constant, choice(2) == 0 ? scalar(0.5f) : -1, layer("pad"));
    bool const backwards = choice(3) == 0;
    zeros[axis] = backwards ? d[axis] - 1 : choice(d[axis]), steps[axis] = backwards ? -1 : 1 + choice(2);
    to[axis] = backwards ? d[axis] : (d[axis] - zeros[axis] + steps[axis] - 1) / steps[axis];
    return nd::slice(graph, x, zeros, steps, to, layer("slice"));
  }
  int normalised(int x) {
    extents const d = dims(x);
    if (d.rank < 2) return function(x);
    int const c = d[1];
    return nd::batch_norm(
        graph, x, weights({c}), weights({c}), weights({c}), weights({c}, 0.5f, 1), 1e-5f, layer("norm"));
  }

  std::vector<std::uint8_t> tape_;
  std::size_t at_{};
  std::vector<int> values_;
};

}  // namespace

TEST_CASE("lowering keeps what a network of tensor operations computes, whatever the network") {
  CHECK(rc::check([] {
    auto const tape = *rc::gen::scale(3.0, rc::gen::arbitrary<std::vector<std::uint8_t>>());
    auto const seed = *rc::gen::arbitrary<std::uint32_t>();
    random_tensors const t(tape, seed);
    RC_PRE(t.graph.issue.how == fix::none);
    network const low = lowered::lower(t.n);
    std::string const what = lowered::complaint(t.n, low, seed + 1, 1e-4);
    if (!what.empty()) RC_FAIL(what);
  }));
}
