#pragma once
#include <hone/nn/nd/move.hpp>
#include <hone/pass/lower_batch.hpp>
#include <hone/pass/lower_clean.hpp>
#include <hone/pass/lower_dynamic.hpp>
#include <hone/pass/lower_edges.hpp>
#include <hone/pass/lower_int8.hpp>
#include <hone/pass/lower_table.hpp>
#include <hone/pass/lower_transposed.hpp>

namespace hone::inline HONE_ABI::pass {
namespace lowering {

// What an operation of the old network becomes, together with those before it that nothing else reads.
struct decision {
  enum class form : std::uint8_t { alone, function, table, linear, pair, mean, quantize, dequantize };
  form what{form::alone};
  std::vector<int> operands{};  // values of the old network that it reads
  edge result{};                // the edge that it writes, if it is quantised
  region f{};
  lowering::table t{};
  stored_linear l{};
  stored_pair p{};
  stored_mean m{};
};

class chooser {
 public:
  explicit chooser(context& c) : c_(c), regions_(c), tables_(c), made_(static_cast<std::size_t>(c.ops()), -1) {}

  std::vector<int> const& operands(int i) { return decided(i).operands; }
  void lower(int i) {
    decision const& d = decided(i);
    switch (d.what) {
      case decision::form::alone: return lower_alone(i);
      case decision::form::function: return emit_region(c_, i, d.f);
      case decision::form::table: return emit_table(c_, i, d.t);
      case decision::form::linear: return emit_linear(c_, i, d.l, d.result);
      case decision::form::pair: return emit_pair(c_, i, d.p, d.result, c_.at(i).layer);
      case decision::form::mean: return emit_mean(c_, i, d.m, d.result);
      case decision::form::quantize: return emit_quantize(c_, i, d.result);
      case decision::form::dequantize: return emit_dequantize(c_, i, edge_of(c_, i));
    }
  }

 private:
  decision const& decided(int i) {
    int& at = made_[static_cast<std::size_t>(i)];
    if (at < 0) {
      decisions_.push_back(decide(i));
      at = static_cast<int>(decisions_.size()) - 1;
    }
    return decisions_[static_cast<std::size_t>(at)];
  }
  decision decide(int i) {
    decision d{};
    if (d.result = result_of(c_, i); d.result.fits()) return quantised(i, static_cast<decision&&>(d));
    if (d.l = requantised_linear(c_, i, d.result); d.l.fits()) {
      d.what = decision::form::linear, d.operands = {d.l.x.value};
    } else if (edge const x = edge_of(c_, i); x.fits()) {
      d.what = decision::form::dequantize, d.operands = {x.value};
    } else if (d.l = linear_of(c_, i); d.l.fits()) {
      d.what = decision::form::linear, d.operands = {d.l.x.value};
    } else if (d.f = regions_.find(i); d.f.source >= 0) {
      d.what = decision::form::function, d.operands = {d.f.source};
    } else {
      for (std::int16_t k : c_.at(i).input)
        if (k >= 0) d.operands.push_back(c_.root(k));
    }
    return d;
  }
  decision quantised(int i, decision&& d) {
    int const x = c_.root(c_.at(i).input[0]);
    if (d.t = tables_.find(i); d.t.source >= 0) {
      d.what = decision::form::table, d.operands = {d.t.source};
      return static_cast<decision&&>(d);
    }
    if (c_.uses(x) == 1) {
      bounds b{};
      int const y = before_bounds(c_, x, b);
      if (d.l = linear_of(c_, y); d.l.fits()) {
        d.l.within = b;
        d.what = decision::form::linear, d.operands = {d.l.x.value};
      } else if (d.p = pair_of(c_, y, b); d.p.a.fits()) {
        d.what = decision::form::pair, d.operands = {d.p.a.value, d.p.b.value};
      } else if (d.m = mean_of(c_, y, b); d.m.at >= 0) {
        d.what = decision::form::mean, d.operands = {d.m.x.value};
      }
    }
    if (d.what == decision::form::alone) d.what = decision::form::quantize, d.operands = {x};
    return static_cast<decision&&>(d);
  }
  void lower_alone(int i) {
    context& c = c_;
    if (lower_conv(c, i) || lower_product(c, i) || lower_pool(c, i) || lower_reduce(c, i) || lower_softmax(c, i))
      return;
    if (lower_conv_transpose(c, i)) return;
    if (lower_sum(c, i) || lower_channel_constant(c, i) || lower_batch_norm(c, i)) return;
    if (lower_transpose(c, i) || lower_ordered(c, i) || lower_resize(c, i) || lower_range(c, i)) return;
    keep(c, i);
  }

