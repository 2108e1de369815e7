#pragma once
#include <hone/core/network.hpp>
#include <hone/nn/nd/binary.hpp>
#include <hone/nn/nd/cast.hpp>
#include <hone/nn/nd/conv.hpp>
#include <hone/nn/nd/matmul.hpp>
#include <hone/nn/nd/move.hpp>
#include <hone/nn/nd/qlinear.hpp>
#include <hone/nn/nd/reshape.hpp>

namespace hone::inline HONE_ABI::pass::lowering {

// Networks that are quantised dynamically multiply stored numbers, whose scale is known at run time only, by stored
// weights, and make floats of the sums at once. The same product of the same whole numbers in f32 has tuned operations:
//   cast(product(x - x zero, w - w zero) in i32)  ->  product(cast(x) - x zero, cast(w) - w zero) in f32
// where the weights prove that it is the same: its sums stay under 2^24, or those of both halves of what is summed do (the
// sum of two such is rounded as the cast rounds it).
class dynamic_products {
 public:
  dynamic_products(dynamic_graph const& g, tensor_set const& weights)
      : old_(g), weights_(weights), g_(g), moved_(g.ops.size(), -1), uses_(g.ops.size()) {
    g_.ops.clear(), g_.forms.clear();
    for (op const& o : g.ops)
      for (std::int16_t k : o.input)
        if (k >= 0) ++uses_[static_cast<std::size_t>(k)];
    for (port const& p : g.ports) uses_[static_cast<std::size_t>(p.op)] += p.output ? 1 : 0;
  }

  dynamic_graph run() {
    for (std::size_t i = 0; i < old_.ops.size(); ++i) {
      op o = old_.ops[i];
      tensor_form const f = o.form >= 0 ? old_.forms[static_cast<std::size_t>(o.form)] : tensor_form{};
      if (int const parts = exact_parts(o); parts > 0) {
        moved_[i] = product(op_at(old_, o.input[0]), parts);
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
  // The bytes of a constant; null where i is none, or absent.
  tensor const* constant(int i) const {
    if (i < 0 || !is(op_at(old_, i), constant_kind)) return nullptr;
    tensor const* const t = weights_.find(tensor_name(old_, weight_at(old_, op_at(old_, i).param[0])).c_str());
    bool const whole = t != nullptr && t->type == op_at(old_, i).type &&
                       t->data.size() >= static_cast<std::size_t>(op_at(old_, i).bytes_out());
    return whole ? t : nullptr;
  }
  // Of how many sums, 1 or 2, o is the exact one: it makes floats of a product that nothing else reads. 0: it is none.
  int exact_parts(op const& o) const {
    if (!is(o, nd::cast_kind) || o.type != dtype::f32 || uses_[static_cast<std::size_t>(o.input[0])] != 1) return 0;
    op const& p = op_at(old_, o.input[0]);
    bool const conv = is(p, nd::conv_integer_kind),
               one_zero = p.input[2] < 0 || op_at(old_, p.input[2]).out.size() == 1;
    if ((!conv && !is(p, nd::matmul_integer_kind)) || !one_zero || (conv && p.input[4] >= 0)) return 0;
    tensor const *const w = constant(p.input[1]), *const zero = constant(p.input[3]);
    extents const d = dims_of(old_, p.input[1]);
    if (w == nullptr || (p.input[3] >= 0 && zero == nullptr) || d.size() == 0 || (!conv && d.rank != 2)) return 0;
    bool const grouped = conv && old_.forms[static_cast<std::size_t>(p.form)].i[nd::conv_groups] != 1;
    int const n = length(d, conv), middle = half(d, conv);
    if (reach(*w, zero, d, conv, 0, n) <= most) return 1;
    bool const halves = reach(*w, zero, d, conv, 0, middle) <= most && reach(*w, zero, d, conv, middle, n) <= most;
    return !grouped && halves ? 2 : 0;
  }
  static constexpr std::int64_t most = ((1 << 24) - 1) / 255;  // of magnitudes of weights, for stored numbers of 8 bits
  // How many channels, or rows, are summed.
  static int length(extents const& d, bool conv) { return d[conv ? 1 : 0]; }
  static int half(extents const& d, bool conv) { return length(d, conv) / 2; }
  // The largest sum of magnitudes over channels (or rows) [begin, end) for one result: w is [m][c][kernel] or [k][n].
  std::int64_t reach(tensor const& w, tensor const* zero, extents const& d, bool conv, int begin, int end) const {
    std::int64_t const inner = conv ? d.count(2, d.rank) : d[1], results = conv ? d[0] : d[1],
                       zeros = zero == nullptr ? 0 : static_cast<std::int64_t>(zero->data.size());
    std::vector<std::int64_t> sums(static_cast<std::size_t>(results), 0);
    auto const number = [](tensor const& t, std::int64_t k) -> int {
      return t.type == dtype::i8 ? t.data.as<std::int8_t>()[k] : t.data.as<std::uint8_t>()[k];
    };
    for (std::int64_t r = 0; r < (conv ? results : 1); ++r)
      for (int c = begin; c < end; ++c)
        for (std::int64_t k = 0; k < inner; ++k) {
          std::int64_t const own = conv ? r : k, at = ((conv ? r * d[1] : 0) + c) * inner + k;
          int const v = number(w, at) - (zeros == 0 ? 0 : number(*zero, zeros == 1 ? 0 : own));
          sums[static_cast<std::size_t>(own)] += v < 0 ? -v : v;
        }
    std::int64_t largest = 0;
    for (std::int64_t v : sums) largest = v > largest ? v : largest;
    return largest;
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
  // Channels (or rows) [begin, end) of x along one axis.
  int cut(int x, int axis, int begin, int end, int layer) {
    extents to = dims_of(g_, x), starts = to, steps = to;
    for (int d = 0; d < to.rank; ++d) starts[d] = 0, steps[d] = 1;
    starts[axis] = begin, to[axis] = end - begin;
    return nd::slice(g_, x, starts, steps, to, layer);
  }
  int product(op const& p, int parts) {
    extents const one{}, dw = dims_of(old_, p.input[1]);
    extents each = p.input[3] >= 0 ? dims_of(old_, p.input[3]) : one;
    bool const conv = is(p, nd::conv_integer_kind), single = each.size() == 1;
    if (single) each = one;
    if (conv && !single) {  // one a result channel
      each = {dw[0]};
      while (each.rank < dw.rank) each.push_back(1);
    }
    int const x = numbers(p.input[0], p.input[2], one, p.layer), w = numbers(p.input[1], p.input[3], each, p.layer);
    tensor_form const& f = old_.forms[static_cast<std::size_t>(p.form)];
    auto const of = [&](int a, int b) {
      return conv ? nd::conv(g_, a, b, -1, nd::window_of(f), f.i[nd::conv_groups], p.layer)
                  : nd::matmul(g_, a, b, p.layer);
    };
    if (parts == 1) return of(x, w);
    int const n = length(dw, conv), middle = half(dw, conv), of_x = conv ? 1 : dims_of(g_, x).rank - 1,
              of_w = conv ? 1 : 0;
    int const low = of(cut(x, of_x, 0, middle, p.layer), cut(w, of_w, 0, middle, p.layer)),
              high = of(cut(x, of_x, middle, n, p.layer), cut(w, of_w, middle, n, p.layer));
    return nd::binary(g_, low, high, nd::binary_fn::add, p.layer);
  }

  dynamic_graph const& old_;
  tensor_set const& weights_;
  dynamic_graph g_;
  std::vector<int> moved_, uses_;
};

}  // namespace hone::inline HONE_ABI::pass::lowering
