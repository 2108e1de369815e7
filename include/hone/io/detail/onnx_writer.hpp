#pragma once
#include <hone/io/detail/onnx_check.hpp>
#include <hone/io/detail/onnx_layout.hpp>
#include <hone/io/detail/protobuf_writer.hpp>

namespace hone::inline HONE_ABI::io::onnx::detail {

// The writer of all messages of a model, one function a message; it refuses what the reader would. The numbers are
// those of onnx.proto.
class model_writer {
 public:
  std::vector<std::byte> write(model const& m, place const& at) {
    check(m, at);
    out_.integer(1, m.ir_version);
    out_.text_if(2, m.producer_name);
    out_.text_if(3, m.producer_version);
    out_.text_if(4, m.domain);
    if (m.model_version != 0) out_.integer(5, m.model_version);
    out_.text_if(6, m.doc);
    out_.message(7, [&] { write(m.graph, {&at, "graph"}); });
    write_all(8, m.opsets, "opset_import", at);
    write_all(14, m.metadata, "metadata_props", at);
    write_all(25, m.functions, "function", at);
    return out_.take();
  }

 private:
  template <class T>
  static std::string_view name_of(T const& x) {
    if constexpr (requires { x.op_type; })
      return x.name.empty() ? x.op_type : x.name;  // as label_of_node
    else if constexpr (requires { x.name; })
      return x.name;
    return {};
  }
  template <class T>
  void write_all(std::uint32_t number, std::vector<T> const& list, char const* label, place const& at) {
    for (std::size_t i = 0; i < list.size(); ++i)
      out_.message(number, [&] { write(list[i], {&at, label, i, {}, name_of(list[i])}); });
  }
  void write_all(std::uint32_t number, std::vector<std::string> const& list) {
    for (std::string const& s : list) out_.text(number, s);
  }

  void write(opset const& o, place const&) {
    out_.text(1, o.domain);
    out_.integer(2, o.version);
  }
  void write(metadata_entry const& e, place const&) {
    out_.text(1, e.key);
    out_.text(2, e.value);
  }

  void write(graph const& g, place const& at) {
    nesting const level(depth_, at);
    check(g, at);
    write_all(1, g.nodes, "node", at);
    out_.text(2, g.name);
    write_all(5, g.initializers, "initializer", at);
    write_all(11, g.inputs, "input", at);
    write_all(12, g.outputs, "output", at);
    write_all(13, g.value_infos, "value_info", at);
  }

  void write(node const& n, place const& at) {
    check(n, at);
    write_all(1, n.inputs);
    write_all(2, n.outputs);
    out_.text_if(3, n.name);
    out_.text(4, n.op_type);
    write_all(5, n.attributes, "attribute", at);
    out_.text_if(7, n.domain);
    out_.text_if(8, n.overload);
  }

  void write(tensor const& t, place const& at) {
    std::int64_t const n = count_elements(t.dims), size = n < 0 ? -1 : bytes_of(t.type, n);
    bool const known = t.type == element::string || bits_of(t.type) != 0;
    std::int64_t const strings = t.type == element::string ? n : 0;
    if (!known || size < 0 || static_cast<std::uint64_t>(size) != t.data.size() ||
        static_cast<std::uint64_t>(strings) != t.strings.size())
      at.refuse(message("its dimensions and its type, ") << onnx::name(t.type) << ", do not fit its " << t.data.size()
                                                         << " bytes and " << t.strings.size() << " strings",
                "make data hold the elements of dims");
    for (std::int64_t d : t.dims) out_.integer(1, d);
    out_.integer(2, static_cast<std::int32_t>(t.type));
    write_all(6, t.strings);
    out_.text_if(8, t.name);
    if (t.type != element::string) out_.bytes(9, t.bytes());
  }

  void write(value_info const& v, place const& at) {
    out_.text(1, v.name);
    if (v.kind == value_kind::none) return;
    if (v.kind != value_kind::tensor) at.refuse("it is no tensor", "only declarations of tensors can be written");
    out_.message(2, [&] {
      out_.message(1, [&] {
        out_.integer(1, static_cast<std::int32_t>(v.type));
        if (!v.has_shape) return;
        out_.message(2, [&] {
          for (dim const& d : v.dims) out_.message(1, [&] { write(d, at); });
        });
      });
    });
  }
  void write(dim const& d, place const& at) {
    if (d.value >= 0)
      out_.integer(1, d.value);
    else
      out_.text_if(2, d.symbol);
    if (d.value < -1 || (d.value >= 0 && !d.symbol.empty()))
      at.refuse("an extent is negative, or a number and a symbol", "use a number, or -1 and a symbol");
  }

  void write(attribute const& a, place const& at) {
    if (!is_known(a.type))
      at.refuse(message("its type, ") << static_cast<int>(a.type) << ", is not known", "say what it holds");
    out_.text(1, a.name);
    if (!a.reference.empty())
      out_.text(21, a.reference);
    else
      write_value(a, at);
    out_.integer(20, static_cast<std::int32_t>(a.type));
  }
  void write_value(attribute const& a, place const& at) {
    using enum attribute_type;
    switch (a.type) {
      case attribute_type::f: return out_.real(2, a.f);
      case attribute_type::i: return out_.integer(3, a.i);
      case attribute_type::s: return out_.text(4, a.s);
      case t: return write_one(5, a.tensors, "t", at);
      case g: return write_one(6, a.graphs, "g", at);
      case floats:
        for (float v : a.floats) out_.real(7, v);
        return;
      case ints:
        for (std::int64_t v : a.ints) out_.integer(8, v);
        return;
      case strings: return write_all(9, a.strings);
      case tensors: return write_all(10, a.tensors, "tensors", at);
      case graphs: return write_all(11, a.graphs, "graphs", at);
      default:
        at.refuse(message("values of type ") << static_cast<int>(a.type) << " cannot be written", "use another type");
    }
  }
  template <class T>
  void write_one(std::uint32_t number, std::vector<T> const& list, char const* label, place const& at) {
    if (list.size() != 1) at.refuse(message("it holds ") << list.size() << " values", "give it one");
    out_.message(number, [&] { write(list[0], {&at, label, io::detail::no_index, {}, list[0].name}); });
  }

  void write(function const& f, place const& at) {
    check(f, at);
    out_.text(1, f.name);
    write_all(4, f.inputs);
    write_all(5, f.outputs);
    write_all(6, f.attributes);
    write_all(7, f.nodes, "node", at);
    write_all(9, f.opsets, "opset_import", at);
    out_.text_if(10, f.domain);
    write_all(11, f.defaults, "attribute_proto", at);
    write_all(12, f.value_infos, "value_info", at);
    out_.text_if(13, f.overload);
  }

  io::detail::wire_writer out_;
  int depth_{};  // of graphs
};

}  // namespace hone::inline HONE_ABI::io::onnx::detail
