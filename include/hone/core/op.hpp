#pragma once
#include <hone/core/dtype.hpp>
#include <hone/core/pointwise.hpp>
#include <hone/core/shape.hpp>

#include <array>
#include <cstdint>

namespace hone::inline HONE_ABI {

struct op;

// What a shape rule says when an input does not fit; the error names the fix (nn/check.hpp prints it).
enum class fix : std::uint8_t {
  none,
  give_both_branches_the_same_shape,  // residual: e.g. a 1x1 convolution on the shortcut
  give_all_branches_the_same_height_and_width,
  use_same_padding_or_a_smaller_window,
  use_padding_within_the_window,
  start_the_model_with_an_input_layer,
  use_positive_extents,
  use_positive_strides,
  use_smaller_extents,  // see most_elements (core/graph.hpp)
  give_layers_different_names,
  use_shorter_names_or_less_nesting,  // see longest_layer_name (core/graph.hpp)
  // of operations on tensors, whose extents are shown as their first, their second and the rest
  keep_the_number_of_elements,
  give_extents_that_broadcast,
  give_extents_that_match,  // of two operands, in the dimensions that the operation pairs
  give_an_axis_that_is_there,
  give_a_supported_type,
  give_a_supported_rank,
  give_valid_attributes,
};

// The same in words, for errors at run time.
constexpr char const* advice(fix f) {
  switch (f) {
    case fix::none: return "nothing to do";
    case fix::give_both_branches_the_same_shape: return "give both branches the same shape";
    case fix::give_all_branches_the_same_height_and_width: return "give all branches the same height and width";
    case fix::use_same_padding_or_a_smaller_window: return "use same padding or a smaller window";
    case fix::use_padding_within_the_window: return "use padding that is smaller than the window, and not negative";
    case fix::start_the_model_with_an_input_layer: return "start the model with an input layer";
    case fix::use_positive_extents: return "use positive extents";
    case fix::use_positive_strides: return "use positive strides";
    case fix::use_smaller_extents: return "use smaller extents: at most 2^27 elements";
    case fix::give_layers_different_names: return "give layers different names";
    case fix::use_shorter_names_or_less_nesting: return "use shorter names or less nesting";
    case fix::keep_the_number_of_elements: return "keep the number of elements";
    case fix::give_extents_that_broadcast: return "give extents that broadcast";
    case fix::give_extents_that_match: return "give extents that match in the dimensions that the operation pairs";
    case fix::give_an_axis_that_is_there: return "give an axis that the operand has";
    case fix::give_a_supported_type: return "give a type that the operation supports";
    case fix::give_a_supported_rank: return "give a rank that the operation supports";
    case fix::give_valid_attributes: return "give attributes that the operation allows";
  }
  return "?";
}

// Result of a shape rule: `out`, or the input shape that was wanted and the one that came.
struct inferred {
  shape out{};
  fix how{fix::none};  // none: the inputs fit
  shape wanted{}, got{};
};

// The registers that a kernel is compiled for, as the counts of work need them. A profile gives them (hw/profile.hpp).
struct vector_shape {
  int lanes{1};  // 32-bit lanes of one register
  int registers{16};
  int dot_uops{
      4};  // vector instructions of one int8 dot product of 4 (1 with VNNI, 4 with widening, 1 a lane for scalar)
  bool fma{true};         // false: multiply and add are two instructions
  int paired_dot_uops{};  // of a dot product under op::pairs_fit (3 with pmaddubsw); 0: that spares nothing
  constexpr bool operator==(vector_shape const&) const = default;
};

// How a kernel cuts an operation: its meaning belongs to the kind's kernel. Part of the key of a compiled kernel.
struct tile {
  std::int8_t rows{1}, cols{1};  // output pixels held in registers: rows x cols
  std::int8_t vectors{1};        // times this many vectors of output channels
  std::int8_t split{1};          // independent chains over the reduction
  std::int8_t algorithm{0};      // 0: the kind's ordinary kernel
  constexpr bool operator==(tile const&) const = default;
};

// Counts of the work of one call of one operation, for given registers and tile: full tiles, edge tiles and epilogues as
// the kernel really runs them. A profile prices them (shal/cost.hpp); nothing here knows a machine.
struct work {
  double macs{};           // multiply-accumulates of the mathematics, padded taps not counted
  double mac_uops{};       // vector multiply-accumulate instructions (int8: dot products of 4)
  double vector_uops{};    // other vector arithmetic: epilogues, conversions, shuffles
  double shift_uops{};     // of those, what only the ports of multiply-accumulates execute: shifts
  double load_uops{};      // vector loads and broadcasts
  double store_uops{};     // vector stores
  double chain{};          // multiply-accumulate steps on the longest dependent path
  double tiles{};          // register tiles started: each costs a fixed number of cycles
  double bytes_read{};     // activations
  double bytes_written{};  // activations
  double bytes_weights{};  // weights streamed

