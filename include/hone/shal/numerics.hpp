#pragma once
#include <hone/core/quantized.hpp>
#include <hone/core/tensor.hpp>
#include <hone/core/tensor_op.hpp>
#include <hone/nn/flatten.hpp>
#include <hone/nn/input.hpp>
#include <hone/nn/quantize.hpp>
#include <hone/shal/oracle.hpp>

namespace hone::inline HONE_ABI::shal {

// What a canonical graph computes on any machine, on this one: the same bits as every kernel gives for int8, whatever the
// host and the compiler's flags; f32 and bf16 weights (widened, arithmetic in f32) within the kernels' tolerance. Slow
// (scalar references); for tests, accuracy under an environment's numerics, and the demonstration that they agree.
class emulator {
 public:
  // values[i] is the value of weight node i in its own format; nodes that no operation reads may be empty
  // (pass::evaluate_parameters and pass::load_canonical give them).
  template <class G>
  emulator(G const& canonical, std::vector<buffer> const& values)
      : ops_(canonical.ops.begin(), canonical.ops.end()), forms_(canonical.forms.begin(), canonical.forms.end()),
        constants_(canonical.ops.size()), floats_(canonical.weights.size()), ints_(canonical.weights.size()),
        stored_(canonical.weights.size()) {
    for (std::size_t i = 0; i < ops_.size(); ++i)
      for (std::int16_t p : ops_[i].param) {
        if (p < 0) continue;
        buffer const& value = values.at(static_cast<std::size_t>(p));
        if (is(ops_[i], constant_kind))
          constants_[i] = value;
        else if (ops_[i].kind->reference_u8)
          stored_[static_cast<std::size_t>(p)] = value;
        else
          widen(weight_at(canonical, p), value, static_cast<std::size_t>(p));
      }
  }
  // The same with an artifact's canonical tensors, by name. Raises where one is missing or of another type or size.
  template <class G>
  emulator(G const& canonical, tensor_set const& tensors) : emulator(canonical, by_node(canonical, tensors)) {}

  // The network's results for one or more images in NHWC order, [image][h][w][c]. Raises where the size does not fit.
  std::vector<float> operator()(std::span<float const> images) {
    run(images);
    return floats_of(edges_.back(), ops_.back());
  }
  // Every operation's results for one call with these inputs, in the order of the graph's input operations, as stored.
  std::vector<buffer> const& edges(std::span<buffer const> inputs) {
    batch_ = 1;
    run_from(inputs);
    return edges_;
  }
  // Every operation's results, as stored: u8 or f32, [op][image][h][w][c].
  std::vector<buffer> const& edges(std::span<float const> images) {
    run(images);
    return edges_;
  }

 private:
  template <class G>
  static std::vector<buffer> by_node(G const& g, tensor_set const& tensors) {
    std::vector<buffer> values(g.weights.size());
    for (op const& o : g.ops)
      for (std::int16_t p : o.param) {
        if (p < 0 || values[static_cast<std::size_t>(p)].size() != 0) continue;
        weight const& w = weight_at(g, p);
        label const key = tensor_name(g, w);
        tensor const& t = tensors.at(key.c_str());
        if (t.type != w.type || t.elements() != static_cast<std::size_t>(w.rows * w.cols))
          raise("cannot emulate with these weights",
                message() << "the graph wants " << w.rows * w.cols << " of " << hone::name(w.type)
                          << ", the tensor has " << t.elements() << " of " << hone::name(t.type),
                key.c_str(), "use the canonical tensors of this very graph");
        values[static_cast<std::size_t>(p)] = t.data;
      }
    return values;
  }
  void widen(weight const& w, buffer const& value, std::size_t at) {
    if (w.type == dtype::f32 || w.type == dtype::bf16)
      floats_[at] = widened<float>(w, value);
    else
      ints_[at] = widened<std::int32_t>(w, value);
  }

