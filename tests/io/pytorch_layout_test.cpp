#include <hone/io/pytorch_layout.hpp>

#include <hone/io/weights.hpp>
#include <hone/pass/prepare.hpp>
#include <hone/shal/oracle.hpp>

#include "catch2.hpp"
#include "random_network.hpp"

#include <cmath>
#include <random>

using namespace hone;

namespace {

// A network as PyTorch would run it: images are [c][h][w], parameters those of the file.
class channels_first {
 public:
  using values = std::vector<double>;

  channels_first(dynamic_graph const& g, io::tensor_file const& file) : g_(g), file_(file) {}

  values operator()(values const& input) {
    std::vector<values> y{input};
    y.reserve(g_.ops.size());  // x stays where it is
    for (std::size_t i = 1; i < g_.ops.size(); ++i) {
      op const& o = g_.ops[i];
      values const& x = y[static_cast<std::size_t>(o.input[0])];
      if (is(o, conv2d_kind) || is(o, depthwise_conv2d_kind))
        y.push_back(convolution(o, x));
      else if (is(o, dense_kind))
        y.push_back(dense(o, x));
      else if (is(o, max_pool_kind) || is(o, avg_pool_kind))
        y.push_back(pool(o, x));
      else if (is(o, batch_norm_kind))
        y.push_back(batch_norm(o, x));
      else if (is(o, softmax_kind))
        y.push_back(softmax(o, x));
      else
        y.push_back(x);  // elementwise, flatten
      if (is(o, concat_kind)) append(y.back(), y[static_cast<std::size_t>(o.input[1])]);
      if (is(o, add_kind))
        for (std::size_t k = 0; k < x.size(); ++k) y.back()[k] += y[static_cast<std::size_t>(o.input[1])][k];
      for (double& v : y.back()) v = o.act(v);
    }
    return y.back();
  }

 private:
  static void append(values& to, values const& more) { to.insert(to.end(), more.begin(), more.end()); }

  double number(op const& o, char const* role, int at) const {
    std::string const name = std::string(g_.layers[static_cast<std::size_t>(o.layer)].name.c_str()) + "." + role;
    for (io::named_array const& n : file_.tensors)
      if (n.name == name) return n.value.values<float>()[static_cast<std::size_t>(at)];
    FAIL("the file has no " << name);
    return 0;
  }
  // f(position in x, tap) of all taps of output (i, j) that are inside channel c.
  static void taps(op const& o, int i, int j, int c, auto f) {
    for (int u = 0; u < o.win.kh; ++u)
      for (int v = 0; v < o.win.kw; ++v) {
        int const p = i * o.win.sh - o.win.top + u, q = j * o.win.sw - o.win.left + v;
        if (p >= 0 && p < o.in.h && q >= 0 && q < o.in.w)
          f(static_cast<std::size_t>((c * o.in.h + p) * o.in.w + q), u * o.win.kw + v);
      }
  }
  values convolution(op const& o, values const& x) const {
    values y;
    int const each = is(o, depthwise_conv2d_kind), inputs = each ? 1 : o.in.c;
    for (int c = 0; c < o.out.c; ++c)
      for (int i = 0; i < o.out.h; ++i)
        for (int j = 0; j < o.out.w; ++j) {
          double sum = number(o, "bias", c);
          for (int k = 0; k < inputs; ++k)
            taps(o, i, j, each ? c : k, [&](std::size_t at, int tap) {
              sum += x[at] * number(o, "weight", (c * inputs + k) * o.win.taps() + tap);
            });
          y.push_back(sum);
        }
    return y;
  }
  values dense(op const& o, values const& x) const {
    values y;
    for (int c = 0; c < o.out.c; ++c) {
      double sum = number(o, "bias", c);
      for (int k = 0; k < o.in.size(); ++k)
        sum += x[static_cast<std::size_t>(k)] * number(o, "weight", c * o.in.size() + k);
      y.push_back(sum);
    }
    return y;
  }
  values pool(op const& o, values const& x) const {
    values y;
    for (int c = 0; c < o.out.c; ++c)
      for (int i = 0; i < o.out.h; ++i)
        for (int j = 0; j < o.out.w; ++j) {
          double sum = 0, most = -INFINITY;
          taps(o, i, j, c, [&](std::size_t at, int) { sum += x[at], most = std::max(most, x[at]); });
          y.push_back(is(o, max_pool_kind) ? most : sum / o.win.taps());
        }
    return y;
  }
  values batch_norm(op const& o, values x) const {
    for (int k = 0; k < o.in.size(); ++k) {
      int const c = k / o.in.pixels();
      double& v = x[static_cast<std::size_t>(k)];
      v = (v - number(o, "running_mean", c)) / std::sqrt(number(o, "running_var", c) + 1e-5) * number(o, "weight", c) +
          number(o, "bias", c);
    }
    return x;
  }
  values softmax(op const& o, values x) const {
    auto const at = [&](int c, int pixel) -> double& { return x[static_cast<std::size_t>(c * o.in.pixels() + pixel)]; };
    for (int pixel = 0; pixel < o.in.pixels(); ++pixel) {
      double most = -INFINITY, sum = 0;
      for (int c = 0; c < o.in.c; ++c) most = std::max(most, at(c, pixel));
      for (int c = 0; c < o.in.c; ++c) sum += at(c, pixel) = std::exp(at(c, pixel) - most);
      for (int c = 0; c < o.in.c; ++c) at(c, pixel) /= sum;
    }
    return x;
  }

