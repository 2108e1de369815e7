// Whatever the network, every operation of its int8 form gives what the float operation gives, within its own rounding.
#include <hone/pass/pipeline.hpp>
#include <hone/pass/prepare.hpp>
#include <hone/shal/numerics.hpp>

#include "catch2.hpp"
#include "trials.hpp"

using namespace hone;
using namespace trials;

namespace {

// The leaf that holds the range of operation i's result; max pooling and flatten keep their input's.
int range_leaf(dynamic_graph const& g, int i) {
  op const& o = op_at(g, i);
  if (o.type != dtype::u8) return -1;
  if (o.param[slot::scale] < 0) return range_leaf(g, o.input[0]);
  weight const* w = &weight_at(g, o.param[slot::scale]);
  if (w->kind == &pass::join_kind) w = &weight_at(g, w->in[0]);
  return w->kind == &pass::edge_ratio_kind ? w->in[1] : w->in[2];
}
std::vector<double> constant(std::size_t n, double v) { return std::vector<double>(n, v); }

// An int8 network, what it was made from, and the results of both.
class comparison {
 public:
  explicit comparison(dynamic_graph const& network, bool odd)
      : from_(fused(network)), int8_(pass::quantize(from_.graph)) {
    int8_ = pass::plan_activations(int8_);
    require_ordered(int8_);
    set_ranges();
    if (odd) make_odd();
    std::vector<bool> const all(int8_.weights.size(), true), none(int8_.weights.size(), false);
    values_ = pass::evaluate_nodes(
        int8_, all, none, [&](weight const& w) { return pass::load_node(int8_, w, from_.parameters); });
    edges_ = shal::emulator(int8_, pass::canonical_tensors(int8_, from_.parameters)).edges(from_.input);
    for (std::size_t i = 0; i < edges_.size(); ++i) real_.push_back(real_values(i));
  }

  void check_all() const {
    std::size_t old = 0;
    for (std::size_t i = 1; i < int8_.ops.size(); ++i) {
      op const& o = int8_.ops[i];
      if (is(o, quantize_kind) || is(o, dequantize_kind)) {
        check(i, input(o, 0), constant(input(o, 0).size(), 1e-6 * largest(input(o, 0)) + half_step(i)));
        continue;
      }
      if (o.layer == from_.graph.ops[old].layer && is_tail(o, from_.graph.ops[old])) {
        check_float(i, o);
        continue;
      }
      op expected = from_.graph.ops[++old];
      RC_ASSERT(is(o, *expected.kind));
      RC_ASSERT(o.out == expected.out);
      if (o.type == dtype::f32 && o.from == dtype::u8) expected.act = {};  // an operation of its own computes it
      if (o.from != dtype::u8)
        check_float(i, expected);
      else
        check(i, run(expected, parameters_of(expected), inputs(o)), bounds(i));
    }
    RC_ASSERT(old + 1 == from_.graph.ops.size());
    RC_ASSERT(int8_.ops.back().type == dtype::f32);
  }
  // Kernels take the weights: packing refuses those that lack what they count on.
  void check_packs() const {
    tensor_set const stored = pass::canonical_tensors(int8_, from_.parameters);
    dynamic_graph const f = pass::finalize(int8_, eight_lanes);
    RC_ASSERT(pass::pack(int8_, f, stored).size() == static_cast<std::size_t>(f.packed));
  }
  // No input drives an accumulator past what kernels count on.
  void check_reach() const {
    for (op const& o : int8_.ops) {
      if (!o.kind->linear || o.from != dtype::u8) continue;
      weight const& w = weight_at(int8_, o.param[slot::weight]);
      for (int c = 0; c < w.cols; ++c) {
        double reach = std::abs(double(value<std::int32_t>(o.param[slot::bias])[c]));
        for (int r = 0; r < w.rows; ++r)
          reach += 255 * std::abs(double(value<std::int8_t>(o.param[slot::weight])[r * w.cols + c]));
        if (o.addend >= 0) reach += 255 * double(value<std::int32_t>(o.param[slot::addend])[c]);
        RC_ASSERT(reach < (o.convert ? 2147483648.0 : 8388608.0));
      }
    }
  }

