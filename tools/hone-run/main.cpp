// hone-run: runs a network on npy files.
#include <hone/run/dynamic_engine.hpp>
#include <hone/run/report.hpp>
#include <hone/train/ranges.hpp>

#include <nlohmann/json.hpp>

#include <cstdio>
#include <deque>
#include <fstream>

#include "tools/hone-run/sequence.hpp"
#include "tools/hone-run/timing.hpp"
#include "tools/support/network_file.hpp"
#include "tools/support/program.hpp"

namespace {

struct command {
  std::string model, isa, precision{"f32"}, json;
  std::vector<std::string> inputs, outputs, loops;
  tools::import_flags flags;
  bool time{};
};

// "NAME=FILE", or a file alone where there is one port.
std::pair<std::string, std::string> named_file(std::string const& s) {
  auto const at = s.find('=');
  if (at == std::string::npos) return {"", s};
  return {s.substr(0, at), s.substr(at + 1)};
}

std::vector<hone::profile const*> machines_of(std::string const& isa) {
  if (isa.empty()) return hone::machines_here();
  hone::message known;
  for (hone::profile const* p : hone::hw::catalogue_profiles) {
    if (p->kind != hone::device::cpu || p->vectors.lanes != max_lanes(p->target)) continue;
    if (isa == name(p->target)) return {p};
    known << " " << name(p->target);
  }
  hone::raise("cannot choose an instruction set", hone::message() << "there is none called '" << isa.c_str() << "'",
              "--isa", hone::message("name one of") << known.c_str());
}

// The inputs of a network, fed call by call.
struct feeder {
  std::deque<tools::fed_input> inputs;
  std::size_t calls{1};
  tools::stacking how{};

