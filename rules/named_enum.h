// Enumerations whose values have names in configs. Beside such an enumeration stands
//   constexpr std::string_view choices_of(Enum) { return "first|second|..."; }
// with the names of its values 0, 1, ... in order.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

namespace matchday {

/// The name of an enumeration's value.
template <class Enum>
constexpr std::string_view name_of(Enum value) {
  std::string_view rest = choices_of(value);
  for (int k = static_cast<int>(value); k > 0; --k) rest = rest.substr(rest.find('|') + 1);
  return rest.substr(0, rest.find('|'));
}

/// The value with this name, or nothing.
template <class Enum>
constexpr std::optional<Enum> value_called(std::string_view name) {
  std::string_view rest = choices_of(Enum{});
  for (int k = 0;; ++k) {
    const std::size_t end = rest.find('|');
    if (rest.substr(0, end) == name) return static_cast<Enum>(k);
    if (end == std::string_view::npos) return std::nullopt;
    rest = rest.substr(end + 1);
  }
}

/// All values, in order.
template <class Enum>
std::vector<Enum> values_of() {
  const std::string_view names = choices_of(Enum{});
  std::vector<Enum> values;
  for (auto k = 0; k <= std::count(names.begin(), names.end(), '|'); ++k) values.push_back(static_cast<Enum>(k));
  return values;
}

}  // namespace matchday
