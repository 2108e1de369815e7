// A small network through hone_add_model: from a file, embedded, and at run time, the same results.
#include <hone/engine.hpp>
#include <hone/hw/catalogue/any.hpp>
#include <hone/io/onnx.hpp>
#include <hone/io/weights.hpp>
#include <hone/pass/lower.hpp>
#include <hone/run/dynamic_engine.hpp>

#include <small.hpp>
#include <small_inside.hpp>

#include "catch2.hpp"

namespace {

using namespace hone;

TEST_CASE("hone_add_model: a model type with its weights beside it, and inside the program") {
  engine<small, hw::any> beside(io::load_weights<small>(small_weights_path));
  engine<small_inside, hw::any> inside(
      io::match_weights(small_inside::description, io::read_safetensors(small_inside_weights())));
  profile const* const any = &hw::any::value;
  dynamic_engine at_run_time(pass::lower(io::load_onnx(SMALL_ONNX)), {.machines = {&any, 1}});
  std::vector<float> x(static_cast<std::size_t>(small::input_shape.size()));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i % 13) / 13 - 0.4f;
  std::span<float const> const a = beside(x), b = inside(x), c = at_run_time(x);
  REQUIRE(a.size() == c.size());
  REQUIRE(b.size() == c.size());
  for (std::size_t i = 0; i < c.size(); ++i) {
    CHECK(a[i] == b[i]);
    CHECK(a[i] == Approx(c[i]).epsilon(1e-5));
  }
}

}  // namespace