  feeder(hone::port_table const& ports, std::vector<std::string> const& files, std::vector<std::string> const& states) {
    for (std::string const& f : files) {
      auto const [port, file] = named_file(f);
      inputs.emplace_back(ports.input(port), hone::io::load_npy(file));
      if (std::find(states.begin(), states.end(), inputs.back().port->name) != states.end()) {
        inputs.back().how = tools::stacking::none;  // its first value; the loop gives the others
        continue;
      }
      tools::fed_input const& in = inputs.back();
      if (in.how == tools::stacking::none) continue;
      if (how != tools::stacking::none && in.calls != calls)
        hone::raise(
            "cannot feed the inputs", hone::message() << "one array has " << calls << " calls, this one " << in.calls,
            in.port->name, "give every sequence the same length");
      calls = in.calls, how = in.how;
    }
  }
  void feed(std::size_t call) const {
    for (tools::fed_input const& in : inputs)
      if (call == 0 || in.how != tools::stacking::none) in.feed(call);
  }
};

// Ties states to their outputs; the inputs that are states.
std::vector<std::string> carry_states(hone::dynamic_engine& net, command const& c) {
  std::vector<std::string> states;
  for (std::string const& l : c.loops) {
    auto const [input, output] = tools::import_flags::split(l, "--loop");
    net.carry(output, input);
    states.push_back(input);
  }
  return states;
}

// A network for int8 has the ranges of its edges measured on these inputs, with the states that f32 makes of them.
void calibrate(hone::network& n, hone::dynamic_engine& in_f32, command const& c) {
  feeder const f(in_f32.ports(), c.inputs, carry_states(in_f32, c));
  std::vector<std::vector<hone::buffer>> calls;
  for (std::size_t k = 0; k < std::min<std::size_t>(f.calls, 64); ++k) {
    f.feed(k);
    std::vector<hone::buffer>& inputs = calls.emplace_back();
    for (hone::port_view const& p : in_f32.inputs()) {
      inputs.emplace_back(p.bytes);
      std::memcpy(inputs.back().data(), p.data, p.bytes);
    }
    in_f32.run();
  }
  hone::train::set_ranges(n, calls);
}

hone::dynamic_engine make_engine(command const& c, hone::network n) {
  std::vector<hone::profile const*> const machines = machines_of(c.isa);
  hone::dtype const precision = tools::precision_of(c.precision);
  for (hone::op const& o : n.graph.ops)
    if (precision != hone::dtype::f32 && o.weights == hone::dtype::i8)
      hone::raise("cannot change the precision", "the file is in int8 already", "--precision", "leave the option out");
  if (precision == hone::dtype::i8) {
    hone::dynamic_engine in_f32(n, {.machines = machines});
    calibrate(n, in_f32, c);
  }
  return hone::dynamic_engine(n, {.plan = {.precision = precision}, .machines = machines});
}

void print_port(char const* what, hone::port_view const& p) {
  std::printf("%-7s %-32s %-6s %s\n", what, p.name, name(p.type), hone::io::text_of(tools::dims_of(p)).c_str());
}
nlohmann::json port_record(hone::port_view const& p) {
  return {{"name", p.name}, {"type", name(p.type)}, {"dims", tools::dims_of(p)}};
}

// What ran where, and how long it took.
void tell(command const& c, hone::dynamic_engine& net, std::size_t calls) {
  nlohmann::json record{{"file", c.model}, {"precision", c.precision}, {"calls", calls}};
  for (hone::port_view const& p : net.inputs()) print_port("input", p), record["inputs"].push_back(port_record(p));
  for (hone::port_view const& p : net.outputs()) print_port("output", p), record["outputs"].push_back(port_record(p));
  std::printf("%zu operations, %d bytes of activations, %zu call%s\n", static_cast<std::size_t>(net.view().ops),
              net.view().variants[0].arena, calls, calls == 1 ? "" : "s");
  record["operations"] = net.view().ops, record["arena_bytes"] = net.view().variants[0].arena;
  if (c.time) {
    tools::latencies const t = tools::time_calls([&] { net.run(); });
    std::printf("%-6s %12s %12s\n%-6s %9.2f us %9.2f us\n%-6s %9.2f us %9.2f us\n", "", "median", "p99", "warm",
                t.warm.p50 / 1e3, t.warm.p99 / 1e3, "cold", t.cold.p50 / 1e3, t.cold.p99 / 1e3);
    record["warm_p50_us"] = t.warm.p50 / 1e3, record["warm_p99_us"] = t.warm.p99 / 1e3;
    record["cold_p50_us"] = t.cold.p50 / 1e3, record["cold_p99_us"] = t.cold.p99 / 1e3;
  }
  for (hone::subgraph_figures const& s : report(net.view(), net.agent())) {
    hone::profile const& chosen = *net.view().variants[static_cast<std::size_t>(s.chosen)].machine;
    auto const& figures = s.variants[static_cast<std::size_t>(s.chosen)];
    std::printf("  %-24.24s .. %-24.24s by %-12s predicted %8.2f us, measured %8.2f us\n", s.from.c_str(), s.to.c_str(),
                name(chosen.target), figures.predicted.value / 1e3, figures.measured.value / 1e3);
    record["subgraphs"].push_back(
        {{"from", s.from.c_str()},
         {"to", s.to.c_str()},
         {"isa", name(chosen.target)},
         {"predicted_us", figures.predicted.value / 1e3},
         {"measured_us", figures.measured.value / 1e3}});
  }
  if (!c.json.empty()) {
    std::string const text = record.dump(2) + "\n";
    hone::io::write_file(c.json, std::as_bytes(std::span(text)), "cannot write the record");
  }
}

void run(command const& c) {
  hone::dynamic_engine net = make_engine(c, tools::load_network(c.model, c.flags));
  feeder const in(net.ports(), c.inputs, carry_states(net, c));
  std::deque<tools::kept_output> kept;
  std::vector<std::string> files;
  for (std::string const& o : c.outputs) {
    auto const [port, file] = named_file(o);
    kept.emplace_back(net.output(port), in.calls, in.how);
    files.push_back(file);
  }
  for (std::size_t call = 0; call < in.calls; ++call) {
    in.feed(call);
    net.run();
    for (tools::kept_output& k : kept) k.keep(call);
  }
  for (std::size_t i = 0; i < kept.size(); ++i) hone::io::save_npy(files[i], kept[i].values());
  tell(c, net, in.calls);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Runs a network on npy files"};
  command c;
  app.add_option("model", c.model, "the ONNX file")->required();
  app.add_option(
      "--input", c.inputs, "NAME=in.npy, one call or several along a leading axis; inputs without one are 0");
  app.add_option("--output", c.outputs, "NAME=out.npy");
  app.add_option(
      "--loop", c.loops,
      "STATE=STATE_OUT: after each call this output becomes that input, whose first value is its --input's or 0");
  app.add_option("--isa", c.isa, "run by this instruction set alone: avx512_vnni, avx512, avx2, sse4, scalar, neon");
  app.add_option("--precision", c.precision, "f32 (as the file is), bf16, int8 (ranges are measured on the inputs)");
  app.add_flag("--time", c.time, "time warm and cold calls");
  app.add_option("--json", c.json, "write a record of what ran");
  c.flags.add_to(app);
  CLI11_PARSE(app, argc, argv);
  return tools::run_program("hone-run", [&] { run(c); });
}
