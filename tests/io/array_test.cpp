#include <hone/io/array.hpp>

#include "catch2.hpp"

#include <cstdint>
#include <limits>
#include <random>

using namespace hone;

TEST_CASE("sizes of arrays are computed without overflow") {
  using list = std::vector<std::int64_t>;
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  CHECK(io::bytes_of(dtype::f32, list{}) == 4u);
  CHECK(io::bytes_of(dtype::f64, list{2, 3}) == 48u);
  CHECK(io::bytes_of(dtype::f32, list{most, 0, most}) == 0u);
  CHECK_FALSE(io::bytes_of(dtype::i8, list{most, 3}));
  CHECK_FALSE(io::bytes_of(dtype::f64, list{std::int64_t{1} << 61}));
  CHECK_FALSE(io::bytes_of(dtype::f32, list{0, -1}));
  CHECK_THROWS_WITH(io::array(dtype::f32, {most, most}), Contains("negative or too large"));
}

TEST_CASE("the nearest f32 of a double is the one of IEEE 754") {
  auto const same = [](double v) {
    CAPTURE(v);
    CHECK(std::bit_cast<std::uint32_t>(nearest_f32(v)) == std::bit_cast<std::uint32_t>(static_cast<float>(v)));
  };
  constexpr double inf = std::numeric_limits<double>::infinity();
  for (double v :
       {0.0, -0.0, 1.0, 0.1, 1 / 3.0, 16777217.0, 16777219.0, 3.4028235677973362e38, 3.4028235677973366e38, 1e300, inf,
        0x1p-126, 0x1.fffffffp-127, 0x1p-149, 0x1p-150, 0x1.0000000000001p-150, 0x1.8p-149, 0x1p-151, 5e-324})
    same(v), same(-v);
  std::mt19937_64 random(1);
  int wrong = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::uint64_t bits = random();
    if (i % 2 == 0) bits = (bits & ~(0x7ffULL << 52)) | ((860 + random() % 300) << 52);  // around what f32 holds
    if (i % 4 == 0) bits &= ~0xfffffffULL;                                               // ties
    auto const v = std::bit_cast<double>(bits);
    if (v == v)
      wrong += std::bit_cast<std::uint32_t>(nearest_f32(v)) != std::bit_cast<std::uint32_t>(static_cast<float>(v));
  }
  CHECK(wrong == 0);
  auto const nan = std::bit_cast<std::uint32_t>(nearest_f32(std::numeric_limits<double>::quiet_NaN()));
  CHECK((nan & 0x7fffffffu) > 0x7f800000u);
}

TEST_CASE("floats of every width become f32, other numbers do not") {
  io::array d(dtype::f64, {2, 1});
  d.values<double>()[0] = 0.1, d.values<double>()[1] = -1e-45;
  io::array const f = io::to_f32(d);
  CHECK(f.type == dtype::f32);
  CHECK(f.dims == std::vector<std::int64_t>{2, 1});
  CHECK(f.values<float>()[0] == 0.1f);
  CHECK(f.values<float>()[1] == -1e-45f);
  io::array h(dtype::f16, {2});
  h.values<std::uint16_t>()[0] = 0x3555, h.values<std::uint16_t>()[1] = 0x8001;
  CHECK(io::to_f32(h).values<float>()[0] == 0x1.554p-2f);
  CHECK(io::to_f32(h).values<float>()[1] == -0x1p-24f);
  io::array b(dtype::bf16, {1});
  b.values<std::uint16_t>()[0] = 0x3f81;
  CHECK(io::to_f32(b).values<float>()[0] == 1.0078125f);
  CHECK_THROWS_WITH(io::to_f32(io::array(dtype::i64, {1})), Contains("it holds int64"));
}
