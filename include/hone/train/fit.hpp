#pragma once
#include <hone/train/data.hpp>
#include <hone/train/loss.hpp>
#include <hone/train/optimizer.hpp>
#include <hone/train/tape.hpp>

#include <cstdio>

namespace hone::inline HONE_ABI::train {

struct progress {
  int epoch{}, epochs{};  // from 1
  int step{}, steps{};    // of this epoch, from 1
  double loss{};          // mean over the epoch so far
  double accuracy{};      // share of right answers in the epoch so far
  double rate{};          // the learning rate of this step
};

struct training_options {
  int epochs{30};
  int batch{64};        // examples a step
  int accumulate{1};    // parts that a step's batch is worked on in: less memory, the same gradient but for batch norms
  double rate{3e-3};    // the largest learning rate
  double warm_up{1};    // epochs until it is reached
  double smoothing{0};  // of the labels
  optimizer_options optimizer{.weight_decay = 0.05};
  dtype precision{dtype::f32};  // bf16: mixed precision
  std::uint64_t seed{1};        // of the order of examples and of augmentation
  int threads{0};               // 0: all; the result does not depend on it
  int slices{8};                // of a batch, for the threads; the result does depend on it
  // Called with each batch before it is used: may change its images and labels in place; what it leaves is checked.
  std::function<void(data_set&, generator&)> augment{};
  std::function<void(progress const&)> report{};
};

struct evaluation {
  double loss{}, accuracy{};
  std::vector<std::int32_t> answers{};  // the class of each example
};

namespace detail {
inline std::string number(double v) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", v);
  return text;
}
inline int classes_of(shape s) { return s.size(); }

inline void check_options(training_options const& o) {
  auto const wrong = [](char const* what, double v, char const* fix) {
    raise("cannot train with these options", message() << what << " is " << number(v).c_str(), "training_options", fix);
  };
  if (o.epochs < 0) wrong("epochs", o.epochs, "take 0 or more");
  if (o.batch < 1) wrong("batch", o.batch, "take at least 1");
  if (o.accumulate < 1 || o.accumulate > o.batch) wrong("accumulate", o.accumulate, "take 1 to batch");
  if (o.slices < 1) wrong("slices", o.slices, "take at least 1");
  if (!(o.rate >= 0 && std::isfinite(o.rate))) wrong("rate", o.rate, "take a finite rate, not below 0");
  if (!(o.warm_up >= 0 && o.warm_up < 1e6)) wrong("warm_up", o.warm_up, "take 0 epochs or more");
  if (!(o.smoothing >= 0 && o.smoothing < 1)) wrong("smoothing", o.smoothing, "take 0 to 1, without 1");
  if (o.precision != dtype::f32 && o.precision != dtype::bf16)
    raise("cannot train with these options", message() << "precision is " << name(o.precision), "training_options",
          "train in f32 or bf16; int8 is what train::fine_tune is for");
}
inline int steps_of(int in_epoch, int epochs) {
  if (epochs > (1 << 30) / in_epoch)
    raise("cannot train with these options", message() << epochs << " epochs have more than 2^30 steps",
          "training_options", "take fewer epochs, or larger batches");
  return in_epoch * epochs;
}
inline void augment(data_set& batch, training_options const& o, generator& draw, shape result) {
  std::size_t const size = batch.size();
  shape const images = batch.image_shape();
  o.augment(batch, draw);
  check_data(batch, images, classes_of(result));
  if (batch.size() != size)
    raise("cannot use a data set", message() << "augmentation made " << batch.size() << " examples of " << size,
          "training_options", "change images in place");
}
inline void check_loss(double loss, int epoch, int step) {
  if (!(loss < 1e6))
    raise("training diverged",
          message() << "the loss is " << number(loss).c_str() << " at step " << step << " of epoch " << epoch,
          "hone::train", "lower the learning rate, warm up longer, or check the data");
}
}  // namespace detail

