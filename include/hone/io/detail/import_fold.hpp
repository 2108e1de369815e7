#pragma once
#include <hone/io/detail/import_value.hpp>
#include <hone/nn/flatten.hpp>

namespace hone::inline HONE_ABI::io::importing {

// A small graph whose operands are all known: it is evaluated while a file is imported.
class folding {
 public:
  dynamic_graph graph{};

  // A known operand, as an operation of the graph.
  int operand(tensor_view const& v) {
    op o{};
    o.kind = &constant_kind, o.type = o.from = v.type;
    int const at = emit_tensor(graph, o, {.dims = v.dims});
    values_.resize(graph.ops.size());
    values_.back() = v;
    return at;
  }

  // Whether everything in the graph can be evaluated, and may be.
  bool affordable(known_values& store) const {
    std::int64_t bytes = 0, steps = 0;
    for (op const& o : graph.ops) {
      if (is(o, constant_kind) || is(o, flatten_kind)) continue;
      if (!o.kind->evaluate) return false;
      bytes += std::int64_t{o.bytes_out()} + o.scratch;
      steps += std::int64_t{o.out.size()} + o.in.size() + o.macs;
    }
    return store.afford(bytes, steps);
  }

  // The results of all operations. Their memory is the store's.
  std::vector<tensor_view> const& evaluate(known_values& store) {
    values_.resize(graph.ops.size());
    for (std::size_t i = 0; i < graph.ops.size(); ++i)
      if (!is(graph.ops[i], constant_kind)) values_[i] = result(graph.ops[i], store);
    return values_;
  }

 private:
  tensor_form const& form(op const& o) const { return graph.forms[static_cast<std::size_t>(o.form)]; }

  tensor_view result(op const& o, known_values& store) const {
    if (is(o, flatten_kind)) return {values_[static_cast<std::size_t>(o.input[0])].data, o.type, form(o).dims};
    buffer scratch(static_cast<std::size_t>(o.scratch));
    known_values::writable const to = store.make(o.type, form(o).dims);
    tensor_args a{o.kind, &form(o), {}, to.data, o.type, scratch.data()};
    for (std::size_t k = 0; k < max_inputs; ++k)
      if (o.input[k] >= 0) a.in[k] = values_[static_cast<std::size_t>(o.input[k])];
    o.kind->evaluate(a);
    return to.view;
  }

  std::vector<tensor_view> values_;  // by operation
};

}  // namespace hone::inline HONE_ABI::io::importing
