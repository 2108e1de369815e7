#pragma once
#include <hone/core/error.hpp>
#include <hone/core/shape.hpp>

#include <array>
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

// Runs `net` on a contiguous row-major tensor of floats without a copy; the result is a view [rows][columns][channels] of
// the engine's own memory, valid until its next call. Raises where the number of values is not the network's.
template <runnable Engine, class Tensor>
auto run(Engine& net, Tensor const& x) {
  static_assert(
      std::is_same_v<typename Tensor::value_type, float>, "hone: networks take floats; convert with xt::cast<float>");
  constexpr shape in = Engine::input_shape, out = Engine::output_shape;
  if (x.size() != static_cast<std::size_t>(in.size()))
    raise("cannot run the network",
          message() << "the tensor has " << x.size() << " values, the network takes " << in.size(), "hone::ext::run",
          "pass rows x columns x channels values, channels fastest");
  std::span<float const> const y = net(std::span<float const>(x.data(), x.size()));
  std::array<std::size_t, 3> const extents{
      static_cast<std::size_t>(out.h), static_cast<std::size_t>(out.w), static_cast<std::size_t>(out.c)};
  return xt::adapt(y.data(), y.size(), xt::no_ownership(), extents);
}

// Runs `net` on each image of a batch [n][rows][columns][channels]; the results, [n][channels of all pixels], are copied.
template <runnable Engine>
xt::xtensor<float, 2> run_batch(Engine& net, xt::xtensor<float, 4> const& images) {
  constexpr shape in = Engine::input_shape, out = Engine::output_shape;
  std::size_t const n = images.shape()[0], size = static_cast<std::size_t>(in.size()),
                    results = static_cast<std::size_t>(out.size());
  if (images.size() != n * size)
    raise("cannot run the network",
          message() << "an image has " << (n == 0 ? 0 : images.size() / n) << " values, the network takes " << size,
          "hone::ext::run_batch", "reshape the images to rows, columns, channels");
  xt::xtensor<float, 2> y = xt::xtensor<float, 2>::from_shape({n, results});
  for (std::size_t i = 0; i < n; ++i) {
    std::span<float const> const r = net(std::span<float const>(images.data() + i * size, size));
    for (std::size_t k = 0; k < results; ++k) y.data()[i * results + k] = r[k];
  }
  return y;
}

}  // namespace hone::inline HONE_ABI::ext
