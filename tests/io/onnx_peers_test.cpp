// Real networks, and what the onnx package thinks of what is written here. Both may be absent.
#include <hone/io/onnx_file.hpp>

#include <filesystem>

#include "catch2.hpp"
#include "onnx_samples.hpp"
#include "outside.hpp"
#include "tests/io/temporary.hpp"

namespace {

namespace onnx = hone::io::onnx;

std::vector<std::string> onnx_files(std::string const& folder) {
  std::vector<std::string> paths;
  for (auto const& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".onnx") paths.push_back(entry.path().string());
  return paths;
}

// Runs onnx_check.py; empty where there is no onnx package.
std::string const& python() {
  static std::string const found = outside::python_with("onnx, numpy");
  if (found.empty()) WARN("skipped: no Python with the onnx package (scripts/peers-venv makes one)");
  return found;
}
bool accepts(std::string const& arguments) {
  return std::system((python() + " tests/io/onnx_check.py " + arguments).c_str()) == 0;
}

}  // namespace

TEST_CASE("onnx: real networks are read, and written so that they read the same") {
  std::string const models = outside::shared("models");
  if (models.empty()) {
    WARN("skipped: no folder of real networks (../shared/models)");
    return;
  }
  temporary_folder const folder;
  std::string pairs;
  for (std::string const& path : onnx_files(models)) {
    INFO(path);
    onnx::model const m = onnx::read_file(path);
    CHECK(m.graph.nodes.size() > 10);
    CHECK(m.opset_version() >= 9);
    std::size_t values = 0;
    for (onnx::tensor const& t : m.graph.initializers) values += t.data.size();
    CHECK(values > std::filesystem::file_size(path) / 3);
    auto const bytes = onnx::write(m);
    CHECK(onnx::write(onnx::read(bytes)) == bytes);
    std::string const written = folder / std::to_string(pairs.size()).c_str();
    onnx::write_file(m, written);
    pairs += " " + path + " " + written;
  }
  CHECK(!pairs.empty());
  if (!python().empty()) CHECK(accepts("same" + pairs));
}

TEST_CASE("onnx: the onnx package reads what is written here as what it wrote") {
  if (python().empty()) return;
  temporary_folder const folder;
  std::string pairs;
  for (std::string const& path : onnx_files(onnx_samples::corpus)) {
    std::string const name = std::filesystem::path(path).filename().string();
    // Declarations that are no tensors, sparse ones, custom operators, types that are not named: no checker takes them.
    if (name == "kinds.onnx" || name == "sparse.onnx" || name == "old.onnx") continue;
    std::string const written = folder / name.c_str();
    onnx::write_file(onnx::read_file(path), written);
    pairs += " " + path + " " + written;
  }
  CHECK(accepts("same" + pairs));
}

TEST_CASE("onnx: a model made by hand passes the onnx package's checker") {
  if (python().empty()) return;
  temporary_folder const folder;
  onnx::model m = onnx_samples::everything();
  m.functions[0].nodes[0].attributes.clear();
  onnx::write_file(m, folder / "m.onnx");
  CHECK(accepts("check " + (folder / "m.onnx")));
}