  constexpr work& operator+=(work const& o) {
    macs += o.macs, mac_uops += o.mac_uops, vector_uops += o.vector_uops, shift_uops += o.shift_uops;
    load_uops += o.load_uops, store_uops += o.store_uops, chain += o.chain, tiles += o.tiles;
    bytes_read += o.bytes_read, bytes_written += o.bytes_written, bytes_weights += o.bytes_weights;
    return *this;
  }
};

inline constexpr int max_inputs = 8;
inline constexpr int max_params = 6;

// Operands of a scalar reference in number type T. Activations are [batch][h][w][c]. With T = int32_t the inputs are
// stored numbers minus their zero point and the result is the exact accumulator, before requantisation.
template <class T>
struct args {
  std::array<T const*, max_inputs> in{};
  std::array<T const*, max_params> param{};  // canonical layouts, see the kind; a missing one is null
  T* out{};
  int batch{1};
};
// Operands of a reference on stored numbers; parameters in their own formats.
struct stored_args {
  std::array<std::uint8_t const*, max_inputs> in{};
  std::array<void const*, max_params> param{};
  std::uint8_t* out{};
  int batch{1};
};
// Operands of a gradient. `dout` is the loss's derivative by the result; derivatives are added to din and dparam where
// those are not null.
template <class T>
struct grad_args {
  std::array<T const*, max_inputs> in{};
  std::array<T const*, max_params> param{};
  T const* out{};
  T const* dout{};
  std::array<T*, max_inputs> din{};
  std::array<T*, max_params> dparam{};
  int batch{1};
};

// A function that a descriptor may have or not. It knows by a flag, not by a null pointer: under -fsanitize=null g++ does
// not take the comparison of a function's address for a constant.
template <class Signature>
struct hook;
template <class R, class... A>
struct hook<R(A...)> {
  R (*function)(A...){};
  bool present{};

