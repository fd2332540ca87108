// Flags that several commands share.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"

namespace matchday {

/// The flags for the config.
struct ConfigFlags {
  std::optional<std::string> file;
  std::optional<std::string> preset;
  std::vector<std::string> sets;

  Config load() const { return load_config(file, preset, sets); }
};

/// Adds --preset and --set.
void add_rules_flags(CLI::App& command, ConfigFlags& flags);

/// Adds a flag that is short for --set key=VALUE.
void add_set_flag(CLI::App& command, ConfigFlags& flags, const std::string& flag, const std::string& key,
                  const std::string& help);

/// Adds --seed, with the range that train.seed has.
void add_seed_flag(CLI::App& command, std::uint64_t& seed, const std::string& help);

}  // namespace matchday
