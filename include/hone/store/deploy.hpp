#pragma once
#include <hone/core/shape.hpp>
#include <hone/hw/detect.hpp>
#include <hone/hw/metadata.hpp>
#include <hone/store/match.hpp>
#include <hone/store/repository.hpp>

#include <map>
#include <type_traits>

namespace hone::inline HONE_ABI::store {

// What deployment needs of a compiled network; hone::engine is one.
template <class E>
concept deployable = requires(E& e, tensor_set const& canonical, std::span<float const> x) {
  { E::plan_id } -> std::convertible_to<std::uint64_t>;
  { E::input_shape } -> std::convertible_to<shape>;
  E(canonical);
  { e(x) } -> std::convertible_to<std::span<float const>>;
};

// A network that was deployed, whatever its engine's type. Of one thread, as engines are.
class network {
 public:
  network(network const&) = delete;
  network& operator=(network const&) = delete;
  virtual ~network() = default;

  // The result for x; valid until the next call. Errors: x has not inputs() numbers. Adds one indirect call.
  std::span<float const> operator()(std::span<float const> x) {
    if (x.size() != inputs_)
      raise("cannot run the network",
            message() << "the input has " << x.size() << " numbers, " << inputs_ << " are wanted",
            message("model ") << about_.model.c_str(), "pass rows x columns x channels of them, channels fastest");
    return run(x);
  }
  std::size_t inputs() const { return inputs_; }
  record const& about() const { return about_; }

 protected:
  network(record about, std::size_t inputs) : about_(std::move(about)), inputs_(inputs) {}

 private:
  virtual std::span<float const> run(std::span<float const> x) = 0;
  record about_;
  std::size_t inputs_;
};

namespace detail {

template <deployable Engine>
class network_of final : public network {
 public:
  network_of(record about, tensor_set const& canonical)
      : network(std::move(about), static_cast<std::size_t>(Engine::input_shape.size())), engine_(canonical) {}

 private:
  std::span<float const> run(std::span<float const> x) override { return engine_(x); }
  Engine engine_;
};

// What a call of the engine is predicted to take here, by the best of its variants that this machine runs. 0: not known.
template <deployable Engine>
nanoseconds predicted_here() {
  nanoseconds best{};
  if constexpr (requires { Engine::view().variants; }) {
    auto const& plan = Engine::view();
    for (auto const& variant : plan.variants) {
      if (!hw::supported(variant.machine->target)) continue;
      nanoseconds t = variant.machine->call;
      for (int i = 0; i < plan.ops; ++i) t += variant.predicted[i];
      if (best.value == 0 || t < best) best = t;
    }
  }
  return best;
}

template <class... Engines>
std::unique_ptr<network> make_network(record const& about, tensor_set const& canonical) {
  std::unique_ptr<network> made;
  auto const attempt = [&]<class Engine>(std::type_identity<Engine>) {
    if (Engine::plan_id != about.plan_id) return false;
    made = std::make_unique<network_of<Engine>>(about, canonical);
    return true;
  };
  (attempt(std::type_identity<Engines>{}) || ...);
  return made;
}

}  // namespace detail

// What a request led to.
struct deployed {
  store::network& network;            // lives as long as the deployment
  match considered{};                 // all artifacts, ranked: explain() tells why
  std::vector<std::string> failed{};  // better ranked ones that could not be loaded, with the reason
};

// From a request to a running network: asks the repository R for the best match among the plans of the compiled Engines,
// loads and verifies it and keeps it, so that the next request for it costs one query. Of one thread.
template <artifact_repository R, deployable... Engines>
class deployment_from {
 public:
  explicit deployment_from(R repository) : repository_(std::move(repository)) {}

  // The network for r. A machine of which nothing is said is this one (found out at the first call, in some
  // milliseconds). Plans that no engine has are ignored; no plans means all engines', with the latencies predicted
  // for their variants. An artifact that cannot be loaded gives way to the next best. Errors: nothing fits, nothing could
  // be loaded.
  deployed serve(request r) {
    if (r.machine == hardware{}) r.machine = this_machine();
    if (r.plans.empty()) r.plans = {runnable{Engines::plan_id, detail::predicted_here<Engines>()}...};
    std::erase_if(r.plans, [](runnable const& p) { return ((p.plan_id != Engines::plan_id) && ...); });
    if (r.plans.empty()) refuse(r, {}, {});
    match m = best_match(r, repository_.find({.model = r.model}));
    std::vector<std::string> failed;
    for (verdict const& v : m.ranked) {
      if (!v.refused.empty()) break;
      try {
        return {load(v.artifact), std::move(m), std::move(failed)};
      } catch (std::exception const& e) {
        failed.push_back(detail::joined("artifact ", v.artifact.id, ": ", e.what()));
      }
    }
    refuse(r, m, failed);
  }

  hardware const& this_machine() {
    if (!machine_) machine_ = hw::metadata(hw::detect());
    return *machine_;
  }
  R& repository() { return repository_; }
  std::size_t loaded() const { return networks_.size(); }

 private:
  network& load(record const& about) {
    auto const known = networks_.find(about.id);
    if (known != networks_.end()) return *known->second;
    auto made = detail::make_network<Engines...>(about, repository_.get(about.id).weights);
    return *networks_.emplace(about.id, std::move(made)).first->second;
  }
  [[noreturn]] static void refuse(request const& r, match const& m, std::vector<std::string> const& failed) {
    constexpr char const* what = "cannot deploy a network";
    auto const where = message("model ") << r.model.c_str();
    if (r.plans.empty())
      raise(what, "no engine of this program has one of the plans asked for", where, "compile one for them");
    if (!failed.empty())
      raise(what, message() << "every artifact that fits failed to load; the best " << failed[0].c_str(), where,
            "store the artifact again");
    if (m.ranked.empty())
      raise(what, "the repository has no artifact of this model", where, "train and store one, or correct the name");
    raise(what,
          message("none of ") << m.ranked.size() << " artifacts fits; artifact " << m.ranked[0].artifact.id << ": "
                              << m.ranked[0].refused.c_str(),
          where, "ask for less, or compile an engine for one of the plans stored");
  }

  R repository_;
  std::optional<hardware> machine_;
  std::map<std::int64_t, std::unique_ptr<network>> networks_;
};

template <deployable... Engines>
using deployment = deployment_from<repository, Engines...>;

}  // namespace hone::inline HONE_ABI::store
