// Finds the teams that a command names: a bot, or a checkpoint file.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "policy/bots.h"
#include "policy/network_policy.h"
#include "run/checkpoint.h"

namespace matchday {

/// A team as named on the command line.
struct Team {
  Policy policy;
  std::optional<Checkpoint> checkpoint;  ///< not for bots
};

/// The name of the trained team that comes with the program.
inline constexpr char trained_team[] = "trained";

/// The name of a run folder, however its path is written.
std::string run_name(const std::string& folder);

/// The path of the checkpoint that a name stands for: a file; a run's folder, for its best checkpoint (or its latest,
/// if there is no best); or `trained_team`.
std::string checkpoint_path(const std::string& name);

/// A line that says which of a run's checkpoints is used for its folder; empty if the name is no folder.
std::string told_of_run(const std::string& name);

/// The table of the ladder that comes with the program.
std::filesystem::path shipped_ladder();

/// Finds a team by a bot's name, or by a name for checkpoint_path. A checkpoint of two independent teams plays each
/// side with that side's own network. Throws BadInput.
Team find_team(const std::string& name, Decisions decisions, at::Device device);

/// Throws BadInput unless the two play by the same rules; bots play by any.
void require_same_rules(const Team& first, const Team& second);

/// The rules that the trained teams among these were trained by, or the preset's if all are bots. Throws BadInput if
/// teams were trained by different rules.
Rules common_rules(const std::vector<const Team*>& teams, const std::string& preset);

/// "mean" or "sampled".
Decisions decisions_called(const std::string& name);

}  // namespace matchday
