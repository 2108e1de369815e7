// Tensors for tests of tensor operations, and what runs a built graph of them.
#pragma once
#include <hone/nn/flatten.hpp>
#include <hone/nn/nd/element.hpp>
#include <hone/nn/nd/reshape.hpp>

#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace nd_values {

using namespace hone;

// A tensor. Its elements are aligned and end where the buffer ends, but for a fringe that nobody may write.
struct value {
  dtype type{};
  extents dims{};
  std::vector<std::byte> memory{};

  value() = default;
  value(dtype t, extents const& d) : type(t), dims(d), memory(bytes() + fringe) {
    std::memset(begin() + bytes(), mark, fringe);
  }
  std::size_t bytes() const { return static_cast<std::size_t>(dims.size() * size_of(type)); }
  std::size_t size() const { return static_cast<std::size_t>(dims.size()); }
  std::byte* begin() { return memory.data(); }
  std::byte const* begin() const { return memory.data(); }
  template <class T>
  T* as() {
    return reinterpret_cast<T*>(memory.data());
  }
  template <class T>
  T const* as() const {
    return reinterpret_cast<T const*>(memory.data());
  }
  bool whole() const {
    for (std::size_t i = 0; i < fringe; ++i)
      if (begin()[bytes() + i] != std::byte{mark}) return false;
    return true;
  }
  // Element i as a double (i64 and u64 beyond 2^53 lose bits).
  double at(std::size_t i) const {
    return nd::with_stored(type, [&]<class S>(S) { return static_cast<double>(nd::value_of(as<S>()[i])); });
  }
  // Integers wrap.
  void set(std::size_t i, double v) {
    nd::with_stored(type, [&]<class S>(S) {
      using C = nd::computed<S>;
      if constexpr (std::is_integral_v<C>)
        as<S>()[i] = nd::stored<S>(static_cast<C>(static_cast<std::int64_t>(v)));
      else
        as<S>()[i] = nd::stored<S>(static_cast<C>(v));
    });
  }
  std::vector<double> all() const {
    std::vector<double> r(size());
    for (std::size_t i = 0; i < r.size(); ++i) r[i] = at(i);
    return r;
  }

 private:
  static constexpr std::size_t fringe = 64;
  static constexpr unsigned char mark = 0xa5;
};

// The tensor of these elements.
inline value make(dtype t, extents const& dims, std::vector<double> const& elements) {
  value v(t, dims);
  if (elements.size() != v.size()) throw std::logic_error("nd_values: another number of elements");
  for (std::size_t i = 0; i < elements.size(); ++i) v.set(i, elements[i]);
  return v;
}
inline value floats(extents const& dims, std::vector<double> const& elements) {
  return make(dtype::f32, dims, elements);
}

// Element i of a and element j of b are the same bits.
inline bool same(value const& a, std::size_t i, value const& b, std::size_t j) {
  auto const n = static_cast<std::size_t>(size_of(a.type));
  return a.type == b.type && std::memcmp(a.begin() + i * n, b.begin() + j * n, n) == 0;
}

// Coordinates of element i of a tensor of extents e, and back.
inline extents place_of(extents const& e, std::size_t i) {
  extents at = e;
  auto rest = static_cast<std::int64_t>(i);
  for (int d = e.rank; d-- > 0; rest /= e[d]) at[d] = static_cast<std::int32_t>(rest % e[d]);
  return at;
}
inline std::size_t index_of(extents const& e, extents const& at) {
  std::int64_t i = 0;
  for (int d = 0; d < e.rank; ++d) i = i * e[d] + at[d];
  return static_cast<std::size_t>(i);
}
// The element of a tensor of extents e that stands at place `at` of a tensor that it is broadcast to.
inline std::size_t broadcast_index(extents const& e, extents const& at) {
  std::int64_t i = 0;
  for (int d = 0; d < e.rank; ++d) i = i * e[d] + (e[d] == 1 ? 0 : at[d + at.rank - e.rank]);
  return static_cast<std::size_t>(i);
}

// What build(g, operands...) gives for these operands. Throws where the graph is no network, the result is not what its
// form says, or something was written beside it.
template <class Build, class... V>
value evaluate(Build&& build, V const&... operands) {
  dynamic_graph g;
  std::vector<value> values{operands...};
  int next = 0;
  auto const input = [&](value const& v) { return nd::input(g, label("x").append(next++), v.dims, v.type); };
  int const ids[]{input(operands)..., 0};
  int const result = [&]<std::size_t... I>(std::index_sequence<I...>) { return build(g, ids[I]...); }
  (std::index_sequence_for<V...>{});
  if (g.issue.how != fix::none) throw std::runtime_error(std::string(g.issue.kind->name) + ": " + advice(g.issue.how));
  for (std::size_t i = values.size(); i < g.ops.size(); ++i) {
    op const& o = g.ops[i];
    value out(o.type, dims_of(g, static_cast<int>(i)));
    if (is(o, flatten_kind)) {
      std::memcpy(out.begin(), values[static_cast<std::size_t>(o.input[0])].begin(), out.bytes());
    } else {
      std::vector<std::byte> scratch(static_cast<std::size_t>(o.scratch) + 1);
      tensor_args t{o.kind, &g.forms[static_cast<std::size_t>(o.form)], {}, out.begin(), o.type, scratch.data()};
      for (std::size_t k = 0; k < max_inputs; ++k)
        if (o.input[k] >= 0) {
          value const& v = values[static_cast<std::size_t>(o.input[k])];
          t.in[k] = {v.begin(), v.type, v.dims};
        }
      o.kind->evaluate(t);
    }
    if (!out.whole()) throw std::runtime_error(std::string(o.kind->name) + " writes beside its result");
    values.push_back(std::move(out));
  }
  return values[static_cast<std::size_t>(result)];
}
// What is wrong with build(g, operands...); fix::none: nothing.
template <class Build, class... V>
fix refused(Build&& build, V const&... operands) {
  dynamic_graph g;
  int next = 0;
  auto const input = [&](value const& v) { return nd::input(g, label("x").append(next++), v.dims, v.type); };
  int const ids[]{input(operands)..., 0};
  [&]<std::size_t... I>(std::index_sequence<I...>) { build(g, ids[I]...); }
  (std::index_sequence_for<V...>{});
  return g.issue.how;
}

}  // namespace nd_values
