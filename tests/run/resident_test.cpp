#include <hone/run/resident.hpp>

#include <string>

#include "catch2.hpp"
#include "tests/run/fake_plan.hpp"

namespace {

using namespace hone;

TEST_CASE("the variants with the best predictions are packed, of those that run here") {
  plan_view const plan = fake::plan({2, 3, 1, 0.1});
  packed_weights const one(plan, fake::tensors(), 1, nullptr), two(plan, fake::tensors(), 2, nullptr),
      all(plan, fake::tensors(), 1000, nullptr);
  CHECK(one.inside().ready(2));
  CHECK_FALSE(one.inside().ready(0));
  CHECK_FALSE(one.inside().ready(1));
  CHECK(two.inside().ready(2));
  CHECK(two.inside().ready(0));
  CHECK_FALSE(two.inside().ready(1));
  CHECK(all.inside().ready(1));
  CHECK_FALSE(all.inside().ready(3));  // not for this machine, however fast
}

TEST_CASE("weights of no variant, and weights that were moved from, are refused") {
  plan_view const plan = fake::plan();
  for (int resident : {0, -1}) CHECK_THROWS_AS(packed_weights(plan, fake::tensors(), resident, nullptr), error);
  packed_weights first(plan, fake::tensors(), 1, nullptr), second(std::move(first));
  CHECK_THROWS_AS(first.inside(), error);
  CHECK_NOTHROW(second.inside());
}

TEST_CASE("more variants become resident later, as often as one asks") {
  plan_view const plan = fake::plan();
  packed_weights const w(plan, fake::tensors(7), 1, nullptr);
  CHECK_FALSE(w.inside().ready(1));
  CHECK(w.inside().add(1));
  CHECK(w.inside().ready(1));
  CHECK(w.inside().add(1));
  CHECK(w.inside().add(2));
  CHECK(w.inside().add(2));  // the canonical tensors are gone by now
  CHECK_FALSE(w.inside().add(3));
  for (std::size_t v = 0; v < 3; ++v) CHECK(*reinterpret_cast<float const*>(w.inside().data(v)) == 7);
}

TEST_CASE("packing that fails leaves the variant as it was") {
  plan_view plan = fake::plan();
  std::array<variant_view, 2> views{plan.variants[0], plan.variants[1]};
  views[1].pack = [](variant_view const&, tensor_set const& t) -> buffer { return t.at("missing").data; };
  plan.variants = views;
  packed_weights const w(plan, fake::tensors(), 1, nullptr);
  for (int i = 0; i < 2; ++i) {
    CHECK_THROWS_AS(w.inside().add(1), error);
    CHECK_FALSE(w.inside().ready(1));
  }
}

TEST_CASE("copies share the memory, and the last one frees it") {
  plan_view const plan = fake::plan();
  auto first = std::make_unique<packed_weights>(plan, fake::tensors(7), 9, nullptr);
  packed_weights second(*first), third(plan, fake::tensors(8), 9, nullptr);
  CHECK(second.inside().data(0) == first->inside().data(0));
  third = second;
  first.reset();
  packed_weights fourth(std::move(second));
  second = fourth;
  CHECK(*reinterpret_cast<float const*>(third.inside().data(0)) == 7);
  CHECK(&second.inside() == &third.inside());
}

TEST_CASE("a plan that nothing here runs is refused") {
  plan_view plan = fake::plan();
  plan.variants = plan.variants.subspan(3);
  try {
    packed_weights const w(plan, fake::tensors(), 3, nullptr);
    FAIL("it was accepted");
  } catch (error const& e) {
    CHECK_THAT(std::string(e.what()), Contains("cannot run this plan here"));
    CHECK_THAT(std::string(e.parts().fix), Contains("hone::hw::any"));
  }
}

TEST_CASE("operands are where the memory plan put them") {
  plan_view const plan = fake::plan();
  buffer arena(64 * fake::ops);
  operands bound;
  bound.bind(plan, 0, arena.data(), nullptr);
  kernel_args const* const args = bound.data();
  for (int i = 1; i < fake::ops; ++i) {
    CHECK(args[i].out == arena.data() + 64 * i);
    CHECK(args[i].in[0] == arena.data() + 64 * (i - 1));
    CHECK(args[i].in[1] == nullptr);
    CHECK(args[i].param[0] == nullptr);
  }
}

}  // namespace
