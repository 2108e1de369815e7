#pragma once
#include <hone/config/config.hpp>

#include <algorithm>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

namespace hone::inline HONE_ABI::io::detail {

// Characters to insert, delete or replace to make b of a (Levenshtein, 1965).
inline std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t before = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      std::size_t const replaced = before + (a[i] == b[j] ? 0 : 1);
      before = row[j + 1];
      row[j + 1] = std::min({before + 1, row[j] + 1, replaced});
    }
  }
  return row.back();
}

// The name most like the wanted one among the first 1000 candidates; "" where each takes more than `most` edits.
inline std::string_view nearest_name(std::string_view wanted, std::vector<std::string_view> const& candidates,
                                     std::size_t most) {
  std::string_view nearest;
  std::size_t fewest = most + 1, seen = 0;
  for (std::string_view c : candidates) {
    if (++seen > 1000) break;
    if (c.size() > 2 * wanted.size() + 8) continue;
    if (std::size_t const n = edits(wanted, c); n < fewest) fewest = n, nearest = c;
  }
  return nearest;
}

}  // namespace hone::inline HONE_ABI::io::detail
