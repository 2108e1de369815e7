#pragma once
#include <hone/pass/prepare.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace hone::inline HONE_ABI::train {

// A node of a weight recipe that holds numbers of its own while a network is trained.
struct variable {
  int node{};
  std::size_t at{}, size{};  // its place among all numbers
  bool trained{};            // false: kept beside, as running averages and ranges are
  bool decays{};             // weight decay applies
};

// The numbers of a network in training, in one row: those that the optimizer changes first, those that it keeps last.
template <class T>
class variables {
 public:
  variables() = default;
  // Variables for these nodes of g, all zero.
  variables(dynamic_graph const& g, std::vector<int> const& nodes) : index_(g.weights.size(), -1) {
    auto const trains = [&](int n) {
      role const what = weight_at(g, n).what;
      return what == role::weight || what == role::bias || what == role::gamma || what == role::beta ||
             (what == role::scale && !weight_at(g, n).leaf());
    };
    for (bool trained : {true, false}) {
      for (int n : nodes) {
        if (trains(n) != trained || index_[static_cast<std::size_t>(n)] >= 0) continue;
        weight const& w = weight_at(g, n);
        std::size_t const size = static_cast<std::size_t>(w.rows) * static_cast<std::size_t>(w.cols);
        index_[static_cast<std::size_t>(n)] = static_cast<int>(list_.size());
        list_.push_back({n, total_, size, trained, w.what == role::weight});
        total_ += size;
      }
      if (trained) trained_ = total_;
    }
    values_.resize(total_);
  }

  std::vector<variable> const& list() const { return list_; }
  // The variable of a node, or -1.
  int find(int node) const {
    return node < 0 || node >= static_cast<int>(index_.size()) ? -1 : index_[static_cast<std::size_t>(node)];
  }
  std::span<T> of(int v) { return {values_.data() + entry(v).at, entry(v).size}; }
  std::span<T const> of(int v) const { return {values_.data() + entry(v).at, entry(v).size}; }
  // What the optimizer changes; gradients have this size.
  std::span<T> trained() { return {values_.data(), trained_}; }
  std::span<T const> trained() const { return {values_.data(), trained_}; }
  std::size_t size() const { return total_; }
  // All of them, those that are kept beside included: to put away and to bring back.
  std::span<T> values() { return values_; }

 private:
  variable const& entry(int v) const { return list_[static_cast<std::size_t>(v)]; }

  std::vector<variable> list_;
  std::vector<int> index_;  // by node
  std::vector<T> values_;
  std::size_t total_{}, trained_{};
};

// The leaves of g: what a base model trains and keeps.
inline std::vector<int> leaves_of(dynamic_graph const& g) {
  std::vector<int> nodes;
  for (std::size_t i = 0; i < g.weights.size(); ++i)
    if (g.weights[i].leaf()) nodes.push_back(static_cast<int>(i));
  return nodes;
}

// Copies a base model's parameters in. Raises where one is missing, of another shape, or holds a NaN or an infinity.
template <class T>
void assign(variables<T>& v, dynamic_graph const& g, tensor_set const& parameters) {
  for (std::size_t i = 0; i < v.list().size(); ++i) {
    weight const& w = weight_at(g, v.list()[i].node);
    label const name = tensor_name(g, w);
    tensor const& t = parameters.at(name.c_str());
    std::span<T> const to = v.of(static_cast<int>(i));
    if (t.type != dtype::f32 || t.elements() != to.size())
      raise("cannot use these parameters",
            message() << "the network wants " << static_cast<unsigned long>(to.size()) << " numbers in f32, there are "
                      << static_cast<unsigned long>(t.elements()) << " in " << hone::name(t.type),
            name.c_str(), "start from train::initialize, or from parameters of this very model");
    if (!pass::all_finite(t.data, t.type))
      raise("cannot use these parameters", "one is a NaN or an infinity", name.c_str(),
            "train again with a smaller learning rate, or repair the file");
    std::copy_n(t.template values<float>().data(), to.size(), to.data());
  }
}
// The same numbers as named tensors.
template <class T>
tensor_set as_tensors(variables<T> const& v, dynamic_graph const& g) {
  tensor_set out;
  for (int n : leaves_of(g)) {
    int const i = v.find(n);
    if (i < 0) continue;
    tensor& t = out.add(tensor_name(g, weight_at(g, n)).c_str(), dtype::f32, weight_at(g, n).dims);
    std::transform(
        v.of(i).begin(), v.of(i).end(), t.template values<float>().data(), [](T x) { return static_cast<float>(x); });
  }
  return out;
}

}  // namespace hone::inline HONE_ABI::train
