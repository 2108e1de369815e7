#pragma once

// A fuzz target, tests/<folder>/<x>_fuzz.cpp, defines these two functions. Under libFuzzer (scripts/soak) the first is
// driven for minutes; in the tests fuzz_main.cpp drives it over the seeds and a fixed number of mutations of them.

#include <cstddef>
#include <cstdint>
#include <vector>

// Reads one untrusted input. Whatever the bytes are, it returns 0; a crash, a sanitizer's report or a failed check
// (std::abort) is a finding.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

// Valid inputs to start from: at least one.
std::vector<std::vector<std::uint8_t>> fuzz_seeds();
