#include <rapidcheck.h>
#include <hone/run/float_control.hpp>

#include <cfenv>
#include <limits>

#include "catch2.hpp"

namespace {

// Arithmetic that a compiler can neither do itself nor move.
float opaque(float v) {
  float volatile copy = v;
  return copy;
}
float times(float a, float b) { return opaque(opaque(a) * opaque(b)); }
float over(float a, float b) { return opaque(opaque(a) / opaque(b)); }

TEST_CASE("inside, denormals are zero, rounding is to nearest and nothing traps") {
  float const tiny = std::numeric_limits<float>::min(), denormal = std::numeric_limits<float>::denorm_min();
  CHECK(times(tiny, 0.5f) != 0);
  REQUIRE(std::fesetround(FE_DOWNWARD) == 0);
  float const down = over(1, 3);
  float flushed = 1, read = 1, nearest = 0, infinite = 0;
  {
    hone::float_control const control;
    flushed = times(tiny, 0.5f), read = times(denormal, 1e30f), nearest = over(1, 3), infinite = over(1, 0);
  }
  CHECK(over(1, 3) == down);
  std::fesetround(FE_TONEAREST);
  CHECK(flushed == 0);
  CHECK(read == 0);
  CHECK(nearest > down);
  CHECK(nearest == over(1, 3));
  CHECK(infinite == std::numeric_limits<float>::infinity());
  CHECK(times(tiny, 0.5f) != 0);
}

#if defined(__SSE__)
TEST_CASE("afterwards the caller's control word is there again, to the bit, status flags included") {
  unsigned const mine = __builtin_ia32_stmxcsr();
  CHECK(rc::check([] {
    // Any rounding, any masks, flushing or not, any flags raised; unmasked exceptions must not trap inside.
    unsigned const word = *rc::gen::inRange(0u, 0x10000u);
    __builtin_ia32_ldmxcsr(word);
    {
      hone::float_control const control;
      over(1, 0), over(1, 3), times(1e-30f, 1e-30f), times(1e30f, 1e30f);
    }
    unsigned const after = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(0x1f80);
    RC_ASSERT(after == word);
  }));
  __builtin_ia32_ldmxcsr(mine);
}
#endif

}  // namespace
