#pragma once
#include <hone/core/graph.hpp>
#include <hone/core/tensor.hpp>

namespace hone::inline HONE_ABI {

// A network with its parameters, as values: what a file holds, and what passes rewrite at run time. The tensors have the
// names that tensor_name() gives the leaves of graph.weights.
struct network {
  dynamic_graph graph;
  tensor_set weights;
};

}  // namespace hone::inline HONE_ABI
