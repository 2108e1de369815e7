#pragma once
// What a file leaves open of its inputs' extents, and who settles it.
#include <hone/io/onnx_import_options.hpp>
#include <hone/io/onnx_model.hpp>

#include <map>
#include <optional>
#include <set>

#include "tools/support/network_file.hpp"

namespace tools {

// The inputs that take values at run time: constants of the file, which old ones list as inputs, do not.
inline std::vector<hone::io::onnx::value_info const*> run_time_inputs(hone::io::onnx::graph const& g) {
  std::set<std::string_view> constants;
  for (hone::io::onnx::tensor const& t : g.initializers) constants.insert(t.name);
  std::vector<hone::io::onnx::value_info const*> all;
  for (hone::io::onnx::value_info const& v : g.inputs)
    if (constants.count(v.name) == 0) all.push_back(&v);
  return all;
}

// Fills in io::import_options: `take` what arrays say, then `require` that nothing remains.
class open_dims {
 public:
  open_dims(hone::io::onnx::graph const& g, hone::io::import_options& o) : options_(o) {
    for (value_info const* v : run_time_inputs(g))
      if (!has(o.constants, v->name)) inputs_.push_back(v);
    for (value_info const& v : g.inputs) {
      if (auto const* bound = find(o.constants, v.name)) learn(v, bound->value.dims);
      if (auto const* given = find(o.inputs, v.name)) learn(v, {given->dims.begin(), given->dims.end()});
    }
    for (hone::io::named_size const& s : o.sizes) sizes_[s.name] = s.size;
  }

  // The arrays' extents settle dimensions that are open still: but not a batch, and no first one where calls are
  // chained.
  // Raises where one is of another rank than its input.
  void take(feeding const& fed) {
    for (fed_extents const& a : fed.arrays)
      if (value_info const* const v = input(a.input))
        if (v->has_shape && a.dims.size() != v->dims.size() && a.dims.size() != v->dims.size() + 1)
          hone::raise("cannot feed an input",
                      ("it has the extents " + text(*v) + ", the array " + hone::io::text_of(a.dims)).c_str(),
                      a.input.c_str(), "give one call, or several along a leading axis");
    for (fed_extents const& a : fed.arrays)
      if (value_info const* const v = input(a.input); v != nullptr && v->has_shape && !has(options_.inputs, a.input))
        for (std::size_t i = 0; i < v->dims.size(); ++i)
          if (auto const said = said_of(*v, i, a, fed.chained); said && open(v->dims[i]) && named(v->dims[i]))
            settle(v->dims[i].symbol, *said, a.input);
    for (fed_extents const& a : fed.arrays)
      if (value_info const* const v = input(a.input); v != nullptr && !has(options_.inputs, a.input))
        take_whole(*v, a, fed.chained);
    for (auto const& [symbol, size] : taken_) options_.sizes.push_back({symbol, static_cast<std::int32_t>(size)});
  }

  // Raises where a dimension is still open, with flags that would settle all of them.
  void require(feeding const& fed) const {
    names open_ones, flags;
    for (value_info const* v : inputs_) {
      if (has(options_.inputs, v->name)) continue;
      bool whole = !v->has_shape;
      for (std::size_t i = 1; i < v->dims.size(); ++i) {
        dim const& d = v->dims[i];
        if (!open(d) || size_of(d)) continue;
        std::string const at = "dimension " + std::to_string(i) + " of " + v->name;
        open_ones.push_back(named(d) ? d.symbol + " (" + at + ")" : at);
        whole = whole || !named(d);
        if (std::string const flag = "--dim " + d.symbol + "=16"; named(d) && !contains(flags, flag))
          flags.push_back(flag);
      }
      if (!v->has_shape) open_ones.push_back("the rank of " + v->name);
      if (whole) flags.push_back("--shape " + v->name + "=" + example(*v));
    }
    if (open_ones.empty()) return;
    std::string all;
    for (std::string const& f : flags) all += " " + f;
    hone::raise("cannot import the network", ("it leaves open: " + listed(open_ones)).c_str(), "",
                ("give the sizes, such as" + all +
                 (fed.possible ? ", or arrays that have them: --input " + inputs_[0]->name + "=FILE.npy" : ""))
                    .c_str());
  }

  // The names of dimensions that are open.
  names symbols() const {
    names all;
    for (value_info const* v : inputs_)
      for (dim const& d : v->dims)
        if (open(d) && named(d) && !contains(all, d.symbol)) all.push_back(d.symbol);
    return all;
  }

 private:
  using value_info = hone::io::onnx::value_info;
  using dim = hone::io::onnx::dim;

