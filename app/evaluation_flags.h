// What the command line says about matches between teams; eval and tournament share it.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "app/recording.h"

namespace matchday {

struct EvaluationFlags {
  std::int64_t matches = 256;  ///< on each side
  std::uint64_t seed = 1000;
  std::string decisions = "mean";
  std::string preset = "arena";
  std::string device = "auto";
  bool json = false;
  RecordFlags record;
};

/// Adds them. seed: what it is of; decisions: what can be asked for, with the help for it.
void add_evaluation_flags(CLI::App& command, EvaluationFlags& flags, const std::string& seed,
                          const std::string& decisions_help, const std::vector<std::string>& decisions);

}  // namespace matchday
