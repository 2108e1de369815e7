#pragma once
#include <hone/io/detail/onnx_check.hpp>
#include <hone/io/detail/onnx_value_info.hpp>

namespace hone::inline HONE_ABI::io::onnx::detail {

// "ai.onnx" is another name of the domain "".
inline void settle_domain(std::string& domain) {
  if (domain == "ai.onnx") domain.clear();
}

// What errors call a node: its name, or else its operator.
inline std::string_view label_of_node(io::detail::bytes_view message) {
  auto const name = io::detail::text_of_field<3>(message);
  return name.empty() ? io::detail::text_of_field<4>(message) : name;
}

// The messages of a model, one function a message. The numbers are those of onnx.proto.
class model_reader {
 public:
  explicit model_reader(external_files& files) : files_(files) {}

  void read(place const& at, model& m) {
    wire_reader in(at);
    for (wire_field f; in.next(f);) switch (f.number) {
        case 1: in.one(f, "ir_version", m.ir_version); break;
        case 2: in.one(f, "producer_name", m.producer_name); break;
        case 3: in.one(f, "producer_version", m.producer_version); break;
        case 4: in.one(f, "domain", m.domain); break;
        case 5: in.one(f, "model_version", m.model_version); break;
        case 6: in.one(f, "doc_string", m.doc); break;
        case 7: read(in.one(f, "graph"), m.graph); break;
        case 8: next(in, f, "opset_import", m.opsets); break;
        case 14: next(in, f, "metadata_props", m.metadata); break;
        case 25: next(in, f, "function", m.functions, io::detail::text_of_field<1>); break;
        default: break;
      }
    if (in.count(7) == 0) at.refuse("it has no graph", "is this an ONNX file? export it again");
    settle(m.opsets);
    check(m, at);
  }

 private:
  template <class T>
  void next(wire_reader const& in, wire_field const& f, char const* label, std::vector<T>& list,
            place::name_finder name = nullptr) {
    if (list.empty()) list.reserve(in.count(f.number));
    place const at = in.item(f, label, list.size(), name);
    list.emplace_back();
    read(at, list.back());
  }

  void read(place const& at, opset& o) {
    wire_reader in(at);
    for (wire_field f; in.next(f);)
      if (f.number == 1)
        in.one(f, "domain", o.domain);
      else if (f.number == 2)
        in.one(f, "version", o.version);
    settle_domain(o.domain);
  }

  // Some writers import a domain twice, alike.
  static void settle(std::vector<opset>& opsets) {
    std::sort(opsets.begin(), opsets.end(), [](opset const& x, opset const& y) {
      return x.domain != y.domain ? x.domain < y.domain : x.version < y.version;
    });
    auto const alike = [](opset const& x, opset const& y) { return x.domain == y.domain && x.version == y.version; };
    opsets.erase(std::unique(opsets.begin(), opsets.end(), alike), opsets.end());
  }

  void read(place const& at, metadata_entry& e) {
    wire_reader in(at);
    for (wire_field f; in.next(f);)
      if (f.number == 1)
        in.one(f, "key", e.key);
      else if (f.number == 2)
        in.one(f, "value", e.value);
  }

  void read(place const& at, graph& g) {
    nesting const level(depth_, at);
    wire_reader in(at);
    for (wire_field f; in.next(f);) switch (f.number) {
        case 1: next(in, f, "node", g.nodes, label_of_node); break;
        case 2: in.one(f, "name", g.name); break;
        case 5: next(in, f, "initializer", g.initializers, io::detail::text_of_field<name_field>); break;
        case 11: next(in, f, "input", g.inputs, io::detail::text_of_field<1>); break;
        case 12: next(in, f, "output", g.outputs, io::detail::text_of_field<1>); break;
        case 13: next(in, f, "value_info", g.value_infos, io::detail::text_of_field<1>); break;
        case 15: refuse_sparse(in.item(f, "sparse_initializer", 0)); break;
        default: break;
      }
    check(g, at);
  }

  // SparseTensorProto: field 1 is the tensor of its values, which has the name.
  [[noreturn]] static void refuse_sparse(place const& at) {
    wire_reader in(at);
    std::string name;
    for (wire_field f; in.next(f);)
      if (f.number == 1 && f.type == wire::bytes) name = io::detail::text_of_field<name_field>(f.bytes);
    at.refuse(
        message("the sparse tensor ") << quote(name).c_str() << " is not supported", "store it as an ordinary tensor");
  }

