#pragma once
#include <hone/io/onnx_model.hpp>

#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace hone::inline HONE_ABI::io::importing {

// Where names mean something: a graph (inside another one, or not) or a function.
struct scope {
  scope* outer{};  // of the graph inside which this one is
  std::vector<onnx::opset> const* opsets{};
  std::unordered_map<std::string_view, int> names{};  // values; -1: an operand that is absent
  std::unordered_map<std::string_view, onnx::tensor const*> initializers{};
  std::vector<std::pair<std::string_view, onnx::attribute const*>> attributes{};  // given to a function

  // The attribute, or that of the function around which it refers to; null where it is not given.
  onnx::attribute const* resolve(onnx::attribute const* a) const {
    if (a == nullptr || a->reference.empty()) return a;
    for (scope const* s = this; s != nullptr; s = s->outer)
      for (auto const& [name, given] : s->attributes)
        if (name == a->reference) return given;
    return nullptr;
  }
  std::int64_t opset(std::string_view domain) const {
    for (onnx::opset const& o : *opsets)
      if (o.domain == domain) return o.version;
    return 0;
  }
};

}  // namespace hone::inline HONE_ABI::io::importing
