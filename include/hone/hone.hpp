// The first door: describe, predict, declare engines. No kernels, no Highway; cheap to include everywhere.
#pragma once
#include <hone/hw/cpus.hpp>
#include <hone/pass/predict.hpp>
#include <hone/run/engine.hpp>
