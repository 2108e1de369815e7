// Networks as functions: graph_model and what builds it.
#include <hone/nn/builder.hpp>
#include <hone/nn/nd/move.hpp>

#include "catch2.hpp"

namespace {

using namespace hone;

struct forked_graph {
  static constexpr void build(auto& net) {
    int const in = net.image("x", {8, 6, 3});
    int const y =
        net.relu(net.conv2d("stem", in, 16, {.kh = 3, .kw = 3, .top = 1, .left = 1, .bottom = 1, .right = 1}));
    int const pooled = net.max_pool("pool", y, {.kh = 2, .kw = 2, .sh = 2, .sw = 2});
    int const turned = nd::transpose(net.graph(), net.shaped(pooled, {4, 3, 16}), {2, 0, 1});
    net.output("channels_first", turned);
    net.output("scores", net.shaped(net.dense("head", pooled, 5), {1, 5}));
  }
};
struct forked : graph_model<forked_graph> {};

struct misfit_graph {
  static constexpr void build(auto& net) {
    int const in = net.image("x", {4, 4, 2});
    net.output("y", net.add("sum", in, net.dense("d", in, 3)));
  }
};
struct misfit : graph_model<misfit_graph> {};

TEST_CASE("a graph model is a constant: operations, layers, forms and ports") {
  static_assert(forked::shapes_fit());
  static_assert(forked::port_count == 3 && forked::form_count == 3);
  static_assert(forked::input_shape == shape{8, 6, 3});
  constexpr auto const& g = forked::description;
  CHECK(g.ports[0].name == label("x"));
  CHECK(dims_of(g, g.ports[1].op) == extents{16, 4, 3});
  CHECK(dims_of(g, g.ports[2].op) == extents{1, 5});
  CHECK(input_of(g) == 0);
  CHECK(is(op_at(g, output_of(g)), nd::transpose_kind));
}

TEST_CASE("operations are named by their layers, elementwise ones by their input's") {
  constexpr auto const& g = forked::description;
  for (op const& o : g.ops) {
    if (is(o, relu_kind)) CHECK(g.layers[static_cast<std::size_t>(o.layer)].name == label("stem"));
    if (is(o, dense_kind)) {
      weight const w = weight_at(g, o.param[slot::weight]);
      CHECK(w.dims == std::array<std::int32_t, 4>{1, 1, 192, 5});
      CHECK(g.layers[static_cast<std::size_t>(w.layer)].name == label("head"));
    }
  }
}

TEST_CASE("what does not fit is noted in the graph") {
  CHECK(misfit::description.issue.how == fix::give_both_branches_the_same_shape);
  dynamic_graph g;
  builder<dynamic_graph> net(g);
  int const x = net.image("x", {2, 2, 2});
  net.image_of(x, {2, 2, 3});
  CHECK(g.issue.how == fix::keep_the_number_of_elements);
}

TEST_CASE("int8 operations say their numbers") {
  dynamic_graph g;
  builder<dynamic_graph> net(g);
  int const x = net.image("x", {5, 5, 4}, dtype::u8);
  int const y = net.conv2d("c", x, 8, {.kh = 3, .kw = 3}, {.from_zero = 7, .zero = 9, .least = 9, .convert = false});
  int const z = net.dense("d", y, 2, {.from_zero = 9, .f32_result = true});
  op const &c = op_at(g, y), &d = op_at(g, z);
  CHECK((c.from == dtype::u8 && c.type == dtype::u8 && c.weights == dtype::i8));
  CHECK((c.from_zero == 7 && c.zero == 9 && c.least == 9 && c.most == 255 && !c.convert && !c.pairs_fit));
  CHECK((d.type == dtype::f32 && d.convert));
  CHECK(weight_at(g, c.param[slot::bias]).type == dtype::i32);
  CHECK(weight_at(g, c.param[slot::scale]).cols == 8);
}

}  // namespace
