#include <hone/nn/model.hpp>
#include <hone/pass/pipeline.hpp>
#include <hone/train/numerics.hpp>

#include "catch2.hpp"
#include "networks.hpp"

using namespace hone;
using namespace hone::train;

namespace {

struct state {
  dynamic_graph g;
  variables<float> v;
  explicit state(dynamic_graph graph) : g(std::move(graph)), v(g, leaves_of(g)) {
    assign(v, g, networks::parameters_of(g, 2));
  }
};
struct plain_net : model<nn::input<3, 3, 2>, nn::conv2d<4, 3>, nn::batch_norm, nn::relu, nn::dense<3>> {};

template <class N>
std::vector<float> result(N const& n, std::size_t i, std::vector<float> const& x) {
  op const& o = n.graph().ops[i];
  std::vector<float> y(static_cast<std::size_t>(o.out.size()));
  args<float> a{};
  a.in[0] = x.data(), a.param = n.params(i), a.out = y.data();
  n.forward(i, a);
  return y;
}

}  // namespace

TEST_CASE("operands are variables, or what recipes make of them") {
  state s(thaw(plain_net::description));
  numerics<float> n(s.g, s.v);
  n.refresh();
  CHECK(n.params(1)[slot::weight] == s.v.of(s.v.find(s.g.ops[1].param[slot::weight])).data());
  CHECK(n.destination(1)[slot::bias] == s.v.find(s.g.ops[1].param[slot::bias]));
  float const* scale = n.params(2)[slot::weight];
  std::size_t gamma = static_cast<std::size_t>(n.leaves(2)[int(role::gamma)]),
              variance = static_cast<std::size_t>(n.leaves(2)[int(role::variance)]);
  CHECK(scale[1] == Approx(s.v.of(int(gamma))[1] / std::sqrt(s.v.of(int(variance))[1] + 1e-5f)));
  CHECK((n.has_form(2) && !n.has_form(1)));
}

TEST_CASE("an operation without a gradient is an error that names its layer") {
  static constexpr op_kind hard_kind{.name = "hard", .infer = nn::keep_shape, .count = nn::pointwise_count};
  state s(thaw(plain_net::description));
  s.g.ops[3].kind = &hard_kind;
  CHECK_THROWS_WITH(numerics<float>(s.g, s.v), Contains("hard has no gradient") && Contains("relu_3"));
}

TEST_CASE("weights that only a recipe gives need a training form") {
  state s(thaw(plain_net::description));
  s.g = pass::fold_batch_norm(s.g);
  CHECK_THROWS_WITH(numerics<float>(s.g, s.v), Contains("conv2d come from a recipe") && Contains("conv2d_1"));
}

TEST_CASE("mixed precision rounds weights and results to bf16, not the variables") {
  state s(thaw(plain_net::description));
  numerics<float> exact(s.g, s.v);
  mixed_bf16 mixed(s.g, s.v);
  exact.refresh(), mixed.refresh();
  std::vector<float> const x = networks::input_of({3, 3, 2}, 7, false);
  std::vector<float> const a = result(exact, 1, x), b = result(mixed, 1, x);
  CHECK(a != b);
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(b[i] == Approx(a[i]).epsilon(0.02).margin(0.02));
    CHECK(from_bf16(to_bf16(b[i])) == b[i]);
  }
  float const w = s.v.trained()[0];
  CHECK(from_bf16(to_bf16(w)) != w);
}

TEST_CASE("a rounded weight's master is the number before rounding") {
  dynamic_graph const g = pass::canonical(thaw(plain_net::description), {.precision = dtype::i8}, {});
  for (op const& o : g.ops)
    if (o.kind->linear && o.weights == dtype::i8) {
      weight const& master = weight_at(g, master_of(g, o.param[slot::weight]));
      CHECK(master.type == dtype::f32);
      CHECK(master.rows == weight_at(g, o.param[slot::weight]).rows);
      CHECK(master.what == role::weight);
    }
  CHECK(master_of(g, -1) == -1);
}
