#pragma once
// Arrays of inputs and outputs, call by call.
#include <hone/io/npy.hpp>
#include <hone/run/ports.hpp>

#include <string>

namespace tools {

// How an array of a whole sequence relates to a port: its calls lie along a leading axis of their own, or along the
// port's first axis, which has extent 1; or there is one call, and no such axis.
enum class stacking { none, own_axis, first_axis };

inline std::vector<std::int64_t> dims_of(hone::port_view const& p) { return {p.dims.begin(), p.dims.end()}; }

// What numpy calls a type.
inline char const* numpy_name(hone::dtype t) {
  using enum hone::dtype;
  return t == f32 ? "float32" : t == f64 ? "float64" : t == f16 ? "float16" : t == boolean ? "bool" : name(t);
}

// One input's values for every call.
struct fed_input {
  hone::port_view const* port{};
  hone::io::array const* values;
  stacking how{};
  std::size_t calls{1};

  // Raises where the array, which must outlive this, is of other numbers or extents than the port, or holds no call.
  fed_input(hone::port_view const& p, hone::io::array const& a) : port(&p), values(&a) {
    std::vector<std::int64_t> const one = dims_of(p), &all = a.dims;
    auto const tail_is = [&](std::size_t from_all, std::size_t from_one) {
      return std::equal(all.begin() + static_cast<std::ptrdiff_t>(from_all), all.end(),
                        one.begin() + static_cast<std::ptrdiff_t>(from_one), one.end());
    };
    if (all.size() == 1 && all[0] == 1 && one.empty())
      how = stacking::none;  // a number in brackets
    else if (all.size() == one.size() + 1 && tail_is(1, 0))
      how = stacking::own_axis, calls = static_cast<std::size_t>(all[0]);
    else if (all.size() == one.size() && all != one && !one.empty() && one[0] == 1 && tail_is(1, 1))
      how = stacking::first_axis, calls = static_cast<std::size_t>(all[0]);
    else if (all != one)
      hone::raise("cannot feed an input",
                  hone::message() << "it has the extents " << hone::io::text_of(one).c_str() << ", the array "
                                  << hone::io::text_of(all).c_str(),
                  p.name, "give one call, or several along a leading axis");
    if (calls == 0)
      hone::raise("cannot feed an input", "the array holds no call: its leading axis is empty", p.name,
                  "give one row at least");
    if (a.type != p.type)
      hone::raise("cannot feed an input",
                  hone::message() << "it takes " << name(p.type) << ", the array holds " << name(a.type), p.name,
                  hone::message("convert the array: x.astype('") << numpy_name(p.type) << "')");
  }
  void feed(std::size_t call) const {
    std::memcpy(port->data, values->data.data() + (how == stacking::none ? 0 : call) * port->bytes, port->bytes);
  }
};

// One output's values of every call.
class kept_output {
 public:
  kept_output(hone::port_view const& p, std::size_t calls, stacking how) : port_(&p) {
    std::vector<std::int64_t> dims = tools::dims_of(p);
    if (how == stacking::first_axis && !dims.empty() && dims[0] == 1)
      dims[0] = static_cast<std::int64_t>(calls);
    else if (how != stacking::none)
      dims.insert(dims.begin(), static_cast<std::int64_t>(calls));
    values_ = hone::io::array(p.type, dims);
  }
  void keep(std::size_t call) { std::memcpy(values_.data.data() + call * port_->bytes, port_->data, port_->bytes); }
  hone::io::array const& values() const { return values_; }
  char const* name() const { return port_->name; }

 private:
  hone::port_view const* port_;
  hone::io::array values_;
};

}  // namespace tools
