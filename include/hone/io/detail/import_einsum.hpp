#pragma once
#include <hone/io/detail/import_reduce.hpp>
#include <hone/io/detail/import_window.hpp>
#include <hone/nn/nd/matmul.hpp>

// Einstein sums: products of tensors whose dimensions have names, summed over the names that the result has not.
namespace hone::inline HONE_ABI::io::importing {

// A tensor and the names of its dimensions, one byte each: letters, or 1, 2, ... for those of an ellipsis.
struct named_tensor {
  int op{};
  std::string names{};
};

class einsum {
 public:
  explicit einsum(call& c) : c_(c) { read(c.text("equation", "")); }

  int result() {
    settle_extents();
    for (std::size_t k = 0; k < terms_.size(); ++k) terms_[k] = without_ones(diagonal(std::move(terms_[k])));
    named_tensor sum = terms_[0];
    for (std::size_t k = 1; k < terms_.size(); ++k) sum = product(sum, terms_[k], needed_after(k));
    sum = summed(std::move(sum), wanted_);
    return ordered(sum, wanted_);
  }

 private:
  static bool has(std::string const& s, char n) { return s.find(n) != std::string::npos; }
  [[noreturn]] void refuse() const {
    c_.refuse_value("equation", c_.text("equation", ""), "terms of letters that name each operand's dimensions");
  }

  // The names that one term of the equation gives to a tensor of that rank (-1: as its letters say).
  std::string names_in(std::string_view term, int rank) {
    std::string before, after;
    bool open = false;
    for (std::size_t i = 0; i < term.size(); ++i) {
      char const n = term[i];
      if (n == ' ') continue;
      if (n == '.') {
        if (open || term.substr(i, 3) != "...") refuse();
        open = true, i += 2;
      } else if ((n >= 'a' && n <= 'z') || (n >= 'A' && n <= 'Z')) {
        (open ? after : before) += n;
      } else {
        refuse();
      }
    }
    int const letters = static_cast<int>(before.size() + after.size()), more = rank < 0 ? ellipsis_ : rank - letters;
    if (more < 0 || (rank >= 0 && !open && more != 0)) refuse();
    if (!open) return before + after;
    if (rank >= 0) ellipsis_ = std::max(ellipsis_, more);
    for (int k = more; k > 0; --k) before += static_cast<char>(k);  // the last one is 1: they line up at the end
    return before + after;
  }
  void read(std::string_view equation) {
    std::size_t const arrow = equation.find("->");
    std::string_view left = equation.substr(0, arrow);
    for (int k = 0; k < c_.operands(); ++k) {
      std::size_t const comma = left.find(',');
      if ((comma == left.npos) != (k + 1 == c_.operands())) refuse();
      terms_.push_back({widened(c_, k), names_in(left.substr(0, comma), c_.rank(k))});
      if (comma != left.npos) left.remove_prefix(comma + 1);
    }
    if (terms_.empty()) refuse();
    wanted_ = arrow != equation.npos ? names_in(equation.substr(arrow + 2), -1) : all_once();
    for (std::size_t i = 0; i < wanted_.size(); ++i)
      if (has(wanted_.substr(i + 1), wanted_[i])) refuse();
  }
  // Without an arrow: the ellipsis, then the names that occur once, in the order of the alphabet.
  std::string all_once() const {
    std::string all, once;
    for (named_tensor const& t : terms_) all += t.names;
    for (int k = ellipsis_; k > 0; --k) once += static_cast<char>(k);
    for (int n = 'A'; n <= 'z'; ++n)
      if (std::count(all.begin(), all.end(), static_cast<char>(n)) == 1) once += static_cast<char>(n);
    return once;
  }

  void settle_extents() {
    for (named_tensor const& t : terms_) {
      extents const d = c_.extents_of(t.op);
      for (int i = 0; i < d.rank; ++i) {
        int& own = extent(t.names[static_cast<std::size_t>(i)]);
        if (own >= 0 && own != d[i] && own != 1 && d[i] != 1)
          c_.refuse(message("one name stands for the extents ") << own << " and " << d[i], "export it again");
        own = own < 0 || own == 1 ? d[i] : own;
      }
    }
    for (char n : wanted_)
      if (extent(n) < 0) refuse();
  }
  int& extent(char name) { return extents_[static_cast<std::size_t>(name) & 127]; }

