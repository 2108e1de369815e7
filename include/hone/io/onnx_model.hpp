#pragma once
#include <hone/core/buffer.hpp>
#include <hone/io/onnx_element.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

// What an ONNX file says, as plain values: nothing is interpreted, folded or sorted here. read() of io/onnx_file.hpp
// makes them and checks what each comment says; write() takes them. Names are as in the file; the domain "ai.onnx" is
// written "", its other name.
namespace hone::inline HONE_ABI::io::onnx {

// A constant, row major. No extent is negative and their product fits 63 bits, also with 1 for 0; `data` holds exactly
// its elements, little endian, however the file kept them (booleans are 0 or 1; elements under a byte: the first
// lowest, the last byte filled up). Strings are in `strings`, one an element, and `data` is empty.
struct tensor {
  std::string name{};
  element type{};
  std::vector<std::int64_t> dims{};
  buffer data{};
  std::vector<std::string> strings{};

  std::int64_t elements() const {
    std::int64_t n = 1;
    for (std::int64_t d : dims) n *= d;
    return n;
  }
  std::span<std::byte const> bytes() const { return {data.data(), data.size()}; }
  // The elements as numbers of their own type. Precondition: 8 * sizeof(T) == bits_of(type).
  template <class T>
  std::span<T const> values() const {
    return {data.as<T>(), data.size() / sizeof(T)};
  }
};

// One extent of an input or output: a number, a symbol ("batch"), or neither.
struct dim {
  std::int64_t value{-1};  // -1: not known
  std::string symbol{};    // where value is -1; may be empty
};

enum class value_kind : std::uint8_t { none, tensor, sequence, map, opaque, sparse_tensor, optional };

// A declared value: an input, an output, or one between. `type`, `dims` and `has_shape` are said of tensors only.
// Without a shape nothing is known, not even the rank; with one and no dims it is a scalar.
struct value_info {
  std::string name{};
  value_kind kind{value_kind::tensor};
  element type{};
  bool has_shape{true};
  std::vector<dim> dims{};
};

// With ONNX's own numbers (AttributeProto.AttributeType).
enum class attribute_type : std::int32_t {
  undefined = 0,
  f = 1,
  i = 2,
  s = 3,
  t = 4,
  g = 5,
  floats = 6,
  ints = 7,
  strings = 8,
  tensors = 9,
  graphs = 10,
  type_proto = 13,
  type_protos = 14
};

struct graph;
// A vector of what is not yet complete: its special members are defined after graph.
struct graph_list : std::vector<graph> {
  graph_list();
  graph_list(graph_list const&);
  graph_list(graph_list&&) noexcept;
  graph_list& operator=(graph_list const&);
  graph_list& operator=(graph_list&&) noexcept;
  ~graph_list();
};

// A named constant of a node: the one member that `type` names holds it. Of type t (g), tensors (graphs) holds one.
// Where `reference` is not empty it is the name of an attribute of the function around it, which has the value.
struct attribute {
  std::string name{};
  attribute_type type{};
  std::int64_t i{};
  float f{};
  std::string s{};
  std::vector<std::int64_t> ints{};
  std::vector<float> floats{};
  std::vector<std::string> strings{};
  std::vector<tensor> tensors{};
  graph_list graphs{};
  std::string reference{};

  // Preconditions: type is t, and g.
  tensor const& t() const { return tensors.front(); }
  graph const& g() const;
};

// A call of an operator. It has an op_type; names of absent optional inputs and outputs are "". No two attributes have
// one name.
struct node {
  std::string op_type{};
  std::string domain{};
  std::string overload{};
  std::string name{};
  std::vector<std::string> inputs{};
  std::vector<std::string> outputs{};
  std::vector<attribute> attributes{};

  attribute const* find(char const* attribute_name) const {
    for (attribute const& a : attributes)
      if (a.name == attribute_name) return &a;
    return nullptr;
  }
};

// Nodes are in the order of the file, which need not be one of computation. Within a graph, no two of its inputs,
// initializers and node outputs have one name, except that an initializer may be an input's default.
struct graph {
  std::string name{};
  std::vector<node> nodes{};
  std::vector<value_info> inputs{};
  std::vector<value_info> outputs{};
  std::vector<tensor> initializers{};
  std::vector<value_info> value_infos{};
};
inline graph_list::graph_list() = default;
inline graph_list::graph_list(graph_list const&) = default;
inline graph_list::graph_list(graph_list&&) noexcept = default;
inline graph_list& graph_list::operator=(graph_list const&) = default;
inline graph_list& graph_list::operator=(graph_list&&) noexcept = default;
inline graph_list::~graph_list() = default;
inline graph const& attribute::g() const { return graphs.front(); }

// The version of a set of operators; each domain stands once in a list of them.
struct opset {
  std::string domain{};
  std::int64_t version{};
};

// An operator that the file itself defines: nodes call it as domain, name, overload.
struct function {
  std::string domain{};
  std::string name{};
  std::string overload{};
  std::vector<std::string> inputs{};
  std::vector<std::string> outputs{};
  std::vector<std::string> attributes{};  // names of those without a default
  std::vector<attribute> defaults{};
  std::vector<node> nodes{};
  std::vector<opset> opsets{};
  std::vector<value_info> value_infos{};
};

struct metadata_entry {
  std::string key{};
  std::string value{};
};

struct model {
  std::int64_t ir_version{};
  std::vector<opset> opsets{};
  std::string producer_name{};
  std::string producer_version{};
  std::string domain{};
  std::int64_t model_version{};
  std::string doc{};
  onnx::graph graph{};
  std::vector<metadata_entry> metadata{};
  std::vector<function> functions{};

  // The version of the operators of this domain ("": ONNX's own); 0 where the file imports none.
  std::int64_t opset_version(char const* of_domain = "") const {
    for (opset const& o : opsets)
      if (o.domain == of_domain) return o.version;
    return 0;
  }
};

}  // namespace hone::inline HONE_ABI::io::onnx
