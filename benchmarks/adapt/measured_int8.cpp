#include "benchmarks/adapt/measured.hpp"

std::vector<bench::adapt::stretch> bench::adapt::contend_int8(int rounds) {
  return contend("digits/int8", static_cast<::digits::engine<::digits::network_int8> const*>(nullptr), rounds);
}
