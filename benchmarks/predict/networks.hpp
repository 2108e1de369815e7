#pragma once
// The networks of the suite in every precision, compiled for five instruction sets: as engines run them, and operation
// by operation. hone-calibrate has seen none of them.
#include <hone/run/measure_kernels.hpp>

#include <list>
#include <string>
#include <utility>

namespace bench::predict {

/// One network in one precision on one instruction set of this machine.
struct variant {
  std::string network, precision;  ///< such as digits, int8
  hone::profile const* compiled_for;
  hone::calibration::repeat call;           ///< calls of the engine, which runs this variant alone
  hone::calibration::kernel_bench kernels;  ///< its operations
};
using variants = std::list<variant>;  // places stay: timed calls refer to them

/// Adds a network in three precisions. Each is defined in a file of its own: they compile one by one.
void add_digits(variants& all);
void add_perceptron(variants& all);
void add_keywords(variants& all);

}  // namespace bench::predict
