// hone-inspect: what is in a network's or an artifact's file, and what the network costs on machines.
#include <hone/hw/catalogue.hpp>
#include <hone/hw/detect.hpp>
#include <hone/hw/nearest.hpp>
#include <hone/io/file.hpp>
#include <hone/io/safetensors.hpp>
#include <hone/store/file.hpp>

#include <nlohmann/json.hpp>

#include <cstdio>

#include "tools/hone-inspect/drawing.hpp"
#include "tools/support/network_file.hpp"
#include "tools/support/program.hpp"

namespace {

struct command {
  std::string file, dot, svg, json, precision{"f32"};
  std::vector<std::string> profiles;
  tools::import_flags flags;
};

std::vector<hone::profile const*> machines_of(std::vector<std::string> const& names) {
  std::vector<hone::profile const*> list;
  for (std::string const& n : names) {
    hone::message known;
    bool found = false;
    for (hone::profile const* p : hone::hw::catalogue_profiles) {
      if (n == p->name || n == "all") list.push_back(p), found = true;
      known << " " << p->name;
    }
    if (!found)
      tools::refuse_option(
          "--profile " + n, "there is no such machine", std::string("name one of") + known.c_str() + ", or all");
  }
  if (names.empty()) list.push_back(hone::hw::nearest(hone::hw::detect()).machine);
  return list;
}

std::string count(double n) {
  char text[32];
  std::snprintf(text, sizeof text,
                n >= 1e7   ? "%.1f M"
                : n >= 1e4 ? "%.1f k"
                           : "%.0f",
                n >= 1e7   ? n / 1e6
                : n >= 1e4 ? n / 1e3
                           : n);
  return n > 0 ? text : "";
}
std::string time_text(hone::nanoseconds t) {
  char text[32];
  if (!(t < hone::shal::never)) return "-";
  std::snprintf(text, sizeof text, "%.3f", t.value / 1e3);
  return text;
}

void print_network(tools::inspection const& n, std::vector<hone::profile const*> const& machines) {
  std::printf(
      "%4s  %-36s %-18s %-20s %-22s %10s %10s", "", "layer", "operation", "result", "numbers", "parameters", "MACs");
  for (hone::profile const* m : machines) std::printf(" %16.16s", (std::string(m->name) + " us").c_str());
  std::printf("\n");
  for (std::size_t i = 0; i < n.rows.size(); ++i) {
    tools::row const& r = n.rows[i];
    std::printf("%4zu  %-36.36s %-18.18s %-20s %-22s %10s %10s", i, r.layer.c_str(), r.kind.c_str(), r.result.c_str(),
                r.numbers.c_str(), count(r.parameters).c_str(), count(r.macs).c_str());
    for (hone::nanoseconds const t : r.cost) std::printf(" %16s", time_text(t).c_str());
    std::printf("\n");
  }
  std::printf("\n");
  for (tools::named_result const& p : n.ports)
    std::printf("%-7s %-32s %-6s %s\n", p.output ? "output" : "input", tools::printable(p.name).c_str(),
                p.numbers.c_str(), p.dims.c_str());
  auto const or_no = [](std::string const& s) { return s.empty() ? std::string("no") : s; };
  std::printf("%zu operations, %s parameters, %s MACs, %d bytes of activations\n", n.rows.size(),
              or_no(count(n.parameters)).c_str(), or_no(count(n.macs)).c_str(), n.arena);
  for (std::size_t k = 0; k < machines.size(); ++k) {
    hone::shal::prediction const& p = n.totals[k];
    if (!p.possible()) {
      std::printf("%-16s cannot compute all of it\n", machines[k]->name);
      continue;
    }
    std::printf(
        "%-16s predicted %10s us warm, %10s us cold, %10.3f uJ, %.0f kB of weights, %.0f calls/s by all cores\n",
        machines[k]->name, time_text(p.latency).c_str(), time_text(p.cold_latency).c_str(), p.energy.value / 1e6,
        p.weights.value / 1e3, p.throughput);
  }
}

// The same for programs.
nlohmann::json record_of(command const& c, tools::inspection const& n,
                         std::vector<hone::profile const*> const& machines) {
  auto const us = [](hone::nanoseconds t) {
    return t < hone::shal::never ? nlohmann::json(t.value / 1e3) : nlohmann::json();
  };
  nlohmann::json record{
      {"file", c.file},
      {"precision", c.precision},
      {"parameters", n.parameters},
      {"macs", n.macs},
      {"arena_bytes", n.arena},
      {"ports", nlohmann::json::array()},
      {"operations", nlohmann::json::array()}};
  for (tools::named_result const& p : n.ports)
    record["ports"].push_back({{"name", p.name}, {"output", p.output}, {"type", p.numbers}, {"dims", p.dims}});
  for (tools::row const& r : n.rows) {
    nlohmann::json costs;
    for (std::size_t k = 0; k < machines.size(); ++k) costs[machines[k]->name] = us(r.cost[k]);
    record["operations"].push_back(
        {{"layer", r.layer},
         {"kind", r.kind},
         {"result", r.result},
         {"numbers", r.numbers},
         {"macs", r.macs},
         {"parameters", r.parameters},
         {"inputs", r.inputs},
         {"predicted_us", costs}});
  }
  for (std::size_t k = 0; k < machines.size(); ++k) {
    hone::shal::prediction const& p = n.totals[k];
    record["machines"][machines[k]->name] = {
        {"possible", p.possible()},
        {"warm_us", us(p.latency)},
        {"cold_us", us(p.cold_latency)},
        {"energy_uj", p.possible() ? p.energy.value / 1e6 : 0},
        {"weight_bytes", p.weights.value}};
  }
  return record;
}

void print_tensors(hone::tensor_set const& tensors) {
  std::printf("%-48s %-8s %s\n", "tensor", "numbers", "extents");
  for (hone::tensor const& t : tensors)
    std::printf(
        "%-48s %-8s %d x %d x %d x %d\n", t.name.data(), name(t.type), t.dims[0], t.dims[1], t.dims[2], t.dims[3]);
  std::printf("\n%zu tensors, %zu bytes\n", tensors.size(), tensors.bytes());
}
void print_artifact(hone::artifact const& a) {
  std::printf("artifact of %s, plan %016llx, %s\n", a.model.c_str(), static_cast<unsigned long long>(a.plan_id),
              name(a.precision));
  std::printf("made for %s %s (%s), by Hone %s from %s\n", a.made_for.device.c_str(), a.made_for.name.c_str(),
              a.made_for.isa.c_str(), a.origin.library.c_str(), a.origin.data_set.c_str());
  std::printf("accuracy %.2f %%, latency %.3f us, energy %.3f uJ, %zu packed sections\n\n", 100 * a.figures.accuracy,
              a.figures.latency.value / 1e3, a.figures.energy.value / 1e6, a.packed.size());
  print_tensors(a.weights);
}
void write(std::string const& path, std::string const& text) {
  if (!path.empty()) hone::io::write_file(path, std::as_bytes(std::span(text)), "cannot write what was found");
}

void print_file(hone::io::tensor_file const& file) {
  std::printf("%-48s %-8s %s\n", "tensor", "numbers", "extents");
  std::size_t bytes = 0;
  for (hone::io::named_array const& t : file.tensors) {
    std::printf("%-48s %-8s %s\n", tools::printable(t.name).c_str(), name(t.value.type),
                hone::io::text_of(t.value.dims).c_str());
    bytes += t.value.data.size();
  }
  std::printf("\n%zu tensors, %zu bytes\n", file.tensors.size(), bytes);
}

void run(command const& c) {
  bool const artifact = c.file.ends_with(".hone"), weights = c.file.ends_with(".safetensors");
  for (auto const& [file, flag] : {std::pair(c.dot, "--dot"), std::pair(c.svg, "--svg"), std::pair(c.json, "--json")}) {
    if (file.empty()) continue;
    if (artifact || weights) tools::refuse_option(flag, "there is no network in " + c.file, "name an ONNX file");
    tools::check_place(file, flag);
  }
  if (artifact) return print_artifact(hone::store::load(c.file));
  if (weights) return print_file(hone::io::load_safetensors(c.file));
  std::vector<hone::profile const*> const machines = machines_of(c.profiles);
  hone::network const n = tools::load_network(c.file, c.flags);
  hone::options const o{.precision = tools::precision_of(c.precision)};
  tools::inspection const found = tools::inspect(hone::pass::canonical(n.graph, o, *machines[0]), machines);
  print_network(found, machines);
  write(c.dot, tools::dot_of(found));
  write(c.svg, tools::svg_drawing(found).text());
  if (!c.json.empty())
    write(c.json, record_of(c, found, machines).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Prints and draws a network (.onnx), an artifact (.hone) or weights (.safetensors)", "hone-inspect"};
  command c;
  app.add_option("file", c.file, "the file")->type_name("FILE")->required();
  app.add_option("--profile", c.profiles, "a machine of the catalogue to predict for, or all (this one's nearest)")
      ->allow_extra_args(false);
  app.add_option("--precision", c.precision, "specialise for f32, bf16 or int8 before (f32: as the file is)")
      ->check(tools::precisions());
  app.add_option("--dot", c.dot, "draw it for Graphviz")->type_name("FILE");
  app.add_option("--svg", c.svg, "draw it")->type_name("FILE");
  app.add_option("--json", c.json, "write what is printed as a record")->type_name("FILE");
  c.flags.add_to(app);
  return tools::run_program(app, argc, argv, [&] { run(c); });
}
