#include <hone/nn/derivatives.hpp>
#include <hone/nn/model.hpp>

#include <cmath>

#include "catch2.hpp"
#include "networks.hpp"

using namespace hone;

namespace {

using numbers = std::vector<double>;

numbers random(int n, std::uint32_t seed) {
  networks::noise next(seed);
  numbers v(static_cast<std::size_t>(n));
  for (double& e : v) e = double(next());
  return v;
}

// One operation with operands of its own; its loss is a fixed random combination of its results.
struct experiment {
  op o{};
  int batch{2};
  std::vector<numbers> in, param;
  numbers direction;

  numbers result() const {
    numbers out(static_cast<std::size_t>(batch * o.out.size()));
    args<double> a{};
    a.batch = batch, a.out = out.data();
    for (std::size_t k = 0; k < in.size(); ++k) a.in[k] = in[k].data();
    for (std::size_t k = 0; k < param.size(); ++k) a.param[k] = param[k].data();
    o.kind->reference_f64(o, a);
    return out;
  }
  double loss() const {
    numbers const out = result();
    double sum = 0;
    for (std::size_t i = 0; i < out.size(); ++i) sum += direction[i] * out[i];
    return sum;
  }
  // Compares the gradient with central differences, number by number. Gradients are added to what is there: 1.
  void check() {
    numbers const out = result();
    grad_args<double> a{};
    std::vector<numbers> din, dparam;
    for (numbers const& v : in) din.emplace_back(v.size(), 1.0);
    for (numbers const& v : param) dparam.emplace_back(v.size(), 1.0);
    for (std::size_t k = 0; k < in.size(); ++k) a.in[k] = in[k].data(), a.din[k] = din[k].data();
    for (std::size_t k = 0; k < param.size(); ++k) a.param[k] = param[k].data(), a.dparam[k] = dparam[k].data();
    a.out = out.data(), a.dout = direction.data(), a.batch = batch;
    nn::derivatives_of<double>(*o.kind).gradient(o, a);
    for (std::size_t k = 0; k < in.size(); ++k) compare(in[k], din[k]);
    for (std::size_t k = 0; k < param.size(); ++k) compare(param[k], dparam[k]);
    // what is not asked for is not touched
    grad_args<double> none = a;
    none.din = {}, none.dparam = {};
    nn::derivatives_of<double>(*o.kind).gradient(o, none);
  }

 private:
  void compare(numbers& operand, numbers const& gradient) {
    constexpr double step = 1e-6;
    for (std::size_t i = 0; i < operand.size(); ++i) {
      double const v = operand[i];
      operand[i] = v + step;
      double const above = loss();
      operand[i] = v - step;
      double const below = loss();
      operand[i] = v;
      CAPTURE(o.kind->name, i);
      REQUIRE(gradient[i] - 1 == Approx((above - below) / (2 * step)).epsilon(1e-6).margin(1e-7));
    }
  }
};

// The last operation of a model, with random operands.
template <class Model>
experiment last_of(pointwise act = {}, bool addend = false) {
  auto const& g = Model::description;
  experiment e;
  e.o = g.ops.back();
  if (!act.empty()) e.o.act = act;
  std::uint32_t seed = 5;
  for (std::int16_t i : e.o.input)
    if (i >= 0) e.in.push_back(random(e.batch * op_at(g, i).out.size(), seed++));
  if (addend) {
    e.o.addend = static_cast<std::int8_t>(e.in.size());
    e.in.push_back(random(e.batch * e.o.out.size(), seed++));
  }
  for (std::int16_t p : e.o.param)
    if (p >= 0) e.param.push_back(random(weight_at(g, p).rows * weight_at(g, p).cols, seed++));
  e.direction = random(e.batch * e.o.out.size(), seed);
  return e;
}
template <class... Models>
void check_all() {
  (last_of<Models>().check(), ...);
}
// Also behind clips, a function whose argument must be computed again, and a residual summand.
template <class... Models>
void check_linear() {
  check_all<Models...>();
  (last_of<Models>(functions::relu()).check(), ...);
  (last_of<Models>(functions::clipped_relu(0.5f), true).check(), ...);
  (last_of<Models>(functions::sigmoid(), true).check(), ...);
}

template <class... Layers>
using net = model<Layers...>;

}  // namespace

