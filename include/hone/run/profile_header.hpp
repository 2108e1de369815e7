#pragma once
#include <hone/hw/profile.hpp>

#include <charconv>
#include <string>
#include <string_view>
#include <vector>

namespace hone::inline HONE_ABI::calibration {

// One machine type of a written header, and the comment above it.
struct written_machine {
  std::string type;  // a C++ identifier
  profile value{};
  std::vector<std::string> notes{};  // a line each
};

namespace detail {

// Writes a profile as C++ that compiles to exactly the same profile.
class profile_writer {
 public:
  std::string text;

  void field(char const* name, std::string const& value) {
    text += std::string("      .") + name + " = " + value + ",\n";
  }
  static std::string number(double v) {
    char digits[32];
    return {digits, std::to_chars(digits, digits + sizeof digits, v).ptr};
  }
  template <class Unit>
  static std::string number(quantity<Unit> q) {
    return "{" + number(q.value) + "}";
  }
  static std::string quoted(std::string_view s) {
    std::string out = "\"";
    for (char c : s) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    return out + '"';
  }
  static std::string kernel(microkernel const& k) {
    return "{" + number(k.mac_uops_per_cycle) + ", " + number(k.chain_cycles) + ", " + number(k.cycles_per_tile) +
           ", " + number(k.efficiency) + "}";
  }
  static std::string memory(memory_level const& m) {
    return "{" + number(m.size) + ", " + number(m.bandwidth) + ", " + number(m.latency) + ", " + number(m.energy) + "}";
  }
  static std::string list(std::array<processor_range, 4> const& ranges) {
    std::string out = "{{";
    for (processor_range const& r : ranges)
      out += (out.size() > 2 ? ", {" : "{") + std::to_string(r.family) + ", " + std::to_string(r.first) + ", " +
             std::to_string(r.last) + "}";
    return out + "}}";
  }
};

}  // namespace detail

// The initialiser of p: `{ .name = ..., }`.
inline std::string initializer(profile const& p) {
  // names every member, so that a new one cannot be forgotten
  auto const& [called, kind, target, vectors, clock, cores, issue_width, vector_ports, load_ports, store_ports, window,
               call, op_overhead, f32, bf16, int8, cache, memory, interconnect, units, unit_rows, unit_columns, mac_f32,
               mac_bf16, mac_int8, instruction, idle, vendor, processors] = p;
  using w = detail::profile_writer;
  w out;
  out.field("name", w::quoted(called));
  out.field("kind", std::string("hone::device::") + hone::name(kind));
  out.field("target", std::string("hone::isa::") + hone::name(target));
  out.field("vectors", "{" + std::to_string(vectors.lanes) + ", " + std::to_string(vectors.registers) + ", " +
                           std::to_string(vectors.dot_uops) + ", " + (vectors.fma ? "true" : "false") + ", " +
                           std::to_string(vectors.paired_dot_uops) + "}");
  out.field("clock", w::number(clock));
  out.field("cores", std::to_string(cores));
  out.field("issue_width", w::number(issue_width));
  out.field("vector_ports", w::number(vector_ports));
  out.field("load_ports", w::number(load_ports));
  out.field("store_ports", w::number(store_ports));
  out.field("window", w::number(window));
  out.field("call", w::number(call));
  out.field("op_overhead", w::number(op_overhead));
  out.field("f32", w::kernel(f32));
  out.field("bf16", w::kernel(bf16));
  out.field("int8", w::kernel(int8));
  out.field("cache", "{{" + w::memory(cache[0]) + ", " + w::memory(cache[1]) + ", " + w::memory(cache[2]) + "}}");
  out.field("memory", w::memory(memory));
  out.field("interconnect", w::number(interconnect));
  out.field("units", std::to_string(units));
  out.field("unit_rows", std::to_string(unit_rows));
  out.field("unit_columns", std::to_string(unit_columns));
  out.field("mac_f32", w::number(mac_f32));
  out.field("mac_bf16", w::number(mac_bf16));
  out.field("mac_int8", w::number(mac_int8));
  out.field("instruction", w::number(instruction));
  out.field("idle", w::number(idle));
  out.field("vendor", w::quoted(vendor));
  out.field("processors", w::list(processors));
  return "{\n" + out.text + "  }";
}

// Whether s can name a namespace or a type.
inline bool is_identifier(std::string_view s) {
  auto const letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  for (char c : s)
    if (!letter(c) && !(c >= '0' && c <= '9')) return false;
  return !s.empty() && letter(s[0]);
}

// A header with one machine type a profile, in namespace `space`, the first also called `best`, and all of them in an array
// `profiles`. `about`: lines of the comment at its top. A user includes it and names `space::best` wherever a machine of
// the catalogue could stand.
inline std::string profile_header(std::string const& space, std::vector<std::string> const& about,
                                  std::vector<written_machine> const& machines) {
  std::string text;
  for (std::string const& line : about) text += "// " + line + "\n";
  text += "// clang-format off\n#pragma once\n#include <hone/hw/profile.hpp>\n\nnamespace " + space + " {\n";
  for (written_machine const& m : machines) {
    text += "\n";
    for (std::string const& line : m.notes) text += line.empty() ? "//\n" : "// " + line + "\n";
    text += "struct " + m.type + " {\n  static constexpr hone::profile value" + initializer(m.value) + ";\n};\n";
  }
  if (!machines.empty()) {
    text += "\nusing best = " + machines.front().type + ";\ninline constexpr hone::profile const* profiles[]{";
    for (written_machine const& m : machines) text += (&m == machines.data() ? "&" : ", &") + m.type + "::value";
    text += "};\n";
  }
  return text + "\n}  // namespace " + space + "\n";
}

}  // namespace hone::inline HONE_ABI::calibration
