#include "report.hpp"

#include <hone/core/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>

namespace digits {
namespace {

constexpr char const* style = R"(
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5d6b7a;--line:#d9dfe6;--page:#fbfcfd;--card:#fff;
--c0:#2f6fde;--c1:#c8571b;--c2:#1f8a5b;--c3:#8b4fc4;--c4:#b3386c;--c5:#6f7b16}
@media(prefers-color-scheme:dark){:root{--ink:#e6ebf1;--soft:#9aa8b7;--line:#323c48;--page:#12171d;--card:#1a2129;
--c0:#7aa8ff;--c1:#f29a63;--c2:#5fcf9b;--c3:#c79bf2;--c4:#f08bb4;--c5:#c6d15a}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:1.25rem}h1{font-size:1.6rem;margin:.5rem 0 0}h2{font-size:1.15rem;margin:2rem 0 .25rem}
p{margin:.25rem 0 .75rem;color:var(--soft);max-width:44rem}section{margin-bottom:1rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.75rem;overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.86rem;font-variant-numeric:tabular-nums}
th{font-weight:600;color:var(--soft);text-align:right;padding:.25rem .6rem;border-bottom:1px solid var(--line);white-space:nowrap}
td{text-align:right;padding:.25rem .6rem;border-bottom:1px solid var(--line);white-space:nowrap}
th:first-child,td:first-child,.l{text-align:left!important}tr:last-child td{border-bottom:0}
svg{display:block;width:100%;height:auto}.card>svg{min-width:34rem}svg text{fill:var(--soft);font:12px system-ui,sans-serif}svg .v{fill:var(--ink)}
.axis{stroke:var(--line)}.key{display:flex;flex-wrap:wrap;gap:.25rem 1rem;font-size:.82rem;color:var(--soft);margin-top:.5rem}
.key i{display:inline-block;width:.8rem;height:.8rem;border-radius:.2rem;margin-right:.35rem;vertical-align:-.08rem}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(4.2rem,1fr));gap:.6rem}.grid div{text-align:center;font-size:.8rem}
.wrong{color:var(--c1);font-weight:600}
.facts td{text-align:left;white-space:normal}.facts td:first-child{white-space:nowrap;color:var(--soft);vertical-align:top}
)";

std::string escape(std::string const& s) {
  std::string out;
  for (char c : s) switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  return out;
}
std::string color(std::size_t i) { return fmt::format("var(--c{})", i % 6); }
// Three significant digits, without an exponent.
std::string figure(double v) {
  if (v == 0) return "0";
  int const digits = std::clamp(2 - static_cast<int>(std::floor(std::log10(std::abs(v)))), 0, 6);
  return fmt::format("{:.{}f}", v, digits);
}

class table {
 public:
  explicit table(std::vector<std::string> const& heads) { row("th", heads); }
  void add(std::vector<std::string> const& cells) { row("td", cells); }
  std::string done() const { return "<div class=card><table>" + rows_ + "</table></div>"; }

 private:
  void row(char const* tag, std::vector<std::string> const& cells) {
    rows_ += "<tr>";
    for (std::string const& c : cells) rows_ += fmt::format("<{0}>{1}</{0}>", tag, escape(c));
    rows_ += "</tr>";
  }
  std::string rows_;
};

std::string fact_table(std::vector<fact> const& facts) {
  std::string rows;
  for (fact const& f : facts) rows += fmt::format("<tr><td>{}</td><td>{}</td></tr>", escape(f.name), escape(f.value));
  return "<div class=card><table class=facts>" + rows + "</table></div>";
}

std::string section(std::string const& title, std::string const& text, std::string const& body) {
  return fmt::format("<section><h2>{}</h2><p>{}</p>{}</section>", escape(title), escape(text), body);
}
std::string key(std::vector<std::string> const& names) {
  std::string s = "<div class=key>";
  for (std::size_t i = 0; i < names.size(); ++i)
    s += fmt::format("<span><i style=\"background:{}\"></i>{}</span>", color(i), escape(names[i]));
  return s + "</div>";
}
std::string card(std::string const& picture, std::string const& below = {}) {
  return "<div class=card>" + picture + below + "</div>";
}
std::string svg(int w, int h, std::string const& inside, std::string const& label) {
  return fmt::format("<svg viewBox=\"0 0 {} {}\" role=img aria-label=\"{}\">{}</svg>", w, h, escape(label), inside);
}
std::string text(double x, double y, std::string const& s, char const* anchor = "start", char const* kind = "") {
  return fmt::format(
      "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor={} class=\"{}\">{}</text>", x, y, anchor, kind, escape(s));
}
std::string rule(double x1, double y1, double x2, double y2) {
  return fmt::format("<line class=axis x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>", x1, y1, x2, y2);
}
std::string dot(double x, double y, double r, std::string const& fill, std::string const& tip) {
  return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"{}\"><title>{}</title></circle>", x, y, r,
                     fill, escape(tip));
}

