#include "networks.hpp"

#include <hone/engine.hpp>

namespace calibrate {

void add_unseen(std::vector<family>& families) {
  add_benches<unseen>(families, &family::unseen, "unseen f32", "unseen bf16", "unseen int8");
}

}  // namespace calibrate
