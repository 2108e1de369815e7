#pragma once
#include <hone/nn/model.hpp>

#include <cstdint>
#include <vector>

// Networks from tapes of choices: every tape is a network whose shapes fit, a shorter tape a smaller one, so that a
// failing network shrinks with its tape.
namespace networks {

namespace nn = hone::nn;

class random_network {
 public:
  explicit random_network(std::vector<std::uint8_t> tape) : tape_(static_cast<std::vector<std::uint8_t>&&>(tape)) {
    hone::op input{};
    input.kind = &hone::input_kind, input.out = {1 + choice(9), 1 + choice(9), 1 + choice(9)};
    input.layer = layer("input");
    if (choice(2) != 0) input.act = hone::functions::relu();
    int x = emit(g_, input);
    while (at_ < tape_.size() && g_.ops.size() < 48) x = any_layer(x, 0);
  }
  hone::dynamic_graph const& graph() const { return g_; }

 private:
  int choice(int n) { return at_ < tape_.size() ? tape_[at_++] % n : 0; }
  hone::shape shape_of(int x) const { return op_at(g_, x).out; }

  std::int16_t layer(char const* kind) {
    hone::layer l{};
    l.position = static_cast<std::int16_t>(g_.layers.size());
    l.name.append(kind).append("_").append(static_cast<int>(g_.layers.size()));
    g_.layers.push_back(l);
    return static_cast<std::int16_t>(g_.layers.size() - 1);
  }
  template <class L>
  int append(int x) {
    return L::lower(g_, x, layer(L::name));
  }
  nn::extent extent(int most) {
    int const h = 1 + choice(most);
    return {h, 1 + choice(most)};
  }
  // Odd ones, and multiples of 8, which pruning likes.
  int channels() { return choice(2) != 0 ? 8 + 8 * choice(3) : 1 + choice(20); }
  // A window with any stride and padding, inside the image where it is not padded.
  hone::window window(int x, bool may_pad) {
    hone::shape const in = shape_of(x);
    nn::extent k = extent(5);
    nn::extent const s = extent(3);
    bool const pads = may_pad && choice(3) != 0;
    if (!pads && k.h > in.h) k.h = in.h;
    if (!pads && k.w > in.w) k.w = in.w;
    return nn::make_window(in, k, s, pads ? nn::padding::same : nn::padding::valid);
  }
  int linear(int x, hone::op_kind const& kind, int channels, hone::window win) {
    bool const dense = is_kind(kind, hone::dense_kind), depthwise = is_kind(kind, hone::depthwise_conv2d_kind);
    hone::shape const in = shape_of(x);
    int const at = layer(kind.name), inputs = dense ? in.size() : depthwise ? 1 : in.c;
    hone::op o = nn::reading(kind, x, at);
    o.out.c = channels, o.win = win;
    o.param[hone::slot::weight] = parameter(g_, at, hone::role::weight, {win.kh, win.kw, inputs, channels});
    o.param[hone::slot::bias] = parameter(g_, at, hone::role::bias, {1, 1, 1, channels});
    return emit(g_, o);
  }
  static bool is_kind(hone::op_kind const& a, hone::op_kind const& b) { return a.id == b.id; }

  int pool(int x, hone::op_kind const& kind, hone::window win) {
    hone::op o = nn::reading(kind, x, layer(kind.name));
    o.win = win;
    return emit(g_, o);
  }

  // Keeps rows and columns, and channels too unless others are wanted.
  int keeping_layer(int x, int depth) {
    hone::shape const in = shape_of(x);
    nn::extent const k = extent(3);
    hone::window const same = nn::make_window(in, k, 1, nn::padding::same);
    switch (choice(depth < 3 ? 14 : 12)) {
      case 0: return linear(x, hone::conv2d_kind, in.c, same);
      case 1: return append<nn::batch_norm>(x);
      case 2: return append<nn::relu>(x);
      case 3: return linear(x, hone::depthwise_conv2d_kind, in.c, same);
      case 4: return append<nn::relu6>(x);
      case 5: return append<nn::tanh>(x);
      case 6: return append<nn::sigmoid>(x);
      case 7: return append<nn::softmax>(x);
      case 8: return append<nn::leaky_relu>(x);
      case 9: return pool(x, hone::max_pool_kind, same);
      case 10:
      case 11: return block(linear(x, hone::conv2d_kind, in.c, same));
      default: return residual(x, depth);
    }
  }
  // What passes would take into the linear operation x, in any order.
  int block(int x) {
    for (int n = choice(4); n > 0; --n) {
      int const what = choice(4);
      x = what < 2 ? append<nn::batch_norm>(x) : what == 2 ? append<nn::relu>(x) : append<nn::relu6>(x);
    }
    return x;
  }
  int chain(int x, int depth) {
    for (int n = choice(4); n > 0; --n) x = keeping_layer(x, depth + 1);
    return x;
  }
  int residual(int x, int depth) {
    int const at = layer("residual"), y = chain(x, depth);
    hone::op o = nn::reading(hone::add_kind, x, at);
    o.input[1] = static_cast<std::int16_t>(y);
    return block(emit(g_, o));
  }
  int concat(int x, int depth) {
    int const at = layer("concat");
    int y = chain(x, depth);
    for (int n = choice(3); n > 0; --n) {
      int z = chain(x, depth);
      if (choice(2) != 0) z = linear(z, hone::conv2d_kind, 1 + choice(9), nn::make_window(shape_of(z), 1, 1, 0));
      hone::op o = nn::reading(hone::concat_kind, y, at);
      o.input[1] = static_cast<std::int16_t>(z);
      y = emit(g_, o);
    }
    return y;
  }
  int any_layer(int x, int depth) {
    switch (choice(12)) {
      case 0: return block(linear(x, hone::conv2d_kind, channels(), window(x, true)));
      case 1: return linear(x, hone::depthwise_conv2d_kind, shape_of(x).c, window(x, true));
      case 2: return linear(x, hone::dense_kind, channels(), {});
      case 3: return pool(x, hone::max_pool_kind, window(x, true));
      case 4: return pool(x, hone::avg_pool_kind, window(x, false));
      case 5: return append<nn::flatten>(x);
      case 6: return append<nn::global_avg_pool>(x);
      case 7:
      case 8: return concat(x, depth);
      case 9: return residual(x, depth);
      default: return keeping_layer(x, depth);
    }
  }

  std::vector<std::uint8_t> tape_;
  std::size_t at_{};
  hone::dynamic_graph g_;
};

}  // namespace networks
