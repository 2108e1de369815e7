// The importer and the lowering passes, compiled once for all of Hone's programs.
#include "tools/support/network_file.hpp"

#include <hone/io/npy.hpp>
#include <hone/io/onnx.hpp>

#include <charconv>

#include "tools/support/open_dims.hpp"

namespace tools {
namespace {

namespace onnx = hone::io::onnx;

std::int32_t number(std::string const& s, std::string const& option) {
  std::int32_t v{};
  auto const r = std::from_chars(s.data(), s.data() + s.size(), v);
  if (r.ec != std::errc{} || r.ptr != s.data() + s.size() || v < 0)
    refuse_option(option, "'" + s + "' is no size", "give whole numbers that are not negative");
  return v;
}
hone::extents list(std::string const& s, std::string const& option) {
  hone::extents e;
  for (std::size_t from = 0; from <= s.size();) {
    std::size_t const to = std::min(s.find(',', from), s.size());
    if (e.rank == hone::max_rank) refuse_option(option, "it has too many extents", "a tensor has at most 8");
    e.push_back(number(s.substr(from, to - from), option));
    from = to + 1;
  }
  return e;
}

names open_inputs(onnx::graph const& g) {
  names all;
  for (onnx::value_info const* v : run_time_inputs(g)) all.push_back(v->name);
  return all;
}

void check_rank(onnx::graph const& g, std::string const& name, hone::extents const& e, std::string const& option) {
  for (onnx::value_info const& v : g.inputs) {
    if (v.name != name || !v.has_shape || v.dims.size() == static_cast<std::size_t>(e.rank)) continue;
    std::string example;
    for (onnx::dim const& d : v.dims)
      example += (example.empty() ? "" : ",") + std::to_string(d.value >= 0 ? d.value : example.empty() ? 1 : 16);
    refuse_option(
        option, "the file gives that input " + std::to_string(v.dims.size()) + " dimensions",
        v.dims.empty() ? "leave it out: it is a scalar" : "give all of them: --shape " + name + "=" + example);
  }
}

hone::io::import_options options_of(import_flags const& flags, onnx::graph const& g) {
  hone::io::import_options o;
  names seen_dims, seen_shapes, seen_binds;
  names const inputs = open_inputs(g);
  for (std::string const& s : flags.binds) {
    auto const [name, file] = named_flag{"--bind", "input", inputs}.split(s, "FILE.npy");
    note_once(seen_binds, name, "--bind");
    o.constants.push_back({name, hone::io::load_npy(file)});
  }
  for (std::string const& s : flags.shapes) {
    auto const [name, text] = named_flag{"--shape", "input", inputs}.split(s, "1,16");
    note_once(seen_shapes, name, "--shape");
    if (contains(seen_binds, name))
      refuse_option("--shape " + s, "--bind makes that input a constant", "leave one out");
    o.inputs.push_back({name, list(text, "--shape " + s)});
    check_rank(g, name, o.inputs.back().dims, "--shape " + s);
  }
  named_flag const dim{"--dim", "open dimension", open_dims(g, o).symbols()};
  for (std::string const& s : flags.dims) {
    auto const [name, text] = dim.split(s, "16");
    note_once(seen_dims, name, "--dim");
    o.sizes.push_back({name, number(text, "--dim " + s)});
  }
  return o;
}

// An error of the importer's, whose remedies are members of import_options, with this program's flags for them.
[[noreturn]] void raise_with_flags(hone::error const& e, onnx::graph const& g) {
  std::string fix = e.parts().fix, flags;
  if (fix.find("import_options::") == fix.npos) throw e;
  for (std::string const& name : open_inputs(g))
    if (fix.find(hone::io::detail::quote(name).c_str()) != fix.npos) flags += " --bind " + name + "=FILE.npy";
  if (!flags.empty()) {
    fix = "give the value it is to have always:" + flags;
  } else {
    for (auto const& [member, flag] : {std::pair{"import_options::sizes", "--dim NAME=SIZE"},
                                       std::pair{"import_options::inputs", "--shape NAME=1,16"},
                                       std::pair{"import_options::constants", "--bind NAME=FILE.npy"}})
      if (std::size_t const at = fix.find(member); at != fix.npos)
        fix.replace(at, std::string_view(member).size(), flag);
  }
  hone::raise(e.parts().what, e.parts().why, e.parts().where, fix.c_str());
}

}  // namespace

network_file::network_file(std::string const& path) : model_(onnx::read_file(path)) {}

names network_file::inputs() const { return open_inputs(model_.graph); }
names network_file::outputs() const {
  names all;
  for (onnx::value_info const& v : model_.graph.outputs) all.push_back(v.name);
  return all;
}

hone::network network_file::load(import_flags const& flags, feeding const& fed) const {
  hone::io::import_options o = options_of(flags, model_.graph);
  open_dims settled(model_.graph, o);
  settled.take(fed);
  settled.require(fed);
  try {
    return hone::pass::lower(hone::io::import_onnx(model_, o));
  } catch (hone::error const& e) {
    raise_with_flags(e, model_.graph);
  }
}

}  // namespace tools
