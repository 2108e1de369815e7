#pragma once
#include <hone/nn/nd/part.hpp>
#include <hone/nn/nd/recurrent_fn.hpp>
#include <hone/nn/nd/widened.hpp>

#include <bit>

namespace hone::inline HONE_ABI::nd {

// What gru.hpp, lstm.hpp and rnn.hpp share (ONNX's GRU, LSTM, RNN). x is [time][batch][inputs], W [directions][gates *
// hidden] [inputs], R [directions][gates * hidden][hidden], B [directions][2 * gates * hidden], lens i32 [batch],
// states [directions] [batch][hidden]. The result Y is [time][directions][batch][hidden], the last states are
// [directions][batch][hidden]. With batch_first: x [batch][time][inputs], states [batch][directions][hidden], Y
// [batch][time][directions][hidden]. A step after its sequence's end gives zeros; the last state is that of the
// sequence's last step.

enum class direction : std::uint8_t { forward, reverse, bidirectional };

struct recurrent_options {
  int hidden{};
  direction way{direction::forward};
  bool batch_first{};          // ONNX's layout 1
  bool linear_before_reset{};  // gru
  bool input_forget{};         // lstm: the forget gate is 1 - the input gate
  float clip{};                // bound of what goes into activations; 0: none
  std::array<recurrent_activation, 6>
      activation{};  // gru: f, g; lstm: f, g, h; rnn: f; then those of the other direction
};

// A layer's form: f.dims = all results behind each other; these are the attributes.
struct recurrent_shape {
  recurrent_options how{};
  int time{}, batch{}, inputs{};

  constexpr int directions() const { return how.way == direction::bidirectional ? 2 : 1; }
  constexpr int state() const { return directions() * batch * how.hidden; }
  constexpr std::int64_t results() const { return std::int64_t{time} * state(); }
  constexpr extents y() const {
    return how.batch_first ? extents{batch, time, directions(), how.hidden}
                           : extents{time, directions(), batch, how.hidden};
  }
  constexpr extents last() const {
    return how.batch_first ? extents{batch, directions(), how.hidden} : extents{directions(), batch, how.hidden};
  }
  // Offsets of one sequence's vectors: of x, of Y and of a state.
  constexpr std::ptrdiff_t x_at(int t, int b) const {
    return (how.batch_first ? std::ptrdiff_t{b} * time + t : std::ptrdiff_t{t} * batch + b) * inputs;
  }
  constexpr std::ptrdiff_t y_at(int t, int d, int b) const {
    return (how.batch_first ? (std::ptrdiff_t{b} * time + t) * directions() + d
                            : (std::ptrdiff_t{t} * directions() + d) * batch + b) *
           how.hidden;
  }
  constexpr std::ptrdiff_t state_at(int d, int b) const {
    return (how.batch_first ? std::ptrdiff_t{b} * directions() + d : std::ptrdiff_t{d} * batch + b) * how.hidden;
  }
};
inline constexpr std::size_t recurrent_shown = 24;  // the operands' type; f16 and bf16 are computed as f32
constexpr void set_recurrent(tensor_form& f, recurrent_shape const& s) {
  auto const& h = s.how;
  int const flags = (h.batch_first ? 1 : 0) + (h.linear_before_reset ? 2 : 0) + (h.input_forget ? 4 : 0);
  f.i[0] = h.hidden, f.i[1] = static_cast<int>(h.way), f.i[2] = flags;
  f.i[3] = s.time, f.i[4] = s.batch, f.i[5] = s.inputs, f.f[0] = h.clip;
  for (std::size_t k = 0; k < h.activation.size(); ++k) {
    f.i[6 + k] = static_cast<int>(h.activation[k].fn);
    f.i[12 + k] = std::bit_cast<std::int32_t>(h.activation[k].alpha);
    f.i[18 + k] = std::bit_cast<std::int32_t>(h.activation[k].beta);
  }
}
constexpr recurrent_shape recurrent_of(tensor_form const& f) {
  recurrent_shape s{};
  auto& h = s.how;
  h.hidden = f.i[0], h.way = static_cast<direction>(f.i[1]), h.clip = f.f[0];
  h.batch_first = (f.i[2] & 1) != 0, h.linear_before_reset = (f.i[2] & 2) != 0, h.input_forget = (f.i[2] & 4) != 0;
  s.time = f.i[3], s.batch = f.i[4], s.inputs = f.i[5];
  for (std::size_t k = 0; k < h.activation.size(); ++k)
    h.activation[k] = {
        static_cast<recurrent_fn>(f.i[6 + k]), std::bit_cast<float>(f.i[12 + k]), std::bit_cast<float>(f.i[18 + k])};
  return s;
}

// The steps whose share of the input is computed at a time: weights are read once for all of them.
inline constexpr int recurrent_block = 8;

// The operands of one direction's cell; absent ones are null.
template <class T>
struct recurrent_cell {
  T const *w{}, *r{}, *b{};
  int inputs{}, hidden{}, gates{};
  routines<T> math{};

