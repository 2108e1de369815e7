#include "networks.hpp"

#include <hone/engine.hpp>

namespace calibrate {

void add_residual(std::vector<family>& families) {
  add_benches<residual>(families, &family::fitted, "residual f32", "residual bf16", "residual int8");
}

}  // namespace calibrate
