#pragma once
// The files that a run reads and writes, and which ports they belong to.
#include <deque>

#include "tools/hone-run/runner.hpp"
#include "tools/hone-run/sequence.hpp"
#include "tools/support/network_file.hpp"

namespace tools {

struct port_file {
  std::string port, file;
};
struct state_pair {
  std::string input, output;
};

// A name of a port as the engine has it: the longest are cut off.
inline std::string cut(std::string const& name) { return hone::port_name(name.c_str()).c_str(); }
inline hone::port_view const& input_of(hone::port_table const& ports, std::string const& name) {
  return ports.input(cut(name));
}
inline hone::port_view const& output_of(hone::port_table const& ports, std::string const& name) {
  return ports.output(cut(name));
}

// What the command line says of files and states, with the arrays.
class run_files {
 public:
  std::vector<port_file> inputs, outputs;
  std::vector<hone::io::array> arrays;  // of inputs
  std::vector<state_pair> states;

  run_files(network_file const& n, names const& in, names const& out, names const& loops) {
    named_flag const input{"--input", "input", n.inputs()}, output{"--output", "output", n.outputs()};
    names seen_inputs, seen_outputs, seen_files;
    for (std::string const& s : loops) add_state(s, input.known, output.known);
    for (std::string const& s : in) {
      auto const [port, file] =
          input.known.size() == 1 && !begins_with_name(s, input.known[0]) && exists(s)
              ? std::pair(input.known[0], s)
              : input.split(s, "FILE.npy");
      note_once(seen_inputs, port, "--input");
      inputs.push_back({port, file});
    }
    for (std::string const& s : out) {
      auto const [port, file] = output.split(s, "FILE.npy");
      note_once(seen_outputs, port, "--output");
      note_once(seen_files, file, "--output to a file");
      check_place(file, "--output");
      outputs.push_back({port, file});
    }
    for (port_file const& f : inputs) arrays.push_back(hone::io::load_npy(f.file));
  }

  bool is_state(std::string const& input) const {
    for (state_pair const& s : states)
      if (s.input == input) return true;
    return false;
  }
  tools::feeding feeding() const {
    tools::feeding f{.chained = !states.empty(), .possible = true};
    for (std::size_t i = 0; i < inputs.size(); ++i)
      f.arrays.push_back({inputs[i].port, arrays[i].dims, is_state(inputs[i].port)});
    return f;
  }
  // Ties states to their outputs. Raises where they are not alike: of one type, and of the same extents but for those
  // of 1.
  void carry_states(runner& net) const {
    for (state_pair const& s : states) {
      hone::port_view const &to = input_of(net.ports(), s.input), &from = output_of(net.ports(), s.output);
      if (to.type != from.type || without_ones(to) != without_ones(from))
        refuse_option(
            "--loop " + s.input + "=" + s.output, "the input takes " + text(to) + ", the output gives " + text(from),
            "pair the input with the output that is its next value");
      net.carry(cut(s.output), cut(s.input));
    }
  }

 private:
  static bool exists(std::string const& path) {
    std::error_code none;
    return std::filesystem::exists(path, none);
  }
  static bool begins_with_name(std::string const& s, std::string const& name) { return s.rfind(name + "=", 0) == 0; }
  static std::vector<std::int64_t> without_ones(hone::port_view const& p) {
    std::vector<std::int64_t> d = dims_of(p);
    std::erase(d, 1);
    return d;
  }
  static std::string text(hone::port_view const& p) {
    return std::string(name(p.type)) + " " + hone::io::text_of(dims_of(p));
  }
  // INPUT=OUTPUT: at the '=' that leaves a name of each.
  void add_state(std::string const& s, names const& ins, names const& outs) {
    for (std::size_t at = s.find('='); at != s.npos; at = s.find('=', at + 1)) {
      std::string const in = s.substr(0, at), out = s.substr(at + 1);
      if (!contains(ins, in) || !contains(outs, out)) continue;
      if (is_state(in))
        refuse_option("--loop " + s, "the input has its next value from another output", "give it once");
      states.push_back({in, out});
      return;
    }
    refuse_option("--loop " + s, "it is no INPUT=OUTPUT of this network",
                  "its inputs are " + listed(ins) + "; its outputs are " + listed(outs));
  }
};

// The inputs of a network, fed call by call.
struct feeder {
  std::deque<fed_input> inputs;
  std::size_t calls{1};
  stacking how{};

  feeder(hone::port_table const& ports, run_files const& files) {
    for (std::size_t i = 0; i < files.inputs.size(); ++i) {
      std::string const& port = files.inputs[i].port;
      fed_input& in = inputs.emplace_back(input_of(ports, port), files.arrays[i]);
      if (files.is_state(port)) in.how = stacking::none;  // its first value; the loop gives the others
      if (in.how == stacking::none) continue;
      if (how != stacking::none && in.calls != calls)
        hone::raise(
            "cannot feed the inputs", hone::message() << "one array has " << calls << " calls, this one " << in.calls,
            in.port->name, "give every sequence the same length");
      calls = in.calls, how = in.how;
    }
  }
  void feed(std::size_t call) const {
    for (fed_input const& in : inputs)
      if (call == 0 || in.how != stacking::none) in.feed(call);
  }
};

}  // namespace tools
