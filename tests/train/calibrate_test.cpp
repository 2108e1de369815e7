#include <hone/nn/model.hpp>
#include <hone/train/calibrate.hpp>

#include "catch2.hpp"

using namespace hone;
using namespace hone::train;

namespace {

// A function with a bound of its own, and one without.
struct net : model<nn::input<1, 1, 1>, nn::dense<1>, nn::relu6, nn::dense<2>, nn::relu, nn::dense<2>> {};

struct calibrated {
  dynamic_graph g = pass::canonical(thaw(net::description), options{.precision = dtype::i8}, profile{});
  variables<float> v{g, masters_of(g)};
  data_set d{xt::xtensor<float, 4>::from_shape({1000, 1, 1, 1}), xt::xtensor<std::int32_t, 1>::from_shape({1000}), 2};
  crew hands{2};

  calibrated() {
    for (float& x : v.trained()) x = 1;
    for (std::size_t i = 0; i < 1000; ++i)
      d.images.data()[i] = 0.001f * static_cast<float>(i + 1) * (i % 2 == 0 ? 1.f : -1.f);
    std::fill(d.labels.begin(), d.labels.end(), 0);
  }
  float range_of_op(op_kind const& k) const {
    for (std::size_t i = 0; i < g.ops.size(); ++i)
      if (is(g.ops[i], k) && range_of(g, static_cast<int>(i)) >= 0)
        return v.of(v.find(range_of(g, static_cast<int>(i))))[0];
    return -1;
  }
};

}  // namespace

TEST_CASE("ranges cover the share of values that is asked for") {
  calibrated c;
  calibrate(c.g, c.v, c.d, c.hands, 1);
  CHECK(c.range_of_op(quantize_kind) == 1);
  calibrate(c.g, c.v, c.d, c.hands, 0.9);
  CHECK(c.range_of_op(quantize_kind) == Approx(0.9).epsilon(0.01));
}

TEST_CASE("an activation's own bound is its range, whatever the data") {
  calibrated c;
  calibrate(c.g, c.v, c.d, c.hands, 0.5);
  CHECK(c.range_of_op(dense_kind) == 6);
}

TEST_CASE("moving averages keep a share of what was") {
  calibrated c;
  calibrate(c.g, c.v, c.d, c.hands, 1);
  for (float& x : c.d.images) x *= 3;
  calibrate(c.g, c.v, c.d, c.hands, 1, 0.75);
  CHECK(c.range_of_op(quantize_kind) == Approx(0.75 * 1 + 0.25 * 3));
}

TEST_CASE("an edge on which nothing happens has a range all the same") {
  calibrated c;
  std::fill(c.d.images.begin(), c.d.images.end(), 0.f);
  calibrate(c.g, c.v, c.d, c.hands, 0.999);
  CHECK(c.range_of_op(quantize_kind) == 1);
}
