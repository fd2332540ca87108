#include "app/flags.h"

#include <fmt/format.h>

#include "config/config.h"

namespace matchday {

void add_rules_flags(CLI::App& command, ConfigFlags& flags) {
  command.add_option("--preset", flags.preset,
                     fmt::format("rules to play by: {}, or a file of one's own, NAME.toml", all_presets()));
  command.add_option("--set", flags.sets, "change a key of the config: key=value (info --config lists the keys)")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

void add_set_flag(CLI::App& command, ConfigFlags& flags, const std::string& flag, const std::string& key,
                  const std::string& help) {
  command
      .add_option_function<std::string>(
          flag, [&flags, key](const std::string& value) { flags.sets.push_back(key + "=" + value); }, help)
      ->type_name("VALUE");
}

void add_seed_flag(CLI::App& command, std::uint64_t& seed, const std::string& help) {
  constexpr std::int64_t highest = 9007199254740991;
  command.add_option("--seed", seed, help)->check(CLI::Range(std::int64_t{0}, highest))->capture_default_str();
}

}  // namespace matchday
