// Going on with a run that ended or was killed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "train/checkpoint.h"

namespace matchday {

/// The config with which a run goes on: its own, changed by `sets` ("minutes=30"), which may change how long it is and
/// where it runs, but not what it learns. Throws BadInput.
Config config_to_go_on(const Config& config, const std::vector<std::string>& sets);

/// A run that is to go on: its folder and how far it got.
struct BegunRun {
  std::filesystem::path folder;
  std::filesystem::path file;  ///< that the checkpoint was read from, or the config where there is none yet
  Checkpoint checkpoint;       ///< onto the CPU; without training state if the run has not saved anything yet
};

/// Finds the run of a folder, or of one checkpoint in it, which then is the one to go on from. Throws BadInput if there
/// is none, or if its checkpoint is only a team to play with.
BegunRun find_run(const std::filesystem::path& path);

}  // namespace matchday
