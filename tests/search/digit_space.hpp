#pragma once
// Small networks for 8x8 images, as a space.
#include <hone/hw/catalogue.hpp>
#include <hone/nn/builder.hpp>
#include <hone/search/problem.hpp>

namespace digit_space {

using namespace hone;

struct parts {
  search::variable<int> depth, width, kernel, hidden;
  search::variable<bool> separable;
  search::variable<dtype> precision;
};

inline dynamic_graph network(parts const& v, search::candidate const& c) {
  dynamic_graph g;
  builder b(g);
  int x = b.image("image", {8, 8, 1});
  for (int i = 0; i < c[v.depth]; ++i) {
    label const name{i == 0 ? "first" : i == 1 ? "second" : "third"};
    std::int8_t const k = static_cast<std::int8_t>(c[v.kernel]), before = static_cast<std::int8_t>(k / 2);
    window const w{
        .kh = k, .kw = k, .sh = 1, .sw = 1, .top = before, .left = before, .bottom = before, .right = before};
    if (c[v.separable] && i > 0)
      x = b.relu(
          b.conv2d(label{i == 1 ? "second wide" : "third wide"}, b.depthwise_conv2d(name, x, w), c[v.width], {}));
    else
      x = b.relu(b.conv2d(name, x, c[v.width], w));
  }
  x = b.flatten(b.max_pool("pool", x, {.kh = 2, .kw = 2, .sh = 2, .sw = 2}));
  if (c[v.hidden] > 0) x = b.relu(b.dense("hidden", x, c[v.hidden]));
  b.output("digit", b.softmax("answer", b.dense("scores", x, 10)));
  return g;
}

inline search::problem problem() {
  search::problem p;
  parts v;
  v.depth = p.candidates.range("depth", 0, 3);
  v.width = p.candidates.choice("width", {4, 8, 12, 16, 24, 32});
  v.kernel = p.candidates.choice("kernel", {1, 3, 5});
  v.separable = p.candidates.choice("separable", {false, true});
  v.hidden = p.candidates.choice("hidden", {0, 16, 32, 64});
  v.precision = p.candidates.choice("precision", {dtype::f32, dtype::bf16, dtype::i8});
  p.candidates.only_if(v.width, v.depth, [](int d) { return d > 0; });
  p.candidates.only_if(v.kernel, v.depth, [](int d) { return d > 0; });
  p.candidates.only_if(v.separable, v.depth, [](int d) { return d > 1; });
  p.build = [v](search::candidate const& c) {
    search::blueprint b;
    b.graph = network(v, c), b.how.precision = c[v.precision];
    return b;
  };
  p.costs = {{search::metric::latency, &hw::sapphire_rapids::value}};
  return p;
}

}  // namespace digit_space
