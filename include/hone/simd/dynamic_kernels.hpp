// Every run-time kernel of the library.
#pragma once
#include <hone/simd/dynamic_conv2d-inl.hpp>
#include <hone/simd/dynamic_conv_int8-inl.hpp>
#include <hone/simd/dynamic_dense-inl.hpp>
#include <hone/simd/dynamic_depthwise-inl.hpp>
#include <hone/simd/dynamic_depthwise_int8-inl.hpp>
#include <hone/simd/dynamic_edges_int8-inl.hpp>
#include <hone/simd/dynamic_elementwise-inl.hpp>
#include <hone/simd/dynamic_pool-inl.hpp>
#include <hone/simd/dynamic_softmax-inl.hpp>