  void run(std::span<float const> images) {
    batch_ = images_in(images.size(), ops_[0].out);
    if (batch_ > 1 && !forms_.empty())
      raise("cannot emulate a network", "it has operations on tensors, which take one input at a time", "input",
            "give one input a call");
    buffer first(images.size_bytes());
    std::memcpy(first.data(), images.data(), images.size_bytes());
    run_from({&first, 1});
  }
  void run_from(std::span<buffer const> inputs) {
    edges_.assign(ops_.size(), {});
    std::size_t given = 0;
    for (std::size_t i = 0; i < ops_.size(); ++i) {
      op const& o = ops_[i];
      std::size_t const bytes = count(o) * static_cast<std::size_t>(size_of(o.type));
      if (is(o, input_kind)) {
        if (given == inputs.size() || inputs[given].size() != bytes)
          raise("cannot emulate a network",
                message() << "input " << given << " is missing or has not " << bytes << " bytes", "input",
                "give one buffer an input, in the order of the graph's operations");
        edges_[i] = inputs[given++];
        continue;
      }
      if (is(o, constant_kind)) {
        edges_[i] = constants_[i];
        continue;
      }
      edges_[i] = buffer(bytes);
      if (o.kind->evaluate)
        run_tensor(o, edges_[i]);
      else if (is(o, flatten_kind))
        std::memcpy(edges_[i].data(), input(o, 0).data(), bytes);
      else if (is(o, quantize_kind))
        quantize_edge(o, edges_[i]);
      else if (is(o, dequantize_kind))
        dequantize_edge(o, edges_[i]);
      else if (o.from == dtype::u8)
        run_int8(o, edges_[i]);
      else
        run_float(o, edges_[i]);
    }
  }

  std::size_t count(op const& o) const {
    return static_cast<std::size_t>(batch_) * static_cast<std::size_t>(o.out.size());
  }
  buffer const& input(op const& o, std::size_t k) const { return edges_[static_cast<std::size_t>(o.input[k])]; }
  std::vector<float> const& scales(op const& o) const {
    std::int16_t const p = o.param[slot::scale];
    if (p < 0 || floats_[static_cast<std::size_t>(p)].empty())
      raise("cannot emulate an operation", "it has no scale", o.kind->name,
            "emulate the canonical graph that quantisation makes");
    return floats_[static_cast<std::size_t>(p)];
  }

  void run_tensor(op const& o, buffer& out) const {
    buffer scratch(static_cast<std::size_t>(o.scratch));
    tensor_args t{o.kind, &forms_[static_cast<std::size_t>(o.form)], {}, out.data(), o.type, scratch.data()};
    for (std::size_t k = 0; k < max_inputs; ++k)
      if (o.input[k] >= 0) {
        op const& from = ops_[static_cast<std::size_t>(o.input[k])];
        t.in[k] = {input(o, k).data(), from.type, dims_of(from, forms_.data())};
      }
    o.kind->evaluate(t);
  }
  void quantize_edge(op const& o, buffer& out) const {
    float const* x = input(o, 0).as<float>();
    float const k = scales(o)[0];
    for (std::size_t i = 0; i < count(o); ++i) out.as<std::uint8_t>()[i] = quantize(x[i], k, o.zero);
  }
  void dequantize_edge(op const& o, buffer& out) const {
    std::uint8_t const* q = input(o, 0).as<std::uint8_t>();
    float const scale = scales(o)[0];
    for (std::size_t i = 0; i < count(o); ++i) out.as<float>()[i] = dequantize(q[i], o.from_zero, scale);
  }

  void run_float(op const& o, buffer& out) const {
    args<float> a{};
    a.batch = batch_, a.out = out.as<float>();
    for (std::size_t k = 0; k < max_inputs; ++k)
      if (o.input[k] >= 0) a.in[k] = input(o, k).as<float>();
    for (std::size_t k = 0; k < max_params; ++k)
      if (o.param[k] >= 0) a.param[k] = floats_[static_cast<std::size_t>(o.param[k])].data();
    run_reference(o, a);
  }

