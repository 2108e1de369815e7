// hone-run: runs a network on npy files.
#include <nlohmann/json.hpp>

#include <cstdio>

#include "tools/hone-run/arrays.hpp"
#include "tools/hone-run/runner.hpp"
#include "tools/hone-run/timing.hpp"
#include "tools/support/network_file.hpp"
#include "tools/support/program.hpp"

namespace {

struct command {
  std::string model, isa, precision{"f32"}, json;
  tools::names inputs, outputs, loops;
  tools::import_flags flags;
  bool time{};
  tools::timing_limits limits{};
};

// A network for int8 has the ranges of its edges measured on these inputs, with the states that f32 makes of them.
void calibrate(hone::network& n, tools::run_files const& files, std::string const& isa) {
  tools::runner in_f32(n, hone::dtype::f32, isa);
  tools::feeder const f(in_f32.ports(), files);
  files.carry_states(in_f32);
  std::vector<std::vector<hone::buffer>> calls;
  for (std::size_t k = 0; k < std::min<std::size_t>(f.calls, 64); ++k) {
    f.feed(k);
    std::vector<hone::buffer>& inputs = calls.emplace_back();
    for (hone::port_view const& p : in_f32.ports().inputs()) {
      inputs.emplace_back(p.bytes);
      std::memcpy(inputs.back().data(), p.data, p.bytes);
    }
    in_f32.run();
  }
  tools::set_ranges(n, calls);
}

tools::runner make_runner(command const& c, hone::network n, tools::run_files const& files) {
  hone::dtype const precision = tools::precision_of(c.precision);
  for (hone::op const& o : n.graph.ops)
    if (precision != hone::dtype::f32 && o.weights == hone::dtype::i8)
      tools::refuse_option("--precision " + c.precision, "the file is in int8 already", "leave the option out");
  if (precision == hone::dtype::i8) calibrate(n, files, c.isa);
  return tools::runner(n, precision, c.isa);
}

nlohmann::json port_records(char const* what, std::span<hone::port_view const> ports) {
  nlohmann::json records = nlohmann::json::array();
  for (hone::port_view const& p : ports) {
    std::printf("%-7s %-32s %-6s %s\n", what, tools::printable(p.name).c_str(), name(p.type),
                hone::io::text_of(tools::dims_of(p)).c_str());
    records.push_back({{"name", p.name}, {"type", name(p.type)}, {"dims", tools::dims_of(p)}});
  }
  return records;
}

void tell_times(tools::latencies const& t, nlohmann::json& record) {
  std::printf("%-6s %12s %12s %8s\n", "", "median", "p99", "calls");
  for (auto const& [kind, l] : {std::pair{"warm", t.warm}, std::pair{"cold", t.cold}}) {
    std::printf("%-6s %9.2f us %9.2f us %8zu\n", kind, l.p50 / 1e3, l.p99 / 1e3, l.calls);
    std::string const k = kind;
    record[k + "_p50_us"] = l.p50 / 1e3, record[k + "_p99_us"] = l.p99 / 1e3, record[k + "_calls"] = l.calls;
  }
}

void tell_parts(tools::runner const& net, nlohmann::json& record) {
  for (tools::measured_part const& p : net.parts()) {
    std::printf("  %-24.24s .. %-24.24s by %-12s predicted %8.2f us", p.from.c_str(), p.to.c_str(), p.isa.c_str(),
                p.predicted_us);
    if (p.measured_us > 0) std::printf(", measured %8.2f us", p.measured_us);
    std::printf("\n");
    record["subgraphs"].push_back(
        {{"from", p.from},
         {"to", p.to},
         {"isa", p.isa},
         {"predicted_us", p.predicted_us},
         {"measured_us", p.measured_us > 0 ? nlohmann::json(p.measured_us) : nlohmann::json()}});
  }
}

// What ran where, and how long it took.
void tell(command const& c, tools::runner& net, std::size_t calls) {
  nlohmann::json record{{"file", c.model}, {"precision", c.precision}, {"calls", calls}};
  record["inputs"] = port_records("input", net.ports().inputs());
  record["outputs"] = port_records("output", net.ports().outputs());
  std::printf("%zu operations, %zu bytes of activations, %zu call%s\n", net.operations(), net.arena_bytes(), calls,
              calls == 1 ? "" : "s");
  record["operations"] = net.operations(), record["arena_bytes"] = net.arena_bytes();
  if (c.time) tell_times(tools::time_calls([&] { net.run(); }, c.limits), record);
  tell_parts(net, record);
  if (c.json.empty()) return;
  std::string const text = record.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  hone::io::write_file(c.json, std::as_bytes(std::span(text)), "cannot write the record");
}

void run(command const& c) {
  tools::network_file const file(c.model);
  tools::run_files const files(file, c.inputs, c.outputs, c.loops);
  if (!c.json.empty()) tools::check_place(c.json, "--json");
  tools::runner net = make_runner(c, file.load(c.flags, files.feeding()), files);
  tools::feeder const in(net.ports(), files);
  files.carry_states(net);
  std::vector<tools::kept_output> kept;
  for (tools::port_file const& o : files.outputs)
    kept.emplace_back(tools::output_of(net.ports(), o.port), in.calls, in.how);
  for (std::size_t call = 0; call < in.calls; ++call) {
    in.feed(call);
    net.run();
    for (tools::kept_output& k : kept) k.keep(call);
  }
  for (std::size_t i = 0; i < kept.size(); ++i) hone::io::save_npy(files.outputs[i].file, kept[i].values());
  tell(c, net, in.calls);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Runs a network on npy files", "hone-run"};
  command c;
  app.add_option("model", c.model, "the ONNX file")->type_name("FILE")->required();
  auto const files = [&](char const* flag, tools::names& to, char const* what) {
    app.add_option(flag, to, what)->allow_extra_args(false)->type_name("NAME=FILE");
  };
  files(
      "--input", c.inputs,
      "x=in.npy, or in.npy where there is one input: one call or several along a leading axis; inputs without an array "
      "are 0. Dimensions that the network leaves open are the arrays', but for a first one called batch, N or nothing: "
      "it "
      "is 1, each row is a call");
  files("--output", c.outputs, "y=out.npy, or out.npy where there is one output");
  app.add_option("--loop", c.loops,
                 "after each call this output becomes that input, whose first value is its --input's or 0; the others' "
                 "arrays have a call in each row")
      ->allow_extra_args(false)
      ->type_name("STATE=STATE_OUT");
  app.add_option("--isa", c.isa, "run by this instruction set alone")->check(CLI::IsMember(tools::instruction_sets()));
  app.add_option("--precision", c.precision, "f32 (as the file is), bf16, int8 (ranges are measured on the inputs)")
      ->check(tools::precisions());
  auto* const time = app.add_flag("--time", c.time, "time warm and cold calls");
  app.add_option("--seconds", c.limits.seconds, "with --time: for how long warm calls are timed, and cold ones (0.5)")
      ->check(CLI::Range(0.0, 3600.0))
      ->needs(time);
  app.add_option("--calls", c.limits.calls, "with --time: how many warm calls are timed, instead of --seconds")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100'000'000}))
      ->needs(time);
  app.add_option("--json", c.json, "write a record of what ran")->type_name("FILE");
  c.flags.add_to(app);
  return tools::run_program(app, argc, argv, [&] { run(c); });
}
