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
template <op_kind const* Operation, class Where, class Wanted, class Got, class Fix>
struct shape_mismatch {
  static constexpr bool ok = false;
};

}  // namespace hone::inline HONE_ABI
