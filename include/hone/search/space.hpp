#pragma once
#include <hone/core/dtype.hpp>
#include <hone/core/error.hpp>
#include <hone/core/hash.hpp>
#include <hone/train/generator.hpp>

#include <charconv>
#include <cmath>
#include <compare>
#include <initializer_list>
#include <string>
#include <type_traits>
#include <vector>

namespace hone::inline HONE_ABI::search {

// What the search decides, one name and a finite list of values. Numbers are ordered: near values are expected to do
// alike. A parameter may be of use for some values of another only; where it is not, it takes its first value.
struct parameter {
  std::string name{};
  std::vector<std::string> values{};  // as a reader sees them
  bool ordered{};
  int parent{-1};                   // the parameter that decides whether this one is of use; -1: it always is
  std::vector<bool> useful_when{};  // by the parent's values

  std::size_t size() const { return values.size(); }
};

// A parameter as the program that describes the space sees it: a key for candidates.
template <class T>
struct variable {
  int index{};
  std::vector<T> values{};
};

// A point of a space: which of its values each parameter takes.
struct candidate {
  std::vector<std::uint16_t> at{};

  // The value of v here. Precondition: the candidate is of v's space.
  template <class T>
  T operator[](variable<T> const& v) const {
    return v.values[at[static_cast<std::size_t>(v.index)]];
  }
  std::uint64_t hash() const {
    hasher h;
    for (std::uint16_t i : at) h.add(static_cast<std::uint64_t>(i));
    return h.value();
  }
  auto operator<=>(candidate const&) const = default;
};

namespace detail {
inline std::string as_text(std::string const& s) { return s; }
inline std::string as_text(char const* s) { return s; }
inline std::string as_text(dtype t) { return name(t); }
inline std::string as_text(bool b) { return b ? "yes" : "no"; }
template <class T>
requires(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) std::string as_text(T v) {
  char text[32];
  auto const end = std::to_chars(text, text + sizeof text, v).ptr;
  return {text, end};
}
}  // namespace detail

// The candidates among which a search chooses: every combination of the parameters' values.
//
//   search::space s;
//   auto const width = s.choice("width", {8, 16, 24, 32});
//   auto const depth = s.range("depth", 1, 4);
//   auto const second = s.choice("second width", {16, 32, 64});
//   s.only_if(second, depth, [](int d) { return d >= 2; });
//   ...
//   int channels = c[width];   // of a candidate c
class space {
 public:
  // A parameter with these values. Numbers are ordered, everything else is not. Raises for an empty list, one of over
  // 65535 values, a value that is listed twice and a name that is taken.
  template <class T>
  variable<T> choice(std::string name, std::vector<T> values) {
    std::vector<std::string> texts;
    for (auto const& v : values) texts.push_back(detail::as_text(v));
    int const index = add({std::move(name), std::move(texts), std::is_arithmetic_v<T> && !std::is_same_v<T, bool>});
    return {index, std::move(values)};
  }
  template <class T>
  variable<T> choice(std::string name, std::initializer_list<T> values) {
    return choice(std::move(name), std::vector<T>(values));
  }
  // first, first + step, ..., up to last.
  variable<int> range(std::string name, int first, int last, int step = 1) {
    if (step < 1)
      raise(what, message() << "the step of '" << name.c_str() << "' is " << step, where, "take a step of at least 1");
    std::vector<int> values;
    for (long v = first; v <= last; v += step) values.push_back(static_cast<int>(v));
    return choice(std::move(name), std::move(values));
  }
  // `count` numbers from low to high, each the same factor above the one before it.
  variable<double> logarithmic(std::string name, double low, double high, int count) {
    if (!(low > 0 && high > low && std::isfinite(high)) || count < 2)
      raise(what, message() << "'" << name.c_str() << "' is no logarithmic range", where,
            "take 0 < low < high and at least 2 values");
    std::vector<double> values;
    for (int i = 0; i < count; ++i) values.push_back(low * std::pow(high / low, double(i) / (count - 1)));
    values.back() = high;
    return choice(std::move(name), std::move(values));
  }

  // `child` is of use only where `test` holds for the parent's value: elsewhere candidates that differ in it alone are
  // one. The parent was added first. Raises where the child has a parent or would never be of use.
  template <class T, class U, class Test>
  void only_if(variable<T> const& child, variable<U> const& parent, Test test) {
    std::vector<bool> useful;
    for (auto const& v : parent.values) useful.push_back(test(v));
    tie(child.index, parent.index, std::move(useful));
  }

  std::vector<parameter> const& parameters() const { return parameters_; }
  bool empty() const { return parameters_.empty(); }

  // How many candidates there are (canonical ones); exact below 2^53.
  double size() const {
    std::vector<std::vector<double>> below(parameters_.size());
    for (std::size_t i = 0; i < parameters_.size(); ++i) below[i].assign(parameters_[i].size(), 1);
    double all = 1;
    for (std::size_t i = parameters_.size(); i-- > 0;) {
      parameter const& p = parameters_[i];
      double own = 0;
      for (double v : below[i]) own += v;
      if (p.parent < 0) {
        all *= own;
        continue;
      }
      std::vector<double>& of_parent = below[static_cast<std::size_t>(p.parent)];
      for (std::size_t v = 0; v < of_parent.size(); ++v)
        if (p.useful_when[v]) of_parent[v] *= own;
    }
    return empty() ? 0 : all;
  }

