#include "benchmarks/adapt/measured.hpp"

std::vector<bench::adapt::stretch> bench::adapt::contend_f32(int rounds) {
  return contend("digits/f32", static_cast<::digits::engine<::digits::network> const*>(nullptr), rounds);
}