TEST_CASE("conv2d's gradient is that of central differences") {
  check_linear<net<nn::input<5, 4, 3>, nn::conv2d<2, 3>>, net<nn::input<8, 7, 1>, nn::conv2d<17, 3, 2>>,
               net<nn::input<7, 5, 2>, nn::conv2d<3, nn::extent{4, 2}, nn::extent{2, 3}>>,
               net<nn::input<5, 5, 5>, nn::conv2d<1, 5, 1, nn::padding::valid>>,
               net<nn::input<1, 1, 4>, nn::conv2d<3, 3>>, net<nn::input<3, 3, 2>, nn::conv2d<2, 1, 3>>>();
}
TEST_CASE("depthwise_conv2d's gradient is that of central differences") {
  check_linear<net<nn::input<6, 7, 5>, nn::depthwise_conv2d<3>>,
               net<nn::input<9, 6, 2>, nn::depthwise_conv2d<nn::extent{5, 3}, 2>>,
               net<nn::input<4, 4, 1>, nn::depthwise_conv2d<2, 1, nn::padding::valid>>>();
}
TEST_CASE("dense's gradient is that of central differences") {
  check_linear<net<nn::input<3, 2, 3>, nn::dense<21>>, net<nn::input<1>, nn::dense<1>>,
               net<nn::input<37>, nn::dense<2>>>();
}
TEST_CASE("batch_norm's gradient at inference is that of central differences") {
  using norm = net<nn::input<3, 2, 5>, nn::batch_norm>;
  check_all<norm>();
  last_of<norm>(functions::tanh()).check();
}
TEST_CASE("gradients of elementwise functions and softmax are those of central differences") {
  check_all<net<nn::input<3, 3, 3>, nn::relu>, net<nn::input<3, 3, 3>, nn::relu6>, net<nn::input<3, 3, 3>, nn::tanh>,
            net<nn::input<3, 3, 3>, nn::sigmoid>, net<nn::input<2, 1, 7>, nn::softmax>,
            net<nn::input<1>, nn::softmax>>();
  last_of<net<nn::input<2, 1, 7>, nn::softmax>>(functions::tanh()).check();
}
TEST_CASE("gradients of pooling are those of central differences") {
  check_all<net<nn::input<6, 5, 3>, nn::max_pool<2>>, net<nn::input<5, 5, 2>, nn::max_pool<3, 2, nn::padding::same>>,
            net<nn::input<6, 5, 3>, nn::avg_pool<nn::extent{2, 3}, 1>>, net<nn::input<4, 3, 2>, nn::global_avg_pool>,
            net<nn::input<4, 3, 2>, nn::global_max_pool>>();
  last_of<net<nn::input<6, 5, 3>, nn::max_pool<2>>>(functions::relu()).check();
  last_of<net<nn::input<6, 5, 3>, nn::avg_pool<2>>>(functions::sigmoid()).check();
}
TEST_CASE("gradients of flatten, add and concat are those of central differences") {
  using sum = net<nn::input<3, 3, 2>, nn::residual<nn::relu>>;
  using joined = net<nn::input<3, 2, 2>, nn::concat<nn::identity, nn::conv2d<3, 1>>>;
  check_all<net<nn::input<3, 2, 2>, nn::flatten>, sum, joined>();
  last_of<net<nn::input<3, 2, 2>, nn::flatten>>(functions::relu()).check();
  last_of<sum>(functions::relu()).check();
  last_of<joined>(functions::tanh()).check();
}

TEST_CASE("an operation that reads one result twice gets the sum of both derivatives") {
  experiment e = last_of<net<nn::input<2, 2, 1>, nn::residual<nn::relu>>>();
  numbers const out = e.result();
  numbers d(e.in[0].size(), 0.0);
  grad_args<double> a{};
  a.in = {e.in[0].data(), e.in[0].data()}, a.din = {d.data(), d.data()};
  a.out = out.data(), a.dout = e.direction.data(), a.batch = e.batch;
  nn::derivatives_of<double>(*e.o.kind).gradient(e.o, a);
  for (std::size_t i = 0; i < d.size(); ++i) CHECK(d[i] == 2 * e.direction[i]);
}

TEST_CASE("kinks are flat") {
  double const x[]{0, -0.0, 6}, dout[]{1, 1, 1};
  double out[3]{}, d[3]{};
  op o{};
  o.act = functions::relu6();
  for (int i = 0; i < 3; ++i) out[i] = o.act(x[i]);
  nn::add_activation_gradient(o.act, x, out, dout, d, 3);
  CHECK((d[0] == 0 && d[1] == 0 && d[2] == 0));
}
