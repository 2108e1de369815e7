#pragma once
#include <hone/nn/activation.hpp>
#include <hone/train/crew.hpp>
#include <hone/train/numerics.hpp>

namespace hone::inline HONE_ABI::train {

// Runs batches forwards and backwards through a network. A batch is cut into slices, always the same ones, that threads
// work on side by side; what they add up is added in the slices' order, so that every bit is independent of the threads.
template <class T>
class tape {
 public:
  // For at most `capacity` images at once. n and c outlive this.
  tape(numerics<T>& n, crew& c, int capacity, int slices)
      : n_(n), crew_(c), ops_(n.graph().ops), slices_(slices), capacity_(capacity), head_(ops_.size() - 1),
        sums_(ops_.size()), gradient_sums_(ops_.size()) {
    if (is(ops_[head_], softmax_kind)) head_ = static_cast<std::size_t>(ops_[head_].input[0]);
    for (op const& o : ops_) {
      auto const size = static_cast<std::size_t>(capacity) * static_cast<std::size_t>(o.out.size());
      values_.emplace_back(size), derivatives_.emplace_back(size);
    }
    gradient_.resize(n.state().trained().size());
    partial_.assign(static_cast<std::size_t>(slices), gradient_);
    for (std::size_t i = 1; i <= head_; ++i)
      if (n.has_form(i)) {
        auto const width = static_cast<std::size_t>(n.form(i)->sums(ops_[i]));
        sums_[i].resize(width * static_cast<std::size_t>(slices + 1));
        gradient_sums_[i] = sums_[i];
      }
    program();
  }

  int capacity() const { return capacity_; }
  shape result_shape() const { return ops_[head_].out; }
  // The network's results (before a final softmax) for `batch` images; valid until the next call. In training, kinds
  // compute by their training forms, and averages are kept. Requires batch <= capacity.
  std::span<T const> forward(T const* images, int batch, bool training) {
    batch_ = batch, training_ = training;
    std::copy_n(images, batch * ops_[0].out.size(), values_[0].data());
    for (phase const& p : training ? forward_ : inference_) run(p);
    if (training) keep_statistics();
    return {values_[head_].data(), static_cast<std::size_t>(batch * ops_[head_].out.size())};
  }
  // Every operation's results of the last forward call, [image][h][w][c].
  std::span<T const> results(std::size_t i) const {
    return {values_[i].data(), static_cast<std::size_t>(batch_ * ops_[i].out.size())};
  }
  // Where the loss's derivatives by forward's results are put before backward.
  std::span<T> derivatives() {
    return {derivatives_[head_].data(), static_cast<std::size_t>(batch_ * ops_[head_].out.size())};
  }
  // After forward: adds the derivatives by all trained variables to gradient().
  void backward() {
    for (phase const& p : training_ ? backward_ : inference_backward_) run(p);
    std::size_t const chunk = gradient_.size() / static_cast<std::size_t>(slices_) + 1;
    crew_(slices_, [&](int s) {
      std::size_t const first = static_cast<std::size_t>(s) * chunk, last = std::min(first + chunk, gradient_.size());
      for (std::vector<T> const& p : partial_)
        for (std::size_t k = first; k < last; ++k) gradient_[k] += p[k];
    });
  }
  std::span<T> gradient() { return gradient_; }

 private:
  // What one slice does with one operation; the steps of a phase run without waiting for other slices.
  enum class act : std::uint8_t { compute, gather, apply, clear, derive, gather_gradient, apply_gradient };
  struct step {
    act what{};
    std::size_t op{};
  };
  using phase = std::vector<step>;

  void program() {
    forward_.resize(1), inference_.resize(1), backward_ = {{{act::clear, 0}}}, inference_backward_ = backward_;
    for (std::size_t i = 1; i <= head_; ++i) {
      inference_[0].push_back({act::compute, i});
      if (n_.has_form(i)) {
        forward_.back().push_back({act::gather, i});
        forward_.push_back({{act::apply, i}});
      } else {
        forward_.back().push_back({act::compute, i});
      }
    }
    for (std::size_t i = head_; i > 0; --i) {
      inference_backward_[0].push_back({act::derive, i});
      if (n_.has_form(i)) {
        backward_.back().push_back({act::gather_gradient, i});
        backward_.push_back({{act::apply_gradient, i}});
      } else {
        backward_.back().push_back({act::derive, i});
      }
    }
  }
  void run(phase const& p) {
    if (p.front().what == act::apply) add_up(sums_[p.front().op]);
    if (p.front().what == act::apply_gradient) add_up(gradient_sums_[p.front().op]);
    crew_(slices_, [&](int s) {
      slice const cut{batch_ * s / slices_, batch_ * (s + 1) / slices_, static_cast<std::size_t>(s)};
      for (step const& e : p) take(e, cut);
    });
  }
  // The slices' sums, in order, into the place after them.
  void add_up(std::vector<double>& sums) const {
    std::size_t const width = sums.size() / static_cast<std::size_t>(slices_ + 1), total = sums.size() - width;
    std::fill(sums.begin() + static_cast<std::ptrdiff_t>(total), sums.end(), 0.0);
    for (std::size_t k = 0; k < total; ++k) sums[total + k % width] += sums[k];
  }

