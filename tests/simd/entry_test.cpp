#include <hone/nn/residual.hpp>
#include <hone/simd/entry.hpp>
#include <tests/simd/machine.hpp>
#include <tests/simd/negate_kernel-inl.hpp>

#include "catch2.hpp"

namespace {

using namespace hone;

constexpr op example(op_kind const& kind, int n) {
  op o{};
  o.kind = &kind, o.in = o.out = {1, 1, n};
  o.input = {4, 2, -1, -1}, o.layer = 3, o.at = 128;
  return o;
}

TEST_CASE("a canonical operation keeps what the kernel depends on and nothing else") {
  op a = example(add_kind, 5), b = a;
  b.input = {7, 1, -1, -1}, b.layer = 9, b.at = 0, b.scratch_at = 4;
  CHECK(simd::canonical(a) == simd::canonical(b));
  b.act = functions::relu();
  CHECK_FALSE(simd::canonical(a) == simd::canonical(b));
  b = a, b.input[1] = -1;
  CHECK_FALSE(simd::canonical(a) == simd::canonical(b));
}

TEST_CASE("a kernel of the user's runs on every ISA of this machine") {
  tests::on_each_isa([]<isa I>() {
    CAPTURE(name(I));
    kernel_entry const run = simd::entry_of<example(mine::negate_kind, 37), tests::lanes_of(I), I>();
    REQUIRE(run != nullptr);
    alignas(64) float x[64], y[64];
    for (int i = 0; i < 64; ++i) x[i] = static_cast<float>(i), y[i] = 99;
    kernel_args a{};
    a.in[0] = x, a.out = y;
    run(a);
    for (int i = 0; i < 37; ++i) CHECK(y[i] == -x[i]);
    for (int i = 37; i < 64; ++i) CHECK(y[i] == 99);
  });
}

TEST_CASE("narrower vectors than the ISA's run on it") {
  if (!hw::supported(isa::avx512)) {
    WARN("skipped: no AVX-512 here");
    return;
  }
  kernel_entry const run = simd::entry_of<example(mine::negate_kind, 9), 4, isa::avx512>();
  alignas(64) float x[32]{1, 2, 3, 4, 5, 6, 7, 8, 9}, y[32]{};
  kernel_args a{};
  a.in[0] = x, a.out = y;
  run(a);
  CHECK(y[8] == -9);
  CHECK(y[9] == 0);
}

TEST_CASE("an ISA of another architecture has no entry") {
  constexpr isa other = simd::base_isa == isa::neon ? isa::avx2 : isa::neon;
  CHECK(simd::entry_of<example(mine::negate_kind, 4), 4, other>() == nullptr);
}

}  // namespace
