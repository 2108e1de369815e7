#include "benchmarks/imported/compiled.hpp"

#include <vww_f32.hpp>
#include <vww_int8.hpp>

void bench::imported::add_vww(harness& h, keeper& keep) {
  add_compiled<vww_f32>(h, "vww/f32", vww_f32_weights_path, keep);
  add_compiled<vww_int8>(h, "vww/int8", vww_int8_weights_path, keep);
}
