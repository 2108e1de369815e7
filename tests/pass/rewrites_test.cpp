#include <hone/pass/pipeline.hpp>
#include <hone/pass/prepare.hpp>
#include <hone/shal/oracle.hpp>

#include "catch2.hpp"
#include "networks.hpp"
#include "tests/pass/eight_lanes.hpp"

using namespace hone;

namespace {

template <class G>
std::vector<double> evaluate(G const& g, tensor_set const& parameters, std::vector<float> const& x) {
  std::vector<double> const wide(x.begin(), x.end());
  return shal::evaluate<double>(g, pass::evaluate_parameters(g, parameters), std::span<double const>(wide));
}
template <class Net>
void check_same_result(dynamic_graph const& rewritten, double tolerance) {
  for (std::uint32_t seed : {1u, 2u, 3u}) {
    dynamic_graph const original = thaw(Net::description);
    tensor_set const parameters = networks::parameters_of(original, seed);
    auto const x = networks::input_of(Net::input_shape, seed + 10, true);
    auto const want = evaluate(original, parameters, x), got = evaluate(rewritten, parameters, x);
    REQUIRE(got.size() == want.size());
    for (std::size_t i = 0; i < want.size(); ++i) CHECK(got[i] == Approx(want[i]).margin(tolerance));
  }
}
int count(dynamic_graph const& g, op_kind const& k) {
  return static_cast<int>(std::count_if(g.ops.begin(), g.ops.end(), [&](op const& o) { return is(o, k); }));
}
bool in_order(dynamic_graph const& g) {
  for (std::size_t i = 0; i < g.ops.size(); ++i)
    for (std::int16_t k : g.ops[i].input)
      if (k >= static_cast<std::int16_t>(i)) return false;
  return true;
}

}  // namespace

TEST_CASE("folding removes batch norms and keeps the function") {
  dynamic_graph const g = pass::fold_batch_norm(thaw(networks::residual_net::description));
  CHECK(count(g, batch_norm_kind) == 0);
  check_same_result<networks::residual_net>(g, 1e-5);
}

TEST_CASE("a batch norm without a linear operation before it stays") {
  using net = model<nn::input<3, 3, 2>, nn::batch_norm, nn::conv2d<2, 1>, nn::relu, nn::batch_norm>;
  dynamic_graph const g = pass::fold_batch_norm(thaw(net::description));
  CHECK(count(g, batch_norm_kind) == 2);
}

TEST_CASE("what two operations read is not folded away") {
  using net = model<nn::input<3, 3, 2>, nn::conv2d<2, 1>, nn::residual<nn::batch_norm>>;
  dynamic_graph const g = pass::fold_batch_norm(thaw(net::description));
  CHECK(count(g, batch_norm_kind) == 1);
}

TEST_CASE("sums and activations fuse into the operation before them and keep the function") {
  dynamic_graph const folded = pass::fold_batch_norm(thaw(networks::residual_net::description));
  dynamic_graph const g = pass::fuse_activation(pass::fuse_residual(folded));
  CHECK(count(g, add_kind) == 0);
  CHECK(count(g, relu_kind) + count(g, relu6_kind) == 0);
  CHECK(in_order(g));
  check_same_result<networks::residual_net>(g, 1e-5);
  dynamic_graph const branches = pass::fuse_activation(pass::fuse_residual(thaw(networks::branching_net::description)));
  CHECK(in_order(branches));
  check_same_result<networks::branching_net>(branches, 1e-12);
}

TEST_CASE("a sum of one thing with itself, or after an activation, is not fused") {
  using twice = model<nn::input<3, 3, 2>, nn::conv2d<2, 1>, nn::residual<nn::identity>>;
  CHECK(count(pass::fuse_residual(thaw(twice::description)), add_kind) == 1);
  using after = model<nn::input<3, 3, 2>, nn::residual<nn::conv2d<2, 1>, nn::relu>>;
  dynamic_graph const g = pass::fuse_activation(pass::fuse_residual(thaw(after::description)));
  CHECK(count(g, add_kind) == 1);
  check_same_result<after>(g, 1e-12);
}

TEST_CASE("an activation after a flatten, which no kernel runs, stays an operation") {
  using net = model<nn::input<2, 3, 2>, nn::max_pool<1>, nn::flatten, nn::relu>;
  dynamic_graph const g = pass::fuse_activation(thaw(net::description));
  CHECK(count(g, relu_kind) == 1);
  check_same_result<net>(g, 1e-12);
}