  extents dims_by(std::string const& names) {
    if (names.size() > static_cast<std::size_t>(max_rank))
      c_.refuse(message("it works on ") << names.size() << " dimensions at once", "use at most 8 different names");
    std::vector<std::int64_t> d;
    for (char n : names) d.push_back(extent(n));
    return checked_dims(c_, d);
  }
  // Of names that stand twice in one term the diagonal: every n + 1st element of both.
  named_tensor diagonal(named_tensor t) {
    for (std::size_t i = 0; i < t.names.size(); ++i) {
      std::size_t const j = t.names.find(t.names[i], i + 1);
      if (j == std::string::npos) continue;
      extents const d = c_.extents_of(t.op);
      int const a = static_cast<int>(i), b = static_cast<int>(j), n = d[a];
      if (d[b] != n) refuse();
      extents perm, dims;
      for (int k = 0; k < d.rank; ++k)
        if (k != a && k != b) perm.push_back(k), dims.push_back(d[k]);
      perm.push_back(a), perm.push_back(b), dims.push_back(n * n);
      int const flat = reshape(c_, transpose(c_, t.op, perm), dims);
      extents starts = dims, steps = dims;
      for (int k = 0; k < dims.rank; ++k) starts[k] = 0, steps[k] = 1;
      steps[dims.rank - 1] = n + 1, dims[dims.rank - 1] = n;
      t.op = c_.ok(nd::slice(c_.graph(), flat, starts, steps, dims, c_.layer()));
      char const name = t.names[i];
      t.names.erase(j, 1), t.names.erase(i, 1), t.names += name;
      return diagonal(std::move(t));
    }
    return t;
  }
  // Drops the dimensions of one element where others have more by that name.
  named_tensor without_ones(named_tensor t) {
    std::string kept;
    extents const d = c_.extents_of(t.op);
    for (int i = 0; i < d.rank; ++i)
      if (char const n = t.names[static_cast<std::size_t>(i)]; d[i] == extent(n)) kept += n;
    if (kept != t.names) t = {reshape(c_, t.op, dims_by(kept)), kept};
    return t;
  }

  std::string needed_after(std::size_t k) const {
    std::string all = wanted_;
    for (++k; k < terms_.size(); ++k) all += terms_[k].names;
    return all;
  }
  // t without the dimensions that are not among `needed`.
  named_tensor summed(named_tensor t, std::string const& needed) {
    extents axes;
    std::string kept;
    for (std::size_t i = 0; i < t.names.size(); ++i)
      if (has(needed, t.names[i]))
        kept += t.names[i];
      else
        axes.push_back(static_cast<int>(i));
    if (axes.rank != 0) t = {reduce(c_, t.op, axes, false, nd::reduce_fn::sum), kept};
    return t;
  }
  // t with its dimensions in the order of `names`, which has all of them; those that it lacks have one element, or all.
  int ordered(named_tensor const& t, std::string const& names) {
    extents perm, dims;
    for (char n : names) {
      std::size_t const at = t.names.find(n);
      if (at != std::string::npos) perm.push_back(static_cast<int>(at));
      dims.push_back(at != std::string::npos ? extent(n) : 1);
    }
    int x = t.op;
    for (int i = 0; i < perm.rank; ++i)
      if (perm[i] != i) {
        x = transpose(c_, x, perm);
        break;
      }
    return c_.extents_of(x) == dims ? x : reshape(c_, x, dims);
  }
  int flat(named_tensor const& t, std::string const& names, std::vector<std::int64_t> const& dims) {
    int const x = ordered(t, names);
    extents const to = checked_dims(c_, dims);
    return c_.extents_of(x) == to ? x : reshape(c_, x, to);
  }

  // The product of a and b, summed over the names that neither the rest nor the result has: a product of matrices, one
  // for each place in the dimensions that both have and keep.
  named_tensor product(named_tensor a, named_tensor b, std::string const& needed) {
    a = summed(std::move(a), needed + b.names), b = summed(std::move(b), needed + a.names);
    std::string both, inner, left, right;
    for (char n : a.names) (!has(b.names, n) ? left : has(needed, n) ? both : inner) += n;
    for (char n : b.names)
      if (!has(a.names, n)) right += n;
    std::string const all = both + left + right;
    extents const to = dims_by(all);
    if (inner.empty()) return {binary(c_, ordered(a, all), ordered(b, all), nd::binary_fn::mul), all};
    std::int64_t const batch = count(both), m = count(left), n = count(right), k = count(inner);
    bool const one = batch == 1;
    int const x = flat(a, both + left + inner, one ? std::vector{m, k} : std::vector{batch, m, k}),
              y = flat(b, both + inner + right, one ? std::vector{k, n} : std::vector{batch, k, n});
    return {reshape(c_, c_.ok(nd::matmul(c_.graph(), x, y, c_.layer())), to), all};
  }
  std::int64_t count(std::string const& names) { return dims_by(names).size(); }

  call& c_;
  std::vector<named_tensor> terms_;
  std::string wanted_;
  int ellipsis_{};
  std::array<int, 128> extents_ = [] {
    std::array<int, 128> all{};
    all.fill(-1);
    return all;
  }();
};

inline void translate_einsum(call& c) {
  if (c.operands() == 0) c.refuse("it has no operands", "export it again");
  result_narrowed(c, 0, einsum(c).result());
}

}  // namespace hone::inline HONE_ABI::io::importing
