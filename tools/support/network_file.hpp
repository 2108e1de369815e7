#pragma once
// Networks from files, as the options of Hone's programs name them.
#include <hone/io/npy.hpp>
#include <hone/io/onnx.hpp>
#include <hone/pass/lower.hpp>

#include <CLI/CLI.hpp>

#include <charconv>
#include <string>
#include <vector>

namespace tools {

// What a file leaves open: sizes of dimensions, extents and values of inputs.
struct import_flags {
  std::vector<std::string> dims, shapes, binds;

  void add_to(CLI::App& app) {
    app.add_option("--dim", dims, "size of a symbolic dimension: batch=1 (may be repeated)");
    app.add_option("--shape", shapes, "extents of an input: x=1,3,48,192 (may be repeated)");
    app.add_option("--bind", binds, "value of an input that is to be a constant: shape=shape.npy (may be repeated)");
  }
  hone::io::import_options options() const {
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

  // NAME=VALUE in two; the name may hold '=' itself, the value not.
  static std::pair<std::string, std::string> split(std::string const& s, char const* option) {
    auto const at = s.rfind('=');
    if (at == std::string::npos || at == 0 || at + 1 == s.size())
      hone::raise("cannot read an option", hone::message() << "'" << s.c_str() << "' is not NAME=VALUE", option,
                  "write the name, '=' and the value without spaces");
    return {s.substr(0, at), s.substr(at + 1)};
  }

 private:
  static std::int32_t number(std::string const& s, char const* option) {
    std::int32_t v{};
    auto const r = std::from_chars(s.data(), s.data() + s.size(), v);
    if (r.ec != std::errc{} || r.ptr != s.data() + s.size() || v < 0)
      hone::raise("cannot read an option", hone::message() << "'" << s.c_str() << "' is no size", option,
                  "give a whole number that is not negative");
    return v;
  }
  static hone::extents list(std::string const& s) {
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
};

// An ONNX network, lowered to Hone's own operations.
inline hone::network load_network(std::string const& path, import_flags const& flags) {
  return hone::pass::lower(hone::io::load_onnx(path, flags.options()));
}

}  // namespace tools
