// Every kernel of the library.
#pragma once
#include <hone/simd/conv2d-inl.hpp>
