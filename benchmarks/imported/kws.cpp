#include "benchmarks/imported/compiled.hpp"

#include <kws_f32.hpp>
#include <kws_int8.hpp>

void bench::imported::add_kws(harness& h, keeper& keep) {
  add_compiled<kws_f32>(h, "kws/f32", kws_f32_weights_path, keep);
  add_compiled<kws_int8>(h, "kws/int8", kws_int8_weights_path, keep);
}