  // The kind's reference on stored numbers.
  void run_u8(op const& o, buffer& out) const {
    stored_args a{};
    a.batch = batch_, a.out = out.as<std::uint8_t>();
    for (std::size_t k = 0; k < max_inputs; ++k)
      if (o.input[k] >= 0) a.in[k] = input(o, k).as<std::uint8_t>();
    for (std::size_t k = 0; k < max_params; ++k)
      if (o.param[k] >= 0) a.param[k] = stored_[static_cast<std::size_t>(o.param[k])].data();
    o.kind->reference_u8(o, a);
  }
  // The kind's reference in exact integers, between the stored numbers' zero points and requantisation.
  void run_int8(op const& o, buffer& out) const {
    if (o.kind->reference_u8) return run_u8(o, out);
    if (!o.kind->reference_i32)
      raise("cannot emulate an operation", "its inputs are int8 and its kind has no integer reference", o.kind->name,
            "give the kind a reference_i32, or keep the operation in f32");
    args<std::int32_t> a{};
    std::array<std::vector<std::int32_t>, max_inputs> in{};
    for (std::size_t k = 0; k < max_inputs; ++k)
      if (o.input[k] >= 0) in[k] = centred(o, k), a.in[k] = in[k].data();
    for (std::size_t k = 0; k < max_params; ++k)
      if (o.param[k] >= 0 && !ints_[static_cast<std::size_t>(o.param[k])].empty())
        a.param[k] = ints_[static_cast<std::size_t>(o.param[k])].data();
    std::vector<std::int32_t> result(count(o));
    a.batch = batch_, a.out = result.data();
    o.kind->reference_i32(o, a);
    store(o, result, out);
  }
  // Input k without its zero point; for kinds that move numbers also in the result's units.
  std::vector<std::int32_t> centred(op const& o, std::size_t k) const {
    buffer const& from = input(o, k);
    std::uint8_t const* q = from.as<std::uint8_t>();
    std::int32_t const zero = k == 0 ? o.from_zero : o.addend_zero;
    std::vector<std::int32_t> x(from.size());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = q[i] - zero;
    if (o.kind->moves && o.param[slot::scale] >= 0) {
      float const scale = scales(o).at(k);
      for (std::int32_t& v : x) v = requantize(v, scale, o.zero) - o.zero;
    }
    return x;
  }
  void store(op const& o, std::vector<std::int32_t> const& acc, buffer& out) const {
    if (o.kind->moves) {
      for (std::size_t i = 0; i < acc.size(); ++i)
        out.as<std::uint8_t>()[i] = static_cast<std::uint8_t>(acc[i] + o.zero);
      return;
    }
    std::vector<float> const& scale = scales(o);
    std::size_t const n = scale.size();  // one, or one an output channel
    for (std::size_t i = 0; i < acc.size(); ++i) {
      if (o.type == dtype::f32)
        out.as<float>()[i] = rescale(acc[i], scale[i % n]);
      else
        out.as<std::uint8_t>()[i] = clipped(requantize(acc[i], scale[i % n], o.zero), o.least, o.most);
    }
  }

  std::vector<float> floats_of(buffer const& edge, op const& o) const {
    std::vector<float> y(count(o));
    for (std::size_t i = 0; i < y.size(); ++i)
      y[i] = o.type == dtype::u8 ? static_cast<float>(edge.as<std::uint8_t>()[i]) : edge.as<float>()[i];
    return y;
  }

  std::vector<op> ops_;
  std::vector<tensor_form> forms_;
  std::vector<buffer> constants_;           // by operation
  std::vector<std::vector<float>> floats_;  // by weight node
  std::vector<std::vector<std::int32_t>> ints_;
  std::vector<buffer> stored_;  // of kinds that read them as they are
  std::vector<buffer> edges_;
  int batch_{};
};

// The results of a canonical graph for images in NHWC order: an emulator used once.
template <class G>
std::vector<float> emulate(G const& canonical, tensor_set const& tensors, std::span<float const> images) {
  return emulator(canonical, tensors)(images);
}

}  // namespace hone::inline HONE_ABI::shal
