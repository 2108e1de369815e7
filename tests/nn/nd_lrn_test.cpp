#include <hone/nn/nd/lrn.hpp>

#include "catch2.hpp"
#include "nd_random.hpp"

using namespace hone;
using namespace nd_values;

TEST_CASE("local response normalisation divides by the squares of neighbouring channels") {
  CHECK(rc::check([] {
    dtype const type = *rc::gen::element(dtype::f32, dtype::f64);
    int const channels = *rc::gen::inRange(1, 8), size = *rc::gen::inRange(1, 10);
    value const x = any_value(type, {2, channels, *rc::gen::inRange(1, 5), 3});
    value const y = evaluate([&](auto& g, int a) { return nd::lrn(g, a, size, 0.5f, 0.75f, 2.f); }, x);
    int const inner = x.dims[2] * x.dims[3];
    for (std::size_t i = 0; i < y.size(); ++i) {
      int const c = static_cast<int>(i) / inner % channels;
      double squares = 0;
      for (int k = c - (size - 1) / 2; k <= c + size / 2; ++k)
        if (k >= 0 && k < channels) {
          double const v = x.at(
              i + static_cast<std::size_t>((k - c + channels) * inner) - static_cast<std::size_t>(channels * inner));
          squares += v * v;
        }
      double const want = x.at(i) / std::pow(2 + 0.5 / size * squares, 0.75);
      RC_ASSERT(std::fabs(y.at(i) - want) <= (type == dtype::f64 ? 1e-12 : 1e-5));
    }
  }));
}

TEST_CASE("local response normalisation refuses what does not fit") {
  value const x(dtype::f32, {2, 6, 4}), bytes(dtype::u8, {2, 6, 4}), line(dtype::f32, {4});
  auto const how = [](value const& v, int size) {
    return refused([&](auto& g, int a) { return nd::lrn(g, a, size); }, v);
  };
  CHECK(how(x, 1) == fix::none);
  CHECK(how(x, 0) == fix::give_valid_attributes);
  CHECK(how(bytes, 3) == fix::give_a_supported_type);
  CHECK(how(line, 3) == fix::give_a_supported_rank);
}
