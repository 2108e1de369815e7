#pragma once
#include <hone/pass/pipeline.hpp>
#include <hone/pass/prepare.hpp>
#include <hone/shal/oracle.hpp>

#include "networks.hpp"
#include "random_network.hpp"
#include "tests/pass/eight_lanes.hpp"

#include <rapidcheck.h>
#include <algorithm>
#include <cmath>
#include <string>

// Random networks, with parameters and inputs, for properties of passes.
namespace trials {

using namespace hone;

inline dynamic_graph any_network() {
  return networks::random_network(*rc::gen::scale(3.0, rc::gen::arbitrary<std::vector<std::uint8_t>>())).graph();
}

// Parameters, an input and what the network makes of it in double precision.
struct trial {
  dynamic_graph graph;
  tensor_set parameters;
  std::vector<float> input;

  explicit trial(dynamic_graph g, std::uint32_t seed = *rc::gen::arbitrary<std::uint32_t>()) : graph(std::move(g)) {
    parameters = networks::parameters_of(graph, seed);
    bool const nonnegative = !graph.ops[0].act.empty();
    input = networks::input_of(graph.ops[0].out, seed + 1, nonnegative);
  }
};
using results = std::vector<std::vector<double>>;

inline results evaluate(dynamic_graph const& g, pass::node_values const& values, std::vector<float> const& input) {
  std::vector<double> const wide(input.begin(), input.end());
  return shal::evaluate_all<double>(g, values, std::span<double const>(wide));
}
inline double largest(std::vector<double> const& v) {
  double most = 0;
  for (double x : v) most = std::max(most, std::abs(x));
  return most;
}
inline double largest(results const& all) {
  double most = 0;
  for (auto const& v : all) most = std::max(most, largest(v));
  return most;
}
inline void require_close(std::vector<double> const& got, std::vector<double> const& want, double tolerance) {
  RC_ASSERT(got.size() == want.size());
  for (std::size_t i = 0; i < want.size(); ++i)
    if (!(std::abs(got[i] - want[i]) <= tolerance))
      RC_FAIL("result " + std::to_string(i) + " is " + std::to_string(got[i]) + " instead of " +
              std::to_string(want[i]));
}
inline void require_ordered(dynamic_graph const& g) {
  RC_ASSERT(g.issue.how == fix::none);
  for (std::size_t i = 0; i < g.ops.size(); ++i)
    for (std::int16_t k : g.ops[i].input) RC_ASSERT(k < static_cast<int>(i));
}
inline dynamic_graph fused(dynamic_graph const& g) {
  return pass::fuse_activation(pass::fuse_residual(pass::fold_batch_norm(g)));
}

}  // namespace trials
