#pragma once
#include <hone/core/graph.hpp>

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace hone::inline HONE_ABI::io::importing {

// Names of layers, each given once: a node's own as a path, "/stage1/conv.2/Conv" being stage1.conv.2.Conv, or where it
// has none its operator's with a number.
class layer_names {
 public:
  // So that "<name>.constant_127" fits a tensor's name.
  static constexpr std::size_t longest = 50;

  label give(std::string_view own, std::string_view otherwise) {
    std::string name = path_of(own);
    if (name.empty()) name = unnamed(path_of(otherwise));
    if (name.size() > longest) name.erase(0, name.size() - longest);  // the end tells most
    if (name.front() == '.') name.erase(0, 1);
    if (!taken_.insert(name).second) name = another(name);
    label l;
    return l.append(name.c_str());
  }

 private:
  static bool plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
  // The name in letters, digits, _ and single dots between them.
  static std::string path_of(std::string_view name) {
    std::string path;
    for (char c : name) {
      bool const dot = c == '/' || c == '.';
      if (dot && (path.empty() || path.back() == '.')) continue;
      path += dot ? '.' : plain(c) ? c : '_';
    }
    if (!path.empty() && path.back() == '.') path.pop_back();
    return path;
  }
  std::string unnamed(std::string const& kind) {
    std::string name;
    do name = kind + "_" + std::to_string(count_++);
    while (taken_.count(name) != 0);
    return name;
  }
  // The name with the first number that is free.
  std::string another(std::string const& name) {
    std::size_t& n = repeats_[name];
    for (;;) {
      std::string const suffix = "_" + std::to_string(++n + 1);
      std::string candidate = name.substr(0, longest - suffix.size()) + suffix;
      if (taken_.insert(candidate).second) return candidate;
    }
  }

  std::set<std::string> taken_;
  std::map<std::string, std::size_t> repeats_;
  int count_{};
};

}  // namespace hone::inline HONE_ABI::io::importing
