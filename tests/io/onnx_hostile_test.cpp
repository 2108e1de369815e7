#include <hone/io/onnx_file.hpp>

#include <filesystem>

#include <malloc.h>

#include "catch2.hpp"
#include "onnx_samples.hpp"

namespace {

namespace onnx = hone::io::onnx;
using namespace onnx_samples;

void refused(bytes const& b, std::string const& why, std::string const& where = "") {
  CHECK_THROWS_WITH(onnx::read(b), Contains("cannot read the ONNX file") && Contains(why) && Contains(where));
}
void name_of(fields& w, std::uint32_t field, char const* name) {
  w.message(field, [&] { w.text(1, name); });
}

// Graphs within graphs, written from the innermost outwards: n branches of If.
bytes nested(int n) {
  bytes inner;
  auto const prefix = [&inner](std::initializer_list<int> head) {
    bytes length;
    std::size_t v = inner.size();
    for (; v >= 0x80; v >>= 7) length.push_back(static_cast<std::byte>(v | 0x80));
    length.push_back(static_cast<std::byte>(v));
    bytes all;
    for (int h : head) all.push_back(static_cast<std::byte>(h));
    all.insert(all.end(), length.begin(), length.end());
    inner.insert(inner.begin(), all.begin(), all.end());
  };
  auto const append = [&inner](std::initializer_list<int> tail) {
    for (int t : tail) inner.push_back(static_cast<std::byte>(t));
  };
  for (int i = 0; i < n; ++i) {
    append({0x62, 3, 0x0a, 1, 'y'});     // the graph's output
    prefix({0x32});                      // attribute.g
    append({0x0a, 1, 'b', 0xa0, 1, 5});  // attribute.name and type
    prefix({0x22, 2, 'I', 'f', 0x2a});   // node.op_type and attribute
    prefix({0x0a});                      // graph.node
  }
  append({0x62, 3, 0x0a, 1, 'y'});
  prefix({0x08, 8, 0x42, 2, 0x10, 17, 0x3a});  // model: ir_version, opset_import, graph
  return inner;
}

}  // namespace

TEST_CASE("onnx: a file that is cut anywhere is refused, or says less") {
  for (char const* name : {"attributes.onnx", "branches.onnx", "functions.onnx"}) {
    bytes const whole = contents(std::string(corpus) + "/" + name);
    REQUIRE(whole.size() > 100);
    std::size_t less = 0;
    for (std::size_t n = 0; n < whole.size(); ++n) {
      bytes const part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n));
      try {
        onnx::read(part);
        ++less;  // cut between two fields of the model that may be left out
      } catch (hone::error const& e) {
        CHECK(std::string(e.parts().what) == "cannot read the ONNX file");
        CHECK(*e.parts().why != 0);
        CHECK(*e.parts().fix != 0);
      }
    }
    CHECK(less < 6);
  }
}

TEST_CASE("onnx: bytes changed anywhere give an error or a model") {
  bytes const whole = contents(std::string(corpus) + "/attributes.onnx");
  for (std::size_t i = 0; i < whole.size(); ++i)
    for (int v : {0, 1, 0x7f, 0x80, 0xff}) {
      bytes changed = whole;
      changed[i] = static_cast<std::byte>(v);
      try {
        onnx::write(onnx::read(changed));
      } catch (hone::error const& e) {
        CHECK(*e.parts().why != 0);
      }
    }
}

TEST_CASE("onnx: other files are told from ONNX files") {
  auto const text = [](char const* s) {
    auto const raw = std::as_bytes(std::span(s, std::strlen(s)));
    return bytes(raw.begin(), raw.end());
  };
  refused({}, "it has no graph", "a block of memory");
  refused(text("<html><body>Not found</body></html>"), "damaged");
  refused(text("{\"model\": 1}"), "damaged");
  refused(text("\x89PNG\r\n\x1a\n"), "damaged");
  refused(bytes(1000), "impossible number", "a block of memory");
  CHECK_THROWS_WITH(onnx::read({}, {.where = "here"}), Contains("(here)"));
}

