// ONNX Runtime's own quantised operators that are no product of edges.
#include "catch2.hpp"
#include "tests/io/onnx_models.hpp"

using namespace onnx_models;
using list = std::vector<double>;

namespace {

constexpr int inputs = 2, hidden = 3, gates = 4 * hidden;

std::vector<std::int8_t> stored(int rows) {
  std::vector<std::int8_t> v;
  for (int i = 0; i < rows * gates; ++i) v.push_back(static_cast<std::int8_t>(i * 37 % 200 - 100));
  return v;
}
// What `stored` means, as LSTM has it: [gates][rows], scale k % scales, zero 5.
std::vector<float> meant(int rows, std::vector<float> const& scales) {
  std::vector<std::int8_t> const from = stored(rows);
  std::vector<float> v;
  for (int gate = 0; gate < gates; ++gate)
    for (int r = 0; r < rows; ++r)
      v.push_back(static_cast<float>(from[static_cast<std::size_t>(r * gates + gate)] - 5) *
                  scales[static_cast<std::size_t>(gate) % scales.size()]);
  return v;
}
list states(bool quantised, std::vector<float> const& scales) {
  sample s = with_x({4, 1, inputs});
  s.opsets.push_back({"com.microsoft", 1});
  if (quantised) {
    auto const n = static_cast<std::int64_t>(scales.size());
    std::vector<std::int64_t> const dims = n == 1 ? std::vector<std::int64_t>{1} : std::vector<std::int64_t>{1, n};
    s.constant<std::int8_t>("w", {1, inputs, gates}, stored(inputs))
        .constant<std::int8_t>("r", {1, hidden, gates}, stored(hidden));
    s.constant<float>("scale", dims, scales)
        .constant<std::int8_t>("zero", dims, std::vector<std::int8_t>(scales.size(), 5));
    s.node("DynamicQuantizeLSTM", {"x", "w", "r", "", "", "", "", "", "scale", "zero", "scale", "zero"}, {"", "y"},
           {integer("hidden_size", hidden)}, "lstm");
    s.graph.nodes.back().domain = "com.microsoft";
  } else {
    s.constant<float>("w", {1, gates, inputs}, meant(inputs, scales))
        .constant<float>("r", {1, gates, hidden}, meant(hidden, scales));
    s.node("LSTM", {"x", "w", "r"}, {"", "y"}, {integer("hidden_size", hidden)});
  }
  return evaluate(s.import(), {1, -1, 0.5f, 2, 0, 1, -2, 0.25f});
}

}  // namespace

TEST_CASE("onnx import: a quantised LSTM is one of the weights that it means") {
  CHECK(states(true, {0.01f}) == states(false, {0.01f}));
  std::vector<float> each;
  for (int k = 0; k < gates; ++k) each.push_back(0.005f + 0.001f * static_cast<float>(k));
  CHECK(states(true, each) == states(false, each));
  CHECK_THROWS_WITH(
      states(true, {0.01f, 0.02f}), Contains("node \"lstm\"") && Contains("one a direction, or one a gate"));
}
