#pragma once
#include <hone/nn/nd/build.hpp>
#include <hone/nn/nd/reduce_steps.hpp>

namespace hone::inline HONE_ABI::nd {

namespace detail {
// The dimensions of the operand that stay, and those that go.
struct reduction {
  walk kept{}, reduced{};
  bool inner_kept{};  // the operand's innermost dimension (of those not 1) stays
};
constexpr reduction reduction_of(extents const& from, std::int32_t axes) {
  extents const steps = strides_of(from);
  reduction r;
  for (int i = 0; i < from.rank; ++i) {
    bool const gone = (axes >> i & 1) != 0;
    (gone ? r.reduced : r.kept).push(from[i], steps[i]);
    if (from[i] != 1) r.inner_kept = !gone;
  }
  r.kept.close(), r.reduced.close();
  return r;
}

// One reduction. What stays is walked in runs of results that lie beside each other in the operand where its innermost
// dimension stays; where it goes, one result is added up in lanes, which are joined at the end.
template <class A>
class reducer {
 public:
  reducer(tensor_args const& t, reduce_fn fn, reduction const& r, reduce_plan<A> const& plan,
          reduce_plan<A> const& most)
      : t_(t), fn_(fn), r_(r), plan_(plan), most_(most), results_(t.form->dims.size()),
        count_(results_ == 0 ? 0 : t.in[0].dims.size() / results_),
        lanes_(r.reduced.inner() > reduce_lanes ? reduce_lanes
               : r.reduced.inner() > 1          ? r.reduced.inner()
                                                : 1) {}

  void run() {
    int const n = r_.inner_kept ? r_.kept.inner() : 1;
    odometer o;
    while (done_ < results_) {
      for (int i = 0; i < n; i += reduce_lanes) reduce_run(o.offset + i, n - i < reduce_lanes ? n - i : reduce_lanes);
      o.next(r_.kept, r_.kept.rank - (r_.inner_kept ? 1 : 0));
    }
  }

 private:
  // n results that begin at element `at` of the operand.
  void reduce_run(std::int64_t at, int n) {
    int const lanes = r_.inner_kept ? n : lanes_;
    if (fn_ == reduce_fn::log_sum_exp) {
      pass(most_, at, lanes);
      for (int k = 0; k < lanes; ++k) {
        A const s = acc_[r_.inner_kept ? k : 0];
        shift_[k] = infinite(s) ? A{0} : s;
      }
    }
    pass(plan_, at, lanes);
    for (int k = 0; k < n; ++k) plan_.store(t_.out, done_++, finished(fn_, acc_[k], shift_[k], count_));
  }
  void pass(reduce_plan<A> const& plan, std::int64_t at, int lanes) {
    for (int k = 0; k < lanes; ++k) acc_[k] = plan.start;
    if (count_ == 0) return;
    odometer o;
    do add_run(plan, at + o.offset, lanes);
    while (o.next(r_.reduced, r_.reduced.rank - 1));
    if (!r_.inner_kept)
      for (int k = 1; k < lanes; ++k) plan.join(acc_, acc_, k, 1, shift_);
  }
  // The reduced walk's innermost run, from element `at` on.
  void add_run(reduce_plan<A> const& plan, std::int64_t at, int lanes) {
    std::int32_t const n = r_.reduced.inner();
    if (r_.inner_kept)
      for (std::int32_t i = 0; i < n; ++i, at += r_.reduced.inner_step())
        plan.step(acc_, t_.in[0].data, at, lanes, shift_);
    else
      for (std::int32_t i = 0; i < n; i += reduce_lanes)
        plan.step(acc_, t_.in[0].data, at + i, n - i < reduce_lanes ? n - i : reduce_lanes, shift_);
  }

  tensor_args const& t_;
  reduce_fn fn_;
  reduction r_;
  reduce_plan<A> plan_, most_;
  std::int64_t results_, count_, done_{};
  int lanes_;
  A acc_[reduce_lanes]{}, shift_[reduce_lanes]{};
};

template <class A>
void run_reduction(tensor_args const& t, reduce_fn fn) {
  reduction const r = reduction_of(t.in[0].dims, t.form->i[1]);
  with_stored(t.in[0].type, [&]<class S>(S) {
    using C = computed<S>;
    if constexpr (std::is_same_v<A, double> || (std::is_integral_v<C> && std::is_signed_v<C> == std::is_signed_v<A>))
      reducer<A>(t, fn, r, plan_of<S, A>(fn), plan_of<S, A>(reduce_fn::max)).run();
  });
}
}  // namespace detail

// Attributes: the function, and the reduced dimensions as bits.
inline void evaluate_reduce(tensor_args const& t) {
  auto const fn = static_cast<reduce_fn>(t.form->i[0]);
  dtype const type = t.in[0].type;
  bool const real = fn == reduce_fn::l2 || fn == reduce_fn::log_sum || fn == reduce_fn::log_sum_exp;
  if (real || is_float(type))
    detail::run_reduction<double>(t, fn);
  else if (is_unsigned(type) || type == dtype::boolean)
    detail::run_reduction<std::uint64_t>(t, fn);
  else
    detail::run_reduction<std::int64_t>(t, fn);
}

inline constexpr op_kind reduce_kind = tensor_kind("reduce", evaluate_reduce);

// fn over the dimensions `axes` (each once; negative: from the end; none: every element by itself). keep_dims: they stay,
// with extent 1. Over no elements: sums and norms are 0, a product is 1, a maximum the least number that the type has, a
// minimum the largest, a mean NaN (of integers 0). Floats are summed in double, integers wrap, their mean, norm and
// logarithm are cut off towards zero. max and min of booleans are "any" and "all".
template <class G>
constexpr int reduce(G& g, int x, extents const& axes, bool keep_dims, reduce_fn fn, int layer = -1) {
  op const o = reading(g, reduce_kind, layer, {x});
  extents const from = dims_of(g, x);
  want_type(g, o, is_number(o.type) || fn == reduce_fn::max || fn == reduce_fn::min);
  std::int32_t gone = 0;
  for (std::int32_t axis : axes) {
    int const a = axis_of(g, o, axis, from.rank);
    if (a >= 0) gone |= 1 << a;
  }
  extents dims;
  for (int i = 0; i < from.rank; ++i)
    if ((gone >> i & 1) == 0)
      dims.push_back(from[i]);
    else if (keep_dims)
      dims.push_back(1);
  return emit_tensor(g, o, {.dims = dims, .i = {static_cast<std::int32_t>(fn), gone}});
}

}  // namespace hone::inline HONE_ABI::nd