  // gate[t][gates * hidden] = W x + biases of `steps` inputs, x_step apart; recurrent biases of the first `biased`
  // gates only.
  void project(T* gate, T const* x, std::ptrdiff_t x_step, int steps, int biased) const {
    int const rows = gates * hidden;
    for (int t = 0; t < steps; ++t)
      for (int i = 0; i < rows; ++i) {
        T* const to = gate + std::ptrdiff_t{t} * rows + i;
        *to = b != nullptr ? b[i] : T{};
        if (b != nullptr && i < biased * hidden) *to += b[rows + i];
      }
    math.add_dots(gate, rows, 1, x, x_step, w, inputs, steps, rows, inputs);
  }
  // gate[0 .. count * hidden) += R h for the gates [first, first + count).
  void add_recurrent(T* gate, T const* h, int first, int count) const {
    T const* const own = r + std::ptrdiff_t{first} * hidden * hidden;
    math.add_dots(gate, 0, 1, h, 0, own, hidden, 1, count * hidden, hidden);
  }
};

// Runs every sequence in both directions. start(s, d, b) returns the state's place with h in its front;
// step(cell, gate, d, state): from gate = W x + biases, which it may write to, and the state, to the next state;
// finish(s, d, b) takes the last. projected: min(time, recurrent_block) * gates * hidden numbers of scratch.
template <class T, class Start, class Step, class Finish>
void run_recurrent(tensor_args const& a, int gates, int biased, T* projected, Start start, Step step, Finish finish) {
  recurrent_shape const s = recurrent_of(*a.form);
  int const hidden = s.how.hidden;
  T* const y = static_cast<T*>(a.out);
  for (int d = 0; d < s.directions(); ++d) {
    recurrent_cell<T> c{.inputs = s.inputs, .hidden = hidden, .gates = gates, .math = routines<T>(a)};
    c.w = a.in[1].as<T>() + std::ptrdiff_t{d} * gates * hidden * s.inputs;
    c.r = a.in[2].as<T>() + std::ptrdiff_t{d} * gates * hidden * hidden;
    if (a.in[3].present()) c.b = a.in[3].as<T>() + std::ptrdiff_t{d} * 2 * gates * hidden;
    bool const back = s.how.way == direction::reverse || d == 1;
    for (int b = 0; b < s.batch; ++b) {
      int const given = a.in[4].present() ? a.in[4].as<std::int32_t>()[b] : s.time;
      int const length = given < 0 ? 0 : given < s.time ? given : s.time;
      std::ptrdiff_t const next = (back ? -1 : 1) * (s.x_at(1, 0) - s.x_at(0, 0));
      T* const h = start(s, d, b);
      for (int i = 0; i < length; ++i) {
        int const t = back ? length - 1 - i : i, at = i % recurrent_block,
                  ahead = length - i < recurrent_block ? length - i : recurrent_block;
        if (at == 0) c.project(projected, a.in[0].as<T>() + s.x_at(t, b), next, ahead, biased);
        step(c, projected + std::ptrdiff_t{at} * gates * hidden, d, h);
        for (int k = 0; k < hidden; ++k) y[s.y_at(t, d, b) + k] = h[k];
      }
      for (int t = length; t < s.time; ++t)
        for (int k = 0; k < hidden; ++k) y[s.y_at(t, d, b) + k] = T{};
      finish(s, d, b);
    }
  }
}
// The initial state in operand `slot`, or zeros.
template <class T>
void load_state(T* to, tensor_args const& a, int slot, recurrent_shape const& s, int d, int b) {
  tensor_view const& v = a.in[static_cast<std::size_t>(slot)];
  for (int k = 0; k < s.how.hidden; ++k) to[k] = v.present() ? v.as<T>()[s.state_at(d, b) + k] : T{};
}

// The form of a recurrent layer's operation.
template <class G>
constexpr recurrent_shape recurrent_of_op(G const& g, int layer_op) {
  op const& o = op_at(g, layer_op);
  return o.form < 0 ? recurrent_shape{} : recurrent_of(g.forms[static_cast<std::size_t>(o.form)]);
}

// The results `dims` from number `at` on, in the type of the layer's operands.
template <class G>
constexpr int recurrent_part(G& g, int result, std::int64_t at, extents const& dims, int layer) {
  int const y = part(g, result, at, dims, layer);
  op const& o = op_at(g, result);
  dtype const shown =
      o.form < 0 ? o.type : static_cast<dtype>(g.forms[static_cast<std::size_t>(o.form)].i[recurrent_shown]);
  return shown == o.type || !is_half(shown) ? y : cast(g, y, shown, layer);
}

// Appends a layer of `kind` with that many gates, states and activations a direction, whose step wants `scratch`
// vectors. operands: x, W, R, B, lens, h0, c0, P.
template <class G>
constexpr int recurrent(G& g, op_kind const& kind, std::array<int, 8> operand, recurrent_options how, int gates,
                        int states, std::array<recurrent_fn, 3> const& usual, int activations, double scratch,
                        int layer) {
  dtype const shown = op_at(g, operand[0]).type;
  if (is_short(g, operand[0])) {
    auto const& p = operand;
    operand = widened(g, {p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]}, layer);
  }
  op o = reading(g, kind, layer, {});
  for (int k = 0; k < 8; ++k) set_operand(o, k, operand[static_cast<std::size_t>(k)]);
  o.type = op_at(g, operand[0]).type;
  extents const dx = dims_of(g, operand[0]);
  tensor_form f{.dims = {1}};
  auto const refuse = [&](fix why, extents const& wanted, extents const& got) {
    return misfit(g, o, why, wanted, got), emit_tensor(g, o, f);
  };
  if (dx.rank != 3) return refuse(fix::give_a_supported_rank, {1, 1, 1}, dx);
  if (how.hidden < 1 || how.hidden > 1 << 20 || !(how.clip >= 0))
    return refuse(fix::give_valid_attributes, {1}, {how.hidden});
  for (int k = 0; k < 2 * activations; ++k) {
    auto& act = how.activation[static_cast<std::size_t>(k)];
    if (act.fn == recurrent_fn::standard) act = usual[static_cast<std::size_t>(k % activations)];
  }
  recurrent_shape s{.how = how};
  s.time = dx[how.batch_first ? 1 : 0], s.batch = dx[how.batch_first ? 0 : 1], s.inputs = dx[2];
  std::int32_t const directions = s.directions(), rows = gates * how.hidden;
  extents const wanted[8] = {
      dx,
      {directions, rows, s.inputs},
      {directions, rows, how.hidden},
      {directions, 2 * rows},
      {s.batch},
      s.last(),
      s.last(),
      {directions, 3 * how.hidden}};
  for (std::size_t k = 1; k < 8; ++k) {
    if (k > 2 && operand[k] < 0) continue;
    if (op_at(g, operand[k]).type != (k == 4 ? dtype::i32 : o.type) || !is_real(o.type))
      return refuse(fix::give_a_supported_type, wanted[k], dims_of(g, operand[k]));
    if (!(dims_of(g, operand[k]) == wanted[k]))
      return refuse(fix::give_extents_that_match, wanted[k], dims_of(g, operand[k]));
  }
  double const all = static_cast<double>(s.results()) + static_cast<double>(states) * s.state();
  f.dims = {all < most_elements ? static_cast<std::int32_t>(all) : most_elements + 1};
  set_recurrent(f, s);
  f.i[recurrent_shown] = static_cast<int>(shown);
  set_work(g, o, double(s.time) * s.batch * directions * rows * (double(s.inputs) + how.hidden),
           (scratch + gates * (s.time < recurrent_block ? s.time : recurrent_block)) * how.hidden * size_of(o.type));
  return emit_tensor(g, o, f);
}

}  // namespace hone::inline HONE_ABI::nd
