#include "benchmarks/kernels/kernel_cases.hpp"
#include "examples/digits/model.hpp"

void bench::kernels::add_digits_f32(suite& s) {
  namespace hw = hone::hw;
  add<digits::network, hw::sapphire_rapids>(s, "digits_f32");
  add<digits::network, hw::haswell>(s, "digits_f32");
  add<digits::network, hw::nehalem>(s, "digits_f32");
  add<digits::network_bf16, hw::haswell>(s, "digits_bf16");
}