 private:
  using parameters = std::array<std::vector<double>, max_params>;

  // The activation that follows a linear operation whose result is not quantised.
  static bool is_tail(op const& o, op const& before) {
    return is(o, relu_kind) && o.from == dtype::f32 && before.kind->linear && o.act == before.act;
  }
  // Ranges about as large as the results, so that some are clipped.
  void set_ranges() {
    results const all = evaluate(from_.graph, pass::evaluate_parameters(from_.graph, from_.parameters), from_.input);
    tensor_set with_ranges = networks::parameters_of(int8_, 1);
    for (tensor& t : with_ranges)
      if (tensor const* known = from_.parameters.find(t.name.data()); known != nullptr)
        t.data = known->data;
      else
        t.values<float>()[0] = static_cast<float>(largest(all)) * 0.25f * static_cast<float>(*rc::gen::inRange(1, 6));
    from_.parameters = with_ranges;
  }
  // Some tensors with channels that are dead, next to it, or far from the others; some ranges that are nothing.
  void make_odd() {
    for (tensor& t : from_.parameters) {
      std::span<float> const v = t.values<float>();
      auto const columns = static_cast<std::size_t>(t.dims[3]);
      bool const weights = std::string(t.name.data()).ends_with("weight");
      bool const others = std::string(t.name.data()).ends_with("bias") || t.elements() == 1;
      if (!weights && !others) continue;
      std::size_t const column = *rc::gen::inRange<std::size_t>(0, columns);
      float const factors[]{1, 1, 0, 1e-42f, 1e-12f, 30};
      float const factor = factors[*rc::gen::inRange(0, 6)];
      for (std::size_t i = column; i < v.size(); i += columns) v[i] *= factor;
    }
  }

  template <class T>
  T const* value(int node) const {
    return values_[static_cast<std::size_t>(node)].as<T>();
  }
  double step(int i) const {
    int const leaf = range_leaf(int8_, i);
    float const fixed = std::bit_cast<float>(weight_at(int8_, leaf).attr[0]);  // relu6: 6
    float const range = fixed > 0 ? fixed : *value<float>(leaf);
    return (range > 0x1p-100f ? range : 1) / (op_at(int8_, i).zero != 0 ? 127.0 : 255.0);
  }
  double half_step(std::size_t i) const {
    return int8_.ops[i].type == dtype::u8 ? 0.50001 * step(static_cast<int>(i)) : 0;
  }
  std::vector<double> real_values(std::size_t i) const {
    op const& o = int8_.ops[i];
    std::vector<double> v(static_cast<std::size_t>(o.out.size()));
    for (std::size_t k = 0; k < v.size(); ++k)
      v[k] = o.type == dtype::u8 ? (edges_[i].as<std::uint8_t>()[k] - o.zero) * step(static_cast<int>(i))
                                 : double(edges_[i].as<float>()[k]);
    return v;
  }
  std::vector<double> const& input(op const& o, std::size_t k) const {
    return real_[static_cast<std::size_t>(o.input[k])];
  }
  std::array<std::vector<double>, max_inputs> inputs(op const& o) const {
    std::array<std::vector<double>, max_inputs> x;
    for (std::size_t k = 0; k < max_inputs; ++k)
      if (o.input[k] >= 0) x[k] = input(o, k);
    return x;
  }
  parameters parameters_of(op const& o) const {
    parameters p;
    for (std::size_t k = 0; k < max_params; ++k)
      if (o.param[k] >= 0)
        p[k] = shal::widened<double>(weight_at(int8_, o.param[k]), values_[static_cast<std::size_t>(o.param[k])]);
    return p;
  }
  static std::vector<double> run(op const& o, parameters const& p,
                                 std::array<std::vector<double>, max_inputs> const& x) {
    std::vector<double> y(static_cast<std::size_t>(o.out.size()));
    args<double> a{};
    for (std::size_t k = 0; k < max_inputs; ++k) a.in[k] = x[k].data();
    for (std::size_t k = 0; k < max_params; ++k) a.param[k] = p[k].data();
    a.out = y.data();
    shal::run_reference(o, a);
    return y;
  }