// Horizontal bars on a logarithmic axis: latencies from nanoseconds to milliseconds side by side.
std::string latency_bars(std::vector<prediction_row> const& rows) {
  double least = 1e300, most = 0;
  for (auto const& r : rows) least = std::min(least, r.latency_us), most = std::max(most, r.latency_us);
  double const low = std::floor(std::log10(least)), high = std::ceil(std::log10(most) + 0.02);
  double const left = 150, width = 470;
  int const h = static_cast<int>(rows.size()) * 26 + 40;
  auto x = [&](double us) { return left + width * (std::log10(us) - low) / (high - low); };
  std::string s;
  for (double e = low; e <= high; ++e) {
    double const us = std::pow(10, e);
    s += rule(x(us), 6, x(us), h - 28) +
         text(x(us), h - 12, us < 1 ? fmt::format("{:g} ns", us * 1000) : fmt::format("{:g} us", us), "middle");
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
  return svg(700, h, s, "Predicted latency by machine");
}

// Loss and accuracy over epochs, each in a panel of its own.
std::string training_curves(std::vector<epoch_row> const& epochs) {
  if (epochs.size() < 2)
    return svg(700, 30, text(10, 20, "The base model was taken from the repository; it was not trained again."),
               "No training");
  double loss = 0, low = 100;
  for (auto const& e : epochs) loss = std::max(loss, e.loss), low = std::min(low, e.accuracy);
  low = std::floor(low / 10) * 10;
  std::string s, a, b;
  double const n = static_cast<double>(epochs.size() - 1);
  for (std::size_t i = 0; i < epochs.size(); ++i) {
    double const x = static_cast<double>(i) / n;
    a += fmt::format("{:.1f},{:.1f} ", 45 + 280 * x, 150 - 130 * epochs[i].loss / loss);
    b += fmt::format("{:.1f},{:.1f} ", 395 + 280 * x, 150 - 130 * (epochs[i].accuracy - low) / (100 - low));
  }
  auto panel = [&](double left, std::string const& points, std::string const& fill, std::string const& top,
                   std::string const& bottom, std::string const& title) {
    s += rule(left, 20, left + 280, 20) + rule(left, 150, left + 280, 150);
    s += text(left - 6, 24, top, "end") + text(left - 6, 154, bottom, "end") + text(left, 12, title, "start", "v");
    s += text(left, 168, "epoch 1") + text(left + 280, 168, fmt::format("{}", epochs.size()), "end");
    s += fmt::format("<polyline points=\"{}\" fill=none stroke=\"{}\" stroke-width=2 />", points, fill);
  };
  panel(45, a, color(0), figure(loss), "0", "training loss");
  panel(395, b, color(2), "100", fmt::format("{:g}", low), "accuracy, %");
  return svg(700, 175, s, "Loss and accuracy over the epochs");
}

// Accuracy before (hollow) and after (filled) fine-tuning, one row an environment.
std::string accuracy_dots(std::vector<environment_row> const& rows) {
  double low = 100;
  for (auto const& r : rows) low = std::min({low, r.before, r.after});
  low = std::max(0.0, std::floor(low - 0.5));
  int const h = static_cast<int>(rows.size()) * 26 + 40;
  auto x = [&](double a) { return 230 + 440 * (a - low) / (100 - low); };
  std::string s;
  for (int i = 0; i <= 4; ++i) {
    double const a = low + (100 - low) * i / 4;
    s += rule(x(a), 4, x(a), h - 28) + text(x(a), h - 12, fmt::format("{:.1f}%", a), "middle");
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    double const y = 17 + 26 * static_cast<double>(i);
    std::string const c = color(rows[i].precision == "int8" ? 2 : rows[i].precision == "bf16" ? 1 : 0);
    s += text(222, y + 4, rows[i].name, "end", "v") + rule(x(rows[i].before), y, x(rows[i].after), y);
    s += fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=5 fill=none stroke=\"{}\" stroke-width=2 />", x(rows[i].before), y, c);
    s += dot(x(rows[i].after), y, 5, c, fmt::format("{}: {:.2f}% after fine-tuning", rows[i].name, rows[i].after));
  }
  return svg(700, h, s, "Test accuracy by environment");
}

