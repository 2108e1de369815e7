#pragma once
#include <hone/store/detail/sqlite.hpp>

#include <charconv>
#include <cstring>
#include <vector>

// Between values of SQL and numbers of networks.
namespace hone::inline HONE_ABI::store::detail {

[[noreturn]] inline void refuse_input(message const& why, message const& fix) {
  raise("cannot read the input of the network", why, "second argument", fix);
}

inline void from_blob(sqlite3_value* v, std::vector<float>& numbers) {
  auto const* const blob = static_cast<unsigned char const*>(sqlite3_value_blob(v));
  auto const size = static_cast<std::size_t>(sqlite3_value_bytes(v));
  std::size_t const n = numbers.size();
  if (size == n)
    for (std::size_t i = 0; i < n; ++i) numbers[i] = static_cast<float>(blob[i]);
  else if (size == n * sizeof(float))
    std::memcpy(numbers.data(), blob, size);
  else
    refuse_input(
        message("the blob has ") << size << " bytes, the network takes " << n << " numbers",
        message("pass ") << n << " bytes (0 to 255 each) or " << n * sizeof(float) << " bytes (32-bit floats)");
}

// "1, 2.5, 3", also in the brackets of a JSON array.
inline void from_text(sqlite3_value* v, std::vector<float>& numbers) {
  auto const* p = reinterpret_cast<char const*>(sqlite3_value_text(v));
  auto const* const end = p + sqlite3_value_bytes(v);
  auto const skip = [&](std::string_view what) {
    while (p != end && what.find(*p) != what.npos) ++p;
  };
  std::size_t n = 0;
  skip(" \t\r\n[");
  while (p != end) {
    float number{};
    auto const [after, wrong] = std::from_chars(p, end, number);
    if (wrong != std::errc{})
      refuse_input(message("number ") << n + 1 << " of the text is none", "pass numbers with commas between");
    if (n < numbers.size()) numbers[n] = number;
    ++n, p = after;
    skip(" \t\r\n]");
    if (p == end) break;
    if (*p != ',') refuse_input(message("a comma is missing after number ") << n, "put it there");
    ++p;
    skip(" \t\r\n");
    if (p == end) refuse_input("the text ends with a comma", "pass numbers with commas between");
  }
  if (n != numbers.size())
    refuse_input(message("the text has ") << n << " numbers, the network takes " << numbers.size(),
                 "pass rows x columns x channels of them, channels fastest");
}

// Fills `numbers`, whose size is that of the network's input.
inline void read_input(sqlite3_value* v, std::vector<float>& numbers) {
  switch (sqlite3_value_type(v)) {
    case SQLITE_BLOB: from_blob(v, numbers); break;
    case SQLITE_TEXT: from_text(v, numbers); break;
    default: refuse_input("it is a number", "pass a blob, or a text of numbers with commas between");
  }
  for (std::size_t i = 0; i < numbers.size(); ++i)
    if (!(numbers[i] - numbers[i] == 0))
      refuse_input(message("number ") << i + 1 << " is infinite or not a number", "replace it");
}

}  // namespace hone::inline HONE_ABI::store::detail
