// The reader of ONNX files over any bytes: it refuses them with an error, or reads a model that is written, unless it
// holds what is only read, to bytes that read the same.
#include <hone/io/onnx_file.hpp>

#include <cstdlib>

#include "fuzz.hpp"
#include "fuzz_corpus.hpp"

namespace {

namespace onnx = hone::io::onnx;

void expect(bool holds) {
  if (!holds) std::abort();
}

void expect_reason(hone::error const& e) {
  expect(*e.parts().why != 0 && *e.parts().fix != 0 && *e.parts().where != 0);
}

// Whether somewhere there is what the writer refuses: a value that is no tensor, an attribute that is a type.
bool only_read(std::vector<onnx::value_info> const& values) {
  for (onnx::value_info const& v : values)
    if (v.kind != onnx::value_kind::tensor && v.kind != onnx::value_kind::none) return true;
  return false;
}
bool only_read(onnx::graph const& g);
bool only_read(std::vector<onnx::attribute> const& attributes) {
  for (onnx::attribute const& a : attributes) {
    bool const is_type = a.type == onnx::attribute_type::type_proto || a.type == onnx::attribute_type::type_protos;
    if (is_type && a.reference.empty()) return true;
    for (onnx::graph const& g : a.graphs)
      if (only_read(g)) return true;
  }
  return false;
}
bool only_read(std::vector<onnx::node> const& nodes) {
  for (onnx::node const& n : nodes)
    if (only_read(n.attributes)) return true;
  return false;
}
bool only_read(onnx::graph const& g) {
  return only_read(g.inputs) || only_read(g.outputs) || only_read(g.value_infos) || only_read(g.nodes);
}
bool only_read(onnx::model const& m) {
  for (onnx::function const& f : m.functions)
    if (only_read(f.value_infos) || only_read(f.nodes) || only_read(f.defaults)) return true;
  return only_read(m.graph);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  onnx::model m;
  try {
    m = onnx::read({reinterpret_cast<std::byte const*>(data), size}, {.folder = "tests/io/corpus/onnx"});
  } catch (hone::error const& e) {
    expect_reason(e);
    return 0;
  }
  std::vector<std::byte> once;
  try {
    once = onnx::write(m);
  } catch (hone::error const& e) {
    expect_reason(e);
    expect(only_read(m));
    return 0;
  }
  expect(!only_read(m) && onnx::write(onnx::read(once)) == once);
  return 0;
}

// What the onnx package wrote (scripts/onnx_reference.py), and what libFuzzer found from there: one for each new edge.
std::vector<std::vector<std::uint8_t>> fuzz_seeds() {
  auto seeds = fuzz_corpus("tests/io/corpus/onnx");
  for (auto& found : fuzz_corpus("tests/io/corpus/onnx_found")) seeds.push_back(std::move(found));
  return seeds;
}
