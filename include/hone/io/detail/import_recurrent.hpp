#pragma once
#include <hone/io/detail/import_dense.hpp>
#include <hone/nn/nd/gru.hpp>
#include <hone/nn/nd/lstm.hpp>
#include <hone/nn/nd/rnn.hpp>

// Recurrent layers.
namespace hone::inline HONE_ABI::io::importing {

inline nd::recurrent_fn recurrent_fn_named(call& c, std::string_view name) {
  using nd::recurrent_fn;
  constexpr std::pair<std::string_view, recurrent_fn> all[]{
      {"relu", recurrent_fn::relu},
      {"tanh", recurrent_fn::tanh},
      {"sigmoid", recurrent_fn::sigmoid},
      {"affine", recurrent_fn::affine},
      {"leakyrelu", recurrent_fn::leaky_relu},
      {"thresholdedrelu", recurrent_fn::thresholded_relu},
      {"scaledtanh", recurrent_fn::scaled_tanh},
      {"hardsigmoid", recurrent_fn::hard_sigmoid},
      {"elu", recurrent_fn::elu},
      {"softsign", recurrent_fn::softsign},
      {"softplus", recurrent_fn::softplus},
  };
  std::string lower;
  for (char l : name) lower += l >= 'A' && l <= 'Z' ? static_cast<char>(l - 'A' + 'a') : l;
  for (auto const& [known, fn] : all)
    if (lower == known) return fn;
  c.refuse_value(
      "activation", name,
      "Relu, Tanh, Sigmoid, Affine, LeakyRelu, ThresholdedRelu, ScaledTanh, HardSigmoid, Elu, Softsign, Softplus");
}
constexpr bool has_beta(nd::recurrent_fn f) {
  return f == nd::recurrent_fn::affine || f == nd::recurrent_fn::scaled_tanh || f == nd::recurrent_fn::hard_sigmoid;
}
constexpr bool has_alpha(nd::recurrent_fn f) {
  return has_beta(f) || f == nd::recurrent_fn::leaky_relu || f == nd::recurrent_fn::thresholded_relu ||
         f == nd::recurrent_fn::elu;
}

// Parameters are taken in order by the functions that have some; those that the lists do not reach keep ONNX's own.
inline void set_activations(call& c, nd::recurrent_options& how, std::size_t most) {
  onnx::attribute const* const names = c.find("activations");
  if (names == nullptr) return;
  if (names->type != onnx::attribute_type::strings || names->strings.size() > most)
    c.refuse(message("it has ") << names->strings.size() << " activations", message("give at most ") << most);
  std::vector<float> const alphas = c.numbers("activation_alpha"), betas = c.numbers("activation_beta");
  std::size_t alpha = 0, beta = 0;
  for (std::size_t i = 0; i < names->strings.size(); ++i) {
    nd::recurrent_activation a = recurrent_fn_named(c, names->strings[i]);
    if (has_alpha(a.fn) && alpha < alphas.size()) a.alpha = alphas[alpha++];
    if (has_beta(a.fn) && beta < betas.size()) a.beta = betas[beta++];
    how.activation[i] = a;
  }
}
inline nd::recurrent_options recurrent_options_of(call& c, int activations) {
  nd::recurrent_options how;
  how.hidden = c.small("hidden_size", c.rank(2) == 3 ? c.dims(2)[2] : 0);
  std::string_view const way = c.text("direction", "forward");
  if (way != "forward" && way != "reverse" && way != "bidirectional")
    c.refuse_value("direction", way, "forward, reverse and bidirectional");
  how.way = way == "forward"   ? nd::direction::forward
            : way == "reverse" ? nd::direction::reverse
                               : nd::direction::bidirectional;
  how.batch_first = c.integer("layout", 0) != 0;
  how.linear_before_reset = c.integer("linear_before_reset", 0) != 0;
  how.input_forget = c.integer("input_forget", 0) != 0;
  how.clip = c.number("clip", 0);
  set_activations(c, how, static_cast<std::size_t>(activations) * (way == "bidirectional" ? 2 : 1));
  return how;
}
// The lengths of the sequences; -1 where they are absent, or known to be all of the time.
inline int lengths(call& c, nd::recurrent_options const& how) {
  if (!c.given(4)) return -1;
  if (c.known(4) == nullptr || c.rank(0) != 3) return c.operand(4);
  for (std::int64_t n : c.known_integers(4))
    if (n != c.dims(0)[how.batch_first ? 1 : 0]) return c.operand(4);
  return -1;
}

inline void translate_gru(call& c) {
  auto const how = recurrent_options_of(c, 2);
  int const y = c.ok(nd::gru(c.graph(), widened(c, 0), alike(c, 1), alike(c, 2), optional_alike(c, 3), lengths(c, how),
                             optional_alike(c, 5), how, c.layer()));
  if (c.wanted(0)) result_narrowed(c, 0, nd::gru_y(c.graph(), y, c.layer()));
  if (c.wanted(1)) result_narrowed(c, 1, nd::gru_y_h(c.graph(), y, c.layer()));
}
inline void translate_rnn(call& c) {
  auto const how = recurrent_options_of(c, 1);
  int const y = c.ok(nd::rnn(c.graph(), widened(c, 0), alike(c, 1), alike(c, 2), optional_alike(c, 3), lengths(c, how),
                             optional_alike(c, 5), how, c.layer()));
  if (c.wanted(0)) result_narrowed(c, 0, nd::rnn_y(c.graph(), y, c.layer()));
  if (c.wanted(1)) result_narrowed(c, 1, nd::rnn_y_h(c.graph(), y, c.layer()));
}
inline void result_lstm(call& c, int w, int r) {
  auto const how = recurrent_options_of(c, 3);
  int const y = c.ok(nd::lstm(c.graph(), widened(c, 0), w, r, optional_alike(c, 3), lengths(c, how),
                              optional_alike(c, 5), optional_alike(c, 6), optional_alike(c, 7), how, c.layer()));
  if (c.wanted(0)) result_narrowed(c, 0, nd::lstm_y(c.graph(), y, c.layer()));
  if (c.wanted(1)) result_narrowed(c, 1, nd::lstm_y_h(c.graph(), y, c.layer()));
  if (c.wanted(2)) result_narrowed(c, 2, nd::lstm_y_c(c.graph(), y, c.layer()));
}
inline void translate_lstm(call& c) { result_lstm(c, alike(c, 1), alike(c, 2)); }

// Weights of ONNX Runtime's quantised LSTM: operand k holds stored numbers
// [directions][inputs][gates], operands `scale` and the next one their scales and zero points.
inline int stored_gates(call& c, int k, int scale) {
  extents const d = c.dims(k);
  if (d.rank != 3) c.refuse(message("its weights are ") << text_of(d).c_str(), "give [directions][inputs][gates]");
  auto const beside = [&](int x) {  // one number a direction, or a gate
    extents const own = c.extents_of(x);
    if (own.size() == d[0]) return reshape(c, x, {d[0], 1, 1});
    if (own.size() != std::int64_t{d[0]} * d[2])
      c.refuse(message("its scales are ") << text_of(own).c_str(), "give one a direction, or one a gate");
    return reshape(c, x, {d[0], 1, d[2]});
  };
  int numbers = cast(c, c.operand(k), dtype::f32);
  if (c.given(scale + 1))
    numbers = binary(c, numbers, beside(cast(c, c.operand(scale + 1), dtype::f32)), nd::binary_fn::sub);
  return transpose(c, binary(c, numbers, beside(c.operand(scale)), nd::binary_fn::mul), {0, 2, 1});
}
// Its states and inputs stay floats here, where ONNX Runtime rounds them to 8 bits for every product.
inline void translate_dynamic_quantize_lstm(call& c) { result_lstm(c, stored_gates(c, 1, 8), stored_gates(c, 2, 10)); }

}  // namespace hone::inline HONE_ABI::io::importing
