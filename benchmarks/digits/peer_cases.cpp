#include "benchmarks/digits/peer_cases.hpp"

#include <array>
#include <filesystem>
#include <span>
#include <utility>

#include "benchmarks/peers/litert.hpp"
#include "benchmarks/peers/models.hpp"
#include "benchmarks/peers/onnxruntime.hpp"

namespace bench::digits {

namespace {

template <class Model>
std::array<float, classes> logits(Model& model, std::span<float const> image) {
  model.input().set(image);
  model();
  std::array<float, classes> out{};
  for (std::size_t i = 0; i < classes; ++i) out[i] = model.output().get(i);
  return out;
}

/// Accuracy of the model called `wanted` over the seeds that have one of that name and variant.
template <class Api>
std::vector<double> accuracies(Api const& api, model_file const& wanted, std::vector<seed> const& seeds) {
  std::vector<double> percent;
  for (seed const& s : seeds) {
    for (model_file const& file : read_models(s.folder / "peers")) {
      if (file.peer != wanted.peer || file.name != wanted.name || file.variant != wanted.variant) continue;
      typename Api::model model{api, file};
      percent.push_back(accuracy(s, [&](std::span<float const> image) { return logits(model, image); }));
    }
  }
  return percent;
}

/// A model with the library that it needs.
template <class Api>
struct loaded {
  std::shared_ptr<Api const> api;
  typename Api::model model;

  loaded(std::shared_ptr<Api const> library, model_file const& file) : api{std::move(library)}, model{*api, file} {}
};

template <class Api>
void add_model(harness& h, std::shared_ptr<Api const> const& api, model_file const& file,
               std::vector<seed> const& seeds, keeper& keep) {
  label const where{"digits", "digits/" + file.name, file.peer, "auto", file.variant};
  if (!h.wants(where)) return;
  auto const kept = std::make_shared<loaded<Api>>(api, file);
  keep.push_back(kept);
  kept->model.input().set(seeds.front().image(0));
  h.add(where, [&run = kept->model] { run(); });
  h.add_load(where, [api, file] { loaded<Api>{api, file}.model(); });
  if (file.output.elements() == classes) add_accuracies(h, where, accuracies(*api, file, seeds));
}

/// Adds the cases of one peer, or a note why it is absent.
template <class Api>
void add_peer(harness& h, std::string const& name, std::string const& library, std::string const& python,
              std::vector<seed> const& seeds, keeper& keep) {
  try {
    std::filesystem::path const path = library.empty() ? Api::find(python) : std::filesystem::path{library};
    auto const api = std::make_shared<Api const>(path);
    std::size_t models = 0;
    for (model_file const& file : read_models(seeds.front().folder / "peers")) {
      if (file.peer != name) continue;
      add_model(h, api, file, seeds, keep);
      ++models;
    }
    if (models == 0) throw absent{"no models of it in " + (seeds.front().folder / "peers").string()};
    h.note(name + " " + api->version() + ", " + path.string());
  } catch (absent const& reason) {
    h.note(name + " is absent: " + reason.what() + " (scripts/peers-venv installs it)");
  }
}

}  // namespace

void add_peer_cases(harness& h, peer_options const& where, std::vector<seed> const& seeds, keeper& keep) {
  add_peer<onnxruntime>(h, "onnxruntime", where.onnxruntime, where.python, seeds, keep);
  add_peer<litert>(h, "litert", where.litert, where.python, seeds, keep);
}

}  // namespace bench::digits
