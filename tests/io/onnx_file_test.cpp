#include <hone/io/onnx_file.hpp>

#include "catch2.hpp"
#include "onnx_samples.hpp"
#include "tests/io/temporary.hpp"

namespace {

namespace onnx = hone::io::onnx;
using onnx_samples::bytes;
using onnx_samples::everything;
using onnx_samples::fields;

onnx::model corpus(char const* name) { return onnx::read_file(std::string(onnx_samples::corpus) + "/" + name); }

}  // namespace

TEST_CASE("onnx: what is written is read back") {
  onnx::model const m = onnx::read(onnx::write(everything()));
  CHECK(m.ir_version == 8);
  CHECK(m.producer_name + m.producer_version + m.domain + m.doc == "hone1dwords");
  CHECK(m.model_version == 3);
  REQUIRE(m.metadata.size() == 2);
  CHECK(m.metadata[0].key + m.metadata[0].value + m.metadata[1].key + m.metadata[1].value == "authornobodyempty");
  CHECK(m.opset_version() == 17);
  CHECK(m.opset_version("own") == 1);
  CHECK(m.opset_version("other") == 0);

  CHECK(m.graph.name == "g");
  REQUIRE(m.graph.inputs.size() == 2);
  CHECK(m.graph.inputs[0].kind == onnx::value_kind::tensor);
  CHECK(m.graph.inputs[0].type == onnx::element::f32);
  REQUIRE(m.graph.inputs[0].dims.size() == 1);
  CHECK(m.graph.inputs[0].dims[0].value == 3);
  CHECK(m.graph.inputs[1].type == onnx::element::boolean);
  CHECK((m.graph.inputs[1].has_shape && m.graph.inputs[1].dims.empty()));
  REQUIRE(m.graph.outputs[0].dims.size() == 1);
  CHECK(m.graph.outputs[0].dims[0].value == -1);
  CHECK(m.graph.outputs[0].dims[0].symbol == "batch");
  REQUIRE(m.graph.value_infos[0].dims.size() == 2);
  CHECK(m.graph.value_infos[0].dims[0].symbol == "");
  REQUIRE(m.graph.initializers.size() == 1);
  auto const& w = m.graph.initializers[0];
  CHECK(w.name == "w");
  CHECK(w.dims == std::vector<std::int64_t>{3});
  CHECK(w.elements() == 3);
  CHECK(std::vector<float>(w.values<float>().begin(), w.values<float>().end()) == std::vector<float>{1, -2, 0.5F});

  REQUIRE(m.graph.nodes.size() == 1);
  onnx::node const& n = m.graph.nodes[0];
  CHECK(n.op_type + n.name + n.domain == "Ifchoose");
  CHECK(n.inputs == std::vector<std::string>{"c"});
  CHECK(n.outputs == std::vector<std::string>{"y"});
  CHECK(n.find("branch") == nullptr);
  REQUIRE(n.find("then_branch") != nullptr);
  CHECK(n.find("then_branch")->type == onnx::attribute_type::g);
  CHECK(n.find("then_branch")->g().nodes[0].op_type == "Mul");
  CHECK(n.find("else_branch")->g().nodes[0].op_type == "Identity");

  REQUIRE(m.functions.size() == 1);
  onnx::function const& f = m.functions[0];
  CHECK(f.domain + f.name + f.overload == "ownTwice");
  CHECK(f.inputs == std::vector<std::string>{"a"});
  CHECK(f.outputs == std::vector<std::string>{"b"});
  CHECK(f.attributes == std::vector<std::string>{"must"});
  CHECK(f.defaults.at(0).f == 2);
  CHECK(f.opsets.at(0).version == 17);
  CHECK(f.nodes.at(0).attributes.at(0).reference == "must");
}

TEST_CASE("onnx: to write what was read gives the same bytes") {
  bytes const once = onnx::write(everything());
  CHECK(onnx::write(onnx::read(once)) == once);
}

TEST_CASE("onnx: a model is a value") {
  onnx::model const m = everything();
  onnx::model copy = m;
  copy.graph.nodes[0].attributes[0].graphs[0].nodes[0].op_type = "Add";
  copy.graph.initializers[0].data = {};
  CHECK(m.graph.nodes[0].attributes[0].g().nodes[0].op_type == "Mul");
  CHECK(onnx::write(m) == onnx::write(everything()));
  copy = m;
  CHECK(onnx::write(copy) == onnx::write(m));
}

