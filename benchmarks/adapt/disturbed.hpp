#pragma once
#include <hone/hw/ticks.hpp>
#include <hone/run/plan_view.hpp>

#include <array>
#include <utility>

namespace bench::adapt {

/// The kernels of a plan, each behind a door that can make it take longer: a disturbance that one can dose.
template <class Tag, int Variants, int Ops>
class disturbed_plan {
 public:
  explicit disturbed_plan(hone::plan_view const& plan) : plan_(plan) {
    doors(std::make_integer_sequence<int, Variants * Ops>{});
    for (std::size_t v = 0; v < Variants; ++v) {
      views_[v] = plan.variants[v];
      if (views_[v].entries == nullptr) continue;
      for (std::size_t i = 0; i < Ops; ++i) {
        original[v][i] = plan.variants[v].entries[i];
        if (original[v][i] == nullptr) entries_[v][i] = nullptr;
      }
      views_[v].entries = entries_[v].data(), views_[v].whole = wholes_[v];
    }
    plan_.variants = views_;
  }
  hone::plan_view const& view() const { return plan_; }
  /// From now on variant v takes `factor` times as long.
  static void slow(int v, double factor) { factors[static_cast<std::size_t>(v)] = factor; }

 private:
  template <int V, int I>
  static void door(hone::kernel_args const& a) noexcept {
    if (factors[V] <= 1) return original[V][I](a);
    hone::hw::ticks const start = hone::hw::now_after();
    original[V][I](a);
    auto const taken = static_cast<double>(hone::hw::now_after() - start);
    while (static_cast<double>(hone::hw::now() - start) < factors[V] * taken) {
    }
  }
  template <int V>
  static void whole(hone::kernel_args const& first) noexcept {
    [&]<int... I>(std::integer_sequence<int, I...>) {
      ((original[V][I] != nullptr ? door<V, I>((&first)[I]) : void()), ...);
    }
    (std::make_integer_sequence<int, Ops>{});
  }
  template <int... N>
  void doors(std::integer_sequence<int, N...>) {
    ((entries_[N / Ops][N % Ops] = &door<N / Ops, N % Ops>, wholes_[N / Ops] = &whole<N / Ops>), ...);
  }

  static inline std::array<double, Variants> factors{};
  static inline std::array<std::array<hone::kernel_entry, Ops>, Variants> original{};
  hone::plan_view plan_;
  std::array<std::array<hone::kernel_entry, Ops>, Variants> entries_{};
  std::array<hone::kernel_entry, Variants> wholes_{};
  std::array<hone::variant_view, Variants> views_{};
};

}  // namespace bench::adapt
