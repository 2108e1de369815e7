// Products by equation, spectra, and what chooses elements.
#include "catch2.hpp"
#include "tests/io/onnx_models.hpp"

using namespace onnx_models;
using list = std::vector<double>;

namespace {

// y = Einsum(x, w): x counts from 0, w is given.
list product(char const* equation, std::vector<std::int64_t> const& x, std::vector<std::int64_t> const& w,
             std::vector<float> const& values) {
  sample s = with_x(x);
  std::int64_t n = 1;
  for (std::int64_t d : x) n *= d;
  s.constant<float>("w", w, values).node("Einsum", {"x", "w"}, {"y"}, {text("equation", equation)}, "product");
  return evaluate(s.import(), counting(static_cast<std::size_t>(n)));
}
sample signal_sample(std::vector<std::int64_t> const& dims, std::int64_t version = 17) {
  sample s = with_x(dims, version);
  s.constant<std::int64_t>("step", {}, {2}).constant<std::int64_t>("length", {}, {4});
  return s;
}
void check_near(list const& y, list const& want) {
  REQUIRE(y.size() == want.size());
  for (std::size_t i = 0; i < y.size(); ++i) CHECK(y[i] == Approx(want[i]).margin(1e-5));
}

}  // namespace

TEST_CASE("onnx import: Einsum multiplies, sums, transposes and takes diagonals by names") {
  CHECK(product("ij,jk->ik", {2, 2}, {2, 2}, {1, 2, 3, 4}) == list{3, 4, 11, 16});
  CHECK(product("ij,kj->ki", {2, 2}, {1, 2}, {1, 2}) == list{2, 8});
  CHECK(product("bij, bj -> bi", {2, 2, 2}, {2, 2}, {1, 2, 3, 4}) == list{2, 8, 32, 46});
  CHECK(product("i,j->ij", {2}, {3}, {1, 2, 3}) == list{0, 0, 0, 1, 2, 3});
  CHECK(product("...j,jk", {3, 1, 2}, {2, 1}, {1, 10}) == list{10, 32, 54});
  CHECK(product("ij,...->i...", {2, 2}, {}, {2}) == list{2, 10});
  CHECK(product("ij,ik->i", {2, 2}, {1, 2}, {1, 1}) == list{2, 10});  // one row for both
  CHECK(product("ii,j->ij", {2, 2}, {2}, {1, 2}) == list{0, 0, 3, 6});
  sample one = with_x({2, 3, 2, 3});
  one.node("Einsum", {"x"}, {"y"}, {text("equation", "abab->b")});
  CHECK(evaluate(one.import(), counting(36)) == list{21, 35 - 7 - 7 + 14, 49});
}

TEST_CASE("onnx import: a product by equation is one product of matrices, a dense layer where one is known") {
  sample s = with_x({2, 5, 4});
  s.constant<float>("w", {4, 3}, std::vector<float>(12, 1))
      .node("Einsum", {"x", "w"}, {"y"}, {text("equation", "abc,cd->abd")});
  network const net = s.import();
  CHECK(count(net, "matmul") == 1);
  CHECK(count(net, "transpose") == 0);
  CHECK(count(lowered(net), "conv2d") == 1);
}

TEST_CASE("onnx import: equations that mean nothing are refused") {
  for (char const* equation : {"", "ij", "ij,jk,kl->i", "ijk,jk->i", "ij,jk->z", "ij,jk->ii", "i.j,jk->i", "i1,jk->"})
    CHECK_THROWS_WITH(product(equation, {2, 2}, {2, 2}, {1, 1, 1, 1}), Contains("node \"product\" (Einsum)"));
  CHECK_THROWS_WITH(
      product("ij,jk->ik", {2, 3}, {2, 2}, {1, 1, 1, 1}), Contains("one name stands for the extents 3 and 2"));
}

TEST_CASE("onnx import: a Fourier transform goes there and back, whole or half") {
  for (std::int64_t n : {1, 2, 5, 8})
    for (bool half : {false, true}) {
      sample s = with_x({1, n, 1});
      s.node("DFT", {"x"}, {"f"}, {integer("onesided", half)});
      if (half) s.constant<std::int64_t>("n", {}, {n});
      s.node("DFT", half ? names{"f", "n"} : names{"f"}, {"y"}, {integer("onesided", half), integer("inverse", 1)});
      list const y = evaluate(s.import(), counting(static_cast<std::size_t>(n)));
      std::size_t const parts = half ? 1 : 2;
      REQUIRE(y.size() == static_cast<std::size_t>(n) * parts);
      for (std::size_t i = 0; i < y.size(); ++i)
        CHECK(y[i] == Approx(i % parts == 0 ? static_cast<double>(i / parts) : 0).margin(1e-5));
    }
}

TEST_CASE("onnx import: a longer transform sees zeros, a shorter one a part, along any axis") {
  sample s = with_x({2, 3, 1}, 20);
  s.constant<std::int64_t>("n", {}, {4}).constant<std::int64_t>("axis", {}, {-2});
  s.node("DFT", {"x", "n", "axis"}, {"y"}, {integer("onesided", 1)});
  check_near(evaluate(s.import(), {1, 2, 3, 0, 0, 1}), {6, 0, -2, -2, 2, 0, 1, 0, -1, 0, 1, 0});
  sample first = with_x({2, 2, 1}, 20);
  first.constant<std::int64_t>("n", {}, {1}).constant<std::int64_t>("axis", {}, {0});
  first.node("DFT", {"x", "n", "axis"}, {"y"});
  check_near(evaluate(first.import(), {1, 2, 3, 4}), {1, 0, 2, 0});
}

