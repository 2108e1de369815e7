#include <hone/train/augment.hpp>

#include "catch2.hpp"

using namespace hone;
using namespace hone::train;

namespace {
data_set image(std::size_t n, std::size_t h, std::size_t w, std::size_t c) {
  data_set d{xt::xtensor<float, 4>::from_shape({n, h, w, c}), xt::xtensor<std::int32_t, 1>::from_shape({n}), 1};
  std::fill(d.images.begin(), d.images.end(), 0.f);
  std::fill(d.labels.begin(), d.labels.end(), 0);
  return d;
}
}  // namespace

TEST_CASE("a shift of nothing changes nothing") {
  data_set d = image(2, 3, 4, 2);
  for (std::size_t k = 0; k < d.images.size(); ++k) d.images.data()[k] = static_cast<float>(k);
  data_set const before = d;
  generator r(1);
  random_shifts{0}(d, r);
  bool const same = d.images == before.images;
  CHECK(same);
}

TEST_CASE("a spot moves as a whole, each image's by its own amount, no further than told") {
  data_set d = image(50, 7, 7, 1);
  for (std::size_t n = 0; n < 50; ++n) d.images(n, 3, 3, 0) = 1;
  generator r(1);
  random_shifts{1.5}(d, r);
  double lowest = 9, highest = -9;
  for (std::size_t n = 0; n < 50; ++n) {
    double sum = 0, row = 0, column = 0;
    for (std::size_t i = 0; i < 7; ++i)
      for (std::size_t j = 0; j < 7; ++j) {
        double const v = double(d.images(n, i, j, 0));
        sum += v, row += v * (double(i) - 3), column += v * (double(j) - 3);
      }
    CHECK(sum == Approx(1));
    CHECK((std::abs(row) <= 1.5 && std::abs(column) <= 1.5));
    lowest = std::min(lowest, row), highest = std::max(highest, row);
  }
  CHECK((lowest < -1 && highest > 1));
}

TEST_CASE("what leaves the image is gone, channels stay apart") {
  data_set d = image(20, 1, 1, 2);
  for (std::size_t n = 0; n < 20; ++n) d.images(n, 0, 0, 0) = 1;
  generator r(3);
  random_shifts{1}(d, r);
  for (std::size_t n = 0; n < 20; ++n) {
    CHECK((d.images(n, 0, 0, 0) >= 0 && d.images(n, 0, 0, 0) < 1));
    CHECK(d.images(n, 0, 0, 1) == 0);
  }
}
