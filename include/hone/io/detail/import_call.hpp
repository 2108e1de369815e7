#pragma once
#include <hone/io/detail/import_construction.hpp>
#include <hone/io/detail/import_fold.hpp>
#include <hone/io/detail/import_order.hpp>
#include <hone/io/detail/import_scope.hpp>

namespace hone::inline HONE_ABI::io::importing {

// One call of an operator while it is translated: what the file says, the operands, and where its operations go. These
// are appended to the network, or to a small graph that is evaluated at once where all operands are known. What does not
// fit is one error that names the node.
class call {
 public:
  // Of one result: an operation, or a value of the construction.
  struct outcome {
    int op{-1}, value{-1};
  };

  onnx::node const& node;
  std::int64_t const opset;  // of the node's domain

  call(construction& c, scope const& s, onnx::node const& n, std::vector<int> operands, folding* fold)
      : node(n), opset(s.opset(n.domain)), construction_(c), scope_(s), values_(std::move(operands)), fold_(fold),
        folded_(values_.size(), -1), outcomes_(n.outputs.size()) {
    if (fold == nullptr) layer_ = c.add_layer(n.name, n.op_type);
  }

  // What the file says.
  onnx::attribute const* find(char const* name) const { return scope_.resolve(node.find(name)); }
  bool has(char const* name) const { return find(name) != nullptr; }
  std::int64_t integer(char const* name, std::int64_t otherwise) const {
    onnx::attribute const* const a = typed(name, onnx::attribute_type::i);
    return a != nullptr ? a->i : otherwise;
  }
  int small(char const* name, int otherwise) const { return narrow(integer(name, otherwise), name); }
  float number(char const* name, float otherwise) const {
    onnx::attribute const* const a = typed(name, onnx::attribute_type::f);
    return a != nullptr ? a->f : otherwise;
  }
  std::string_view text(char const* name, std::string_view otherwise) const {
    onnx::attribute const* const a = typed(name, onnx::attribute_type::s);
    return a != nullptr ? std::string_view(a->s) : otherwise;
  }
  std::vector<std::int64_t> integers(char const* name) const {
    onnx::attribute const* const a = typed(name, onnx::attribute_type::ints);
    return a != nullptr ? a->ints : std::vector<std::int64_t>{};
  }
  std::vector<float> numbers(char const* name) const {
    onnx::attribute const* const a = typed(name, onnx::attribute_type::floats);
    return a != nullptr ? a->floats : std::vector<float>{};
  }
  int narrow(std::int64_t v, char const* of) const {
    if (v < INT32_MIN || v > INT32_MAX)
      refuse(message(of) << " is " << static_cast<long long>(v), "export the network again, with sane attributes");
    return static_cast<int>(v);
  }
  // An axis of a tensor of that rank; those below 0 count from its end.
  int axis(std::int64_t v, int rank) const {
    if (v < -rank || v >= rank)
      refuse(message("it names axis ") << static_cast<long long>(v) << " of a tensor of rank " << rank,
             "export the network again");
    return static_cast<int>(v < 0 ? v + rank : v);
  }

  // The operands.
  int operands() const { return static_cast<int>(values_.size()); }
  bool given(int k) const { return k < operands() && values_[static_cast<std::size_t>(k)] >= 0; }
  int value(int k) const {
    if (!given(k)) refuse(message("operand ") << k << " is missing", "export the network again");
    return values_[static_cast<std::size_t>(k)];
  }
  dtype type(int k) const { return construction_.type(value(k)); }
  extents dims(int k) const { return construction_.dims(value(k)); }
  int rank(int k) const { return dims(k).rank; }
  // Null where it is absent, or known at run time only.
  tensor_view const* known(int k) const { return given(k) ? construction_.known(value(k)) : nullptr; }
  tensor_view const& must_know(int k) const {
    value(k);
    if (known(k) == nullptr)
      refuse(message("operand ") << k << ", " << io::detail::quote(node.inputs[static_cast<std::size_t>(k)]).c_str()
                                 << ", has to be known when the network is imported",
             message("bind what it depends on in import_options::constants: ")
                 << construction_.inputs_of(value(k)).c_str());
    return *known(k);
  }
  std::vector<std::int64_t> known_integers(int k) const {
    tensor_view const& t = must_know(k);
    std::vector<std::int64_t> list;
    for (std::int64_t i = 0; i < t.dims.size(); ++i) {
      std::optional<std::int64_t> const v = integer_at(t, i);
      if (!v) refuse(message("operand ") << k << " holds " << name(t.type), "give whole numbers");
      list.push_back(*v);
    }
    return list;
  }
  std::int64_t known_integer(int k) const {
    known_number(k);
    return known_integers(k).front();
  }
  double known_number(int k) const {
    if (must_know(k).dims.size() != 1)
      refuse(message("operand ") << k << " has the extents " << text_of(dims(k)).c_str(), "give one number");
    return number_at(must_know(k), 0);
  }

