#include "networks.hpp"

#include <hone/engine.hpp>

namespace calibrate {

void add_perceptron(std::vector<family>& families) {
  add_benches<perceptron>(families, &family::fitted, "perceptron f32", "perceptron bf16", "perceptron int8");
}

}  // namespace calibrate
