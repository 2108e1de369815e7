// Whatever the network, passes keep what it computes: random graphs through all of them.
#include <hone/pass/pipeline.hpp>
#include <hone/pass/prepare.hpp>

#include "catch2.hpp"
#include "trials.hpp"

using namespace hone;
using namespace trials;

namespace {

// What dropping channels means: in `values`, those of the full network g, the weights that read a channel that `slim` no
// longer has become zero.
void mask_pruned(dynamic_graph const& g, dynamic_graph const& slim, tensor_set const& parameters,
                 pass::node_values& values) {
  std::vector<bool> needed = pass::parameters_of(slim);
  std::vector<bool> const none(slim.weights.size(), false);
  pass::need_inputs(slim, needed, none);
  pass::node_values const kept =
      pass::evaluate_nodes(slim, needed, none, [&](weight const& w) { return pass::load_node(slim, w, parameters); });
  for (std::size_t i = 0; i < g.ops.size(); ++i) {
    int const channels = g.ops[i].out.c;
    if (slim.ops[i].out.c == channels) continue;
    int node = slim.ops[i].param[slot::weight];  // below what was done to its own inputs lies its choice of columns
    auto const* index = kept[static_cast<std::size_t>(weight_at(slim, node).in[1])].as<std::int32_t>();
    if (weight_at(slim, node).cols != slim.ops[i].out.c) RC_FAIL("a pruned operation keeps other columns");
    for (std::size_t j = i + 1; j < g.ops.size(); ++j) {
      if (g.ops[j].input[0] != static_cast<int>(i)) continue;
      auto const reader = static_cast<std::size_t>(g.ops[j].param[slot::weight]);
      weight const& w = g.weights[reader];
      for (int r = 0; r < w.rows; ++r)
        if (!std::binary_search(index, index + slim.ops[i].out.c, r % channels))
          for (int c = 0; c < w.cols; ++c) values[reader].as<float>()[r * w.cols + c] = 0;
    }
  }
}

}  // namespace

TEST_CASE("fusing changes no result, folding only by rounding, whatever the network and the order") {
  CHECK(rc::check([] {
    trial const t(any_network());
    results const want = evaluate(t.graph, pass::evaluate_parameters(t.graph, t.parameters), t.input);
    dynamic_graph g = t.graph;
    for (int pass : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 2)))
      g = pass == 0 ? pass::fuse_activation(g) : pass::fuse_residual(g);
    require_ordered(g);
    require_close(evaluate(g, pass::evaluate_parameters(g, t.parameters), t.input).back(), want.back(),
                  1e-12 * (1 + largest(want)));
    dynamic_graph const folded = *rc::gen::arbitrary<bool>() ? fused(t.graph) : fused(g);
    require_ordered(folded);
    require_close(evaluate(folded, pass::evaluate_parameters(folded, t.parameters), t.input).back(), want.back(),
                  1e-5 * (1 + largest(want)));
  }));
}

TEST_CASE("a pruned network is the full one without what reads the dropped channels, whatever the network") {
  CHECK(rc::check([] {
    trial const t(fused(any_network()));
    float const most = 0.125f * static_cast<float>(*rc::gen::inRange(0, 8));
    dynamic_graph const slim = pass::prune(t.graph, options{.prune = most}, eight_lanes);
    require_ordered(slim);
    pass::node_values values = pass::evaluate_parameters(t.graph, t.parameters);
    mask_pruned(t.graph, slim, t.parameters, values);
    results const want = evaluate(t.graph, values, t.input);
    require_close(evaluate(slim, pass::evaluate_parameters(slim, t.parameters), t.input).back(), want.back(),
                  1e-9 * (1 + largest(want)));
  }));
}
