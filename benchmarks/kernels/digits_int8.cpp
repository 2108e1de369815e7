#include "benchmarks/kernels/kernel_cases.hpp"
#include "examples/digits/model.hpp"

void bench::kernels::add_digits_int8(suite& s) {
  namespace hw = hone::hw;
  add<digits::network_int8, hw::sapphire_rapids>(s, "digits_int8");
  add<digits::network_int8, hw::skylake_x>(s, "digits_int8");
  add<digits::network_int8, hw::haswell>(s, "digits_int8");
  add<digits::network_int8, hw::nehalem>(s, "digits_int8");
  add<digits::network_int8, hw::any>(s, "digits_int8");
}