// Loss and answers of the network that t runs, on all of d.
inline evaluation evaluate(tape<float>& t, data_set const& d) {
  evaluation e;
  judgement sum;
  std::size_t const pixels = static_cast<std::size_t>(d.image_shape().size());
  for (std::size_t first = 0; first < d.size(); first += static_cast<std::size_t>(t.capacity())) {
    std::size_t const n = std::min(d.size() - first, static_cast<std::size_t>(t.capacity()));
    std::span<float const> const z = t.forward(d.images.data() + first * pixels, static_cast<int>(n), false);
    sum += cross_entropy(z, std::span<std::int32_t const>(d.labels.data() + first, n));
    std::size_t const classes = z.size() / n;
    for (std::size_t i = 0; i < n; ++i) {
      float const* row = z.data() + i * classes;
      e.answers.push_back(static_cast<std::int32_t>(std::max_element(row, row + classes) - row));
    }
  }
  e.loss = sum.loss / static_cast<double>(d.size());
  e.accuracy = sum.right / static_cast<double>(d.size());
  return e;
}

// What besides the data shapes a training run.
struct fit_hooks {
  std::function<void(int epoch)> before_epoch{};
  // A further term of the loss: its value; adds its derivatives by the trained variables to `gradient`.
  std::function<double(std::span<float> gradient)> term{};
  std::function<void(int step, int steps)> after_step{};  // of all epochs
  std::function<void(int epoch)> after_epoch{};
  std::function<bool(int epoch)> goes_on{};  // asked after that; false ends the training there
  bool by_forms{true};  // kinds compute by their training forms
};

// Trains the variables of n on d. Raises where the data do not fit or the loss diverges; variables are then as they were
// at that step.
inline void fit(numerics<float>& n, data_set const& d, training_options const& o, fit_hooks const& hooks = {}) {
  detail::check_options(o);
  float_control const arithmetic;  // the optimizer's too
  crew threads(o.threads);
  int const part = (o.batch + o.accumulate - 1) / o.accumulate;
  tape<float> t(n, threads, part, o.slices);
  check_data(d, n.graph().ops[0].out, detail::classes_of(t.result_shape()));
  optimizer change(o.optimizer, n.state().trained().size());
  generator draw(o.seed);
  std::vector<std::size_t> order(d.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  int const steps = ceil_div(static_cast<int>(d.size()), o.batch), total = detail::steps_of(steps, o.epochs);
  int const warm_up = static_cast<int>(std::min(o.warm_up * steps, static_cast<double>(total)));
  for (int epoch = 0; epoch < o.epochs; ++epoch) {
    if (hooks.before_epoch) hooks.before_epoch(epoch);
    draw.shuffle(order.begin(), order.end());
    judgement sum;
    double terms = 0;
    for (int step = 0; step < steps; ++step) {
      std::size_t const first = static_cast<std::size_t>(step) * static_cast<std::size_t>(o.batch);
      std::size_t const last = std::min(first + static_cast<std::size_t>(o.batch), d.size());
      std::fill(t.gradient().begin(), t.gradient().end(), 0.f);
      n.refresh();
      for (std::size_t at = first; at < last; at += static_cast<std::size_t>(part)) {
        data_set b = d.pick(order.data() + at, order.data() + std::min(at + static_cast<std::size_t>(part), last));
        if (o.augment) detail::augment(b, o, draw, t.result_shape());
        auto const z = t.forward(b.images.data(), static_cast<int>(b.size()), hooks.by_forms);
        sum += cross_entropy(z, std::span<std::int32_t const>(b.labels.data(), b.size()), o.smoothing,
                             t.derivatives().data(), 1.0 / static_cast<double>(last - first));
        t.backward();
      }
      if (hooks.term) terms += hooks.term(t.gradient());
      double const seen = static_cast<double>(last), loss = sum.loss / seen + terms / (step + 1);
      detail::check_loss(loss, epoch + 1, step + 1);
      double const rate = o.rate * cosine_schedule(epoch * steps + step, total, warm_up);
      change.step(n.state(), t.gradient(), rate);
      if (hooks.after_step) hooks.after_step(epoch * steps + step, total);
      if (o.report) o.report({epoch + 1, o.epochs, step + 1, steps, loss, sum.right / seen, rate});
    }
    if (hooks.after_epoch) hooks.after_epoch(epoch);
    if (hooks.goes_on && !hooks.goes_on(epoch)) break;
  }
  for (float v : n.state().trained())
    if (!std::isfinite(v)) detail::check_loss(std::numeric_limits<double>::quiet_NaN(), o.epochs, steps);
}

}  // namespace hone::inline HONE_ABI::train