  void read(place const& at, node& n) {
    wire_reader in(at);
    for (wire_field f; in.next(f);) switch (f.number) {
        case 1: in.more(f, "input", n.inputs); break;
        case 2: in.more(f, "output", n.outputs); break;
        case 3: in.one(f, "name", n.name); break;
        case 4: in.one(f, "op_type", n.op_type); break;
        case 5: next(in, f, "attribute", n.attributes, io::detail::text_of_field<1>); break;
        case 7: in.one(f, "domain", n.domain); break;
        case 8: in.one(f, "overload", n.overload); break;
        default: break;
      }
    settle_domain(n.domain);
    check(n, at);
  }

  void read(place const& at, tensor& t) { t = tensor_reader(at, files_).read(); }

  void read(place const& at, attribute& a) {
    wire_reader in(at);
    std::int64_t type = 0;
    for (wire_field f; in.next(f);) switch (f.number) {
        case 1: in.one(f, "name", a.name); break;
        case 2: in.one(f, "f", a.f); break;
        case 3: in.one(f, "i", a.i); break;
        case 4: in.one(f, "s", a.s); break;
        case 5: one(in.one(f, "t", io::detail::text_of_field<name_field>), a.tensors); break;
        case 6: one(in.one(f, "g"), a.graphs); break;
        case 7: in.more(f, "floats", a.floats); break;
        case 8: in.more(f, "ints", a.ints); break;
        case 9: in.more(f, "strings", a.strings); break;
        case 10: next(in, f, "tensors", a.tensors, io::detail::text_of_field<name_field>); break;
        case 11: next(in, f, "graphs", a.graphs); break;
        case 20: in.one(f, "type", type); break;
        case 21: in.one(f, "ref_attr_name", a.reference); break;
        case 22:
        case 23: at.refuse("it holds a sparse tensor, which is not supported", "store it as an ordinary tensor");
        default: break;
      }
    a.type = type_of(in, type, a, at);
  }
  template <class T>
  void one(place const& at, std::vector<T>& list) {
    list.emplace_back();
    read(at, list.back());
  }

  // What type the attribute is said to have, or (in old files) has. It must hold no other values.
  static attribute_type type_of(wire_reader const& in, std::int64_t said, attribute const& a, place const& at) {
    auto const wanted = static_cast<attribute_type>(said);
    attribute_form found{};
    for (attribute_form const& form : attribute_forms) {
      if (in.count(form.field) == 0) continue;
      if (found.field != 0 || (said != 0 && form.type != wanted))
        at.refuse("it holds values of another type than it says, or of two", "export the file again");
      found = form;
    }
    attribute_type const type = said != 0 ? wanted : found.type;
    bool const empty = found.field == 0, referring = !a.reference.empty();
    if (!is_known(type))
      at.refuse(message("its type, ") << static_cast<long long>(said) << ", is not known", "export the file again");
    if (referring && !empty) at.refuse("it has a value and refers to another attribute", "keep one of them");
    if (!referring && empty && (type == attribute_type::t || type == attribute_type::g))
      at.refuse("it has no value", "export the file again");
    return type;
  }

  void read(place const& at, value_info& v) { read_value_info(at, v); }

  void read(place const& at, function& fn) {
    wire_reader in(at);
    for (wire_field f; in.next(f);) switch (f.number) {
        case 1: in.one(f, "name", fn.name); break;
        case 4: in.more(f, "input", fn.inputs); break;
        case 5: in.more(f, "output", fn.outputs); break;
        case 6: in.more(f, "attribute", fn.attributes); break;
        case 7: next(in, f, "node", fn.nodes, label_of_node); break;
        case 9: next(in, f, "opset_import", fn.opsets); break;
        case 10: in.one(f, "domain", fn.domain); break;
        case 11: next(in, f, "attribute_proto", fn.defaults, io::detail::text_of_field<1>); break;
        case 12: next(in, f, "value_info", fn.value_infos, io::detail::text_of_field<1>); break;
        case 13: in.one(f, "overload", fn.overload); break;
        default: break;
      }
    settle_domain(fn.domain);
    settle(fn.opsets);
    check(fn, at);
  }

  external_files& files_;
  int depth_{};  // of graphs
};

}  // namespace hone::inline HONE_ABI::io::onnx::detail
