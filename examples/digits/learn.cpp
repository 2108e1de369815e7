#include "learn.hpp"

#include "model.hpp"

#include <hone/hw/metadata.hpp>
#include <hone/pass/prepare.hpp>
#include <hone/shal/numerics.hpp>
#include <hone/shal/prediction.hpp>
#include <hone/store/file.hpp>
#include <hone/store/repository.hpp>
#include <hone/train/initialize.hpp>
#include <hone/train/trainer.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <xtensor/xadapt.hpp>
#include <xtensor/xnpy.hpp>

namespace digits {
namespace {

hone::train::divided load(std::string const& path) {
  return hone::train::split(hone::train::load_csv(path, {{8, 8, 1}, 1.0f / 16, 10}), 0.8, split_seed);
}

hone::train::training_options training(learning const& how, learned& l, on_progress const& progress) {
  hone::train::training_options o;
  o.epochs = how.epochs, o.seed = how.seed, o.rate = 3e-3;
  o.report = [&l, &progress](hone::train::progress const& p) {
    if (p.step != p.steps) return;
    l.epochs.push_back({p.loss, 100 * p.accuracy});
    progress("train", p.epoch, p.epochs, fmt::format("loss {:.4f}, accuracy {:.2f}%", p.loss, 100 * p.accuracy));
  };
  return o;
}

// The range of every quantised edge: its largest magnitude over 256 training images.
void calibrate(hone::tensor_set& params, hone::train::data_set const& d) {
  auto const& f32 = hone::specialized<network>::canonical;
  std::span<float const> const images(d.images.data(), std::min<std::size_t>(256, d.size()) * 64);
  auto const results = hone::shal::evaluate_all<float>(f32, hone::pass::evaluate_parameters(f32, params), images);
  for (hone::weight const& w : network_int8::canonical.weights) {
    if (!w.leaf() || w.what != hone::role::range) continue;
    float range = 0;
    for (std::size_t i = 0; i < f32.ops.size(); ++i)
      if (f32.ops[i].layer == w.layer)
        for (float v : results[i]) range = std::max(range, std::abs(v));
    params.add(hone::tensor_name(network_int8::canonical, w).c_str(), hone::dtype::f32, w.dims).values<float>()[0] =
        range;
  }
}

// Share of right answers, under the numerics of the network's plan.
template <class Network>
double accuracy(hone::tensor_set const& weights, hone::train::data_set const& d) {
  auto const scores = hone::shal::emulate(
      hone::specialization_of<Network>::canonical, weights, std::span<float const>(d.images.data(), d.images.size()));
  std::size_t right = 0;
  for (std::size_t i = 0; i < d.size(); ++i) {
    auto const first = scores.begin() + static_cast<std::ptrdiff_t>(10 * i);
    right += std::max_element(first, first + 10) - first == d.labels(i) ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(d.size());
}

template <class Network, class Machine>
hone::artifact make(hone::tensor_set const& base, hone::train::divided const& d, learning const& how) {
  using spec = hone::specialization_of<Network>;
  hone::artifact a;
  a.model = "digits", a.plan_id = spec::plan_id, a.precision = spec::chosen.precision;
  a.made_for = hone::hw::metadata(Machine::value);
  a.weights = hone::pass::canonical_tensors(spec::canonical, base);
  constexpr auto p = hone::predict<Network, Machine>();
  a.figures.latency = p.latency, a.figures.energy = p.energy, a.figures.arena = p.arena,
  a.figures.throughput = p.throughput;
  a.figures.cold_latency = p.cold_latency, a.figures.traffic = p.traffic();
  a.figures.accuracy = a.figures.accuracy_before = accuracy<Network>(a.weights, d.test);
  a.origin = {how.seed, "UCI optical digits", 0, "0.1", 0};
  return a;
}

}  // namespace

learned learn(learning const& how, on_progress const& progress) {
  learned l;
  auto const data = load(how.data);
  l.training_images = data.train.size(), l.test_images = data.test.size();
  auto const g = hone::thaw(network::description);
  auto base = hone::train::train(g, hone::train::initialize(g, how.seed), data.train, training(how, l, progress));
  l.base_accuracy = 100 * hone::train::evaluate(g, base, data.test).accuracy;
  calibrate(base, data.train);
  auto repository = hone::store::repository::open(how.repository);
  repository.put(make<network, hw::sapphire_rapids>(base, data, how));
  repository.put(make<network_bf16, hw::sapphire_rapids>(base, data, how));
  repository.put(make<network_int8, hw::sapphire_rapids>(base, data, how));
  return l;
}

namespace {

// An array as an npy file.
template <class T>
void write_npy(std::string const& path, T const* data, std::vector<std::size_t> const& shape) {
  xt::dump_npy(path, xt::adapt(data, std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>()),
                               xt::no_ownership(), shape));
}

// The folded weights under the names that benchmarks/peers/make_models.py knows.
void export_weights(std::string const& folder, hone::tensor_set const& f32) {
  constexpr std::array<std::pair<char const*, char const*>, 7> names{
      {{"conv2d_1", "conv1"},
       {"residual_4.conv2d_0", "res1a"},
       {"residual_4.conv2d_3", "res1b"},
       {"conv2d_6", "conv2"},
       {"residual_9.conv2d_0", "res2a"},
       {"residual_9.conv2d_3", "res2b"},
       {"dense_12", "dense"}}};
  for (auto const& [layer, file] : names) {
    auto const& w = f32.at(fmt::format("{}.weight", layer).c_str());
    auto const& b = f32.at(fmt::format("{}.bias", layer).c_str());
    auto const side = [&](std::size_t i) { return static_cast<std::size_t>(w.dims[i]); };
    std::vector<std::size_t> shape{side(0), side(1), side(2), side(3)};
    if (w.dims[0] == 1 && w.dims[1] == 1) shape = {side(2), side(3)};
    write_npy(fmt::format("{}/{}.weight.npy", folder, file), w.values<float>().data(), shape);
    write_npy(fmt::format("{}/{}.bias.npy", folder, file), b.values<float>().data(), {side(3)});
  }
}

}  // namespace

std::vector<double> export_seed(learning const& how, std::string const& folder, on_progress const& progress) {
  std::filesystem::create_directories(folder);
  learned l;
  auto const data = load(how.data);
  auto const g = hone::thaw(network::description);
  auto base = hone::train::train(g, hone::train::initialize(g, how.seed), data.train, training(how, l, progress));
  calibrate(base, data.train);
  hone::artifact const f32 = make<network, hw::sapphire_rapids>(base, data, how),
                       bf16 = make<network_bf16, hw::sapphire_rapids>(base, data, how),
                       int8 = make<network_int8, hw::sapphire_rapids>(base, data, how);
  hone::store::save(folder + "/f32.hone", f32);
  hone::store::save(folder + "/bf16.hone", bf16);
  export_weights(folder, f32.weights);
  std::size_t const n = data.test.size();
  write_npy(folder + "/calib.npy", data.train.images.data(), {256, 8, 8, 1});
  write_npy(folder + "/test_x.npy", data.test.images.data(), {n, 8, 8, 1});
  std::vector<std::int64_t> const labels(data.test.labels.begin(), data.test.labels.end());
  write_npy(folder + "/test_y.npy", labels.data(), {n});
  hone::store::save(folder + "/int8.hone", int8);  // the last one: it says that the folder is complete
  return {100 * f32.figures.accuracy, 100 * bf16.figures.accuracy, 100 * int8.figures.accuracy};
}

}  // namespace digits
