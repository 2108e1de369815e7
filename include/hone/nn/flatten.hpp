#pragma once
#include <hone/nn/gradient.hpp>

namespace hone::inline HONE_ABI {
namespace nn {

template <class T>
constexpr void flatten_reference(op const& o, args<T> const& a) {
  int const n = a.batch * o.out.size();
  for (int i = 0; i < n; ++i) a.out[i] = a.in[0][i];
  activate(o.act, a.out, n);
}
template <class T>
void flatten_gradient(op const& o, grad_args<T> const& a) {
  before_activation<T>(o, a, flatten_reference<T>).add_to(a.din[0]);
}

}  // namespace nn

// The same numbers as one vector, in NHWC order, or as an image of the extents in op::out where those have as many. Costs
// nothing: memory planning gives it its input's place.
inline constexpr op_kind flatten_kind{
    .name = "flatten",
    .infer = [](op const& o, shape const* in) -> inferred {
      return {o.out.size() == in[0].size() ? o.out : shape{1, 1, in[0].size()}};
    },
    .count = [](op const&, vector_shape const&) { return work{}; },
    .reference_f32 = nn::flatten_reference<float>,
    .reference_f64 = nn::flatten_reference<double>,
    .reference_i32 = nn::flatten_reference<std::int32_t>,
    .moves = true,
};

// The operation of `ops` in whose place result i lies: its own, or its input's for a flatten.
template <class Ops>
constexpr int holder_of(Ops const& ops, int i) {
  while (is(ops[static_cast<std::size_t>(i)], flatten_kind)) i = ops[static_cast<std::size_t>(i)].input[0];
  return i;
}

namespace nn {
struct flatten {
  static constexpr char const* name = "flatten";
  template <class G>
  static constexpr int lower(G& g, int x, int at) {
    return emit(g, reading(flatten_kind, x, at));
  }
};
}  // namespace nn
}  // namespace hone::inline HONE_ABI
