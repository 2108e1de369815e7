// Every run-time kernel of the library.
#pragma once
#include <hone/simd/dynamic_elementwise-inl.hpp>
