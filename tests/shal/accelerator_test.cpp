#include <hone/nn/depthwise_conv2d.hpp>
#include <hone/shal/prediction.hpp>

#include "catch2.hpp"
#include "tests/shal/machines.hpp"
#include "tests/shal/support.hpp"

using hone::op;
using hone::work;
using shal_test::array;
using shal_test::graphics;
using shal_test::server;

namespace {

constexpr op conv(int size, int channels, int kernel, hone::op_kind const& kind = hone::conv2d_kind) {
  op o{};
  o.kind = &kind, o.in = o.out = {size, size, channels};
  o.win = hone::nn::make_window(o.in, kernel, 1, hone::nn::padding::same);
  return o;
}
constexpr work count(op const& o, hone::profile const& p) { return o.kind->count(o, p.vectors); }

}  // namespace

TEST_CASE("a convolution is one matrix product, a depthwise one a product a channel") {
  op const full = conv(16, 32, 3), each = conv(16, 32, 3, hone::depthwise_conv2d_kind);
  auto const a = hone::shal::matrix_form_of(full, count(full, array));
  CHECK((a.rows == 256 && a.depth == 288 && a.columns == 32 && a.groups == 1));
  auto const b = hone::shal::matrix_form_of(each, count(each, array));
  CHECK((b.rows == 256 && b.depth == 9 && b.columns == 1 && b.groups == 32));
}

TEST_CASE("a GPU's time grows in waves") {
  // 100 units of 4 x 32 steps a cycle: up to 512 threads a unit, a step takes the chain's 4 cycles
  op o = conv(1, 100 * 512, 1);
  work w{};
  auto const cycles = [&](int outputs) {
    o.out.c = outputs, w.macs = 1000.0 * outputs;
    return hone::shal::gpu_cycles(o, w, graphics.f32, graphics).value;
  };
  CHECK(cycles(1) == 4000);
  CHECK(cycles(100 * 512) == 4000);
  CHECK(cycles(100 * 512 + 1) == 8000);
  CHECK(cycles(200 * 512) == 8000);
  CHECK(hone::shal::gpu_full_cycles(o, w, graphics.f32, graphics).value == 8000);
}

TEST_CASE("a systolic array streams rows through tiles of weights") {
  op const o = conv(32, 128, 1);  // 1024 rows, one tile of 128 x 128, and filling the pipeline once
  work const w = count(o, array);
  CHECK(hone::shal::systolic_cycles(o, w, array.f32, array).value == 1024 + 256 + w.vector_uops / array.vector_ports);
  op const deep = conv(4, 512, 1);  // 16 rows wait for the 128 cycles that loading each of 16 tiles takes
  work const v = count(deep, array);
  CHECK(hone::shal::systolic_cycles(deep, v, array.f32, array).value ==
        16 * 128 + 256 + v.vector_uops / array.vector_ports);
  op const each = conv(32, 128, 3, hone::depthwise_conv2d_kind);  // 14 channels' diagonals a tile: 10 tiles
  work const d = count(each, array);
  CHECK(hone::shal::systolic_cycles(each, d, array.f32, array).value ==
        10 * 1024 + 256 + d.vector_uops / array.vector_ports);
}

TEST_CASE("what an accelerator has no arithmetic for never ends") {
  hone::profile int8_only = array;
  int8_only.f32 = int8_only.bf16 = {.mac_uops_per_cycle = 0};
  op o = conv(16, 32, 3);
  CHECK(hone::price(o, int8_only) == hone::shal::never);
  o.from = hone::dtype::u8;
  CHECK(hone::price(o, int8_only) < hone::shal::never);
  CHECK_FALSE(hone::shal::predict(shal_test::small::description, int8_only).possible());
  CHECK(hone::shal::predict(shal_test::small::description, array).possible());
}

TEST_CASE("an accelerator beats a CPU above some size only") {
  hone::profile const gpu = graphics;
  auto const ahead = [&](int size, int channels) {
    op o = conv(size, channels, 3);
    o.t.cols = 8;
    return hone::price(o, gpu) < hone::price(o, server);
  };
  CHECK_FALSE(ahead(8, 16));
  CHECK(ahead(128, 128));
  bool crossed = false;
  for (int size = 4; size <= 256; size *= 2) {
    bool const now = ahead(size, 64);
    CHECK((now || !crossed));
    crossed = crossed || now;
  }
  CHECK(crossed);
}

TEST_CASE("a busy accelerator serves more calls than one after the other") {
  auto const r = hone::shal::predict(shal_test::small::description, graphics);
  CHECK(r.throughput > 1e9 / r.latency.value);
  // each call has 9 operations that launch a kernel each, one at a time
  CHECK(r.throughput <= 1e9 / (8 * graphics.op_overhead.value));
  CHECK(r.latency.value >= graphics.call.value + 8 * graphics.op_overhead.value + 4 * (64 + 10) / 20.0);
}