TEST_CASE("onnx: files are written whole, and read") {
  temporary_folder const folder;
  std::string const path = folder / "m.onnx";
  onnx::write_file(everything(), path);
  CHECK(onnx_samples::contents(path) == onnx::write(everything()));
  CHECK(onnx::write(onnx::read_file(path)) == onnx::write(everything()));
  onnx::model bad = everything();
  bad.graph.outputs.clear();
  CHECK_THROWS_WITH(onnx::write_file(bad, path), Contains("cannot write the ONNX file") && Contains("no outputs"));
  CHECK(onnx_samples::contents(path) == onnx::write(everything()));
  CHECK_THROWS_WITH(onnx::write_file(everything(), folder / "no/m.onnx"), Contains("No such file"));
  CHECK_THROWS_WITH(onnx::read_file(folder / "none.onnx"), Contains("No such file") && Contains("none.onnx"));
  CHECK_THROWS_WITH(onnx::read_file(folder.path()), Contains("ordinary file"));
  CHECK_THROWS_WITH(onnx::read_file(path, {.most_bytes = 100}), Contains("100 are allowed") && Contains("m.onnx"));
  CHECK_THROWS_WITH(onnx::read(onnx::write(everything()), {.most_bytes = 100}), Contains("100 are allowed"));
}

TEST_CASE("onnx: attributes of every type, as the onnx package writes them") {
  onnx::model const m = corpus("attributes.onnx");
  CHECK(m.producer_name + m.producer_version + m.doc + m.domain == "hone1a modelsome.where");
  CHECK(m.opset_version("test") == 2);
  onnx::node const& n = m.graph.nodes.at(0);
  CHECK(n.inputs == std::vector<std::string>{"x", "", "x"});
  CHECK(n.domain == "test");
  CHECK(n.find("f")->f == 0.5F);
  CHECK(n.find("i")->i == -7);
  CHECK(n.find("s")->s == "text");
  CHECK(n.find("t")->t().dims == std::vector<std::int64_t>{2});
  CHECK(n.find("t")->t().values<std::int64_t>()[1] == -2);
  CHECK(n.find("floats")->floats == std::vector<float>{1, -2.5F});
  CHECK(n.find("ints")->ints == std::vector<std::int64_t>{1, -1, std::int64_t{1} << 40});
  CHECK(n.find("strings")->strings == std::vector<std::string>{"a", "", "bc"});
  CHECK(n.find("tensors")->tensors.size() == 2);
  CHECK((n.find("empty")->type == onnx::attribute_type::ints && n.find("empty")->ints.empty()));
  CHECK(m.graph.value_infos.at(0).type == onnx::element::i8);
}

TEST_CASE("onnx: branches, functions and declarations, as the onnx package writes them") {
  onnx::model const m = corpus("branches.onnx");
  auto const& dims = m.graph.inputs.at(0).dims;
  REQUIRE(dims.size() == 3);
  CHECK((dims[0].symbol == "batch" && dims[0].value == -1));
  CHECK((dims[1].symbol.empty() && dims[1].value == -1));
  CHECK((dims[2].symbol.empty() && dims[2].value == 4));
  CHECK((m.graph.inputs.at(1).has_shape && m.graph.inputs[1].dims.empty()));
  auto const& branch = m.graph.nodes.at(0).find("else_branch")->g();
  CHECK(branch.nodes.at(0).op_type == "Abs");
  CHECK(!branch.outputs.at(0).has_shape);

  onnx::function const f = corpus("functions.onnx").functions.at(0);
  CHECK(f.domain + f.name == "ownScale");
  CHECK(f.nodes.at(0).attributes.at(0).reference == "by");
  CHECK(f.nodes.at(0).attributes.at(0).type == onnx::attribute_type::f);
  CHECK(f.defaults.at(0).f == 2);

  onnx::model const kinds = corpus("kinds.onnx");
  using enum onnx::value_kind;
  CHECK(kinds.graph.inputs.at(0).kind == sequence);
  CHECK(kinds.graph.inputs.at(1).kind == optional);
  CHECK(kinds.graph.inputs.at(2).kind == map);
  CHECK(kinds.graph.inputs.at(3).kind == sparse_tensor);
  CHECK(kinds.graph.outputs.at(0).kind == none);
  CHECK(kinds.graph.nodes.at(0).attributes.at(0).type == onnx::attribute_type::type_proto);
}

