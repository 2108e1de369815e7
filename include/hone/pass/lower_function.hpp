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
  int step(pw what, int a) { return step(what, a, a); }
  int raised(int a) { return step(pw::max, a, constant(0)); }
  // slope * max(a, 0) + below * min(b, 0), where b is below 0 as a is.
  int bent(int a, float slope, int b, float below) {
    int const rest = step(pw::mul, step(pw::min, b, constant(0)), constant(below));
    return step(pw::add, slope == 1 ? raised(a) : step(pw::mul, raised(a), constant(slope)), rest);
  }
  // a tanh(log(1 + e^a)): with u = e^a, the tanh is v / (v + 2), v = u (u + 2); past 20 it is 1.
  int mish(int a) {
    int const u = step(pw::exp, step(pw::min, a, constant(20))), two = constant(2);
    int const v = step(pw::mul, u, step(pw::add, u, two));
    return step(pw::mul, a, step(pw::div, v, step(pw::add, v, two)));
  }
  int gelu(int a) {
    int const e = step(pw::erf, step(pw::mul, a, constant(0.707106781f))), half = constant(0.5f);
    return step(pw::mul, a, step(pw::add, half, step(pw::mul, half, e)));
  }
  // As nd::functions::gelu_tanh.
  int gelu_tanh(int a) {
    int const square = step(pw::mul, step(pw::mul, a, a), constant(0.0713548163f));
    int const inner = step(pw::mul, a, step(pw::add, square, constant(1.59576912f)));
    return step(pw::mul, a, step(pw::sigmoid, inner));
  }
  // fn of step a; -1: no such steps.
  int unary(nd::unary_fn fn, int a, float p, float q) {
    using enum nd::unary_fn;
    switch (fn) {
      case relu: return raised(a);
      case abs: return step(pw::max, a, step(pw::sub, constant(0), a));
      case neg: return step(pw::sub, constant(0), a);
      case reciprocal: return step(pw::div, constant(1), a);
      case sqrt: return step(pw::sqrt, a);
      case exp: return step(pw::exp, a);
      case log: return step(pw::log, a);
      case erf: return step(pw::erf, a);
      case tanh: return step(pw::tanh, a);
      case softplus: return step(pw::softplus, a);
      case sigmoid: return step(pw::sigmoid, a);
      case swish: return step(pw::mul, a, step(pw::sigmoid, p == 1 ? a : step(pw::mul, a, constant(p))));
      case elu: return p == 1 ? step(pw::elu, a) : bent(a, 1, step(pw::elu, a), p);
      case selu: return bent(a, q, step(pw::elu, a), q * p);
      case celu: {
        if (p == 1) return step(pw::elu, a);
        if (!(p > 0)) return -1;
        int const alpha = constant(p);
        return step(pw::mul, alpha, step(pw::elu, step(pw::div, a, alpha)));
      }
      case gelu: return this->gelu(a);
      case gelu_tanh: return this->gelu_tanh(a);
      case mish: return this->mish(a);
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
      case pow: return power(a, f.code[static_cast<std::size_t>(b)]);
      default: return -1;
    }
  }

 private:
  int power(int a, pw_step const& by) {
    if (by.what != pw::constant) return -1;
    if (by.value == 2) return step(pw::mul, a, a);
    if (by.value == 3) return step(pw::mul, a, step(pw::mul, a, a));
    if (by.value == 0.5f) return step(pw::sqrt, a);
    return -1;
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
    if (!is(o, nd::binary_kind)) return false;
    std::array<int, 2> operand{x, x};
    float value{};
    for (std::size_t k = 0; k < 2; ++k)
      if (known_number(c_, o.input[k], &value))
        operand[k] = w.constant(value);
      else if (c_.at(o.input[k]).out.size() != o.out.size())
        return false;
    return w.binary(static_cast<nd::binary_fn>(c_.form(o).i[0]), operand[0], operand[1]) >= 0;
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
