#include <hone/train/trainer.hpp>

#include "blobs.hpp"
#include "catch2.hpp"

using namespace hone;
using namespace hone::train;

namespace {

struct fitted {
  tensor_set parameters;
  std::vector<progress> reports;
};
fitted fitted_with(training_options o, data_set const& d = blobs::examples(48, 1)) {
  fitted f;
  o.report = [&](progress const& p) { f.reports.push_back(p); };
  dynamic_graph const g = thaw(blobs::net::description);
  f.parameters = train::train(g, initialize(g, 7), d, o);
  return f;
}
bool same(tensor_set const& a, tensor_set const& b) {
  for (tensor const& t : a)
    if (!std::equal(t.values<float>().begin(), t.values<float>().end(), b.at(t.name.data()).values<float>().begin()))
      return false;
  return a.size() == b.size();
}
training_options const few{.epochs = 2, .batch = 20, .rate = 0.01};

}  // namespace

TEST_CASE("training depends on the seed, not on the number of threads") {
  training_options o = few;
  o.threads = 1;
  fitted const one = fitted_with(o);
  o.threads = 3;
  CHECK(same(fitted_with(o).parameters, one.parameters));
  o.seed = 2;
  CHECK_FALSE(same(fitted_with(o).parameters, one.parameters));
}

TEST_CASE("progress counts steps, the last one of an epoch being smaller") {
  fitted const f = fitted_with(few);
  REQUIRE(f.reports.size() == 6);
  CHECK((f.reports[0].step == 1 && f.reports[0].steps == 3 && f.reports[0].epoch == 1 && f.reports[0].epochs == 2));
  CHECK((f.reports[5].step == 3 && f.reports[5].epoch == 2));
  CHECK(f.reports[5].loss < f.reports[0].loss);
  CHECK(f.reports[0].rate < 0.01);
  CHECK(f.reports[2].rate == 0.01);
}

TEST_CASE("gradients that accumulate over parts of a batch are the whole batch's") {
  dynamic_graph const g = thaw(blobs::plain_net::description);  // no batch norm: that would see the parts
  auto const parameters = [&](int parts) {
    training_options o = few;
    o.accumulate = parts;
    return train::train(g, initialize(g, 7), blobs::examples(48, 1), o);
  };
  tensor_set const whole = parameters(1), parts = parameters(7);
  for (tensor const& t : whole)
    for (std::size_t k = 0; k < t.elements(); ++k)
      REQUIRE(t.values<float>()[k] == Approx(parts.at(t.name.data()).values<float>()[k]).epsilon(1e-3).margin(1e-4));
}

TEST_CASE("augmentation sees each batch and may change it") {
  training_options o = few;
  std::size_t seen = 0;
  o.augment = [&](data_set& b, generator& r) {
    seen += b.size();
    for (float& v : b.images) v += static_cast<float>(r.uniform(-0.1, 0.1));
  };
  fitted const f = fitted_with(o);
  CHECK(seen == 96);
  CHECK_FALSE(same(f.parameters, fitted_with(few).parameters));
}

TEST_CASE("what augmentation leaves is checked") {
  auto const with = [](auto change) {
    training_options o = few;
    o.augment = [change](data_set& b, generator&) { change(b); };
    return [o] { fitted_with(o); };
  };
  CHECK_THROWS_WITH(with([](data_set& b) { b.images(0, 1, 1, 0) = NAN; })(), Contains("NaN"));
  CHECK_THROWS_WITH(with([](data_set& b) { b.labels(2) = 3; })(), Contains("label 3 of example 2"));
  CHECK_THROWS_WITH(with([](data_set& b) { b = blobs::examples(99, 1); })(), Contains("made 99 examples of 20"));
  CHECK_THROWS_WITH(with([](data_set& b) {
                      b.images = xt::xtensor<float, 4>::from_shape({b.size(), 8, 8, 1});
                    })(),
                    Contains("8x8x1"));
}

TEST_CASE("an error of the caller's in a report ends training and reaches the caller") {
  training_options o = few;
  o.threads = 2, o.report = [](progress const& p) {
    if (p.step == 2) throw std::runtime_error("enough");
  };
  dynamic_graph const g = thaw(blobs::net::description);
  CHECK_THROWS_WITH(train::train(g, initialize(g, 7), blobs::examples(48, 1), o), "enough");
}

TEST_CASE("one example, one class, batches larger than the data and more threads than examples") {
  std::size_t const first[]{0};
  data_set const one = blobs::examples(48, 1).pick(first, first + 1);
  training_options o = few;
  o.batch = 500, o.accumulate = 7, o.threads = 9, o.slices = 13, o.epochs = 3;
  fitted const f = fitted_with(o, one);
  for (tensor const& t : f.parameters)
    for (float v : t.values<float>()) REQUIRE(std::isfinite(v));
}

TEST_CASE("divergence is an error with step and loss") {
  training_options o = few;
  o.rate = 1e30, o.warm_up = 0, o.optimizer.how = method::sgd;
  CHECK_THROWS_WITH(fitted_with(o), Contains("training diverged") && Contains("at step 2 of epoch 1") &&
                                        Contains("lower the learning rate"));
}

TEST_CASE("wrong options and data are errors") {
  auto const with = [](auto change) {
    training_options o = few;
    change(o);
    return [o] { fitted_with(o); };
  };
  CHECK_THROWS_WITH(with([](auto& o) { o.batch = 0; })(), Contains("batch is 0"));
  CHECK_THROWS_WITH(with([](auto& o) { o.epochs = -1; })(), Contains("epochs is -1"));
  CHECK_THROWS_WITH(with([](auto& o) { o.epochs = 2'000'000'000; })(), Contains("more than 2^30 steps"));
  CHECK_THROWS_WITH(with([](auto& o) { o.accumulate = 21; })(), Contains("accumulate is 21"));
  CHECK_THROWS_WITH(with([](auto& o) { o.slices = 0; })(), Contains("slices is 0"));
  CHECK_THROWS_WITH(with([](auto& o) { o.rate = std::nan(""); })(), Contains("rate is nan"));
  CHECK_THROWS_WITH(with([](auto& o) { o.warm_up = -1; })(), Contains("warm_up is -1"));
  CHECK_THROWS_WITH(with([](auto& o) { o.warm_up = std::nan(""); })(), Contains("warm_up is nan"));
  CHECK_THROWS_WITH(with([](auto& o) { o.smoothing = 1; })(), Contains("smoothing is 1"));
  CHECK_THROWS_WITH(with([](auto& o) { o.precision = dtype::i8; })(), Contains("precision is int8"));
  CHECK_THROWS_WITH(fitted_with(few, {}), Contains("holds no examples"));
  data_set d = blobs::examples(48, 1);
  d.labels(5) = 3;
  CHECK_THROWS_WITH(fitted_with(few, d), Contains("label 3 of example 5"));
}

TEST_CASE("a hook may end a training after an epoch") {
  dynamic_graph const g = thaw(blobs::net::description);
  auto const epochs_of = [&](int most) {
    variables<float> v(g, leaves_of(g));
    assign(v, g, initialize(g, 7));
    numerics<float> n(g, v);
    int last = 0, after = 0;
    training_options o = few;
    o.report = [&](progress const& p) { last = p.epoch; };
    fit_hooks hooks;
    hooks.after_epoch = [&](int) { ++after; };
    hooks.goes_on = [&](int epoch) { return epoch + 1 < most; };
    fit(n, blobs::examples(48, 1), o, hooks);
    CHECK(last == after);
    return last;
  };
  CHECK(epochs_of(1) == 1);
  CHECK(epochs_of(9) == 2);
}
