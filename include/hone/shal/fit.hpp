#pragma once
#include <hone/core/error.hpp>
#include <hone/shal/prediction.hpp>

#include <cmath>
#include <span>

namespace hone::inline HONE_ABI::shal {

// A measured run of operations: one operation called again and again, or a whole final graph.
struct measurement {
  dynamic_graph graph{};  // its tiles chosen; without an input operation, if only one is timed
  nanoseconds time{};     // of all of it, once
  bool call{};            // the time includes the engine's call
};
// What the model says of a measurement.
inline nanoseconds modelled(measurement const& m, profile const& p) {
  pricer const price(m.graph, p);
  nanoseconds t = m.call ? p.call : nanoseconds{};
  for (op const& o : m.graph.ops) t += price.cost(o).time;
  return t;
}

// A profile whose microkernels explain measurements best.
struct fitted {
  profile machine{};
  std::vector<double> error{};  // of each measurement: modelled / measured - 1
  double rms{}, worst{};        // of those, absolute
};

namespace detail {

// The figures of a profile that a fit may change, each positive and varied by its logarithm. What no measurement depends
// on stays as the base profile has it.
class fit_parameters {
 public:
  static constexpr std::size_t a_format = 3, count = 3 * a_format + 1;

  static std::array<double, count> get(profile const& p) {
    std::array<double, count> x{};
    std::size_t i = 0;
    for (microkernel const* k : {&p.f32, &p.bf16, &p.int8})
      for (double v : {k->efficiency, k->cycles_per_tile, k->chain_cycles}) x[i++] = std::log(v > least ? v : least);
    x[i] = std::log(p.op_overhead.value > least ? p.op_overhead.value : least);
    return x;
  }
  static profile set(profile p, std::array<double, count> const& x) {
    std::size_t i = 0;
    for (microkernel* k : {&p.f32, &p.bf16, &p.int8}) {
      k->efficiency = std::exp(x[i]), k->cycles_per_tile = std::exp(x[i + 1]), k->chain_cycles = std::exp(x[i + 2]);
      i += a_format;
    }
    p.op_overhead = {std::exp(x[i])};
    return p;
  }

 private:
  static constexpr double least = 0.05;  // of a cost that the base profile leaves at 0: a start for the fit
};

// A residual whose square grows as r's while |r| is small, and as |r| itself beyond 0.1 (the pseudo-Huber loss).
inline double tempered(double r) {
  constexpr double knee = 0.1;
  double const loss = std::sqrt(1 + r * r / (knee * knee)) - 1;
  return std::copysign(knee * std::sqrt(2 * loss), r);
}

// Solves the symmetric, positive definite n x n system a x = b in place (Cholesky); the result is in b.
template <std::size_t N>
void solve(std::array<std::array<double, N>, N>& a, std::array<double, N>& b) {
  for (std::size_t i = 0; i < N; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      double s = a[i][j];
      for (std::size_t k = 0; k < j; ++k) s -= a[i][k] * a[j][k];
      a[i][j] = i == j ? std::sqrt(s) : s / a[j][j];
    }
  for (std::size_t i = 0; i < N; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= a[i][k] * b[k];
    b[i] /= a[i][i];
  }
  for (std::size_t i = N; i-- > 0;) {
    for (std::size_t k = i + 1; k < N; ++k) b[i] -= a[k][i] * b[k];
    b[i] /= a[i][i];
  }
}

}  // namespace detail

// Fits what measurement alone can tell of a machine (of each number format's microkernel the efficiency, the cycles of
// starting a tile and the latency of a dependent step; the fixed cost of an operation) by least squares over the
// logarithms of modelled / measured time (Levenberg-Marquardt, numeric derivatives), errors past a tenth counted by size
// instead of by square, so that a kernel unlike all others does not bend the rest. Everything else, ports and clock above
// all, is base's. Weakly held to base, so that figures which no measurement tells stay as they are.
inline fitted fit(profile const& base, std::span<measurement const> measured) {
  using parameters = detail::fit_parameters;
  constexpr std::size_t n = parameters::count;
  using vector = std::array<double, n>;
  for (measurement const& m : measured)
    if (!(m.time.value > 0 && m.time.value < 1e18))
      raise("cannot fit a profile", "a measured time is not positive", base.name, "measure every kernel at least once");
  constexpr double hold = 1e-3;  // weight of a parameter's departure, against measurements of weight 1
  vector const start = parameters::get(base);
  auto const residuals = [&](vector const& x) {
    profile const p = parameters::set(base, x);
    std::vector<double> r;
    for (measurement const& m : measured) r.push_back(detail::tempered(std::log(modelled(m, p).value / m.time.value)));
    for (std::size_t i = 0; i < n; ++i) r.push_back(hold * (x[i] - start[i]));
    return r;
  };
  auto const squares = [](std::vector<double> const& r) {
    double s = 0;
    for (double v : r) s += v * v;
    return s;
  };

  vector x = start;
  std::vector<double> r = residuals(x);
  double damping = 1e-2;
  for (int round = 0; round < 200 && damping < 1e8; ++round) {
    std::array<std::vector<double>, n> slope;
    for (std::size_t i = 0; i < n; ++i) {
      vector moved = x;
      moved[i] += 1e-4;
      slope[i] = residuals(moved);
      for (std::size_t k = 0; k < r.size(); ++k) slope[i][k] = (slope[i][k] - r[k]) / 1e-4;
    }
    std::array<vector, n> a{};
    vector step{};
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j)
        for (std::size_t k = 0; k < r.size(); ++k) a[i][j] += slope[i][k] * slope[j][k];
      for (std::size_t k = 0; k < r.size(); ++k) step[i] -= slope[i][k] * r[k];
    }
    for (std::size_t i = 0; i < n; ++i) a[i][i] += damping * (a[i][i] + 1e-6);
    detail::solve(a, step);
    vector next = x;
    for (std::size_t i = 0; i < n; ++i) next[i] += step[i] > 1 ? 1 : step[i] < -1 ? -1 : step[i];
    std::vector<double> const tried = residuals(next);
    if (squares(tried) < squares(r)) {
      bool const done = squares(r) - squares(tried) < 1e-12 * squares(r);
      x = next, r = tried, damping *= 0.3;
      if (done) break;
    } else {
      damping *= 5;
    }
  }

  fitted result{parameters::set(base, x), {}, 0, 0};
  for (measurement const& m : measured) {
    double const e = modelled(m, result.machine) / m.time - 1;
    result.error.push_back(e);
    result.rms += e * e / static_cast<double>(measured.size());
    result.worst = std::fabs(e) > result.worst ? std::fabs(e) : result.worst;
  }
  result.rms = std::sqrt(result.rms);
  return result;
}

}  // namespace hone::inline HONE_ABI::shal
