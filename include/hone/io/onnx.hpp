#pragma once
#include <hone/core/network.hpp>
#include <hone/io/detail/import_translator.hpp>
#include <hone/io/onnx_file.hpp>
#include <hone/io/onnx_import_options.hpp>
#include <hone/pass/lower.hpp>

namespace hone::inline HONE_ABI::io {

// The network that an ONNX model says: N-dimensional tensors, row major, in ONNX's order of dimensions; the kinds of
// nn/nd/, one or a few operations a node, in a layer named after it. Inputs and outputs have their ONNX names as ports.
// What depends on constants and shapes alone is computed here. Dimensions that the file leaves open are settled by the
// options, else a first one is 1. Opsets 6 and newer. Errors, each naming the node: operators, types and attributes that
// are not supported (`supported_operators` lists the former); shapes that do not fit; cycles; values that nothing gives;
// dimensions that stay open; too many operations. Cost: linear in the file, but for constants that are computed: these
// take at most 64 MB and 8 times the file's own, and 4 elementary steps a byte of that.
inline network import_onnx(onnx::model const& model, import_options const& options = {}) {
  return importing::translator(model, options).translate();
}

// The network of the file at `path`, lowered to Hone's tuned operations (pass/lower.hpp): what engines are made of, as in
// `hone::dynamic_engine net{hone::io::load_onnx("kws.onnx")};`. Errors also those of onnx::read_file.
inline network load_onnx(std::string const& path, import_options const& options = {}) {
  return pass::lower(import_onnx(onnx::read_file(path), options));
}

// The operators that import_onnx takes, in alphabetical order, separated by spaces.
inline std::string supported_operators() { return importing::names_of_operators(); }

}  // namespace hone::inline HONE_ABI::io
