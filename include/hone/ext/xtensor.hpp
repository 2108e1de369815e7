#pragma once
#include <hone/core/error.hpp>
#include <hone/core/shape.hpp>

#include <array>
#include <cstring>
#include <span>
#include <xtensor/xadapt.hpp>
#include <xtensor/xtensor.hpp>

namespace hone::inline HONE_ABI::ext {

// What can be run with tensors: every engine.
template <class E>
concept runnable = requires(E& e, std::span<float const> x) {
  { E::input_shape } -> std::convertible_to<shape>;
  { e(x) } -> std::convertible_to<std::span<float const>>;
};

// The extents of a tensor, those of 1 left out: "8x8x3".
template <class Extents>
message extents_of(Extents const& extents) {
  message text;
  char const* between = "";
  for (auto d : extents)
    if (d != 1) text << between << static_cast<long long>(d), between = "x";
  return *between == 0 ? text << "1" : text;
}
// Where the values of x lie, one after the other. Raises where x has not the extents h x w x c (extents of 1 may be left
// out, or all flattened to one), or where its values lie in another order.
template <class Tensor>
float const* values_of(Tensor const& x, shape of) {
  message const wanted = extents_of(std::array<int, 3>{of.h, of.w, of.c}), got = extents_of(x.shape());
  message const flat = message() << of.size();
  if (std::strcmp(got.c_str(), wanted.c_str()) != 0 && std::strcmp(got.c_str(), flat.c_str()) != 0)
    raise("cannot run the network",
          message() << "the tensor has " << got.c_str() << " values, the network takes " << wanted.c_str(),
          "hone::ext::run", "pass rows x columns x channels values, channels fastest");
  std::ptrdiff_t expected = 1;
  for (std::size_t d = x.dimension(); d-- > 0;) {
    auto const extent = static_cast<std::ptrdiff_t>(x.shape()[d]);
    if (extent != 1 && static_cast<std::ptrdiff_t>(x.strides()[d]) != expected)
      raise("cannot run the network", "the tensor's values do not lie one after the other, channels fastest",
            "hone::ext::run", "pass a row-major copy: xt::xtensor<float, 3>(x)");
    expected *= extent;
  }
  return x.data() + x.data_offset();
}

// Runs `net` on a dense row-major tensor (or view) of floats without a copy; the result is a view
// [rows][columns][channels] of the engine's own memory, valid until its next call. Raises as values_of.
template <runnable Engine, class Tensor>
auto run(Engine& net, Tensor const& x) {
  static_assert(
      std::is_same_v<typename Tensor::value_type, float>, "hone: networks take floats; convert with xt::cast<float>");
  constexpr shape in = Engine::input_shape, out = Engine::output_shape;
  std::span<float const> const y = net(std::span<float const>(values_of(x, in), x.size()));
  std::array<std::size_t, 3> const extents{
      static_cast<std::size_t>(out.h), static_cast<std::size_t>(out.w), static_cast<std::size_t>(out.c)};
  return xt::adapt(y.data(), y.size(), xt::no_ownership(), extents);
}

// Runs `net` on each image of a batch [n][rows][columns][channels]; the results, [n][channels of all pixels], are copied.
// Raises where the images' extents are not the network's.
template <runnable Engine>
xt::xtensor<float, 2> run_batch(Engine& net, xt::xtensor<float, 4> const& images) {
  constexpr shape in = Engine::input_shape, out = Engine::output_shape;
  std::size_t const n = images.shape()[0], size = static_cast<std::size_t>(in.size()),
                    results = static_cast<std::size_t>(out.size());
  auto const& extents = images.shape();
  if (shape{static_cast<int>(extents[1]), static_cast<int>(extents[2]), static_cast<int>(extents[3])} != in)
    raise("cannot run the network",
          message() << "images are " << extents[1] << "x" << extents[2] << "x" << extents[3] << ", the network takes "
                    << in.h << "x" << in.w << "x" << in.c,
          "hone::ext::run_batch", "reshape the images to rows, columns, channels");
  xt::xtensor<float, 2> y = xt::xtensor<float, 2>::from_shape({n, results});
  for (std::size_t i = 0; i < n; ++i) {
    std::span<float const> const r = net(std::span<float const>(images.data() + i * size, size));
    for (std::size_t k = 0; k < results; ++k) y.data()[i * results + k] = r[k];
  }
  return y;
}

}  // namespace hone::inline HONE_ABI::ext
