#pragma once
#include <hone/nn/activation.hpp>
#include <hone/nn/nd/binary.hpp>
#include <hone/pass/lower_context.hpp>

namespace hone::inline HONE_ABI::pass::lowering {

// Elementwise f32 functions of one value as `pointwise` values: x * sigmoid(x) is one operation, fused or not, however
// an ONNX file writes it.

// Writes a pointwise function. Steps that are there already are not written again.
class function_writer {
 public:
  pointwise f{};
  bool full{};

  int put(pw_step s) {
    for (int k = 0; k < f.n; ++k)
      if (f.code[static_cast<std::size_t>(k)] == s) return k;
    if (f.n == pointwise::most_steps) return full = true, 0;
    return f.put(s);
  }
  int x() { return put({pw::x}); }
  int constant(float v) { return put({pw::constant, 0, 0, v}); }
  int step(pw what, int a, int b) { return put({what, static_cast<std::int8_t>(a), static_cast<std::int8_t>(b)}); }
  int bounded(int a, float low, float high) {
    constexpr float most = 3.4028234e38f;
    if (low > -most) a = step(pw::max, a, constant(low));
    if (high < most) a = step(pw::min, a, constant(high));
    return a;
  }
  // The steps in the order of functions::sigmoid(), which has a kernel of its own.
  int sigmoid(int a, float slope) {
    int const half = constant(0.5f), scale = slope == 1 ? half : constant(0.5f * slope);
    int const t = step(pw::mul, scale, a), h = step(pw::tanh, t, t);
    return step(pw::add, half, step(pw::mul, half, h));
  }
  // fn of step a; -1: no such steps.
  int unary(nd::unary_fn fn, int a, float p, float q) {
    using enum nd::unary_fn;
    switch (fn) {
      case relu: return step(pw::max, a, constant(0));
      case abs: return step(pw::max, a, step(pw::sub, constant(0), a));
      case neg: return step(pw::sub, constant(0), a);
      case reciprocal: return step(pw::div, constant(1), a);
      case sigmoid: return this->sigmoid(a, 1);
      case swish: return step(pw::mul, a, this->sigmoid(a, p));
      case tanh: return step(pw::tanh, a, a);
      case leaky_relu: {
        int const slope = constant(p);
        return step(p <= 1 ? pw::max : pw::min, a, step(pw::mul, a, slope));
      }
      case hard_sigmoid: {
        int const line = step(pw::mul, a, constant(p));
        return bounded(step(pw::add, line, constant(q)), 0, 1);
      }
      case hard_swish: {
        int const line = step(pw::mul, a, constant(1.f / 6));
        return step(pw::mul, a, bounded(step(pw::add, line, constant(0.5f)), 0, 1));
      }
      case clip: return bounded(a, p, q);
      case softsign: {
        int const size = step(pw::max, a, step(pw::sub, constant(0), a));
        return step(pw::div, a, step(pw::add, constant(1), size));
      }
      default: return -1;
    }
  }
  int binary(nd::binary_fn fn, int a, int b) {
    using enum nd::binary_fn;
    switch (fn) {
      case add: return step(pw::add, a, b);
      case sub: return step(pw::sub, a, b);
      case mul: return step(pw::mul, a, b);
      case div: return step(pw::div, a, b);
      case max: return step(pw::max, a, b);
      case min: return step(pw::min, a, b);
      default: return -1;
    }
  }
};

// The number that i holds, where it is one f32 constant (or several of one value).
inline bool known_number(context& c, int i, float* value) {
  if (!c.is_known(i) || c.at(i).type != dtype::f32 || c.at(i).out.size() > 4096) return false;
  tensor_view const v = c.known(i);
  if (v.dims.size() < 1) return false;
  for (std::int64_t k = 1; k < v.dims.size(); ++k)
    if (v.as<float>()[k] != v.as<float>()[0]) return false;
  *value = v.as<float>()[0];
  return true;
}

// Operations that together are a function of one value: the last of them, and those that nothing else reads.
struct region {
  int source{-1};  // -1: there is no such function
  pointwise f{};
};

class region_finder {
 public:
  explicit region_finder(context& c) : c_(c) {}

