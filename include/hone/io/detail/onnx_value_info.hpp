#pragma once
#include <hone/io/detail/onnx_tensor.hpp>

namespace hone::inline HONE_ABI::io::onnx::detail {

// Reads TensorShapeProto.Dimension.
inline void read_dim(place const& at, dim& d) {
  wire_reader in(at);
  for (wire_field f; in.next(f);)
    if (f.number == 1)
      in.one(f, "dim_value", d.value);
    else if (f.number == 2)
      in.one(f, "dim_param", d.symbol);
  if (in.count(1) != 0 && in.count(2) != 0) at.refuse("it is a number and a symbol", "keep one of them");
  // Some writers say -1 for what is not known.
  if (d.value < -1)
    at.refuse(message("the extent is ") << static_cast<long long>(d.value), "use a positive number, or a symbol");
}

// Reads TypeProto.Tensor.
inline void read_tensor_type(place const& at, value_info& v) {
  wire_reader in(at);
  std::int64_t type = 0;
  for (wire_field f; in.next(f);) {
    if (f.number == 1) in.one(f, "elem_type", type);
    if (f.number != 2) continue;
    place const shape_at = in.one(f, "shape");
    wire_reader shape(shape_at);
    v.has_shape = true;
    v.dims.reserve(shape.count(1));
    for (wire_field d; shape.next(d);)
      if (d.number == 1) {
        place const dim_at = shape.item(d, "dim", v.dims.size());
        read_dim(dim_at, v.dims.emplace_back());
      }
  }
  v.type = type == 0 ? element::undefined : to_element(type, at);
}

// Reads TypeProto: of other types than tensors only that they are so.
inline void read_type(place const& at, value_info& v) {
  struct form {
    std::uint32_t field{};
    value_kind kind{};
  };
  constexpr form forms[]{{1, value_kind::tensor}, {4, value_kind::sequence},      {5, value_kind::map},
                         {7, value_kind::opaque}, {8, value_kind::sparse_tensor}, {9, value_kind::optional}};
  wire_reader in(at);
  for (form const& candidate : forms) {
    if (in.count(candidate.field) == 0) continue;
    if (v.kind != value_kind::none) at.refuse("it is of two types", "export the file again");
    v.kind = candidate.kind;
  }
  for (wire_field f; in.next(f);)
    if (f.number == 1) {
      place const tensor_at = in.one(f, "tensor_type");
      read_tensor_type(tensor_at, v);
    }
}

// Reads ValueInfoProto.
inline void read_value_info(place const& at, value_info& v) {
  v.kind = value_kind::none, v.has_shape = false;
  wire_reader in(at);
  for (wire_field f; in.next(f);)
    if (f.number == 1) {
      in.one(f, "name", v.name);
    } else if (f.number == 2) {
      place const type_at = in.one(f, "type");
      read_type(type_at, v);
    }
}

}  // namespace hone::inline HONE_ABI::io::onnx::detail
