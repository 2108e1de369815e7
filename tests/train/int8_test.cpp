#include <hone/nn/model.hpp>
#include <hone/shal/numerics.hpp>
#include <hone/train/finetune.hpp>

#include "catch2.hpp"
#include "networks.hpp"

using namespace hone;
using namespace hone::train;

namespace {

// A long reduction, for which sums do not fit into floats; a sum, a concat and a batch norm that stay on their own; a
// signed result.
struct wide_net
    : model<nn::input<6, 6, 1>, nn::conv2d<130, 3>, nn::relu, nn::conv2d<4, 3>,
            nn::concat<nn::identity, nn::max_pool<1>>, nn::residual<nn::max_pool<1>>, nn::relu, nn::avg_pool<3, 1>,
            nn::batch_norm, nn::depthwise_conv2d<3>, nn::tanh, nn::conv2d<3, 1>, nn::flatten, nn::dense<5>> {};

struct tuned {
  dynamic_graph g;
  tensor_set parameters;
  variables<float> v;

  template <class Net>
  tuned(Net const&, options o, std::uint32_t seed)
      : g(pass::canonical(thaw(Net::description), o, profile{})), parameters(networks::parameters_of(g, seed)),
        v(g, masters_of(g)) {
    detail::fill(v, g, std::vector<bool>(g.weights.size(), false),
                 [&](weight const& w) { return pass::load_node(g, w, parameters); });
    for (std::size_t i = 0; i < v.list().size(); ++i)  // every range another
      if (!v.list()[i].trained) v.of(static_cast<int>(i))[0] = 0.5f + 0.25f * static_cast<float>(i % 9);
  }
};

template <class Net>
std::vector<float> images(int n) {
  std::vector<float> x;
  for (int i = 0; i < n; ++i)
    for (float f : networks::input_of(Net::input_shape, static_cast<std::uint32_t>(i) + 1, false)) x.push_back(f);
  return x;
}

// All results of the tape, against the emulator's.
template <class Net>
void check_forward(options o) {
  tuned t(Net{}, o, 4);
  canonical_numerics n(t.g, t.v);
  n.refresh();
  crew hands(2);
  tape<float> tape_(n, hands, 5, 3);
  std::vector<float> const x = images<Net>(5);
  tape_.forward(x.data(), 5, false);
  shal::emulator emulate(t.g, stored_tensors(t.g, t.v));
  std::vector<buffer> const& wanted = emulate.edges(x);
  for (std::size_t i = 1; i < t.g.ops.size(); ++i) {
    if (is(t.g.ops[i], softmax_kind)) continue;  // belongs to the loss
    op const& o_ = t.g.ops[i];
    CAPTURE(o_.kind->name, i);
    std::span<float const> const y = tape_.results(i);
    std::size_t different = 0;
    for (std::size_t k = 0; k < y.size(); ++k)
      different += o_.type == dtype::u8
                       ? static_cast<std::uint8_t>(static_cast<int>(y[k]) + o_.zero) != wanted[i].as<std::uint8_t>()[k]
                       : y[k] != wanted[i].as<float>()[k];
    CHECK(different == 0);
  }
}

}  // namespace

TEST_CASE("forwards, every result is the emulator's, bit for bit") {
  for (dtype precision : {dtype::i8, dtype::bf16, dtype::f32}) {
    check_forward<networks::residual_net>({.precision = precision});
    check_forward<networks::branching_net>({.precision = precision});
    check_forward<wide_net>({.precision = precision});
  }
}

TEST_CASE("backwards, derivatives are those of the network in floating point, where nothing is clipped") {
  tuned t(wide_net{}, {.precision = dtype::i8}, 4);
  std::vector<float> const x = images<wide_net>(4);
  data_set d{xt::xtensor<float, 4>::from_shape({4, 6, 6, 1}), xt::xtensor<std::int32_t, 1>::from_shape({4}), 5};
  std::copy(x.begin(), x.end(), d.images.data());
  crew hands(1);
  calibrate(t.g, t.v, d, hands, 1);
  dynamic_graph const form = float_form(t.g);
  canonical_numerics rounded(t.g, t.v);
  numerics<float> exact(form, t.v);
  std::vector<std::int32_t> const labels{0, 1, 2, 3};
  auto const gradient = [&](numerics<float>& n) {
    n.refresh();
    tape<float> tape_(n, hands, 4, 2);
    auto const z = tape_.forward(x.data(), 4, false);
    cross_entropy(z, std::span<std::int32_t const>(labels), 0, tape_.derivatives().data());
    tape_.backward();
    return std::vector<float>(tape_.gradient().begin(), tape_.gradient().end());
  };
  std::vector<float> const a = gradient(rounded), b = gradient(exact);
  double along = 0, aa = 0, bb = 0;
  for (std::size_t k = 0; k < a.size(); ++k)
    along += double(a[k]) * double(b[k]), aa += double(a[k]) * double(a[k]), bb += double(b[k]) * double(b[k]);
  CHECK(along / std::sqrt(aa * bb) > 0.98);
  CHECK(aa / bb == Approx(1).epsilon(0.1));
}

TEST_CASE("nothing passes back through a clipped result") {
  struct net : model<nn::input<1, 1, 3>, nn::dense<2>, nn::relu, nn::dense<2>> {};
  tuned t(net{}, {.precision = dtype::i8}, 4);
  auto const first_gradient = [&](float range) {
    for (std::size_t i = 0; i < t.v.list().size(); ++i)
      if (!t.v.list()[i].trained) t.v.of(static_cast<int>(i))[0] = range;
    canonical_numerics n(t.g, t.v);
    n.refresh();
    crew hands(1);
    tape<float> tape_(n, hands, 1, 1);
    float const x[]{1, 1, 1};
    tape_.forward(x, 1, false);
    tape_.derivatives()[0] = 1, tape_.derivatives()[1] = -1;
    tape_.backward();
    double sum = 0;
    std::span<float const> const bias = t.v.of(n.destination(2)[slot::bias]);
    for (std::size_t k = 0; k < bias.size(); ++k)
      sum += std::abs(double(tape_.gradient()[static_cast<std::size_t>(bias.data() - t.v.trained().data()) + k]));
    return sum;
  };
  for (float& b : t.v.of(1)) b = 3;  // whatever the weights, results are positive
  CHECK(first_gradient(100) > 0);
  CHECK(first_gradient(0.01f) == 0);
}
