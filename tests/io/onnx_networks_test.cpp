// Networks from outside: real ones with golden vectors, ONNX's backend tests, and operators as ONNX Runtime computes them.
// Each is skipped where what it wants is absent.
#include <hone/io/npy.hpp>
#include <hone/io/onnx.hpp>

#include "benchmarks/onnx/onnx_case.hpp"
#include "catch2.hpp"
#include "outside.hpp"
#include "tests/io/temporary.hpp"

namespace {

namespace fs = std::filesystem;
using bench::onnx::outcome;
using bench::onnx::verdict;
using hone::network;

std::vector<fs::path> networks_in(std::string const& folder) {
  std::vector<fs::path> all;
  for (auto const& entry : fs::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".onnx") all.push_back(entry.path());
  std::sort(all.begin(), all.end());
  return all;
}

// The golden array of a port: in.npy where there is one input, else in_<name>.npy.
hone::io::array golden(fs::path const& folder, hone::port const& p) {
  std::string const side = p.output ? "out" : "in";
  std::string name = p.name.c_str();
  std::replace(name.begin(), name.end(), '/', '_');
  fs::path const single = folder / (side + ".npy");
  return hone::io::load_npy((fs::exists(single) ? single : folder / (side + "_" + name + ".npy")).string());
}

// The largest difference to the golden outputs of call 0, by the largest of them.
double distance(network const& net, fs::path const& folder) {
  std::vector<hone::buffer> inputs;
  for (hone::port const& p : net.graph.ports) {
    if (p.output) continue;
    auto const bytes = static_cast<std::size_t>(op_at(net.graph, p.op).bytes_out());
    inputs.emplace_back(bytes);
    std::memcpy(inputs.back().data(), golden(folder, p).data.data(), bytes);
  }
  hone::shal::emulator emulator(net.graph, net.weights);
  std::vector<hone::buffer> const& edges = emulator.edges(inputs);
  double largest = 0, worst = 0;
  for (hone::port const& p : net.graph.ports) {
    if (!p.output) continue;
    hone::op const& o = op_at(net.graph, p.op);
    hone::io::array const expected = golden(folder, p);
    REQUIRE(expected.type == o.type);
    hone::tensor_view const want{expected.data.data(), o.type, {o.out.size()}},
        got{edges[static_cast<std::size_t>(p.op)].data(), o.type, {o.out.size()}};
    for (int i = 0; i < o.out.size(); ++i) {
      double const a = hone::io::importing::number_at(got, i), b = hone::io::importing::number_at(want, i);
      worst = std::max(worst, std::abs(a - b)), largest = std::max(largest, std::abs(b));
    }
  }
  return worst / largest;
}

// The cases that a Python script writes; none where there is no Python with these packages.
std::vector<fs::path> made_by(char const* script, char const* packages, temporary_folder const& folder) {
  std::string const python = outside::python_with(packages);
  if (python.empty()) {
    WARN("skipped: no Python with " << packages << " (scripts/peers-venv makes one)");
    return {};
  }
  std::string const cases = folder / "cases";
  REQUIRE(std::system((python + " " + script + " " + cases + " >/dev/null 2>&1").c_str()) == 0);
  return bench::onnx::cases_in(cases);
}

}  // namespace

TEST_CASE("onnx import: real networks give their golden vectors") {
  std::string const models = outside::shared("models");
  if (models.empty()) {
    WARN("skipped: no folder of real networks (../shared/models)");
    return;
  }
  for (fs::path const& path : networks_in(models)) {
    INFO(path.string());
    network const net = hone::io::import_onnx(hone::io::onnx::read_file(path.string()));
    CHECK(net.graph.ops.size() > 20);
    fs::path const folder = fs::path(models) / "golden" / path.stem();
    if (path.parent_path() != models || !fs::exists(folder)) continue;
    bool const quantised = path.stem().string().find("int8") != std::string::npos;
    CHECK(distance(net, folder) <= (quantised ? 0 : 1e-5));
  }
}

TEST_CASE("onnx import: ONNX's backend tests pass, or are refused for what is not supported") {
  temporary_folder const folder;
  std::string const supported = " " + hone::io::supported_operators() + " ";
  int passed = 0;
  for (fs::path const& path : made_by("benchmarks/onnx/make_cases.py", "onnx, numpy", folder)) {
    INFO(path.filename().string());
    outcome const o = bench::onnx::try_case(path);
    INFO(o.text);
    CHECK(o.what != verdict::failed);
    passed += o.what == verdict::passed;
    if (o.what == verdict::refused && o.reason.find("operator ") == 0)
      CHECK(supported.find(" " + o.reason.substr(9) + " ") == std::string::npos);
  }
  CHECK((passed == 0 || passed > 1000));
}

TEST_CASE("onnx import: operators of all opsets compute what ONNX Runtime does") {
  temporary_folder const folder;
  for (fs::path const& path : made_by("tests/io/onnx_operators.py", "onnx, numpy, onnxruntime", folder)) {
    INFO(path.filename().string());
    outcome const o = bench::onnx::try_case(path);
    INFO(o.text);
    CHECK(o.what == verdict::passed);
  }
}
