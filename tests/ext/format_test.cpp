#include <hone/ext/format.hpp>
#include <hone/hw/catalogue/haswell.hpp>

#include "catch2.hpp"
#include "networks.hpp"

using namespace hone;
using namespace hone::literals;

TEST_CASE("quantities print with the prefix that suits them") {
  CHECK(fmt::format("{}", 5_ns) == "5 ns");
  CHECK(fmt::format("{}", nanoseconds{5123}) == "5.12 us");
  CHECK(fmt::format("{}", nanoseconds{-2.5e9}) == "-2.5 s");
  CHECK(fmt::format("{}", 48_KiB) == "48 KiB");
  CHECK(fmt::format("{}", bytes{100}) == "100 B");
  CHECK(fmt::format("{}", picojoules{3.45e7}) == "34.5 uJ");
  CHECK(fmt::format("[{:>8}]", 1_us) == "[    1 us]");
  CHECK(fmt::format("{}", nanoseconds{999.6}) == "1 us");
  CHECK(fmt::format("{}", bytes{1010}) == "1010 B");
  CHECK(fmt::format("{}", bytes{1023.7}) == "1 KiB");
  CHECK(fmt::format("{}", nanoseconds{4.2e13}) == "42000 s");
  CHECK(fmt::format("{}", cycles{12345}) == "12345 cycles");
}

TEST_CASE("values of a graph print as their readers call them") {
  auto const& g = networks::residual_net::description;
  CHECK(fmt::format("{}", shape{8, 4, 3}) == "8x4x3");
  CHECK(fmt::format("{}", g.ops[1]) == "conv2d 7x5x3 -> 7x5x6, 3x3 padding 1,1,1,1, f32");
  CHECK(fmt::format("{}", g.layers[1]) == "conv2d_1");
  CHECK(fmt::format("{} {}", dtype::i8, isa::avx2) == "int8 avx2");
  CHECK(fmt::format("{}", tile{2, 8, 1, 2, 0}) == "2x8 px x 1, 2 chains");
  CHECK(fmt::format("{}", options{.precision = dtype::i8, .prune = 0.5f}) == "int8, pruned by at most 50%");
  CHECK(fmt::format("{}", g.weights[0]) == "parameter weight 27x6 f32");
  tensor_set s;
  CHECK(fmt::format("{}", s.add("a.weight", dtype::f32, {3, 3, 1, 16})) == "a.weight f32 3x3x1x16");
}

TEST_CASE("machines, predictions, events and errors print as one line") {
  CHECK_THAT(fmt::format("{}", hw::haswell::value), Contains("haswell (avx2, "));
  shal::prediction const p{.latency = 5_us, .throughput = 200000, .energy = 7_pJ};
  CHECK_THAT(fmt::format("{}", p), Contains("5 us a call") && Contains("200000 calls/s"));
  adaptation_event e{};
  e.call = 4095, e.kind = adaptation_event::what::split, e.first = 0, e.last = 5, e.from = 1, e.to = 4;
  CHECK(fmt::format("{}", e) == "call 4095: operations 0-4 split before 4");
  CHECK(fmt::format("{}", error("cannot", "no", "here", "try")) == "cannot: no (here); try");
}
