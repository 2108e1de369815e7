#pragma once
#include <hone/store/detail/tensors.hpp>

namespace hone::inline HONE_ABI::store {

// The stored form of an artifact, version 1. Everything is little endian; offsets count from the first byte.
//
//    0  magic     89 'H' 'O' 'N' 'E' 0d 0a 1a: not a text, and damaged by whatever mends line ends
//    8  version   u32; at 12 the number of sections u32, at 16 the bytes of the whole u64
//   24  checksum  of the table u32; then zeros; at 60 the checksum of bytes 0..59 u32
//   64  table     an entry a section: kind u32, checksum u32, key u64, offset u64, bytes u64
//       sections  in the order of the table, each at the first multiple of 64 that leaves 64 zeros after the one before;
//                 so is the end of the file: kernels may read over
//
// Sections, exactly in this order: description (plan, hardware, metrics, provenance), tensors (name, type and dimensions
// of each), weights (their values, each at a multiple of 64 from the section's start, zeros between), then any number of
// packed sections, by rising key (their layout). Every byte is covered by a checksum or has to be zero, and an artifact
// has exactly one stored form: what reads without error is written back to the same bytes.

namespace detail {

inline std::vector<std::byte> gather_values(tensor_set const& set) {
  std::vector<std::byte> weights;
  std::size_t at = 0;
  for (tensor const& t : set) at += aligned(t.data.size());
  weights.resize(at);
  at = 0;
  for (tensor const& t : set) {
    if (t.data.size() != 0) std::memcpy(weights.data() + at, t.data.data(), t.data.size());
    at += aligned(t.data.size());
  }
  return weights;
}

// Refuses what read() would refuse.
inline void check_writable(artifact const& a) {
  auto const refuse = [&a](message const& why, message const& fix) {
    raise("cannot write the artifact", why, message("model ") << a.model.c_str(), fix);
  };
  message const why = flaw(a);
  if (*why.c_str() != 0) refuse(why, "correct the artifact's description");
  if (a.weights.size() > most_tensors) refuse("it has more than 32767 tensors", "merge layers");
  for (tensor const& t : a.weights) {
    if (!printable({t.name.data(), std::strlen(t.name.data())}) || t.name[0] == 0)
      refuse("the name of a tensor is empty or holds a control character", "rename the layer");
    bool const sized = std::all_of(t.dims.begin(), t.dims.end(), [](std::int32_t d) { return d > 0; }) &&
                       t.data.size() == t.elements() * static_cast<std::size_t>(size_of(t.type));
    if (!sized)
      refuse(message("the data of tensor ") << t.name.data() << " does not match its dimensions", "resize it");
    auto const element = not_finite(t.type, {t.data.data(), t.data.size()});
    if (element >= 0) refuse(nan_message(t.name.data(), element), "train it again, with a smaller learning rate");
  }
}

inline std::vector<section> packed_sections(artifact const& a) {
  std::vector<section> packed;
  for (packed_section const& p : a.packed)
    packed.push_back({section_kind::packed, p.layout, {p.data.data(), p.data.size()}});
  std::sort(packed.begin(), packed.end(), [](section const& x, section const& y) { return x.key < y.key; });
  for (std::size_t i = 1; i < packed.size(); ++i)
    if (packed[i].key == packed[i - 1].key)
      raise("cannot write the artifact", "two packed sections have the same layout",
            message("model ") << a.model.c_str(), "keep one of them");
  return packed;
}

inline buffer to_bytes(artifact const& a) {
  check_writable(a);
  encoder description, tensors;
  encode_description(description, a);
  encode_tensors(tensors, a.weights);
  auto const weights = gather_values(a.weights);
  auto sections = packed_sections(a);
  sections.insert(sections.begin(), {{section_kind::description, 0, description.bytes()},
                                     {section_kind::tensors, 0, tensors.bytes()},
                                     {section_kind::weights, 0, weights}});
  return join(sections);
}

}  // namespace detail

// The stored form of a. Deterministic. Errors: what read() would refuse (an empty model name, NaN weights, a text of over
// 255 bytes, two packed sections of one layout, ...). Cost: two copies, a check and a checksum of the weights.
inline buffer write(artifact const& a) { return detail::to_bytes(a); }

// A tensor, or packed sections, inside bytes that somebody else owns.
struct tensor_view {
  char const* name{};
  dtype type{};
  std::array<std::int32_t, 4> dims{};
  std::span<std::byte const> data{};
};
struct packed_view {
  std::uint64_t layout{};
  std::span<std::byte const> data{};
};
struct artifact_view : artifact_info {
  std::vector<tensor_view> tensors{};
  std::vector<packed_view> packed{};
};

namespace detail {

inline artifact_view view(bytes_view bytes, refusal refuse) {
  auto const sections = split(bytes, refuse);
  artifact_view v{};
  static_cast<artifact_info&>(v) = decode_description(sections[0].bytes, refuse);
  auto const weights = sections[2].bytes;
  std::size_t at = 0;
  for (tensor_entry const& t : decode_tensors(sections[1].bytes, refuse))
    v.tensors.push_back({t.name, t.type, t.dims, take_values(weights, at, t, refuse)});
  if (at != weights.size())
    refuse(message() << "section 3 (weights) has " << weights.size() << " bytes, its tensors have " << at);
  for (std::size_t i = fixed_sections; i < sections.size(); ++i)
    v.packed.push_back({sections[i].key, sections[i].bytes});
  return v;
}

}  // namespace detail

// The artifact in `bytes`, which need not be trusted; it owns everything. `where` names the source in errors (a file, a
// row). Errors: cut, too long, damaged, foreign, of another version (each is told), NaN or infinite weights.
// Cost: a checksum, a check and a copy of the weights.
inline artifact read(std::span<std::byte const> bytes, char const* where = "a block of memory") {
  artifact_view const v = detail::view(bytes, {where});
  artifact a{};
  static_cast<artifact_info&>(a) = static_cast<artifact_info const&>(v);
  for (tensor_view const& t : v.tensors)
    std::memcpy(a.weights.add(t.name, t.type, t.dims).data.data(), t.data.data(), t.data.size());
  for (packed_view const& p : v.packed) {
    a.packed.push_back({p.layout, buffer(p.data.size())});
    if (!p.data.empty()) std::memcpy(a.packed.back().data.data(), p.data.data(), p.data.size());
  }
  return a;
}

// The same without the copy: the view points into `bytes`, which must begin at a multiple of 64 (mapped files do), stay
// as they are and outlive it. All checks of read() are made here, once.
inline artifact_view read_view(std::span<std::byte const> bytes, char const* where = "a block of memory") {
  detail::refusal const refuse{where};
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % 64 != 0)
    refuse("its first byte is not at a multiple of 64", "map the file, or use read(), which copies");
  return detail::view(bytes, refuse);
}

}  // namespace hone::inline HONE_ABI::store