  // The largest region that ends with operation i.
  region find(int i) {
    region best{};
    if (!elementwise(i)) return best;
    members_ = {i};
    for (;;) {
      collect_sources();
      if (sources_.size() == 1) {
        region const r{sources_[0], encoded(sources_[0])};
        if (r.f.n == 0) return best;
        best = r;
      }
      int next = -1;
      for (int s : sources_) next = s > next ? s : next;
      if (next < 0 || members_.size() > pointwise::most_steps || !elementwise(next) || readers(next) != c_.uses(next))
        return best;
      members_.push_back(next);  // after all that read it
    }
  }

 private:
  bool elementwise(int i) const {
    op const& o = c_.at(i);
    if (o.type != dtype::f32 || (o.input[0] >= 0 && op_at(c_.old, o.input[0]).type != dtype::f32)) return false;
    function_writer w;
    int const x = w.x();
    if (is(o, nd::unary_kind)) return w.unary(static_cast<nd::unary_fn>(c_.form(o).i[0]), x, 1, 1) >= 0;
    if (!is(o, nd::binary_kind) || w.binary(static_cast<nd::binary_fn>(c_.form(o).i[0]), x, x) < 0) return false;
    float value{};
    for (std::size_t k = 0; k < 2; ++k)
      if (!known_number(c_, o.input[k], &value) && c_.at(o.input[k]).out.size() != o.out.size()) return false;
    return true;
  }
  // What members read that is neither a member nor a known number.
  void collect_sources() {
    sources_.clear();
    for (int m : members_)
      for (std::int16_t k : c_.at(m).input) {
        float value{};
        if (k < 0 || known_number(c_, k, &value)) continue;
        bool seen = false;
        for (int s : sources_) seen = seen || s == c_.root(k);
        for (int s : members_) seen = seen || s == c_.root(k);
        if (!seen) sources_.push_back(c_.root(k));
      }
  }
  int readers(int i) const {
    int n = 0;
    for (int m : members_)
      for (std::int16_t k : c_.at(m).input) n += k >= 0 && c_.root(k) == i;
    return n;
  }
  // The members as one function of `source`; empty where they take too many steps.
  pointwise encoded(int source) const {
    function_writer w;
    std::vector<int> at(members_.size(), 0);
    int const x = w.x();
    auto const step_of = [&](int i) {
      float value{};
      if (known_number(c_, i, &value)) return w.constant(value);
      for (std::size_t m = 0; m < members_.size(); ++m)
        if (members_[m] == c_.root(i)) return at[m];
      return c_.root(i) == source ? x : -1;
    };
    for (std::size_t m = members_.size(); m-- > 0;) {
      op const& o = c_.at(members_[m]);
      tensor_form const& f = c_.form(o);
      int const a = step_of(o.input[0]);
      if (is(o, nd::unary_kind)) {
        at[m] = w.unary(static_cast<nd::unary_fn>(f.i[0]), a, f.f[0], f.f[1]);
      } else {
        int const b = step_of(o.input[1]);
        at[m] = w.binary(static_cast<nd::binary_fn>(f.i[0]), a, b);
      }
      if (w.full) return {};
    }
    // the last step is the result
    return at[0] == w.f.n - 1 ? w.f : pointwise{};
  }

  context& c_;
  std::vector<int> members_, sources_;  // members: readers before what they read
};

inline op_kind const& kind_of(pointwise const& f) {
  if (f == functions::relu()) return relu_kind;
  if (f == functions::relu6()) return relu6_kind;
  if (f == functions::tanh()) return tanh_kind;
  if (f == functions::sigmoid()) return sigmoid_kind;
  return function_kind;
}
inline void emit_region(context& c, int i, region const& r) {
  layout const l = c.natural(r.source);
  op o = nn::reading(kind_of(r.f), c.stored(r.source, l), c.at(i).layer);
  o.act = r.f;
  c.define(i, emit(c.graph(), o), l);
}

}  // namespace hone::inline HONE_ABI::pass::lowering
