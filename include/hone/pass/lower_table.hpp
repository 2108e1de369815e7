#pragma once
#include <hone/pass/lower_stored.hpp>

namespace hone::inline HONE_ABI::pass::lowering {

// Any chain from a quantised edge to another whose every number depends on one number: a table, made by computing it as
// ONNX does.
struct table {
  int source{-1};  // the stored value that it reads; -1: there is no such table
  std::array<std::uint8_t, 256> to{};

  bool identity() const {
    for (std::size_t k = 0; k < 256; ++k)
      if (to[k] != k) return false;
    return true;
  }
};

class table_finder {
 public:
  explicit table_finder(context& c) : c_(c) {}

  // Of quantisation i (result_of(c, i) fits).
  table find(int i) {
    members_.clear(), values_.clear();
    int const last = c_.root(c_.at(i).input[0]);
    std::vector<int> waiting{last};
    int source = -1;
    while (!waiting.empty()) {
      std::size_t latest = 0;
      for (std::size_t k = 0; k < waiting.size(); ++k)
        if (waiting[k] > waiting[latest]) latest = k;
      int const next = waiting[latest];
      waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(latest));
      if (source == next) continue;
      if (edge_of(c_, next).fits() && c_.at(next).out.size() == c_.at(last).out.size()) {
        if (source >= 0) return {};
        source = next;
        continue;
      }
      if (!elementwise(next) || members_.size() == most_members) return {};
      members_.push_back(next);
      for (std::int16_t k : c_.at(next).input) {
        bool known = k < 0 || c_.is_known(k);
        for (int w : waiting) known = known || w == c_.root(k);
        if (!known) waiting.push_back(c_.root(k));
      }
    }
    if (source < 0 || c_.is_known(source)) return {};
    return computed(i, source);
  }

 private:
  static constexpr std::size_t most_members = 32;

  bool elementwise(int i) {
    op const& o = c_.at(i);
    if ((!is(o, nd::unary_kind) && !is(o, nd::binary_kind)) || o.type != dtype::f32) return false;
    for (std::int16_t k : o.input) {
      float v{};
      if (k >= 0 && c_.at(k).type != dtype::f32) return false;
      if (k >= 0 && !known_number(c_, k, &v) && (c_.is_known(k) || c_.at(k).out.size() != o.out.size())) return false;
    }
    return true;
  }
  // What operation i makes of operands that are 256 numbers, or one.
  buffer evaluated(int i, std::array<tensor_view, max_inputs> const& in) const {
    op const& o = c_.at(i);
    tensor_form f = c_.form(o);
    f.dims = {256};
    buffer out(256 * static_cast<std::size_t>(size_of(o.type)));
    o.kind->evaluate({o.kind, &f, in, out.data(), o.type, nullptr});
    return out;
  }
  tensor_view operand(int i) {
    float v{};
    if (known_number(c_, i, &v)) return {c_.known(i).data, dtype::f32, {1}};
    for (auto const& [at, value] : values_)
      if (at == c_.root(i)) return {value.data(), c_.at(i).type, {256}};
    return {c_.known(i).data, c_.at(i).type, {1}};  // a scale or a zero point
  }
  void evaluate(int i) {
    std::array<tensor_view, max_inputs> in{};
    for (std::size_t k = 0; k < max_inputs; ++k)
      if (c_.at(i).input[k] >= 0) in[k] = operand(c_.at(i).input[k]);
    values_.push_back({i, evaluated(i, in)});
  }
  table computed(int i, int source) {
    edge const from = edge_of(c_, source), to = result_of(c_, i);
    auto const turn = [](edge const& e, context const& c) { return c.at(e.value).type == dtype::i8 ? 0x80u : 0u; };
    buffer all(256);
    for (unsigned k = 0; k < 256; ++k) all.as<std::uint8_t>()[k] = static_cast<std::uint8_t>(k ^ turn(from, c_));
    values_.push_back({from.value, all});
    evaluate(source);
    for (std::size_t m = members_.size(); m-- > 0;) evaluate(members_[m]);
    evaluate(i);
    table t{from.value, {}};
    for (std::size_t k = 0; k < 256; ++k)
      t.to[k] = static_cast<std::uint8_t>(values_.back().second.as<std::uint8_t>()[k] ^ turn(to, c_));
    return t;
  }

  context& c_;
  std::vector<int> members_;  // readers before what they read
  std::vector<std::pair<int, buffer>> values_;
};

// Where value i lies as int8 operations read it.
inline void emit_table(context& c, int i, table const& t) {
  bool const flipped = c.at(i).type == dtype::i8, source_flipped = c.at(t.source).type == dtype::i8;
  layout const l = c.natural(t.source);
  int const x = c.stored_u8(t.source, l);
  if (t.identity()) {
    std::vector<context::place> const places = c.places(t.source);
    c.define(i, x, l, flipped);
    for (context::place const& p : places)
      if (p.flipped == source_flipped && p.op != x) c.define(i, p.op, p.where, flipped);
    return;
  }
  op o = nn::reading(table_kind, x, c.at(i).layer);
  o.from = o.type = dtype::u8;
  o.form = op_at(c.graph(), x).form;
  o.param[slot::weight] =
      c.vector_leaf(o.layer, role::weight, dtype::u8, std::vector<std::uint8_t>(t.to.begin(), t.to.end()));
  c.define(i, emit(c.graph(), o), l, flipped);
}

}  // namespace hone::inline HONE_ABI::pass::lowering