// Predicted against measured on logarithmic axes, with the band of 15% around equality.
std::string scatter(std::vector<measured_row> const& rows) {
  double least = 1e300, most = 0;
  for (auto const& r : rows)
    least = std::min({least, r.predicted_us, r.measured_us}), most = std::max({most, r.predicted_us, r.measured_us});
  double const low = std::log10(least) - 0.1, high = std::log10(most) + 0.1, size = 380;
  auto x = [&](double us) { return 60 + size * (std::log10(us) - low) / (high - low); };
  auto y = [&](double us) { return 20 + size - size * (std::log10(us) - low) / (high - low); };
  double const a = std::pow(10, low), b = std::pow(10, high);
  std::string s = fmt::format(
      "<polygon points=\"{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}\" fill=\"var(--line)\" opacity=.5 />",
      x(a), y(a * 1.15), x(b / 1.15), y(b), x(b), y(b / 1.15), x(a * 1.15), y(a));
  s += rule(x(a), y(a), x(b), y(b)) + rule(60, 20, 60, 20 + size) + rule(60, 20 + size, 60 + size, 20 + size);
  for (double us : {0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0})
    if (us > a && us < b)
      s += text(x(us), 20 + size + 16, fmt::format("{:g}", us), "middle") +
           text(52, y(us) + 4, fmt::format("{:g}", us), "end");
  s += text(60 + size / 2, 20 + size + 34, "measured, us", "middle") + text(60, 12, "predicted, us");
  double next = 30;
  for (auto const& r : rows) {
    std::string const c = color(r.precision == "int8" ? 2 : r.precision == "bf16" ? 1 : 0);
    s += dot(x(r.measured_us), y(r.predicted_us), 5, c,
             fmt::format("{} {}: predicted {:.2f} us, measured {:.2f} us", r.precision, r.variant, r.predicted_us,
                         r.measured_us));
    double const off = 100 * (r.predicted_us / r.measured_us - 1);
    s += dot(470, next - 4, 4, c, r.variant) +
         text(480, next, fmt::format("{} {}", r.precision, r.variant), "start", "v") +
         text(690, next, fmt::format("{:+.0f}%", off), "end");
    next += 18;
  }
  return svg(700, std::max(450, static_cast<int>(next)), s, "Predicted against measured latency");
}

// Calls from left to right (logarithmic: most happens early), operations from top to bottom, colour = variant.
std::string timeline(report const& r) {
  std::uint64_t last = 1;
  for (auto const& t : r.selection) last = std::max(last, t.to);
  double const width = 600, row = 18;
  auto x = [&](std::uint64_t call) {
    return 60 + width * std::log10(1.0 + double(call)) / std::log10(1.0 + double(last));
  };
  std::string s;
  for (auto const& t : r.selection)
    s += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\" stroke=\"var(--card)\" "
        "stroke-width=1.5><title>operations {} to {}: {}, calls {} to {}</title></rect>",
        x(t.from), 8 + row * t.first, std::max(0.8, x(t.to) - x(t.from)), row * (t.last - t.first),
        color(static_cast<std::size_t>(t.variant)), t.first, t.last - 1,
        escape(r.variants[static_cast<std::size_t>(t.variant)]), t.from, t.to);
  double const bottom = 8 + row * r.operations;
  for (int i = 0; i < r.operations; ++i) s += text(52, 8 + row * i + 13, fmt::format("op {}", i), "end");
  for (std::uint64_t c = 1; c <= last; c *= 10) s += text(x(c), bottom + 16, fmt::format("{}", c), "middle");
  s += text(60 + width / 2, bottom + 32, "call", "middle");
  return svg(700, static_cast<int>(bottom) + 38, s, "Variant chosen for each operation over time");
}