  template <class T>
  static T const* find(std::vector<T> const& list, std::string const& name) {
    for (T const& item : list)
      if (item.name == name) return &item;
    return nullptr;
  }
  template <class T>
  static bool has(std::vector<T> const& list, std::string const& name) {
    return find(list, name) != nullptr;
  }
  value_info const* input(std::string const& name) const {
    for (value_info const* v : inputs_)
      if (v->name == name) return v;
    return nullptr;
  }
  // "batch x 3 x ?".
  static std::string text(value_info const& v) {
    std::string s;
    for (dim const& d : v.dims)
      s += (s.empty() ? "" : " x ") + (!open(d) ? std::to_string(d.value) : named(d) ? d.symbol : "?");
    return s.empty() ? "a scalar" : s;
  }
  static bool open(dim const& d) { return d.value < 0; }
  // As the importer has it: some exporters call every open dimension "?".
  static bool named(dim const& d) { return !d.symbol.empty() && d.symbol != "?"; }

  // Whether a first dimension holds samples that do not know of each other, by what exporters call it.
  static bool batch(dim const& d) {
    std::string s = d.symbol;
    for (char& c : s) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return !named(d) || s == "n" || s == "b" || s == "bs" || s == "-1" || s.find("batch") != s.npos ||
           s.rfind("unk__", 0) == 0 || s.find("dynamicdimension.") != s.npos;
  }

  void learn(value_info const& v, std::vector<std::int64_t> const& dims) {
    for (std::size_t i = 0; i < v.dims.size() && i < dims.size(); ++i)
      if (open(v.dims[i]) && named(v.dims[i])) sizes_.emplace(v.dims[i].symbol, dims[i]);
  }
  void settle(std::string const& symbol, std::int64_t size, std::string const& by) {
    if (size > INT32_MAX) return;  // no array that is fed has it
    auto const [at, is_new] = sizes_.emplace(symbol, size);
    if (is_new) {
      taken_[symbol] = size, by_[symbol] = by;
    } else if (auto const other = by_.find(symbol); other != by_.end() && at->second != size) {
      hone::raise(
          "cannot feed the inputs",
          ("the arrays do not agree on " + symbol + ": it is " + std::to_string(at->second) + " in that of " +
           other->second + ", " + std::to_string(size) + " in that of " + by)
              .c_str(),
          "", ("give arrays of one size, or say which it is: --dim " + symbol + "=" + std::to_string(size)).c_str());
    }
  }
  // What an array says of dimension i; nothing where it is of another rank, and where its leading axis are calls.
  static std::optional<std::int64_t> said_of(value_info const& v, std::size_t i, fed_extents const& a, bool chained) {
    if (a.dims.size() == v.dims.size() + 1) return a.dims[i + 1];
    if (a.dims.size() != v.dims.size()) return {};
    if (i == 0 && !a.carried && (chained || batch(v.dims[0]))) return {};
    return a.dims[i];
  }
  std::optional<std::int64_t> size_of(dim const& d) const {
    if (!open(d)) return d.value;
    if (auto const at = sizes_.find(d.symbol); named(d) && at != sizes_.end()) return at->second;
    for (value_info const* v : inputs_)
      if (named(d) && !v->dims.empty() && open(v->dims[0]) && v->dims[0].symbol == d.symbol) return 1;
    return {};
  }
  // An input whose rank or nameless dimensions are open gets all its extents.
  void take_whole(value_info const& v, fed_extents const& a, bool chained) {
    hone::extents dims;
    bool nameless = !v.has_shape;
    std::size_t const rank = v.has_shape ? v.dims.size() : a.dims.size();
    if (rank > hone::max_rank) return;
    for (std::size_t i = 0; i < rank; ++i) {
      std::optional<std::int64_t> const said = v.has_shape ? said_of(v, i, a, chained) : a.dims[i];
      std::optional<std::int64_t> size = v.has_shape ? size_of(v.dims[i]) : std::nullopt;
      if (v.has_shape && open(v.dims[i]) && !named(v.dims[i]) && said) nameless = true;
      if (!size) size = said ? said : i == 0 ? std::optional<std::int64_t>(1) : std::nullopt;
      if (!size || *size > INT32_MAX) return;
      dims.push_back(static_cast<std::int32_t>(*size));
    }
    if (nameless) options_.inputs.push_back({v.name, dims});
  }
  std::string example(value_info const& v) const {
    std::string text;
    for (std::size_t i = 0; i < v.dims.size(); ++i)
      text += (i == 0 ? "" : ",") + std::to_string(size_of(v.dims[i]).value_or(i == 0 ? 1 : 16));
    return v.has_shape ? text : "1,16";
  }

  hone::io::import_options& options_;
  std::vector<value_info const*> inputs_;
  std::map<std::string, std::int64_t> sizes_, taken_;
  std::map<std::string, std::string> by_;
};

}  // namespace tools