  context& c_;
  region_finder regions_;
  table_finder tables_;
  std::vector<int> made_;  // by operation; -1: not decided
  std::vector<decision> decisions_;
};

// Operations are numbered in 16 bits.
inline void check_size(context& c) {
  dynamic_graph const& g = c.graph();
  if (g.ops.size() > 32'000 || g.forms.size() > 32'000 || g.weights.size() > 32'000)
    raise("cannot lower a network", message() << "it becomes more than " << g.ops.size() << " operations", "graph",
          "give a network of fewer operations");
}

// The new operation at port p. An output is computed by a call: what is given, a constant or an input, is copied.
inline int as_port(context& c, port const& p) {
  int const x = c.plain(p.op);
  op const& holder = op_at(c.graph(), holder_of(c.graph().ops, x));
  bool const given = is(holder, constant_kind) || is(holder, input_kind);
  return p.output && given ? nd::copy(c.graph(), x, op_at(c.graph(), x).layer) : x;
}

// Whether all operations are ones on tensors, and outputs are named.
inline bool of_tensors(dynamic_graph const& g) {
  bool output = false;
  for (port const& p : g.ports) output = output || p.output;
  for (op const& o : g.ops)
    if (!o.kind->evaluate && !is(o, input_kind) && !is(o, constant_kind) && !is(o, flatten_kind)) return false;
  return output;
}

}  // namespace lowering

// A network of operations on tensors, as files have them, as one of the tuned operations on images and vectors wherever
// that is possible, the same function: f32 within rounding, int8 as core/quantized.hpp defines it. Inputs and outputs
// keep names, types, extents and order. Layers keep their names; "<layer>.weight", "<layer>.bias", ... are new
// tensors. A network that has other operations already, has no named output or has an issue stays as it is. Run once,
// when a network is loaded. Raises where graph and weights do not fit each other.
inline network lower(network const& n) {
  if (n.graph.issue.how != fix::none || !lowering::of_tensors(n.graph)) return n;
  dynamic_graph const products = lowering::dynamic_products(n.graph, n.weights).run(),
                      images = lowering::batch_splitter(products).run();
  lowering::context c(lowering::edge_mover(images, n.weights).run(), n.weights);
  lowering::chooser choose(c);
  std::vector<char> needed(static_cast<std::size_t>(c.ops()));
  for (port const& p : c.old.ports)
    if (p.output) needed[static_cast<std::size_t>(c.root(p.op))] = 1;
  auto const computed = [&](int i) {
    return needed[static_cast<std::size_t>(i)] && !c.is_known(i) && !is(c.at(i), input_kind);
  };
  for (int i = c.ops(); i-- > 0;)
    if (computed(i))
      for (int k : choose.operands(i)) needed[static_cast<std::size_t>(k)] = 1;
  for (int i = 0; i < c.ops(); ++i)
    if (is(c.at(i), input_kind))
      lowering::keep(c, i);
    else if (computed(i))
      choose.lower(i), lowering::check_size(c);
  for (port p : c.old.ports) {
    p.op = static_cast<std::int16_t>(lowering::as_port(c, p));
    c.graph().ports.push_back(p);
  }
  lowering::check_size(c);
  return drop_unused(static_cast<network&&>(c.out));
}

}  // namespace hone::inline HONE_ABI::pass
