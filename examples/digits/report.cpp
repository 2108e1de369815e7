#include "report.hpp"

#include "pictures.hpp"

#include <hone/core/error.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace digits {
namespace {

constexpr char const* style = R"(
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5d6b7a;--line:#d9dfe6;--page:#fbfcfd;--card:#fff;
--c0:#2f6fde;--c1:#c8571b;--c2:#1f8a5b;--c3:#8b4fc4;--c4:#b3386c;--c5:#6f7b16}
@media(prefers-color-scheme:dark){:root{--ink:#e6ebf1;--soft:#9aa8b7;--line:#323c48;--page:#12171d;--card:#1a2129;
--c0:#7aa8ff;--c1:#f29a63;--c2:#5fcf9b;--c3:#c79bf2;--c4:#f08bb4;--c5:#c6d15a}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:66rem;margin:0 auto;padding:1.25rem}h1{font-size:1.6rem;margin:.5rem 0 0}h2{font-size:1.15rem;margin:2rem 0 .25rem}
p{margin:.25rem 0 .75rem;color:var(--soft);max-width:44rem}section{margin-bottom:1rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.75rem;margin-bottom:.75rem}
table{border-collapse:collapse;width:100%;font-size:.86rem;font-variant-numeric:tabular-nums}
th,td{text-align:right;padding:.25rem .5rem;border-bottom:1px solid var(--line);white-space:nowrap}
th{font-weight:600;color:var(--soft)}.l{text-align:left}td.l{white-space:normal}tr:last-child td{border-bottom:0}
svg{display:block;width:100%;height:auto}svg text{fill:var(--soft);font:12px system-ui,sans-serif}svg .v{fill:var(--ink)}
.wide{max-width:56rem;margin:0 auto}.narrow{display:none}
.axis{stroke:var(--line)}.key{display:flex;flex-wrap:wrap;gap:.25rem 1rem;font-size:.82rem;color:var(--soft);margin-top:.5rem}
.key i{display:inline-block;width:.8rem;height:.8rem;border-radius:.2rem;margin-right:.35rem;vertical-align:-.08rem}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(4.2rem,1fr));gap:.6rem}.grid div{text-align:center;font-size:.8rem}
.wrong{color:var(--c1);font-weight:600}
.facts td{text-align:left;white-space:normal;vertical-align:top}.facts td:first-child{white-space:nowrap;color:var(--soft)}
pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;font:.82rem/1.5 ui-monospace,monospace}
@media(max-width:44rem){.wide{display:none}.narrow{display:block}.facts td:first-child{white-space:normal}
.t,.t tbody{display:block}.t tr:first-child{display:none}.t tr{display:grid;grid-template-columns:1fr 1fr;gap:0 1.25rem;
padding:.4rem 0;border-bottom:1px solid var(--line)}.t tr:last-child{border-bottom:0}
.t td{display:flex;justify-content:space-between;gap:.6rem;border:0;padding:0}.t td::before{content:attr(data-h);color:var(--soft)}
.t td.l{grid-column:1/-1}.t td:first-child{font-weight:600}.t td:first-child::before{content:none}}
)";

// Columns with heads; the first `left` hold texts. On a phone every row is a block of named figures.
class table {
 public:
  table(std::vector<std::string> heads, std::size_t left) : heads_(std::move(heads)), left_(left) {
    for (std::size_t i = 0; i < heads_.size(); ++i)
      rows_ += fmt::format("<th{}>{}</th>", i < left_ ? " class=l" : "", escape(heads_[i]));
    rows_ = "<tr>" + rows_ + "</tr>";
  }
  void add(std::vector<std::string> const& cells) {
    rows_ += "<tr>";
    for (std::size_t i = 0; i < cells.size(); ++i)
      rows_ +=
          fmt::format("<td{} data-h=\"{}\">{}</td>", i < left_ ? " class=l" : "", escape(heads_[i]), escape(cells[i]));
    rows_ += "</tr>";
  }
  std::string done() const { return "<div class=card><table class=t>" + rows_ + "</table></div>"; }

 private:
  std::vector<std::string> heads_;
  std::size_t left_;
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
    s += fmt::format("<span><i style=\"background:{}\"></i>{}</span>", picture::color(i), escape(names[i]));
  return s + "</div>";
}
// A picture, drawn for a desk and for a phone: the page shows the one that fits.
template <class Draw>
std::string card(Draw draw, std::string const& below = {}) {
  return fmt::format("<div class=card><div class=wide>{}</div><div class=narrow>{}</div>{}</div>", draw(picture::wide),
                     draw(picture::narrow), below);
}

std::string gallery(std::vector<sample> const& samples) {
  std::string s;
  for (sample const& d : samples) {
    bool const right = d.label == d.predicted;
    s += fmt::format("<div>{}<span{}>{}</span></div>", picture::digit(d), right ? "" : " class=wrong",
                     right ? fmt::format("{}", d.predicted) : fmt::format("{}, is {}", d.predicted, d.label));
  }
  return "<div class=card><div class=grid>" + s + "</div></div>";
}

