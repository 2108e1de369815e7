#include <hone/run/profile_header.hpp>

#include "catch2.hpp"
#include "tests/run/written_profile.hpp"  // as profile_header() wrote it
#include "tests/shal/machines.hpp"

#include <fstream>
#include <iterator>

using hone::calibration::initializer;
using hone::calibration::profile_header;
using hone::calibration::written_machine;

namespace {
std::string const header =
    profile_header("written", {"Written by tests/run/profile_header_test.cpp.", "Not a machine."},
                   {{"server", shal_test::server, {"first", "", "second"}}, {"gpu", shal_test::graphics}});
}  // namespace

TEST_CASE("a written profile compiles to the same profile") {
  CHECK(initializer(written::server::value) == initializer(shal_test::server));
  CHECK(initializer(written::gpu::value) == initializer(shal_test::graphics));
  static_assert(hone::hw::machine<written::best>);
  CHECK(&written::best::value == &written::server::value);
  static_assert(std::size(written::profiles) == 2 && written::profiles[1] == &written::gpu::value);
}

TEST_CASE("what is compiled above is what is written now") {
  std::ifstream file("tests/run/written_profile.hpp");
  REQUIRE(file);
  std::string const committed{std::istreambuf_iterator<char>(file), {}};
  CHECK(committed == header);
}

TEST_CASE("names cannot break out of their quotes") {
  hone::profile p = shal_test::server;
  p.name = "a \"quoted\" \\ name";
  CHECK_THAT(initializer(p), Contains("\"a \\\"quoted\\\" \\\\ name\""));
}

TEST_CASE("an identifier begins with a letter and has no other signs") {
  for (char const* good : {"a", "this_machine", "_x9"}) CHECK(hone::calibration::is_identifier(good));
  for (char const* bad : {"", "9a", "a b", "a::b", "a-b"}) CHECK_FALSE(hone::calibration::is_identifier(bad));
}
