#pragma once
#include <hone/nn/nd/binary.hpp>
#include <hone/nn/nd/cast.hpp>
#include <hone/nn/nd/conv.hpp>
#include <hone/nn/nd/matmul.hpp>
#include <hone/nn/nd/qlinear.hpp>
#include <hone/nn/nd/reshape.hpp>

namespace hone::inline HONE_ABI::pass::lowering {

// Networks that are quantised dynamically multiply stored numbers, whose scale is known at run time only, by stored
// weights, and make floats of the sums at once. The same product of the same whole numbers in f32 has tuned operations:
//   cast(product(x - x zero, w - w zero) in i32)  ->  product(cast(x) - x zero, cast(w) - w zero) in f32
// Its sums are exact while they stay under 2^24, else within rounding.
class dynamic_products {
 public:
  explicit dynamic_products(dynamic_graph const& g)
      : old_(g), g_(g), moved_(g.ops.size(), -1), uses_(g.ops.size()), known_(g.ops.size()) {
    g_.ops.clear(), g_.forms.clear();
    for (std::size_t i = 0; i < g.ops.size(); ++i) {
      op const& o = g.ops[i];
      bool known = !is(o, input_kind) && (is(o, constant_kind) || is(o, flatten_kind) || o.kind->evaluate);
      for (std::int16_t k : o.input) {
        if (k < 0) continue;
        ++uses_[static_cast<std::size_t>(k)];
        known = known && known_[static_cast<std::size_t>(k)] != 0;
      }
      known_[i] = known ? 1 : 0;
    }
    for (port const& p : g.ports) uses_[static_cast<std::size_t>(p.op)] += p.output ? 1 : 0;
  }

  dynamic_graph run() {
    for (std::size_t i = 0; i < old_.ops.size(); ++i) {
      op o = old_.ops[i];
      tensor_form const f = o.form >= 0 ? old_.forms[static_cast<std::size_t>(o.form)] : tensor_form{};
      if (in_floats(o)) {
        moved_[i] = product(op_at(old_, o.input[0]));
        continue;
      }
      for (std::int16_t& k : o.input)
        if (k >= 0) k = static_cast<std::int16_t>(moved_[static_cast<std::size_t>(k)]);
      if (o.form >= 0) {
        g_.forms.push_back(f);
        o.form = static_cast<std::int16_t>(g_.forms.size() - 1);
      }
      g_.ops.push_back(o);
      moved_[i] = static_cast<int>(g_.ops.size()) - 1;
    }
    for (port& p : g_.ports) p.op = static_cast<std::int16_t>(moved_[static_cast<std::size_t>(p.op)]);
    return static_cast<dynamic_graph&&>(g_);
  }

 private:
  bool known(int i) const { return i < 0 || known_[static_cast<std::size_t>(i)] != 0; }
  // Whether o makes floats of a product that nothing else reads, of weights that are known.
  bool in_floats(op const& o) const {
    if (!is(o, nd::cast_kind) || o.type != dtype::f32 || uses_[static_cast<std::size_t>(o.input[0])] != 1) return false;
    op const& p = op_at(old_, o.input[0]);
    bool const conv = is(p, nd::conv_integer_kind),
               one_zero = p.input[2] < 0 || op_at(old_, p.input[2]).out.size() == 1;
    if ((!conv && !is(p, nd::matmul_integer_kind)) || !one_zero) return false;
    return known(p.input[1]) && known(p.input[3]) && (!conv || p.input[4] < 0);
  }
  // Stored numbers of old operation x less those of `zero` (-1: none), seen with the extents `beside`.
  int numbers(int x, int zero, extents const& beside, int layer) {
    auto const cast = [&](int k) { return nd::cast(g_, moved_[static_cast<std::size_t>(k)], dtype::f32, layer); };
    int const v = cast(x);
    if (zero < 0) return v;
    int z = cast(zero);
    if (!(dims_of(g_, z) == beside)) z = nd::reshape(g_, z, beside, layer);
    return nd::binary(g_, v, z, nd::binary_fn::sub, layer);
  }
  int product(op const& p) {
    extents const one{}, dw = dims_of(old_, p.input[1]);
    extents each = p.input[3] >= 0 ? dims_of(old_, p.input[3]) : one;
    bool const conv = is(p, nd::conv_integer_kind), single = each.size() == 1;
    if (single) each = one;
    if (conv && !single) {  // one a result channel
      each = {dw[0]};
      while (each.rank < dw.rank) each.push_back(1);
    }
    int const x = numbers(p.input[0], p.input[2], one, p.layer), w = numbers(p.input[1], p.input[3], each, p.layer);
    if (!conv) return nd::matmul(g_, x, w, p.layer);
    tensor_form const& f = old_.forms[static_cast<std::size_t>(p.form)];
    return nd::conv(g_, x, w, -1, nd::window_of(f), f.i[nd::conv_groups], p.layer);
  }
  dynamic_graph const& old_;
  dynamic_graph g_;
  std::vector<int> moved_, uses_;
  std::vector<char> known_;
};

}  // namespace hone::inline HONE_ABI::pass::lowering
