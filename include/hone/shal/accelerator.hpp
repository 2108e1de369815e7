#pragma once
#include <hone/nn/layer.hpp>
#include <hone/shal/memory.hpp>

namespace hone::inline HONE_ABI::shal {

// ---- machines that Hone predicts and does not run on: GPUs and systolic arrays

// o as matrix products: `groups` of [rows x depth] times [depth x columns], one a group of channels (depthwise: one channel).
struct matrix_form {
  double rows{}, depth{}, columns{}, groups{1};
  constexpr double weights() const { return depth * columns * groups; }
};
constexpr matrix_form matrix_form_of(op const& o, work const& w) {
  matrix_form m{};
  m.rows = o.out.pixels(), m.columns = o.out.c;
  if (!(w.macs > 0)) return m;
  double const macs = w.macs / o.out.size();  // of one output, on average: padded taps are not counted
  double const taps = double(nn::inside(o.out.h, o.win.sh, o.win.top, o.win.kh, o.in.h)) *
                      nn::inside(o.out.w, o.win.sw, o.win.left, o.win.kw, o.in.w) / o.out.pixels();
  if (taps * o.in.c >= 2 * macs) m.groups = static_cast<int>(taps * o.in.c / macs + 0.5);
  m.depth = o.win.taps() * o.in.c / m.groups;
  m.depth = macs > m.depth ? macs : m.depth;  // a dense layer sees all pixels
  m.columns /= m.groups;
  return m;
}
// Bytes of weights that o has on an accelerator: no lanes pad them there.
constexpr bytes unpadded_weights(op const& o, work const& w) {
  return {w.macs > 0 ? matrix_form_of(o, w).weights() * size_of(o.weights) : w.bytes_weights};
}

// What one thread of a GPU computes, a thread an output: multiply-accumulates (int8: dot products of 4) and other steps.
struct thread_work {
  double macs{}, others{};
  constexpr double steps() const { return macs + others; }
};
constexpr thread_work thread_work_of(op const& o, work const& w, profile const& p) {
  return {w.macs / (o.from == dtype::u8 ? 4 : 1) / o.out.size(), w.vector_uops * p.vectors.lanes / o.out.size()};
}
// Cycles that a unit of a GPU needs to issue the work of n threads.
constexpr double issue_cycles(thread_work const& t, double n, microkernel const& k, profile const& p) {
  double const macs = t.macs > 0 ? t.macs / (k.mac_uops_per_cycle * k.efficiency) : 0;
  return n / p.vectors.lanes * (macs + t.others / p.vector_ports);
}
// Cycles of o on a GPU that has nothing else to do: threads are spread evenly over the units. A unit works through its
// threads in waves of unit_rows; a wave lasts as long as its instructions take to issue, or as one thread's dependent chain.
constexpr cycles gpu_cycles(op const& o, work const& w, microkernel const& k, profile const& p) {
  thread_work const t = thread_work_of(o, w, p);
  int const threads = ceil_div(o.out.size(), p.units), waves = threads / p.unit_rows;
  auto const wave = [&](int n) {
    double const issue = issue_cycles(t, n, k, p), chain = t.steps() * k.chain_cycles;
    return n == 0 ? 0.0 : issue > chain ? issue : chain;
  };
  return {waves * wave(p.unit_rows) + wave(threads - waves * p.unit_rows)};
}
// The same where other calls fill the units.
constexpr cycles gpu_full_cycles(op const& o, work const& w, microkernel const& k, profile const& p) {
  return {issue_cycles(thread_work_of(o, w, p), double(o.out.size()) / p.units, k, p)};
}

// Cycles of o on systolic arrays of unit_rows x unit_columns, weights held still: the matrix is cut into tiles of that
// size; while one tile's rows stream through, the next tile's weights are loaded behind them (unit_rows cycles); the
// pipeline fills once. A group's matrix lies on the diagonal with its neighbours', so a depthwise layer wastes nearly all
// of the array. Elementwise work runs on a vector unit of `lanes` lanes.
constexpr cycles systolic_cycles(op const& o, work const& w, microkernel const& k, profile const& p) {
  matrix_form const m = matrix_form_of(o, w);
  auto const up = [](double a, double b) { return static_cast<double>(static_cast<long long>((a + b - 1) / b)); };
  double const vector = p.vector_ports > 0 ? w.vector_uops / p.vector_ports : 0;
  if (!(m.depth > 0)) return {vector};
  double const groups_a_tile = [&] {
    double const down = p.unit_rows / m.depth, across = p.unit_columns / m.columns, n = down < across ? down : across;
    return n < 1 || m.groups == 1 ? 1.0 : static_cast<double>(static_cast<long long>(n));
  }();
  double const tiles = up(m.groups, groups_a_tile) * up(m.depth * groups_a_tile, p.unit_rows) *
                       up(m.columns * groups_a_tile, p.unit_columns);
  double const a_tile = m.rows > p.unit_rows ? m.rows : p.unit_rows;
  double const fill = p.unit_rows + p.unit_columns;
  return {up(tiles, p.units) * a_tile / (k.mac_uops_per_cycle * k.efficiency) + fill + vector};
}

}  // namespace hone::inline HONE_ABI::shal
