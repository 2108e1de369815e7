#pragma once
#include <hone/pass/lower_clean.hpp>
#include <hone/pass/lower_function.hpp>
#include <hone/pass/lower_image.hpp>
#include <hone/pass/lower_linear.hpp>

namespace hone::inline HONE_ABI::pass {
namespace lowering {

// What computes operation i, and the values of the old network that this reads.
class chooser {
 public:
  explicit chooser(context& c) : c_(c), regions_(c) {}

  template <class F>
  void each_operand(int i, F f) {
    region const r = regions_.find(i);
    if (r.source >= 0) return f(r.source);
    for (std::int16_t k : c_.at(i).input)
      if (k >= 0) f(c_.root(k));
  }
  void lower(int i) {
    region const r = regions_.find(i);
    if (r.source >= 0) return emit_region(c_, i, r);
    if (lower_conv(c_, i) || lower_product(c_, i) || lower_pool(c_, i) || lower_reduce(c_, i) || lower_softmax(c_, i))
      return;
    if (lower_sum(c_, i) || lower_channel_constant(c_, i) || lower_batch_norm(c_, i)) return;
    if (lower_transpose(c_, i) || lower_ordered(c_, i)) return;
    keep(c_, i);
  }

 private:
  context& c_;
  region_finder regions_;
};

inline void lower_ports(context& c) {
  for (port const& p : c.old.graph.ports) {
    port n = p;
    n.op = static_cast<std::int16_t>(c.plain(p.op));
    c.graph().ports.push_back(n);
  }
}

}  // namespace lowering

// A network of operations on tensors, as files have them, as one of the tuned operations on images and vectors wherever
// that is possible, the same function: f32 within rounding, int8 as core/quantized.hpp defines it. Inputs and outputs keep
// names, types, extents and order. Layers keep their names; "<layer>.weight", "<layer>.bias", ... are new tensors. Run once,
// when a network is loaded. Raises where graph and weights do not fit each other.
inline network lower(network const& n) {
  lowering::context c(n);
  std::vector<char> needed(n.graph.ops.size());
  lowering::chooser choose(c);
  auto const need = [&](int k) { needed[static_cast<std::size_t>(c.root(k))] = 1; };
  for (port const& p : n.graph.ports)
    if (p.output) need(p.op);
  for (int i = c.ops(); i-- > 0;)
    if (needed[static_cast<std::size_t>(i)] && !c.known(i).present()) choose.each_operand(i, need);
  for (int i = 0; i < c.ops(); ++i)
    if (is(c.at(i), input_kind))
      lowering::keep(c, i);
    else if (needed[static_cast<std::size_t>(i)] && !c.known(i).present())
      choose.lower(i);
  lowering::lower_ports(c);
  c.graph().issue = n.graph.issue;
  return drop_unused(static_cast<network&&>(c.out));
}

}  // namespace hone::inline HONE_ABI::pass
