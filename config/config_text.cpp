// A config as text: TOML, or a table of its keys.
#include <algorithm>

#include "config/config_sections.h"

namespace matchday {
namespace {

/// The preset's name, unless it is the name of another game, whose rules these are not.
std::string name_of_preset(const Config& config) {
  const std::optional<Rules> rules = find_preset(config.preset);
  return std::string(rules && rules->game != config.rules.game ? game_name(config.rules.game) : config.preset);
}

}  // namespace

std::string to_toml(const Config& config) {
  const auto line = [](std::string setting, std::string_view help, const std::string& allowed) {
    setting.resize(std::max<std::size_t>(setting.size(), 32), ' ');
    return setting + "  # " + std::string(help) + " (" + allowed + ")\n";
  };
  std::string text;
  for_each_section(config, [&](const std::string& section, const auto& fields, const auto& owner) {
    text += (text.empty() ? "[" : "\n[") + section + "]\n";
    if (section == preset_section) {
      const std::string preset = name_of_preset(config);
      text += line(std::string(preset_key) + " = " + value_text(preset), preset_help, all_presets());
      if (preset != game_name(config.rules.game))
        text += line(std::string(game_key) + " = " + value_text(game_name(config.rules.game)), game_help, all_games());
    }
    for (const auto& field : fields)
      text += line(std::string(field.name) + " = " + value_text(field, owner), field.help, range_text(field));
  });
  return text;
}

std::string rules_toml(const Rules& rules) {
  std::string text = "[rules]\n" + std::string(preset_key) + " = " + value_text(game_name(rules.game)) + "\n";
  for (const Field<Rules>& field : rules_fields)
    text += std::string(field.name) + " = " + value_text(field, rules) + "\n";
  return text;
}

std::string describe_config(std::string_view preset) {
  using Row = std::array<std::string, 4>;
  std::vector<Row> rows{{"key", "default", "range and unit", "help"}};
  const Config config = default_config(preset);
  for_each_section(config, [&](const std::string& section, const auto& fields, const auto& owner) {
    if (section == preset_section)
      rows.push_back(
          {section + "." + std::string(preset_key), value_text(preset), all_presets(), std::string(preset_help)});
    for (const auto& field : fields)
      rows.push_back({section + "." + std::string(field.name), value_text(field, owner), range_text(field),
                      std::string(field.help)});
  });
  std::string text;
  std::array<std::size_t, 3> widths{};
  for (const Row& row : rows)
    for (std::size_t column = 0; column < widths.size(); ++column)
      widths[column] = std::max(widths[column], row[column].size());
  for (const Row& row : rows) {
    for (std::size_t column = 0; column < widths.size(); ++column)
      text += row[column] + std::string(widths[column] - row[column].size() + 2, ' ');
    text += row.back() + "\n";
  }
  return text;
}

}  // namespace matchday
