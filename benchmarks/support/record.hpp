#pragma once
#include <string>

namespace bench {

/// One figure: `metric` of `engine`, running `name` on `isa`.
struct record {
  std::string suite;
  std::string name;  ///< the key "case" in JSON, such as digits/int8
  std::string engine;
  std::string isa;
  std::string metric;
  double value = 0.0;
  std::string unit;
};

}  // namespace bench
