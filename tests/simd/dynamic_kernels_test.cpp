// All run-time kernels, compiled here for the tests beside, and what has none.
#include <hone/simd/dynamic.hpp>

#include "dynamic_case.hpp"

using namespace tests;

dynamic_kernel tests::float_kernels::bind(op const& o, int lanes, isa target, dynamic_form& form) {
  return bind_dynamic(o, lanes, target, form);
}
int tests::float_kernels::tiles_for(op const& o, vector_shape const& v, tile* list) {
  return dynamic_tiles(o, v, list);
}

TEST_CASE("an operation without a run-time kernel has no tiles, and is bound to nothing") {
  static constexpr op_kind unknown{.name = "unknown", .infer = relu_kind.infer, .count = relu_kind.count};
  op o{};
  o.kind = &unknown, o.in = o.out = {1, 1, 8};
  tile list[32]{};
  dynamic_form form;
  for (isa i : all_isas) {
    CHECK(tiles_for(o, registers_of(i, lanes_of(i)), list) == 0);
    if (hw::supported(i)) CHECK(bind(o, lanes_of(i), i, form).entry == nullptr);
  }
  o.kind = &add_kind, o.input[1] = 0;
  for (isa i : all_isas) CHECK(bind(o, 3, i, form).entry == nullptr);
}
