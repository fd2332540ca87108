#include "app/flags.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rules/presets.h"

namespace matchday {

void add_rules_flags(CLI::App& command, ConfigFlags& flags) {
  std::vector<std::string_view> names;
  for (const Preset& preset : presets) names.push_back(preset.name);
  command.add_option("--preset", flags.preset, fmt::format("rules to play by: {}", fmt::join(names, ", ")));
  command.add_option("--set", flags.sets, "change a key of the config: key=value (info --config lists the keys)")
      ->type_name("KEY=VALUE")
      ->take_all();
}

void add_set_flag(CLI::App& command, ConfigFlags& flags, const std::string& flag, const std::string& key,
                  const std::string& help) {
  command
      .add_option_function<std::string>(
          flag, [&flags, key](const std::string& value) { flags.sets.push_back(key + "=" + value); }, help)
      ->type_name("VALUE");
}

}  // namespace matchday
