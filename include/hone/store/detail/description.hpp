#pragma once
#include <hone/core/artifact.hpp>
#include <hone/store/detail/wire.hpp>

namespace hone::inline HONE_ABI::store::detail {

// Applies `each` to the fields of the description in their stored order; the one list that both directions share.
template <class Info, class Each>
void for_each_field(Info& i, Each each) {
  auto& h = i.made_for;
  auto& m = i.figures;
  auto& o = i.origin;
  each(i.plan_id), each(i.model);
  each(h.device), each(h.name), each(h.isa);
  for (auto& level : h.cache) each(level.value);
  each(h.memory_bandwidth.value), each(h.interconnect_bandwidth.value), each(h.cores), each(h.clock.value);
  each(m.accuracy_before), each(m.accuracy), each(m.latency.value), each(m.cold_latency.value);
  each(m.throughput), each(m.traffic.value), each(m.arena.value), each(m.energy.value);
  each(o.seed), each(o.data_set), each(o.data_hash), each(o.library), each(o.time);
}

// Why the description cannot be stored; empty: it can.
inline message flaw(artifact_info const& i) {
  message why{};
  if (i.model.empty()) return "the model has no name";
  for_each_field(i, [&why](auto const& v) {
    if constexpr (std::is_same_v<decltype(v), std::string const&>) {
      if (v.size() > longest_text) why = message() << "a text has " << v.size() << " bytes, at most 255 are allowed";
      if (!printable(v)) why = "a text holds a control character";
    } else if constexpr (std::is_same_v<decltype(v), double const&>) {
      if (!(v >= 0) || v > 1e300) why = "a figure is negative, infinite or not a number";
    }
  });
  if (i.figures.accuracy > 1 || i.figures.accuracy_before > 1) why = "an accuracy is over 1: it is a share";
  if (i.precision != dtype::f32 && i.precision != dtype::bf16 && i.precision != dtype::i8)
    why = "no network has that precision: f32, bf16 or int8";
  if (i.made_for.cores < 0) why = "the number of cores is negative";
  return why;
}

inline void encode_description(encoder& out, artifact_info const& i) {
  out.put(static_cast<std::uint8_t>(i.precision));
  for_each_field(i, [&out](auto const& v) { out.put(v); });
}

inline dtype to_dtype(std::uint8_t v, refusal refuse) {
  static_assert(static_cast<int>(dtype::f32) == 0 && static_cast<int>(dtype::i32) == 4 && dtypes == 13,
                "these numbers are in files");
  if (v > static_cast<std::uint8_t>(dtypes - 1)) refuse(message() << "there is no number format " << int{v});
  return static_cast<dtype>(v);
}

inline artifact_info decode_description(std::span<std::byte const> bytes, refusal refuse) {
  decoder in(bytes, "1 (description)", refuse);
  artifact_info i{};
  std::uint8_t precision{};
  in.take(precision);
  i.precision = to_dtype(precision, refuse);
  for_each_field(i, [&in](auto& v) { in.take(v); });
  in.finish();
  message const why = flaw(i);
  if (*why.c_str() != 0) refuse(message("section 1 (description): ") << why.c_str());
  return i;
}

}  // namespace hone::inline HONE_ABI::store::detail
