// The second door: the engines' definitions with their kernels. Include it in one source file, with HONE_INSTANTIATE.
#pragma once
#include <hone/hone.hpp>
#include <hone/run/engine_impl.hpp>

// Compiles an engine here; every other file uses it through hone/hone.hpp. At namespace scope.
#define HONE_INSTANTIATE(...) template class hone::engine<__VA_ARGS__>
