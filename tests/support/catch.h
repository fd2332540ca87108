// Catch2, for tests with and without torch: both define CHECK; the tests use Catch's.
#pragma once

#include <iostream>
#include <type_traits>

#include "rules/named_enum.h"

#if __has_include(<ATen/ATen.h>)
#include <ATen/ATen.h>
#undef CHECK
#endif

#if __has_include(<catch2/catch.hpp>)
#include <catch2/catch.hpp>  // version 2: Debian 12
#else
#include <catch2/catch_all.hpp>  // version 3: Ubuntu 24.04, Debian 13
using Catch::Approx;
#endif

namespace matchday {

/// Enumerations that have names in configs are shown by them.
template <class Enum>
requires std::is_enum_v<Enum> && requires(Enum value) { choices_of(value); }
std::ostream& operator<<(std::ostream& stream, Enum value) { return stream << name_of(value); }

}  // namespace matchday

/// Leaves the test case and makes ctest count it as skipped; Catch2 version 2 has no SKIP.
#define SKIP_TEST(reason)                                        \
  do {                                                           \
    std::cout << "matchday: skipped: " << (reason) << std::endl; \
    return;                                                      \
  } while (false)
