#pragma once
#include <hone/io/detail/import_operators.hpp>

#include <span>

// Which rule is for which node, and what is said where there is none.
namespace hone::inline HONE_ABI::io::importing {

inline std::span<translation_rule const> rules_of(std::string_view domain) {
  if (domain.empty()) return rules::onnx;
  if (domain == "com.microsoft") return rules::microsoft;
  return {};
}
// The rule for a node; null where there is none.
inline translation_rule const* rule_of(onnx::node const& n) {
  for (translation_rule const& r : rules_of(n.domain))
    if (n.op_type == r.name) return &r;
  return nullptr;
}

// All operators, in alphabetical order; If, Loop and Scan are translated where nodes are.
inline std::string names_of_operators() {
  std::string all;
  for (translation_rule const& r : rules::onnx) {
    std::string_view const name = r.name;
    if (name == "InstanceNormalization") all += "If ";
    if (name == "LpNormalization") all += "Loop ";
    if (name == "Scatter") all += "Scan ";
    all += std::string(r.name) + " ";
  }
  for (translation_rule const& r : rules::microsoft) all += std::string("com.microsoft.") + r.name + " ";
  all.pop_back();
  return all;
}

// "kernel_shape=[3, 3] group=1": as much as an error shows.
inline std::string text_of_attributes(onnx::node const& n) {
  std::string s;
  auto const list = [&s](auto const& values) {
    s += "[";
    for (std::size_t i = 0; i < values.size() && i < 6; ++i) s += (i != 0 ? ", " : "") + std::to_string(values[i]);
    s += values.size() > 6 ? ", ...]" : "]";
  };
  for (onnx::attribute const& a : n.attributes) {
    s += (s.empty() ? "" : " ") + printable(a.name) + "=";
    switch (a.type) {
      case onnx::attribute_type::i: s += std::to_string(a.i); break;
      case onnx::attribute_type::f: s += std::to_string(a.f); break;
      case onnx::attribute_type::s: s += io::detail::quote(a.s).c_str(); break;
      case onnx::attribute_type::ints: list(a.ints); break;
      case onnx::attribute_type::floats: list(a.floats); break;
      default: s += "..."; break;
    }
  }
  return s.empty() ? "no attributes" : s;
}

// Refuses a node for its operator.
[[noreturn]] inline void refuse_operator(call const& c) {
  std::string const why = "its operator is not supported; it has " + text_of_attributes(c.node);
  c.refuse(message(why.substr(0, 200).c_str()), message("supported are ") << names_of_operators().c_str());
}

}  // namespace hone::inline HONE_ABI::io::importing
