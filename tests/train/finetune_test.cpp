#include <hone/hw/catalogue/haswell.hpp>
#include <hone/shal/numerics.hpp>
#include <hone/train/finetune.hpp>
#include <hone/train/trainer.hpp>

#include "blobs.hpp"
#include "catch2.hpp"

using namespace hone;
using namespace hone::train;

namespace {

profile const& machine = hw::haswell::value;
struct pruned_net : model<nn::input<4, 4, 1, nn::values::nonnegative>, nn::conv2d<16, 3>, nn::batch_norm, nn::relu,
                          nn::conv2d<8, 3>, nn::batch_norm, nn::relu, nn::global_avg_pool, nn::dense<3>> {};

template <class Net>
struct trained {
  dynamic_graph g = thaw(Net::description);
  data_set d = blobs::examples(150, 1), judge = blobs::examples(90, 2);
  tensor_set base = train::train(g, initialize(g, 1), d, {.epochs = 12, .batch = 25, .rate = 0.02});
  double accuracy = evaluate(g, base, judge).accuracy;
};
fine_tuning_options quick() {
  fine_tuning_options o;
  o.training.epochs = 2, o.training.batch = 25, o.thinning_epochs = 3, o.thinning_rate = 0.01;
  return o;
}

}  // namespace

TEST_CASE("specialised networks keep their accuracy in every precision, and compute as the emulator does") {
  trained<blobs::net> const t;
  CHECK(t.accuracy > 0.95);
  for (dtype precision : {dtype::f32, dtype::bf16, dtype::i8}) {
    specialised const s = fine_tune(t.g, t.base, {.precision = precision}, machine, t.d, t.judge, quick());
    CAPTURE(name(precision));
    CHECK(s.before.accuracy > t.accuracy - 0.05);
    CHECK(s.after.accuracy > t.accuracy - 0.05);
    std::vector<float> const z =
        shal::emulate(s.canonical, s.weights, std::span<float const>(t.judge.images.data(), t.judge.images.size()));
    for (std::size_t i = 0; i < t.judge.size(); ++i) {
      float const* row = z.data() + 3 * i;
      REQUIRE(std::max_element(row, row + 3) - row == s.after.answers[i]);
    }
  }
}

TEST_CASE("in f32 without pruning nothing changes") {
  trained<blobs::net> const t;
  specialised const s = fine_tune(t.g, t.base, {}, machine, t.d, t.judge, quick());
  tensor_set const untouched = pass::canonical_tensors(s.canonical, t.base);
  REQUIRE(s.weights.size() == untouched.size());
  for (tensor const& w : untouched)
    CHECK(std::equal(
        w.values<float>().begin(), w.values<float>().end(), s.weights.at(w.name.data()).values<float>().begin()));
}

TEST_CASE("pruned networks are smaller, and learn to do without") {
  trained<pruned_net> const t;
  options const o{.precision = dtype::i8, .prune = 0.5f};
  specialised const s = fine_tune(t.g, t.base, o, machine, t.d, t.judge, quick());
  CHECK(s.canonical.ops[2].out.c < 16);
  CHECK(s.after.accuracy > t.accuracy - 0.05);
  CHECK(s.weights.bytes() <
        fine_tune(t.g, t.base, {.precision = dtype::i8}, machine, t.d, t.judge, quick()).weights.bytes());
}

TEST_CASE("fine-tuning depends on the seed, not on the number of threads") {
  trained<blobs::net> const t;
  auto const with = [&](int threads) {
    fine_tuning_options o = quick();
    o.training.threads = threads;
    return fine_tune(t.g, t.base, {.precision = dtype::i8}, machine, t.d, t.judge, o).weights;
  };
  tensor_set const one = with(1), three = with(3);
  for (tensor const& w : one)
    CHECK(std::memcmp(w.data.data(), three.at(w.name.data()).data.data(), w.data.size()) == 0);
}

