#include <hone/train/trainer.hpp>

#include "blobs.hpp"
#include "catch2.hpp"

using namespace hone;
using namespace hone::train;

TEST_CASE("a small network learns, with every method and precision") {
  dynamic_graph const g = thaw(blobs::net::description);
  data_set const d = blobs::examples(150, 1), test = blobs::examples(90, 2);
  tensor_set const start = initialize(g, 1);
  CHECK(evaluate(g, start, test).accuracy < 0.7);
  training_options o{.epochs = 12, .batch = 25, .rate = 0.02};
  CHECK(evaluate(g, train::train(g, start, d, o), test).accuracy > 0.95);
  o.optimizer.weight_decay = 0.01, o.smoothing = 0.05;
  CHECK(evaluate(g, train::train(g, start, d, o), test).accuracy > 0.95);
  o.precision = dtype::bf16;
  CHECK(evaluate(g, train::train(g, start, d, o), test, 0, dtype::bf16).accuracy > 0.95);
  o.precision = dtype::f32, o.optimizer.how = method::sgd;
  CHECK(evaluate(g, train::train(g, start, d, o), test).accuracy > 0.95);
}

TEST_CASE("evaluation gives loss, accuracy and answers that belong together, whatever the number of examples") {
  dynamic_graph const g = thaw(blobs::net::description);
  tensor_set const start = initialize(g, 1);
  data_set const d = blobs::examples(130, 1);
  evaluation const e = evaluate(g, start, d, 2);
  REQUIRE(e.answers.size() == 130);
  int right = 0;
  for (std::size_t i = 0; i < d.size(); ++i) right += e.answers[i] == d.labels(i) ? 1 : 0;
  CHECK(e.accuracy == Approx(right / 130.0));
  data_set const one = blobs::examples(1, 1);
  CHECK(evaluate(g, start, one).answers[0] == e.answers[0]);
  CHECK_THROWS_WITH(evaluate(g, start, {}), Contains("holds no examples"));
  CHECK_THROWS_WITH(evaluate(g, start, one, 1, dtype::i8), Contains("it is int8"));
}

TEST_CASE("no epochs change nothing") {
  dynamic_graph const g = thaw(blobs::net::description);
  tensor_set const start = initialize(g, 1), out = train::train(g, start, blobs::examples(10, 1), {.epochs = 0});
  for (tensor const& t : start)
    CHECK(
        std::equal(t.values<float>().begin(), t.values<float>().end(), out.at(t.name.data()).values<float>().begin()));
}
