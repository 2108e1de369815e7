// Ranges of int8 edges from calls alone.
#include <hone/train/ranges.hpp>

#include <cmath>

#include "catch2.hpp"
#include "tests/support/networks.hpp"

namespace ranges_test {

using namespace hone;

buffer bytes_of(std::vector<float> const& x) {
  buffer b(x.size() * sizeof(float));
  std::memcpy(b.data(), x.data(), b.size());
  return b;
}

TEST_CASE("ranges: a network quantised without training stays close to itself") {
  for (dynamic_graph const& g :
       {thaw(networks::residual_net::description), thaw(networks::branching_net::description)}) {
    network n{g, networks::parameters_of(g, 3)};
    bool const nonnegative = !g.ops[0].act.empty();
    std::vector<std::vector<buffer>> calls;
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
      calls.emplace_back();
      calls.back().push_back(bytes_of(networks::input_of(g.ops[0].out, seed, nonnegative)));
    }
    std::size_t const before = n.weights.size();
    train::set_ranges(n, calls);
    CHECK(n.weights.size() > before);
    train::set_ranges(n, calls);  // again: the same tensors
    for (tensor const& t : n.weights)
      if (std::string(t.name.data()).find(".range") != std::string::npos) CHECK(t.values<float>()[0] > 0);

    std::vector<float> const x = networks::input_of(g.ops[0].out, 100, nonnegative);
    auto const result = [&](dtype precision) {
      dynamic_graph const canonical = pass::canonical(n.graph, {.precision = precision}, profile{});
      return shal::emulate(canonical, pass::canonical_tensors(canonical, n.weights), x);
    };
    std::vector<float> const exact = result(dtype::f32), stored = result(dtype::i8);
    double largest = 0, apart = 0;
    for (std::size_t i = 0; i < exact.size(); ++i) {
      largest = std::max(largest, std::fabs(double(exact[i])));
      apart = std::max(apart, std::fabs(double(exact[i]) - double(stored[i])));
    }
    CHECK(apart < 0.1 * largest);
    CHECK(apart > 0);
  }
}

TEST_CASE("ranges: without a call there is nothing to measure") {
  network n{thaw(networks::residual_net::description), networks::parameters_of(networks::residual_net::description, 1)};
  CHECK_THROWS_WITH(train::set_ranges(n, {}), Contains("there is no call"));
}

}  // namespace ranges_test
