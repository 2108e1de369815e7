#pragma once
#include <hone/core/buffer.hpp>
#include <hone/core/dtype.hpp>
#include <hone/core/graph.hpp>

#include <array>
#include <span>
#include <vector>

namespace hone::inline HONE_ABI {

// A named array of at most four dimensions, row major. The name is "<layer path>.<role>", e.g. "conv2d_0.weight".
struct tensor {
  std::array<char, 64> name{};
  dtype type{dtype::f32};
  std::array<std::int32_t, 4> dims{1, 1, 1, 1};
  buffer data{};

  std::size_t elements() const {
    std::size_t n = 1;
    for (std::int32_t d : dims) n *= static_cast<std::size_t>(d);
    return n;
  }
  template <class T>
  std::span<T> values() {
    return {data.as<T>(), data.size() / sizeof(T)};
  }
  template <class T>
  std::span<T const> values() const {
    return {data.as<T>(), data.size() / sizeof(T)};
  }
};

// The parameters of a network by name: a base model's, or the canonical ones of a specialised plan. Order is kept. Who
// goes over them may change what they hold, but not their names.
class tensor_set {
 public:
  // A new tensor of zeros. Raises where the name is taken or too long, or the extents are not positive or too large.
  tensor& add(char const* name, dtype type, std::array<std::int32_t, 4> dims) {
    if (dims[0] < 1 || dims[1] < 1 || dims[2] < 1 || dims[3] < 1 || too_large(dims))
      raise("cannot add a tensor",
            message() << name << " would be " << dims[0] << " x " << dims[1] << " x " << dims[2] << " x " << dims[3],
            "tensor_set::add", "use positive extents and at most 2^27 elements");
    if (find(name) != nullptr)
      raise("cannot add a tensor", message() << "there is already one named " << name, "tensor_set::add",
            "give layers different names");
    tensor t{};
    std::size_t n = 0;
    for (; name[n] != 0 && n + 1 < t.name.size(); ++n) t.name[n] = name[n];
    if (name[n] != 0)
      raise("cannot add a tensor", message() << "the name is longer than 63 characters: " << name, "tensor_set::add",
            "shorten the layer names");
    t.type = type, t.dims = dims;
    t.data = buffer(t.elements() * static_cast<std::size_t>(size_of(type)));
    tensors_.push_back(static_cast<tensor&&>(t));
    index_last();
    return tensors_.back();
  }
  // Null where there is none of that name. Cost: independent of their number.
  tensor const* find(char const* name) const {
    if (slots_.empty()) return nullptr;
    std::uint32_t const n = slots_[slot_of(name)];
    return n != 0 ? &tensors_[n - 1] : nullptr;
  }
  tensor* find(char const* name) { return const_cast<tensor*>(static_cast<tensor_set const*>(this)->find(name)); }
  // The tensor of that name; raises where there is none.
  tensor const& at(char const* name) const {
    tensor const* t = find(name);
    if (t == nullptr)
      raise("cannot find a tensor", message() << "no tensor is named " << name, "tensor_set::at",
            "use weights of this very model, or rename the layer");
    return *t;
  }
  auto begin() const { return tensors_.begin(); }
  auto end() const { return tensors_.end(); }
  auto begin() { return tensors_.begin(); }
  auto end() { return tensors_.end(); }
  std::size_t size() const { return tensors_.size(); }
  std::size_t bytes() const {
    std::size_t n = 0;
    for (tensor const& t : tensors_) n += t.data.size();
    return n;
  }

 private:
  // Where the tensor of that name is noted, or would be.
  std::size_t slot_of(char const* name) const {
    std::size_t const mask = slots_.size() - 1;
    std::size_t i = static_cast<std::size_t>(name_id(name)) & mask;
    while (slots_[i] != 0 && std::strcmp(tensors_[slots_[i] - 1].name.data(), name) != 0) i = (i + 1) & mask;
    return i;
  }
  void index_last() {
    std::size_t first = tensors_.size() - 1;
    if (2 * tensors_.size() > slots_.size()) slots_.assign(slots_.empty() ? 16 : 2 * slots_.size(), 0), first = 0;
    for (std::size_t i = first; i < tensors_.size(); ++i)
      slots_[slot_of(tensors_[i].name.data())] = static_cast<std::uint32_t>(i + 1);
  }

  std::vector<tensor> tensors_;
  // The tensors by name: number + 1, or 0; 2^n slots, at most half of them taken.
  std::vector<std::uint32_t> slots_;
};

// "<layer path>.<role>" of a node of a weight recipe; a layer's second tensor of one role is "<layer path>.<role>_1".
template <class G>
label tensor_name(G const& g, weight const& w) {
  label l = w.layer >= 0 ? g.layers[static_cast<std::size_t>(w.layer)].name : label("model");
  l.append(".").append(name(w.what));
  if (w.ordinal != 0) l.append("_").append(w.ordinal);
  return l;
}

}  // namespace hone::inline HONE_ABI
