#pragma once

// One spelling for Catch2 2 (Debian 12) and Catch2 3 (Debian 13). Tests write `Approx`, `Contains`, `Equals` and
// `Matches` unqualified, and TEST_CASE, SECTION, GENERATE and the matcher macros as always.

#if defined(HONE_TINY_CATCH)

#include "tiny_catch.hpp"

#elif __has_include(<catch2/catch_test_macros.hpp>)

#include <catch2/catch_approx.hpp>
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_predicate.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <string>

using Catch::Approx;
using Catch::Matchers::Equals;
using Catch::Matchers::Matches;
using Catch::Matchers::Predicate;

inline auto Contains(std::string const& part) { return Catch::Matchers::ContainsSubstring(part); }

#else

#include <catch2/catch.hpp>

using Catch::Matchers::Contains;
using Catch::Matchers::Equals;
using Catch::Matchers::Matches;
using Catch::Matchers::Predicate;

#endif

#if !defined(HONE_TINY_CATCH)
using Catch::Generators::from_range;
using Catch::Generators::range;
using Catch::Generators::values;
#endif
