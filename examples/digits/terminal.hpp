// Headings, tables and a progress bar for a terminal, however narrow, or for a log.
#pragma once
#include <sys/ioctl.h>
#include <unistd.h>
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace digits {

inline bool on_terminal() { return isatty(STDOUT_FILENO) != 0; }
// Columns of the terminal; a log has as many as it takes.
inline std::size_t columns() {
  winsize size{};
  bool const known = on_terminal() && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : std::size_t{100'000};
}

inline void heading(int step, char const* what) {
  std::printf(on_terminal() ? "\n\033[1m%d. %s\033[0m\n" : "\n%d. %s\n", step, what);
  std::fflush(stdout);
}

// Words of text, lines after the first one indented.
inline void print_wrapped(std::string const& text, std::size_t indent) {
  std::size_t const room = std::max<std::size_t>(columns(), indent + 20) - indent;
  std::size_t at = 0;
  while (text.size() - at > room) {
    std::size_t end = text.rfind(' ', at + room);
    if (end == text.npos || end <= at) end = at + room;
    std::printf("%.*s\n%*s", static_cast<int>(end - at), text.c_str() + at, static_cast<int>(indent), "");
    at = text[end] == ' ' ? end + 1 : end;
  }
  std::printf("%s\n", text.c_str() + at);
}

// Columns as wide as their widest cell; all but the first `left` are aligned to the right. Columns that the terminal has no
// room for go on, in every row alike, in lines below. In a table of texts the last column is wrapped at words.
inline void print_table(std::vector<std::vector<std::string>> const& rows, std::size_t left = 1) {
  std::vector<std::size_t> width;
  for (auto const& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i == width.size()) width.push_back(0);
      if (row[i].size() > width[i]) width[i] = row[i].size();
    }
  std::size_t const most = columns();
  for (auto const& row : rows) {
    std::size_t used = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      bool const text = i < left, last = i + 1 == row.size();
      std::size_t const gap = text ? 3 : 2;
      if (last && text) {
        std::printf("%*s", static_cast<int>(gap), "");
        print_wrapped(row[i], used + gap);
        break;
      }
      if (i > 0 && used + gap + width[i] > most) used = static_cast<std::size_t>(std::printf("\n      ")) - 1;
      std::printf(text ? "   %-*s" : "  %*s", static_cast<int>(width[i]), row[i].c_str());
      used += gap + width[i];
      if (last) std::printf("\n");
    }
  }
}

// Redraws one line on a terminal; in a log, prints a line for every tenth.
class progress_bar {
 public:
  explicit progress_bar(char const* what) : what_(what) {}
  void at(int done, int all, std::string const& note) const {
    std::string const count = std::to_string(done) + "/" + std::to_string(all) + "  " + note;
    if (on_terminal())
      redraw(done, all, count);
    else if (done == all || 10 * done / all != 10 * (done - 1) / all)
      std::printf("   %s %s\n", what_, count.c_str());
    std::fflush(stdout);
  }

 private:
  // Never to the last column: a terminal would begin a new line.
  void redraw(int done, int all, std::string const& count) const {
    std::string line = std::string("   ") + what_ + ' ';
    std::size_t const most = columns() - 1, taken = line.size() + count.size() + 3;
    if (most > taken + 5) {
      std::size_t const size = std::min<std::size_t>(30, most - taken);
      std::size_t const full = size * static_cast<std::size_t>(done) / static_cast<std::size_t>(all);
      line += '[' + std::string(full, '#') + std::string(size - full, '.') + "] ";
    }
    line = (line + count).substr(0, most);
    std::printf("\r%s\033[K%s", line.c_str(), done == all ? "\n" : "");
  }
  char const* what_;
};

}  // namespace digits
