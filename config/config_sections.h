// The sections of a config, for the code that reads and writes it.
#pragma once

#include <string>
#include <string_view>

#include "config/config.h"
#include "rules/fields.h"
#include "rules/presets.h"

namespace matchday {

/// Calls visit(name, table of fields, struct) for the three sections, in the order in which they are written.
template <class AnyConfig, class Visit>
void for_each_section(AnyConfig& config, Visit visit) {
  visit(std::string("rules"), rules_fields, config.rules);
  visit(std::string("network"), network_fields, config.network);
  visit(std::string("train"), train_fields, config.train);
}

/// [rules] preset is not a field: it selects the defaults of all fields. Neither is [rules] game, which a preset says.
inline constexpr std::string_view preset_section = "rules";
inline constexpr std::string_view preset_key = "preset";
inline constexpr std::string_view game_key = "game";
inline constexpr std::string_view preset_help = "which game; decides every other default";

inline constexpr std::string_view game_help = "whose laws of motion the preset uses";

/// "arena, footyai-v1, ..."
std::string all_games();

}  // namespace matchday
