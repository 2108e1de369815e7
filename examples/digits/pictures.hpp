// The page's pictures, as SVG text. Each takes the width that it is drawn for: a desk's or a phone's.
#pragma once
#include "report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace digits {

inline std::string escape(std::string const& s) {
  std::string out;
  for (char c : s) {
    std::string const special = c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : c == '"' ? "&quot;" : "";
    special.empty() ? out += c : out += special;
  }
  return out;
}
// Three significant digits, without an exponent.
inline std::string figure(double v) {
  if (v == 0) return "0";
  int const digits = std::clamp(2 - static_cast<int>(std::floor(std::log10(std::abs(v)))), 0, 6);
  return fmt::format("{:.{}f}", v, digits);
}

namespace picture {

constexpr double wide = 700, narrow = 340;

inline std::string color(std::size_t i) { return fmt::format("var(--c{})", i % 6); }
inline std::string color_of(std::string const& precision) {
  return color(precision == "int8" ? 2 : precision == "bf16" ? 1 : 0);
}
inline std::string svg(double w, double h, std::string const& inside, std::string const& label) {
  return fmt::format(
      "<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=img aria-label=\"{}\">{}</svg>", w, h, escape(label), inside);
}
inline std::string text(double x, double y, std::string const& s, char const* anchor = "start", char const* kind = "") {
  return fmt::format(
      "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor={} class=\"{}\">{}</text>", x, y, anchor, kind, escape(s));
}
inline std::string rule(double x1, double y1, double x2, double y2) {
  return fmt::format("<line class=axis x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>", x1, y1, x2, y2);
}
inline std::string dot(double x, double y, double r, std::string const& fill, std::string const& tip) {
  return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"{}\"><title>{}</title></circle>", x, y, r,
                     fill, escape(tip));
}
inline std::string microseconds(double us) {
  if (us < 1) return fmt::format("{:g} ns", us * 1000);
  return us < 1000 ? fmt::format("{:g} us", us) : fmt::format("{:g} ms", us / 1000);
}
// 12, 4.03k, 518k, 1.04M
inline std::string short_count(std::uint64_t n) {
  if (n >= 1'000'000) return fmt::format("{:.3g}M", double(n) / 1e6);
  return n >= 1000 ? fmt::format("{:.3g}k", double(n) / 1e3) : fmt::format("{}", n);
}

// Horizontal bars on a logarithmic axis: latencies from nanoseconds to milliseconds side by side.
inline std::string latency_bars(std::vector<prediction_row> const& rows, double w) {
  double least = 1e300, most = 0;
  for (auto const& r : rows) least = std::min(least, r.latency_us), most = std::max(most, r.latency_us);
  double const low = std::floor(std::log10(least)), high = std::ceil(std::log10(most) + 0.02);
  double const left = 118, width = w - left - 76, h = static_cast<double>(rows.size()) * 26 + 40;
  auto x = [&](double us) { return left + width * (std::log10(us) - low) / (high - low); };
  std::string s;
  double labelled = -1e9;
  for (double e = low; e <= high; ++e) {
    double const us = std::pow(10, e);
    s += rule(x(us), 6, x(us), h - 28);
    if (x(us) - labelled < 48) continue;
    s += text(x(us), h - 12, microseconds(us), "middle"), labelled = x(us);
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    double const y = 10 + 26 * static_cast<double>(i);
    s += text(left - 8, y + 13, rows[i].profile, "end", "v");
    s += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=16 rx=3 fill=\"{}\"/>", left, y,
                     std::max(2.0, x(rows[i].latency_us) - left),
                     color(rows[i].kind == "cpu"   ? 0
                           : rows[i].kind == "gpu" ? 1
                                                   : 2));
    s += text(x(rows[i].latency_us) + 6, y + 13, figure(rows[i].latency_us) + " us");
  }
  return svg(w, h, s, "Predicted latency by machine");
}

