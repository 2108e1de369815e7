#include "benchmarks/imported/compiled.hpp"

#include <ad01_f32.hpp>
#include <ad01_int8.hpp>

void bench::imported::add_ad01(harness& h, keeper& keep) {
  add_compiled<ad01_f32>(h, "ad01/f32", ad01_f32_weights_path, keep);
  add_compiled<ad01_int8>(h, "ad01/int8", ad01_int8_weights_path, keep);
}