TEST_CASE("onnx: graphs may be nested, but not without end") {
  CHECK(onnx::read(nested(31)).graph.nodes.at(0).attributes.at(0).g().nodes.size() == 1);
  refused(nested(32), "nested more than 32 deep",
          "... node[0] \"If\".attribute[0] \"b\".g.node[0] \"If\".attribute[0] \"b\".g");
  refused(nested(2000), "nested more than 32 deep");
}

TEST_CASE("onnx: a million messages within one another are no danger") {
  bytes deep;
  for (int i = 0; i < 1'000'000; ++i) deep.push_back(std::byte{0x3a}), deep.push_back(std::byte{0x7f});
  refused(deep, "damaged");
  // Types within types are not followed.
  bytes type(2'000'000, std::byte{0x22});
  auto const file =
      model_of([&](fields& w) { w.message(11, [&] { w.text(1, "x"), w.message(2, [&] { w.bytes(4, type); }); }); });
  CHECK(onnx::read(file).graph.inputs.at(0).kind == onnx::value_kind::sequence);
}

TEST_CASE("onnx: what must be there is missed by its place") {
  auto const without = [](bool version, bool opsets, bool graph) {
    fields w;
    if (version) w.integer(1, 8);
    if (graph) w.message(7, [&] { name_of(w, 12, "y"); });
    if (opsets) w.message(8, [&] { w.integer(2, 17); });
    return w.take();
  };
  CHECK(onnx::read(without(true, true, true)).opset_version() == 17);
  refused(without(false, true, true), "ir_version is 0");
  refused(without(true, false, true), "opset_import");
  refused(without(true, true, false), "no graph");
  refused(model_of([](fields& w) { name_of(w, 11, ""); }), "no name", "graph.input[0]");
  refused(model_of([](fields& w) { w.message(12, [] {}); }), "no name", "graph.output[0]");
  refused(model_of([](fields& w) { w.message(5, [&] { w.integer(1, 0), w.integer(2, 1); }); }), "no name",
          "graph.initializer[0]");
  refused(model_of([](fields& w) { w.message(1, [&] { w.text(3, "n"); }); }), "no op_type", "graph.node[0] \"n\"");
  refused(model_with_node([](fields& w) { w.message(5, [&] { w.integer(3, 1), w.integer(20, 2); }); }), "no name",
          "graph.node[0] \"n\".attribute[0]");
  fields w;
  w.integer(1, 8);
  w.message(7, [&] { w.text(2, "empty"); });
  refused(w.take(), "no outputs", "graph");
  auto const with_function = [&](auto body) {
    fields v;
    v.integer(1, 8);
    v.message(7, [&] { name_of(v, 12, "y"); });
    v.message(25, [&] { body(v); });
    v.message(8, [&] { v.integer(2, 17); });
    return v.take();
  };
  refused(with_function([](fields& v) { v.text(4, "x"); }), "no name", "function[0]");
  refused(with_function([](fields& v) { v.text(1, "F"), v.message(9, [] {}); }), "its version is 0",
          "function[0] \"F\".opset_import[0]");
  refused(with_function([](fields& v) { v.text(1, "F"), v.text(4, "x"), v.text(4, "x"); }), "input[0] and input[1]",
          "function[0] \"F\"");
}

