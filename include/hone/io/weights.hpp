#pragma once
#include <hone/core/network.hpp>
#include <hone/io/detail/matching.hpp>
#include <hone/io/npy.hpp>
#include <hone/io/safetensors.hpp>

// Weights from files, by name, and to files. A model of PyTorch becomes a file in three lines of Python:
//
//   from safetensors.torch import save_file
//   net.eval()
//   save_file({name: tensor.contiguous() for name, tensor in net.state_dict().items()}, "net.safetensors")
//
// and the parameters of a Hone model of the same layers in one of C++, where `names` pairs Hone's layers with
// PyTorch's:
//
//   auto const weights = io::load_weights<net>("net.safetensors",
//       {.from = io::layout::pytorch, .names = {{"conv2d_1", "stem"}, {"residual_3", "block"}, {"dense_6", "head"}}});
//
// Layers that are called alike (nn::named<"stem", ...>) need no pairs.
namespace hone::inline HONE_ABI::io {

// The parameters of g, a model's description or another graph's with leaves, from the tensors of a file; `where` names
// it in errors. Floats of any width become f32 where g has f32, each the nearest one. Raises one error that lists what
// is missing (with the name that is most like it), has other extents or numbers, or is too much.
template <class G>
tensor_set match_weights(G const& g, tensor_file const& file, matching const& how = {}, char const* where = "tensors") {
  detail::findings wrong;
  auto const wanted = detail::wanted_tensors(g, how, wrong);
  auto const found = detail::find_tensors(wanted, file.tensors, how, wrong);
  if (!wrong.none())
    raise("cannot use these weights", wrong.text(), where,
          how.from == layout::pytorch
              ? "pair other names in matching::names; see zero_biases and ignore_extra"
              : "pair other names in matching::names; for a state dict of PyTorch's say layout::pytorch");
  tensor_set out;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    weight const& w = *wanted[i].leaf;
    tensor& t = out.add(wanted[i].name.c_str(), w.type, w.dims);
    if (found[i] == nullptr) continue;
    array const a = w.type == found[i]->type ? *found[i] : to_f32(*found[i]);
    if (how.from == layout::pytorch)
      detail::move_pytorch(w, wanted[i].place, true, t.data.data(), a.data.data());
    else if (a.data.size() != 0)
      std::memcpy(t.data.data(), a.data.data(), std::min(t.data.size(), a.data.size()));
  }
  return out;
}

// The tensors in these npy files, which are called <tensor>.npy. Raises as load_npy does.
inline tensor_file load_npy_files(std::vector<std::string> const& paths) {
  tensor_file file;
  for (std::string const& path : paths)
    file.tensors.push_back({std::filesystem::path(path).filename().replace_extension().string(), load_npy(path)});
  return file;
}
// The tensors at `path`: of a safetensors file, or of the npy files in a folder.
inline tensor_file load_tensors(std::string const& path) {
  std::error_code none;
  if (!std::filesystem::is_directory(path, none)) return load_safetensors(path);
  std::vector<std::string> paths;
  for (auto const& entry : std::filesystem::directory_iterator(path, none))
    if (entry.path().extension() == ".npy") paths.push_back(entry.path().string());
  std::sort(paths.begin(), paths.end());
  return load_npy_files(paths);
}

// The parameters of a network from the safetensors file, or the folder of npy files, at `path`. Raises as load_tensors
// and match_weights do.
template <class G>
tensor_set load_weights(G const& g, std::string const& path, matching const& how = {}) {
  return match_weights(g, load_tensors(path), how, path.c_str());
}
template <class Model>
tensor_set load_weights(std::string const& path, matching const& how = {}) {
  return load_weights(Model::description, path, how);
}

// ---- out

// The parameters of g as a file has them that match_weights reads with the same `how`. Raises where one is missing or
// has other extents, or PyTorch's layout of it is not known.
template <class G>
tensor_file stored_weights(G const& g, tensor_set const& tensors, matching const& how = {}) {
  detail::findings wrong;
  auto const wanted = detail::wanted_tensors(g, how, wrong);
  if (!wrong.none()) raise("cannot store these weights", wrong.text(), "io::stored_weights", "use layout::hone");
  tensor_file file;
  for (detail::wanted_tensor const& w : wanted) {
    tensor const& t = tensors.at(w.name.c_str());
    if (t.type != w.leaf->type || t.dims != w.leaf->dims)
      raise("cannot store these weights", message() << w.name.c_str() << " has other extents than in the network",
            "io::stored_weights", "use weights of this very network");
    array a(t.type, w.dims[0]);
    if (how.from == layout::pytorch)
      detail::move_pytorch(*w.leaf, w.place, false, a.data.data(), t.data.data());
    else
      std::memcpy(a.data.data(), t.data.data(), t.data.size());
    file.tensors.push_back({w.stored, std::move(a)});
  }
  return file;
}

// The tensors as a file has them, under their own names. Leading extents of 1 are left out: a bias is [16], a dense
// layer's weight [in][out].
inline tensor_file as_file(tensor_set const& tensors) {
  tensor_file file;
  for (tensor const& t : tensors) {
    array a(t.type, detail::without_leading_ones({t.dims.begin(), t.dims.end()}));
    std::memcpy(a.data.data(), t.data.data(), t.data.size());
    file.tensors.push_back({t.name.data(), std::move(a)});
  }
  return file;
}
// And back, bit for bit. Raises where there are more than a network has, or one is not of the extents or the name that
// a tensor may have.
inline tensor_set as_tensors(tensor_file const& file) {
  auto const fail = [](std::string const& who, char const* why) {
    raise("cannot use these tensors", message(who.c_str()) << why, "io::as_tensors", "use a file of save_weights");
  };
  if (file.tensors.size() > 32767) fail(std::to_string(file.tensors.size()), " of them are too many");
  tensor_set out;
  for (named_array const& n : file.tensors) {
    auto dims = detail::without_leading_ones(n.value.dims);
    auto const elements = elements_of(dims);
    if (dims.size() > 4 || !elements || *elements == 0 || *elements > std::uint64_t{most_elements})
      fail(detail::shown(n.name), ": more than four extents, one of 0, or too many elements");
    if (n.name.find('\0') != n.name.npos) fail(detail::shown(n.name), ": a name with a zero in it");
    dims.insert(dims.begin(), 4 - dims.size(), 1);
    std::array<std::int32_t, 4> four;
    for (std::size_t i = 0; i < 4; ++i) four[i] = static_cast<std::int32_t>(dims[i]);
    std::memcpy(out.add(n.name.c_str(), n.value.type, four).data.data(), n.value.data.data(), n.value.data.size());
  }
  return out;
}
// Writes tensors to the safetensors file at `path`, with what is to be noted of them.
inline void save_weights(std::string const& path, tensor_set const& tensors, metadata const& notes = {}) {
  tensor_file file = as_file(tensors);
  file.notes = notes;
  save_safetensors(path, file);
}

}  // namespace hone::inline HONE_ABI::io
