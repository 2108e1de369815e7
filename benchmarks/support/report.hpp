#pragma once
// What a benchmark hands out: records as JSON, and tables.
#include <fmt/format.h>
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "record.hpp"

namespace bench {

/// Writes an array of the records to `path`, all or nothing. Throws std::runtime_error where it cannot.
inline void write_json(std::vector<record> const& records, std::filesystem::path const& path) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (record const& r : records) {
    all.push_back({{"suite", r.suite},
                   {"case", r.name},
                   {"engine", r.engine},
                   {"isa", r.isa},
                   {"metric", r.metric},
                   {"value", r.value},
                   {"unit", r.unit}});
  }
  std::filesystem::path const part = path.string() + ".part";
  std::ofstream out{part};
  out << all.dump(1) << '\n';
  out.close();
  if (!out) throw std::runtime_error{"cannot write " + part.string() + ": is the folder there, writable and not full?"};
  std::filesystem::rename(part, path);
}

/// A table with the first `left` columns aligned to the left and the others to the right.
class table {
 public:
  table(std::vector<std::string> heads, std::size_t left) : rows_{std::move(heads)}, left_{left} {}

  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

  [[nodiscard]] std::string text() const {
    std::vector<std::size_t> widths(rows_.front().size(), 0);
    for (auto const& row : rows_) {
      for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    std::string out;
    for (auto const& row : rows_) {
      std::string line;
      for (std::size_t i = 0; i < row.size(); ++i) {
        line += i < left_ ? fmt::format("{:<{}}  ", row[i], widths[i]) : fmt::format("{:>{}}  ", row[i], widths[i]);
      }
      out += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
    }
    return out;
  }

 private:
  std::vector<std::vector<std::string>> rows_;
  std::size_t left_;
};

}  // namespace bench
