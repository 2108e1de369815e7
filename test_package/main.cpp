#include <hone/core/units.hpp>

using namespace hone::literals;

int main() { return 2_us / 1_ns == 2000 ? 0 : 1; }
