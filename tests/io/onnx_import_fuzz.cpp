// The import of ONNX models over any bytes that are a file: it refuses them with an error, or makes a network in which every
// operation reads earlier ones, with a tensor for every constant.
#include <hone/io/onnx.hpp>

#include <cstdlib>

#include "fuzz.hpp"
#include "fuzz_corpus.hpp"

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

void check(hone::network const& net) {
  hone::dynamic_graph const& g = net.graph;
  expect(g.issue.how == hone::fix::none);
  std::size_t constants = 0;
  for (std::size_t i = 0; i < g.ops.size(); ++i) {
    hone::op const& o = g.ops[i];
    for (std::int16_t in : o.input) expect(in < static_cast<int>(i));
    expect(o.form >= 0 && static_cast<std::size_t>(o.form) < g.forms.size());
    expect(g.forms[static_cast<std::size_t>(o.form)].dims.size() == o.out.size());
    expect(o.layer >= 0 && static_cast<std::size_t>(o.layer) < g.layers.size());
    if (is(o, hone::constant_kind)) {
      hone::tensor const& t = net.weights.at(tensor_name(g, weight_at(g, o.param[0])).c_str());
      expect(t.type == o.type && static_cast<int>(t.data.size()) >= o.bytes_out());
      ++constants;
    }
  }
  expect(constants == net.weights.size());
  for (hone::port const& p : g.ports) expect(p.op >= 0 && static_cast<std::size_t>(p.op) < g.ops.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  try {
    auto const m = hone::io::onnx::read({reinterpret_cast<std::byte const*>(data), size});
    check(hone::io::import_onnx(m));
  } catch (hone::error const& e) {
    expect(*e.parts().why != 0 && *e.parts().fix != 0 && *e.parts().where != 0);
  }
  return 0;
}

std::vector<std::vector<std::uint8_t>> fuzz_seeds() { return fuzz_corpus("tests/io/corpus/onnx_import"); }
