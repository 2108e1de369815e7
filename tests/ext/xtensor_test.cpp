#include <hone/ext/xtensor.hpp>

#include "catch2.hpp"

#include <vector>
#include <xtensor/xview.hpp>

namespace {

// Stands for an engine: twice the sum of each pixel's two channels.
struct doubler {
  static constexpr hone::shape input_shape{2, 3, 2}, output_shape{2, 3, 1};
  std::vector<float> y = std::vector<float>(6);
  std::span<float const> operator()(std::span<float const> x) {
    seen = x.data();
    for (std::size_t i = 0; i < 6; ++i) y[i] = 2 * (x[2 * i] + x[2 * i + 1]);
    return y;
  }
  float const* seen{};
};

}  // namespace

TEST_CASE("a tensor runs without a copy, and the result is a view") {
  doubler net;
  xt::xtensor<float, 3> x = xt::xtensor<float, 3>::from_shape({2, 3, 2});
  for (std::size_t i = 0; i < 12; ++i) x.data()[i] = static_cast<float>(i);
  auto const y = hone::ext::run(net, x);
  CHECK(net.seen == x.data());
  CHECK(y.data() == net.y.data());
  REQUIRE(y.shape()[0] == 2);
  CHECK(y(1, 2, 0) == 2 * (10 + 11));
}

TEST_CASE("a batch gives a row an image") {
  doubler net;
  xt::xtensor<float, 4> x = xt::xtensor<float, 4>::from_shape({3, 2, 3, 2});
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(i);
  auto const y = hone::ext::run_batch(net, x);
  CHECK(y(2, 5) == 2 * (34 + 35));
}

TEST_CASE("another number of values is refused") {
  doubler net;
  xt::xtensor<float, 1> const x = xt::xtensor<float, 1>::from_shape({11});
  CHECK_THROWS_WITH(hone::ext::run(net, x), Contains("the tensor has 11 values, the network takes 2x3x2"));
  xt::xtensor<float, 3> const turned = xt::xtensor<float, 3>::from_shape({2, 2, 3});
  CHECK_THROWS_WITH(hone::ext::run(net, turned), Contains("the tensor has 2x2x3 values, the network takes 2x3x2"));
  xt::xtensor<float, 4> const images = xt::xtensor<float, 4>::from_shape({2, 2, 2, 3});
  CHECK_THROWS_WITH(hone::ext::run_batch(net, images), Contains("images are 2x2x3, the network takes 2x3x2"));
}

TEST_CASE("extents of one and flat tensors run") {
  doubler net;
  xt::xtensor<float, 4> x = xt::xtensor<float, 4>::from_shape({1, 2, 3, 2});
  xt::xtensor<float, 1> flat = xt::xtensor<float, 1>::from_shape({12});
  for (std::size_t i = 0; i < 12; ++i) x.data()[i] = flat.data()[i] = static_cast<float>(i);
  CHECK(hone::ext::run(net, x)(1, 2, 0) == 2 * (10 + 11));
  CHECK(hone::ext::run(net, flat)(1, 2, 0) == 2 * (10 + 11));
}

TEST_CASE("a view runs from its own first value, and only where its values are dense and in order") {
  doubler net;
  xt::xtensor<float, 4> batch = xt::xtensor<float, 4>::from_shape({3, 2, 3, 2});
  for (std::size_t i = 0; i < batch.size(); ++i) batch.data()[i] = static_cast<float>(i);
  CHECK(hone::ext::run(net, xt::view(batch, 2))(1, 2, 0) == 2 * (34 + 35));
  xt::xtensor<float, 3> wide = xt::xtensor<float, 3>::from_shape({2, 3, 4});
  auto const part = xt::view(wide, xt::all(), xt::all(), xt::range(0, 2));
  CHECK_THROWS_WITH(hone::ext::run(net, part), Contains("do not lie one after the other"));
  xt::xtensor<float, 3, xt::layout_type::column_major> columns({2, 3, 2});
  CHECK_THROWS_WITH(hone::ext::run(net, columns), Contains("do not lie one after the other"));
}
