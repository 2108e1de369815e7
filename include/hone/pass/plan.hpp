#pragma once
#include <hone/nn/model.hpp>
#include <hone/pass/pipeline.hpp>

namespace hone::inline HONE_ABI {

// A model under options: its canonical graph and its identity. Derive to name it:
// `struct kws_int8 : hone::specialized<kws, hone::options{.precision = hone::dtype::i8}> {};`
// Pruning needs the machine that it is to pay on (For).
template <class Model, options Options = options{}, class For = void>
struct specialized {
  static_assert(Model::shapes_fit());
  static_assert(Options.precision == dtype::f32 || Options.precision == dtype::bf16 || Options.precision == dtype::i8,
                "hone: a specialisation's precision is f32, bf16 or i8");
  static_assert(Options.prune >= 0 && Options.prune < 1, "hone: options::prune is a share of channels, in [0, 1)");
  static_assert(Options.prune == 0 || hw::machine<For>, "hone: pruning needs the machine it is for, as third argument");
  using model_type = Model;
  static constexpr options chosen = Options;
  // Room for what passes add: quantize and dequantize around an operation, about a dozen weight steps each.
  using graph_type = graph<2 * Model::op_count + 2, Model::weight_count + 14 * Model::op_count, Model::layer_count,
                           Model::form_count, Model::port_count>;

 private:
  static constexpr graph_type described = Model::template describe<graph_type>();
  static constexpr graph_type folded = pass::fold_batch_norm(described);
  static constexpr graph_type summed = pass::fuse_residual(folded);
  static constexpr graph_type fused = pass::fuse_activation(summed);
  static constexpr graph_type pruned = [] {
    if constexpr (Options.prune > 0)
      return pass::prune(fused, Options, For::value);
    else
      return fused;
  }();
  static constexpr graph_type reduced = pass::reduce_precision(pruned, Options);

 public:
  static constexpr graph_type canonical = pass::plan_activations(reduced);
  static constexpr std::uint64_t plan_id = pass::plan_id(canonical);
};

// A model is also the specialisation that changes nothing: f32, unpruned.
template <class T>
concept specialization = requires {
  T::plan_id;
};
template <class T>
struct specialization_of_type {
  using type = specialized<T>;
};
template <specialization T>
struct specialization_of_type<T> {
  using type = T;
};
template <class T>
using specialization_of = typename specialization_of_type<T>::type;

// A specialisation on a machine: the final graph, one static constexpr a pass.
template <class ModelOrSpecialized, hw::machine Machine>
struct plan {
  using specialized_type = specialization_of<ModelOrSpecialized>;
  using machine_type = Machine;
  using graph_type = typename specialized_type::graph_type;

 private:
  static constexpr graph_type tiled = pass::choose_tiles(specialized_type::canonical, Machine::value);
  static constexpr graph_type laid_out = pass::lay_out(tiled, Machine::value.vectors.lanes);

 public:
  static constexpr graph_type final_graph = pass::plan_weights(laid_out);
};

}  // namespace hone::inline HONE_ABI
