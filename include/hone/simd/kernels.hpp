// Every kernel of the library.
#pragma once
#include <hone/simd/conv2d-inl.hpp>
#include <hone/simd/conv2d_int8-inl.hpp>
#include <hone/simd/dense-inl.hpp>
#include <hone/simd/depthwise-inl.hpp>
#include <hone/simd/depthwise_int8-inl.hpp>
#include <hone/simd/edges_int8-inl.hpp>
#include <hone/simd/elementwise-inl.hpp>
#include <hone/simd/elementwise_int8-inl.hpp>
#include <hone/simd/pool-inl.hpp>
#include <hone/simd/pool_int8-inl.hpp>
#include <hone/simd/softmax-inl.hpp>
