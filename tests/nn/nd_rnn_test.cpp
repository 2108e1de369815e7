#include <hone/nn/nd/move.hpp>
#include <hone/nn/nd/rnn.hpp>

#include "nd_recurrent_case.hpp"

using namespace hone;
using namespace nd_values;
using nd::direction;
using fn = nd::recurrent_fn;

namespace {

value run(recurrent_operands const& o, nd::recurrent_options const& how, unsigned mask, bool last) {
  return evaluate(
      [&](auto& g, int x, int w, int r, int b, int l, int h) {
        int const y = nd::rnn(g, x, w, r, if_given(b, mask, bias), if_given(l, mask, lens), if_given(h, mask, h0), how);
        return last ? nd::rnn_y_h(g, y) : nd::rnn_y(g, y);
      },
      o.x, o.w, o.r, o.b, o.lens, o.h0);
}

}  // namespace

TEST_CASE("rnn: what ONNX Runtime computes") {
  for (dtype t : {dtype::f32, dtype::f64}) {
    nd::recurrent_options const plain{.hidden = 3};
    recurrent_operands o = expected_operands(1, 1, t);
    check_expected({run(o, plain, 0, false), run(o, plain, 0, true)}, nd_expected::rnn_plain);
    nd::recurrent_options both{.hidden = 3, .way = direction::bidirectional};
    both.activation = {fn::softplus, fn::relu};
    o = expected_operands(1, 2, t);
    unsigned const mask = bias | lens | h0;
    check_expected({run(o, both, mask, false), run(o, both, mask, true)}, nd_expected::rnn_both);
  }
}

TEST_CASE("rnn: a step is f(W x + R h + both biases), for every activation and clip") {
  CHECK(rc::check([] {
    auto const which = static_cast<fn>(*rc::gen::inRange(0, 12));
    double const a = 0.5, b = 0.25;
    double const clip = *rc::gen::element(0.0, 0.75);
    auto const f = [&](double v) {
      if (clip > 0) v = v > clip ? clip : v < -clip ? -clip : v;
      switch (which) {
        case fn::relu: return std::fmax(v, 0.0);
        case fn::sigmoid: return 1 / (1 + std::exp(-v));
        case fn::affine: return a * v + b;
        case fn::leaky_relu: return v < 0 ? a * v : v;
        case fn::thresholded_relu: return v >= a ? v : 0;
        case fn::scaled_tanh: return a * std::tanh(b * v);
        case fn::hard_sigmoid: return std::fmin(std::fmax(a * v + b, 0.0), 1.0);
        case fn::elu: return v >= 0 ? v : a * (std::exp(v) - 1);
        case fn::softsign: return v / (1 + std::fabs(v));
        case fn::softplus: return std::log(1 + std::exp(v));
        default: return std::tanh(v);
      }
    };
    recurrent_operands const o = any_operands(dtype::f64, 1, 1);
    std::size_t const hidden = static_cast<std::size_t>(o.r.dims[2]), inputs = static_cast<std::size_t>(o.x.dims[2]),
                      batch = static_cast<std::size_t>(o.x.dims[1]), time = static_cast<std::size_t>(o.x.dims[0]);
    nd::recurrent_options how{.hidden = o.r.dims[2], .clip = static_cast<float>(clip)};
    how.activation[0] = {which, 0.5f, 0.25f};
    value const y = run(o, how, bias | h0, false);
    std::vector<double> h = o.h0.all();
    for (std::size_t t = 0; t < time; ++t) {
      std::vector<double> next(h.size());
      for (std::size_t n = 0; n < batch; ++n)
        for (std::size_t k = 0; k < hidden; ++k) {
          double sum = o.b.at(k) + o.b.at(hidden + k);
          for (std::size_t i = 0; i < inputs; ++i) sum += o.w.at(k * inputs + i) * o.x.at((t * batch + n) * inputs + i);
          for (std::size_t i = 0; i < hidden; ++i) sum += o.r.at(k * hidden + i) * h[n * hidden + i];
          next[n * hidden + k] = f(sum);
          RC_ASSERT(std::fabs(y.at((t * batch + n) * hidden + k) - next[n * hidden + k]) < 1e-12);
        }
      h = next;
    }
  }));
}
