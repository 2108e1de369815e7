#pragma once
#include <hone/core/tensor.hpp>
#include <hone/core/tensor_op.hpp>
#include <hone/io/detail/nearest_name.hpp>
#include <hone/io/matching.hpp>
#include <hone/io/pytorch_layout.hpp>

#include <map>

namespace hone::inline HONE_ABI::io::detail {

// One parameter of a network, and what it is in a file.
struct wanted_tensor {
  weight const* leaf{};
  label name{};                                   // in Hone
  std::string stored{};                           // in the file
  std::vector<std::vector<std::int64_t>> dims{};  // that it may have there
  pytorch_place place{};                          // where layout::pytorch has its numbers
};

// What is wrong, all of it in one error: up to ten findings, and how many more there are.
class findings {
 public:
  void add(std::string const& text) {
    if (count_++ < 10 && text_.size() + text.size() < 1400) text_ += (shown_++ == 0 ? "" : "; ") + text;
  }
  bool none() const { return count_ == 0; }
  bool full() const { return count_ >= 10; }
  message text() const {
    message m(text_.c_str());
    if (count_ > shown_) m << "; and " << count_ - shown_ << " more";
    return m;
  }

 private:
  std::string text_{};
  std::size_t count_{}, shown_{};
};

// Leading extents of 1 say nothing in files of Hone's; one extent is kept.
inline std::vector<std::int64_t> without_leading_ones(std::vector<std::int64_t> dims) {
  dims.erase(dims.begin(), std::find_if(dims.begin(), dims.end(), [](std::int64_t d) { return d != 1; }));
  if (dims.empty()) dims = {1};
  return dims;
}

inline char const* pytorch_name(role r) {
  switch (r) {
    case role::gamma: return "weight";
    case role::beta: return "bias";
    case role::mean: return "running_mean";
    case role::variance: return "running_var";
    default: return name(r);
  }
}

// Renames tensors, and knows which pairs were of use.
class renamer {
 public:
  explicit renamer(matching const& how) : how_(how), used_(how.names.size(), false) {}

  // The file's name of the tensor `own` of layer `path` ("conv.weight" of "conv"), which ends in `tail` there.
  std::string operator()(std::string_view own, std::string_view path, std::string_view tail) {
    std::size_t best = used_.size();
    for (std::size_t i = 0; i < used_.size(); ++i) {
      std::string const& from = how_.names[i].hone;
      bool const within =
          path.starts_with(from) && (from.empty() || path.size() == from.size() || path[from.size()] == '.');
      if ((within || from == own) && (best == used_.size() || from.size() > how_.names[best].hone.size())) best = i;
    }
    if (best == used_.size()) return std::string(path) + '.' + std::string(tail);
    used_[best] = true;
    auto const& [from, to] = how_.names[best];
    if (from == own) return to;
    std::string_view rest = path.substr(from.size());
    if (rest.starts_with('.')) rest.remove_prefix(1);
    std::string name = to;
    for (std::string_view part : {rest, tail})
      if (!part.empty()) name += (name.empty() ? "" : ".") + std::string(part);
    return name;
  }
  void report_unused(findings& wrong) const {
    for (std::size_t i = 0; i < used_.size(); ++i)
      if (!used_[i]) wrong.add("no tensor or layer is named " + shown(how_.names[i].hone) + ", which is to be renamed");
  }