  bool is_useful(candidate const& c, std::size_t i) const {
    for (parameter const* p = &parameters_[i]; p->parent >= 0;) {
      auto const parent = static_cast<std::size_t>(p->parent);
      if (!p->useful_when[c.at[parent]]) return false;
      p = &parameters_[parent];
    }
    return true;
  }
  // The same network, with the first value wherever a parameter is of no use.
  candidate canonical(candidate c) const {
    for (std::size_t i = 0; i < parameters_.size(); ++i)
      if (!is_useful(c, i)) c.at[i] = 0;
    return c;
  }
  // Whether c is a canonical candidate of this space.
  bool holds(candidate const& c) const {
    if (c.at.size() != parameters_.size()) return false;
    for (std::size_t i = 0; i < c.at.size(); ++i)
      if (c.at[i] >= parameters_[i].size()) return false;
    return canonical(c) == c;
  }

  // Every value of every parameter is as likely as its others.
  candidate sample(train::generator& draw) const {
    candidate c{std::vector<std::uint16_t>(parameters_.size())};
    for (std::size_t i = 0; i < c.at.size(); ++i) c.at[i] = value(draw, i);
    return canonical(std::move(c));
  }
  // Another value for one parameter that is of use, each with equal probability: for numbers one step away as often as
  // any. c itself where there is no other candidate.
  candidate neighbour(candidate c, train::generator& draw) const {
    std::vector<std::size_t> movable;
    for (std::size_t i = 0; i < c.at.size(); ++i)
      if (parameters_[i].size() > 1 && is_useful(c, i)) movable.push_back(i);
    if (movable.empty()) return c;
    std::size_t const i = movable[draw.below(movable.size())];
    std::size_t const n = parameters_[i].size();
    if (parameters_[i].ordered && draw.below(2) == 0) {
      bool const up = c.at[i] == 0 || (c.at[i] + 1u < n && draw.below(2) == 0);
      c.at[i] = static_cast<std::uint16_t>(up ? c.at[i] + 1 : c.at[i] - 1);
    } else {
      c.at[i] = static_cast<std::uint16_t>((c.at[i] + 1 + draw.below(n - 1)) % n);
    }
    return canonical(std::move(c));
  }

  // "width 16, depth 3, ...", of the parameters that are of use.
  std::string text(candidate const& c) const {
    std::string s;
    for (std::size_t i = 0; i < c.at.size(); ++i) {
      if (!is_useful(c, i)) continue;
      if (!s.empty()) s += ", ";
      s += parameters_[i].name + ' ' + parameters_[i].values[c.at[i]];
    }
    return s;
  }
  // Identity of the space: of names, values and conditions, in order.
  std::uint64_t hash() const {
    hasher h;
    for (parameter const& p : parameters_) {
      h.add(p.name.c_str());
      for (auto const& v : p.values) h.add(v.c_str());
      h.add(static_cast<std::uint64_t>(p.parent + 1));
      for (bool b : p.useful_when) h.add(static_cast<std::uint64_t>(b));
    }
    return h.value();
  }

 private:
  static constexpr char const *what = "cannot describe a search space", *where = "hone::search::space";

  int add(parameter p) {
    message const named = message() << "parameter '" << p.name.c_str() << "'";
    if (p.values.empty() || p.values.size() > 65535)
      raise(what, message(named) << " has " << p.values.size() << " values", where, "give it 1 to 65535 values");
    for (std::size_t i = 0; i < p.values.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (p.values[i] == p.values[j])
          raise(what, message(named) << " lists " << p.values[i].c_str() << " twice", where, "list every value once");
    for (parameter const& other : parameters_)
      if (other.name == p.name) raise(what, message(named) << " is there twice", where, "give it another name");
    parameters_.push_back(std::move(p));
    return static_cast<int>(parameters_.size()) - 1;
  }
  void tie(int child, int parent, std::vector<bool> useful) {
    parameter& p = parameters_[static_cast<std::size_t>(child)];
    message const named = message() << "parameter '" << p.name.c_str() << "'";
    if (parent >= child) raise(what, message(named) << " was added before its parent", where, "add the parent first");
    if (p.parent >= 0) raise(what, message(named) << " has two parents", where, "let one parameter decide its use");
    bool ever = false;
    for (bool b : useful) ever |= b;
    if (!ever)
      raise(what,
            message(named) << " is of use for no value of '"
                           << parameters_[static_cast<std::size_t>(parent)].name.c_str() << "'",
            where, "leave it out, or mend its condition");
    p.parent = parent, p.useful_when = std::move(useful);
  }
  std::uint16_t value(train::generator& draw, std::size_t i) const {
    return static_cast<std::uint16_t>(draw.below(parameters_[i].size()));
  }

  std::vector<parameter> parameters_{};
};

}  // namespace hone::inline HONE_ABI::search
