#include <hone/io/onnx.hpp>
#include <hone/run/dynamic_engine.hpp>

#include "benchmarks/imported/networks.hpp"
#include "benchmarks/peers/onnxruntime.hpp"

namespace bench::imported {
namespace {

struct made {
  hone::profile const* machine{};
  hone::dynamic_engine net;
  made(hone::network const& n, hone::profile const* m)
      : machine{m}, net{n, {.machines = {&machine, 1}, .how = frozen()}} {}
  static hone::adaptation frozen() {
    hone::adaptation how;
    how.frozen = true;
    return how;
  }
};

std::string models() { return HONE_MODELS; }

border border_of(hone::port_view const& p) {
  border b{p.name, p.type == hone::dtype::f32 ? 'f' : 'i', 1, 0, {}};
  b.shape.assign(p.dims.begin(), p.dims.end());
  return b;
}

}  // namespace

void add_dynamic(harness& h, std::string const& network, keeper& keep) {
  for (std::string const precision : {"f32", "int8"}) {
    std::string const file = models() + '/' + network + '_' + precision + ".onnx";
    hone::network const n = hone::io::load_onnx(file);
    for (hone::profile const* m : {&hone::hw::sapphire_rapids::value, &hone::hw::skylake_x::value,
                                   &hone::hw::haswell::value, &hone::hw::nehalem::value}) {
      if (!hone::hw::supported(m->target)) continue;
      label const where{"imported", network + '/' + precision + '/' + hone::name(m->target), "hone dynamic",
                        hone::name(m->target), ""};
      if (!h.wants(where)) continue;
      auto const e = std::make_shared<made>(n, m);
      h.add(where, [net = &e->net] { net->run(); });
      h.add_load(where, [file, m] { made(hone::io::load_onnx(file), m).net.run(); });
      keep.push_back(e);
    }
  }
}

void add_peer(harness& h, std::string const& network, std::string const& python, std::string const& library,
              keeper& keep) {
  try {
    auto const api = std::make_shared<onnxruntime const>(
        library.empty() ? onnxruntime::find(python) : std::filesystem::path(library));
    for (std::string const precision : {"f32", "int8"}) {
      std::string const file =
          precision == "f32" ? models() + '/' + network + "_f32.onnx" : models() + "/ort_ptq/" + network + "_u8s8.onnx";
      label const where{"imported", network + '/' + precision, "onnxruntime", "auto", ""};
      if (!h.wants(where)) continue;
      hone::dynamic_engine shapes(hone::io::load_onnx(file));
      model_file const description{
          file, "onnxruntime", precision, "", border_of(shapes.input()), border_of(shapes.output())};
      auto const model = std::make_shared<onnxruntime::model>(*api, description);
      h.add(where, [m = model.get()] { (*m)(); });
      keep.push_back(std::const_pointer_cast<onnxruntime>(api)), keep.push_back(model);
    }
    h.note("onnxruntime " + api->version());
  } catch (absent const& reason) {
    h.note(std::string("onnxruntime is absent: ") + reason.what() + " (scripts/peers-venv installs it)");
  }
}

}  // namespace bench::imported
