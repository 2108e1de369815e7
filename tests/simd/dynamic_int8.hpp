// Run-time int8 kernels on every ISA of this machine, in every tile, against the definition.
#pragma once
#include <hone/simd/dynamic_conv_int8-inl.hpp>
#include <hone/simd/dynamic_depthwise_int8-inl.hpp>
#include <hone/simd/dynamic_edges_int8-inl.hpp>
#include <tests/simd/int8_case.hpp>
#include <tests/simd/machine.hpp>

#include "catch2.hpp"

namespace tests::inline int8_kernels {

inline constexpr isa every_isa[]{isa::scalar, isa::sse4, isa::avx2, isa::avx512, isa::avx512_vnni, isa::neon};

constexpr vector_shape int8_registers(isa i) {
  int const lanes = lanes_of(i);
  bool const pairs = i == isa::sse4 || i == isa::avx2 || i == isa::avx512;
  return {lanes, lanes == 16 || i == isa::neon ? 32 : 16, i == isa::avx512_vnni ? 1 : 4, true, pairs ? 3 : 0};
}
// As bind_dynamic and dynamic_tiles, but int8 kernels alone: those of f32 take as long again to compile.
inline dynamic_kernel bind_int8(op const& o, isa i, dynamic_form& form) {
  constexpr format f = format::int8;
  if (simd::in_base_pass(i)) return simd::HONE_BASE::bind_kernel<lanes_of(simd::base_isa), f>(o, form);
#if HONE_HAS_SSE4
  if (i == isa::sse4) return simd::sse4::bind_kernel<4, f>(o, form);
#endif
#if HONE_HAS_AVX2
  if (i == isa::avx2) return simd::avx2::bind_kernel<8, f>(o, form);
#endif
#if HONE_HAS_AVX512
  if (i == isa::avx512) return simd::avx512::bind_kernel<16, f>(o, form);
#endif
#if HONE_HAS_AVX512_VNNI
  if (i == isa::avx512_vnni) return simd::avx512_vnni::bind_kernel<16, f>(o, form);
#endif
  return {};
}
inline int tiles_for(op const& o, isa i, tile* list) {
  list[0] = tile{};
  return is(o, conv2d_kind) || is(o, dense_kind) ? simd::int8_dynamic_tiles(o, int8_registers(i), list) : 1;
}

// Checks the run-time kernels of o for i in every tile with the numbers of `seed`.
inline void check_run_time(op o, isa i, std::uint32_t seed, numbers kind) {
  tile list[32]{};
  int const n = tiles_for(o, i, list);
  CHECK(n > 0);
  for (int t = 0; t < n; ++t) {
    o.t = list[t];
    auto const g = pass::lay_out(alone(o), lanes_of(i));
    dynamic_form form;
    dynamic_kernel const kernel = bind_int8(g.ops.back(), i, form);
    CAPTURE(name(i));
    CAPTURE(int(o.t.cols));
    CAPTURE(int(o.t.vectors));
    CAPTURE(int(o.t.split));
    CHECK(kernel.entry != nullptr);
    if (kernel.entry == nullptr) continue;
    against const side = (seed + static_cast<std::uint32_t>(t)) % 2 != 0 ? against::end : against::start;
    CHECK(int8_case(o, seed, kind).differences(g, kernel, side, &form) == 0);
  }
}
// On every ISA, for random and for extreme numbers.
inline void check_run_time(op const& o) {
  for (isa i : every_isa)
    if (hw::supported(i) && (i == simd::base_isa || !simd::in_base_pass(i))) {
      check_run_time(o, i, 1, numbers::random), check_run_time(o, i, 2, numbers::random);
      check_run_time(o, i, 3, numbers::extreme);
    }
}

}  // namespace tests::inline int8_kernels