  constexpr hook() = default;
  template <class F>
  requires requires(F f) { static_cast<R (*)(A...)>(f); }
  constexpr hook(F f) : function(f), present(true) {}  // NOLINT: a function is a hook
  constexpr explicit operator bool() const { return present; }
  constexpr R operator()(A... a) const { return function(a...); }
};

// 64-bit FNV-1a of a name.
constexpr std::uint64_t name_id(char const* s) {
  std::uint64_t h = 0xcbf29ce484222325ULL;
  for (; *s != 0; ++s) h = (h ^ static_cast<unsigned char>(*s)) * 0x100000001b3ULL;
  return h;
}

template <class T>
struct training_form;  // core/training.hpp
struct tensor_args;    // core/tensor_op.hpp

// One operation of the open set: what it means (shape rule, reference, gradient) and what it costs (work, tiles).
// One `inline constexpr` object a kind. Its address selects kernels, which are specialisations on it (simd/); its name is
// what files hold, and what tells kinds apart in passes (is). A kind without a kernel runs its reference.
struct op_kind {
  char const* name;
  hook<inferred(op const&, shape const* in)> infer;           // out shape from the inputs' shapes
  hook<work(op const&, vector_shape const&)> count;           // cost of the tile in op.t
  hook<int(op const&, vector_shape const&, tile*)> tiles{};   // candidates, at most 32; absent: one tile, the default
  hook<void(op const&, args<float> const&)> reference_f32{};  // out = act(f(in, params)), batch times
  hook<void(op const&, args<double> const&)> reference_f64{};
  hook<void(op const&, args<std::int32_t> const&)> reference_i32{};  // exact accumulator; absent: no int8 form
  hook<void(op const&, stored_args const&)> reference_u8{};          // u8 to u8, where that is no accumulator rescaled
  hook<void(op const&, grad_args<float> const&)> gradient_f32{};     // absent: nn/derivatives.hpp may know it
  hook<void(op const&, grad_args<double> const&)> gradient_f64{};
  hook<void(tensor_args const&)> evaluate{};   // of a tensor operation (core/tensor_op.hpp), which has nothing else
  training_form<float> const* training_f32{};  // null: trained by its gradient
  training_form<double> const* training_f64{};
  bool linear{};     // f(x) + bias with output channels last: takes folds, activations and a residual addend
  bool pointwise{};  // elementwise, all of it in op.act
  bool moves{};  // copies or selects values (flatten, concat, max pool): quantised numbers pass unchanged or rescaled
  std::uint64_t id = name_id(name);
};

// Parameter slots of an operation, as indices of op.param and args::param.
namespace slot {
inline constexpr int weight = 0;  // or the scale of a batch norm
inline constexpr int bias = 1;    // or its shift
inline constexpr int scale = 2;   // int8: f32 [c], accumulator to result; for `moves` kinds f32 [inputs]
inline constexpr int addend = 3;  // int8: i32 [c], residual input (minus its zero point) to accumulator units
}  // namespace slot

// One operation of a graph in SSA form. Structural, so that it can be a template argument.
struct op {
  op_kind const* kind{};
  shape in{}, out{};  // of input 0 and of the result
  window win{};
  pointwise act{};  // applied to the result
  tile t{};
  dtype from{dtype::f32};      // stored format of the inputs
  dtype type{dtype::f32};      // stored format of the result
  dtype weights{dtype::f32};   // stored format of the weights
  std::uint8_t from_zero{};    // zero points of input 0 and of the result, where they are u8
  std::uint8_t addend_zero{};  // of the residual addend
  std::uint8_t zero{};
  std::uint8_t least{0}, most{255};  // what a u8 result is clipped to; not of kinds that move numbers
  bool convert{};          // int8: requantise by conversion; false: the accumulator is proved to stay under 2^23
  bool pairs_fit{};        // int8: products of neighbours 2k, 2k + 1 are proved to fit 16 bits together (pmaddubsw)
  std::int8_t addend{-1};  // index in `input` of a residual summand, or -1
  std::array<std::int16_t, max_inputs> input{-1, -1, -1, -1, -1, -1, -1, -1};  // producers; -1: none
  std::array<std::int16_t, max_params> param{-1, -1, -1, -1, -1, -1};          // graph.weights
  std::int16_t layer{-1};                                                      // graph.layers
  std::int16_t form{-1};   // graph.forms; -1: an image, [1][h][w][c]
  std::int32_t macs{};     // of a tensor operation, for its price
  std::int32_t at{-1};     // arena offset of the result, bytes
  std::int32_t scratch{};  // bytes of private scratch
  std::int32_t scratch_at{-1};

  constexpr int inputs() const {
    int n = 0;
    for (std::int16_t i : input) n += i >= 0;
    return n;
  }
  constexpr int bytes_out() const { return out.size() * size_of(type); }
  constexpr bool operator==(op const&) const = default;
};

// Whether o is of kind k.
constexpr bool is(op const& o, op_kind const& k) { return o.kind->id == k.id; }

}  // namespace hone::inline HONE_ABI