  struct slice {
    int first, last;
    std::size_t number;
    int size() const { return last - first; }
  };
  T* at(std::vector<T>& of, std::size_t op, slice const& s) const {
    return of.data() + static_cast<std::size_t>(s.first) * static_cast<std::size_t>(ops_[op].out.size());
  }
  void take(step const& e, slice const& s) {
    switch (e.what) {
      case act::compute: return compute(e.op, s);
      case act::derive: return derive(e.op, s);
      case act::clear: return clear(s);
      default: return form(e, s);
    }
  }
  void compute(std::size_t i, slice const& s) {
    if (s.size() == 0) return;
    args<T> a{};
    a.param = n_.params(i), a.out = at(values_[i], i, s), a.batch = s.size();
    for (std::size_t k = 0; k < max_inputs; ++k)
      if (std::int16_t const from = ops_[i].input[k]; from >= 0)
        a.in[k] = at(values_[static_cast<std::size_t>(from)], static_cast<std::size_t>(from), s);
    n_.forward(i, a);
  }
  void clear(slice const& s) {
    std::fill(partial_[s.number].begin(), partial_[s.number].end(), T(0));
    for (std::size_t i = 1; i < head_; ++i) std::fill_n(at(derivatives_[i], i, s), s.size() * ops_[i].out.size(), T(0));
  }
  void derive(std::size_t i, slice const& s) {
    if (s.size() == 0) return;
    grad_args<T> a{};
    a.param = n_.params(i), a.batch = s.size();
    a.out = at(values_[i], i, s), a.dout = at(derivatives_[i], i, s);
    for (std::size_t k = 0; k < max_inputs; ++k)
      if (std::int16_t const from = ops_[i].input[k]; from >= 0) {
        auto const j = static_cast<std::size_t>(from);
        a.in[k] = at(values_[j], j, s);
        if (j > 0) a.din[k] = at(derivatives_[j], j, s);
      }
    for (std::size_t k = 0; k < max_params; ++k) a.dparam[k] = partial(n_.destination(i)[k], s);
    n_.backward(i, a);
  }
  T* partial(int v, slice const& s) {
    if (v < 0 || !n_.state().list()[static_cast<std::size_t>(v)].trained) return nullptr;
    return partial_[s.number].data() + n_.state().list()[static_cast<std::size_t>(v)].at;
  }
  void form(step const& e, slice const& s) {
    std::size_t const i = e.op, width = sums_[i].size() / static_cast<std::size_t>(slices_ + 1);
    bool const gathers = e.what == act::gather || e.what == act::gather_gradient;
    training_args<T> a = form_args(i, s);
    std::size_t const own = s.number * width, total = static_cast<std::size_t>(slices_) * width;
    a.sums = sums_[i].data() + (e.what == act::gather ? own : total);
    a.gradient_sums = gradient_sums_[i].data() + (e.what == act::gather_gradient ? own : total);
    if (gathers) std::fill_n(e.what == act::gather ? a.sums : a.gradient_sums, width, 0.0);
    if (s.size() == 0) return;
    training_form<T> const& f = *n_.form(i);
    (e.what == act::gather  ? f.gather
     : e.what == act::apply ? f.forward
     : gathers              ? f.gather_gradient
                            : f.backward)(ops_[i], a);
  }
  training_args<T> form_args(std::size_t i, slice const& s) {
    auto const from = static_cast<std::size_t>(ops_[i].input[0]);
    training_args<T> a{};
    a.in = at(values_[from], from, s), a.out = at(values_[i], i, s), a.dout = at(derivatives_[i], i, s);
    if (from > 0) a.din = at(derivatives_[from], from, s);
    for (std::size_t r = 0; r < roles; ++r)
      if (int const v = n_.leaves(i)[r]; v >= 0) a.leaf[r] = n_.state().of(v).data(), a.dleaf[r] = partial(v, s);
    for (std::size_t k = 0; k < max_params; ++k)
      if (int const w = ops_[i].param[k]; w >= 0) a.recipe[k] = &weight_at(n_.graph(), w);
    a.slice = s.size(), a.batch = batch_;
    return a;
  }
  void keep_statistics() {
    for (std::size_t i = 1; i <= head_; ++i) {
      if (!n_.has_form(i) || n_.form(i)->keep_statistics == nullptr) continue;
      training_args<T> a = form_args(i, {0, batch_, 0});
      a.sums =
          sums_[i].data() + sums_[i].size() / static_cast<std::size_t>(slices_ + 1) * static_cast<std::size_t>(slices_);
      n_.form(i)->keep_statistics(ops_[i], a);
    }
  }

  numerics<T>& n_;
  crew& crew_;
  std::vector<op> const& ops_;
  int slices_, capacity_, batch_{};
  bool training_{};
  std::size_t head_;  // whose results are the network's: a softmax at the end belongs to the loss
  std::vector<std::vector<T>> values_, derivatives_;  // by operation
  std::vector<T> gradient_;
  std::vector<std::vector<T>> partial_;                    // gradients by slice
  std::vector<std::vector<double>> sums_, gradient_sums_;  // by operation: each slice's, then the batch's
  std::vector<phase> forward_, inference_, backward_, inference_backward_;
};

}  // namespace hone::inline HONE_ABI::train
