#pragma once
#include <hone/core/hash.hpp>
#include <hone/pass/bf16.hpp>
#include <hone/pass/fold.hpp>
#include <hone/pass/fuse.hpp>
#include <hone/pass/layout.hpp>
#include <hone/pass/memory_plan.hpp>
#include <hone/pass/prune.hpp>
#include <hone/pass/quantize.hpp>
#include <hone/pass/tile.hpp>

namespace hone::inline HONE_ABI::pass {

// Weights in the format that o asks for.
template <class G>
constexpr G reduce_precision(G const& g, options const& o) {
  if (o.precision == dtype::i8) return quantize(g);
  if (o.precision == dtype::bf16) return store_bf16(g);
  return g;
}

// The canonical graph: what the network becomes under options o, its parameters in canonical layouts, its activations
// placed. `m` decides how much pruning pays; without pruning it does not matter. Artifacts hold what this graph reads.
template <class G>
constexpr G canonical(G const& description, options const& o, profile const& m) {
  return plan_activations(
      reduce_precision(prune(fuse_activation(fuse_residual(fold_batch_norm(description))), o, m), o));
}

// The final graph for machine m: tiles chosen, weights laid out for its lanes, everything placed. What kernels run.
template <class G>
constexpr G finalize(G const& canonical, profile const& m) {
  return plan_weights(lay_out(choose_tiles(canonical, m), m.vectors.lanes));
}

constexpr void add_form(hasher& h, tensor_form const& f) {
  h.add(static_cast<std::uint64_t>(f.dims.rank));
  for (std::int32_t d : f.dims) h.add(static_cast<std::uint64_t>(d));
  for (std::int32_t v : f.i) h.add(static_cast<std::uint64_t>(v));
  for (float v : f.f) h.add(v);
}

// Identity of a canonical graph: artifacts made for it fit every plan of the same id, on any machine.
template <class G>
constexpr std::uint64_t plan_id(G const& g) {
  hasher h;
  auto add = [&](auto... v) { (h.add(static_cast<std::uint64_t>(v)), ...); };
  for (op const& o : g.ops) {
    h.add(o.kind->name);
    add(o.in.h, o.in.w, o.in.c, o.out.h, o.out.w, o.out.c);
    add(o.win.kh, o.win.kw, o.win.sh, o.win.sw, o.win.top, o.win.left, o.win.bottom, o.win.right);
    add(o.act.n);
    for (int i = 0; i < o.act.n; ++i) {
      pw_step const s = o.act.code[static_cast<std::size_t>(i)];
      add(s.what, s.a, s.b), h.add(s.value);
    }
    add(o.from, o.type, o.weights, o.from_zero, o.addend_zero, o.zero, o.convert, o.pairs_fit, o.addend);
    if (o.least != 0 || o.most != 255) add(o.least, o.most);
    for (std::int16_t i : o.input) add(i);
    for (std::int16_t p : o.param)
      if (p >= 0) h.add(g.layers[static_cast<std::size_t>(weight_at(g, p).layer)].name.c_str());
    if (o.form >= 0) add_form(h, g.forms[static_cast<std::size_t>(o.form)]);
  }
  for (port const& p : g.ports) h.add(p.name.c_str()), add(p.op, p.output);
  return h.value();
}

}  // namespace hone::inline HONE_ABI::pass
