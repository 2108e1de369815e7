#pragma once
#include <hone/io/detail/import_elementwise.hpp>
#include <hone/nn/nd/move.hpp>

#include <algorithm>

// Operators that change extents and the order of dimensions, and what reads lists of numbers.
namespace hone::inline HONE_ABI::io::importing {

// A list that is an attribute in old opsets and operand k in newer ones; nothing where neither is given.
inline std::optional<std::vector<std::int64_t>> list_of(call& c, char const* attribute, int k) {
  if (c.has(attribute)) return c.integers(attribute);
  if (c.given(k)) return c.known_integers(k);
  return {};
}
inline std::vector<std::int64_t> required_list(call& c, char const* attribute, int k) {
  auto const list = list_of(c, attribute, k);
  if (!list) c.refuse(message("it has no ") << attribute, "export the network again");
  return *list;
}
// Numbers, one a dimension.
inline extents to_list(call& c, std::vector<std::int64_t> const& list, char const* of) {
  extents e;
  if (list.size() > static_cast<std::size_t>(max_rank))
    c.refuse(message(of) << " has " << list.size() << " elements", "use at most 8 dimensions");
  for (std::int64_t v : list) e.push_back(c.narrow(v, of));
  return e;
}
inline extents checked_dims(call& c, std::vector<std::int64_t> const& dims) {
  std::optional<extents> const e = to_extents(dims);
  if (!e)
    c.refuse("its result has extents that are negative or too large", "use at most 8 dimensions and 2^27 elements");
  return *e;
}
// Which of the dimensions the list names.
inline std::array<bool, max_rank> named_axes(call& c, std::vector<std::int64_t> const& list, int rank) {
  std::array<bool, max_rank> named{};
  for (std::int64_t v : list) {
    bool& at = named[static_cast<std::size_t>(c.axis(v, rank))];
    if (at) c.refuse(message("it names axis ") << static_cast<long long>(v) << " twice", "export the network again");
    at = true;
  }
  return named;
}

inline int reshape(call& c, int x, extents const& dims) { return c.ok(nd::reshape(c.graph(), x, dims, c.layer())); }
inline int transpose(call& c, int x, extents const& perm) { return c.ok(nd::transpose(c.graph(), x, perm, c.layer())); }
// [begin, end) of one dimension.
inline int cut(call& c, int x, int axis, int begin, int end) {
  extents dims = c.extents_of(x), starts = dims, steps = dims;
  for (int i = 0; i < dims.rank; ++i) starts[i] = 0, steps[i] = 1;
  if (begin < 0 || end < begin || end > dims[axis])
    c.refuse(message("it takes [") << begin << ", " << end << ") of an extent of " << dims[axis],
             "export the network again");
  starts[axis] = begin, dims[axis] = end - begin;
  return c.ok(nd::slice(c.graph(), x, starts, steps, dims, c.layer()));
}
// Reshapes, or does nothing where the extents are the same.
inline void result_reshaped(call& c, extents const& dims) {
  if (dims == c.dims(0)) return c.same(0, 0);
  c.result(reshape(c, c.operand(0), dims));
}

inline void translate_reshape(call& c) {
  std::vector<std::int64_t> to = required_list(c, "shape", 1);
  extents const from = c.dims(0);
  std::int64_t rest = from.size();
  std::int64_t* open = nullptr;
  for (std::size_t i = 0; i < to.size(); ++i) {
    if (to[i] == 0 && c.integer("allowzero", 0) == 0) {
      if (i >= static_cast<std::size_t>(from.rank))
        c.refuse("it copies a dimension that is not there", "export it again");
      to[i] = from[static_cast<int>(i)];
    }
    if (to[i] == -1 && open == nullptr)
      open = &to[i];
    else if (to[i] > 0)
      rest = rest % to[i] == 0 ? rest / to[i] : -1;
    if (rest < 0 || to[i] < -1)
      c.refuse(message("it makes ") << text_of(from).c_str() << " into extents that do not divide it",
               advice(fix::keep_the_number_of_elements));
  }
  if (open != nullptr) *open = rest;
  result_reshaped(c, checked_dims(c, to));
}
inline void translate_flatten(call& c) {
  extents const d = c.dims(0);
  std::int64_t const given = c.integer("axis", 1);
  int const axis = given == d.rank ? d.rank : c.axis(given, d.rank);
  result_reshaped(c, checked_dims(c, {d.count(0, axis), d.count(axis, d.rank)}));
}
inline void translate_squeeze(call& c) {
  extents const d = c.dims(0);
  auto const list = list_of(c, "axes", 1);
  auto const named = list ? named_axes(c, *list, d.rank) : std::array<bool, max_rank>{};
  extents to;
  for (int i = 0; i < d.rank; ++i) {
    bool const gone = list ? named[static_cast<std::size_t>(i)] : d[i] == 1;
    if (gone && d[i] != 1)
      c.refuse(message("it squeezes axis ") << i << " of " << text_of(d).c_str(), "export it again");
    if (!gone) to.push_back(d[i]);
  }
  result_reshaped(c, to);
}
inline void translate_unsqueeze(call& c) {
  extents const d = c.dims(0);
  std::vector<std::int64_t> const list = required_list(c, "axes", 1);
  std::int64_t const rank = d.rank + static_cast<std::int64_t>(list.size());
  if (rank > max_rank) c.refuse(message("its result has the rank ") << static_cast<long long>(rank), "use at most 8");
  auto const named = named_axes(c, list, static_cast<int>(rank));
  extents to;
  for (int i = 0, from = 0; i < rank; ++i) to.push_back(named[static_cast<std::size_t>(i)] ? 1 : d[from++]);
  result_reshaped(c, to);
}
inline void translate_transpose(call& c) {
  extents perm;
  if (c.has("perm"))
    perm = to_list(c, c.integers("perm"), "perm");
  else
    for (int i = c.rank(0); i-- > 0;) perm.push_back(i);
  c.result(transpose(c, c.operand(0), perm));
}
inline void translate_expand(call& c) {
  c.result(nd::expand(c.graph(), c.operand(0), checked_dims(c, c.known_integers(1)), c.layer()));
}
inline void translate_tile(call& c) {
  c.result(nd::tile(c.graph(), c.operand(0), to_list(c, c.known_integers(1), "repeats"), c.layer()));
}

}  // namespace hone::inline HONE_ABI::io::importing