TEST_CASE("onnx: names are given once") {
  auto const node = [](fields& w, char const* output) { w.message(1, [&] { w.text(4, "Op"), w.text(2, output); }); };
  auto const tensor = [](fields& w, char const* name) {
    w.message(5, [&] { w.text(8, name), w.integer(1, 0), w.integer(2, 1); });
  };
  refused(model_of([&](fields& w) { node(w, "y"), node(w, "z"), node(w, "y"); }),
          "\"y\" is given twice: node[0] and node[2]");
  refused(model_of([&](fields& w) { w.message(1, [&] { w.text(4, "Op"), w.text(2, "y"), w.text(2, "y"); }); }),
          "node[0] and node[0]");
  refused(model_of([&](fields& w) { name_of(w, 11, "y"), node(w, "y"); }), "input[0] and node[0]");
  refused(model_of([&](fields& w) { name_of(w, 11, "x"), name_of(w, 11, "x"); }), "input[0] and input[1]");
  refused(model_of([&](fields& w) { tensor(w, "y"), node(w, "y"); }), "initializer[0] and node[0]");
  refused(model_of([&](fields& w) { tensor(w, "t"), tensor(w, "t"); }), "initializer[0] and initializer[1]");
  refused(model_of([&](fields& w) { name_of(w, 11, "t"), tensor(w, "t"), tensor(w, "t"); }), "initializer[1]");
  CHECK(onnx::read(model_of([&](fields& w) { tensor(w, "x"), name_of(w, 11, "x"); })).graph.inputs.size() == 1);
  CHECK(onnx::read(model_of([&](fields& w) { node(w, ""), node(w, ""); })).graph.nodes.size() == 2);
  fields two;
  two.integer(1, 8);
  two.message(7, [&] { name_of(two, 12, "y"); });
  for (int i = 0; i < 2; ++i) two.message(25, [&] { two.text(1, "F"), two.text(10, "own"); });
  two.message(8, [&] { two.integer(2, 17); });
  refused(two.take(), "\"own.F\" is given twice: function[0] and function[1]");
  refused(model_with_node([](fields& w) {
            for (int i = 0; i < 2; ++i) w.message(5, [&] { w.text(1, "a"), w.integer(3, i); });
          }),
          "\"a\" is given twice: attribute[0] and attribute[1]", "graph.node[0] \"n\"");
}

TEST_CASE("onnx: fields that stand twice, or are of the wrong type, are refused") {
  fields w;
  for (int i = 0; i < 2; ++i) w.message(7, [&] { name_of(w, 12, "y"); });
  refused(w.take(), "stands 2 times", "graph");
  refused(model_with_node([](fields& v) { v.integer(5, 1); }), "wire type 0, 2 is right", "\"n\".attribute");
  refused(model_with_node([](fields& v) { v.integer(1, 1); }), "wire type 0, 2 is right", "\"n\".input");
  refused(model_with_node([](fields& v) { v.text(3, "again"); }), "stands 2 times", ".name");
}

TEST_CASE("onnx: attributes say what they hold") {
  auto const with = [](auto body) {
    return model_with_node([&](fields& w) { w.message(5, [&] { w.text(1, "a"), body(w); }); });
  };
  char const* const where = "graph.node[0] \"n\".attribute[0] \"a\"";
  refused(with([](fields&) {}), "its type, 0, is not known", where);
  refused(with([](fields& w) { w.integer(20, 16); }), "its type, 16, is not known", where);
  refused(with([](fields& w) { w.integer(20, -1); }), "its type, -1, is not known", where);
  refused(with([](fields& w) { w.integer(20, 2), w.real(2, 1); }), "another type", where);
  refused(with([](fields& w) { w.integer(20, 2), w.integer(3, 1), w.real(2, 1); }), "another type", where);
  refused(with([](fields& w) { w.integer(3, 1), w.real(2, 1); }), "another type", where);
  refused(with([](fields& w) { w.integer(20, 4); }), "no value", where);
  refused(with([](fields& w) { w.integer(20, 5); }), "no value", where);
  refused(with([](fields& w) { w.integer(20, 2), w.integer(3, 1), w.text(21, "r"); }), "refers to another", where);
  refused(with([](fields& w) { w.integer(20, 11), w.message(22, [] {}); }), "sparse tensor", where);
  refused(with([](fields& w) { w.text(8, "\xff"), w.integer(20, 7); }), "ends within a number", where);
  // Writers that leave out what is 0, and ints that are packed.
  CHECK(onnx::read(with([](fields& w) { w.integer(20, 2); })).graph.nodes[0].attributes[0].i == 0);
  auto const m = onnx::read(with([](fields& w) { w.integer(20, 7), packed(w, 8, {1, 300}), w.integer(8, 2); }));
  CHECK(m.graph.nodes[0].attributes[0].ints == std::vector<std::int64_t>{1, 300, 2});
}

