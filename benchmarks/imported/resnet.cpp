#include "benchmarks/imported/compiled.hpp"

#include <resnet_f32.hpp>
#include <resnet_int8.hpp>

void bench::imported::add_resnet(harness& h, keeper& keep) {
  add_compiled<resnet_f32>(h, "resnet/f32", resnet_f32_weights_path, keep);
  add_compiled<resnet_int8>(h, "resnet/int8", resnet_int8_weights_path, keep);
}