  dynamic_graph const& g_;
  io::tensor_file const& file_;
};

using generator = std::mt19937;

// A file with the names and extents of g's parameters in PyTorch, and any numbers.
io::tensor_file any_state_dict(dynamic_graph const& g, generator& random) {
  tensor_set zeros;
  for (weight const& w : g.weights)
    if (w.leaf()) zeros.add(tensor_name(g, w).c_str(), w.type, w.dims);
  io::tensor_file file = io::stored_weights(g, zeros, {.from = io::layout::pytorch});
  std::uniform_real_distribution<float> any(-1, 1);
  for (io::named_array& n : file.tensors) {
    float const scale =
        2 / std::sqrt(static_cast<float>(n.value.elements() / static_cast<std::size_t>(n.value.dims[0])));
    for (float& v : n.value.values<float>()) v = any(random) * scale;
    if (n.name.ends_with("running_var"))
      for (float& v : n.value.values<float>()) v = 1 + v * v;
  }
  return file;
}

}  // namespace

TEST_CASE("random networks give with Hone's layout what they give with PyTorch's") {
  generator random(5);
  int run = 0, refused = 0, reordered = 0;
  while (run < 150) {
    std::vector<std::uint8_t> tape(4 + random() % 40);
    for (std::uint8_t& b : tape) b = static_cast<std::uint8_t>(random());
    dynamic_graph const g = networks::random_network(tape).graph();
    std::int64_t work = 0;
    for (weight const& w : g.weights) work += w.elements();
    if (g.issue.how != fix::none || work > 20'000) continue;
    io::tensor_file file;
    try {
      file = any_state_dict(g, random);
    } catch (error const& e) {
      REQUIRE_THAT(e.parts().why, Contains("flattened images"));
      ++refused;
      continue;
    }
    for (auto const& order : io::detail::orders(g).of) reordered += !order.empty();
    shape const in = g.ops[0].out;
    std::vector<double> first(static_cast<std::size_t>(in.size())), last(first.size());
    for (int c = 0; c < in.c; ++c)
      for (int p = 0; p < in.pixels(); ++p)
        first[static_cast<std::size_t>(c * in.pixels() + p)] = last[static_cast<std::size_t>(p * in.c + c)] =
            std::uniform_real_distribution<double>(g.ops[0].act.empty() ? -1 : 0, 1)(random);
    tensor_set const ours = io::match_weights(g, file, {.from = io::layout::pytorch});
    std::vector<double> y =
        shal::evaluate<double>(g, pass::evaluate_parameters(g, ours), std::span<double const>(last));
    std::vector<double> wanted = channels_first(g, file)(first);
    std::sort(y.begin(), y.end()), std::sort(wanted.begin(), wanted.end());  // the last operation may be a flatten
    REQUIRE(y.size() == wanted.size());
    CAPTURE(tape);
    for (std::size_t k = 0; k < y.size(); ++k) REQUIRE(y[k] == Approx(wanted[k]).epsilon(1e-5).margin(1e-6));
    ++run;
  }
  INFO(refused << " refused, " << reordered << " results in another order");
  CHECK(refused > 0);
  CHECK(reordered > 20);
}
