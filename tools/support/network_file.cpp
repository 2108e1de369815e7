// The importer and the lowering passes, compiled once for all of Hone's programs.
#include "tools/support/network_file.hpp"

#include <hone/io/npy.hpp>
#include <hone/io/onnx.hpp>

namespace tools {
namespace {

std::int32_t number(std::string const& s, char const* option) {
  std::int32_t v{};
  auto const r = std::from_chars(s.data(), s.data() + s.size(), v);
  if (r.ec != std::errc{} || r.ptr != s.data() + s.size() || v < 0)
    hone::raise("cannot read an option", hone::message() << "'" << s.c_str() << "' is no size", option,
                "give a whole number that is not negative");
  return v;
}
hone::extents list(std::string const& s) {
  hone::extents e;
  for (std::size_t from = 0; from <= s.size();) {
    std::size_t const to = std::min(s.find(',', from), s.size());
    if (e.rank == hone::max_rank)
      hone::raise("cannot read an option", hone::message() << "'" << s.c_str() << "' has too many extents", "--shape",
                  "a tensor has at most 8 dimensions");
    e.push_back(number(s.substr(from, to - from), "--shape"));
    from = to + 1;
  }
  return e;
}

}  // namespace

hone::io::import_options import_flags::options() const {
  hone::io::import_options o;
  for (std::string const& s : dims) {
    auto const [name, value] = split(s, "--dim");
    o.sizes.push_back({name, number(value, "--dim")});
  }
  for (std::string const& s : shapes) {
    auto const [name, value] = split(s, "--shape");
    o.inputs.push_back({name, list(value)});
  }
  for (std::string const& s : binds) {
    auto const [name, value] = split(s, "--bind");
    o.constants.push_back({name, hone::io::load_npy(value)});
  }
  return o;
}

hone::network load_network(std::string const& path, import_flags const& flags) {
  return hone::io::load_onnx(path, flags.options());
}

}  // namespace tools
