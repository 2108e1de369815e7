// The first door: describe, predict, declare engines. No kernels, no Highway; cheap to include everywhere.
#pragma once
#include <hone/pass/plan.hpp>
#include <hone/run/engine.hpp>
