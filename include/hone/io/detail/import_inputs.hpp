#pragma once
#include <hone/io/detail/import_construction.hpp>
#include <hone/io/onnx_import_options.hpp>

#include <unordered_map>

namespace hone::inline HONE_ABI::io::importing {

// Makes a model's inputs: operations with ports, or constants where the options bind them.
class input_maker {
 public:
  input_maker(construction& c, onnx::graph const& g, import_options const& options)
      : construction_(c), graph_(g), options_(options) {
    for (onnx::tensor const& t : g.initializers) defaults_.insert(t.name);
    for (named_size const& s : options.sizes) sizes_.emplace(s.name, s.size);
  }

  void make(std::unordered_map<std::string_view, int>& names) {
    check_options();
    settle_symbols();
    for (onnx::value_info const& v : graph_.inputs) {
      if (named_array const* const bound = find(options_.constants, v.name))
        names[v.name] = construction_.add(constant(v, bound->value));
      else if (open(v))
        names[v.name] = construction_.add_operation(input(v));
    }
  }

 private:
  template <class T>
  static T const* find(std::vector<T> const& list, std::string_view name) {
    for (T const& item : list)
      if (item.name == name) return &item;
    return nullptr;
  }
  static message where(onnx::value_info const& v) { return message("input ") << io::detail::quote(v.name).c_str(); }
  // Whether it takes values at run time: constants of the file, which old ones list as inputs, do not.
  bool open(onnx::value_info const& v) const { return defaults_.count(v.name) == 0; }

  // What the extents of one input, or a first dimension that is open, say of a symbol holds for all inputs.
  void settle_symbols() {
    for (onnx::value_info const& v : graph_.inputs)
      if (named_extents const* const given = find(options_.inputs, v.name))
        for (std::size_t i = 0; i < v.dims.size() && i < static_cast<std::size_t>(given->dims.rank); ++i)
          settle(v.dims[i], given->dims[static_cast<int>(i)]);
    for (onnx::value_info const& v : graph_.inputs)
      if (named_array const* const bound = find(options_.constants, v.name))
        for (std::size_t i = 0; i < v.dims.size() && i < bound->value.dims.size(); ++i)
          settle(v.dims[i], bound->value.dims[i]);
    for (onnx::value_info const& v : graph_.inputs)
      if (open(v) && !v.dims.empty()) settle(v.dims[0], 1);
  }
  void settle(onnx::dim const& d, std::int64_t size) {
    if (d.value < 0 && named(d)) sizes_.emplace(d.symbol, size);
  }
  // Some exporters call every open dimension "?".
  static bool named(onnx::dim const& d) { return !d.symbol.empty() && d.symbol != "?"; }

  void check_options() const {
    auto const refuse = [this](std::string_view name, char const* option, char const* kind) {
      std::string all;
      for (onnx::value_info const& v : graph_.inputs)
        if (open(v)) all += (all.empty() ? "" : ", ") + printable(v.name);
      raise(what, message("there is no ") << kind << " of the name " << io::detail::quote(name).c_str(), option,
            message("the inputs are ") << all.c_str());
    };
    for (named_extents const& e : options_.inputs)
      if (find(graph_.inputs, e.name) == nullptr) refuse(e.name, "import_options::inputs", "input");
    for (named_array const& a : options_.constants)
      if (find(graph_.inputs, a.name) == nullptr) refuse(a.name, "import_options::constants", "input");
    for (named_size const& s : options_.sizes)
      if (!has_symbol(s.name)) refuse(s.name, "import_options::sizes", "symbolic dimension");
  }
  bool has_symbol(std::string_view name) const {
    for (onnx::value_info const& v : graph_.inputs)
      for (onnx::dim const& d : v.dims)
        if (d.value < 0 && named(d) && d.symbol == name) return true;
    return false;
  }

  static dtype type_of(onnx::value_info const& v) {
    if (v.kind != onnx::value_kind::tensor)
      raise(what, "it is a sequence, a map, or optional", where(v), "make it a tensor, or several");
    std::optional<dtype> const type = to_dtype(v.type);
    if (!type) raise(what, message("it has the type ") << onnx::name(v.type), where(v), supported_types);
    return *type;
  }

  std::int64_t extent(onnx::value_info const& v, std::size_t i) const {
    onnx::dim const& d = v.dims[i];
    if (d.value >= 0) return d.value;
    if (auto const found = sizes_.find(d.symbol); named(d) && found != sizes_.end()) return found->second;
    if (i == 0) return 1;
    std::string const given = !named(d) ? "import_options::inputs: its name and all its extents"
                                        : "import_options::sizes: {\"" + printable(d.symbol) + "\", SIZE}";
    raise(what,
          message("its dimension ") << i << " is open" << (named(d) ? ": \"" + printable(d.symbol) + "\"" : "").c_str(),
          where(v), ("give it in " + given).c_str());
  }
  extents extents_of(onnx::value_info const& v) const {
    std::vector<std::int64_t> dims;
    if (named_extents const* const given = find(options_.inputs, v.name)) {
      if (v.has_shape && v.dims.size() != static_cast<std::size_t>(given->dims.rank))
        raise(what, message("the file gives it ") << v.dims.size() << " dimensions, the options " << given->dims.rank,
              where(v), "give all its extents in import_options::inputs");
      dims.assign(given->dims.begin(), given->dims.end());
    } else if (!v.has_shape) {
      raise(what, "its rank is open", where(v), "give its extents in import_options::inputs");
    } else {
      for (std::size_t i = 0; i < v.dims.size(); ++i) dims.push_back(extent(v, i));
    }
    std::optional<extents> const e = to_extents(dims);
    if (!e)
      raise(what, "its extents are negative or too large", where(v), "use at most 8 dimensions and 2^27 elements");
    return *e;
  }

  int input(onnx::value_info const& v) {
    dtype const type = type_of(v);
    extents const dims = extents_of(v);
    if (!construction_.room_for(1)) raise(what, "there are over 32000 inputs", where(v), "split the network");
    return nd::input(construction_.graph(), v.name.c_str(), dims, type, construction_.add_layer(v.name, "input"));
  }

  tensor_view constant(onnx::value_info const& v, array const& a) const {
    std::optional<extents> const dims = to_extents(a.dims);
    bool fits = dims && type_of(v) == a.type && (!v.has_shape || v.dims.size() == a.dims.size());
    for (std::size_t i = 0; fits && v.has_shape && i < v.dims.size(); ++i)
      fits = v.dims[i].value < 0 || v.dims[i].value == a.dims[i];
    if (!fits)
      raise(what, message("the constant for it is ") << name(a.type) << " " << io::text_of(a.dims).c_str(), where(v),
            "give one of the type and the extents that the file says");
    return {a.data.size() != 0 ? static_cast<void const*>(a.data.data()) : no_elements(), a.type, *dims};
  }

  construction& construction_;
  onnx::graph const& graph_;
  import_options const& options_;
  std::set<std::string_view> defaults_;
  std::unordered_map<std::string_view, std::int64_t> sizes_;
};

}  // namespace hone::inline HONE_ABI::io::importing