// Loss (logarithmic) and accuracy over epochs, each in a panel of its own; on a phone one below the other.
inline std::string training_curves(std::vector<epoch_row> const& epochs, double w) {
  if (epochs.size() < 2) return svg(w, 30, text(10, 20, "A single epoch: no curve."), "No curve");
  double high = 0, low = 1e300, least = 100;
  for (auto const& e : epochs)
    high = std::max(high, e.loss), low = std::min(low, e.loss), least = std::min(least, e.accuracy);
  low = std::max(low, 1e-9), high = std::max(high, 2 * low), least = std::floor(least / 10.01) * 10;
  double const width = w > narrow ? w / 2 - 76 : w - 70, below = w > narrow ? 0 : 180;
  auto panel = [&](double left, double top, auto share, int fill, std::string const& most, std::string const& bottom,
                   std::string const& title) {
    std::string points;
    for (std::size_t i = 0; i < epochs.size(); ++i)
      points += fmt::format("{:.1f},{:.1f} ", left + width * double(i) / double(epochs.size() - 1),
                            top + 150 - 130 * std::max(0.0, share(epochs[i])));
    return rule(left, top + 20, left + width, top + 20) + rule(left, top + 150, left + width, top + 150) +
           text(left - 6, top + 24, most, "end") + text(left - 6, top + 154, bottom, "end") +
           text(left, top + 12, title, "start", "v") + text(left, top + 168, "epoch 1") +
           text(left + width, top + 168, fmt::format("{}", epochs.size()), "end") +
           fmt::format("<polyline points=\"{}\" fill=none stroke=\"{}\" stroke-width=2 />", points,
                       color(static_cast<std::size_t>(fill)));
  };
  std::string const s =
      panel(
          56, 0, [&](epoch_row const& e) { return std::log(e.loss / low) / std::log(high / low); }, 0, figure(high),
          figure(low), "training loss, logarithmic") +
      panel(
          below > 0 ? 56 : w / 2 + 56, below, [&](epoch_row const& e) { return (e.accuracy - least) / (100 - least); },
          2, "100", fmt::format("{:g}", least), "accuracy, %");
  return svg(w, 175 + below, s, "Loss and accuracy over the epochs");
}

// Accuracy before (hollow) and after (filled) fine-tuning, one row an environment.
inline std::string accuracy_dots(std::vector<environment_row> const& rows, double w) {
  double low = 100;
  for (auto const& r : rows) low = std::min({low, r.before, r.after});
  low = std::max(0.0, std::floor(low - 0.5));
  bool const phone = w <= narrow;
  double const row = phone ? 40 : 26, h = static_cast<double>(rows.size()) * row + 40, left = phone ? 16 : 240;
  auto x = [&](double a) { return left + (w - left - 30) * (a - low) / (100 - low); };
  std::string s;
  for (int i = 0; i <= 4; i += phone ? 2 : 1) {
    double const a = low + (100 - low) * i / 4;
    s += rule(x(a), 4, x(a), h - 28) + text(x(a), h - 12, fmt::format("{:.1f}%", a), i == 0 ? "start" : "middle");
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    environment_row const& r = rows[i];
    double const y = (phone ? 30 : 17) + row * static_cast<double>(i);
    std::string const c = color_of(r.precision), name = r.name + ", " + r.precision;
    s += phone ? text(left, y - 12, name, "start", "v") : text(left - 10, y + 4, name, "end", "v");
    s += rule(x(r.before), y, x(r.after), y);
    s += fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=5 fill=none stroke=\"{}\" stroke-width=2 />", x(r.before), y, c);
    s += dot(x(r.after), y, 5, c, fmt::format("{}: {:.2f}% after fine-tuning", name, r.after));
  }
  return svg(w, h, s, "Test accuracy by environment");
}

// Predicted against measured on logarithmic axes, with the band of 15% around equality, and how far off each is.
inline std::string scatter(std::vector<measured_row> const& rows, double w) {
  double least = 1e300, most = 0;
  for (auto const& r : rows)
    least = std::min({least, r.predicted_us, r.measured_us}), most = std::max({most, r.predicted_us, r.measured_us});
  bool const phone = w <= narrow;
  double const low = std::log10(least) - 0.1, high = std::log10(most) + 0.1, size = phone ? w - 60 : 380, left = 44;
  auto x = [&](double us) { return left + size * (std::log10(us) - low) / (high - low); };
  auto y = [&](double us) { return 20 + size - size * (std::log10(us) - low) / (high - low); };
  double const a = std::pow(10, low), b = std::pow(10, high);
  std::string s = fmt::format(
      "<polygon points=\"{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}\" "
      "fill=\"var(--line)\" opacity=.6 />",
      x(a), y(a), x(a), y(a * 1.15), x(b / 1.15), y(b), x(b), y(b), x(b), y(b / 1.15), x(a * 1.15), y(a));
  s += rule(x(a), y(a), x(b), y(b)) + rule(left, 20, left, 20 + size) + rule(left, 20 + size, left + size, 20 + size);
  for (double us : {0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0})
    if (us > a && us < b)
      s += text(x(us), 20 + size + 16, fmt::format("{:g}", us), "middle") +
           text(left - 8, y(us) + 4, fmt::format("{:g}", us), "end");
  s += text(left + size / 2, 20 + size + 34, "measured, us", "middle") + text(0, 12, "predicted, us");
  double const list = phone ? 8 : left + size + 46;
  double next = phone ? 20 + size + 64 : 30;
  for (auto const& r : rows) {
    std::string const c = color_of(r.precision);
    s += dot(x(r.measured_us), y(r.predicted_us), 5, c,
             fmt::format("{} {}: predicted {:.2f} us, measured {:.2f} us", r.precision, r.variant, r.predicted_us,
                         r.measured_us));
    s += dot(list, next - 4, 4, c, r.variant) +
         text(list + 10, next, fmt::format("{} {}", r.precision, r.variant), "start", "v") +
         text(w - 10, next, fmt::format("{:+.0f}%", 100 * (r.predicted_us / r.measured_us - 1)), "end");
    next += 18;
  }
  return svg(w, std::max(next, 20 + size + 44), s, "Predicted against measured latency");
}

