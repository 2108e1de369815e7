#pragma once
#include <hone/core/error.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace hone::inline HONE_ABI::io::detail {

using bytes_view = std::span<std::byte const>;

inline constexpr std::size_t no_index = static_cast<std::size_t>(-1);

// A text of a file as errors print it: in quotes, at most 40 characters, none of them a control character.
inline message quote(std::string_view text) {
  constexpr std::size_t longest = 40;
  char printed[longest + 1]{};
  for (std::size_t i = 0; i < text.size() && i < longest; ++i) {
    auto const c = static_cast<unsigned char>(text[i]);
    printed[i] = c < 0x20 || c == 0x7f ? '?' : text[i];
  }
  return message("\"") << printed << (text.size() > longest ? "...\"" : "\"");
}

// Where a reader or writer is inside a file: a message within a message, in a chain on the stack. It costs nothing
// until something is wrong. The outermost place is the file.
struct place {
  // What is in a name-giving field of a message; "" where there is none. Must not raise: something else did.
  using name_finder = std::string_view (*)(bytes_view);

  place const* outer{};         // none: the file
  char const* label{};          // the field; of the file what is being done ("cannot read the ONNX file")
  std::size_t index{no_index};  // among the fields of that label
  bytes_view bytes{};           // of the message, where there are any
  std::string_view name{};      // of the message; of the file its path
  name_finder find_name{};      // finds the name in bytes instead

  [[noreturn]] void refuse(message const& why, message const& fix) const {
    place const* file = this;
    int depth = 0;
    for (; file->outer != nullptr; file = file->outer) ++depth;
    constexpr std::size_t longest = 100;
    bool const long_path = file->name.size() > longest;
    message where(long_path ? "..." : "");
    for (char c : long_path ? file->name.substr(file->name.size() - longest) : file->name) {
      char const text[]{c, 0};
      where << text;
    }
    constexpr int shown = 6;
    print(where << (depth > shown ? ": ... " : depth > 0 ? ": " : ""), depth < shown ? depth : shown);
    raise(file->label, why, where, fix);
  }

 private:
  void print(message& where, int levels) const {
    if (levels == 0) return;
    outer->print(where, levels - 1);
    where << (levels > 1 ? "." : "") << label;
    if (index != no_index) where << "[" << index << "]";
    std::string_view const said = find_name != nullptr ? find_name(bytes) : name;
    if (!said.empty()) where << " " << quote(said).c_str();
  }
};

}  // namespace hone::inline HONE_ABI::io::detail
