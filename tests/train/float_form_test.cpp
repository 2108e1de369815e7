#include <hone/nn/model.hpp>
#include <hone/shal/oracle.hpp>
#include <hone/train/float_form.hpp>

#include "catch2.hpp"
#include "networks.hpp"

using namespace hone;

namespace {

template <class Net>
dynamic_graph quantised() {
  return pass::canonical(thaw(Net::description), options{.precision = dtype::i8}, profile{});
}

}  // namespace

TEST_CASE("every quantised result has a range, its own or its input's") {
  dynamic_graph const g = quantised<networks::branching_net>();
  for (int i = 0; i < static_cast<int>(g.ops.size()); ++i) {
    op const& o = op_at(g, i);
    int const range = train::range_of(g, i);
    CHECK((range >= 0) == (o.type == dtype::u8));
    if (range < 0) continue;
    CHECK(weight_at(g, range).what == role::range);
    bool const moved = is(o, max_pool_kind) || is(o, flatten_kind) || is(o, avg_pool_kind);
    CHECK(train::clips(g, i) == !moved);
  }
}

TEST_CASE("the range of relu6 is fixed, and clips in floating point too") {
  dynamic_graph const g = quantised<networks::residual_net>(), f = train::float_form(g);
  int fixed = 0;
  for (std::size_t i = 0; i < g.ops.size(); ++i) {
    int const range = train::range_of(g, static_cast<int>(i));
    if (range < 0 || train::fixed_range(weight_at(g, range)) == 0) continue;
    CHECK(train::fixed_range(weight_at(g, range)) == 6);
    CHECK(f.ops[i].act == functions::relu6());
    ++fixed;
  }
  CHECK(fixed == 1);
}

TEST_CASE("the floating-point form of a quantised graph computes what the model computes") {
  dynamic_graph const described = thaw(networks::residual_net::description);
  tensor_set const parameters = networks::parameters_of(described, 9);
  auto const x = networks::input_of(described.ops[0].out, 3, true);
  auto const wanted = shal::evaluate<double>(described, pass::evaluate_parameters(described, parameters),
                                             std::span<double const>(std::vector<double>(x.begin(), x.end())));
  for (dtype precision : {dtype::f32, dtype::bf16, dtype::i8}) {
    dynamic_graph const g = pass::canonical(described, options{.precision = precision}, profile{});
    dynamic_graph const f = train::float_form(g);
    for (op const& o : f.ops) CHECK((o.from == dtype::f32 && o.type == dtype::f32 && o.weights == dtype::f32));
    auto const values = pass::evaluate_parameters(f, parameters);
    auto const y = shal::evaluate<double>(f, values, std::span<double const>(std::vector<double>(x.begin(), x.end())));
    REQUIRE(y.size() == wanted.size());
    for (std::size_t k = 0; k < y.size(); ++k) CHECK(y[k] == Approx(wanted[k]).epsilon(1e-5));
  }
}

TEST_CASE("masters are what stored weights round, once each, and the ranges") {
  dynamic_graph const g = quantised<networks::residual_net>();
  std::vector<int> const nodes = train::masters_of(g);
  for (int n : nodes) CHECK(weight_at(g, n).type == dtype::f32);
  for (op const& o : g.ops)
    if (o.kind->linear)
      CHECK(std::find(nodes.begin(), nodes.end(), train::master_of(g, o.param[slot::weight])) != nodes.end());
  train::variables<float> const v(g, nodes);
  std::size_t ranges = 0;
  for (train::variable const& e : v.list()) {
    CHECK(e.trained == (weight_at(g, e.node).what != role::range));
    ranges += e.trained ? 0u : 1u;
  }
  CHECK(ranges > 5);
}