  // How far operation i's result may lie from that of exact numbers: its own rounding, and that of its parameters.
  std::vector<double> bounds(std::size_t i) const {
    op o = int8_.ops[i];
    auto x = inputs(o);
    for (auto& v : x)
      for (double& one : v) one = std::abs(one);
    double const in = step(o.input[0]);
    if (is(o, add_kind)) {
      double const other = step(o.input[1]);
      return constant(static_cast<std::size_t>(o.out.size()), half_step(i) + 255 * std::max(in, other) / 8192);
    }
    if (!o.kind->linear) return constant(static_cast<std::size_t>(o.out.size()), half_step(i));
    // Weights are off by half their step at most; so are the bias and the addend's multiplier, in accumulator units.
    weight const& w = weight_at(int8_, o.param[slot::weight]);
    float const* steps = value<float>(w.in[1]);
    parameters p;
    for (int r = 0; r < w.rows; ++r)
      for (int c = 0; c < w.cols; ++c) p[slot::weight].push_back(0.50001 * double(steps[c]));
    for (int c = 0; c < w.cols; ++c) p[slot::bias].push_back(0.50001 * in * double(steps[c]) + half_step(i) + 1e-6);
    double const addend = o.addend >= 0 ? step(o.input[static_cast<std::size_t>(o.addend)]) : 1;
    if (o.addend >= 0)
      for (double& v : x[static_cast<std::size_t>(o.addend)]) v = 0;
    std::vector<double> most = run(o, p, x);
    for (std::size_t k = 0; k < most.size() && o.addend >= 0; ++k)
      most[k] += 0.50001 * in * double(steps[k % static_cast<std::size_t>(w.cols)]) *
                 std::abs(input(o, static_cast<std::size_t>(o.addend))[k]) / addend;
    return most;
  }
  void check_float(std::size_t i, op const& expected) const {
    std::vector<double> const want = run(expected, parameters_of(expected), inputs(int8_.ops[i]));
    double most = largest(want);
    for (auto const& x : inputs(int8_.ops[i])) most += largest(x);
    check(i, want, constant(want.size(), 1e-4 * (1 + most)));
  }
  void check(std::size_t i, std::vector<double> want, std::vector<double> const& bound) const {
    op const& o = int8_.ops[i];
    RC_ASSERT(want.size() == real_[i].size());
    for (std::size_t k = 0; k < want.size(); ++k) {
      if (o.type == dtype::u8) {
        double const unit = step(static_cast<int>(i));
        want[k] = std::clamp(want[k], -o.zero * unit, (255 - o.zero) * unit);
      }
      if (!(std::abs(real_[i][k] - want[k]) <= bound[k]))
        RC_FAIL(std::string(o.kind->name) + ", result " + std::to_string(k) + " is " + std::to_string(real_[i][k]) +
                " instead of " + std::to_string(want[k]) + " +- " + std::to_string(bound[k]));
    }
  }

  trial from_;  // folded and fused
  dynamic_graph int8_;
  pass::node_values values_;
  std::vector<buffer> edges_;
  results real_;
};

}  // namespace

TEST_CASE("an int8 operation gives what the float operation gives, within the rounding of its own numbers") {
  bool const odd = GENERATE(false, true);
  CHECK(rc::check([=] {
    comparison const c(any_network(), odd);
    c.check_all();
    c.check_reach();
    c.check_packs();
  }));
}
