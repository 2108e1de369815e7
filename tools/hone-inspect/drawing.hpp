#pragma once
// A network as a picture: a box an operation, top to bottom, an arrow a result. Constants are left out. Inputs are
// green, outputs yellow and called by their names, what multiplies is blue.
#include "tools/hone-inspect/rows.hpp"

#include <algorithm>

namespace tools {

inline std::string escaped(std::string const& s, bool xml) {
  std::string out;
  for (char const c : s) {
    if (static_cast<unsigned char>(c) < 32 || static_cast<unsigned char>(c) > 126)
      out += '?';
    else if (xml && (c == '<' || c == '>' || c == '&'))
      out += c == '<' ? "&lt;" : c == '>' ? "&gt;" : "&amp;";
    else if (!xml && (c == '"' || c == '\\'))
      out += std::string("\\") + c;
    else
      out += c;
  }
  return out;
}

// In Graphviz' language.
inline std::string dot_of(inspection const& n) {
  std::string out = "digraph network {\n  node [shape=box, fontname=\"sans-serif\", fontsize=10];\n";
  for (std::size_t i = 0; i < n.rows.size(); ++i) {
    row const& r = n.rows[i];
    if (r.constant) continue;
    out += "  n" + std::to_string(i) + " [label=\"" + escaped(r.kind, false) + "\\n" + escaped(r.layer, false) + "\\n" +
           r.result + " " + r.numbers + (r.output.empty() ? "" : "\\nis " + escaped(r.output, false)) + "\"];\n";
    for (int const k : r.inputs)
      if (!n.rows[static_cast<std::size_t>(k)].constant)
        out += "  n" + std::to_string(k) + " -> n" + std::to_string(i) + ";\n";
  }
  return out + "}\n";
}

// As SVG. Operations lie in rows by their longest path from an input; an arrow that passes rows runs beside them.
class svg_drawing {
 public:
  explicit svg_drawing(inspection const& n) : n_(n) {
    std::vector<int> used;
    for (row const& r : n_.rows) {
      int level = 0;
      for (int const k : r.inputs)
        if (!constant(k)) level = std::max(level, level_[static_cast<std::size_t>(k)] + 1);
      level_.push_back(level), column_.push_back(0);
      if (r.constant) continue;
      if (static_cast<int>(used.size()) <= level) used.resize(static_cast<std::size_t>(level) + 1);
      column_.back() = used[static_cast<std::size_t>(level)]++;
      columns_ = std::max(columns_, used[static_cast<std::size_t>(level)]);
    }
    levels_ = static_cast<int>(used.size());
    right_.assign(used.size(), 0);
    for (std::size_t i = 0; i < n_.rows.size(); ++i) {
      auto const level = static_cast<std::size_t>(level_[i]);
      x_.push_back(used.empty() ? 0 : x_of(i, used[level]));
      if (!n_.rows[i].constant) right_[level] = std::max(right_[level], x_[i] + box_wide);
    }
    for (std::size_t i = 0; i < n_.rows.size(); ++i)
      if (!n_.rows[i].constant) draw(i);
  }
  std::string text() const {
    std::string const size =
        std::to_string(columns_ * wide + 2 * margin) + "\" height=\"" + std::to_string(levels_ * high + margin);
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + size +
           "\" font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n" +
           arrows_ + boxes_ + "</svg>\n";
  }

 private:
  static constexpr int wide = 230, high = 74, box_wide = 210, box_high = 50, margin = 40;

  double x_of(std::size_t i, int in_level) const { return margin + wide * (column_[i] + (columns_ - in_level) / 2.0); }
  bool constant(int k) const { return n_.rows[static_cast<std::size_t>(k)].constant; }
  void draw(std::size_t i) {
    row const& r = n_.rows[i];
    double const x = x_[i], y = high * level_[i] + 20.0;
    std::string const colour =
        !r.output.empty()  ? "#fdf3cf"
        : r.macs > 0       ? "#d9e8fb"
        : r.inputs.empty() ? "#e4f3e1"
                           : "#f4f4f4";
    boxes_ +=
        "<rect x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\" width=\"" + std::to_string(box_wide) +
        "\" height=\"" + std::to_string(box_high) + "\" rx=\"5\" fill=\"" + colour + "\" stroke=\"#7a8ca3\"/>\n";
    std::string const lines[]{r.kind, (r.output.empty() ? r.layer : "is " + r.output).substr(0, 34),
                              (r.result + "  " + r.numbers).substr(0, 38)};
    for (int k = 0; k < 3; ++k)
      boxes_ += "<text x=\"" + std::to_string(x + box_wide / 2) + "\" y=\"" + std::to_string(y + 14 + 15 * k) +
                "\" text-anchor=\"middle\"" + (k == 0 ? " font-weight=\"bold\"" : " fill=\"#444\"") + ">" +
                escaped(lines[k], true) + "</text>\n";
    for (int const k : r.inputs)
      if (!constant(k)) arrow(static_cast<std::size_t>(k), i);
  }
  void arrow(std::size_t from, std::size_t to) {
    double const x0 = x_[from] + box_wide / 2.0, y0 = high * level_[from] + 20.0 + box_high;
    double const x1 = x_[to] + box_wide / 2.0, y1 = high * level_[to] + 20.0;
    double const middle = (y0 + y1) / 2;
    std::string path = "M" + point(x0, y0);
    if (level_[to] - level_[from] == 1) {
      path += " C" + point(x0, middle) + " " + point(x1, middle) + " " + point(x1, y1);
    } else {  // right of all that lies between, in one of five lanes
      double side = 0;
      for (int level = level_[from] + 1; level < level_[to]; ++level)
        side = std::max(side, right_[static_cast<std::size_t>(level)]);
      side += 8 + 6.0 * static_cast<double>(from % 5);
      double const gap = high - box_high;
      path += " C" + point(x0, y0 + gap) + " " + point(side, y0) + " " + point(side, y0 + gap) + " L" +
              point(side, y1 - gap) + " C" + point(side, y1) + " " + point(x1, y1 - gap) + " " + point(x1, y1);
    }
    arrows_ += "<path d=\"" + path + "\" fill=\"none\" stroke=\"#7a8ca3\" stroke-width=\"1.3\"/>\n";
  }
  static std::string point(double x, double y) { return std::to_string(x) + " " + std::to_string(y); }

  inspection const& n_;
  std::vector<int> level_, column_;
  std::vector<double> x_, right_;  // of a box, and of the last one of a level
  int columns_{1}, levels_{};
  std::string boxes_, arrows_;
};

}  // namespace tools