  // Where operations go.
  dynamic_graph& graph() { return fold_ != nullptr ? fold_->graph : construction_.graph(); }
  // The layer of the node, which is made when it is first asked for; none where nothing goes to the network.
  int layer() {
    if (fold_ == nullptr && layer_ < 0) layer_ = construction_.add_layer(node.name, node.op_type);
    return layer_;
  }
  int operand(int k) {
    int const v = value(k);
    if (fold_ == nullptr) return construction_.operation(v, layer());
    int& folded = folded_[static_cast<std::size_t>(k)];
    if (folded < 0) folded = fold_->operand(*construction_.known(v));
    return folded;
  }
  int optional_operand(int k) { return given(k) ? operand(k) : -1; }
  // A constant of the translator's own.
  int constant(tensor_view const& v) {
    return fold_ != nullptr ? fold_->operand(v) : construction_.operation(construction_.add(v), layer());
  }
  // One number as a constant of these extents, all of them 1.
  int scalar(double v, dtype type, extents const& dims = {}) {
    known_values::writable const w = make(type, dims);
    store_number(w.data, type, v);
    return constant(w.view);
  }
  // A value to be filled in, and then given to constant() or result().
  known_values::writable make(dtype type, extents const& dims) {
    std::int64_t const n = dims.size();
    if (n > most_elements || !construction_.store.afford(n * size_of(type), n))
      refuse(message("its result would have the extents ") << text_of(dims).c_str(), "use smaller extents");
    return construction_.store.make(type, dims);
  }
  dtype type_of(int op) { return op_at(graph(), op).type; }
  extents extents_of(int op) { return dims_of(graph(), op); }

  // op, which a builder has just returned; raises where that noted something in the graph.
  int ok(int op) {
    problem const& p = graph().issue;
    if (p.how == fix::none) return op;
    message why = operands_text();
    auto const show = [&why](shape const& s) { why << s.h << " x " << s.w << " x " << s.c; };
    why << (p.kind != nullptr ? p.kind->name : "it") << " wanted ";
    show(p.wanted), why << ", got ", show(p.got);
    refuse(why, advice(p.how));
  }

  // The results.
  int results() const { return static_cast<int>(outcomes_.size()); }
  bool wanted(int k) const { return k < results() && !node.outputs[static_cast<std::size_t>(k)].empty(); }
  void result(int op) { result(0, op); }
  void result(int k, int op) { set(k, {ok(op), -1}); }
  void result(int k, tensor_view const& v) { set(k, {-1, construction_.add(v)}); }
  void same(int k, int operand) { set(k, {-1, value(operand)}); }
  std::vector<outcome> const& outcomes() const { return outcomes_; }

  [[noreturn]] void refuse(message const& why, message const& how) const { raise(what, why, describe(node), how); }
  [[noreturn]] void refuse_value(char const* attribute, std::string_view is, char const* supported) const {
    refuse(message("its ") << attribute << " is " << io::detail::quote(is).c_str(),
           message("supported are ") << supported);
  }

 private:
  onnx::attribute const* typed(char const* name, onnx::attribute_type type) const {
    onnx::attribute const* const a = find(name);
    if (a != nullptr && a->type != type)
      refuse(message("its attribute ") << name << " has type " << static_cast<int>(a->type) << ", not "
                                       << static_cast<int>(type),
             "export the network again");
    return a;
  }
  void set(int k, outcome o) {
    if (k < results()) outcomes_[static_cast<std::size_t>(k)] = o;
  }
  message operands_text() const {
    std::string s = "its operands are";
    for (int k = 0; k < operands() && k < 4; ++k)
      if (given(k)) s += (k != 0 ? ", " : " ") + std::string(name(type(k))) + " " + text_of(dims(k));
    return message(s.substr(0, 180).c_str()) << ": ";
  }
  static void store_number(std::byte* to, dtype type, double v) {
    auto const put = [to](auto n) { std::memcpy(to, &n, sizeof n); };
    switch (type) {
      case dtype::f32: return put(static_cast<float>(v));
      case dtype::f64: return put(v);
      case dtype::f16: return put(to_f16(static_cast<float>(v)));
      case dtype::bf16: return put(to_bf16(static_cast<float>(v)));
      case dtype::i64: return put(static_cast<std::int64_t>(v));
      case dtype::i32: return put(static_cast<std::int32_t>(v));
      case dtype::i16: return put(static_cast<std::int16_t>(v));
      case dtype::i8: return put(static_cast<std::int8_t>(v));
      case dtype::u64: return put(static_cast<std::uint64_t>(v));
      case dtype::u32: return put(static_cast<std::uint32_t>(v));
      case dtype::u16: return put(static_cast<std::uint16_t>(v));
      case dtype::u8:
      case dtype::boolean: return put(static_cast<std::uint8_t>(v));
    }
  }

  construction& construction_;
  scope const& scope_;
  std::vector<int> values_;
  folding* fold_;
  std::vector<int> folded_;  // by operand
  std::vector<outcome> outcomes_;
  int layer_{-1};
};

}  // namespace hone::inline HONE_ABI::io::importing
