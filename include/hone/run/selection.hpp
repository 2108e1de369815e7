#pragma once
#include <hone/run/grouping.hpp>

#include <charconv>
#include <string>
#include <string_view>

namespace hone::inline HONE_ABI {

// A selection as text, to be kept beside an artifact and set again: "0-5:1 5-9:0" runs operations 0 to 4 by variant 1,
// 5 to 8 by variant 0.
inline std::string to_text(selection const& s) {
  std::string text;
  for (group const& g : s.groups) {
    if (!text.empty()) text += ' ';
    text += std::to_string(g.first) + '-' + std::to_string(g.last) + ':' + std::to_string(g.chosen);
  }
  return text;
}

// The selection that to_text wrote; raises if the text is none. Whether it fits a plan, agent::set tells.
inline selection selection_from(std::string_view text) {
  selection s;
  char const *at = text.data(), *const end = at + text.size();
  bool good = !text.empty();
  auto const number = [&](std::int16_t& n, char after) {
    auto const r = std::from_chars(at, end, n);
    good = good && r.ec == std::errc{} && n >= 0 && (after == 0 || (r.ptr != end && *r.ptr == after));
    at = good && after != 0 ? r.ptr + 1 : r.ptr;
  };
  while (good) {
    group g{};
    number(g.first, '-'), number(g.last, ':'), number(g.chosen, 0);
    g.trying = g.chosen;
    s.groups.push_back(g);
    if (!good || at == end) break;
    good = *at++ == ' ';
  }
  if (!good)
    raise("cannot read a selection", message() << "this is none: " << std::string(text.substr(0, 100)).c_str(),
          "hone::selection_from", "it looks like 0-5:1 5-9:0: operations and their variant");
  return s;
}

}  // namespace hone::inline HONE_ABI
