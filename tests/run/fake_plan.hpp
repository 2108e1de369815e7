#pragma once
#include <hone/hw/ticks.hpp>
#include <hone/nn/input.hpp>
#include <hone/run/executor.hpp>

#include <utility>

// A plan whose kernels keep a diary instead of computing: for tests of who runs what, and when. An input and seven
// operations in a chain, in four variants; the last one is for another architecture.
namespace fake {

inline constexpr int ops = 8, variants = 4;

struct diary {
  int next{1};          // the operation that has to run next
  bool in_order{true};  // every operation ran once a call, in order
  long calls{};         // whole ones
  long ran[variants]{};
  double ns[variants][ops]{};  // what an operation takes
  void (*extra)(){};           // done by the last operation
};
inline diary& today() {
  static diary d;
  return d;
}

inline void spin(double ns) noexcept {
  auto const end = hone::hw::now() + static_cast<hone::hw::ticks>(ns * hone::hw::ticks_per_nanosecond());
  while (ns > 0 && hone::hw::now() < end) {
  }
}
template <int V, int I>
void kernel(hone::kernel_args const& a) noexcept {
  diary& d = today();
  d.in_order = d.in_order && d.next == I;
  d.next = I + 1 == ops ? 1 : I + 1;
  ++d.ran[V];
  // y[i] = x[i] + 1, so that the result tells how many operations ran; the variant in y[1]
  static_cast<float*>(a.out)[0] = static_cast<float const*>(a.in[0])[0] + 1;
  static_cast<float*>(a.out)[1] = V;
  spin(d.ns[V][I]);
  if (I + 1 < ops) return;
  ++d.calls;
  if (d.extra != nullptr) d.extra();
}

inline constexpr hone::op_kind step_kind{
    .name = "step",
    .infer = [](hone::op const&, hone::shape const* in) -> hone::inferred { return {in[0]}; },
    .count = [](hone::op const&, hone::vector_shape const&) { return hone::work{.macs = 1, .mac_uops = 100}; },
};
inline constexpr auto final_graph = [] {
  std::array<hone::op, ops> g{};
  for (int i = 0; i < ops; ++i) {
    hone::op& o = g[static_cast<std::size_t>(i)];
    o.kind = i == 0 ? &hone::input_kind : &step_kind;
    o.in = o.out = {1, 1, 2}, o.at = 64 * i;
    o.input[0] = static_cast<std::int16_t>(i - 1), o.layer = static_cast<std::int16_t>(i);
  }
  return g;
}();

template <int V, int... I>
constexpr std::array<hone::kernel_entry, ops> entries_of(std::integer_sequence<int, I...>) {
  return {(I == 0 ? nullptr : &kernel<V, I>)...};
}
template <int V>
inline constexpr auto entries = entries_of<V>(std::make_integer_sequence<int, ops>{});
template <int V>
void whole(hone::kernel_args const& first) noexcept {
  for (std::size_t i = 1; i < ops; ++i) entries<V>[i]((&first)[i]);
}

inline hone::buffer pack(hone::variant_view const&, hone::tensor_set const& tensors) {
  hone::buffer b(64);
  *b.as<float>() = tensors.at("value").values<float>()[0];
  return b;
}
inline hone::tensor_set tensors(float value = 3) {
  hone::tensor_set t;
  t.add("value", hone::dtype::f32, {1, 1, 1, 1}).values<float>()[0] = value;
  return t;
}

// The plan; variant v is predicted to take `factor[v]` times as long as one of factor 1, which takes 1 us an operation.
inline hone::plan_view plan(std::array<double, variants> factor = {1, 2, 3, 0.5}) {
  static std::array<hone::profile, variants> machines;
  static std::array<std::array<hone::nanoseconds, ops>, variants> predicted;
  static std::array<hone::variant_view, variants> views;
  static std::array<hone::layer, ops> layers;
  static constexpr std::array<std::int16_t, ops> live{0, 1, 1, 1, 1, 1, 1, 1};
  for (int i = 0; i < ops; ++i) layers[static_cast<std::size_t>(i)].name = hone::label("step_").append(i);
  for (std::size_t v = 0; v < variants; ++v) {
    // 100 uops of 0.1 a cycle at 1 GHz are 1 us
    machines[v] = {.name = "fake", .target = hone::isa::scalar, .clock = {1 / factor[v]}};
    machines[v].f32 = {.mac_uops_per_cycle = 0.1}, machines[v].memory = {{1e9}, {1e9}, {}, {}};
    for (int i = 1; i < ops; ++i) predicted[v][static_cast<std::size_t>(i)] = {1000 * factor[v]};
  }
  machines[3].target = hone::isa::none;
  hone::kernel_entry const* const kernels[]{entries<0>.data(), entries<1>.data(), entries<2>.data(), nullptr};
  hone::kernel_entry const wholes[]{&whole<0>, &whole<1>, &whole<2>, nullptr};
  for (std::size_t v = 0; v < variants; ++v)
    views[v] = {.machine = &machines[v],
                .ops = final_graph.data(),
                .arena = 64 * ops + 64,
                .entries = kernels[v],
                .whole = wholes[v],
                .pack = &pack,
                .predicted = predicted[v].data()};
  return {.plan_id = 1,
          .ops = ops,
          .input = {1, 1, 2},
          .output = {1, 1, 2},
          .output_at = 64 * (ops - 1),
          .variants = views,
          .layers = layers.data(),
          .live = live.data()};
}

}  // namespace fake