TEST_CASE("onnx: old files name no types of attributes, and the domain differently") {
  onnx::model const m = corpus("old.onnx");
  CHECK(m.opset_version() == 9);
  CHECK(m.graph.nodes.at(0).attributes.at(0).type == onnx::attribute_type::i);
  CHECK(m.graph.nodes[0].attributes[0].i == 1);
  CHECK(m.graph.inputs.at(0).name == m.graph.initializers.at(0).name);
}

TEST_CASE("onnx: the writer refuses what the reader would") {
  auto const refused = [](auto change, char const* why) {
    onnx::model m = everything();
    change(m);
    CHECK_THROWS_WITH(onnx::write(m), Contains("cannot write the ONNX file") && Contains(why));
  };
  refused([](onnx::model& m) { m.ir_version = 0; }, "ir_version");
  refused([](onnx::model& m) { m.opsets.clear(); }, "opset_import");
  refused([](onnx::model& m) { m.opsets[0].version = 0; }, "opset_import[0]");
  refused([](onnx::model& m) { m.opsets[1].domain = ""; }, "opset_import[0] and opset_import[1]");
  refused([](onnx::model& m) { m.graph.nodes[0].op_type = ""; }, "graph.node[0] \"choose\"");
  refused([](onnx::model& m) { m.graph.nodes[0].attributes[1].name = "then_branch"; }, "attribute[0] and attribute[1]");
  refused([](onnx::model& m) { m.graph.nodes[0].attributes[1].graphs.clear(); }, "it holds 0 values");
  refused([](onnx::model& m) { m.graph.nodes[0].attributes[1].type = {}; }, "its type, 0, is not known");
  refused([](onnx::model& m) { m.graph.inputs[0].name = ""; }, "graph.input[0]");
  refused([](onnx::model& m) { m.graph.inputs[0].dims[0].value = -3; }, "graph.input[0] \"x\"");
  refused([](onnx::model& m) { m.graph.inputs[0].kind = onnx::value_kind::map; }, "it is no tensor");
  refused([](onnx::model& m) { m.graph.outputs[0].dims[0].value = 1; }, "a number and a symbol");
  refused([](onnx::model& m) { m.graph.initializers[0].dims = {4}; }, "graph.initializer[0] \"w\"");
  refused([](onnx::model& m) { m.graph.initializers[0].dims = {-3}; }, "12 bytes");
  refused([](onnx::model& m) { m.graph.initializers[0].type = {}; }, "UNDEFINED");
  refused([](onnx::model& m) { m.graph.initializers[0].strings = {"a"}; }, "1 strings");
  refused([](onnx::model& m) { m.functions[0].name = ""; }, "function[0]");
  refused([](onnx::model& m) { m.functions[0].opsets[0].version = -1; }, "function[0] \"Twice\".opset_import[0]");
}

TEST_CASE("onnx: every operator of a set is imported once; some writers say it twice") {
  auto const file = [](std::vector<std::pair<char const*, int>> const& sets) {
    fields w;
    w.integer(1, 8);
    w.message(7, [&] { w.message(12, [&] { w.text(1, "y"); }); });
    for (auto const& [domain, version] : sets)
      w.message(8, [&, d = domain, v = version] { w.text(1, d), w.integer(2, v); });
    return w.take();
  };
  onnx::model const m = onnx::read(file({{"ai.onnx", 11}, {"", 11}, {"b", 2}, {"ai.onnx.ml", 3}}));
  CHECK(m.opsets.size() == 3);
  CHECK(m.opset_version() == 11);
  CHECK(m.opset_version("ai.onnx.ml") == 3);
  CHECK_THROWS_WITH(onnx::read(file({{"", 11}, {"ai.onnx", 12}})), Contains("opset_import"));
}
