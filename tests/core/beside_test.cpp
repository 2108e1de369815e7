#include <hone/core/beside.hpp>

#include <string_view>

#include "catch2.hpp"

using hone::beside;

TEST_CASE("beside: a file in another's folder") {
  constexpr auto far = beside("/opt/nets/kws.hpp", "kws.safetensors");
  CHECK(std::string_view(far.data()) == "/opt/nets/kws.safetensors");
  CHECK(std::string_view(beside("nets/kws.hpp", "k").data()) == "nets/k");
  CHECK(std::string_view(beside("kws.hpp", "kws.safetensors").data()) == "kws.safetensors");
  CHECK(std::string_view(beside("/kws.hpp", "").data()) == "/");
  CHECK(std::string_view(beside("", "a").data()) == "a");
}
