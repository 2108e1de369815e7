// Every kernel of the library.
#pragma once
#include <hone/simd/vector-inl.hpp>
