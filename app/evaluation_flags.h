// The flags for matches between teams, shared by eval and tournament.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "app/match_recorder.h"

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

/// Adds the flags. seed: help for --seed; decisions: the allowed values, with their help.
void add_evaluation_flags(CLI::App& command, EvaluationFlags& flags, const std::string& seed,
                          const std::string& decisions_help, const std::vector<std::string>& decisions);

}  // namespace matchday
