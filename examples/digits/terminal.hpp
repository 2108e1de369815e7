// Headings, tables and a progress bar for a terminal, or for a log.
#pragma once
#include <unistd.h>
#include <cstdio>
#include <string>
#include <vector>

namespace digits {

inline void heading(int step, char const* what) {
  std::printf(isatty(1) != 0 ? "\n\033[1m%d. %s\033[0m\n" : "\n%d. %s\n", step, what);
  std::fflush(stdout);
}

// Columns as wide as their widest cell; all but the first `left` are aligned to the right.
inline void print_table(std::vector<std::vector<std::string>> const& rows, std::size_t left = 1) {
  std::vector<std::size_t> width;
  for (auto const& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i == width.size()) width.push_back(0);
      if (row[i].size() > width[i]) width[i] = row[i].size();
    }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      bool const last = i + 1 == rows[r].size();
      std::printf(
          i < left ? "   %-*s" : "  %*s", last && i < left ? 0 : static_cast<int>(width[i]), rows[r][i].c_str());
    }
    std::printf("\n");
  }
}

// Redraws one line on a terminal; in a log, prints a line for every tenth.
class progress_bar {
 public:
  explicit progress_bar(char const* what) : what_(what), terminal_(isatty(1) != 0) {}
  void at(int done, int all, std::string const& note) {
    if (terminal_) {
      int const full = 30 * done / all;
      std::printf("\r   %s [%.*s%.*s] %d/%d  %s\033[K", what_, full, "##############################", 30 - full,
                  "..............................", done, all, note.c_str());
      if (done == all) std::printf("\n");
    } else if (done == all || 10 * done / all != 10 * (done - 1) / all) {
      std::printf("   %s %d/%d  %s\n", what_, done, all, note.c_str());
    }
    std::fflush(stdout);
  }

 private:
  char const* what_;
  bool terminal_;
};

}  // namespace digits
