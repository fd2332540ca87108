// Rules as a list of numbers, the form in which operators take them: the game, then every field of rules_fields.
#pragma once

#include <cmath>
#include <span>
#include <vector>

#include "rules/bad_input.h"
#include "rules/fields.h"

namespace matchday::kernels {

/// The types that fields of Rules have, of all that fields may have.
template <class Member>
constexpr bool is_number =
    std::is_same_v<std::remove_cvref_t<Member>, float> || std::is_same_v<std::remove_cvref_t<Member>, std::int32_t>;

inline std::vector<double> to_numbers(const Rules& rules) {
  std::vector<double> numbers{static_cast<double>(rules.game)};
  for (const Field<Rules>& field : rules_fields)
    std::visit(
        [&](auto member) {
          if constexpr (is_number<decltype(rules.*member)>) numbers.push_back(static_cast<double>(rules.*member));
        },
        field.member);
  return numbers;
}

/// Throws BadInput if the numbers are no rules to play by.
inline Rules from_numbers(std::span<const double> numbers) {
  if (numbers.size() != rules_fields.size() + 1)
    throw BadInput("rules have " + std::to_string(rules_fields.size() + 1) + " numbers but " +
                   std::to_string(numbers.size()) + " were given");
  Rules rules;
  rules.game = static_cast<Game>(numbers[0]);
  for (std::size_t k = 0; k < rules_fields.size(); ++k)
    std::visit(
        [&](auto member) {
          // What fits no int32 is no allowed number either; any other such number makes problem() say what is.
          const double number = std::abs(numbers[k + 1]) < 1e9 ? numbers[k + 1] : rules_fields[k].lowest - 1.0;
          if constexpr (is_number<decltype(rules.*member)>)
            rules.*member = static_cast<std::remove_cvref_t<decltype(rules.*member)>>(number);
        },
        rules_fields[k].member);
  if (const auto text = problem(rules)) throw BadInput(*text);
  return rules;
}

}  // namespace matchday::kernels
