#pragma once
// NAME=VALUE on the command line. Names out of files may hold '=' themselves, and so may paths.
#include <hone/core/error.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace tools {

using names = std::vector<std::string>;

inline bool contains(names const& among, std::string const& name) {
  return std::find(among.begin(), among.end(), name) != among.end();
}
// "a, b and c more" of many.
inline std::string listed(names const& all) {
  constexpr std::size_t most = 24;
  std::string text;
  for (std::size_t i = 0; i < all.size() && i < most; ++i) text += (i == 0 ? "" : ", ") + all[i];
  return all.size() > most ? text + " and " + std::to_string(all.size() - most) + " more" : text;
}

[[noreturn]] inline void refuse_option(std::string const& option, std::string const& why, std::string const& fix) {
  hone::raise(hone::message("cannot use ") << option.c_str(), why.c_str(), "", fix.c_str());
}

// Raises where no file can be made at `path`: before the work, not after it.
inline void check_place(std::string const& path, std::string const& option) {
  std::error_code none;
  std::filesystem::path const folder = std::filesystem::path(path).parent_path();
  if (std::filesystem::is_directory(path, none)) refuse_option(option + " " + path, "it is a folder", "name a file");
  if (!folder.empty() && !std::filesystem::is_directory(folder, none))
    refuse_option(option + " " + path, "there is no folder " + folder.string(), "make it first");
}

// What a flag with NAME=VALUE is about: "--input", "input", and the names that there are.
struct named_flag {
  char const* flag;
  char const* kind;
  names known;

  // In two, at the last '=' that a known name ends at; the name may be left out where there is one. Raises where none
  // is known, and where the value is empty.
  std::pair<std::string, std::string> split(std::string const& s, char const* value) const {
    std::string const option = std::string(flag) + " " + s;
    for (std::size_t at = s.rfind('='); at != s.npos && at > 0; at = s.rfind('=', at - 1)) {
      if (!contains(known, s.substr(0, at))) continue;
      if (at + 1 == s.size())
        refuse_option(option, "there is nothing after the '='", "write " + std::string(flag) + " " + s + value);
      return {s.substr(0, at), s.substr(at + 1)};
    }
    if (known.empty()) refuse_option(option, std::string("the network has no ") + kind, "leave it out");
    if (s.find('=') == s.npos && known.size() == 1 && !s.empty()) return {known[0], s};
    std::string const example = std::string("write ") + flag + " " + known[0] + "=" + value +
                                (known.size() > 1 ? "; there are " + listed(known) : "");
    if (s.find('=') == s.npos) refuse_option(option, "it is not NAME=VALUE", example);
    refuse_option(option, std::string("there is no ") + kind + " '" + s.substr(0, s.rfind('=')) + "'", example);
  }
};

// Raises where `name` was given before by the same flag.
inline void note_once(names& seen, std::string const& name, char const* flag) {
  if (contains(seen, name)) refuse_option(flag, "it is given twice for " + name, "give it once for each name");
  seen.push_back(name);
}

}  // namespace tools
