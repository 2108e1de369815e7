#pragma once
#include <hone/nn/activation.hpp>
#include <hone/nn/batch_norm.hpp>
#include <hone/nn/check.hpp>
#include <hone/nn/concat.hpp>
#include <hone/nn/conv2d.hpp>
#include <hone/nn/dense.hpp>
#include <hone/nn/depthwise_conv2d.hpp>
#include <hone/nn/flatten.hpp>
#include <hone/nn/input.hpp>
#include <hone/nn/pooling.hpp>
#include <hone/nn/residual.hpp>

#include <boost/hana/at.hpp>
#include <boost/hana/fold_left.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>

namespace hone::inline HONE_ABI {

// A network as a type: its layers in order, the first an nn::input. Name yours by deriving, so that symbols and errors
// stay short: `struct kws : hone::model<nn::input<49, 10>, nn::conv2d<64, nn::extent{10, 4}>, ...> {};`
//
// `description` is its value, a graph. Where the layers do not make a network (their shapes do not fit, two have one
// name), the first plan, prediction or engine of the model fails to compile with the layer, both shapes and the fix in the
// message (`shapes_fit()` asks directly).
template <nn::layer_type... Layers>
struct model {
  static_assert(sizeof...(Layers) > 0, "hone: a model starts with an nn::input layer");
  static constexpr auto layers = boost::hana::tuple_t<Layers...>;

  template <class G>
  static constexpr G describe() {
    G g{};
    int position = 0;
    boost::hana::fold_left(layers, -1, [&](int x, auto t) {
      using layer_type = typename decltype(t)::type;
      return nn::append<layer_type>(g, x, -1, position++);
    });
    return g;
  }

  static constexpr int op_count = static_cast<int>(describe<dynamic_graph>().ops.size());
  static constexpr int weight_count = static_cast<int>(describe<dynamic_graph>().weights.size());
  static constexpr int layer_count = static_cast<int>(describe<dynamic_graph>().layers.size());
  static constexpr int form_count = 0, port_count = 0;  // a sequence of image layers: no tensors, one input and output
  static constexpr auto description = describe<graph<op_count, weight_count, layer_count>>();
  static constexpr shape input_shape = description.ops[0].out;
  static constexpr shape output_shape = description.ops.back().out;

  // True, or a compile-time error that names the misfit.
  static constexpr bool shapes_fit() {
    constexpr problem p = description.issue.how != fix::none ? description.issue : misnamed(description);
    if constexpr (p.how == fix::none) {
      return true;
    } else {
      constexpr layer l = description.layers[static_cast<std::size_t>(p.layer)];
      using outermost = typename decltype(+layers[boost::hana::size_c<static_cast<std::size_t>(l.position)>])::type;
      using where = at_position<l.position, outermost>;
      if constexpr (!about_shapes(p.how))
        return check<not_a_network<where, in_layer<l.name>, to_fix<p.how>>>();
      else
        return check<shape_mismatch<p.kind, where, in_layer<l.name>, wanted<p.wanted.h, p.wanted.w, p.wanted.c>,
                                    got<p.got.h, p.got.w, p.got.c>, to_fix<p.how>>>();
    }
  }
};

}  // namespace hone::inline HONE_ABI
