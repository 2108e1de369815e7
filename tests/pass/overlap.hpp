#pragma once
#include <hone/pass/memory_plan.hpp>

#include <string>

// True if the result of operation i is still to be read when operation `at` writes its own.
inline bool alive(hone::dynamic_graph const& g, std::size_t i, std::size_t at) {
  if (i + 1 == g.ops.size()) return true;
  for (std::size_t k = at; k < g.ops.size(); ++k)
    for (std::int16_t in : g.ops[k].input)
      if (in >= 0 && (in == static_cast<int>(i) || hone::pass::storage_of(g, static_cast<std::size_t>(in)) == i))
        return true;
  return false;
}

// What is wrong with the places of g's activations and scratch: not aligned, out of the arena, one in another's way.
// Empty: nothing.
inline std::string overlap(hone::dynamic_graph const& g) {
  auto const end = [](hone::op const& o) { return o.at + o.bytes_out() + 64; };
  int activations = 0;
  for (std::size_t j = 0; j < g.ops.size(); ++j) {
    hone::op const& o = g.ops[j];
    activations = activations < end(o) ? end(o) : activations;
    if (o.at % 64 != 0 || o.at < 0 || end(o) > g.arena) return "operation " + std::to_string(j) + " lies badly";
    for (std::size_t i = 0; i < j; ++i)
      if (hone::pass::storage_of(g, i) != hone::pass::storage_of(g, j) && alive(g, i, j) && end(g.ops[i]) > o.at &&
          end(o) > g.ops[i].at)
        return "operations " + std::to_string(i) + " and " + std::to_string(j) + " share memory";
  }
  for (hone::op const& o : g.ops)
    if (o.scratch > 0 &&
        (o.scratch_at % 64 != 0 || o.scratch_at < activations || o.scratch_at + o.scratch + 64 > g.arena))
      return "scratch lies badly";
  return "";
}