std::string gallery(std::vector<sample> const& samples) {
  std::string s = "<div class=grid>";
  for (sample const& d : samples) {
    std::string cells;
    for (int i = 0; i < 64; ++i)
      if (d.pixels[static_cast<std::size_t>(i)] > 0)
        cells += fmt::format("<rect x={} y={} width=1.02 height=1.02 opacity={:.2f} />", i % 8, i / 8,
                             double(d.pixels[static_cast<std::size_t>(i)]));
    bool const right = d.label == d.predicted;
    s += fmt::format(
        "<div><svg viewBox=\"0 0 8 8\" role=img aria-label=\"a handwritten {}\" "
        "fill=currentColor>{}</svg><span{}>{}</span></div>",
        d.label, cells, right ? "" : " class=wrong",
        right ? fmt::format("{}", d.predicted) : fmt::format("{}, is {}", d.predicted, d.label));
  }
  return card(s + "</div>");
}

std::string page(report const& r) {
  std::string s = fmt::format(
      "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport "
      "content=\"width=device-width,initial-scale=1\">"
      "<title>Hone: the life of a digits network</title><style>{}</style><main><h1>The life of a digits network</h1>"
      "<p>A small residual network on the UCI handwritten digits: described, predicted, trained, specialised, stored, "
      "deployed, run and adapted on this machine.</p>",
      style);
  s += section(
      "Machine", "What was found here, and the nearest profile of the catalogue. " + r.counters, fact_table(r.machine));
  table predicted({"profile", "latency us", "cold us", "calls/s", "traffic KB", "arena KB", "energy uJ"});
  for (auto const& p : r.predictions)
    predicted.add({p.profile, figure(p.latency_us), figure(p.cold_us), fmt::format("{:.0f}", p.per_second),
                   figure(p.traffic_kb), figure(p.arena_kb), figure(p.energy_uj)});
  s += section(
      "Predicted before training", "SHAL's latency of the f32 network on each machine, computed by the compiler.",
      card(latency_bars(r.predictions), key({"CPU", "GPU", "systolic array"})) + predicted.done());
  s += section("Training", "Cross-entropy and accuracy on the 1,437 training images; 360 are kept aside for testing.",
               card(training_curves(r.epochs)));
  table environments(
      {"environment", "choices", "before %", "after %", "latency us", "energy uJ", "memory KB", "artifact KB"});
  for (auto const& e : r.environments)
    environments.add({e.name, e.choices, fmt::format("{:.2f}", e.before), fmt::format("{:.2f}", e.after),
                      figure(e.latency_us), figure(e.energy_uj), figure(e.memory_kb), figure(e.artifact_kb)});
  s += section("Specialised for sampled environments",
               "Test accuracy before (hollow) and after (filled) fine-tuning under each environment's numerics.",
               card(accuracy_dots(r.environments), key({"f32", "bf16", "int8"})) + environments.done());
  s += section("Deployed", r.served, fact_table(r.deployment));
  s += section(
      "Predicted against measured", "Every precision and instruction set that this machine has; the band is 15%.",
      card(scatter(r.measured), key({"f32", "bf16", "int8"})));
  table subgraphs({"subgraph", "variant", "predicted us", "measured us", "share %"});
  for (auto const& g : r.subgraphs)
    subgraphs.add(
        {g.operations, g.variant, figure(g.predicted_us), figure(g.measured_us), fmt::format("{:.0f}", 100 * g.share)});
  table changes({"call", "what changed"});
  for (auto const& c : r.changes) changes.add({fmt::format("{}", c.call), c.what});
  s += section(
      "Run and adapted", "Which variant ran which operations, call by call: subgraphs split, merge and change hands.",
      card(timeline(r), key(r.variants)) + subgraphs.done() + "<p></p>" + changes.done());
  s += section("Some digits", "Images of the test set with the deployed network's answer.", gallery(r.samples));
  return s + "</main></html>\n";
}

}  // namespace

void write_report(report const& r, std::string const& path) {
  std::string const html = page(r), part = path + ".part";
  std::FILE* const f = std::fopen(part.c_str(), "wb");
  bool const written = f != nullptr && std::fwrite(html.data(), 1, html.size(), f) == html.size();
  bool const closed = f != nullptr && std::fclose(f) == 0;
  std::error_code failed;
  if (written && closed) std::filesystem::rename(part, path, failed);
  if (!written || !closed || failed) {
    std::error_code ignored;
    std::filesystem::remove(part, ignored);
    hone::raise("cannot write the report",
                failed ? failed.message().c_str() : "the file cannot be created, or the disk is full", path.c_str(),
                "give another place with --report");
  }
}

}  // namespace digits