TEST_CASE("onnx import: frames of a signal become spectra, by a window that is known or not") {
  sample s = signal_sample({1, 6, 1});
  s.node("STFT", {"x", "step", "", "length"}, {"y"});
  network const net = s.import();
  CHECK(dims_at(net) == extents{1, 2, 3, 2});
  CHECK(count(net, "conv") == 1);
  check_near(evaluate(net, {1, 2, 3, 4, 0, 0}), {10, 0, -2, 2, -2, 0, 7, 0, 3, -4, -1, 0});
  sample given = signal_sample({1, 6, 1});
  given.constant<float>("w", {4}, {0, 1, 1, 0}).node("STFT", {"x", "step", "w"}, {"y"});
  check_near(evaluate(given.import(), {1, 2, 3, 4, 0, 0}), {5, 0, -3, -2, 1, 0, 4, 0, 0, -4, -4, 0});
  sample open = signal_sample({1, 6, 1});
  open.input("w", {4}).node("STFT", {"x", "step", "w"}, {"y"}, {integer("onesided", 0)});
  list const y = evaluate(
      open.import(), {to_buffer(std::vector<float>{1, 2, 3, 4, 0, 0}), to_buffer(std::vector<float>{0, 1, 1, 0})});
  check_near(y, {5, 0, -3, -2, 1, 0, -3, 2, 4, 0, 0, -4, -4, 0, 0, 4});
}

TEST_CASE("onnx import: spectra of absurd lengths are refused") {
  sample s = with_x({1, 4, 1});
  s.constant<std::int64_t>("n", {}, {INT64_MAX}).node("DFT", {"x", "n"}, {"y"});
  CHECK_THROWS_WITH(s.import(), Contains("give 1 to 65536"));
  sample large = with_x({1, 60000, 1});
  CHECK_THROWS_WITH(large.node("DFT", {"x"}, {"y"}).import(), Contains("use smaller extents") || Contains("2^27"));
  sample frames = signal_sample({1, 3, 1});
  CHECK_THROWS_WITH(frames.node("STFT", {"x", "step", "", "length"}, {"y"}).import(), Contains("frames of 4"));
  sample window = with_x({1});
  sample mel = with_x({1});
  mel.constant<std::int64_t>("b", {}, {INT64_MAX}).constant<std::int64_t>("n", {}, {512});
  mel.constant<std::int64_t>("r", {}, {8000}).constant<float>("l", {}, {0}).constant<float>("h", {}, {4000});
  mel.node("MelWeightMatrix", {"b", "n", "r", "l", "h"}, {"w"}).node("Add", {"x", "w"}, {"y"});
  CHECK_THROWS_WITH(mel.import(), Contains("2^27"));
  window.constant<std::int64_t>("n", {}, {INT64_MAX}).node("HannWindow", {"n"}, {"w"}).node("Add", {"x", "w"}, {"y"});
  CHECK_THROWS_WITH(window.import(), Contains("2^27"));
}

TEST_CASE("onnx import: scattered, chosen and reversed elements") {
  sample s = with_x({4});
  s.constant<std::int64_t>("i", {2}, {-1, 0}).constant<float>("u", {2}, {8, 9});
  s.node("ScatterElements", {"x", "i", "u"}, {"s"}, {text("reduction", "add")}).node("Neg", {"s"}, {"y"});
  CHECK(evaluate(s.import(), {1, 2, 3, 4}) == list{-10, -2, -3, -12});
  sample places = with_x({2, 2});
  places.constant<std::int64_t>("i", {1, 1}, {1}).constant<float>("u", {1, 2}, {8, 9});
  CHECK(evaluate(places.node("ScatterND", {"x", "i", "u"}, {"y"}).import(), {1, 2, 3, 4}) == list{1, 2, 8, 9});
  sample top = with_x({2, 3});
  top.constant<std::int64_t>("k", {1}, {2}).node("TopK", {"x", "k"}, {"y", "places"}).output("places");
  CHECK(evaluate(top.import(), {3, 1, 2, 4, 6, 5}) == list{3, 2, 6, 5});
  CHECK(evaluate(top.import(), {3, 1, 2, 4, 6, 5}, "places") == list{0, 2, 1, 2});
  sample many = with_x({3});
  many.constant<std::int64_t>("k", {1}, {INT64_MAX}).node("TopK", {"x", "k"}, {"y"});
  CHECK_THROWS_WITH(many.import(), Contains("of 3 elements"));
  sample back = with_x({3, 2});
  back.constant<std::int64_t>("n", {2}, {3, 2}).node("ReverseSequence", {"x", "n"}, {"y"});
  CHECK(evaluate(back.import(), {1, 2, 3, 4, 5, 6}) == list{5, 4, 3, 2, 1, 6});
}
