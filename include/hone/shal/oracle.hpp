#pragma once
#include <hone/core/buffer.hpp>
#include <hone/core/graph.hpp>

#include <span>
#include <utility>
#include <vector>

namespace hone::inline HONE_ABI::shal {

// The value of weight node w as numbers of type T (float, double, or int32_t for integer nodes). `value` holds the node's
// rows * cols elements in its own format; bf16 is widened.
template <class T>
std::vector<T> widened(weight const& w, buffer const& value) {
  std::size_t const n = static_cast<std::size_t>(w.rows) * static_cast<std::size_t>(w.cols);
  if (value.size() < n * static_cast<std::size_t>(size_of(w.type)))
    raise("cannot read a weight", message() << value.size() << " bytes are too few for " << w.rows << " x " << w.cols,
          name(w.what), "give the value of every node that an operation reads");
  std::vector<T> out(n);
  auto const copy = [&](auto const* from) {
    for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<T>(from[i]);
  };
  switch (w.type) {
    case dtype::f32: copy(value.as<float>()); break;
    case dtype::i8: copy(value.as<std::int8_t>()); break;
    case dtype::u8: copy(value.as<std::uint8_t>()); break;
    case dtype::i32: copy(value.as<std::int32_t>()); break;
    case dtype::bf16:
      for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<T>(from_bf16(value.as<std::uint16_t>()[i]));
      break;
    default:
      raise("cannot read a weight", message() << "no operation on images takes " << hone::name(w.type), name(w.what),
            "use f32, bf16 or the types of int8");
  }
  return out;
}

// How many images of `elements` values fill `size`; at least one, and no rest.
inline int images_in(std::size_t size, shape of) {
  std::size_t const one = static_cast<std::size_t>(of.size());
  if (size == 0 || size % one != 0)
    raise("cannot evaluate a network", message() << size << " values are no whole number of inputs of " << one, "input",
          "give rows * columns * channels values an image");
  return static_cast<int>(size / one);
}

// Runs the reference of o (float or double) on [batch] results of other operations.
template <class T>
void run_reference(op const& o, args<T> const& a) {
  auto const reference = [&] {
    if constexpr (sizeof(T) == sizeof(float))
      return o.kind->reference_f32;
    else
      return o.kind->reference_f64;
  }();
  if (!reference)
    raise("cannot evaluate an operation", message() << o.kind->name << " has no reference in floating point",
          o.kind->name, "give its kind a reference, or emulate the graph (shal/numerics.hpp)");
  reference(o, a);
}

// The oracle: results of all operations of a graph in floating point (T = float or double), computed by the kinds' scalar
// references. values[i] is the value of weight node i, in the node's format (pass::evaluate_parameters makes them; those
// that no operation reads may be empty). `input` holds one or more images in NHWC order. Result [op][image][h][w][c].
// bf16 weights are widened; int8 graphs are not for the oracle but for the emulator. Raises where a shape does not fit.
template <class T, class G>
std::vector<std::vector<T>> evaluate_all(G const& g, std::vector<buffer> const& values, std::span<T const> input) {
  int const batch = images_in(input.size(), g.ops[0].out);
  std::vector<std::vector<T>> results(g.ops.size()), params(g.weights.size());
  results[0].assign(input.begin(), input.end());
  for (std::size_t i = 1; i < g.ops.size(); ++i) {
    op const& o = g.ops[i];
    args<T> a{};
    a.batch = batch;
    for (std::size_t k = 0; k < max_inputs; ++k)
      if (o.input[k] >= 0) a.in[k] = results[static_cast<std::size_t>(o.input[k])].data();
    for (std::size_t k = 0; k < max_params; ++k)
      if (o.param[k] >= 0) {
        auto const node = static_cast<std::size_t>(o.param[k]);
        if (params[node].empty()) params[node] = widened<T>(g.weights[node], values.at(node));
        a.param[k] = params[node].data();
      }
    results[i].resize(static_cast<std::size_t>(batch) * static_cast<std::size_t>(o.out.size()));
    a.out = results[i].data();
    run_reference(o, a);
  }
  return results;
}

// The network's result alone: [image][h][w][c].
template <class T, class G>
std::vector<T> evaluate(G const& g, std::vector<buffer> const& values, std::span<T const> input) {
  return std::move(evaluate_all<T>(g, values, input).back());
}

}  // namespace hone::inline HONE_ABI::shal