TEST_CASE("pruning keeps the function of the channels that it keeps") {
  using net = model<nn::input<6, 6, 8>, nn::conv2d<16, 3>, nn::relu, nn::conv2d<8, 3>, nn::dense<3>>;
  dynamic_graph const g = pass::fuse_activation(thaw(net::description));
  dynamic_graph const slim = pass::prune(g, options{.prune = 0.5f}, eight_lanes);
  REQUIRE(slim.ops[1].out.c == 8);
  REQUIRE(slim.ops[2].in.c == 8);
  // The pruned network is the full one with the weights that read the weakest channels set to zero.
  tensor_set parameters = networks::parameters_of(g, 4);
  auto const weights = parameters.at("conv2d_1.weight").values<float>();
  std::vector<std::pair<double, int>> norms;
  for (int c = 0; c < 16; ++c) {
    double sum = 0;
    for (std::size_t r = 0; r < weights.size() / 16; ++r)
      sum += std::abs(double(weights[r * 16 + static_cast<std::size_t>(c)]));
    norms.emplace_back(sum, c);
  }
  std::sort(norms.begin(), norms.end());
  tensor_set zeroed = parameters;
  auto reader = zeroed.find("conv2d_3.weight")->values<float>();
  for (int k = 0; k < 8; ++k)
    for (std::size_t i = 0; i < reader.size(); ++i)
      if (static_cast<int>(i / 8 % 16) == norms[static_cast<std::size_t>(k)].second) reader[i] = 0;
  auto const x = networks::input_of(net::input_shape, 5, true);
  auto const want = evaluate(g, zeroed, x), got = evaluate(slim, parameters, x);
  for (std::size_t i = 0; i < want.size(); ++i) CHECK(got[i] == Approx(want[i]).margin(1e-12));
}

TEST_CASE("pruning leaves alone what the machine gains nothing by, and what others read") {
  using one_block = model<nn::input<6, 6, 8>, nn::conv2d<8, 3>, nn::relu, nn::conv2d<8, 3>>;
  dynamic_graph const g = pass::fuse_activation(thaw(one_block::description));
  CHECK(pass::prune(g, options{.prune = 0.1f}, eight_lanes).ops[1].out.c == 8);
  CHECK(pass::prune(g, options{}, eight_lanes).ops[1].out.c == 8);
  using two_blocks = model<nn::input<6, 6, 8>, nn::conv2d<16, 3>, nn::relu, nn::conv2d<8, 3>>;
  dynamic_graph const w = pass::fuse_activation(thaw(two_blocks::description));
  profile slow_calls = eight_lanes;
  slow_calls.op_overhead = nanoseconds{1e6};
  CHECK(pass::prune(w, options{.prune = 0.5f}, eight_lanes).ops[1].out.c == 8);
  CHECK(pass::prune(w, options{.prune = 0.5f}, slow_calls).ops[1].out.c == 16);
  using shared = model<nn::input<6, 6, 16>, nn::conv2d<16, 3>, nn::residual<nn::conv2d<16, 3>>>;
  dynamic_graph const s =
      pass::prune(pass::fuse_residual(thaw(shared::description)), options{.prune = 0.5f}, eight_lanes);
  CHECK(s.ops[1].out.c == 16);
}

TEST_CASE("bf16 storage rounds the weights of linear operations and nothing else") {
  dynamic_graph const g =
      pass::canonical(thaw(networks::residual_net::description), options{.precision = dtype::bf16}, eight_lanes);
  tensor_set const parameters = networks::parameters_of(networks::residual_net::description, 6);
  tensor_set const stored = pass::canonical_tensors(g, parameters);
  for (tensor const& t : stored) {
    bool const is_weight = std::string(t.name.data()).ends_with(".weight");
    CHECK(t.type == (is_weight ? dtype::bf16 : dtype::f32));
  }
  auto const full = pass::canonical_tensors(
      pass::canonical(thaw(networks::residual_net::description), options{}, eight_lanes), parameters);
  auto const wide = full.at("dense_11.weight").values<float>();
  auto const narrow = stored.at("dense_11.weight").values<std::uint16_t>();
  for (std::size_t i = 0; i < wide.size(); ++i) CHECK(narrow[i] == to_bf16(wide[i]));
}

TEST_CASE("a plan's id depends on what it computes and not on the machine") {
  auto id = [](auto const& description, options o) {
    return pass::plan_id(pass::canonical(thaw(description), o, eight_lanes));
  };
  auto const& d = networks::residual_net::description;
  CHECK(id(d, {}) == id(d, {}));
  CHECK(id(d, {}) != id(d, {.precision = dtype::bf16}));
  CHECK(id(d, {}) != id(d, {.precision = dtype::i8}));
  CHECK(id(d, {}) != id(networks::branching_net::description, {}));
  using seven = model<nn::input<4>, nn::dense<7>>;
  using eight = model<nn::input<4>, nn::dense<8>>;
  using tanh = model<nn::input<4>, nn::dense<8>, nn::tanh>;
  CHECK(id(seven::description, {}) != id(eight::description, {}));
  CHECK(id(tanh::description, {}) != id(eight::description, {}));
}

TEST_CASE("a linear operation without a bias is left as it is by what would change its bias") {
  using net = model<nn::input<5, 4, 3>, nn::conv2d<6, 3>, nn::batch_norm, nn::relu, nn::conv2d<2, 1>>;
  dynamic_graph g = thaw(net::description);
  for (op& o : g.ops)
    if (is(o, conv2d_kind)) o.param[slot::bias] = -1;
  tensor_set const parameters = networks::parameters_of(g, 1);
  auto const x = networks::input_of(net::input_shape, 2, false);
  auto const want = evaluate(g, parameters, x);
  for (dtype precision : {dtype::f32, dtype::i8}) {
    dynamic_graph const c = pass::canonical(g, {.precision = precision}, eight_lanes);
    CHECK(count(c, batch_norm_kind) == 1);
    CHECK(evaluate(c, parameters, x) == want);
  }
}
