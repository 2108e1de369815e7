// Run-time int8 kernels on every ISA of this machine, in every tile, against the definition.
#pragma once
#include <hone/simd/dynamic_form.hpp>
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
// As bind_dynamic and dynamic_tiles, compiled once for all tests (dynamic_int8_exact_test.cpp).
dynamic_kernel bind_int8(op const& o, isa i, dynamic_form& form);
int tiles_for(op const& o, isa i, tile* list);

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
