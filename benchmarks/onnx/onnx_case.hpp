#pragma once
// One of ONNX's backend tests, as make_cases.py wrote it.
#include <hone/io/onnx.hpp>
#include <hone/shal/numerics.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

namespace bench::onnx {

namespace io = hone::io;

enum class verdict { passed, refused, failed };
struct outcome {
  verdict what{};
  std::string text{};    // what went wrong
  std::string reason{};  // of a refusal, the same for all of its kind
  bool bound{};          // inputs were bound to constants
};

/// The folders with a model, sorted.
inline std::vector<std::filesystem::path> cases_in(std::filesystem::path const& folder) {
  std::vector<std::filesystem::path> all;
  for (auto const& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.path().filename() == "model.onnx") all.push_back(entry.path().parent_path());
  std::sort(all.begin(), all.end());
  return all;
}

/// The tensors of a data set by name; null where it has none of that name.
struct data_set {
  io::onnx::model file;
  io::onnx::tensor const* find(std::string const& name) const {
    for (io::onnx::tensor const& t : file.graph.initializers)
      if (t.name == name) return &t;
    return nullptr;
  }
};

inline io::array to_array(io::onnx::tensor const& t) {
  io::array a(io::importing::to_dtype(t.type).value_or(hone::dtype::f32), t.dims);
  if (t.data.size() != 0) std::memcpy(a.data.data(), t.data.data(), std::min(a.data.size(), t.data.size()));
  return a;
}

/// What the output must be: its type, its extents, and its numbers as ONNX's own runner compares them: within 1e-3 * expected
/// + 1e-7, floats of 16 bits within two units in the last place where that is more; integers exactly. Sums that cancel (of a
/// Fourier transform) are nearly zero or not, as the order of adding has it: f32 within 2^-22 of the largest number will do.
inline std::string difference(hone::tensor_view const& got, io::onnx::tensor const& expected) {
  hone::tensor_view const want = io::importing::view_of(expected, expected.name);
  if (got.type != want.type) return std::string("has the type ") + name(got.type) + " instead of " + name(want.type);
  if (!(got.dims == want.dims))
    return "has the extents " + io::importing::text_of(got.dims) + " instead of " + io::importing::text_of(want.dims);
  bool const real = io::is_float(got.type);
  double const relative = got.type == hone::dtype::bf16 ? 0x1p-6 : got.type == hone::dtype::f16 ? 0x1p-9 : 1e-3;
  double largest = 0;
  for (std::int64_t i = 0; i < want.dims.size(); ++i)
    if (double const b = std::abs(io::importing::number_at(want, i)); std::isfinite(b)) largest = std::max(largest, b);
  double const absolute = std::max(1e-7, got.type == hone::dtype::f32 ? 0x1p-22 * largest : 0.);
  for (std::int64_t i = 0; i < want.dims.size(); ++i) {
    double const a = io::importing::number_at(got, i), b = io::importing::number_at(want, i);
    bool const same = a == b || (std::isnan(a) && std::isnan(b));
    bool const near = real && std::isfinite(b) && std::abs(a - b) <= absolute + relative * std::abs(b);
    if (!same && !near)
      return "has " + std::to_string(a) + " instead of " + std::to_string(b) + " at " + std::to_string(i);
  }
  return {};
}

/// Evaluates the network on a data set; what is wrong, or nothing.
inline std::string evaluate(hone::network const& net, io::onnx::model const& m, data_set const& data) {
  std::vector<hone::buffer> inputs;
  for (hone::port const& p : net.graph.ports) {
    if (p.output) continue;
    for (std::size_t i = 0; i < m.graph.inputs.size(); ++i)
      if (m.graph.inputs[i].name == p.name.c_str()) {
        io::onnx::tensor const* const t = data.find("input_" + std::to_string(i));
        if (t == nullptr) return "input " + std::to_string(i) + " has no data";
        inputs.push_back(t->data);
      }
  }
  hone::shal::emulator emulator(net.graph, net.weights);
  std::vector<hone::buffer> const& edges = emulator.edges(inputs);
  std::size_t k = 0;
  for (hone::port const& p : net.graph.ports) {
    if (!p.output) continue;
    io::onnx::tensor const* const expected = data.find("output_" + std::to_string(k));
    auto const at = static_cast<std::size_t>(p.op);
    hone::tensor_view const got{edges[at].data(), net.graph.ops[at].type, dims_of(net.graph, p.op)};
    std::string const wrong = expected == nullptr ? "is not in the data" : difference(got, *expected);
    if (!wrong.empty()) return "output " + std::to_string(k) + " " + wrong;
    ++k;
  }
  return {};
}

/// Every input's extents are those of the data; some inputs are constants.
template <class F>
io::import_options options_for(io::onnx::model const& m, data_set const& data, F bind) {
  io::import_options o;
  for (std::size_t i = 0; i < m.graph.inputs.size(); ++i) {
    io::onnx::value_info const& v = m.graph.inputs[i];
    io::onnx::tensor const* const t = data.find("input_" + std::to_string(i));
    if (t == nullptr || !io::importing::to_dtype(t->type)) continue;
    if (bind(*t))
      o.constants.push_back({v.name, to_array(*t)});
    else if (auto const dims = io::importing::to_extents(t->dims))
      o.inputs.push_back({v.name, *dims});
  }
  return o;
}

/// The same for all refusals of one kind: the operator, or what is wrong with the rest.
inline outcome refused(hone::error const& e) {
  std::string const why = e.parts().why, where = e.parts().where;
  if (why.find("its operator is not supported") == 0) {
    std::size_t const from = where.rfind('(');
    return {verdict::refused, e.what(), "operator " + where.substr(from + 1, where.rfind(')') - from - 1)};
  }
  return {verdict::refused, e.what(), why};
}

/// Imports and evaluates one case. Inputs whose values must be known are bound: first those of integers, then all.
inline outcome try_case(std::filesystem::path const& folder) {
  outcome last{verdict::failed, "there is no data"};
  try {
    io::onnx::model const m = io::onnx::read_file((folder / "model.onnx").string());
    for (int k = 0; std::filesystem::exists(folder / ("data_" + std::to_string(k) + ".onnx")); ++k) {
      data_set const data{io::onnx::read_file((folder / ("data_" + std::to_string(k) + ".onnx")).string())};
      for (int tries = 0; tries < 3; ++tries) {
        auto const bind = [tries](io::onnx::tensor const& t) {
          bool const real = t.type == io::onnx::element::f32 || t.type == io::onnx::element::f64;
          return tries == 2 || (tries == 1 && !real);
        };
        try {
          hone::network const net = io::import_onnx(m, options_for(m, data, bind));
          last = {verdict::passed, {}, {}, tries != 0};
          std::string const wrong = evaluate(net, m, data);
          if (!wrong.empty()) return {verdict::failed, wrong};
          break;
        } catch (hone::error const& e) {
          last = refused(e);
          if (std::string(e.parts().why).find("has to be known") == std::string::npos) break;
        }
      }
      if (last.what != verdict::passed) return last;
    }
  } catch (hone::error const& e) {
    return refused(e);
  }
  return last;
}

}  // namespace bench::onnx
