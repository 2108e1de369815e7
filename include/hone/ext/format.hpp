#pragma once
#include <hone/core/error.hpp>
#include <hone/core/graph.hpp>
#include <hone/core/tensor.hpp>
#include <hone/core/units.hpp>
#include <hone/hw/profile.hpp>
#include <hone/pass/options.hpp>
#include <hone/run/adaptation.hpp>
#include <hone/shal/prediction.hpp>

#include <fmt/format.h>
#include <concepts>
#include <string>
#include <type_traits>

// fmt formatters of the public values (fmt 9 and 10). All take the options of strings: `{:>12}`.
namespace hone::inline HONE_ABI::ext {

// Three digits, or all before the point where there are more.
inline std::string three_digits(double v) {
  return v > -999.5 && v < 999.5 ? fmt::format("{:.3g}", v) : fmt::format("{:.0f}", v);
}
// A number of `unit`s with the prefix that leaves 1 to 1000 before the point, three digits: "5.1 us".
struct prefixed {
  double value;
  std::array<char const*, 7> units;  // each 1000 (or 1024) times the one before; null ends the list
  double step{1000};
};
inline std::string text(prefixed p) {
  std::size_t i = 0;
  double const sign = p.value < 0 ? -1 : 1;
  double v = sign * p.value;
  while (i + 1 < p.units.size() && p.units[i + 1] != nullptr && v >= p.step - 0.5) v /= p.step, ++i;
  return fmt::format("{} {}", three_digits(sign * v), p.units[i]);
}

inline std::string text(nanoseconds v) { return text(prefixed{v.value, {"ns", "us", "ms", "s"}}); }
inline std::string text(picojoules v) { return text(prefixed{v.value, {"pJ", "nJ", "uJ", "mJ", "J"}}); }
inline std::string text(bytes v) { return text(prefixed{v.value, {"B", "KiB", "MiB", "GiB", "TiB"}, 1024}); }
inline std::string text(gigahertz v) { return three_digits(v.value) + " GHz"; }
inline std::string text(cycles v) { return three_digits(v.value) + " cycles"; }
inline std::string text(gigabytes_per_second v) { return three_digits(v.value) + " GB/s"; }
inline std::string text(watts v) { return three_digits(v.value) + " W"; }

inline std::string text(shape s) { return fmt::format("{}x{}x{}", s.h, s.w, s.c); }
inline std::string text(dtype t) { return name(t); }
inline std::string text(isa i) { return name(i); }
inline std::string text(device d) { return name(d); }
inline std::string text(label const& l) { return l.c_str(); }
inline std::string text(layer const& l) { return l.name.c_str(); }
inline std::string text(tile t) {
  std::string s = fmt::format("{}x{} px x {}", t.rows, t.cols, t.vectors);
  if (t.split > 1) s += fmt::format(", {} chains", t.split);
  if (t.algorithm != 0) s += fmt::format(", algorithm {}", t.algorithm);
  return s;
}
inline std::string text(window const& w) {
  std::string s = fmt::format("{}x{}", w.kh, w.kw);
  if (w.sh != 1 || w.sw != 1) s += fmt::format(" stride {}x{}", w.sh, w.sw);
  if (w.padded()) s += fmt::format(" padding {},{},{},{}", w.top, w.left, w.bottom, w.right);
  return s;
}
// "conv2d 8x8x16 -> 4x4x32, 3x3 stride 2x2, int8"
inline std::string text(op const& o) {
  std::string s = fmt::format("{} {} -> {}", o.kind->name, text(o.in), text(o.out));
  if (o.win.taps() > 1) s += ", " + text(o.win);
  if (o.kind->linear) s += fmt::format(", {}", name(o.weights));
  return s;
}
inline std::string text(weight const& w) {
  return fmt::format("{} {} {}x{} {}", w.kind->name, name(w.what), w.rows, w.cols, name(w.type));
}
inline std::string text(options const& o) {
  return o.prune > 0 ? fmt::format("{}, pruned by at most {:.0f}%", name(o.precision), 100 * double(o.prune))
                     : name(o.precision);
}
inline std::string text(profile const& p) {
  return p.target == isa::none ? fmt::format("{} ({})", p.name, name(p.kind))
                               : fmt::format("{} ({}, {})", p.name, name(p.target), text(p.clock));
}
inline std::string text(shal::prediction const& p) {
  return fmt::format(
      "{} a call, {} cold, {} calls/s, {} moved, {} arena, {} weights, {}", text(p.latency), text(p.cold_latency),
      three_digits(p.throughput), text(p.traffic()), text(p.arena), text(p.weights), text(p.energy));
}
inline std::string text(adaptation_event const& e) {
  switch (e.kind) {
    case adaptation_event::what::select:
      return fmt::format(
          "call {}: operations {}-{} go from variant {} to {}", e.call, e.first, e.last - 1, e.from, e.to);
    case adaptation_event::what::split:
      return fmt::format("call {}: operations {}-{} split before {}", e.call, e.first, e.last - 1, e.to);
    case adaptation_event::what::merge:
      return fmt::format("call {}: operations {}-{} merged", e.call, e.first, e.last - 1);
  }
  return {};
}
// "conv2d_1.weight f32 3x3x1x16"
inline std::string text(tensor const& t) {
  return fmt::format("{} {} {}x{}x{}x{}", t.name.data(), name(t.type), t.dims[0], t.dims[1], t.dims[2], t.dims[3]);
}
#if HONE_HAS_EXCEPTIONS
inline std::string text(error const& e) { return e.what(); }
#endif

template <class T>
concept textual = (std::is_class_v<T> || std::is_enum_v<T>)&&requires(T const& v) {
  { ext::text(v) } -> std::same_as<std::string>;
};

}  // namespace hone::inline HONE_ABI::ext

template <hone::ext::textual T>
struct fmt::formatter<T> : fmt::formatter<fmt::string_view> {
  template <class Context>
  auto format(T const& v, Context& to) const {
    return fmt::formatter<fmt::string_view>::format(hone::ext::text(v), to);
  }
};
