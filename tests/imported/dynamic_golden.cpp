// Reference networks at run time: their golden vectors, on every instruction set of this machine.
#include <hone/io/onnx.hpp>
#include <hone/run/dynamic_engine.hpp>

#include "catch2.hpp"
#include "tests/imported/golden.hpp"

namespace {

using namespace hone;

std::vector<profile const*> machines() {
  std::vector<profile const*> list;
  for (profile const* p : {&hw::sapphire_rapids::value, &hw::skylake_x::value, &hw::haswell::value, &hw::nehalem::value,
                           &hw::neoverse_n1::value, &hw::any::value})
    if (simd::compiled_for(p->target) && hw::supported(p->target)) list.push_back(p);
  return list;
}

void check(std::string const& name) {
  std::string const path = outside::shared("models/" + name + ".onnx");
  if (path.empty()) {
    WARN("skipped: there is no " << name << ".onnx in ../shared/models");
    return;
  }
  network const n = io::load_onnx(path);
  for (profile const* m : machines()) {
    dynamic_engine net(n, {.machines = {&m, 1}});
    golden::differences const d = golden::compare(net.ports(), name, [&] { net.run(); });
    INFO(name << " by " << m->name);
    CHECK(d.calls > 1);
    CHECK(d.worst <= 1e-4);
    CHECK(d.most <= (golden::all_equal(name) ? 0 : 1));
  }
}

TEST_CASE("golden: MLPerf Tiny in f32, at run time") {
  for (char const* name : {"ad01_f32", "kws_f32", "vww_f32", "resnet_f32"}) check(name);
}
TEST_CASE("golden: MLPerf Tiny in int8, at run time") {
  for (char const* name : {"ad01_int8", "kws_int8", "vww_int8", "resnet_int8"}) check(name);
}
TEST_CASE("golden: a streaming network, at run time") { check("mww_hey_mycroft"); }
TEST_CASE("golden: text direction, echo quality and speech embedding, at run time") {
  for (char const* name : {"ppocr_cls", "aecmos_gru", "oww_embedding"}) check(name);
}

}  // namespace
