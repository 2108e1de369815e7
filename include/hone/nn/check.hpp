#pragma once
#include <hone/core/graph.hpp>

namespace hone::inline HONE_ABI {

// Errors that the compiler prints (DESIGN.md, decision 12): a report is a type with figures in it and a member `ok`.
// Values find a problem, this one assertion reports it: one error, no cascade.
template <class Report>
constexpr bool check() {
  static_assert(Report::ok, "hone: the template argument Report of check() tells what is wrong and how to fix it");
  return true;
}

// Vocabulary of reports.
template <int H, int W, int C>
struct wanted {};
template <int H, int W, int C>
struct got {};
template <label Name>
struct in_layer {};
template <int Position, class Layer>
struct at_position {};
template <fix How>
struct to_fix {};

// A layer's input does not fit: what it wanted, what came, where, and what to do.
template <op_kind const* Operation, class Where, class Layer, class Wanted, class Got, class Fix>
struct shape_mismatch {
  static constexpr bool ok = false;
};
// The layers do not make a network for another reason than shapes: where, and what to do.
template <class Where, class Layer, class Fix>
struct not_a_network {
  static constexpr bool ok = false;
};

constexpr bool about_shapes(fix how) {
  return how != fix::start_the_model_with_an_input_layer && how != fix::give_layers_different_names &&
         how != fix::use_shorter_names_or_less_nesting;
}

// The first layer of g whose name another one has, or whose name is too long for its tensors'. Linear time.
template <class G>
constexpr problem misnamed(G const& g) {
  std::size_t const slots = 2 * g.layers.size() + 1;
  scratch<std::uint64_t> seen(slots);
  for (std::size_t i = 0; i < g.layers.size(); ++i) {
    label const& name = g.layers[i].name;
    auto const at = static_cast<std::int16_t>(i);
    if (name.size() > longest_layer_name) return {nullptr, at, fix::use_shorter_names_or_less_nesting, {}, {}};
    std::uint64_t const id = name_id(name.c_str()) | 1;  // 0: a free slot
    std::size_t slot = id % slots;
    for (; seen[slot] != 0; slot = (slot + 1) % slots)
      if (seen[slot] == id) return {nullptr, at, fix::give_layers_different_names, {}, {}};
    seen[slot] = id;
  }
  return {};
}

}  // namespace hone::inline HONE_ABI
