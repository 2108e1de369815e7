#include "learn.hpp"

#include "model.hpp"

#include <hone/hw/catalogue.hpp>
#include <hone/io/npy.hpp>
#include <hone/store/file.hpp>
#include <hone/store/repository.hpp>
#include <hone/train/initialize.hpp>
#include <hone/train/met.hpp>
#include <hone/train/trainer.hpp>

#include <fmt/format.h>

#include <ctime>
#include <filesystem>

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

// Machines that the network may meet, how often, and what their neighbours and governors leave of them.
std::vector<hone::shal::environment> servers() {
  hone::shal::perturbation const shared{{0.7, 1}, {0.5, 1}, {0.25, 1}};
  return {{hw::sapphire_rapids::value, 2, shared},
          {hw::zen4::value, 2, shared},
          {hw::skylake_x::value, 1, shared},
          {hw::haswell::value, 1, shared},
          {hw::neoverse_n1::value, 1, shared}};
}
std::vector<hone::shal::environment> devices() {
  hone::shal::perturbation const throttled{{0.5, 1}, {0.5, 1}, {0.5, 1}};
  return {{hw::cortex_a53::value, 2, throttled},
          {hw::cortex_a72::value, 1, throttled},
          {hw::cortex_m7::value, 1, throttled}};
}

hone::profile const& profile_named(std::string const& name) {
  for (hone::profile const* p : hone::hw::catalogue_profiles)
    if (name == p->name) return *p;
  return hw::any::value;
}

// What was decided for an environment: precision, channels, registers.
std::string choices(hone::train::met_result const& r) {
  hone::dynamic_graph const whole =
      hone::pass::canonical(hone::thaw(network::description), {.precision = r.chosen.precision}, r.environment.machine);
  std::string text = hone::name(r.chosen.precision), pruned;
  for (std::size_t i = 0; i < whole.ops.size(); ++i)
    if (whole.ops[i].out.c != r.network.canonical.ops[i].out.c)
      pruned += fmt::format(
          "{}{}->{}", pruned.empty() ? ", channels " : " ", whole.ops[i].out.c, r.network.canonical.ops[i].out.c);
  hone::dynamic_graph const final_graph = hone::pass::finalize(r.network.canonical, r.environment.machine);
  for (hone::op const& o : final_graph.ops)
    if (hone::is(o, hone::conv2d_kind) && o.in.c > 1)
      return fmt::format("{}{}, tile {}x{} px x {}", text, pruned, o.t.rows, o.t.cols,
                         o.t.vectors * r.environment.machine.vectors.lanes);
  return text + pruned;
}

environment_row row_of(hone::train::met_result const& r, std::string const& name, std::size_t stored) {
  return {name,
          hone::name(r.chosen.precision),
          choices(r),
          100 * r.network.before.accuracy,
          100 * r.network.after.accuracy,
          r.predicted.latency.value / 1e3,
          r.predicted.energy.value / 1e6,
          (r.predicted.arena.value + r.predicted.weights.value) / 1024,
          static_cast<double>(stored) / 1024};
}

hone::train::met_options specialisation(learning const& how) {
  hone::train::met_options o;
  o.seed = how.seed, o.accuracy_floor = 0.975, o.model = "digits";
  o.tuning.training.seed = how.seed;
  o.origin = {how.seed, "UCI optical digits", 0, "0.1.0", static_cast<std::int64_t>(std::time(nullptr))};
  return o;
}

}  // namespace

