#include "benchmarks/predict/add.hpp"
#include "examples/digits/model.hpp"

void bench::predict::add_digits(variants& all) { add_network<::digits::network>(all, "digits"); }
