#pragma once
#include <hone/core/op.hpp>

#include <array>
#include <cstdint>

namespace hone::inline HONE_ABI {

struct weight;

// Operands of one weight step: the nodes it reads, and their values.
struct weight_args {
  std::array<weight const*, 4> node{};
  std::array<void const*, 4> in{};
  void* out{};
};

// One step of a weight recipe, from the open set of steps (pass/recipe.hpp). A leaf has no `run`.
struct weight_kind {
  char const* name;
  hook<void(weight const&, weight_args const&)> run{};
};

// What a leaf is to its layer: its name in files, and how it starts.
enum class role : std::uint8_t { weight, bias, gamma, beta, mean, variance, scale, addend, range, constant };
constexpr char const* name(role r) {
  constexpr char const* names[]{
      "weight", "bias", "gamma", "beta", "mean", "variance", "scale", "addend", "range", "constant"};
  return names[static_cast<int>(r)];
}

inline constexpr int roles = static_cast<int>(role::constant) + 1;

inline constexpr weight_kind parameter_kind{"parameter"};

// One node of the weight recipe, the graph's second SSA list (DESIGN.md, decision 2): a leaf is a parameter of the
// model, a node a step run when weights are prepared. A matrix [rows][cols], output channels along cols.
struct weight {
  weight_kind const* kind{&parameter_kind};
  dtype type{dtype::f32};
  role what{role::weight};
  std::int8_t ordinal{0};                        // tells apart a layer's nodes of one role
  std::int16_t layer{-1};                        // whose
  std::array<std::int32_t, 4> dims{1, 1, 1, 1};  // of a leaf, as files show it: conv [kh][kw][ci][co]
  std::int32_t rows{}, cols{};
  std::array<std::int16_t, 4> in{-1, -1, -1, -1};
  std::array<std::int32_t, 4> attr{};  // meaning belongs to the kind
  std::int32_t padded{};               // elements of a packed node; 0: rows * cols
  std::int32_t at{-1};                 // offset in the packed block, bytes; -1: not resident

  constexpr bool leaf() const { return !kind->run; }
  constexpr int elements() const { return padded != 0 ? padded : rows * cols; }
  constexpr int size() const { return elements() * size_of(type); }
  constexpr bool operator==(weight const&) const = default;
};

}  // namespace hone::inline HONE_ABI