std::string before_deployment(report const& r) {
  std::string s = section(
      "Machine", "What was found here, and the nearest profile of the catalogue. " + r.counters, fact_table(r.machine));
  table predicted({"profile", "warm us", "cold us", "calls/s", "traffic KB", "arena KB", "energy uJ"}, 1);
  for (auto const& p : r.predictions)
    predicted.add({p.profile, figure(p.latency_us), figure(p.cold_us), fmt::format("{:.0f}", p.per_second),
                   figure(p.traffic_kb), figure(p.arena_kb), figure(p.energy_uj)});
  s += section(
      "Predicted before training",
      "SHAL's latency of the f32 network on each machine, computed by the compiler. Axis logarithmic.",
      card([&](double w) { return picture::latency_bars(r.predictions, w); }, key({"CPU", "GPU", "systolic array"})) +
          predicted.done());
  s += section("Training",
               fmt::format("Cross-entropy and accuracy on the {} training images. Of {} images kept aside for testing, "
                           "the base network gets {:.2f}% right.",
                           r.training_images, r.test_images, r.base_accuracy),
               card([&](double w) { return picture::training_curves(r.epochs, w); }));
  table environments(
      {"environment", "choices", "before %", "after %", "latency us", "energy uJ", "memory KB", "artifact KB"}, 2);
  for (auto const& e : r.environments)
    environments.add({e.name, e.choices, fmt::format("{:.2f}", e.before), fmt::format("{:.2f}", e.after),
                      figure(e.latency_us), figure(e.energy_uj), figure(e.memory_kb), figure(e.artifact_kb)});
  return s +
         section(
             "Specialised for sampled environments",
             "Test accuracy before (hollow) and after (filled) fine-tuning under each environment's numerics; "
             "latency and energy as predicted.",
             card([&](double w) { return picture::accuracy_dots(r.environments, w); }, key({"f32", "bf16", "int8"})) +
                 environments.done());
}

std::string page(report const& r) {
  std::string s = fmt::format(
      "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport "
      "content=\"width=device-width,initial-scale=1\">"
      "<title>Hone: the life of a digits network</title><style>{}</style><main><h1>The life of a digits network</h1>"
      "<p>A small residual network on the UCI handwritten digits: described, predicted, trained, specialised, stored, "
      "deployed, run and adapted on this machine.</p>",
      style);
  s += before_deployment(r);
  s += section("Deployed", r.served,
               fact_table(r.deployment) + "<p>The same from a shell:</p><div class=card><pre>" + escape(r.shell) +
                   "</pre></div>");
  s += section("Predicted against measured",
               "Every precision and instruction set that this machine has; the band is 15%. The list says by how much "
               "the prediction is too high (+) or too low (-).",
               card([&](double w) { return picture::scatter(r.measured, w); }, key({"f32", "bf16", "int8"})));
  table subgraphs({"subgraph", "variant", "predicted us", "measured us", "share %"}, 2);
  for (auto const& g : r.subgraphs)
    subgraphs.add(
        {g.operations, g.variant, figure(g.predicted_us), figure(g.measured_us), fmt::format("{:.0f}", 100 * g.share)});
  table changes({"when", "what changed"}, 2);
  for (auto const& c : r.changes) changes.add({fmt::format("call {}", c.call), c.what});
  s += section("Run and adapted",
               "Which variant ran which operations, from change to change (wider: more calls, logarithmic): subgraphs "
               "split, merge "
               "and change hands. " +
                   r.adapted,
               card([&](double w) { return picture::timeline(r, w); }, key(r.variants)) + subgraphs.done() +
                   (r.changes.empty() ? "" : changes.done()));
  s += section(
      "Some digits", "The first images of the test set and all that the deployed network gets wrong, with its answers.",
      gallery(r.samples));
  return s + "</main></html>\n";
}

[[noreturn]] void cannot_write(std::string const& path, int reason) {
  hone::raise("cannot write the report", std::strerror(reason), path.c_str(), "give another place with --report");
}

}  // namespace

void check_place(std::string const& path) {
  std::string const part = path + ".part";
  std::FILE* const f = std::fopen(part.c_str(), "wb");
  if (f == nullptr) cannot_write(path, errno);
  std::fclose(f);
  std::remove(part.c_str());
}

void write_report(report const& r, std::string const& path) {
  std::string const html = page(r), part = path + ".part";
  std::FILE* const f = std::fopen(part.c_str(), "wb");
  if (f == nullptr) cannot_write(path, errno);
  int reason = std::fwrite(html.data(), 1, html.size(), f) == html.size() ? 0 : errno;
  if (std::fclose(f) != 0 && reason == 0) reason = errno;
  if (reason == 0 && std::rename(part.c_str(), path.c_str()) != 0) reason = errno;
  if (reason == 0) return;
  std::remove(part.c_str());
  cannot_write(path, reason);
}

}  // namespace digits
