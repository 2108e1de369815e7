#pragma once
#include <hone/core/tensor_op.hpp>
#include <hone/nn/flatten.hpp>
#include <hone/nn/input.hpp>
#include <hone/nn/residual.hpp>
#include <hone/pass/rewrite.hpp>

namespace hone::inline HONE_ABI::pass {

// Elementwise operations become the activation of the operation whose result only they read, unless that computes nothing
// (input, flatten).
template <class G>
constexpr G fuse_activation(G g) {
  absorb(g, [](G& h, op const& o, bool const* sole) -> int {
    if (!o.kind->pointwise || !sole[0]) return -1;
    op& p = op_at(h, o.input[0]);
    if (is(p, input_kind) || is(p, flatten_kind) || is(p, constant_kind) || p.kind->evaluate || !p.act.empty() ||
        p.type != dtype::f32 || p.from == dtype::u8)
      return -1;
    p.act = o.act;
    if (o.form >= 0) p.form = o.form;
    return o.input[0];
  });
  return g;
}

// A residual sum becomes the addend of the linear operation that computes its later branch, if nothing else reads that.
// (The later one: its other operand is then already there.) Run it before fuse_activation, which then fuses what follows
// the sum.
template <class G>
constexpr G fuse_residual(G g) {
  absorb(g, [](G& h, op const& o, bool const* sole) -> int {
    if (!is(o, add_kind) || o.input[0] == o.input[1]) return -1;
    std::size_t const last = o.input[0] > o.input[1] ? 0 : 1;
    std::int16_t const producer = o.input[last], other = o.input[1 - last];
    op& p = op_at(h, producer);
    if (!sole[last] || !p.kind->linear || !p.act.empty() || p.addend >= 0 || o.from == dtype::u8 || p.from == dtype::u8)
      return -1;
    p.addend = static_cast<std::int8_t>(p.inputs());
    p.input[static_cast<std::size_t>(p.addend)] = other;
    p.act = o.act;
    if (o.form >= 0) p.form = o.form;
    return producer;
  });
  return g;
}

}  // namespace hone::inline HONE_ABI::pass
