#pragma once
#include <hone/io/detail/onnx_reader.hpp>
#include <hone/io/detail/onnx_writer.hpp>

namespace hone::inline HONE_ABI::io::onnx {

struct read_options {
  char const* where{"a block of memory"};  // names the source in errors
  std::string folder{};                    // where files with external data are; empty: those are refused
  std::uint64_t most_bytes{1ULL << 31};    // of the model and its external data, each
};

// The model in `bytes`, which need not be trusted; it owns everything. Errors, each with its place in the file, such as
// graph.node[3] "conv1".attribute[0] "pads": damaged, cut or foreign bytes; values that do not match their dimensions;
// names that are missing or stand twice; sparse tensors; graphs nested over 32 deep; external data that is not below
// the folder. Memory: that of the values; of a file made to waste it, at most 48 bytes a byte. Cost: three passes over
// the fields, and a copy of the values.
inline model read(std::span<std::byte const> bytes, read_options const& options = {}) {
  detail::place const at{nullptr, "cannot read the ONNX file", io::detail::no_index, bytes, options.where};
  if (bytes.size() > options.most_bytes)
    at.refuse(message("it has ") << bytes.size() << " bytes, " << options.most_bytes << " are allowed",
              "raise read_options::most_bytes");
  detail::external_files files(options.folder, options.most_bytes);
  model m;
  detail::model_reader(files).read(at, m);
  return m;
}

// The model in the file at `path`; external data is read from files below its folder alone. Errors: those of read(),
// and of the file.
inline model read_file(std::string const& path, read_options options = {}) {
  constexpr char const* what = "cannot read the ONNX file";
  std::error_code ignored;
  auto const size = std::filesystem::file_size(path, ignored);
  if (!ignored && size > options.most_bytes)
    detail::place{nullptr, what, io::detail::no_index, {}, path}.refuse(
        message("it has ") << size << " bytes, " << options.most_bytes << " are allowed",
        "raise read_options::most_bytes");
  buffer const bytes = io::read_file(path, what);
  if (options.folder.empty()) options.folder = std::filesystem::path(path).parent_path().string();
  if (options.folder.empty()) options.folder = ".";
  options.where = path.c_str();
  return read({bytes.data(), bytes.size()}, options);
}

// The bytes of an ONNX file that says m; tensors are in raw_data. Errors: what read() would refuse, and declarations
// that are no tensors. Deterministic. Cost: about four copies of the values.
inline std::vector<std::byte> write(model const& m) {
  detail::place const at{nullptr, "cannot write the ONNX file", io::detail::no_index, {}, "the model"};
  return detail::model_writer().write(m, at);
}

// The same into the file at `path`, which then holds what it held before, or all of it. Errors: also those of the file.
inline void write_file(model const& m, std::string const& path) {
  io::write_file(path, write(m), "cannot write the ONNX file");
}

}  // namespace hone::inline HONE_ABI::io::onnx