// From change to change, left to right: a change comes after hundreds of calls or after hundreds of thousands, so a
// stretch is as wide as the logarithm of its calls. Operations from top to bottom, colour = variant.
class call_axis {
 public:
  call_axis(std::vector<stretch> const& all, double left, double width) {
    for (stretch const& t : all) calls_.push_back(t.from), calls_.push_back(t.to);
    std::sort(calls_.begin(), calls_.end());
    calls_.erase(std::unique(calls_.begin(), calls_.end()), calls_.end());
    double sum = 0;
    for (std::size_t i = 0; i < calls_.size(); ++i)
      x_.push_back(sum += i > 0 ? std::log10(1.0 + double(calls_[i] - calls_[i - 1])) : 0);
    for (double& x : x_) x = left + width * x / std::max(sum, 1e-9);
  }
  // Of a call at which something changed.
  double operator()(std::uint64_t call) const {
    return x_[static_cast<std::size_t>(std::lower_bound(calls_.begin(), calls_.end(), call) - calls_.begin())];
  }
  std::string labels(double y) const {
    std::string s;
    double free = -1e9;
    for (std::size_t i = 0; i < calls_.size(); ++i)
      if (x_[i] >= free) {
        bool const last = i + 1 == calls_.size();
        s += text(last ? x_[i] + 14 : x_[i], y, short_count(calls_[i]), last ? "end" : "middle"), free = x_[i] + 36;
      }
    return s;
  }

 private:
  std::vector<std::uint64_t> calls_;
  std::vector<double> x_;
};

inline std::string timeline(report const& r, double w) {
  double const left = 150, width = w - left - 16, row = 18;
  call_axis const x(r.selection, left, width);
  std::string s;
  for (auto const& t : r.selection)
    s += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\" stroke=\"var(--card)\" "
        "stroke-width=1.5><title>operations {} to {}: {}, calls {} to {}</title></rect>",
        x(t.from), 8 + row * t.first, std::max(0.8, x(t.to) - x(t.from)), row * (t.last - t.first),
        color(static_cast<std::size_t>(t.variant)), t.first, t.last - 1,
        escape(r.variants[static_cast<std::size_t>(t.variant)]), t.from, t.to);
  double const bottom = 8 + row * static_cast<double>(r.operations.size());
  for (std::size_t i = 0; i < r.operations.size(); ++i)
    s += text(left - 6, 8 + row * static_cast<double>(i) + 13, fmt::format("{} {}", r.operations[i], i), "end");
  s += x.labels(bottom + 16) + text(left + width / 2, bottom + 32, "call", "middle");
  return svg(w, bottom + 38, s, "Variant chosen for each operation over time");
}

// The image's pixels as squares.
inline std::string digit(sample const& d) {
  std::string cells;
  for (int i = 0; i < 64; ++i)
    if (d.pixels[static_cast<std::size_t>(i)] > 0)
      cells += fmt::format("<rect x={} y={} width=1.02 height=1.02 opacity={:.2f} />", i % 8, i / 8,
                           double(d.pixels[static_cast<std::size_t>(i)]));
  return fmt::format(
      "<svg viewBox=\"0 0 8 8\" role=img aria-label=\"a handwritten {}\" fill=currentColor>{}</svg>", d.label, cells);
}

}  // namespace picture
}  // namespace digits
