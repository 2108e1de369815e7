#include "networks.hpp"

#include <hone/engine.hpp>

namespace calibrate {

void add_mobile(std::vector<family>& families) {
  add_benches<mobile>(families, &family::fitted, "mobile f32", "mobile bf16", "mobile int8");
}

}  // namespace calibrate
