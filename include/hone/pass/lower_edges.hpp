#pragma once
#include <hone/core/network.hpp>
#include <hone/nn/nd/concat.hpp>
#include <hone/nn/nd/gather.hpp>
#include <hone/nn/nd/move.hpp>
#include <hone/nn/nd/pad.hpp>
#include <hone/nn/nd/pool.hpp>
#include <hone/nn/nd/quantize.hpp>
#include <hone/nn/nd/reshape.hpp>

namespace hone::inline HONE_ABI::pass::lowering {

// Networks in QDQ form dequantise before everything and quantise after it. What only moves or selects numbers does
// that to stored ones just as well:
//   move(dequantise(x), ...), one scale for all  ->  dequantise(move(x, ...))
//   quantise(move(dequantise(x), ...))           ->  move(quantise(dequantise(x)), ...)
// after which other passes see what computes.
class edge_mover {
 public:
  edge_mover(dynamic_graph const& g, tensor_set const& weights)
      : old_(g), weights_(weights), g_(g), moved_(g.ops.size()) {
    g_.ops.clear(), g_.forms.clear();
    uses_.resize(g.ops.size());
    for (op const& o : g.ops)
      for (std::int16_t k : o.input)
        if (k >= 0) ++uses_[static_cast<std::size_t>(k)];
    for (port const& p : g.ports)
      if (p.output) ++uses_[static_cast<std::size_t>(p.op)];
  }

  dynamic_graph run() {
    for (std::size_t i = 0; i < old_.ops.size(); ++i) {
      op o = old_.ops[i];
      bool const sole = o.input[0] >= 0 && uses_[static_cast<std::size_t>(o.input[0])] == 1;
      for (std::int16_t& k : o.input)
        if (k >= 0) k = static_cast<std::int16_t>(moved_[static_cast<std::size_t>(k)]);
      tensor_form const f = o.form >= 0 ? old_.forms[static_cast<std::size_t>(o.form)] : tensor_form{};
      int at = -1;
      if (moves(o) && o.type == dtype::f32) at = before_dequantising(o, f);
      if (is(o, nd::quantize_linear_kind) && f.i[0] < 0 && sole) at = after_quantising(o, f);
      moved_[i] = at >= 0 ? at : append_formed(g_, o, f);
    }
    for (port& p : g_.ports) p.op = static_cast<std::int16_t>(moved_[static_cast<std::size_t>(p.op)]);
    return static_cast<dynamic_graph&&>(g_);
  }

 private:
  static bool moves(op const& o) {
    auto const any_of = [&](auto const&... kinds) { return (is(o, kinds) || ...); };
    if (is(o, flatten_kind)) return o.act.empty();
    return any_of(nd::transpose_kind, nd::slice_kind, nd::expand_kind, nd::tile_kind, nd::copy_kind, nd::gather_kind,
                  nd::pad_kind, nd::concat_kind, nd::max_pool_kind);
  }
  // How many of its first operands are moved.
  static std::size_t operands(op const& o) { return is(o, nd::concat_kind) ? static_cast<std::size_t>(o.inputs()) : 1; }

  bool dequantises(int i) const {
    op const& o = op_at(g_, i);
    bool const byte = is(o, nd::dequantize_linear_kind) &&
                      (op_at(g_, o.input[0]).type == dtype::u8 || op_at(g_, o.input[0]).type == dtype::i8);
    return byte && g_.forms[static_cast<std::size_t>(o.form)].i[0] < 0;
  }
  bool all_dequantise(op const& o) const {
    for (std::size_t k = 0; k < operands(o); ++k)
      if (!dequantises(o.input[k])) return false;
    return true;
  }
  tensor const* constant(int i) const {
    if (i < 0 || !is(op_at(g_, i), constant_kind)) return nullptr;
    return weights_.find(tensor_name(g_, weight_at(g_, op_at(g_, i).param[0])).c_str());
  }
  // Whether new operations a and b are one value: -1 is none, or a zero.
  bool same(int a, int b) const {
    tensor const *x = constant(a), *y = constant(b);
    if (a == b) return true;
    if (x == nullptr || y == nullptr) return (a < 0 && is_zero(b)) || (b < 0 && is_zero(a));
    return x->type == y->type && x->data.size() == y->data.size() &&
           std::memcmp(x->data.data(), y->data.data(), x->data.size()) == 0;
  }
  bool is_zero(int i) const {
    tensor const* t = constant(i);
    if (t == nullptr || op_at(g_, i).out.size() != 1) return false;
    if (t->type == dtype::f32) return t->values<float>()[0] == 0;
    return t->data.data()[0] == std::byte{0};
  }

  // o, whose operands are these quantised ones.
  int emit_moved(op o, tensor_form const& f, std::array<std::int16_t, max_inputs> const& quantised, int pad_value) {
    for (std::size_t k = 0; k < operands(o); ++k) o.input[k] = quantised[k];
    if (is(o, nd::pad_kind)) o.input[1] = static_cast<std::int16_t>(pad_value);
    o.type = o.from = op_at(g_, o.input[0]).type;
    return append_formed(g_, o, f);
  }
  int before_dequantising(op const& o, tensor_form const& f) {
    if (!all_dequantise(o)) return -1;
    op const first = op_at(g_, o.input[0]);
    std::array<std::int16_t, max_inputs> quantised{};
    for (std::size_t k = 0; k < operands(o); ++k) {
      op const& d = op_at(g_, o.input[k]);
      bool const one_type = op_at(g_, d.input[0]).type == op_at(g_, first.input[0]).type && d.type == first.type;
      if (!one_type || !same(d.input[1], first.input[1]) || !same(d.input[2], first.input[2])) return -1;
      quantised[k] = d.input[0];
    }
    if (is(o, nd::pad_kind) && o.input[1] >= 0 && !is_zero(o.input[1])) return -1;
    op d = first;
    d.input[0] = static_cast<std::int16_t>(emit_moved(o, f, quantised, first.input[2]));
    d.out = o.out, d.in = o.out, d.layer = first.layer;
    return append_formed(g_, d, {.dims = f.dims, .i = {-1, 0}});
  }
  int after_quantising(op const& q, tensor_form const& f) {
    op const o = op_at(g_, q.input[0]);
    if (!moves(o) || o.type != dtype::f32 || !all_dequantise(o)) return -1;
    auto const quantise = [&](int x) {
      op n = q;
      n.input[0] = static_cast<std::int16_t>(x), n.in = n.out = op_at(g_, x).out;
      return append_formed(g_, n, {.dims = dims_of(g_, x), .i = {-1, 0}});
    };
    std::array<std::int16_t, max_inputs> quantised{};
    for (std::size_t k = 0; k < operands(o); ++k) quantised[k] = quantise(o.input[k]);
    int const value = !is(o, nd::pad_kind) ? -1 : o.input[1] >= 0 ? quantise(o.input[1]) : q.input[2];
    tensor_form const moved = g_.forms[static_cast<std::size_t>(o.form)];
    if (!(moved.dims == f.dims)) return nd::reshape(g_, emit_moved(o, moved, quantised, value), f.dims, q.layer);
    return emit_moved(o, moved, quantised, value);
  }

  dynamic_graph const& old_;
  tensor_set const& weights_;
  dynamic_graph g_;
  std::vector<int> moved_, uses_;
};

}  // namespace hone::inline HONE_ABI::pass::lowering
