#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "benchmarks/peers/library.hpp"
#include "benchmarks/peers/litert.hpp"
#include "benchmarks/peers/models.hpp"
#include "benchmarks/peers/onnxruntime.hpp"
#include "catch2.hpp"
#include "tests/bench/temporary.hpp"

TEST_CASE("tensor: stores and gives back in every form") {
  std::vector<float> const values = {0.0F, 0.26F, 0.5F, -3.0F, 1000.0F};
  bench::tensor real{{"x", 'f', 1.0F, 0, {1, 5}}};
  bench::tensor s8{{"x", 'i', 0.25F, -2, {5}}};
  bench::tensor u8{{"x", 'u', 0.25F, 100, {5, 1}}};
  for (bench::tensor* t : {&real, &s8, &u8}) t->set(values);
  for (std::size_t i = 0; i < values.size(); ++i) CHECK(real.get(i) == values[i]);
  CHECK(s8.get(1) == 0.25F);
  CHECK(s8.get(3) == -3.0F);
  CHECK(s8.get(4) == 0.25F * (127 + 2));
  CHECK(u8.get(2) == 0.5F);
  CHECK(u8.get(4) == 0.25F * (255 - 100));
  CHECK(s8.padded_bytes() == 64);
}

TEST_CASE("models: the table of make_models.py is read") {
  bench_test::temporary_file const folder;
  CHECK(bench::read_models(folder.path()).empty());
  std::filesystem::create_directory(folder.path());
  std::ofstream{folder.path() / "models.json"} << R"([{"peer": "litert", "case": "int8", "variant": "io8",
    "file": "m.tflite",
    "input": {"name": "in", "type": "i", "scale": 0.5, "zero_point": -128, "shape": [1, 8, 8, 1]},
    "output": {"name": "out", "type": "f", "scale": 1.0, "zero_point": 0, "shape": [1, 10]}}])";
  auto const models = bench::read_models(folder.path());
  REQUIRE(models.size() == 1);
  CHECK(models[0].path == folder.path() / "m.tflite");
  CHECK(models[0].peer == "litert");
  CHECK(models[0].name == "int8");
  CHECK(models[0].variant == "io8");
  CHECK(models[0].input.name == "in");
  CHECK(models[0].input.type == 'i');
  CHECK(models[0].input.scale == 0.5F);
  CHECK(models[0].input.zero_point == -128);
  CHECK(models[0].input.elements() == 64);
  CHECK(models[0].input.bytes() == 64);
  CHECK(models[0].output.bytes() == 40);
}

TEST_CASE("peers: what is not there is absent, with its reason") {
  CHECK_THROWS_WITH(bench::onnxruntime{"/nowhere/libonnxruntime.so"}, Contains("/nowhere/libonnxruntime.so"));
  CHECK_THROWS_WITH(bench::litert{"/nowhere/libLiteRt.so"}, Contains("/nowhere/libLiteRt.so"));
  CHECK_THROWS_WITH(bench::onnxruntime{"libc.so.6"}, Contains("OrtGetApiBase"));
  CHECK_THROWS_AS(bench::onnxruntime::find("/nowhere/python"), bench::absent);
  CHECK_THROWS_WITH(bench::python_package("python3", "no_such_package_as_this"), Contains("no_such_package_as_this"));
  CHECK_THROWS_AS(bench::python_package("python'3", "json"), bench::absent);
  CHECK_THROWS_AS(bench::file_starting("/nowhere", "lib"), bench::absent);
}

TEST_CASE("peers: a package is found without being imported, and its version read") {
  auto const folder = bench::python_package("python3", "json");
  CHECK(std::filesystem::exists(folder / "__init__.py"));
  CHECK(bench::file_starting(folder, "__init__").filename() == "__init__.py");
  bench_test::temporary_file const site;
  std::filesystem::create_directories(site.path() / "thing-2.3.1.dist-info");
  CHECK(bench::package_version(site.path() / "thing") == "2.3.1");
  CHECK(bench::package_version(site.path() / "other") == "of unknown version");
}
