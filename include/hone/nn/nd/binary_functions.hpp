#pragma once
#include <hone/nn/nd/element.hpp>

#include <cmath>

// The functions of nd::binary on two values of one computed type: floats, integers that wrap, bytes for booleans.
namespace hone::inline HONE_ABI::nd::functions {

template <class C>
inline constexpr bool integer = std::is_integral_v<C>;
// Integer arithmetic happens in an unsigned type of at least 32 bits, where wrapping is defined.
template <class C>
using wrapping = std::conditional_t<sizeof(C) == 8, std::uint64_t, std::uint32_t>;

struct add {
  template <class C>
  C operator()(C a, C b) const {
    if constexpr (integer<C>)
      return static_cast<C>(wrapping<C>(a) + wrapping<C>(b));
    else
      return a + b;
  }
};
struct sub {
  template <class C>
  C operator()(C a, C b) const {
    if constexpr (integer<C>)
      return static_cast<C>(wrapping<C>(a) - wrapping<C>(b));
    else
      return a - b;
  }
};
struct mul {
  template <class C>
  C operator()(C a, C b) const {
    if constexpr (integer<C>)
      return static_cast<C>(wrapping<C>(a) * wrapping<C>(b));
    else
      return a * b;
  }
};
struct div {
  template <class C>
  C operator()(C a, C b) const {
    if constexpr (!integer<C>)
      return a / b;
    else if (b == 0)
      return 0;
    else if (std::is_signed_v<C> && b == static_cast<C>(-1))
      return sub{}(C{0}, a);  // the least integer has no opposite
    else
      return static_cast<C>(a / b);
  }
};
struct max {
  template <class C>
  C operator()(C a, C b) const {
    return a > b || not_a_number(a) ? a : b;
  }
};
struct min {
  template <class C>
  C operator()(C a, C b) const {
    return a < b || not_a_number(a) ? a : b;
  }
};
// The remainder of the quotient rounded towards zero: C's.
struct fmod {
  template <class C>
  C operator()(C a, C b) const {
    if constexpr (!integer<C>)
      return std::fmod(a, b);
    else if (b == 0 || (std::is_signed_v<C> && b == static_cast<C>(-1)))
      return 0;
    else
      return static_cast<C>(a % b);
  }
};
// The remainder of the quotient rounded down: Python's.
struct mod {
  template <class C>
  C operator()(C a, C b) const {
    C const r = fmod{}(a, b);
    return r != 0 && (r < 0) != (b < 0) ? static_cast<C>(r + b) : r;
  }
};
struct pow {
  template <class C>
  C operator()(C a, C b) const {
    if constexpr (!integer<C>) {
      return std::pow(a, b);
    } else {
      wrapping<C> result = 1, square = wrapping<C>(a);
      if (b < 0) return a == 1 ? C{1} : a == static_cast<C>(-1) ? static_cast<C>(b % 2 == 0 ? 1 : -1) : C{0};
      for (auto n = wrapping<C>(b); n != 0; n >>= 1, square *= square)
        if (n % 2 != 0) result *= square;
      return static_cast<C>(result);
    }
  }
};
struct prelu {
  template <class C>
  C operator()(C a, C b) const {
    return a < 0 ? mul{}(a, b) : a;
  }
};

struct equal {
  template <class C>
  std::uint8_t operator()(C a, C b) const {
    return a == b;
  }
};
struct less {
  template <class C>
  std::uint8_t operator()(C a, C b) const {
    return a < b;
  }
};
struct less_or_equal {
  template <class C>
  std::uint8_t operator()(C a, C b) const {
    return a <= b;
  }
};

// On bits, and on booleans that are 0 or 1.
struct bit_and {
  template <class C>
  C operator()(C a, C b) const {
    return static_cast<C>(a & b);
  }
};
struct bit_or {
  template <class C>
  C operator()(C a, C b) const {
    return static_cast<C>(a | b);
  }
};
struct bit_xor {
  template <class C>
  C operator()(C a, C b) const {
    return static_cast<C>(a ^ b);
  }
};
// By a number that is negative, or the width or more: every bit has left, those that follow it are 0, or the sign's.
template <class C>
constexpr bool shifts_within(C by) {
  return static_cast<std::make_unsigned_t<C>>(by) < sizeof(C) * 8;
}
struct shift_left {
  template <class C>
  C operator()(C a, C b) const {
    return shifts_within(b) ? static_cast<C>(wrapping<C>(a) << b) : C{0};
  }
};
struct shift_right {
  template <class C>
  C operator()(C a, C b) const {
    return shifts_within(b) ? static_cast<C>(a >> b) : static_cast<C>(a < 0 ? -1 : 0);
  }
};

}  // namespace hone::inline HONE_ABI::nd::functions