 private:
  matching const& how_;
  std::vector<bool> used_;
};

// The forms of the constants among g's leaves, by node; null for others.
template <class G>
std::vector<extents const*> forms_of_constants(G const& g) {
  std::vector<extents const*> forms(g.weights.size(), nullptr);
  for (op const& o : g.ops)
    if (is(o, constant_kind) && o.param[0] >= 0 && o.form >= 0)
      forms[static_cast<std::size_t>(o.param[0])] = &g.forms[static_cast<std::size_t>(o.form)].dims;
  return forms;
}

// The leaves of g as the file has them, in g's order.
template <class G>
std::vector<wanted_tensor> wanted_tensors(G const& g, matching const& how, findings& wrong) {
  bool const pytorch = how.from == layout::pytorch;
  std::vector<pytorch_place> places;
  if (pytorch) places = places_in_pytorch(g);
  std::vector<wanted_tensor> all;
  auto const forms = forms_of_constants(g);
  renamer rename(how);
  for (std::size_t i = 0; i < g.weights.size(); ++i) {
    weight const& w = g.weights[i];
    if (!w.leaf()) continue;
    wanted_tensor t{&w, tensor_name(g, w)};
    std::string_view const own = t.name.c_str();
    std::size_t const dot = own.rfind('.');
    t.stored = rename(own, own.substr(0, dot), pytorch && w.ordinal == 0 ? pytorch_name(w.what) : own.substr(dot + 1));
    if (pytorch) {
      t.place = std::move(places[i]), t.dims = t.place.dims;
      if (!t.place.unknown.empty())
        wrong.add(std::string(own) + " cannot be converted: PyTorch's layout is not known of " + t.place.unknown);
    } else {
      t.dims = {without_leading_ones({w.dims.begin(), w.dims.end()})};
      if (forms[i] != nullptr) t.dims.push_back(without_leading_ones({forms[i]->begin(), forms[i]->end()}));
    }
    all.push_back(std::move(t));
  }
  rename.report_unused(wrong);
  return all;
}

// Whether an array can be the wanted tensor, by its dimensions.
inline bool fits(array const& a, wanted_tensor const& t, layout from) {
  auto const dims = from == layout::hone ? without_leading_ones(a.dims) : a.dims;
  return std::find(t.dims.begin(), t.dims.end(), dims) != t.dims.end();
}
// ", is it 'x'?" of the tensor whose name is most like the missing one's: of those that fit it, if there are some.
inline std::string suggestion(wanted_tensor const& t, std::map<std::string_view, array const*> const& extra,
                              layout from) {
  std::vector<std::string_view> likely, others;
  for (auto const& [name, value] : extra) (fits(*value, t, from) ? likely : others).push_back(name);
  std::string_view nearest = nearest_name(t.stored, likely, t.stored.size());
  if (nearest.empty()) nearest = nearest_name(t.stored, others, t.stored.size() / 2);
  return nearest.empty() ? "" : ", is it " + shown(nearest) + "?";
}

// The wanted tensors' arrays in a file, null where one may be missing. Says of everything that does not fit.
inline std::vector<array const*> find_tensors(std::vector<wanted_tensor> const& wanted,
                                              std::vector<named_array> const& file, matching const& how,
                                              findings& wrong) {
  std::map<std::string_view, array const*> extra;
  for (named_array const& n : file)
    if (!extra.emplace(n.name, &n.value).second) wrong.add("two tensors are named " + shown(n.name));
  auto const all = extra;
  for (wanted_tensor const& t : wanted) extra.erase(t.stored);
  std::vector<array const*> found;
  for (wanted_tensor const& t : wanted) {
    auto const at = all.find(t.stored);
    found.push_back(at == all.end() ? nullptr : at->second);
    if (!t.place.unknown.empty()) continue;
    std::string const who =
        shown(t.stored) + (t.stored == t.name.c_str() ? "" : " (" + std::string(t.name.c_str()) + ")");
    if (array const* const a = found.back(); a != nullptr) {
      if (a->type != t.leaf->type && !(t.leaf->type == dtype::f32 && is_float(a->type)))
        wrong.add(who + " is " + name(a->type) + ", wanted is " + name(t.leaf->type));
      else if (!fits(*a, t, how.from))
        wrong.add(who + " is " + text_of(a->dims) + ", wanted is " + text_of(t.dims[0]));
    } else if (t.leaf->what != role::bias || !how.zero_biases) {
      wrong.add(who + " is missing" + (wrong.full() ? "" : suggestion(t, extra, how.from)));
    }
  }
  for (auto const& [name, value] : extra) {
    if (how.ignore_extra || (how.from == layout::pytorch && name.ends_with("num_batches_tracked"))) continue;
    wrong.add(shown(name) + " is no tensor of the network");
  }
  return found;
}

// Copies numbers of `size` bytes each between a leaf's matrix and PyTorch's tensor, to the matrix or from it.
inline void move_pytorch(weight const& w, pytorch_place const& p, bool to_matrix, std::byte* to,
                         std::byte const* from) {
  auto const size = static_cast<std::size_t>(size_of(w.type)), rows = static_cast<std::size_t>(w.rows);
  std::size_t here = 0;
  for (std::int32_t row : p.row_at)
    for (std::int32_t column : p.column_at) {
      std::size_t const there = static_cast<std::size_t>(column) * rows + static_cast<std::size_t>(row);
      std::memcpy(to + size * (to_matrix ? here : there), from + size * (to_matrix ? there : here), size);
      ++here;
    }
}

}  // namespace hone::inline HONE_ABI::io::detail
