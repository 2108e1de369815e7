#pragma once
#include <hone/config/config.hpp>

#include <array>
#include <cstddef>

namespace hone::inline HONE_ABI {

// How fast the machine is, whatever it runs: the factor of times over what they usually are. The third smallest of the
// last nine: what disturbs a call makes it longer, and may do so six times in nine. A clock that changes, or a
// neighbour that takes half of the core, shows after a few timed calls.
class pace {
 public:
  float factor() const { return factor_; }

  // Adds the factor of one timed call. Returns by how much the pace has changed for good, if by a tenth at least,
  // relative to what it was before; else 0.
  float follow(float factor) {
    last_[count_++ % last_.size()] = factor;
    factor_ = low();
    if (count_ <= last_.size()) settled_ = factor_;
    float const change = factor_ / settled_ - 1;
    if (change < 0.1f && change > -0.1f) return 0;
    settled_ = factor_;
    return change;
  }

 private:
  // The value that a third of the last ones are at or below: the third smallest of nine. The three smallest are kept in
  // order; no branch depends on the values.
  float low() const {
    auto const lesser = [](float a, float b) { return a < b ? a : b; };
    auto const greater = [](float a, float b) { return a < b ? b : a; };
    std::size_t const n = count_ < last_.size() ? count_ : last_.size();
    float first = 3e38f, second = 3e38f, third = 3e38f;
    for (std::size_t i = 0; i < n; ++i) {
      third = lesser(third, greater(second, last_[i]));
      second = lesser(second, greater(first, last_[i]));
      first = lesser(first, last_[i]);
    }
    std::size_t const at = (n - 1) / 3;
    return at == 0 ? first : at == 1 ? second : third;
  }

  std::array<float, 9> last_{};  // a ring
  std::size_t count_{};
  float factor_{1}, settled_{1};
};

}  // namespace hone::inline HONE_ABI
