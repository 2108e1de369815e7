#include <hone/core/buffer.hpp>
#include <hone/core/error.hpp>

#include "catch2.hpp"

#include <climits>
#include <cstdint>

using namespace hone;

TEST_CASE("an error carries its four parts and reads as one sentence") {
  try {
    raise("cannot do it", message() << "got " << -3 << " of " << 18446744073709551615ULL, "here", "try there");
    FAIL("raise returned");
  } catch (error const& e) {
    CHECK(std::string(e.what()) == "cannot do it: got -3 of 18446744073709551615 (here); try there");
    CHECK(std::string(e.parts().why) == "got -3 of 18446744073709551615");
    CHECK(std::string(e.parts().fix) == "try there");
  }
}

TEST_CASE("messages hold the extremes and cut what is too long") {
  message m;
  m << LLONG_MIN;
  CHECK(std::string(m.c_str()) == "-9223372036854775808");
  message long_one;
  for (int i = 0; i < 200; ++i) long_one << "0123456789";
  CHECK(std::string(long_one.c_str()).size() == 1535);
}

TEST_CASE("buffers are aligned, zeroed, deep when copied, and refuse what cannot be had") {
  buffer a(10);
  CHECK(reinterpret_cast<std::uintptr_t>(a.data()) % 64 == 0);
  for (std::size_t i = 0; i < 74; ++i) CHECK(a.data()[i] == std::byte{0});
  a.as<float>()[1] = 3;
  buffer b = a;
  b.as<float>()[1] = 4;
  CHECK(a.as<float>()[1] == 3);
  buffer const c = static_cast<buffer&&>(a);
  CHECK(c.as<float>()[1] == 3);
  CHECK(a.size() == 0);
  std::size_t const volatile most = SIZE_MAX;  // volatile: g++ warns of sizes that it can see
  CHECK_THROWS_WITH(buffer(most - 200), Contains("bytes were refused"));
  CHECK_THROWS_WITH(buffer(most), Contains("bytes were refused"));
}