TEST_CASE("onnx: declarations that make no sense are refused; -1 means unknown") {
  auto const with = [](auto dim) {
    return model_of([&](fields& w) {
      w.message(11, [&] {
        w.text(1, "x");
        w.message(
            2, [&] { w.message(1, [&] { w.integer(1, 1), w.message(2, [&] { w.message(1, [&] { dim(w); }); }); }); });
      });
    });
  };
  char const* const where = "graph.input[0] \"x\".type.tensor_type.shape.dim[0]";
  refused(with([](fields& w) { w.integer(1, -2); }), "the extent is -2", where);
  refused(with([](fields& w) { w.integer(1, INT64_MIN); }), "the extent is -9223372036854775808", where);
  refused(with([](fields& w) { w.integer(1, 1), w.text(2, "n"); }), "a number and a symbol", where);
  CHECK(onnx::read(with([](fields& w) { w.integer(1, -1); })).graph.inputs[0].dims[0].value == -1);
  CHECK(onnx::read(with([](fields& w) { w.integer(1, std::int64_t{1} << 40); })).graph.inputs[0].dims[0].value ==
        std::int64_t{1} << 40);
  auto const type = [](auto body) {
    return model_of([&](fields& w) { w.message(11, [&] { w.text(1, "x"), w.message(2, [&] { body(w); }); }); });
  };
  refused(type([](fields& w) { w.message(1, [&] { w.integer(1, 99); }); }), "element type 99");
  refused(type([](fields& w) { w.message(1, [] {}), w.message(4, [] {}); }), "of two types");
}

TEST_CASE("onnx: sparse tensors are refused by name") {
  CHECK_THROWS_WITH(onnx::read_file(std::string(corpus) + "/sparse.onnx"),
                    Contains("the sparse tensor \"w\"") && Contains("graph.sparse_initializer[0]"));
}

TEST_CASE("onnx: memory is bounded by the size of the file, whatever is in it") {
  // The shortest messages that are accepted, 100,000 times.
  auto const many = [](std::initializer_list<int> field) {
    bytes b;
    for (int i = 0; i < 100'000; ++i)
      for (int v : field) b.push_back(static_cast<std::byte>(v));
    return b;
  };
  auto const in_model = [](bytes b) {
    bytes const rest = model_of([](fields&) {});
    b.insert(b.end(), rest.begin(), rest.end());
    return b;
  };
  auto const in_graph = [](bytes b) {
    for (int v : {0x62, 3, 0x0a, 1, int{'y'}}) b.push_back(static_cast<std::byte>(v));
    fields w;
    w.integer(1, 8), w.bytes(7, b), w.message(8, [&] { w.integer(2, 17); });
    return w.take();
  };
  auto const in_node = [&in_graph](bytes b) {
    for (int v : {0x22, 1, int{'N'}}) b.push_back(static_cast<std::byte>(v));
    fields w;
    w.bytes(1, b);
    return in_graph(w.take());
  };
  auto const in_attribute = [&in_node](int type, bytes b) {
    for (int v : {0x0a, 1, int{'a'}, 0xa0, 1, type}) b.push_back(static_cast<std::byte>(v));
    fields w;
    w.bytes(5, b);
    return in_node(w.take());
  };
  struct {
    char const* what;
    bytes file;
  } const cases[]{
      {"metadata", in_model(many({0x72, 0}))},
      {"nodes", in_graph(many({0x0a, 3, 0x22, 1, 'N'}))},
      {"outputs", in_graph(many({0x62, 3, 0x0a, 1, 'y'}))},
      {"inputs of a node", in_node(many({0x0a, 0}))},
      {"texts", in_attribute(8, many({0x4a, 0}))},
      {"numbers", in_attribute(7, many({0x40, 0}))},
      {"empty tensors", in_attribute(9, many({0x52, 4, 0x10, 1, 0x08, 0}))},
      {"scalars", in_attribute(9, many({0x52, 5, 0x10, 3, 0x4a, 1, 0}))},
      {"graphs", in_attribute(10, many({0x5a, 5, 0x62, 3, 0x0a, 1, 'y'}))}};
  auto const in_use = [] {
    auto const all = ::mallinfo2();  // 0 under a sanitizer
    return all.uordblks + all.hblkhd;
  };
  for (auto const& c : cases) {
    INFO(c.what);
    auto const before = in_use();
    onnx::model const m = onnx::read(c.file);
    CHECK(in_use() - before <= 48 * c.file.size());
  }
}