learned learn(learning const& how, on_progress const& progress) {
  learned l;
  auto const data = load(how.data);
  l.training_images = data.train.size();
  l.test_pixels.assign(data.test.images.begin(), data.test.images.end());
  l.test_labels.assign(data.test.labels.begin(), data.test.labels.end());
  auto repository = hone::store::repository::open(how.repository);  // what is wrong with it is better known now
  auto const g = hone::thaw(network::description);
  auto const base = hone::train::train(g, hone::train::initialize(g, how.seed), data.train, training(how, l, progress));
  l.base_accuracy = 100 * hone::train::evaluate(g, base, data.test).accuracy;

  std::vector<hone::shal::environment> const this_machine{{profile_named(how.machine)}};
  int done = 0;
  int const all = 3 + how.environments;
  auto specialise = [&](std::vector<hone::shal::environment> const& distribution, hone::train::met_options const& o,
                        std::string const& note) {
    hone::train::multi_environment_train(
        g, base, distribution, data.train, data.test, o, [&](hone::train::met_result const& r, int, int) {
          std::int64_t const id = repository.put(r.artifact);
          std::string const name = fmt::format("{}{}", r.environment.machine.name, note);
          for (auto const& stored : repository.find({.model = "digits", .plan_id = r.artifact.plan_id}))
            if (stored.id == id) l.environments.push_back(row_of(r, name, stored.size));
          progress(
              "specialise", ++done, all,
              fmt::format("{}: {}, {:.2f}%", name, hone::name(r.chosen.precision), 100 * r.network.after.accuracy));
        });
  };
  hone::train::met_options o = specialisation(how);
  for (hone::dtype precision : {hone::dtype::f32, hone::dtype::bf16, hone::dtype::i8}) {
    o.samples = 1, o.precisions = {precision};
    specialise(this_machine, o, " (here)");
  }
  o = specialisation(how);
  o.samples = how.environments - how.environments / 2;
  specialise(servers(), o, "");
  o.samples = how.environments / 2, o.prune = 0.5f;  // half of the channels may go; what is left needs longer to settle
  o.tuning.training.epochs = 10, o.tuning.training.rate = 2e-3;
  if (o.samples > 0) specialise(devices(), o, "");
  return l;
}

namespace {

// Numbers as an npy file.
void save_npy(std::string const& path, hone::dtype type, void const* numbers, std::vector<std::int64_t> extents) {
  hone::io::array a(type, std::move(extents));
  std::memcpy(a.data.data(), numbers, a.data.size());
  hone::io::save_npy(path, a);
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
    std::vector<std::int64_t> extents(w.dims.begin(), w.dims.end());
    if (w.dims[0] == 1 && w.dims[1] == 1) extents = {w.dims[2], w.dims[3]};
    save_npy(fmt::format("{}/{}.weight.npy", folder, file), w.type, w.data.data(), extents);
    save_npy(fmt::format("{}/{}.bias.npy", folder, file), b.type, b.data.data(), {w.dims[3]});
  }
}

}  // namespace

std::vector<double> export_seed(learning const& how, std::string const& folder, on_progress const& progress) {
  std::filesystem::create_directories(folder);
  learned l;
  auto const data = load(how.data);
  auto const g = hone::thaw(network::description);
  auto const base = hone::train::train(g, hone::train::initialize(g, how.seed), data.train, training(how, l, progress));
  std::vector<hone::shal::environment> const server{{hw::sapphire_rapids::value}};
  std::vector<hone::artifact> made;
  for (hone::dtype precision : {hone::dtype::f32, hone::dtype::bf16, hone::dtype::i8}) {
    hone::train::met_options o = specialisation(how);
    o.samples = 1, o.precisions = {precision}, o.accuracy_floor = 0;
    hone::train::multi_environment_train(
        g, base, std::span(server), data.train, data.test, o,
        [&](hone::train::met_result const& r, int, int) { made.push_back(r.artifact); });
    progress("specialise", static_cast<int>(made.size()), 3, hone::name(precision));
  }
  hone::store::save(folder + "/f32.hone", made[0]);
  hone::store::save(folder + "/bf16.hone", made[1]);
  export_weights(folder, made[0].weights);
  auto const n = static_cast<std::int64_t>(data.test.size());
  save_npy(folder + "/calib.npy", hone::dtype::f32, data.train.images.data(), {256, 8, 8, 1});
  save_npy(folder + "/test_x.npy", hone::dtype::f32, data.test.images.data(), {n, 8, 8, 1});
  std::vector<std::int64_t> const labels(data.test.labels.begin(), data.test.labels.end());
  save_npy(folder + "/test_y.npy", hone::dtype::i64, labels.data(), {n});
  hone::store::save(folder + "/int8.hone", made[2]);  // the last one: it says that the folder is complete
  return {100 * made[0].figures.accuracy, 100 * made[1].figures.accuracy, 100 * made[2].figures.accuracy};
}

}  // namespace digits
