// Whatever the network: plans whose activations and weights lie well, and whose identity is theirs.
#include <hone/pass/partition.hpp>
#include <hone/pass/pipeline.hpp>
#include <hone/pass/prepare.hpp>

#include "catch2.hpp"
#include "overlap.hpp"
#include "trials.hpp"

using namespace hone;
using namespace trials;

namespace {

options any_options() {
  dtype const precisions[]{dtype::f32, dtype::bf16, dtype::i8};
  float const share = 0.25f * static_cast<float>(*rc::gen::inRange(0, 4));
  return {precisions[*rc::gen::inRange(0, 3)], share};
}
profile any_lanes() {
  profile p = eight_lanes;
  p.vectors.lanes = 1 << *rc::gen::inRange(0, 5);
  p.vectors.registers = *rc::gen::element(8, 16, 32);
  p.vectors.dot_uops = *rc::gen::element(1, 4);
  return p;
}
std::string misplaced_weights(dynamic_graph const& g) {
  std::vector<std::pair<int, int>> used;
  for (weight const& w : g.weights)
    if (w.at >= 0) used.emplace_back(w.at, w.at + w.size());
  std::sort(used.begin(), used.end());
  for (std::size_t i = 0; i < used.size(); ++i)
    if (used[i].first % 64 != 0 || used[i].second > g.packed || (i > 0 && used[i - 1].second > used[i].first))
      return "weights at " + std::to_string(used[i].first);
  for (op const& o : g.ops)
    for (std::int16_t p : o.param)
      if (p >= 0 && weight_at(g, p).at < 0) return std::string(o.kind->name) + " reads what is not packed";
  return "";
}

}  // namespace

TEST_CASE("activations, scratch and packed weights lie well, whatever the network, options and lanes") {
  CHECK(rc::check([] {
    dynamic_graph const network = any_network();
    profile const lanes = any_lanes();
    dynamic_graph const c = pass::canonical(network, any_options(), lanes), f = pass::finalize(c, lanes);
    require_ordered(f);
    RC_ASSERT(overlap(c) == "");
    RC_ASSERT(overlap(f) == "");
    RC_ASSERT(misplaced_weights(f) == "");
    for (std::size_t i = 0; i < c.ops.size(); ++i) RC_ASSERT(c.ops[i].at == f.ops[i].at);  // edges are the same place
    tensor_set const stored = pass::canonical_tensors(c, networks::parameters_of(c, 1));
    RC_ASSERT(pass::pack(c, f, stored).size() == static_cast<std::size_t>(f.packed));
    RC_ASSERT(pass::plan_id(c) == pass::plan_id(f));
    pass::subgraph parts[8]{};
    int const n = pass::partition(f, lanes, 8, parts);
    RC_ASSERT(parts[0].first == 0 && parts[n - 1].last == static_cast<int>(f.ops.size()));
    for (int i = 1; i < n; ++i) RC_ASSERT(parts[i].first == parts[i - 1].last && parts[i].size() > 0);
  }));
}

TEST_CASE("a plan's id is that of what it computes: any change of an operation changes it") {
  CHECK(rc::check([] {
    dynamic_graph const c = pass::canonical(any_network(), any_options(), eight_lanes);
    dynamic_graph other = c;
    op& o = other.ops[*rc::gen::inRange<std::size_t>(0, c.ops.size())];
    int* const extents[]{&o.in.h,   &o.in.w,   &o.in.c,    &o.out.h,    &o.out.w,      &o.out.c,    &o.win.kh,
                         &o.win.kw, &o.win.sh, &o.win.top, &o.win.left, &o.win.bottom, &o.win.right};
    switch (*rc::gen::inRange(0, 5)) {
      case 0: o.zero = static_cast<std::uint8_t>(o.zero + 1); break;
      case 1: o.act = o.act == functions::tanh() ? functions::relu6() : functions::tanh(); break;
      case 2: o.kind = is(o, relu_kind) ? &tanh_kind : &relu_kind; break;
      case 3: o.type = o.type == dtype::u8 ? dtype::f32 : dtype::u8; break;
      default: ++*extents[*rc::gen::inRange(0, 13)];
    }
    RC_ASSERT(pass::plan_id(other) != pass::plan_id(c));
  }));
}
