// Run-time kernels of operations with f32 activations on every ISA of this machine, in every tile, against the
// reference in double precision.
#pragma once
#include <hone/simd/dynamic_form.hpp>
#include <tests/simd/float_case.hpp>

#include <initializer_list>

namespace tests::inline float_kernels {

// The registers that programs for i use, those of `lanes` lanes.
constexpr vector_shape registers_of(isa i, int lanes) {
  bool const many = lanes_of(i) == 16 || i == isa::neon;
  return {lanes, many ? 32 : 16, 4, i != isa::sse4 && i != isa::scalar};
}

// bind_dynamic and dynamic_tiles, compiled once for all tests (dynamic_kernels_test.cpp): every run-time kernel takes long.
dynamic_kernel bind(op const& o, int lanes, isa target, dynamic_form& form);
int tiles_for(op const& o, vector_shape const& v, tile* list);

// Checks the run-time kernels of o for i in every tile; returns how many tiles there are.
inline int check_tiles(op o, isa i, bool poisoned) {
  tile list[32]{};
  int const n = tiles_for(o, registers_of(i, lanes_of(i)), list);
  for (int t = 0; t < n; ++t) {
    o.t = list[t];
    auto const g = pass::lay_out(alone(o), lanes_of(i));
    dynamic_form form;
    dynamic_kernel const kernel = bind(g.ops.back(), lanes_of(i), i, form);
    CAPTURE(name(i), int(o.t.cols), int(o.t.vectors), int(o.t.split));
    REQUIRE(kernel.entry != nullptr);
    CHECK(kernel.scratch == 0);
    for (std::uint32_t seed = 1; seed <= 2; ++seed) {
      float_case const c(o, seed, poisoned);
      CHECK(c.run(g, kernel.entry, seed % 2 != 0 ? against::end : against::start, &form) == "");
    }
  }
  return n;
}
// The same on every ISA.
inline void check_dynamic(op const& o, bool poisoned = false) {
  for (isa i : all_isas)
    if (hw::supported(i)) CHECK(check_tiles(o, i, poisoned) > 0);
}

}  // namespace tests::inline float_kernels
