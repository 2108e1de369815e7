#include <hone/hw/catalogue/haswell.hpp>
#include <hone/nn/model.hpp>
#include <hone/train/cost_term.hpp>

#include "catch2.hpp"
#include "networks.hpp"

using namespace hone;
using namespace hone::train;

namespace {

profile const& haswell = hw::haswell::value;
// A cheap and a dear convolution in front of a head.
struct two_convs : model<nn::input<8, 8, 2>, nn::conv2d<16, 1>, nn::batch_norm, nn::relu, nn::conv2d<32, 3>, nn::relu,
                         nn::conv2d<8, 3>, nn::global_avg_pool, nn::dense<3>> {};

std::size_t conv(dynamic_graph const& g, int n) {
  for (std::size_t i = 0; i < g.ops.size(); ++i)
    if (is(g.ops[i], conv2d_kind) && n-- == 0) return i;
  return 0;
}
dynamic_graph folded() { return pass::canonical(thaw(two_convs::description), options{}, haswell); }

// The term over variables in these nodes, checked against central differences; returns its value.
double checked_value(dynamic_graph const& g, std::vector<int> const& nodes, double weight) {
  variables<float> v(g, nodes);
  networks::noise next(3);
  for (float& x : v.trained()) x = next() + (next() > 0 ? 1.5f : -1.5f);
  cost_term const term(g, v, haswell, weight);
  std::vector<float> d(v.trained().size(), 0.f), none(d.size());
  double const value = term(d);
  for (std::size_t k = 0; k < d.size(); k += 37) {
    float const x = v.trained()[k];
    v.trained()[k] = x + 0.01f;
    double const above = term(none);
    v.trained()[k] = x - 0.01f;
    double const below = term(none);
    v.trained()[k] = x;
    CAPTURE(k);
    REQUIRE(double(d[k]) == Approx((above - below) / 0.02).epsilon(1e-2).margin(1e-7));
  }
  return value;
}

}  // namespace

TEST_CASE("channels are priced by what they cost the machine") {
  dynamic_graph const g = folded();
  double const cheap = channel_share(g, conv(g, 0), haswell), dear = channel_share(g, conv(g, 1), haswell);
  CHECK(cheap > 0);
  CHECK(dear > 0);
  CHECK(dear * 32 + cheap * 16 < 2);
  CHECK(channel_share(g, g.ops.size() - 1, haswell) == 0);  // nothing reads the head's
}

TEST_CASE("the term starts at its weight times the share of time, and its gradient is that of central differences") {
  dynamic_graph const g = folded();
  double const value = checked_value(g, masters_of(g), 0.5);
  double const shares = 16 * channel_share(g, conv(g, 0), haswell) + 32 * channel_share(g, conv(g, 1), haswell);
  CHECK(value == Approx(0.5 * shares).epsilon(1e-3));
  CHECK(checked_value(g, masters_of(g), 0) == 0);
}

TEST_CASE("a channel behind a batch norm is its gamma, one without is what writes and what reads it") {
  dynamic_graph const g = folded();
  variables<float> leaves(g, leaves_of(thaw(two_convs::description))), masters(g, masters_of(g));
  auto const what = [&](variables<float> const& v, int n) {
    std::vector<int> const found = channel_scales(g, v, conv(g, n));
    REQUIRE(found.size() == 1);
    return weight_at(g, v.list()[static_cast<std::size_t>(found[0])].node).what;
  };
  CHECK(what(leaves, 0) == role::gamma);
  CHECK(what(leaves, 1) == role::weight);
  CHECK(what(masters, 0) == role::weight);
  checked_value(g, leaves_of(thaw(two_convs::description)), 1);
}
