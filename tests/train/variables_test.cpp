#include <hone/train/variables.hpp>

#include "catch2.hpp"
#include "networks.hpp"

using namespace hone;
using train::variables;

TEST_CASE("variables hold a model's leaves: what is trained first, what is kept last") {
  dynamic_graph const g = thaw(networks::residual_net::description);
  variables<float> v(g, train::leaves_of(g));
  std::size_t trained = 0, all = 0;
  for (train::variable const& e : v.list()) {
    role const what = weight_at(g, e.node).what;
    bool const kept = what == role::mean || what == role::variance;
    CHECK(e.trained != kept);
    CHECK(e.decays == (what == role::weight));
    CHECK(e.at == all);
    if (e.trained) CHECK(trained == all);
    all += e.size, trained += e.trained ? e.size : 0;
  }
  CHECK(v.trained().size() == trained);
  CHECK(v.size() == all);
  CHECK(v.find(-1) == -1);
}

TEST_CASE("parameters go into variables and come out as they were") {
  dynamic_graph const g = thaw(networks::residual_net::description);
  tensor_set const parameters = networks::parameters_of(g, 3);
  variables<double> v(g, train::leaves_of(g));
  assign(v, g, parameters);
  tensor_set const out = as_tensors(v, g);
  REQUIRE(out.size() == parameters.size());
  for (tensor const& t : parameters) {
    tensor const& o = out.at(t.name.data());
    CHECK(o.dims == t.dims);
    CHECK(std::equal(o.values<float>().begin(), o.values<float>().end(), t.values<float>().begin()));
  }
}

TEST_CASE("parameters of another model are an error that names the tensor") {
  dynamic_graph const g = thaw(networks::residual_net::description);
  variables<float> v(g, train::leaves_of(g));
  CHECK_THROWS_WITH(assign(v, g, tensor_set{}), Contains("no tensor is named conv2d_1.weight"));
  tensor_set wrong;
  wrong.add("conv2d_1.weight", dtype::f32, {3, 3, 3, 5});
  CHECK_THROWS_WITH(assign(v, g, wrong), Contains("162 numbers") && Contains("135") && Contains("conv2d_1.weight"));
  tensor_set lost = networks::parameters_of(g, 1);
  lost.find("conv2d_1.weight")->values<float>()[7] = INFINITY;
  CHECK_THROWS_WITH(assign(v, g, lost), Contains("NaN or an infinity") && Contains("conv2d_1.weight"));
}
