// Finds the teams that a command names: a bot, or a checkpoint file.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "policy/bots.h"
#include "policy/network_policy.h"
#include "train/checkpoint.h"

namespace matchday {

/// A team as named on the command line.
struct Team {
  Policy policy;
  std::optional<Checkpoint> checkpoint;  ///< not for bots
};

/// The name of the trained team that comes with the program.
inline constexpr char trained_team[] = "trained";

/// What a run folder is called, however its path is written.
std::string run_name(const std::string& folder);

/// The checkpoint that a name stands for: a file, a run's folder for its best checkpoint (its latest, where it has
/// none), or `trained_team`.
std::string checkpoint_path(const std::string& name);

/// A line that says which of a run's checkpoints its folder stands for; empty if the name is no folder.
std::string told_of_run(const std::string& name);

/// The table of the ladder that comes with the program.
std::filesystem::path shipped_ladder();

/// A bot's name, or what checkpoint_path knows. A checkpoint of two independent teams plays its own side's network on
/// either side. Throws BadInput.
Team find_team(const std::string& name, Decisions decisions, at::Device device);

/// Throws BadInput unless the two play by the same rules; bots play by any.
void require_same_rules(const Team& first, const Team& second);

/// The rules that the trained ones of these teams know, or the preset's for bots alone. Throws BadInput if they were
/// trained by different rules.
Rules common_rules(const std::vector<const Team*>& teams, const std::string& preset);

/// "mean" or "sampled".
Decisions decisions_called(const std::string& name);

}  // namespace matchday