TEST_CASE("tuning that does harm is undone: what examples set aside say is kept") {
  trained<blobs::net> const t;
  fine_tuning_options harmful = quick();
  harmful.training.rate = 0.5, harmful.training.warm_up = 0, harmful.training.epochs = 1;
  for (dtype precision : {dtype::bf16, dtype::i8}) {
    options const o{.precision = precision};
    CAPTURE(name(precision));
    harmful.validation = 0.2;
    specialised const kept = fine_tune(t.g, t.base, o, machine, t.d, t.judge, harmful);
    CHECK(kept.after.accuracy == kept.before.accuracy);
    CHECK(kept.after.loss == kept.before.loss);
    harmful.validation = 0;
    specialised const last = fine_tune(t.g, t.base, o, machine, t.d, t.judge, harmful);
    CHECK(last.after.loss > 2 * last.before.loss);
  }
}

TEST_CASE("so few examples that none can be set aside are enough") {
  trained<blobs::net> const t;
  std::size_t const few[]{0, 1, 2};
  specialised const s =
      fine_tune(t.g, t.base, {.precision = dtype::i8}, machine, t.d.pick(few, few + 3), t.judge, quick());
  CHECK(s.after.accuracy > t.accuracy - 0.05);
}

TEST_CASE("options that make no sense are errors that name them") {
  trained<blobs::net> const t;
  auto const with = [&](auto change) {
    return [&t, change] {
      options o{.precision = dtype::i8};
      fine_tuning_options how = quick();
      change(o, how);
      fine_tune(t.g, t.base, o, machine, t.d, t.judge, how);
    };
  };
  CHECK_THROWS_WITH(with([](auto& o, auto&) { o.precision = dtype::u8; })(), Contains("precision would be uint8"));
  CHECK_THROWS_WITH(with([](auto& o, auto&) { o.prune = 1.5f; })(), Contains("prune is 1.5") && Contains("0 to 0.99"));
  CHECK_THROWS_WITH(with([](auto& o, auto&) { o.prune = NAN; })(), Contains("prune is nan"));
  CHECK_THROWS_WITH(with([](auto&, auto& how) { how.validation = 1; })(), Contains("validation is 1"));
  CHECK_THROWS_WITH(with([](auto&, auto& how) { how.percentile = -1; })(), Contains("percentile is -1"));
  CHECK_THROWS_WITH(with([](auto&, auto& how) { how.cost_weight = NAN; })(), Contains("cost_weight is nan"));
  CHECK_THROWS_WITH(with([](auto&, auto& how) { how.thinning_epochs = -1; })(), Contains("thinning_epochs is -1"));
  CHECK_THROWS_WITH(with([](auto&, auto& how) { how.training.batch = 0; })(), Contains("batch is 0"));
}

TEST_CASE("what does not fit is an error") {
  trained<blobs::net> const t;
  auto const with = [&](data_set const& d, data_set const& judge, tensor_set const& base) {
    return [&] { fine_tune(t.g, base, {.precision = dtype::i8}, machine, d, judge, quick()); };
  };
  CHECK_THROWS_WITH(with({}, t.judge, t.base)(), Contains("holds no examples"));
  CHECK_THROWS_WITH(with(t.d, {}, t.base)(), Contains("holds no examples"));
  CHECK_THROWS_WITH(with(t.d, t.judge, {})(), Contains("no tensor is named"));
  data_set small = t.d, foreign = t.d;
  small.images = xt::xtensor<float, 4>::from_shape({t.d.size(), 2, 2, 1});
  foreign.labels(7) = 3;
  CHECK_THROWS_WITH(with(small, t.judge, t.base)(), Contains("2x2x1") && Contains("4x4x1"));
  CHECK_THROWS_WITH(with(t.d, small, t.base)(), Contains("2x2x1"));
  CHECK_THROWS_WITH(with(foreign, t.judge, t.base)(), Contains("label 3 of example 7"));
}
