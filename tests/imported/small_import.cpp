// A small network through hone_add_model: from a file and embedded, and as its definition has it.
#include <hone/engine.hpp>
#include <hone/hw/catalogue/any.hpp>
#include <hone/io/weights.hpp>
#include <hone/shal/numerics.hpp>

#include <small.hpp>
#include <small_inside.hpp>

#include "catch2.hpp"
#include "tools/support/network_file.hpp"

namespace {

using namespace hone;

TEST_CASE("hone_add_model: a model type with its weights beside it, and inside the program") {
  engine<small, hw::any> beside(io::load_weights<small>(small_weights_path));
  engine<small_inside, hw::any> inside(
      io::match_weights(small_inside::description, io::read_safetensors(small_inside_weights())));
  network const n = tools::load_network(SMALL_ONNX, {});
  dynamic_graph const canonical = pass::canonical(n.graph, {}, hw::any::value);
  std::vector<float> x(static_cast<std::size_t>(small::input_shape.size()));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i % 13) / 13 - 0.4f;
  std::span<float const> const a = beside(x), b = inside(x);
  std::vector<float> const c = shal::emulate(canonical, pass::canonical_tensors(canonical, n.weights), x);
  REQUIRE(a.size() == c.size());
  REQUIRE(b.size() == c.size());
  for (std::size_t i = 0; i < c.size(); ++i) {
    CHECK(a[i] == b[i]);
    CHECK(a[i] == Approx(c[i]).epsilon(1e-5));
  }
}

}  // namespace
