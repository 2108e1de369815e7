#pragma once
#include <hone/hw/supported.hpp>
#include <hone/hw/ticks.hpp>
#include <hone/nn/flatten.hpp>
#include <hone/run/float_control.hpp>
#include <hone/run/prior.hpp>
#include <hone/run/weights.hpp>

namespace hone::inline HONE_ABI {

// True if this machine can run variant v, and this program was compiled for it.
inline bool runs_here(plan_view const& plan, std::size_t v) {
  return plan.variants[v].entries != nullptr && hw::supported(plan.variants[v].machine->target);
}
// The operands of every operation of a variant, bound to an arena and a packed block.
class operands {
 public:
  void bind(plan_view const& plan, std::size_t v, std::byte* arena, std::byte const* packed) {
    variant_view const& variant = plan.variants[v];
    args_.assign(static_cast<std::size_t>(plan.ops), {});
    tensors_.clear();
    for (int i = 0; i < plan.ops; ++i) tensors_.resize(tensors_.size() + (variant.ops[i].kind->evaluate ? 1 : 0));
    std::size_t tensor = 0;
    for (int i = 0; i < plan.ops; ++i) {
      op const& o = variant.ops[i];
      kernel_args& a = args_[static_cast<std::size_t>(i)];
      for (std::size_t k = 0; k < max_kernel_inputs; ++k)
        if (o.input[k] >= 0) a.in[k] = result(variant, o.input[k], arena, packed);
      for (std::size_t k = 0; k < max_params; ++k)
        if (o.param[k] >= 0) a.param[k] = packed + variant.weights[o.param[k]].at;
      a.out = o.at >= 0 ? arena + o.at : nullptr;
      if (o.scratch > 0) a.scratch = arena + o.scratch_at;
      if (variant.forms != nullptr) a.form = variant.forms[i];
      if (o.kind->evaluate) {
        tensors_[tensor] = tensor_operands(plan, variant, i, arena, packed);
        a.form = &tensors_[tensor++];
      }
    }
  }
  kernel_args const* data() const { return args_.data(); }

  // Where the result of operation i lies; a constant's (or its flattened form's) is in the packed block.
  static void const* result(variant_view const& variant, int i, std::byte const* arena, std::byte const* packed) {
    op const& o = variant.ops[holder_of(variant.ops, i)];
    return is(o, constant_kind) ? packed + variant.weights[o.param[0]].at : arena + o.at;
  }

 private:
  static tensor_args tensor_operands(plan_view const& plan, variant_view const& variant, int i, std::byte* arena,
                                     std::byte const* packed) {
    op const& o = variant.ops[i];
    tensor_args t{};
    t.kind = o.kind, t.form = &plan.forms[o.form], t.out = arena + o.at, t.type = o.type, t.math = variant.math;
    if (o.scratch > 0) t.scratch = arena + o.scratch_at;
    for (std::size_t k = 0; k < max_inputs; ++k)
      if (o.input[k] >= 0) {
        op const& from = variant.ops[o.input[k]];
        t.in[k] = {result(variant, o.input[k], arena, packed), from.type, dims_of(from, plan.forms)};
      }
    return t;
  }

  std::vector<kernel_args> args_;
  std::vector<tensor_args> tensors_;  // of the tensor operations, in order
};
// Runs operations [first, last) of a variant.
inline void run_operations(variant_view const& variant, kernel_args const* args, int first, int last) noexcept {
  for (int i = first; i < last; ++i)
    if (variant.entries[i] != nullptr) variant.entries[i](args[i]);
}

// What packed_weights share: a block for each variant, some of them packed. Blocks are added while others are in use: a
// block is written by one thread, and published by its state.
class resident_set : public counted {
 public:
  resident_set(plan_view const& plan, tensor_set canonical, int resident, profile const* here)
      : plan_(plan), canonical_(static_cast<tensor_set&&>(canonical)), blocks_(plan.variants.size()) {
    hw::start_ticks();  // contexts will ask for them
    destroy = [](counted* c) { delete static_cast<resident_set*>(c); };
    for (std::size_t v = 0; v < blocks_.size(); ++v) missing_ += runs_here(plan, v);
    if (missing_ == 0)
      raise("cannot run this plan here", "this processor has none of the instruction sets that it was compiled for",
            "hone::engine", "add hone::hw::any to the engine's machines");
    if (resident < 1)
      raise("cannot pack these weights", message() << "no variant would be resident: " << resident, "engine::weights",
            "ask for 1 or more");
    std::vector<float> const total = totals(here);
    for (int n = 0; n < resident; ++n) {
      std::size_t best = blocks_.size();
      for (std::size_t v = 0; v < blocks_.size(); ++v)
        if (!ready(v) && runs_here(plan, v) && (best == blocks_.size() || total[v] < total[best])) best = v;
      if (best == blocks_.size()) break;
      add(best);
    }
  }

  std::size_t size() const noexcept { return blocks_.size(); }
  bool ready(std::size_t v) const noexcept { return __atomic_load_n(&blocks_[v].state, __ATOMIC_ACQUIRE) == packed; }
  std::byte const* data(std::size_t v) const noexcept { return blocks_[v].bytes.data(); }

  // Packs variant v, from any thread, while others run: contexts take it up at their next timed call. True if it is
  // ready now; false if this machine cannot run it, or if another thread is packing it.
  bool add(std::size_t v) {
    if (!runs_here(plan_, v)) return false;
    block& b = blocks_[v];
    int state = absent;
    if (!__atomic_compare_exchange_n(&b.state, &state, packing, false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
      return state == packed;
    publication done{b.state};
    b.bytes = plan_.variants[v].pack(plan_.variants[v], canonical_);
    touch(v);
    done.state = packed;
    if (__atomic_sub_fetch(&missing_, 1, __ATOMIC_ACQ_REL) == 0) canonical_ = {};  // nobody will ask for it again
    return true;
  }

 private:
  enum : int { absent, packing, packed };
  struct block {
    buffer bytes;
    int state{absent};
  };
  // Publishes a block when its packing ends, also when it ends with an error.
  struct publication {
    int& where;
    int state{absent};
    ~publication() { __atomic_store_n(&where, state, __ATOMIC_RELEASE); }
  };

  std::vector<float> totals(profile const* here) const {
    std::vector<float> times, total(blocks_.size(), 0);
    plan_prices(plan_, here).price(times);
    for (std::size_t i = 0; i < times.size(); ++i) total[i % total.size()] += times[i];
    return total;
  }
  // Runs v once, on zeros, so that its first real call finds code, constants and weights in memory.
  void touch(std::size_t v) const {
    buffer arena(static_cast<std::size_t>(plan_.variants[v].arena));
    operands bound;
    bound.bind(plan_, v, arena.data(), data(v));
    float_control const control;
    run_operations(plan_.variants[v], bound.data(), 0, plan_.ops);
  }

  plan_view plan_;
  tensor_set canonical_;  // until every variant that runs here is packed
  std::vector<block> blocks_;
  int missing_{};  // variants that run here and are not packed
};

inline packed_weights::packed_weights(plan_view const& plan, tensor_set canonical, int resident, profile const* here)
    : shared_(new resident_set(plan, static_cast<tensor_set&&>(canonical), resident, here)) {}
inline resident_set& packed_weights::inside() const {
  if (shared_ == nullptr)
    raise("cannot use these weights", "they were moved from", "engine::weights", "assign others to them first");
  return static_cast<resident_set&>(*shared_);
}

}  // namespace hone::inline HONE_ABI
