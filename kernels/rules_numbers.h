// Rules as a list of numbers, the form in which operators take them: the game, then every field of rules_fields.
#pragma once

#include <cmath>
#include <span>
#include <vector>

#include "rules/bad_input.h"
#include "rules/fields.h"

namespace matchday::kernels {

/// Whether a member has one of the two types that fields of Rules have.
template <class Member>
constexpr bool is_number =
    std::is_same_v<std::remove_cvref_t<Member>, float> || std::is_same_v<std::remove_cvref_t<Member>, std::int32_t>;

inline std::vector<double> to_numbers(const Rules& rules) {
  std::vector<double> numbers{static_cast<double>(rules.game)};
  for (const Field<Rules>& field : rules_fields)
    std::visit(
        [&](auto member) {
          if constexpr (is_number<decltype(get(rules, member))>)
            numbers.push_back(static_cast<double>(get(rules, member)));
        },
        field.member);
  return numbers;
}

/// Throws BadInput if the numbers are not playable rules.
inline Rules from_numbers(std::span<const double> numbers) {
  if (numbers.size() != rules_fields.size() + 1)
    throw BadInput("rules have " + std::to_string(rules_fields.size() + 1) + " numbers but " +
                   std::to_string(numbers.size()) + " were given");
  Rules rules;
  rules.game = static_cast<Game>(-1);  // none
  for (const Preset& preset : presets)
    if (const Game game = preset.rules().game; static_cast<double>(game) == numbers[0]) rules.game = game;
  for (std::size_t k = 0; k < rules_fields.size(); ++k)
    std::visit(
        [&](auto member) {
          using Member = std::remove_cvref_t<decltype(get(rules, member))>;
          if constexpr (is_number<Member>) {
            const double number = numbers[k + 1];
            constexpr double most = 1e9;  // fits an int32 and a float
            const bool fits = std::abs(number) < most && (!std::is_integral_v<Member> || number == std::floor(number));
            if (!fits) throw BadInput(not_allowed(rules_fields[k], value_text(number)));
            set(rules, member, static_cast<Member>(number));
          }
        },
        rules_fields[k].member);
  if (const auto text = problem(rules)) throw BadInput(*text);
  return rules;
}

}  // namespace matchday::kernels
